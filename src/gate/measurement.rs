//! What was measured, saved so that another process can judge it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::judge::Sides;
use crate::baseline::Measured;
use crate::measure::Run;

/// The schema word of a saved measurement.
const SCHEMA: &str = "tailguard.measurement/v1";

/// The compact runs of one command, in the form that baselines use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    schema: String,
    /// One entry a suite.
    pub suites: Vec<SuiteMeasurement>,
}

/// The compact runs of one suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteMeasurement {
    /// The suite's name.
    pub suite: String,
    /// The fresh side.
    pub fresh: Measured,
    /// The base side, where it was measured in the same job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Measured>,
}

impl Measurement {
    /// The fresh side of every suite.
    pub(super) fn of_fresh(suites: &[Sides]) -> Self {
        let one = |sides: &Sides| SuiteMeasurement {
            suite: sides.suite.clone(),
            fresh: compact(&sides.fresh),
            base: None,
        };
        Self { schema: SCHEMA.to_owned(), suites: suites.iter().map(one).collect() }
    }

    /// Both sides of one suite.
    pub(super) fn of_both(suite: &str, base: &[Run], fresh: &[Run]) -> Self {
        let one = SuiteMeasurement {
            suite: suite.to_owned(),
            fresh: compact(fresh),
            base: Some(compact(base)),
        };
        Self { schema: SCHEMA.to_owned(), suites: vec![one] }
    }
}

fn compact(runs: &[Run]) -> Measured {
    Measured::of(runs, &BTreeMap::new())
}
