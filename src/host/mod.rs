//! What this process can tell of where it runs: the machine, how busy it is, the CI job, the commit.
//! Facts only; nothing here is a decision.

mod busy;
mod commit;
mod job;
mod machine;

pub use busy::{busy_share, load_average};
pub use commit::{file_at, files_at, head, is_clean, is_revision, reverted};
pub use job::session_of_job;
pub use machine::this_machine;
