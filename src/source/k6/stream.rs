//! What a stream of points holds, whatever its notation and whoever gathers them.

use super::fault::Fault;
use crate::measure::{Problem, Severity};

/// What a stream of points holds.
pub(super) struct Stream<G> {
    /// The points, gathered.
    pub(super) tally: G,
    /// Lines, or records, read.
    pub(super) lines: u64,
    /// A few metrics that are not watched, for a message.
    pub(super) names: Vec<String>,
    /// The last line was cut.
    pub(super) cut: bool,
    /// The stream broke off, in the words of the decoder.
    pub(super) damage: Option<String>,
    pub(super) bad_lines: u64,
    pub(super) first_bad: Option<(u64, String)>,
}

impl<G> Stream<G> {
    pub(super) fn new(tally: G) -> Self {
        Self {
            tally,
            lines: 0,
            names: Vec::new(),
            cut: false,
            damage: None,
            bad_lines: 0,
            first_bad: None,
        }
    }

    /// Notes that the line read last is none of k6's.
    pub(super) fn bad(&mut self, why: impl Into<String>) {
        self.bad_lines += 1;
        if self.first_bad.is_none() {
            self.first_bad = Some((self.lines, why.into()));
        }
    }

    /// A file of which most lines are not k6's is not k6's, whatever the others say.
    pub(super) fn refuse_rubbish(&self) -> Result<(), Fault> {
        match &self.first_bad {
            Some((line, why)) if self.bad_lines * 2 > self.lines => Err(Fault::content(
                format!(
                    "bad lines: {} of {}, the first is line {line}: {why}",
                    self.bad_lines, self.lines
                ),
                "k6 lines, one point each",
                "write the file with `k6 run --out json=FILE` or `--out csv=FILE`",
            )),
            _ => Ok(()),
        }
    }

    /// The refusal of a stream in which nothing of use was found: `wanted`, with its article.
    pub(super) fn empty(&self, wanted: &str, setup_requests: u64) -> Fault {
        let mut found = format!("{} lines without {wanted}", self.lines);
        if setup_requests > 0 {
            found += &format!(" ({setup_requests} requests of setup() or teardown())");
        }
        if !self.names.is_empty() {
            found += &format!(" (metrics: {})", self.names.join(", "));
        }
        if let Some(damage) = &self.damage {
            found += &format!(" before the stream broke off: {damage}");
        }
        Fault::content(
            found,
            "points of http_req_duration",
            "check that the script sends HTTP requests and that k6 ran to its end",
        )
    }

    /// What should be known about the stream, apart from its points.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut push = |severity, code, message| {
            problems.push(Problem { severity, code, row: None, message });
        };
        if let Some(damage) = &self.damage {
            let message = format!("the file breaks off after {} lines: {damage}", self.lines);
            push(Severity::Error, "truncated", message);
        }
        if self.cut {
            let message = "the last line is cut and left out: k6 was killed while it wrote";
            push(Severity::Warning, "truncated-line", message.to_owned());
        }
        if let Some((line, why)) = &self.first_bad {
            let message =
                format!("bad lines left out: {}, the first is line {line}: {why}", self.bad_lines);
            push(Severity::Warning, "bad-line", message);
        }
        problems
    }
}

/// What should be known about requests that are no load, where there are any.
pub(super) fn about_setup(requests: u64) -> Option<Problem> {
    let message = format!("{requests} requests of setup() or teardown() are no load and left out");
    (requests > 0).then_some(Problem {
        severity: Severity::Notice,
        code: "setup-requests",
        row: None,
        message,
    })
}
