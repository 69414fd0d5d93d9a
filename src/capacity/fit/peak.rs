//! Where the scalability law is highest, and whether the steps show it.

use super::evidence::Most;
use crate::capacity::bootstrap::{self, Resampling, Sides};
use crate::capacity::estimate::Estimate;
use crate::capacity::step::Point;
use crate::capacity::usl::Usl;

/// A peak this many times beyond the largest measured concurrency is not told at all.
pub const FARTHEST_PEAK: f64 = 2.0;

/// Where throughput is greatest.
///
/// There is one only where the whole interval of κ lies above 0 and the steps show it. Within the
/// measured concurrencies they do so by a fall ([`Most::falls`]): any throughput that levels off gives the
/// law a κ above 0 and a peak, also where nothing ever falls. A peak beyond the largest concurrency
/// cannot be seen in a fall; it is told where the law misses the steps by no more than they repeat, and
/// not beyond [`FARTHEST_PEAK`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// The concurrency, a whole number.
    pub concurrency: Estimate,
    /// The throughput there, in requests a second.
    pub per_s: Estimate,
    /// Whether it lies outside the measured concurrencies: nobody saw it.
    pub extrapolated: bool,
    /// Whether it lies beyond the largest of them.
    beyond: bool,
}

impl Peak {
    /// Whether the steps show it; `fits` tells whether the law describes them.
    pub(super) fn is_shown(&self, most: &Most, fits: impl Fn() -> bool) -> bool {
        // What fell already does not rise to a peak that is yet to come.
        most.falls != self.beyond && (!self.extrapolated || fits())
    }
}

/// Where a law is highest, if that is not too far and κ is certain to be above 0.
pub(super) fn of_law(
    points: &[Point],
    how: Resampling,
    law: Usl,
    kappa: Estimate,
    refits: &[Usl],
) -> Option<Peak> {
    let largest = points.last()?.concurrency;
    let smallest = points.first()?.concurrency;
    let shown = kappa.interval.is_some_and(|(low, _)| low > 0.0);
    let exact = law.peak().filter(|peak| shown && *peak <= FARTHEST_PEAK * largest)?;
    let concurrency = exact.floor();
    let per_s = law.per_s(concurrency);
    let peaks = || refits.iter().map(|law| law.peak().unwrap_or(f64::INFINITY));
    let tops = refits.iter().zip(peaks()).map(|(law, peak)| law.per_s(peak));
    Some(Peak {
        concurrency: Estimate {
            value: concurrency,
            interval: bootstrap::interval(how, concurrency, peaks(), Sides::Two),
        },
        per_s: Estimate {
            value: per_s,
            interval: bootstrap::interval(how, per_s, tops, Sides::Two),
        },
        extrapolated: !(smallest..=largest).contains(&exact),
        beyond: exact > largest,
    })
}
