//! The stories of a pull request: a verdict on it, and baselines by it.
//!
//! What decides is always the base branch: its configuration and its baselines, at its tip. What
//! the pull request brings is data.

mod acceptance;
mod aim;
mod base;
mod comment;
mod error;
mod evidence;
mod mark;
mod post;
mod refresh;
mod run;
mod target;
mod verdict;
mod words;

pub use comment::{CommentPlan, Concluded, comment};
pub use error::Error;
pub use refresh::{Opened, RefreshPull, refresh};
pub use target::Asked;
