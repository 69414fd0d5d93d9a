//! What this process can tell of where it runs: the machine, the CI job, the commit. Facts only;
//! nothing here is a decision.

mod commit;
mod job;
mod machine;

pub use commit::{file_at, files_at, head, is_revision};
pub use job::session_of_job;
pub use machine::this_machine;
