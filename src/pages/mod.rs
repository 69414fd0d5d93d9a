//! The pages: what is known of a service's performance, as Markdown that cannot drift.
//!
//! A [`Model`] is plain data: numbers, words, and where each came from. Every page is a pure
//! function of it; nothing here knows the clock, the commit that is checked out, or who measured.
//! What is generated stands in [blocks] between markers, and everything else in a page is
//! people's text: kept byte for byte when pages are [written](write()), never looked at when they
//! are [compared](drift()), but for links that lead nowhere.

mod benchmarks;
pub mod blocks;
mod capacity_planning;
mod drift;
mod error;
mod generate;
mod links;
mod load_testing;
mod model;
mod overview;
mod plot;
mod slos;
mod sources;
mod table;
mod text;
mod told;
mod words;
mod write;

pub use drift::{DeadLink, Drift, StaleFigure, StalePage, drift};
pub use error::PageError;
pub use generate::{FIGURES, Generated, PAGES, Page, generate};
pub use model::{
    Amount, BaselineRow, Baselines, Basis, Beside, Bottleneck, Breakpoint, Budget, BurnRule,
    Capacity, Computed, Crossing, Curve, Distribution, Fit, FitModel, Group, IndexCoverage, Input,
    Limit, LimitKind, LoadTests, Model, Most, Parameter, Peak, PoolSize, QuantilePoint, Reached,
    Recommendation, RowFigure, Scenario, ScenarioResult, Source, State, Suite, Target, Targets,
    Tried, Trigger, Untold, Value, Window,
};
pub use plot::{Curves, Series, curves};
pub use told::told;
pub use write::write;
