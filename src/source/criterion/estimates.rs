//! `estimates.json`: what criterion computed from the sample. Read only where the sample is lost.

use serde::Deserialize;

/// Point estimates, in the measurement's unit. Keys were capitalised in criterion 0.2.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Estimates {
    #[serde(alias = "Mean")]
    pub(super) mean: Option<Estimate>,
    #[serde(alias = "Median")]
    pub(super) median: Option<Estimate>,
    #[serde(alias = "MedianAbsDev")]
    pub(super) median_abs_dev: Option<Estimate>,
    /// `null` under flat sampling.
    #[serde(alias = "Slope")]
    pub(super) slope: Option<Estimate>,
    #[serde(alias = "StdDev")]
    pub(super) std_dev: Option<Estimate>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Estimate {
    /// `null` where it was not a number.
    pub(super) point_estimate: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_taken() {
        let new: Estimates = serde_json::from_str(
            r#"{"mean":{"point_estimate":1.5,"standard_error":0.1},"slope":null}"#,
        )
        .unwrap();
        let old: Estimates =
            serde_json::from_str(r#"{"Mean":{"point_estimate":1.5},"Slope":null}"#).unwrap();
        assert_eq!(new, old);
        assert_eq!(new.mean.and_then(|mean| mean.point_estimate), Some(1.5));
    }
}
