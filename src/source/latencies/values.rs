//! The latencies of one row: one by one up to a limit, beyond it as a sketch.

use std::mem;

use super::digest::Digest;
use super::sketch::{self, Sketch};
use crate::measure::Detail;
use crate::source::window::window;
use crate::stats::quantile::r7;
use crate::stats::within_run::{REQUEST_BATCHES, ln_quantile_error};

/// The most latencies of a row that are kept one by one.
pub(crate) const EXACT: usize = 2_000_000;

/// The most windows of [`Detail`], and the fewest latencies of one.
const MOST_WINDOWS: usize = 60;
const SMALLEST_WINDOW: usize = 20;

/// The latencies of one row, in ms and in the order of the file.
#[derive(Debug)]
pub(crate) struct Latencies {
    values: Vec<f64>,
    limit: usize,
    sketch: Option<Box<Sketch>>,
}

impl Latencies {
    /// No latencies yet, and up to `limit` to be kept one by one.
    pub(crate) fn new(limit: usize) -> Self {
        Self { values: Vec::new(), limit: limit.max(1), sketch: None }
    }

    /// Adds one latency. The value is plausible.
    pub(crate) fn push(&mut self, value: f64) {
        if let Some(sketch) = &mut self.sketch {
            sketch.record(value);
        } else if self.values.len() < self.limit {
            self.values.push(value);
        } else {
            let values = mem::take(&mut self.values);
            let mut sketch = Sketch::new(self.limit);
            values.iter().chain([&value]).for_each(|v| sketch.record(*v));
            self.sketch = Some(Box::new(sketch));
        }
    }

    /// How many there are.
    pub(crate) fn n(&self) -> u64 {
        self.sketch.as_ref().map_or(self.values.len() as u64, |sketch| sketch.n())
    }

    /// The numbers of the row, and their errors; `None` without latencies.
    pub(crate) fn digest(&self, quantiles: &[f64]) -> Option<Digest> {
        if let Some(sketch) = &self.sketch {
            return Some(sketch.digest(quantiles));
        }
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let n = sorted.len() as f64;
        let mean = self.values.iter().sum::<f64>() / n;
        let squares: f64 = self.values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let error = |q| ln_quantile_error(&self.values, &sorted, q, REQUEST_BATCHES);
        Some(Digest {
            n: sorted.len() as u64,
            approximate: false,
            mean,
            std_dev: (n > 1.0).then(|| (squares / (n - 1.0)).sqrt()),
            min,
            max,
            quantiles: quantiles.iter().map(|q| (r7(&sorted, *q), error(*q))).collect(),
        })
    }

    /// Sketch and windows; `None` without latencies.
    pub(crate) fn detail(&self) -> Option<Detail> {
        if let Some(sketch) = &self.sketch {
            return sketch.detail();
        }
        let count = (self.values.len() / SMALLEST_WINDOW).clamp(1, MOST_WINDOWS);
        let size = self.values.len() / count;
        if size == 0 {
            return None;
        }
        let windows = self.values.chunks_exact(size).take(count).map(window).collect();
        Some(Detail { sketch: sketch::of_values(&self.values)?, windows })
    }
}
