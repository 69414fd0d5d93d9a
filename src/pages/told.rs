//! What `docs --check` found, in words.

use super::drift::Drift;
use crate::report::plain;

/// What differs, a line each, diffs below; nothing where nothing does. `name` is what the directory
/// of the pages is called. Foreign text in it is disarmed, but for the lines of diffs.
#[must_use]
pub fn told(drift: &Drift, name: &str) -> String {
    let mut text = String::new();
    for page in &drift.pages {
        let file = plain(&format!("{name}/{}", page.file));
        match &page.diff {
            Some(diff) => text.push_str(&format!("{file} is stale\n{diff}")),
            None => text.push_str(&format!("{file} is missing\n")),
        }
    }
    for figure in &drift.figures {
        let file = plain(&format!("{name}/{}", figure.file));
        let what = if figure.missing { "is missing" } else { "is stale" };
        text.push_str(&format!("{file} {what}\n"));
    }
    for orphan in &drift.orphans {
        let file = plain(&format!("{name}/{orphan}"));
        text.push_str(&format!("{file} is orphaned: no page shows it, or nothing generates it\n"));
    }
    for link in &drift.dead {
        let place = plain(&format!("{name}/{}:{}", link.file, link.line));
        text.push_str(&format!("{place}: dead link {}: {}\n", plain(&link.target), link.lacks));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::drift::{DeadLink, StaleFigure, StalePage};
    use super::*;

    #[test]
    fn every_difference_has_its_line() {
        let page = |file: &str, diff: Option<&str>| StalePage {
            file: file.to_owned(),
            diff: diff.map(str::to_owned),
        };
        let figure = |file: &str, missing| StaleFigure { file: file.to_owned(), missing };
        let drift = Drift {
            pages: vec![page("slos.md", Some("-1\n+2\n")), page("README.md", None)],
            figures: vec![figure("figures/a.svg", true), figure("figures/b.svg", false)],
            orphans: vec!["figures/c\u{1b}.svg".to_owned()],
            dead: vec![DeadLink {
                file: "slos.md".to_owned(),
                line: 7,
                target: "none.md".to_owned(),
                lacks: "there is no such file",
            }],
        };
        assert_eq!(
            told(&drift, "docs"),
            "docs/slos.md is stale\n-1\n+2\ndocs/README.md is missing\ndocs/figures/a.svg is \
             missing\ndocs/figures/b.svg is stale\ndocs/figures/c.svg is orphaned: no page shows it, \
             or nothing generates it\ndocs/slos.md:7: dead link none.md: there is no such file\n"
        );
        assert_eq!(told(&Drift::default(), "docs"), "");
    }
}
