//! The breaking point: at which load a service stops to keep up, and what stopped it.
//!
//! A ramp is looked at second by second ([`super::windows`]). Four limits are looked for apart from each
//! other (`limits`): where less is achieved than offered, where iterations are dropped, where p95
//! leaves its target, where errors leave their budget. A limit counts once some seconds in a row
//! confirm it; what is achieved from there on is a mean with an interval (`interval`). Then it is asked
//! whether the load generator was the limit and not the service (`generator`): if so, the numbers
//! are "at least". What was captured beside the load (`evidence`) names the bottleneck
//! (`bottleneck`), or nothing does.

mod bottleneck;
mod evidence;
mod find;
mod generator;
mod interval;
mod limits;
mod question;

pub use bottleneck::{Bottleneck, Resource};
pub use evidence::{Evidence, QueryTime, Span};
pub use find::{Breakpoint, End, Knee, Remark, TooShort, find};
pub use generator::Generator;
pub use limits::{Absence, Kind, Limit, Looked};
pub use question::{Part, Question};
