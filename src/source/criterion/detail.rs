//! Sketch and windows of one benchmark's samples.

use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Serializer, V2Serializer};

use crate::measure::Detail;
use crate::source::window::window;

/// Windows a run is cut into.
const WINDOWS: usize = 20;

/// Steps of the sketch in one of the row's unit: a benchmark of a nanosecond still has a thousand,
/// so that the sketch's 1 % holds.
const STEPS: f64 = 1000.0;

/// The largest value of a sketch, in steps; more is garbage and counts as this.
const HIGHEST: u64 = 1 << 62;

/// Sketch and windows of per-iteration times in time order, none of them negative or NaN; `None`
/// only without any.
pub(super) fn detail(in_order: &[f64]) -> Option<Detail> {
    let steps = |time: &f64| ((time * STEPS).round() as u64).min(HIGHEST);
    let highest = in_order.iter().map(steps).max()?.max(2);
    let mut histogram = Histogram::<u64>::new_with_bounds(1, highest, 2).ok()?;
    for time in in_order {
        histogram.record(steps(time)).ok()?;
    }
    let mut sketch = Vec::new();
    V2Serializer::new().serialize(&histogram, &mut sketch).ok()?;
    let size = in_order.len().div_ceil(WINDOWS);
    Some(Detail { sketch, windows: in_order.chunks(size).map(window).collect() })
}

#[cfg(test)]
mod tests {
    use hdrhistogram::serialization::Deserializer;

    use super::*;

    #[test]
    fn the_sketch_holds_a_hundredth_at_any_magnitude() {
        for magnitude in [0.2, 3.0, 1e3, 1e9, 1e13] {
            let times: Vec<f64> =
                (0..150).map(|i| magnitude * (1.0 + f64::from(i) / 50.0)).collect();
            let detail = detail(&times).unwrap();
            let sketch: Histogram<u64> =
                Deserializer::new().deserialize(&mut detail.sketch.as_slice()).unwrap();
            assert_eq!(sketch.len(), 150);
            for (q, exact) in [(0.5, times[74]), (1.0, times[149])] {
                let read = sketch.value_at_quantile(q) as f64 / STEPS;
                assert!((read / exact - 1.0).abs() < 0.01, "{magnitude}: {read} for {exact}");
            }
        }
    }

    #[test]
    fn windows_are_consecutive() {
        let times: Vec<f64> = (1..=130).map(f64::from).collect();
        let windows = detail(&times).unwrap().windows;
        assert_eq!(windows.len(), 19);
        assert_eq!(windows.iter().map(|w| w.n).sum::<u64>(), 130);
        assert_eq!(
            windows[1],
            crate::measure::Window { n: 7, p50: 11.0, p95: 13.7, p99: 13.94, mean: 11.0 }
        );
    }

    #[test]
    fn garbage_is_no_panic() {
        assert_eq!(detail(&[]), None);
        assert!(detail(&[0.0, f64::MAX, 1e300]).is_some());
    }
}
