//! One function a command.

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;

use super::args::{Check, Cli, Command, Compare, Format, Global, Inspect};
use super::output::{complain, publish, say, stdout, write_file};
use super::plan::{here, host, load_config, named_paths, paths, reading, today, unfit};
use super::{baseline, calibrate, capacity, docs, github, init, measure, slo, snapshot};
use crate::gate::{self, CheckPlan, ComparePlan, Error, Judged, Measurement};
use crate::policy::config::{Config, Gate};
use crate::policy::quantity;
use crate::pull;
use crate::report::{self, Dialect, Inspection};
use crate::source;

/// Why a command ended without a verdict: what to say, and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// For stderr, without the leading `error: `. Foreign text may be in it: see
    /// [`report::error`].
    pub message: String,
    /// The last lines of a command that failed. Foreign text.
    pub last_lines: Vec<String>,
    /// The process exit code.
    pub exit_code: u8,
}

impl From<pull::Error> for Failure {
    fn from(error: pull::Error) -> Self {
        let exit_code = error.exit_code();
        Self { message: error.to_string(), last_lines: Vec::new(), exit_code }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let last_lines = error.last_lines().to_vec();
        Self { message: error.to_string(), last_lines, exit_code: error.exit_code() }
    }
}

/// Runs a command and returns its exit code.
///
/// # Errors
/// Where the command could not do its job.
pub fn run(cli: &Cli) -> Result<u8, Failure> {
    let global = &cli.global;
    let code = match &cli.command {
        Command::Check(args) => check(global, args)?,
        Command::Run(args) => measure::run(global, args)?,
        Command::Compare(args) => compare(global, args)?,
        Command::Inspect(args) => inspect(global, args)?,
        Command::Slo(args) => slo::run(global, args)?,
        Command::Capacity(part) => capacity::run(global, part)?,
        Command::Baseline(args) => baseline::run(global, args)?,
        Command::Calibrate(args) => calibrate::run(global, args)?,
        Command::Docs(args) => docs::run(global, args)?,
        Command::Github(args) => github::run(global, args)?,
        Command::Snapshot(args) => snapshot::run(global, args)?,
        Command::Init(args) => init::run(global, args)?,
        Command::Completions { shell } => completions(*shell)?,
        Command::Man { dir } => man(dir.as_deref())?,
    };
    Ok(code)
}

fn check(global: &Global, args: &Check) -> Result<u8, Error> {
    let config = load_config(global.config.as_deref())?;
    let fresh = named_paths("fresh", &args.fresh)?;
    let host = host(&args.origin, &config.dir);
    for suite in config.suites.iter().filter(|s| !fresh.is_empty() && !fresh.contains_key(&s.name))
    {
        say(
            global,
            &format!("note: suite {:?} is not named by --fresh and is not judged", suite.name),
        );
    }
    let base = named_paths("base", &args.base)?;
    let plan =
        CheckPlan { config: &config, host: &host, fresh: &fresh, base: &base, today: today() };
    let (judged, measurement) = gate::check(&plan)?;
    let code = conclude(global, &judged, &measurement, args.save.as_deref())?;
    if args.record {
        // Last: what was said stands, whether or not it can be written down.
        let notices = gate::record(&config, &judged, &measurement)?;
        notices.iter().for_each(|notice| say(global, &report::notice_line(notice)));
    }
    Ok(code)
}

fn compare(global: &Global, args: &Compare) -> Result<u8, Error> {
    let threshold = quantity::percent(&args.threshold)
        .map_err(|error| unfit("threshold", &args.threshold, &error))?;
    if !(args.alpha > 0.0 && args.alpha <= 0.2) {
        return Err(Error::Usage(format!(
            "--alpha got {}\nhint: write a share above 0 and up to 0.2, such as 0.02",
            args.alpha
        )));
    }
    let gate = Gate { threshold, alpha: args.alpha, ..Gate::default() };
    let reading = reading(&args.read);
    let config = Config::standalone(gate::COMPARE_SUITE, gate, reading.clone());
    let sessions: Vec<_> = named_paths("base-session", &args.base_session)?.into_iter().collect();
    let host = host(&args.origin, &here());
    let plan = ComparePlan {
        config: &config,
        host: &host,
        reading: &reading,
        base: &paths(&args.base),
        base_sessions: &sessions,
        fresh: &paths(&args.fresh),
        today: today(),
    };
    let (judged, measurement) = gate::compare(&plan)?;
    conclude(global, &judged, &measurement, args.save.as_deref())
}

fn inspect(global: &Global, args: &Inspect) -> Result<u8, Error> {
    if matches!(global.format, Format::Junit | Format::Html) {
        let hint = "hint: inspect writes terminal, markdown or json";
        return Err(Error::Usage(format!("inspect has no such report format\n{hint}")));
    }
    let reading = reading(&args.read);
    let mut runs = Vec::new();
    let mut failures = Vec::new();
    for pattern in &args.paths {
        let found = match source::find(pattern, Path::new("")) {
            Ok(found) => found,
            Err(error) => {
                failures.push(Error::from(error));
                continue;
            }
        };
        for path in found {
            match source::read(&path, &reading) {
                Ok(run) => runs.push(run),
                Err(error) => failures.push(Error::from(error)),
            }
        }
    }
    let inspection = Inspection { runs };
    publish(global, &|dialect: Dialect, out| report::render_inspection(&inspection, dialect, out))?;
    // What could be read stands on stdout; every path that could not is named.
    for error in &failures {
        complain(error);
    }
    Ok(u8::from(!failures.is_empty()))
}

/// Writes the reports of a judgement, and the measurement if it was asked for.
pub(super) fn conclude(
    global: &Global,
    judged: &Judged,
    measurement: &Measurement,
    save: Option<&Path>,
) -> Result<u8, Error> {
    if let Some(path) = save {
        let bytes =
            measurement.bytes().map_err(|source| Error::Save { path: path.to_owned(), source })?;
        write_file(path, &bytes)
            .map_err(|source| Error::Write { path: path.to_owned(), source })?;
    }
    let report = gate::report(judged);
    publish(global, &|dialect, out| report::render(&report, dialect, out))?;
    Ok(report.exit_code)
}

fn completions(shell: clap_complete::Shell) -> Result<u8, Error> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tailguard", &mut bytes);
    stdout(&bytes)
}

fn man(dir: Option<&Path>) -> Result<u8, Error> {
    let Some(dir) = dir else {
        let mut bytes = Vec::new();
        clap_mangen::Man::new(Cli::command())
            .render(&mut bytes)
            .map_err(|source| Error::Write { path: "stdout".into(), source })?;
        return stdout(&bytes);
    };
    fs::create_dir_all(dir)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), dir))
        .map_err(|source| Error::Write { path: dir.to_owned(), source })?;
    Ok(0)
}
