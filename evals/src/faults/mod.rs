//! Verdicts on faults that are known: the service is recorded with each fault and without, many
//! verdicts are drawn from the recording, and what they say is counted.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`arms`] | what is recorded: the unchanged service, and each fault at two sizes |
//! | [`round`] | one round of one arm in compact form |
//! | [`latencies`] | counts of latencies, from a sketch |
//! | [`folder`] | the rounds recorded so far, and those that are left |
//! | [`packed`] | all rounds as one committed file |
//! | [`change`] | how much an arm changed each row, and how far runs scatter |
//! | [`noise`] | what runs of the unchanged service differ by |
//! | [`rivals`] | two plain rules, for comparison |
//! | [`verdict`] | one verdict, and whether it was right |
//! | [`tally`] | all verdicts of all arms |
//! | [`live`] | verdicts of `tailguard run` itself |
//! | [`target`] | what the verdicts should reach |
//! | [`table`] | the table of the documentation |

pub mod arms;
pub mod change;
pub mod folder;
pub mod latencies;
pub mod live;
pub mod noise;
pub mod packed;
pub mod rivals;
pub mod round;
pub mod table;
pub mod tally;
pub mod target;
pub mod verdict;
