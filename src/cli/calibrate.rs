//! `calibrate`: how often the gate would be wrong here, and how often it was.

use super::args::{Calibrate, Format, Global};
use super::measure::measured;
use super::output::{publish, say, write_file};
use super::plan::load_config;
use crate::gate::{self, CalibratePlan, Error, Host, read_fresh};
use crate::measure::Run;
use crate::policy::config::Config;
use crate::policy::quantity;
use crate::report;

pub(super) fn run(global: &Global, args: &Calibrate) -> Result<u8, Error> {
    let formats = global.report.iter().map(|(format, _)| *format).chain([global.format]);
    if formats.into_iter().any(|format| matches!(format, Format::Junit | Format::Html)) {
        let hint = "hint: calibrate writes terminal, markdown or json";
        return Err(Error::Usage(format!("calibrate has no such report format\n{hint}")));
    }
    let detect =
        quantity::percent(&args.detect).ok().filter(|share| *share > 0.0).ok_or_else(|| {
            Error::Usage(format!("--detect got {:?}\nhint: write --detect 10%", args.detect))
        })?;
    let config = load_config(global.config.as_deref())?;
    if args.from_history {
        let found = gate::look_back(&config, &args.suite, args.environment.as_deref())?;
        publish(global, &|dialect, out| report::render_history(&found, dialect, out))?;
        return Ok(0);
    }
    let host = Host { environment: args.environment.clone(), ..Host::here(&config.dir) };
    if args.run && args.store {
        gate::can_store_noise(&config, &args.suite)?;
    }
    let measured = if args.run { rounds(global, args, &config, &host)? } else { Vec::new() };
    let plan = CalibratePlan {
        config: &config,
        suites: &args.suite,
        environment: args.environment.as_deref(),
        fresh_runs: args.fresh_runs.map(|runs| runs as usize),
        detect,
        pull_requests: args.pull_requests,
        seed: args.seed,
        measured,
    };
    let found = gate::calibrate(&plan)?;
    if let Some(path) = &args.figure {
        let drawn = gate::calibration_figure(&found)?;
        write_file(path, drawn.as_bytes())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    publish(global, &|dialect, out| report::render_calibration(&found, dialect, out))?;
    if args.store {
        for file in gate::store_noise(&plan)? {
            say(global, &format!("noise written to {}", report::said(&file.display().to_string())));
        }
    }
    Ok(0)
}

/// Measures now.
fn rounds(
    global: &Global,
    args: &Calibrate,
    config: &Config,
    host: &Host,
) -> Result<Vec<(String, Vec<Run>)>, Error> {
    let rounds = measured(global, config, host, &args.suite, args.rounds)?;
    rounds.notices.iter().for_each(|notice| say(global, &report::notice_line(notice)));
    let mut all = Vec::new();
    for (name, paths) in &rounds.results {
        let Some(suite) = config.suite(name) else { continue };
        let environment = suite.environment.as_deref();
        let fresh = read_fresh(name, paths, &suite.reading(), host, environment)?;
        all.push((name.clone(), fresh.runs));
    }
    rounds.done();
    Ok(all)
}
