//! The command behind the scripts in `evals/`.

mod cli;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use cli::{faults, quality};

/// How often tailguard's verdicts are right
#[derive(Parser)]
#[command(name = "evals", disable_help_subcommand = true)]
struct Cli {
    /// The repository's working tree
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The gate beside the rules of others, below two minutes
    Quick(quality::Quick),
    /// The same on every data set, with the figures of docs/performance/gate-quality.md
    Full(quality::Full),
    /// Put recorded benchmarks of real crates into the committed file; see evals/criterion/record
    #[command(subcommand)]
    Criterion(Criterion),
    /// Verdicts on faults of the clinic; see evals/faults/record
    #[command(subcommand)]
    Faults(faults::Faults),
}

#[derive(Subcommand)]
enum Criterion {
    /// Put all finished rounds into the committed file
    Pack {
        /// Where the rounds were recorded
        #[arg(long, value_name = "DIR", default_value = "target/criterion-rounds")]
        from: PathBuf,
    },
}

fn main() -> ExitCode {
    let Cli { root, command } = Cli::parse();
    let done = match command {
        Command::Quick(asked) => quality::quick(&root, &asked),
        Command::Full(asked) => quality::full(&root, &asked),
        Command::Criterion(Criterion::Pack { from }) => quality::pack(&root, &from),
        Command::Faults(command) => faults::run(&root, command),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
