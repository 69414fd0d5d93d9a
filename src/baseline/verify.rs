//! Whether every stored file is whole.

use std::path::PathBuf;

use super::error::BaselineError;
use super::store::Shelf;

/// A stored file that is not whole.
#[derive(Debug)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub error: BaselineError,
}

/// Reads every file of the given suites. Returns the files that are whole, and the faults.
///
/// # Errors
/// Where a directory cannot be listed.
pub fn verify(
    shelf: &Shelf,
    suites: &[String],
) -> Result<(Vec<PathBuf>, Vec<Fault>), BaselineError> {
    let mut whole = Vec::new();
    let mut faults = Vec::new();
    for suite in suites {
        for environment in shelf.environments(suite)? {
            let path = shelf.file(suite, &environment);
            let detail_path = shelf.detail_file(suite, &environment);
            let baseline = shelf.load(suite, &environment);
            let details = shelf.details(&detail_path);
            match baseline {
                Ok(_) => whole.push(path),
                Err(error) => faults.push(Fault { path, error }),
            }
            if detail_path.exists() {
                match details {
                    Ok(_) => whole.push(detail_path),
                    Err(error) => faults.push(Fault { path: detail_path, error }),
                }
            }
        }
    }
    Ok((whole, faults))
}
