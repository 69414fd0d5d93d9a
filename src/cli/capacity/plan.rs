//! `capacity plan`, `pool` and `triggers`: from words to figures, and their reports out.

use super::super::args::{CapacityPlan, CapacityPool, CapacityTriggers, Changes, Format, Global};
use super::super::output::{publish, write_file};
use super::super::plan::load_config;
use crate::gate::{self, Error};
use crate::policy::config::Config;
use crate::report;

pub(super) fn plan(global: &Global, args: &CapacityPlan) -> Result<u8, Error> {
    let config = changed(global, &args.changes)?;
    let report = gate::capacity_plan(&config, &args.changes.set)?;
    publish(global, &|dialect, out| report::render_plan(&report, dialect, out))?;
    Ok(0)
}

pub(super) fn pool(global: &Global, args: &CapacityPool) -> Result<u8, Error> {
    let config = changed(global, &args.changes)?;
    let report = gate::capacity_pool(&config)?;
    publish(global, &|dialect, out| report::render_pool(&report, dialect, out))?;
    Ok(0)
}

pub(super) fn triggers(global: &Global, args: &CapacityTriggers) -> Result<u8, Error> {
    let config = changed(global, &args.changes)?;
    let report = gate::capacity_triggers(&config)?;
    if let Some(path) = &args.rules {
        write_file(path, report::trigger_rules(&report).as_bytes())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    publish(global, &|dialect, out| report::render_triggers(&report, dialect, out))?;
    Ok(0)
}

/// The configuration, with the numbers of one question put in.
fn changed(global: &Global, changes: &Changes) -> Result<Config, Error> {
    let mut formats = global.report.iter().map(|(format, _)| *format).chain([global.format]);
    if formats.any(|format| matches!(format, Format::Junit | Format::Html)) {
        let message =
            "a plan has no such report format\nhint: use terminal, markdown or json".to_owned();
        return Err(Error::Usage(message));
    }
    let config = load_config(global.config.as_deref())?;
    gate::what_if(&config, &changes.set)
}
