//! The logs of all threads as one sequence in time.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Read as _};
use std::path::{Path, PathBuf};

use super::line::{Line, Outcome, line};
use crate::source::SourceError;
use crate::source::latencies::{EXACT, Latencies};
use crate::source::open::{io_error, is_damage, open, unreadable};

/// The most scripts, and the most clients.
const MOST_SCRIPTS: usize = 1_000;
const MOST_CLIENTS: usize = 100_000;

/// A longer line is none of pgbench's.
const LONGEST_LINE: u64 = 4096;

/// What the logs of one process hold.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The transactions of each script.
    pub(crate) scripts: BTreeMap<u32, Script>,
    /// From the start of the earliest transaction to the end of the latest, in µs since 1970.
    pub(crate) span: Option<(u64, u64)>,
    pub(crate) lines: u64,
    pub(crate) bad_lines: u64,
    /// Files whose last line is cut.
    pub(crate) cut: u64,
    /// A file broke off, in the words of the decoder.
    pub(crate) damage: Option<String>,
    /// Transactions that the clients counted.
    pub(crate) counted: u64,
}

/// The transactions of one script.
#[derive(Debug)]
pub(crate) struct Script {
    /// Of those that were done, in ms.
    pub(crate) latencies: Latencies,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

/// Reads the logs of one process.
///
/// # Errors
/// A file cannot be read or is mostly something else.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Log, SourceError> {
    let mut log = Log::default();
    let mut clients: HashMap<u32, u64> = HashMap::new();
    let mut threads = Vec::new();
    for path in paths {
        let mut thread = Thread { path, text: open(path)?.text, next: None, buffer: Vec::new() };
        thread.advance(&mut log)?;
        threads.push(thread);
    }
    // Each file is in the order in which its transactions ended, so that the earliest is always
    // at the front of one.
    while let Some((next, thread)) =
        threads.iter_mut().filter_map(|t| Some((t.next?, t))).min_by_key(|(next, _)| next.end)
    {
        let path = thread.path;
        thread.advance(&mut log)?;
        let known = clients.len() < MOST_CLIENTS || clients.contains_key(&next.client);
        if known {
            let count = clients.entry(next.client).or_default();
            *count = next.number.max(*count);
        }
        if log.scripts.len() >= MOST_SCRIPTS && !log.scripts.contains_key(&next.script) {
            return Err(not_a_log(path, format!("more than {MOST_SCRIPTS} scripts")));
        }
        log.add(next);
    }
    log.counted = clients.values().fold(0, |sum, n| sum.saturating_add(*n));
    if log.bad_lines > log.lines {
        let path = paths.first().map_or(Path::new(""), PathBuf::as_path);
        return Err(not_a_log(path, format!("{} other lines", log.bad_lines)));
    }
    Ok(log)
}

fn not_a_log(path: &Path, found: String) -> SourceError {
    unreadable(
        path,
        found,
        "pgbench's log of every transaction",
        "run pgbench with -l and without --aggregate-interval",
    )
}

impl Log {
    fn add(&mut self, line: Line) {
        self.lines += 1;
        let script = self.scripts.entry(line.script).or_insert_with(|| Script {
            latencies: Latencies::new(EXACT),
            failed: 0,
            skipped: 0,
        });
        let mut start = line.end;
        match line.outcome {
            Outcome::Done(us) => {
                script.latencies.push(us as f64 / 1000.0);
                start = line.end.saturating_sub(us);
            }
            Outcome::Failed => script.failed += 1,
            Outcome::Skipped => script.skipped += 1,
        }
        let (first, last) = self.span.unwrap_or((start, line.end));
        self.span = Some((first.min(start), last.max(line.end)));
    }
}

/// The log of one thread, and its next transaction.
struct Thread<'p> {
    path: &'p Path,
    text: Box<dyn BufRead + Send>,
    next: Option<Line>,
    buffer: Vec<u8>,
}

impl Thread<'_> {
    /// Goes to the next transaction.
    fn advance(&mut self, log: &mut Log) -> Result<(), SourceError> {
        loop {
            self.buffer.clear();
            let read = (&mut self.text).take(LONGEST_LINE).read_until(b'\n', &mut self.buffer);
            match read {
                Ok(0) => self.next = None,
                Ok(_) if self.buffer.ends_with(b"\n") => {
                    let text = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
                    self.next = line(text);
                    if self.next.is_none() {
                        log.bad_lines += 1;
                        continue;
                    }
                }
                Ok(n) if n as u64 == LONGEST_LINE => {
                    let found = format!("a line of more than {LONGEST_LINE} bytes");
                    return Err(not_a_log(self.path, found));
                }
                // Its numbers may have lost their ends.
                Ok(_) => {
                    log.cut += 1;
                    self.next = None;
                }
                Err(error) if is_damage(error.kind()) => {
                    log.damage = Some(error.to_string());
                    self.next = None;
                }
                Err(error) => return Err(io_error(self.path)(error)),
            }
            return Ok(());
        }
    }
}
