//! `sample.json`: iterations and total times of every sample, in time order.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::files::{json, without_mark};

/// Every sample of one benchmark, in time order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) mode: Mode,
    /// Iterations of each sample.
    pub(super) iters: Vec<f64>,
    /// What all iterations of each sample took together, in the measurement's unit.
    pub(super) times: Vec<f64>,
}

/// How iterations grow from sample to sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Mode {
    /// By the same number each; the only mode before 0.3.3, and the one with a slope.
    Linear,
    /// Not at all.
    Flat,
    /// In a way that a later version may bring.
    #[serde(other)]
    Other,
}

/// Parses `sample.json`: an object, or in criterion 0.2 `[iterations, times]`.
pub(super) fn parse(bytes: &[u8]) -> Result<Sample, String> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        sampling_mode: Option<Mode>,
        iters: Numbers,
        times: Numbers,
    }

    let sample = if without_mark(bytes).trim_ascii_start().first() == Some(&b'[') {
        let (Numbers(iters), Numbers(times)) = json(bytes)?;
        Sample { mode: Mode::Linear, iters, times }
    } else {
        let file: File = json(bytes)?;
        let mode = file.sampling_mode.unwrap_or(Mode::Linear);
        Sample { mode, iters: file.iters.0, times: file.times.0 }
    };
    let (iters, times) = (sample.iters.len(), sample.times.len());
    if iters != times {
        return Err(format!("{iters} iteration counts but {times} times"));
    }
    Ok(sample)
}

/// Numbers, of which `null` (so NaN and infinities are written) is NaN.
struct Numbers(Vec<f64>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Each)
    }
}

struct Each;

impl<'de> Visitor<'de> for Each {
    type Value = Numbers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Numbers, A::Error> {
        let mut numbers = Vec::with_capacity(100);
        while let Some(number) = seq.next_element::<Option<f64>>()? {
            numbers.push(number.unwrap_or(f64::NAN));
        }
        Ok(Numbers(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_are_one() {
        let new = parse(br#"{"sampling_mode":"Linear","iters":[1.0,2],"times":[3.5,7e0]}"#);
        assert_eq!(new, parse(b" [[1,2],[3.5,7]]"));
        assert_eq!(new.unwrap().times, [3.5, 7.0]);
        let mode = |json: &[u8]| parse(json).map(|sample| sample.mode);
        assert_eq!(mode(br#"{"iters":[],"times":[]}"#), Ok(Mode::Linear));
        assert_eq!(
            mode(br#"{"sampling_mode":"Cubic","iters":[],"times":[],"x":{}}"#),
            Ok(Mode::Other)
        );
        assert!(parse(b"[[1],[null]]").unwrap().times[0].is_nan());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        for json in [
            &b""[..],
            b"{}",
            b"[]",
            b"[[1],[2],[3]]",
            b"[[1,2],[3]]",
            br#"{"iters":[1.0],"times":[1.0"#,
            br#"{"iters":[1.0],"times":["1.0"]}"#,
            br#"{"iters":[1.0],"times":[1e999]}"#,
            &[b"[".repeat(100_000), b"]".repeat(100_000)].concat(),
        ] {
            assert!(parse(json).is_err(), "{}", String::from_utf8_lossy(json));
        }
    }
}
