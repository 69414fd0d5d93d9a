//! The `tailguard` command: parse, run, exit. The only place that ends the process.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tailguard::cli::{Cli, run};

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            // Nobody can be told that stderr is closed; the exit code still tells.
            let _ = writeln!(std::io::stderr(), "error: {}", failure.message);
            ExitCode::from(failure.exit_code)
        }
    }
}
