//! By which our check runs are known among all others.

use crate::policy::config::Github;

/// What the external id of a check run with a verdict goes on with after its key.
pub(super) const VERDICT: &str = "verdict";

/// The same of one without.
pub(super) const NO_VERDICT: &str = "none";

/// By which the external ids of our check runs are known.
pub(super) fn key(github: &Github) -> String {
    format!("tailguard:v1:{}", github.id)
}
