//! `capacity`: how much a service carries.

mod breakpoint;
mod fit;
mod plan;

use super::args::{Capacity, Global};
use crate::gate::Error;

pub(super) fn run(global: &Global, part: &Capacity) -> Result<u8, Error> {
    match part {
        Capacity::Breakpoint(args) => breakpoint::run(global, args),
        Capacity::Fit(args) => fit::run(global, args),
        Capacity::Plan(args) => plan::plan(global, args),
        Capacity::Pool(args) => plan::pool(global, args),
        Capacity::Triggers(args) => plan::triggers(global, args),
    }
}
