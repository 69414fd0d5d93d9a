//! The flags of `calibrate`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    after_help = "The noise of stored runs is taken apart (between the runs of a session, between sessions), \
    and unchanged measurements with that noise are drawn and judged by this configuration. Besides, each \
    stored session is judged against the others. With --run, rounds are measured now, and what is told is \
    told of both sides measured in one session, as `run --against` does."
)]
pub(in crate::cli) struct Calibrate {
    /// Only this suite; repeatable [default: every suite that is measured by this configuration]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) suite: Vec<String>,
    /// The machine whose baselines count [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) environment: Option<String>,
    /// Measure now, by the commands of the suites, instead of taking what is stored
    #[arg(long)]
    pub(in crate::cli) run: bool,
    /// Rounds to measure, with --run
    #[arg(long, value_name = "N", default_value_t = 8, requires = "run", value_parser = clap::value_parser!(u32).range(4..=100))]
    pub(in crate::cli) rounds: u32,
    /// Runs that a fresh measurement has [default: as many as the last session]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(in crate::cli) fresh_runs: Option<u32>,
    /// The slowdown that should be seen
    #[arg(long, value_name = "PERCENT", default_value = "10%")]
    pub(in crate::cli) detect: String,
    /// Unchanged pull requests to simulate
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    pub(in crate::cli) pull_requests: u64,
    /// Decides what is drawn
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(in crate::cli) seed: u64,
    /// Write how rows scatter into the baseline files: one session against one is judged by it
    #[arg(long)]
    pub(in crate::cli) store: bool,
    /// Tell instead what became of what recorded checks called worse (see `check --record`)
    #[arg(long, conflicts_with_all = ["run", "store", "fresh_runs", "figure", "detect", "pull_requests", "seed"])]
    pub(in crate::cli) from_history: bool,
    /// Draw in how many rows a slowdown is seen, by its size, into this SVG file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) figure: Option<PathBuf>,
}
