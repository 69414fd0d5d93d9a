//! The flags of `capacity breakpoint`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    after_help = "A ramp is a load test whose arrivals grow well beyond what the service carries, written \
    by `k6 run --out json=FILE` or `--out csv=FILE`. It is cut into seconds by completion. What was \
    offered is what ended and what was dropped, unless --offered gives the schedule: without drops only \
    a schedule shows that less is achieved than offered."
)]
pub(in crate::cli) struct CapacityBreakpoint {
    /// The ramp: files, directories or globs; several are several load generators of one test
    #[arg(value_name = "PATH", required = true)]
    pub(in crate::cli) paths: Vec<String>,
    /// The target of p95 [default: those of [[slo]] on these requests]
    #[arg(long, value_name = "DURATION")]
    pub(in crate::cli) p95: Option<String>,
    /// The budget of errors [default: those of [[slo]] on these requests]
    #[arg(long, value_name = "SHARE")]
    pub(in crate::cli) errors: Option<String>,
    /// The suite whose [[slo]] the ramp is held against, each tag's requests to their own limit [default:
    /// the only suite that has any]
    #[arg(long, value_name = "SUITE")]
    pub(in crate::cli) targets: Option<String>,
    /// What the script offers, in iterations: the rate at its start, then stages of a rate and the
    /// time that it takes to get there, such as 50/s,500/s:60s,500/s:10s
    #[arg(long, value_name = "SCHEDULE")]
    pub(in crate::cli) offered: Option<String>,
    /// Only requests and iterations with this tag, such as category=read
    #[arg(long, value_name = "TAG=VALUE")]
    pub(in crate::cli) only: Option<String>,
    /// What was captured beside the load: CSV under a line `# tailguard.captured/v1`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) captured: Option<PathBuf>,
    /// Snapshots of PostgreSQL around the load
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) database: Option<PathBuf>,
    /// Seconds in a row that confirm a limit
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=60))]
    pub(in crate::cli) sustained: u8,
}
