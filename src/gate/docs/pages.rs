//! `docs`: from what is committed to pages that say it, written or compared.

use std::path::{Component, Path, PathBuf};

use super::super::error::Error;
use super::baselines::baselines;
use super::capacity::capacity;
use super::load::load;
use super::targets::targets;
use crate::pages::{self, Drift, Generated, Model};
use crate::policy::config::Config;

/// What `docs` is asked to do.
#[derive(Debug)]
pub struct DocsPlan<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Where the pages lie, relative to the configuration's directory.
    pub dir: &'a Path,
}

/// Pages and figures, as the data give them.
#[derive(Debug)]
pub struct Docs {
    dir: PathBuf,
    /// What the directory of the pages is called.
    pub name: String,
    generated: Generated,
}

/// Reads what is stored and generates every page and figure.
///
/// # Errors
/// Where a baseline cannot be read, or a figure cannot be drawn.
pub fn docs(plan: &DocsPlan<'_>) -> Result<Docs, Error> {
    let DocsPlan { config, dir } = *plan;
    let targets = targets(config)?;
    let capacity = capacity(config)?;
    let load = load(config, &targets, &capacity)?;
    let model = Model { baselines: baselines(config)?, targets, load, capacity };
    let generated = pages::generate(&model, up(dir).as_deref())?;
    Ok(Docs { dir: config.dir.join(dir), name: dir.display().to_string(), generated })
}

impl Docs {
    /// Writes what differs; says which files those are.
    ///
    /// # Errors
    /// Where a page cannot be read or written, or its markers are not in order; none is new then.
    pub fn write(&self) -> Result<Vec<String>, Error> {
        Ok(pages::write(&self.dir, &self.generated)?)
    }

    /// What differs, and what leads nowhere.
    ///
    /// # Errors
    /// Where a page cannot be read, or its markers are not in order.
    pub fn drift(&self) -> Result<Drift, Error> {
        Ok(pages::drift(&self.dir, &self.name, &self.generated)?)
    }
}

/// The way from a page to the configuration's directory, where its words tell.
fn up(dir: &Path) -> Option<String> {
    let mut up = String::new();
    for component in dir.components() {
        match component {
            Component::Normal(_) => up.push_str("../"),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_up_to_the_configuration() {
        let cases = [
            ("docs/performance", Some("../../")),
            ("./docs", Some("../")),
            (".", Some("")),
            ("../docs", None),
            ("/docs", None),
        ];
        for (dir, expected) in cases {
            assert_eq!(up(Path::new(dir)).as_deref(), expected, "{dir}");
        }
    }
}
