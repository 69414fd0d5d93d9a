//! The command line: flags and help texts. Nothing here decides.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::init::Action;

mod calibrate;
mod capacity;
mod docs;
mod github;
mod slo;
mod snapshot;

pub(super) use calibrate::Calibrate;
pub(super) use capacity::{
    Capacity, CapacityBreakpoint, CapacityFit, CapacityPlan, CapacityPool, CapacityTriggers,
    Changes,
};
pub(super) use docs::Docs;
pub(super) use github::{Comment, Github, RefreshPr, Where};
pub(super) use slo::{Slo, SloForm, SloImport, SloPart, SloUnit};
pub(super) use snapshot::{Snapshot, SnapshotPostgres};

/// A performance gate that is honest about noise.
///
/// Compares fresh criterion and k6 results with baselines committed in the repository, and fails
/// when p95 (or the median of a benchmark) regresses past its threshold for certain.
#[derive(Debug, Parser)]
#[command(name = "tailguard", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 the gate passes; 1 the job could not be done; 2 wrong usage or \
    configuration; 10 a regression or a broken target; 11 the gate cannot decide; 130 and 143 interrupted."
)]
pub struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report and configuration")]
pub(super) struct Global {
    /// Configuration file [default: tailguard.toml here or in a parent directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Format of the report
    #[arg(long, global = true, value_enum, default_value_t = Format::Terminal)]
    pub(super) format: Format,
    /// Write the report to a file instead of stdout
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write one more report to a file; repeatable
    #[arg(long, global = true, value_name = "FORMAT=FILE", value_parser = report_copy)]
    pub(super) report: Vec<(Format, PathBuf)>,
    /// When to colour the terminal report
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Show every row, also the steady ones
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
}

/// The dialects of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Terminal,
    Markdown,
    Json,
    Junit,
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Compare fresh results with the committed baselines, and judge
    Check(Check),
    /// Measure in rounds, then judge; with --against, two commits alternately on this machine
    Run(Run),
    /// Compare any results with any others, without configuration or baseline
    Compare(Compare),
    /// Show what is read from result files
    Inspect(Inspect),
    /// Judge targets at the load that they name, by fresh results or committed baselines
    Slo(Slo),
    /// Tell how much a service carries, from what was measured
    #[command(subcommand)]
    Capacity(Capacity),
    /// Keep the committed baselines
    #[command(subcommand)]
    Baseline(Baseline),
    /// Tell how often this gate would be wrong here, and the smallest change it can see
    Calibrate(Calibrate),
    /// Write the pages of docs/performance from what is committed, or check that they follow from it
    Docs(Docs),
    /// Show a verdict on a pull request, or propose baselines by one
    #[command(subcommand)]
    Github(Github),
    /// Read what a database counted, before and after a load
    #[command(subcommand)]
    Snapshot(Snapshot),
    /// Write a commented configuration, and workflows that judge pull requests
    Init(Init),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one page a command
    Man {
        /// Write `tailguard.1` and one page a subcommand into this directory
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// Where results come from, and what they are called.
#[derive(Debug, Args)]
pub(super) struct Origin {
    /// Session of results without a sidecar [default: the CI job, else one a call]
    #[arg(long, value_name = "ID")]
    pub(super) session: Option<String>,
    /// Name of the machine, instead of its os, architecture, CPU model and cores
    #[arg(long, value_name = "NAME")]
    pub(super) environment: Option<String>,
}

/// How results are read.
#[derive(Debug, Args)]
pub(super) struct Read {
    /// Tags that make a row [default: scenario,name and category where present]
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(super) group_by: Option<Vec<String>>,
    /// Skip detection by content
    #[arg(long, value_name = "NAME", value_enum)]
    pub(super) source: Option<Source>,
    /// Read this of criterion's named baselines instead of `new`; compare does so on the base side
    #[arg(long, value_name = "NAME")]
    pub(super) criterion_baseline: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Source {
    Criterion,
    K6,
    Postgres,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Judge only this suite, with results from here (files, directories, globs)
    #[arg(long, value_name = "SUITE=PATH", num_args = 1..)]
    pub(super) fresh: Vec<String>,
    /// Compare this suite with results from here, measured in the same job, instead of its stored
    /// baseline
    #[arg(long, value_name = "SUITE=PATH", num_args = 1..)]
    pub(super) base: Vec<String>,
    #[command(flatten)]
    pub(super) origin: Origin,
    /// Save what was measured, to be judged again elsewhere
    #[arg(long, value_name = "FILE")]
    pub(super) save: Option<PathBuf>,
    /// Write what is said into the baseline files too, for `calibrate --from-history`
    #[arg(long, conflicts_with = "base")]
    pub(super) record: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Each round starts the suite's `command` with TAILGUARD_OUT naming an empty \
    directory, in which it leaves its results. With --against, all rows are screened in the first \
    rounds, and rows that look worse are measured again until they are confirmed or given up. \
    Ctrl-C keeps the finished rounds."
)]
pub(super) struct Run {
    /// Measure only this suite; repeatable [default: every suite that has a command]
    #[arg(long, value_name = "NAME")]
    pub(super) suite: Vec<String>,
    /// Compare with this revision, measured alternately, instead of the stored baselines
    #[arg(long, value_name = "REF")]
    pub(super) against: Option<String>,
    #[command(flatten)]
    pub(super) pace: Pace,
    /// Rounds a side with confirmation, with --against [default: 5 more than --rounds]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) max_rounds: Option<u32>,
    /// Seed of the order of the sides [default: from the clock]
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,
    /// Keep the rounds in this directory
    #[arg(long, value_name = "DIR")]
    pub(super) keep: Option<PathBuf>,
    /// Go on with the interrupted measurement in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["keep", "seed", "rounds", "max_rounds", "warmup"])]
    pub(super) resume: Option<PathBuf>,
    #[command(flatten)]
    pub(super) origin: Origin,
    /// Save what was measured, to be judged again elsewhere
    #[arg(long, value_name = "FILE")]
    pub(super) save: Option<PathBuf>,
}

/// How much is measured.
#[derive(Debug, Args)]
pub(super) struct Pace {
    /// Rounds a side; with --against, those in which all rows are screened
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) rounds: u32,
    /// Rounds a side that are left out, before the first that counts
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(super) warmup: u32,
    /// Begin no round that would end after so many minutes
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) max_minutes: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Results of the base side: files, directories or globs
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "base_session")]
    pub(super) base: Vec<String>,
    /// Results of the base side that were measured in another session
    #[arg(long, value_name = "ID=PATH", num_args = 1..)]
    pub(super) base_session: Vec<String>,
    /// Results of the fresh side: files, directories or globs
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(super) fresh: Vec<String>,
    /// Smallest change that matters
    #[arg(long, value_name = "PERCENT", default_value = "5%")]
    pub(super) threshold: String,
    /// Chance that an unchanged comparison fails, over all its rows
    #[arg(long, value_name = "SHARE", default_value_t = 0.02)]
    pub(super) alpha: f64,
    #[command(flatten)]
    pub(super) read: Read,
    #[command(flatten)]
    pub(super) origin: Origin,
    /// Save what was measured, to be judged again elsewhere
    #[arg(long, value_name = "FILE")]
    pub(super) save: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Files, directories or globs
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<String>,
    #[command(flatten)]
    pub(super) read: Read,
}

