//! What a file is, by its content; and, where no reader takes it, what it seems to be.

use std::path::Path;

use super::open::unreadable;
use super::{Reading, SourceError, SourceName, k6, postgres};

/// What can be read, for messages.
pub(crate) const RESULTS: &str =
    "a criterion directory, a k6 result, snapshots of PostgreSQL or a pgbench log";

/// What of k6 can be read, for messages.
pub(crate) const K6_RESULTS: &str =
    "a k6 result (--out json, --out csv, --summary-export, or handleSummary's data)";

/// What of PostgreSQL can be read, for messages.
pub(crate) const POSTGRES_RESULTS: &str =
    "two snapshots of PostgreSQL (before.json, after.json) or a pgbench log";

/// A load test's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoadTest {
    /// Any of k6's.
    K6(k6::Shape),
    /// A part of a run of PostgreSQL.
    Postgres(postgres::Kind),
}

/// What the beginning of a file is, where it is what the reading asks for.
pub(crate) fn sniff(head: &[u8], reading: &Reading) -> Option<LoadTest> {
    let k6 = || k6::sniff(head).map(LoadTest::K6);
    let postgres = || postgres::sniff(head).map(LoadTest::Postgres);
    match reading.source {
        None => k6().or_else(postgres),
        Some(SourceName::K6) => k6(),
        Some(SourceName::Postgres) => postgres(),
        Some(SourceName::Criterion) => None,
    }
}

/// Which load-test result a file is, from the beginning of its text.
///
/// # Errors
/// The file is none, or the source that was asked for never comes as a file.
pub(crate) fn load_test(
    path: &Path,
    head: &[u8],
    reading: &Reading,
) -> Result<LoadTest, SourceError> {
    if reading.source == Some(SourceName::Criterion) {
        let (found, _) = known(head).unwrap_or_else(|| unknown(head));
        return Err(unreadable(
            path,
            found,
            expected(reading),
            "give the directory that criterion wrote, usually target/criterion",
        ));
    }
    let expected = expected(reading);
    sniff(head, reading).ok_or_else(|| {
        if let Some((found, hint)) = known(head) {
            return unreadable(path, found, expected, hint);
        }
        if let Some(refusal) = postgres::refuse(head) {
            return unreadable(path, refusal.found, expected, refusal.hint);
        }
        if let Some(refusal) = k6::refuse(head) {
            return unreadable(path, refusal.found, expected, refusal.hint);
        }
        let (found, hint) = unknown(head);
        unreadable(path, found, expected, hint)
    })
}

/// What would have been read, for messages.
pub(crate) fn expected(reading: &Reading) -> &'static str {
    match reading.source {
        None => RESULTS,
        Some(SourceName::Criterion) => "a criterion directory, which was asked for",
        Some(SourceName::K6) => K6_RESULTS,
        Some(SourceName::Postgres) => POSTGRES_RESULTS,
    }
}

const INSTEAD: &str = "give a file that k6 wrote, or the directory that criterion wrote";

/// Content that is known and not read, in words, and what to do about it.
fn known(head: &[u8]) -> Option<(String, &'static str)> {
    const UNPACK: &str = "unpack it, or compress the results with gzip, which is read as it is";

    let text = head.trim_ascii_start();
    let begins = |start: &str| {
        text.get(..start.len()).is_some_and(|t| t.eq_ignore_ascii_case(start.as_bytes()))
    };
    let (found, hint) = if text.is_empty() {
        ("an empty file", "the measurement wrote nothing; see its own messages")
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        ("data compressed with zstd", UNPACK)
    } else if head.starts_with(b"PK\x03\x04") {
        ("a zip archive", UNPACK)
    } else if head.starts_with(b"\xfd7zXZ") || head.starts_with(b"BZh") {
        ("data compressed with xz or bzip2", UNPACK)
    } else if head.contains(&0) {
        ("binary data", INSTEAD)
    } else if begins("<!doctype html") || begins("<html") {
        ("an HTML page", "give the data behind the report, not the report")
    } else if begins("<") {
        ("XML", INSTEAD)
    } else {
        part_of_a_run(text)?
    };
    Some((found.to_owned(), hint))
}

/// What lies in or beside results and is none itself.
fn part_of_a_run(text: &[u8]) -> Option<(&'static str, &'static str)> {
    const WHOLE: &str = "give the directory that criterion wrote, usually target/criterion";

    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    if !text.starts_with(b"{") {
        None
    } else if has("\"tailguard.run/v1\"") {
        Some(("tailguard's own sidecar", "give the results it lies beside"))
    } else if has("\"point_estimate\"") && has("\"standard_error\"") {
        Some(("criterion's estimates of one benchmark", WHOLE))
    } else if (has("\"iters\"") && has("\"times\"")) || has("\"group_id\"") {
        Some(("a part of one criterion benchmark", WHOLE))
    } else {
        None
    }
}

fn unknown(head: &[u8]) -> (String, &'static str) {
    let text = head.trim_ascii_start();
    let lossy = String::from_utf8_lossy(text);
    let line = lossy.lines().next().unwrap_or_default();
    let kind = if text.starts_with(b"{") || text.starts_with(b"[") { "JSON" } else { "text" };
    // Quoting escapes control characters, which a terminal would obey.
    let start: String = line.chars().take(60).collect();
    (format!("{kind} of an unknown kind, beginning {start:?}"), INSTEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_found() {
        for (head, found) in [
            (&b""[..], "an empty file"),
            (b" \n", "an empty file"),
            (b"\x00\x01\x02", "binary data"),
            (b"{\0\"\0", "binary data"),
            (b"\x28\xb5\x2f\xfdxx", "zstd"),
            (b"<!DOCTYPE html><html>", "an HTML page"),
            (b"{\"iters\":[1.0],\"times\":[2.0]}", "a part of one criterion benchmark"),
            (b"a\x1b[31mb", "text of an unknown kind, beginning \"a\\u{1b}[31mb\""),
            (b"hello\nworld", "text of an unknown kind, beginning \"hello\""),
            (b"\xff\xf0\xf1", "text of an unknown kind"),
        ] {
            let error = load_test(Path::new("x.json"), head, &Reading::default()).err();
            let message = error.map(|e| e.to_string()).unwrap_or_default();
            assert!(message.contains(found), "{message}");
            assert!(message.starts_with("cannot read x.json: found "), "{message}");
            assert!(message.contains("\nhint: "), "{message}");
        }
    }
}
