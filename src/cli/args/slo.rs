//! The flags of `slo`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Origin;

#[derive(Debug, Args)]
#[command(
    after_help = "A run counts for a target from 95% of the load that the target names. A suite is judged \
    by the fresh results that lie where the configuration says, else by its committed baselines, one machine \
    at a time. Not measured is never met. Exit codes: 0 nothing is denied; 10 a broken target; 11 a \
    target that is not measured (slo-not-measured in [gate.levels]), or at risk where policy denies that."
)]
pub(in crate::cli) struct Slo {
    #[command(subcommand)]
    pub(in crate::cli) part: Option<SloPart>,
    /// Take this suite's results from here (files, directories, globs), and all others from their
    /// baselines
    #[arg(long, value_name = "SUITE=PATH", num_args = 1..)]
    pub(in crate::cli) fresh: Vec<String>,
    /// Judge the committed baselines, whatever fresh results there are
    #[arg(long, conflicts_with = "fresh")]
    pub(in crate::cli) committed: bool,
    #[command(flatten)]
    pub(in crate::cli) origin: Origin,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SloPart {
    /// Print the targets of OpenSLO v1 documents as [[slo]] entries
    Import(SloImport),
    /// Print the targets in another form
    Export {
        /// The form
        #[arg(value_enum)]
        form: SloForm,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SloImport {
    /// OpenSLO v1 documents, as YAML or JSON
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// The load that targets without the annotation tailguard/at hold at: 200/s, or "50 users"
    #[arg(long, value_name = "LOAD")]
    pub(in crate::cli) at: Option<String>,
    /// The suite of targets without the annotation tailguard/suite
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) suite: Option<String>,
    /// The unit of values that name none
    #[arg(long, value_name = "UNIT", value_enum)]
    pub(in crate::cli) unit: Option<SloUnit>,
}

/// What targets are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SloForm {
    /// OpenSLO v1 documents; what has no form there is named on stderr
    Openslo,
    /// Recording and alert rules for the burn rates of every availability
    Prometheus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SloUnit {
    Ns,
    Us,
    Ms,
    S,
}
