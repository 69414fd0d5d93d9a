//! The stopwatch: commands that measure are started in turn, watched, and stopped, and what they
//! leave behind is kept. Nothing here reads a result or decides anything.
//!
//! A [`Folder`] holds the rounds of one measurement, so that an interrupted one can go on; a
//! [`Checkout`] is the side that they are compared with; [`execute`] runs one command and leaves no
//! process behind; [`Order`] says which side goes first.

mod checkout;
mod child;
mod error;
mod folder;
mod generator;
mod order;
mod plan;
mod processes;
mod round;
mod stop;

pub use checkout::{Checkout, Repository};
pub use child::{Command, Ended, Finished, execute};
pub use error::RoundError;
pub use folder::Folder;
pub use generator::GeneratorLoad;
pub use order::Order;
pub use plan::{MOST_ROUNDS, Plan, SuitePlan};
pub use round::{Facts, Round, Side, Stage};
pub use stop::Stop;
