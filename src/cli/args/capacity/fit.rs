//! The flags of `capacity fit`.

use clap::Args;

use crate::capacity::bootstrap::Resampling;

#[derive(Debug, Args)]
#[command(
    after_help = "A table of steps is a CSV whose first line names its columns: concurrency,per_s and, \
    where they were measured, latency_ms,iteration_ms. Repetitions of a concurrency are lines of their own."
)]
pub(in crate::cli) struct CapacityFit {
    /// Tables of steps; with --concurrency-from, results of load tests
    #[arg(value_name = "PATH", required = true)]
    pub(in crate::cli) paths: Vec<String>,
    /// Read results of load tests, of which this tag of the requests carries the concurrency
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) concurrency_from: Option<String>,
    /// Refits behind the intervals; 0 for none
    #[arg(long, value_name = "N", default_value_t = Resampling::REPLICATES, value_parser = replicates)]
    pub(in crate::cli) refits: usize,
    /// Seed of the refits
    #[arg(long, value_name = "S", default_value_t = Resampling::SEED)]
    pub(in crate::cli) seed: u64,
}

fn replicates(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| *n == 0 || (100..=100_000).contains(n))
        .ok_or_else(|| "expected 0, or a number from 100 to 100000".to_owned())
}
