//! What pgbench prints at its end: here only its version and the names of its scripts.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// What a report says about a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// The version of pgbench.
    pub(crate) version: Option<String>,
    /// The scripts by their numbers in the log.
    pub(crate) scripts: BTreeMap<u32, String>,
}

/// More text than pgbench ever prints.
const LIMIT: u64 = 1 << 20;

/// Reads a report.
///
/// # Errors
/// What the system says.
pub(crate) fn report(input: &mut dyn Read) -> std::io::Result<Report> {
    let mut bytes = Vec::new();
    input.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(parse(&String::from_utf8_lossy(&bytes)))
}

fn parse(text: &str) -> Report {
    let mut report = Report::default();
    for line in text.lines() {
        if let Some(version) = line.strip_prefix("pgbench (") {
            report.version =
                version.split([' ', ')']).next().filter(|v| !v.is_empty()).map(str::to_owned);
        } else if let Some(script) = line.strip_prefix("transaction type: ") {
            report.scripts.insert(0, name(script));
        } else if let Some((number, script)) =
            line.strip_prefix("SQL script ").and_then(|rest| rest.split_once(": "))
            && let Some(number) = number.parse::<u32>().ok().and_then(|n| n.checked_sub(1))
        {
            report.scripts.insert(number, name(script));
        }
    }
    report
}

/// A script's name: its file without directory and extension, or what stands in `<builtin: …>`.
fn name(script: &str) -> String {
    if let Some(builtin) = script.strip_prefix("<builtin: ").and_then(|s| s.strip_suffix('>')) {
        return builtin.to_owned();
    }
    let stem = Path::new(script.trim()).file_stem();
    stem.map_or_else(|| script.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_counted_from_one_in_a_report_and_from_zero_in_a_log() {
        let report = parse(
            "pgbench (15.10 (Debian 15.10-1))\ntransaction type: multiple scripts\n\
             SQL script 1: load/day.sql\n - weight: 3\nSQL script 2: <builtin: select only>\n",
        );
        let scripts: Vec<_> = report.scripts.values().map(String::as_str).collect();
        assert_eq!(scripts, ["day", "select only"]);
        assert_eq!(report.version.as_deref(), Some("15.10"));
        assert_eq!(parse("SQL script 0: x\nSQL script x: y\npgbench (").scripts.len(), 0);
    }
}
