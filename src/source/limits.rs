//! What `capacity breakpoint` and `capacity fit` found, from their JSON: only what plans and pages need of it.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use serde::Deserialize;

use super::SourceError;
use super::open::{io_error, open, unreadable};

mod ramp;
mod scaling;

pub use ramp::{
    Absent, Beside, BesideQuery, BesideSpan, Heaviest, Ramp, RampLimit, RampOf, RampPart,
    RampSecond, RampTargets,
};
pub use scaling::{
    Scaling, ScalingLittle, ScalingModel, ScalingMost, ScalingPeak, ScalingPoint, ScalingStep,
};

/// The schema words.
const BREAKPOINT: &str = "tailguard.breakpoint/v1";
const FIT: &str = "tailguard.fit/v1";

/// The most bytes of a file.
const MOST_BYTES: u64 = 16 << 20;

/// A result that something was found in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MeasuredIn {
    /// The commit that was measured.
    #[serde(default)]
    pub commit: Option<String>,
    /// The environment key of the machine.
    #[serde(default)]
    pub machine: Option<String>,
    /// When, as an RFC 3339 time.
    #[serde(default)]
    pub time: Option<String>,
}

/// Reads what `capacity breakpoint --format json` wrote.
///
/// # Errors
/// The file cannot be read, or is something else.
pub fn breakpoint(path: &Path) -> Result<Ramp, SourceError> {
    let ramp: Ramp = read(path, BREAKPOINT)?;
    if ramp.schema == BREAKPOINT { Ok(ramp) } else { Err(other(path, &ramp.schema, BREAKPOINT)) }
}

/// Reads what `capacity fit --format json` wrote.
///
/// # Errors
/// The file cannot be read, or is something else.
pub fn fit(path: &Path) -> Result<Scaling, SourceError> {
    let scaling: Scaling = read(path, FIT)?;
    if scaling.schema == FIT { Ok(scaling) } else { Err(other(path, &scaling.schema, FIT)) }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path, schema: &str) -> Result<T, SourceError> {
    let mut text = String::new();
    let absent = |error| match error {
        SourceError::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
            refused(path, "no file".to_owned(), schema)
        }
        error => error,
    };
    open(path)
        .map_err(absent)?
        .text
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(io_error(path))?;
    if text.len() as u64 > MOST_BYTES {
        let found = format!("more than {} MiB", MOST_BYTES >> 20);
        return Err(refused(path, found, schema));
    }
    serde_json::from_str(&text).map_err(|error| refused(path, format!("{error}"), schema))
}

fn other(path: &Path, found: &str, schema: &str) -> SourceError {
    refused(path, format!("the schema {found:?}"), schema)
}

fn refused(path: &Path, found: String, schema: &str) -> SourceError {
    let command = if schema == FIT { "fit" } else { "breakpoint" };
    let hint = format!("write it with `tailguard capacity {command} --format json --output FILE`");
    unreadable(path, found, schema, hint)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn a_breaking_point_is_read_as_it_is_written() {
        let text = r#"{"schema":"tailguard.breakpoint/v1","generator_limited":true,
            "limits":[{"kind":"achieved-behind-offered","at_seconds":7.0,"offered_per_s":262.0,
              "achieved_per_s":244.0,"interval_per_s":[236.0,252.0],"at_least":false}],
            "sources":[{"path":"ramp.json","commit":"abc"}]}"#;
        let file = file(text);
        let ramp = breakpoint(file.path()).unwrap();
        assert_eq!(ramp.limits[0].interval_per_s, Some((236.0, 252.0)));
        assert_eq!(ramp.sources[0].commit.as_deref(), Some("abc"));
        let refusal = fit(file.path()).unwrap_err().to_string();
        assert!(refusal.contains("tailguard.fit/v1"), "{refusal}");
    }

    #[test]
    fn a_fit_tells_its_limit_only_where_it_was_observed() {
        let fitted = |model: &str, peak: &str| {
            let text = format!(
                r#"{{"schema":"tailguard.fit/v1","model":"{model}","chosen_because":"x","models":[
                {{"name":"usl","parameters":{{"sigma":0.02}},"intervals":{{}}{peak}}},
                {{"name":"hard-limit","parameters":{{"limit_per_s":750.0}},
                  "intervals":{{"limit_per_s":[740.0,760.0]}}}}]}}"#
            );
            fit(file(&text).path()).unwrap().most()
        };
        let peak = |extrapolated| {
            format!(r#","peak":{{"concurrency":35,"per_s":900.0,"extrapolated":{extrapolated}}}"#)
        };
        assert_eq!(fitted("usl", &peak(false)), Some((900.0, None)));
        assert_eq!(fitted("usl", &peak(true)), None);
        assert_eq!(fitted("usl", ""), None);
        assert_eq!(fitted("hard-limit", ""), Some((750.0, Some((740.0, 760.0)))));
    }

    #[test]
    fn where_the_most_was_measured_may_be_absent() {
        let text = |most: &str| {
            format!(
                r#"{{"schema":"tailguard.fit/v1","model":"usl","chosen_because":"x",{most}"models":[
                {{"name":"usl","peak":{{"concurrency":17,"concurrency_interval":[13.9,31.5],
                  "per_s":900.0,"extrapolated":false}}}}]}}"#
            )
        };
        let read = |most| fit(file(&text(most)).path()).unwrap();
        assert_eq!(read("").most, None);
        assert_eq!(read("").models[0].peak.unwrap().concurrency_interval, Some((13.9, 31.5)));
        let most = read(r#""most":{"concurrency":24,"per_s":3401.3,"falls":false},"#).most;
        assert!(most.is_some_and(|most| (most.concurrency - 24.0).abs() < 1e-9 && !most.falls));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for text in ["", "{}", r#"{"schema":"tailguard.breakpoint/v2","limits":[]}"#, "[]"] {
            let message = breakpoint(file(text).path()).unwrap_err().to_string();
            assert!(message.contains("\nhint: write it with"), "{message}");
        }
        let message = fit(Path::new("absent/steps.json")).unwrap_err().to_string();
        assert!(message.contains("no file") && message.contains("capacity fit"), "{message}");
    }
}
