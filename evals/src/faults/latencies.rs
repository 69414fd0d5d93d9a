//! Counts of latencies, from a sketch.

use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;

/// How a sketch begins: the cookie of `HdrHistogram`'s uncompressed V2 format.
const V2: [u8; 4] = [0x1c, 0x84, 0x93, 0x13];

/// Bytes of a sketch before its counts; the second four say how many bytes of counts follow.
const HEAD: usize = 40;

/// Latencies in nanoseconds with how many requests had them, ascending.
pub type Counts = Vec<(u64, u64)>;

/// What a sketch counted; `None` where it is none. The length is looked at first, because the decoder
/// believes it.
#[must_use]
pub fn counts(sketch: &[u8]) -> Option<Counts> {
    let length = sketch.get(4..8).and_then(|length| length.try_into().ok());
    let length = u64::from(u32::from_be_bytes(length?));
    if !sketch.starts_with(&V2) || length + HEAD as u64 != sketch.len() as u64 {
        return None;
    }
    let histogram: Histogram<u64> = Deserializer::new().deserialize(&mut &*sketch).ok()?;
    let buckets = histogram.iter_recorded();
    let counts: Counts = buckets
        .map(|bucket| (bucket.value_iterated_to(), bucket.count_since_last_iteration()))
        .collect();
    (!counts.is_empty()).then_some(counts)
}
