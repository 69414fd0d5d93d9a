//! Curves: how much a service carries, computed from what was measured. Numbers to numbers; no file,
//! no configuration, no verdict.
//!
//! How throughput grows: [`mod@fit`] lets the evidence choose between two answers, the Universal
//! Scalability Law ([`usl`]), in which sharing costs more and more, and a hard limit ([`hard_limit`]),
//! in which one resource is full. [`bootstrap`] says how sure that is, and [`little`] checks each
//! [`step`] before it is believed.
//!
//! Where it stops to grow: [`windows`] cuts a ramp into seconds by its [`schedule`], [`breakpoint`]
//! finds where they no longer keep up, and [`kneedle`] is the second opinion.
//!
//! What follows from it: [`mod@plan`] turns [`traffic`], the measured [`size`]s and [`figure`]s into
//! users and organisations, and [`triggers`] into dates. [`erlang`] says how long one waits for one of
//! several servers, [`pool`] how many connections that makes, [`timeouts`] which order of timeouts holds
//! (from a [`histogram`]), and [`coverage`] how well indexes serve.
//!
//! Every result carries what it rests on. A figure whose error is known is an [`Estimate`]; what was
//! not measured, or lies beyond what was measured, is said so and never just a number.

pub mod bootstrap;
pub mod breakpoint;
pub mod coverage;
pub mod erlang;
pub mod estimate;
pub mod figure;
pub mod fit;
pub mod hard_limit;
pub mod histogram;
pub mod kneedle;
mod least_squares;
pub mod little;
pub mod plan;
pub mod pool;
pub mod schedule;
pub mod size;
pub mod step;
pub mod timeouts;
pub mod traffic;
pub mod triggers;
pub mod usl;
pub mod windows;

pub use estimate::{Estimate, LEVEL};
pub use step::{Point, Step};
