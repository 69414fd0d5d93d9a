//! The judge: tolerance and evidence make a verdict, with the rule that decided.

mod verdict;

pub use verdict::{Level, Outcome, Verdict};
