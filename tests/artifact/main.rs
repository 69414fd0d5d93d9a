//! Archives and measurements that anybody may have made. Each is read as exactly what it says or
//! refused with a reason, within a bounded amount of memory.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

#[path = "../common/mod.rs"]
mod common;

mod archive;
mod memory;
mod mutation;
mod text;
mod zip;

use tailguard::gate::{self, Measurement};

/// The name of the only file of an archive.
const NAME: &str = "measurement.json";

/// Bytes that the file may hold.
const LIMIT: u64 = 64 << 20;

/// Reads an archive as the pull-request check does.
fn read(archive: &[u8]) -> Result<Measurement, String> {
    let text = gate::only_file(archive, NAME, LIMIT).map_err(|error| error.to_string())?;
    Measurement::parse(&text).map_err(|error| error.to_string())
}

/// A measurement as the program writes it: two benchmarks, three runs.
fn honest() -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    common::micro_config(dir.path());
    for run in 0..3 {
        let root = dir.path().join(format!("fresh/{run}"));
        common::criterion_run(&root, &["alpha", "beta"], 1000.0 + f64::from(run));
    }
    let done = common::run(dir.path(), &["check", "--save", NAME]);
    assert_eq!(done.status.code(), Some(11), "{}", common::stderr(&done));
    std::fs::read(dir.path().join(NAME)).expect("it was saved")
}
