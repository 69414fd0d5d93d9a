//! What the pages say, as plain data.
//!
//! Texts may come from result files and configurations and are hostile: they are disarmed where
//! they become Markdown or SVG, not here.

mod amount;
mod baselines;
mod capacity;
mod load;
mod targets;

pub use amount::{Amount, Basis, Source, Value};
pub use baselines::{
    BaselineRow, Baselines, Distribution, Group, QuantilePoint, RowFigure, Suite, Untold,
};
pub use capacity::{Capacity, Computed, IndexCoverage, Input, PoolSize, Trigger};
pub use load::{
    Beside, Bottleneck, Breakpoint, Crossing, Curve, Fit, FitModel, Limit, LimitKind, LoadTests,
    Most, Parameter, Peak, Reached, Recommendation, Scenario, ScenarioResult, Tried, Window,
};
pub use targets::{Budget, BurnRule, State, Target, Targets};

/// Everything that the pages say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// What is stored of every suite.
    pub baselines: Baselines,
    /// Targets, and what was measured of them.
    pub targets: Targets,
    /// Load tests, breaking points, scalability.
    pub load: LoadTests,
    /// The capacity plan, the database, the triggers.
    pub capacity: Capacity,
}
