//! The stories of `docs`: from what is committed to pages that say it.

mod baselines;
mod capacity;
mod fits;
mod ground;
mod load;
mod natural;
mod pages;
mod recommendations;
mod targets;
mod untold;

pub use pages::{Docs, DocsPlan, docs};
