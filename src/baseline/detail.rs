//! Sketches and windows of stored runs. No verdict needs them; later questions do.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use serde::{Deserialize, Serialize};

use super::form::FormError;

use crate::measure::{Detail, Run, Tags, Tool, Window, unique};

const SCHEMA: &str = "tailguard.detail/v1";

/// The most text of a detail file, in bytes. What is written stays within it, so that it can be
/// read again.
pub(super) const LARGEST: u64 = 256 << 20;

/// How a sketch begins: the cookie of `HdrHistogram`'s uncompressed V2 format.
const V2: [u8; 4] = [0x1c, 0x84, 0x93, 0x13];

/// Bytes of a sketch before its counts; the second four say how many bytes of counts follow.
const V2_HEAD: usize = 40;

/// Sketches and windows, by run id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    schema: String,
    #[serde(deserialize_with = "unique")]
    runs: BTreeMap<String, Vec<RowDetail>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowDetail {
    tool: Tool,
    tags: Tags,
    /// `HdrHistogram` V2 wire format, in hexadecimal.
    sketch: String,
    /// n, p50, p95, p99, mean, the last four to five significant digits.
    windows: Vec<(u64, f64, f64, f64, f64)>,
}

impl Details {
    pub(super) fn empty() -> Self {
        Self { schema: SCHEMA.to_owned(), runs: BTreeMap::new() }
    }

    /// The histogram of one row of a run, where there is one that decodes.
    pub(super) fn histogram(&self, run: &str, tool: Tool, tags: &Tags) -> Option<Histogram<u64>> {
        let rows = self.runs.get(run)?;
        let row = rows.iter().find(|row| row.tool == tool && row.tags == *tags)?;
        decoded(&bytes(&row.sketch)?)
    }

    /// Adds the details that the runs carry; a run that is known is left as it is, but for rows
    /// that were not known. Returns whether anything changed.
    pub(super) fn add(&mut self, runs: &[Run]) -> bool {
        let mut changed = false;
        for run in runs {
            let known: BTreeSet<(Tool, &Tags)> =
                self.runs.get(&run.id).into_iter().flatten().map(|d| (d.tool, &d.tags)).collect();
            let new: Vec<RowDetail> = run
                .rows
                .iter()
                .filter(|row| !known.contains(&(run.tool, &row.tags)))
                .filter_map(|row| Some(row_detail(run.tool, &row.tags, row.detail.as_ref()?)))
                .collect();
            if !new.is_empty() {
                self.runs.entry(run.id.clone()).or_default().extend(new);
                changed = true;
            }
        }
        changed
    }

    /// Only what belongs to these runs. Returns whether anything changed.
    pub(super) fn keep(&mut self, runs: &[Run]) -> bool {
        let rows_of = |run: &Run| -> (Tool, BTreeSet<Tags>) {
            (run.tool, run.rows.iter().map(|row| row.tags.clone()).collect())
        };
        let kept: BTreeMap<&str, _> =
            runs.iter().map(|run| (run.id.as_str(), rows_of(run))).collect();
        let mut changed = false;
        self.runs.retain(|id, rows| {
            let before = rows.len();
            match kept.get(id.as_str()) {
                Some((tool, tags)) => {
                    rows.retain(|known| known.tool == *tool && tags.contains(&known.tags));
                }
                None => rows.clear(),
            }
            changed |= rows.len() != before;
            !rows.is_empty()
        });
        changed
    }

    /// Drops whole runs until the text is no larger than `limit` bytes: first those that are not
    /// listed, then the oldest. Returns whether anything changed.
    pub(super) fn fit(&mut self, oldest_first: &[Run], limit: u64) -> io::Result<bool> {
        let mut sizes = BTreeMap::new();
        for (id, rows) in &self.runs {
            // The quotes, the colon and the comma around it.
            sizes.insert(id.clone(), size(rows)? + id.len() as u64 + 4);
        }
        let mut total = size(&Self::empty())? + sizes.values().sum::<u64>();
        let listed: BTreeSet<&str> = oldest_first.iter().map(|run| run.id.as_str()).collect();
        let others = sizes.keys().map(String::as_str).filter(|id| !listed.contains(id));
        let mut changed = false;
        for id in others.chain(oldest_first.iter().map(|run| run.id.as_str())) {
            if total <= limit {
                break;
            }
            if self.runs.remove(id).is_some() {
                total -= sizes.get(id).copied().unwrap_or(0).min(total);
                changed = true;
            }
        }
        Ok(changed)
    }

    /// The bytes of the file: gzip without a name or a time, so that they depend on the content
    /// only.
    pub(super) fn pack(&self) -> io::Result<Vec<u8>> {
        let mut packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        serde_json::to_writer(&mut packed, self)?;
        packed.finish()
    }

    pub(super) fn unpack(packed: &[u8]) -> Result<Self, FormError> {
        let mut text = BufReader::new(GzDecoder::new(packed).take(LARGEST + 1));
        let parsed = serde_json::from_reader(&mut text);
        if text.get_ref().limit() == 0 {
            return Err(FormError::TooLarge { limit: LARGEST });
        }
        let details: Self = parsed?;
        if details.schema != SCHEMA {
            return Err(FormError::Schema { found: details.schema, expected: SCHEMA });
        }
        Ok(details)
    }

