//! The judge: tolerance and evidence make a verdict, with the rule that decided.

mod accept;
pub mod config;
mod confirm;
mod family;
mod judge;
mod levels;
mod load_level;
mod margin;
pub mod quantity;
mod rule;
mod scope;
mod settle;
mod slo;
mod verdict;
mod waiver;

pub use accept::Accept;
pub use confirm::{Confirmed, Looks, Staged, confirm};
pub use family::{Procedure, tail_p};
pub use judge::{Because, Finding, Tested, Weighed, judge, weighed};
pub use levels::{Case, Levels};
pub use load_level::{COUNTS_FROM, Load};
pub use margin::is_within;
pub use rule::{Adjustment, Rule, Tolerance, file_of, tolerance};
pub use scope::{Pattern, Scope, Subject};
pub use slo::{Availability, Bound, Promql, Slo, SloState};
pub use verdict::{Level, Outcome, Verdict};
pub use waiver::{Origin, Waiver};
