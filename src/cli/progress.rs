//! One line on a terminal that tells what is being measured, and how long that will take.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use super::args::Global;
use crate::gate::{Doing, Progress};
use crate::report;

/// The line. Where stderr is no terminal there is none.
pub(super) struct Line {
    drawn: bool,
    wanted: bool,
}

impl Line {
    pub(super) fn new(global: &Global) -> Self {
        Self { drawn: false, wanted: !global.quiet && io::stderr().is_terminal() }
    }

    /// Shows a step in place of the one before.
    pub(super) fn show(&mut self, step: &Progress<'_>) {
        if self.wanted {
            self.drawn = true;
            // Carriage return, then clear to the end of the line. Nobody can be told that stderr is
            // closed.
            let line: String = report::said(&words(step)).chars().take(columns()).collect();
            let _ = write!(io::stderr(), "\r\x1b[K{line}");
            let _ = io::stderr().flush();
        }
    }

    /// Leaves the terminal as it was.
    pub(super) fn clear(&mut self) {
        if self.drawn {
            self.drawn = false;
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.clear();
    }
}

/// A longer line would wrap, and then not be replaced.
fn columns() -> usize {
    terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| usize::from(width.0)) - 1
}

fn words(step: &Progress<'_>) -> String {
    let of = match step.side {
        Some(side) => format!("{}, {}", step.suite, side.name()),
        None => step.suite.to_owned(),
    };
    match step.doing {
        Doing::Building => format!("building {of}"),
        Doing::Measuring { stage, round, of: rounds } => {
            let left = step.left.map_or_else(String::new, |left| format!("; {} left", short(left)));
            format!("{} round {round} of {rounds}: {of}{left}", stage.name())
        }
    }
}

/// `45 s`, `3 min`, `2 h 5 min`
fn short(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..100 => format!("{seconds} s"),
        seconds @ 100..5400 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rounds::{Side, Stage};

    #[test]
    fn a_step_is_one_short_line() {
        let doing = Doing::Measuring { stage: Stage::Screen, round: 2, of: 3 };
        let left = Some(Duration::from_secs(130));
        let step = Progress { doing, suite: "api", side: Some(Side::Base), left };
        assert_eq!(words(&step), "screen round 2 of 3: api, base; 3 min left");
        let step = Progress { doing: Doing::Building, suite: "api", side: None, left: None };
        assert_eq!(words(&step), "building api");
        assert_eq!(short(Duration::from_secs(7500)), "2 h 5 min");
    }
}
