//! The text of a baseline: one line a run and row, so that a review shows what changed.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::Baseline;
use super::form::{FormError, Measured, StoredRow, StoredSession};

use crate::history::{KnownNoise, PastVerdict};
use crate::measure::EnvironmentKey;

/// The schema word of a stored baseline.
pub(super) const SCHEMA: &str = "tailguard.baseline/v1";

/// A baseline file as a whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    suite: String,
    environment: EnvironmentKey,
    sessions: Vec<StoredSession>,
    rows: Vec<StoredRow>,
    #[serde(default)]
    noise: Vec<KnownNoise>,
    #[serde(default)]
    history: Vec<PastVerdict>,
}

/// The bytes of a baseline file. The same baseline gives the same bytes.
///
/// # Errors
/// Where a number has no JSON form; figures are finite, so this does not happen to runs as read.
pub fn text(baseline: &Baseline) -> Result<String, serde_json::Error> {
    let measured = Measured::of(&baseline.runs, &baseline.accepted);
    let mut text = String::new();
    let line = serde_json::to_string::<str>;
    let _ = writeln!(text, "{{\n\"schema\": {},", line(SCHEMA)?);
    let _ = writeln!(text, "\"suite\": {},", line(&baseline.suite)?);
    let _ = writeln!(text, "\"environment\": {},", line(baseline.environment.as_str())?);
    text.push_str("\"sessions\": [");
    for (i, session) in measured.sessions.iter().enumerate() {
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        let mut head = session.clone();
        let runs = std::mem::take(&mut head.runs);
        open(&mut text, &serde_json::to_string(&head)?, "\"runs\":[]}");
        text.push_str("\"runs\": [");
        let lines = runs.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        text.push_str(&indented(&lines));
        text.push_str("]}");
    }
    text.push_str("],\n\"rows\": [");
    for (i, row) in measured.rows.iter().enumerate() {
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        let mut head = row.clone();
        let runs = std::mem::take(&mut head.runs);
        open(&mut text, &serde_json::to_string(&head)?, "\"runs\":{}}");
        text.push_str("\"runs\": {");
        let lines = runs
            .iter()
            .map(|(run, figures)| {
                Ok(format!("{}: {}", line(run)?, serde_json::to_string(figures)?))
            })
            .collect::<Result<Vec<_>, serde_json::Error>>()?;
        text.push_str(&indented(&lines));
        text.push_str("}}");
    }
    text.push(']');
    text.push_str(&list("noise", &baseline.noise)?);
    text.push_str(&list("history", &baseline.history)?);
    text.push_str("\n}\n");
    Ok(text)
}

/// A baseline from the bytes of the file that is kept for a suite and environment.
///
/// # Errors
/// [`FormError`] where the text is not a whole baseline of a known version, or of another suite or
/// environment.
pub fn parse_for(
    text: &[u8],
    suite: &str,
    environment: &EnvironmentKey,
) -> Result<Baseline, FormError> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    let head: Head = serde_json::from_slice(text)?;
    if head.schema != SCHEMA {
        return Err(FormError::Schema { found: head.schema, expected: SCHEMA });
    }
    let file: File = serde_json::from_slice(text)?;
    if file.suite != suite || file.environment != *environment {
        return Err(FormError::Inconsistent(format!(
            "it is of suite {:?} and environment {:?}",
            file.suite,
            file.environment.as_str()
        )));
    }
    let File { suite, environment, sessions, rows, noise, history, .. } = file;
    if let Some(odd) = noise.iter().find(|known| !known.is_plausible()) {
        let message = format!("the noise of row {:?} is none that can be", odd.of.id);
        return Err(FormError::Inconsistent(message));
    }
    if let Some(odd) = history.iter().find(|verdict| !verdict.is_consistent()) {
        let message = format!("the verdict on {:?} says two things of one row", odd.fresh);
        return Err(FormError::Inconsistent(message));
    }
    let (runs, accepted) = Measured { sessions, rows }.runs()?;
    Ok(Baseline { suite, environment, runs, accepted, noise, history })
}

/// An object without its last, empty member, left open for that member's lines.
fn open(text: &mut String, object: &str, empty: &str) {
    text.push(' ');
    text.push_str(object.strip_suffix(empty).unwrap_or(object));
}

/// A further member of the file with a line an item; nothing where there is none.
fn list<T: Serialize>(name: &str, items: &[T]) -> Result<String, serde_json::Error> {
    if items.is_empty() {
        return Ok(String::new());
    }
    let lines = items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!(",\n\"{name}\": [{}]", indented(&lines)))
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect::<Vec<_>>().join(",")
}