#[derive(Debug, Subcommand)]
pub(super) enum Baseline {
    /// Take fresh results into the baselines
    Refresh(Refresh),
    /// Show what is stored
    Show(Suites),
    /// Show rows that differ: stored against fresh results, or against a git revision
    Diff(Diff),
    /// Check that every stored file is whole and readable
    Verify(Suites),
}

#[derive(Debug, Args)]
pub(super) struct Suites {
    /// Only this suite; repeatable [default: every suite]
    #[arg(long, value_name = "NAME")]
    pub(super) suite: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Refresh {
    #[command(flatten)]
    pub(super) rows: RefreshRows,
    /// Show the changes and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// Against these results instead of where the configuration says
    #[arg(long, value_name = "SUITE=PATH", num_args = 1.., conflicts_with = "rev")]
    pub(super) fresh: Vec<String>,
    /// Only this suite; repeatable [default: every suite]
    #[arg(long, value_name = "NAME")]
    pub(super) suite: Vec<String>,
    /// Against what this git revision had stored
    #[arg(long, value_name = "REV")]
    pub(super) rev: Option<String>,
    #[command(flatten)]
    pub(super) origin: Origin,
}

/// What is refreshed, and with what.
#[derive(Debug, Args)]
pub(super) struct RefreshRows {
    /// Measure first, by the commands of the suites
    #[arg(long, conflicts_with = "fresh")]
    pub(super) run: bool,
    /// Rounds to measure, with --run
    #[arg(long, value_name = "N", default_value_t = 5, requires = "run", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) rounds: u32,
    /// Take results from here instead of where the configuration says
    #[arg(long, value_name = "SUITE=PATH", num_args = 1..)]
    pub(super) fresh: Vec<String>,
    /// Only this suite; repeatable [default: every suite]
    #[arg(long, value_name = "NAME")]
    pub(super) suite: Vec<String>,
    /// Only rows whose name fits this glob; every other row stays as it is
    #[arg(long = "match", value_name = "GLOB")]
    pub(super) matches: Option<String>,
    #[command(flatten)]
    pub(super) origin: Origin,
    /// Take the results in although they regress; the reason is recorded
    #[arg(long, value_name = "REASON")]
    pub(super) accept_regression: Option<String>,
    /// Forget stored rows that the fresh results lack
    #[arg(long)]
    pub(super) forget_missing: bool,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Overwrite files that exist
    #[arg(long)]
    pub(super) force: bool,
    /// The action that the workflows use, pinned to a commit
    #[arg(long, value_name = "OWNER/REPO@SHA")]
    pub(super) action: Option<Action>,
    /// Write only this part
    #[arg(long, value_name = "PART", value_enum)]
    pub(super) only: Option<Part>,
}

/// What `init` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    Config,
    Workflows,
}

fn report_copy(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) =
        text.split_once('=').ok_or("expected FORMAT=FILE, such as json=report.json")?;
    if file.is_empty() {
        return Err("expected a file after '='".to_owned());
    }
    Ok((Format::from_str(format, true)?, PathBuf::from(file)))
}