    /// Decodes every sketch.
    ///
    /// # Errors
    /// The first that is none.
    pub(super) fn check(&self) -> Result<(), FormError> {
        for (id, rows) in &self.runs {
            if !rows.iter().all(|row| bytes(&row.sketch).is_some_and(|bytes| is_sketch(&bytes))) {
                return Err(FormError::Inconsistent(format!("run {id} has a sketch that is none")));
            }
        }
        Ok(())
    }
}

fn row_detail(tool: Tool, tags: &Tags, detail: &Detail) -> RowDetail {
    let sketch = detail.sketch.iter().map(|byte| format!("{byte:02x}")).collect();
    let window =
        |w: &Window| (w.n, rounded(w.p50), rounded(w.p95), rounded(w.p99), rounded(w.mean));
    let windows = detail.windows.iter().map(window).collect();
    RowDetail { tool, tags: tags.clone(), sketch, windows }
}

/// To five significant digits: a window tells of a drift, and more would be noise.
fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    (hex.len().is_multiple_of(2) && hex.is_ascii()).then_some(())?;
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok()).collect()
}

/// Whether the bytes decode to something.
fn is_sketch(bytes: &[u8]) -> bool {
    decoded(bytes).is_some_and(|histogram| !histogram.is_empty())
}

/// The histogram of a sketch. The length is looked at first, because the decoder believes it.
fn decoded(bytes: &[u8]) -> Option<Histogram<u64>> {
    let length = bytes.get(4..8)?.try_into().ok().map(u32::from_be_bytes)?;
    let whole = bytes.starts_with(&V2) && u64::from(length) + V2_HEAD as u64 == bytes.len() as u64;
    if !whole {
        return None;
    }
    Deserializer::new().deserialize::<u64, _>(&mut &*bytes).ok()
}

/// Bytes of JSON.
fn size(value: &impl Serialize) -> io::Result<u64> {
    struct Count(u64);

    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    serde_json::to_writer(&mut count, value)?;
    Ok(count.0)
}

#[cfg(test)]
mod tests {
    use hdrhistogram::serialization::{Serializer, V2Serializer};

    use super::*;
    use crate::measure::{Evidence, Provenance, Row, Unit};

    fn run(id: &str, sketch: Vec<u8>) -> Run {
        let mut row = Row::empty("r".to_owned(), Tags::new(), Unit::Ms, Evidence::Requests);
        let window = Window { n: 3, p50: 123.456_789, p95: 0.0, p99: 1e300, mean: 1.0 / 3.0 };
        row.detail = Some(Detail { sketch, windows: vec![window] });
        Run {
            id: id.to_owned(),
            path: String::new(),
            tool: Tool::K6,
            format: "csv",
            tool_version: None,
            workload: None,
            provenance: Provenance::default(),
            rows: vec![row],
            problems: Vec::new(),
        }
    }

    fn text(details: &Details) -> String {
        serde_json::to_string(details).unwrap()
    }

    #[test]
    fn windows_are_kept_to_five_digits() {
        let mut details = Details::empty();
        assert!(details.add(&[run("a", Vec::new())]));
        assert!(text(&details).contains("[[3,123.46,0.0,1e+300,0.33333]]"), "{}", text(&details));
        assert!(!details.add(&[run("a", Vec::new())]));
        assert_eq!(Details::unpack(&details.pack().unwrap()).unwrap(), details);
    }

    #[test]
    fn what_would_not_be_read_again_is_dropped_oldest_first() {
        let runs = ["b", "c", "a"].map(|id| run(id, vec![7; 100]));
        let mut all = Details::empty();
        all.add(&runs);
        all.add(&[run("d", vec![7; 100])]);
        let whole = text(&all).len() as u64 + 1;
        let one =
            text(&Details { runs: [all.runs.pop_first().unwrap()].into(), ..Details::empty() })
                .len() as u64
                - text(&Details::empty()).len() as u64
                + 1;
        all.add(&runs);
        for (limit, kept) in [
            (whole, "abcd"),
            (whole - 2, "abc"),
            (whole - 1 - one, "ac"),
            (whole - 1 - 2 * one, "a"),
            (0, ""),
        ] {
            let mut details = all.clone();
            assert_eq!(details.fit(&runs, limit).unwrap(), kept != "abcd");
            let ids: String = details.runs.keys().map(String::as_str).collect();
            assert_eq!(ids, kept, "{limit} of {whole}");
            assert!(kept.is_empty() || text(&details).len() as u64 <= limit);
        }
    }

    #[test]
    fn only_what_decodes_is_a_sketch() {
        let mut histogram = Histogram::<u32>::new(2).unwrap();
        histogram.record(17).unwrap();
        let mut sketch = Vec::new();
        V2Serializer::new().serialize(&histogram, &mut sketch).unwrap();
        let check = |sketch: Vec<u8>| {
            let mut details = Details::empty();
            details.add(&[run("a", sketch)]);
            details.check()
        };
        assert!(check(sketch.clone()).is_ok());
        let mut huge = sketch.clone();
        huge[4..8].fill(0xff);
        for broken in [Vec::new(), huge, sketch[..sketch.len() - 1].to_vec(), vec![0x1c; 60]] {
            assert!(check(broken).is_err());
        }
    }
}
