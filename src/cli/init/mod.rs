//! `init`: a commented configuration for what lies in this repository, and the workflows that judge
//! its pull requests. What is written stands in `template/`, with a few marked places.

mod action;
mod files;
mod look;
mod run;

pub(super) use action::Action;
pub(super) use run::run;
