//! `capacity plan`: what the traffic model, the headroom and the measured limits allow.

use super::super::error::Error;
use super::endpoints;
use super::inputs::inputs;
use crate::capacity::plan::plan;
use crate::policy::config::{Config, set};
use crate::report::PlanReport;

/// Computes the plan of a configuration.
///
/// # Errors
/// There is no `[capacity]`, or a file or baseline that is there cannot be read.
pub fn capacity_plan(config: &Config, changes: &[String]) -> Result<PlanReport, Error> {
    let inputs = inputs(config)?;
    Ok(PlanReport {
        figures: plan(&inputs.question),
        reserve: inputs.question.reserve,
        users_per_organisation: inputs.question.traffic.users_per_organisation,
        changes: changes.to_vec(),
        warnings: endpoints::unknown(config, &inputs.question.traffic.requests)?,
    })
}

/// A configuration with some numbers of its plan changed, as `--set` writes them.
///
/// # Errors
/// There is no `[capacity]`, or a change is none, or one with which the others cannot be.
pub fn what_if(config: &Config, changes: &[String]) -> Result<Config, Error> {
    let mut changed = config.clone();
    if let Some(capacity) = &mut changed.capacity {
        for change in changes {
            set(capacity, change).map_err(|why| Error::Usage(format!("--set {why}")))?;
        }
    }
    Ok(changed)
}
