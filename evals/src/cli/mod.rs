//! The commands behind the scripts in `evals/`.

pub(crate) mod faults;
pub(crate) mod quality;
mod shared;
