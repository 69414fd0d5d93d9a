//! The stories of `docs`: from what is committed to pages that say it.

mod baselines;
mod capacity;
mod load;
mod natural;
mod pages;
mod recommendations;
mod targets;

pub use pages::{Docs, DocsPlan, docs};
