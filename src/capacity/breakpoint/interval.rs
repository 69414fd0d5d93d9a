//! The mean of consecutive seconds, and how sure it is.

use crate::capacity::{Estimate, LEVEL};
use crate::stats::student::student_quantile;
use crate::stats::within_run::mean_error;

/// Batches, at least, where there are seconds enough.
const BATCHES: usize = 10;

/// The mean of values in time order, with Student's interval over the means of consecutive batches:
/// what neighbouring seconds have in common stays within a batch (Schmeiser, "Batch Size Effects in the
/// Analysis of Simulation Output", 1982). Up to nineteen values are a batch each. `None` for no value;
/// no interval for one.
pub(super) fn mean(values: &[f64]) -> Option<Estimate> {
    let value = plain(values)?;
    let size = (values.len() / BATCHES).max(1);
    let batches: Vec<f64> = values.chunks_exact(size).filter_map(plain).collect();
    let t = student_quantile(0.5 + LEVEL / 2.0, batches.len() as f64 - 1.0);
    let half = t * mean_error(&batches);
    let interval = half.is_finite().then(|| ((value - half).max(0.0), value + half));
    Some(Estimate { value, interval })
}

fn plain(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean 10, standard deviation 1, three values: 4.3027 / sqrt(3) either way.
    #[test]
    fn three_seconds_have_a_wide_interval() {
        let estimate = mean(&[9.0, 10.0, 11.0]).unwrap();
        let (low, high) = estimate.interval.unwrap();
        assert!((estimate.value - 10.0).abs() < 1e-12);
        assert!((high - 12.484_14).abs() < 1e-4 && (low - 7.515_86).abs() < 1e-4, "{low} {high}");
    }

    #[test]
    fn a_slow_swing_is_no_noise_that_averages_out() {
        // The same values: in turns, and in two long stretches.
        let turns: Vec<f64> = (0..60).map(|i| if i % 2 == 0 { 90.0 } else { 110.0 }).collect();
        let mut swing = turns.clone();
        swing.sort_unstable_by(f64::total_cmp);
        let width = |values: &[f64]| {
            let (low, high) = mean(values).unwrap().interval.unwrap();
            high - low
        };
        assert!(width(&turns) < 1e-9, "{}", width(&turns));
        assert!(width(&swing) > 10.0, "{}", width(&swing));
    }

    #[test]
    fn a_rate_is_not_negative_and_one_second_has_no_interval() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[7.0]), Some(Estimate { value: 7.0, interval: None }));
        let (low, _) = mean(&[0.0, 10.0]).unwrap().interval.unwrap();
        assert!(low.abs() < 1e-12);
    }
}
