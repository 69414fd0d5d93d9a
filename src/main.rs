//! The `tailguard` command: parse, run, exit. The only place that ends the process.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tailguard::cli::{Cli, run};
use tailguard::report;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(words) if words.use_stderr() => {
            say(report::page(&words.to_string()).trim_end());
            return ExitCode::from(2);
        }
        // Help and version, for stdout.
        Err(words) => words.exit(),
    };
    match run(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            say(&report::failure(&failure.message, &failure.last_lines));
            ExitCode::from(failure.exit_code)
        }
    }
}

/// Nobody can be told that stderr is closed; the exit code still tells.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
