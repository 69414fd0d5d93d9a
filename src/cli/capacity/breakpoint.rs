//! `capacity breakpoint`: from words to a plan.

use super::super::args::{CapacityBreakpoint, Format, Global};
use super::super::output::publish;
use super::super::plan::{here, load_config, paths, unfit};
use crate::capacity::schedule::{Schedule, Stage};
use crate::gate::{self, BreakpointPlan, Error};
use crate::policy::config::{self, Config};
use crate::policy::quantity;
use crate::report;

/// Nanoseconds in a millisecond, and in a second.
const MS: f64 = 1e6;
const SECOND: f64 = 1e9;

pub(super) fn run(global: &Global, args: &CapacityBreakpoint) -> Result<u8, Error> {
    if matches!(global.format, Format::Junit | Format::Html) {
        let hint = "hint: a breaking point is written as terminal, markdown or json";
        return Err(Error::Usage(format!("there is no such form of it\n{hint}")));
    }
    let p95 = args
        .p95
        .as_deref()
        .map(|text| quantity::duration(text).map(|ns| ns / MS).map_err(|e| unfit("p95", text, &e)));
    let errors = args
        .errors
        .as_deref()
        .map(|text| quantity::share(text).map_err(|e| unfit("errors", text, &e)));
    let offered = args.offered.as_deref().map(schedule).transpose()?;
    let only = args.only.as_deref().map(only).transpose()?;
    let wanted = p95.is_none() || errors.is_none() || args.targets.is_some();
    let config = if wanted { config(global)? } else { None };
    if let (Some(suite), None) = (&args.targets, &config) {
        return Err(Error::Usage(format!(
            "--targets {suite:?} needs a configuration, and there is none here\nhint: name it with --config"
        )));
    }
    let plan = BreakpointPlan {
        paths: &paths(&args.paths),
        only: only.as_ref(),
        p95_ms: p95.transpose()?,
        errors: errors.transpose()?,
        config: config.as_ref(),
        targets: args.targets.as_deref(),
        offered: offered.as_ref(),
        sustained: usize::from(args.sustained),
        captured: args.captured.as_deref(),
        database: args.database.as_deref(),
    };
    let found = gate::capacity_breakpoint(&plan)?;
    publish(global, &|dialect, out| report::render_breakpoint(&found, dialect, out))?;
    Ok(0)
}

/// The configuration, where there is one: targets may be in it, and nothing else is needed of it.
fn config(global: &Global) -> Result<Option<Config>, Error> {
    let path = global.config.clone().or_else(|| config::find(&here()));
    path.map(|path| load_config(Some(path.as_path()))).transpose()
}

fn only(text: &str) -> Result<(String, String), Error> {
    match text.split_once('=') {
        Some((tag, value)) if !tag.is_empty() => Ok((tag.to_owned(), value.to_owned())),
        _ => Err(Error::Usage(format!(
            "--only got {text:?}\nhint: write a tag and its value, such as category=read"
        ))),
    }
}

/// `50/s,500/s:60s,500/s:10s`
fn schedule(text: &str) -> Result<Schedule, Error> {
    let refused = |what: &str| {
        Error::Usage(format!(
            "--offered got {text:?}: {what}\nhint: write the rate at the start, then stages of a rate and \
             a time, such as 50/s,500/s:60s"
        ))
    };
    let mut parts = text.split(',');
    let start =
        quantity::rate(parts.next().unwrap_or_default()).map_err(|e| refused(&e.to_string()))?;
    let stage = |part: &str| {
        let (rate, time) = part.split_once(':').ok_or_else(|| refused("a stage without a time"))?;
        Ok(Stage {
            target_per_s: quantity::rate(rate).map_err(|e| refused(&e.to_string()))?,
            seconds: quantity::duration(time).map_err(|e| refused(&e.to_string()))? / SECOND,
        })
    };
    let stages = parts.map(stage).collect::<Result<Vec<_>, Error>>()?;
    Schedule::new(start, stages).ok_or_else(|| {
        refused("at least one stage, times above zero and at most a day in all, and some arrival")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_a_rate_and_stages() {
        let read = schedule("50/s, 500/s:60s, 500/s:500ms").unwrap();
        let stages = [(500.0, 60.0), (500.0, 0.5)];
        let stages = stages.map(|(target_per_s, seconds)| Stage { target_per_s, seconds });
        assert_eq!(Some(read), Schedule::new(50.0, stages.to_vec()));
        for text in ["", "50/s", "50,500/s:60s", "50/s,500/s", "50/s,500/s:60", "0/s,0/s:9s"] {
            let message = schedule(text).unwrap_err().to_string();
            assert!(message.contains("--offered got") && message.contains("\nhint: "), "{message}");
        }
    }

    #[test]
    fn a_tag_has_a_value_that_may_be_empty() {
        assert_eq!(only("a=b=c").unwrap(), ("a".to_owned(), "b=c".to_owned()));
        assert_eq!(only("group=").unwrap(), ("group".to_owned(), String::new()));
        assert!(only("category").is_err() && only("=x").is_err());
    }
}
