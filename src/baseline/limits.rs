//! How much a stored form may hold before it is believed.

use super::form::{FormError, Measured, StoredRow, StoredSession};
use crate::measure::{Figure, Machine};

/// How much one [`Measured`] may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sessions.
    pub sessions: usize,
    /// Runs.
    pub runs: usize,
    /// Rows.
    pub rows: usize,
    /// Tags of a row.
    pub tags: usize,
    /// Bytes that the runs take once every run has its rows and its machine to itself, about.
    pub bytes: u64,
}

/// Counts from which on a double no longer tells neighbours apart.
const COUNTS: u64 = 1 << 53;

/// The largest logarithm: what is beyond has no exponential, or one that is next to nothing.
const LOGARITHM: f64 = 700.0;

/// Bytes of a row or run in memory beside its texts, about.
const FRAME: u64 = 1024;

impl Measured {
    /// Whether the form stays within limits and its numbers are ones that anybody could have
    /// measured. Returns about how many bytes its runs take.
    ///
    /// # Errors
    /// [`FormError::TooMany`], or [`FormError::Inconsistent`] where a number is implausible.
    pub fn within(&self, limits: &Limits) -> Result<u64, FormError> {
        let runs: usize = self.sessions.iter().map(|session| session.runs.len()).sum();
        let tags = self.rows.iter().map(|row| row.tags.len()).max().unwrap_or(0);
        for (what, limit, count) in [
            ("sessions", limits.sessions, self.sessions.len()),
            ("runs", limits.runs, runs),
            ("rows", limits.rows, self.rows.len()),
            ("tags in one row", limits.tags, tags),
        ] {
            if count > limit {
                return Err(FormError::TooMany { what, limit: limit as u64 });
            }
        }
        let sessions = self.sessions.iter().map(of_session);
        let bytes = sessions.chain(self.rows.iter().map(of_row)).fold(0, u64::saturating_add);
        if bytes > limits.bytes {
            return Err(FormError::TooLarge { limit: limits.bytes });
        }
        self.rows.iter().try_for_each(plausible)?;
        Ok(bytes)
    }
}

fn of_session(session: &StoredSession) -> u64 {
    let machine = session.machine.as_ref().map_or(0, texts_of_machine);
    let each = FRAME + machine + session.id.len() as u64;
    let runs = session.runs.iter().map(|run| {
        let texts = [&run.tool_version, &run.commit, &run.time, &run.command];
        each + texts.into_iter().flatten().map(|text| text.len() as u64).sum::<u64>()
    });
    runs.fold(each, u64::saturating_add)
}

fn texts_of_machine(machine: &Machine) -> u64 {
    let named = [&machine.name, &machine.image, &machine.kernel, &machine.governor];
    let named = named.into_iter().flatten().map(String::len).sum::<usize>();
    (named + machine.os.len() + machine.arch.len() + machine.cpu.len()) as u64
}

fn of_row(row: &StoredRow) -> u64 {
    let tags: usize = row.tags.iter().map(|(key, value)| key.len() + value.len() + 64).sum();
    (FRAME + (row.id.len() + tags) as u64).saturating_mul(1 + row.runs.len() as u64)
}

fn plausible(row: &StoredRow) -> Result<(), FormError> {
    let implausible = |what: &str| {
        Err(FormError::Inconsistent(format!("row {:?} has an implausible {what}", row.id)))
    };
    for stored in row.runs.values() {
        if stored.n > COUNTS {
            return implausible("n");
        }
        for (metric, figure) in &stored.figures {
            let fits = match figure.0 {
                Some(Figure::Log { y, s }) => {
                    y.abs() <= LOGARITHM && s.is_none_or(|s| s <= LOGARITHM)
                }
                Some(Figure::Share { of, .. }) => of <= COUNTS,
                // Told where the runs are made.
                None => true,
            };
            if !fits {
                return implausible(metric.name());
            }
        }
    }
    Ok(())
}
