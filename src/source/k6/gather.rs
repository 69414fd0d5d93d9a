//! Who gathers the points of a stream: rows are made of them, or windows of time.

use super::fault::Fault;
use super::instant::Instant;
use super::point::Watched;
use crate::measure::Tags;

/// Who gathers the points of a stream, whatever its notation.
pub(super) trait Gather {
    /// Where a point belongs. It depends on the point's tags, and on whether it is a request's:
    /// readers remember it by that.
    type Seat: Copy;

    /// The metric of that name, if its points are gathered.
    fn watched(name: &[u8]) -> Option<Watched>;

    /// Where a point with these tags belongs.
    fn seat(&mut self, watched: Watched, tags: &Tags) -> Result<Self::Seat, Fault>;

    /// Takes one point to its place. `value` is plausible.
    fn add(&mut self, watched: Watched, seat: Self::Seat, at: Instant, value: f64);
}
