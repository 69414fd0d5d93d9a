//! `snapshot postgres`: from words and the environment to a file.

use std::fs;
use std::path::Path;

use super::args::{Format, Global, Snapshot, SnapshotPostgres};
use super::commands::Failure;
use super::output::{to_stdout, write_file};
use crate::gate;
use crate::policy::quantity;
use crate::postgres::{self, Address, NamedQuery, Plan};

/// The variable that stands in for `--url`, so that a password is in no list of processes.
const URL: &str = "TAILGUARD_POSTGRES_URL";

/// The variable in which libpq's tools look for a password.
const PASSWORD: &str = "PGPASSWORD";

/// The longest patience, in ns: an hour.
const LONGEST: f64 = 3_600e9;

pub(super) fn run(global: &Global, command: &Snapshot) -> Result<u8, Failure> {
    match command {
        Snapshot::Postgres(args) => postgres(global, args),
    }
}

fn postgres(global: &Global, args: &SnapshotPostgres) -> Result<u8, Failure> {
    if !matches!(global.format, Format::Terminal | Format::Json) || !global.report.is_empty() {
        let message = "a snapshot is written as JSON\nhint: leave out --format and --report";
        return Err(gate::Error::Usage(message.to_owned()).into());
    }
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = args.url.clone().or_else(|| given(URL)) else {
        let message = format!("no server\nhint: give --url, or set {URL}");
        return Err(gate::Error::Usage(message).into());
    };
    let address = Address::parse(&url, given(PASSWORD).as_deref())?;
    let nanoseconds = quantity::duration(&args.timeout)
        .ok()
        .filter(|ns| (1e6..=LONGEST).contains(ns))
        .ok_or_else(|| {
            gate::Error::Usage(format!(
                "--timeout got {:?}\nhint: write a duration from 1ms to 60min, such as 5s",
                args.timeout
            ))
        })?;
    let timeout = std::time::Duration::from_secs_f64(nanoseconds / 1e9);
    let explain = match &args.explain {
        Some(path) => queries(path)?,
        None => Vec::new(),
    };
    let snapshot = postgres::take(&Plan { address: &address, explain: &explain, timeout })?;
    let written = |path: &Path, source| gate::Error::Write { path: path.to_owned(), source };
    let to = global.output.as_deref().unwrap_or(Path::new("stdout"));
    let mut bytes = serde_json::to_vec_pretty(&snapshot).map_err(|e| written(to, e.into()))?;
    bytes.push(b'\n');
    match &global.output {
        Some(path) => write_file(path, &bytes),
        None => to_stdout(&bytes),
    }
    .map_err(|source| written(to, source))?;
    Ok(0)
}

fn queries(path: &Path) -> Result<Vec<NamedQuery>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        let message = format!(
            "cannot read {}: {error}\nhint: --explain takes a file of queries, each below `-- name: NAME`",
            path.display()
        );
        Failure { message, last_lines: Vec::new(), exit_code: 1 }
    })?;
    Ok(postgres::queries(&text)?)
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        let exit_code = error.exit_code();
        Self { message: error.to_string(), last_lines: Vec::new(), exit_code }
    }
}
