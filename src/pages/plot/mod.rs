//! Figures: what they show as plain data, and how that becomes SVG.
//!
//! A [`Chart`] says what is shown: two axes, layers, and the same in words for who cannot see it.
//! `plotters` lays it out with its SVG backend alone, which needs no fonts and places everything on
//! whole pixels; colours for light and dark and the words are put in afterwards. The same chart
//! gives the same bytes.

mod axis;
mod chart;
mod curves;
mod distribution;
mod draw;
mod figures;
mod head;
mod ink;
mod ramp;
mod steps;

pub(super) use chart::Chart;
pub use curves::{Curves, Series, curves};
pub(super) use distribution::distribution;
pub(super) use draw::svg;
pub(super) use figures::Figures;
pub(super) use ramp::{achieved_against_offered, latency_by_load};
pub(super) use steps::throughput_by_concurrency;
