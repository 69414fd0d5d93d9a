//! Figures: one number of one run, with what is known about its error.

use serde::{Deserialize, Serialize};

/// One number of one run, on the scale on which it is tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// A positive quantity, tested on its natural logarithm.
    Log {
        /// Natural logarithm of the value in the row's unit.
        y: f64,
        /// Within-run standard error of `y`; `None` where the run carries no samples.
        s: Option<f64>,
    },
    /// A proportion, tested on the arcsine scale.
    Share {
        /// Events counted, in the sense of the metric's name: failed, dropped or passed.
        events: u64,
        /// Trials.
        of: u64,
    },
}

impl Figure {
    /// A positive quantity; `None` if the value has no logarithm (zero, negative, not finite).
    ///
    /// The logarithm is rounded to nine decimals and its error to six, so that a figure is the same
    /// number freshly read and read back from a stored baseline, and baselines stay short.
    #[must_use]
    pub fn positive(value: f64, s: Option<f64>) -> Option<Self> {
        let s = s.filter(|s| s.is_finite() && *s >= 0.0).map(|s| round(s, 1e6));
        (value.is_finite() && value > 0.0).then(|| Self::Log { y: round(value.ln(), 1e9), s })
    }

    /// A proportion; `None` without trials or with more events than trials.
    #[must_use]
    pub fn share(events: u64, of: u64) -> Option<Self> {
        (of > 0 && events <= of).then_some(Self::Share { events, of })
    }

    /// The figures of several runs as one number: geometric mean, or pooled proportion. `None`
    /// without figures.
    #[must_use]
    pub fn mean(figures: &[Self]) -> Option<f64> {
        let (mut sum, mut n, mut events, mut of) = (0.0, 0_u32, 0_u64, 0_u64);
        for figure in figures {
            match *figure {
                Self::Log { y, .. } => {
                    sum += y;
                    n += 1;
                }
                Self::Share { events: e, of: trials } => {
                    events = events.saturating_add(e);
                    of = of.saturating_add(trials);
                }
            }
        }
        match (n, of) {
            (0, 0) => None,
            (0, of) => Some(events as f64 / of as f64),
            (n, _) => Some(exp(sum / f64::from(n))),
        }
    }

    /// The number people know: the value in the row's unit, or the proportion.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Log { y, .. } => exp(y),
            Self::Share { events, of } => events as f64 / of as f64,
        }
    }
}

fn round(x: f64, steps: f64) -> f64 {
    (x * steps).round() / steps
}

/// The exponential to the nine significant digits that a rounded logarithm still holds.
fn exp(y: f64) -> f64 {
    let value = y.exp();
    let scale = 10_f64.powi(8_i32.saturating_sub(value.log10().floor() as i32));
    let rounded = (value * scale).round() / scale;
    if rounded.is_finite() { rounded } else { value }
}

/// What lies behind a row's figures, which limits what may be claimed from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Means of batches of iterations of one process: correlated, they give a within-run error.
    Batches,
    /// Many requests of one load test: autocorrelated, they give a within-run error.
    Requests,
    /// Only what the tool printed: no within-run error is known.
    Quantiles,
}

/// How a row's percentiles were computed. Figures of different definitions are never paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Definition {
    /// Linear interpolation at rank q(n-1) over the sorted sample (type 7 of Hyndman and Fan 1996),
    /// exact or from a sketch of at most 0.05 % error.
    R7,
}
