//! What of PostgreSQL a file is, by its beginning.

use super::document::SCHEMA;
use super::pgbench;

/// What of PostgreSQL a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A snapshot of counters.
    Snapshot,
    /// pgbench's log of every transaction.
    Log,
}

/// What a file is that looks like results and is none.
pub(crate) struct Refusal {
    pub(crate) found: &'static str,
    pub(crate) hint: &'static str,
}

/// Lines that are tried: the first may be the tail of a cut one.
const TRIED: usize = 5;

const WITH_LOG: &str =
    "run pgbench with -l (--log), and give the file pgbench_log.PID that it writes";

/// What the file is that begins with `head`.
pub(crate) fn sniff(head: &[u8]) -> Option<Kind> {
    let head = head.trim_ascii_start();
    if head.starts_with(b"{") {
        // The word comes first in what this program writes; whoever rewrites it may sort it.
        return memchr::memmem::find(head, format!("\"{SCHEMA}\"").as_bytes())
            .map(|_| Kind::Snapshot);
    }
    let mut lines = head.split(|byte| *byte == b'\n').take(TRIED);
    lines.any(|line| pgbench::line(line).is_some()).then_some(Kind::Log)
}

/// Whether it is what pgbench prints: averages, and the names of its scripts.
pub(crate) fn is_report(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    head.starts_with(b"pgbench (") || head.starts_with(b"transaction type: ")
}

/// Says what a file is that [`sniff`] does not take.
pub(crate) fn refuse(head: &[u8]) -> Option<Refusal> {
    let head = head.trim_ascii_start();
    let found = if is_report(head) {
        "pgbench's report, which has averages only"
    } else if head.starts_with(b"progress: ") || head.starts_with(b"starting vacuum") {
        "pgbench's progress, which has averages only"
    } else if head.split(|byte| *byte == b'\n').next().is_some_and(pgbench::is_aggregated) {
        return Some(Refusal {
            found: "pgbench's log of intervals, which has no latency of a transaction",
            hint: "run pgbench without --aggregate-interval",
        });
    } else {
        return None;
    };
    Some(Refusal { found, hint: WITH_LOG })
}
