//! Signs, words and colours of verdicts, outcomes and severities: chosen here and nowhere else.

use crate::measure::Severity;
use crate::policy::{Level, Outcome, SloState, Verdict};

use super::ReportRow;

/// How a verdict looks. The word always stands beside symbol and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    /// One column wide, for terminals.
    pub(super) symbol: char,
    /// For Markdown and HTML.
    pub(super) emoji: &'static str,
    /// What both mean.
    pub(super) word: &'static str,
    /// How loud it is.
    pub(super) tone: Tone,
}

/// How loud something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Stops the build.
    Bad,
    /// Deserves a look.
    Caution,
    /// Good news.
    Good,
    /// Nothing to do.
    Plain,
    /// Background.
    Quiet,
}

impl Tone {
    /// The ANSI sequence that starts the tone.
    pub(super) fn ansi(self) -> &'static str {
        match self {
            Self::Bad => "\u{1b}[1;31m",
            Self::Caution => "\u{1b}[33m",
            Self::Good => "\u{1b}[32m",
            Self::Plain => "\u{1b}[1m",
            Self::Quiet => "\u{1b}[2m",
        }
    }

    /// The name of the tone in style sheets.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Caution => "caution",
            Self::Good => "good",
            Self::Plain => "plain",
            Self::Quiet => "quiet",
        }
    }
}

/// The ANSI sequence that ends every tone.
pub(super) const ANSI_END: &str = "\u{1b}[0m";

/// The sign of a row: its symbol tells what policy makes of it, its word what can be said.
pub(super) fn of_row(row: &ReportRow) -> Sign {
    let word = match row.verdict {
        Verdict::Inconclusive if row.suspect => "suspect",
        Verdict::NoData => "no data",
        verdict => verdict.name(),
    };
    let (symbol, emoji, tone) = match (row.level, row.verdict) {
        (Level::Deny, _) => of_level(Level::Deny),
        (Level::Warn, _) => of_level(Level::Warn),
        (Level::Allow, Verdict::Improved) => ('▲', "🚀", Tone::Good),
        (Level::Allow, Verdict::Steady) => ('=', "✅", Tone::Quiet),
        (Level::Allow, Verdict::New) => ('+', "🆕", Tone::Quiet),
        (Level::Allow, Verdict::Inconclusive | Verdict::Untested) => ('?', "❔", Tone::Quiet),
        (Level::Allow, Verdict::Waived) => ('w', "🔖", Tone::Caution),
        (Level::Allow, Verdict::Regressed | Verdict::Missing | Verdict::NoData) => {
            of_level(Level::Allow)
        }
    };
    Sign { symbol, emoji, word, tone }
}

/// The sign of a target.
pub(super) fn of_limit(state: SloState, level: Level) -> Sign {
    match state {
        SloState::Met => {
            Sign { symbol: '=', emoji: "✅", word: of_state(state), tone: Tone::Quiet }
        }
        _ => with_word(level, of_state(state)),
    }
}

/// The word for a state of a target.
pub(super) fn of_state(state: SloState) -> &'static str {
    match state {
        SloState::Met => "met",
        SloState::Broken => "broken",
        SloState::AtRisk => "at risk",
        SloState::NotMeasured => "not measured",
    }
}

/// The sign of the whole report.
pub(super) fn of_outcome(outcome: Outcome) -> Sign {
    match outcome {
        Outcome::Pass => Sign { symbol: '=', emoji: "✅", word: "PASS", tone: Tone::Good },
        Outcome::Fail => Sign { symbol: '✗', emoji: "❌", word: "FAIL", tone: Tone::Bad },
        Outcome::Undecided => {
            Sign { symbol: '?', emoji: "❓", word: "UNDECIDED", tone: Tone::Caution }
        }
    }
}

/// The sign of a notice or a problem.
pub(super) fn of_severity(severity: Severity) -> Sign {
    match severity {
        Severity::Notice => {
            Sign { symbol: 'i', emoji: "ℹ️", word: "notice", tone: Tone::Plain }
        }
        Severity::Warning => {
            Sign { symbol: '!', emoji: "⚠️", word: "warning", tone: Tone::Caution }
        }
        Severity::Error => Sign { symbol: '✗', emoji: "❌", word: "error", tone: Tone::Bad },
    }
}

fn with_word(level: Level, word: &'static str) -> Sign {
    let (symbol, emoji, tone) = of_level(level);
    Sign { symbol, emoji, word, tone }
}

fn of_level(level: Level) -> (char, &'static str, Tone) {
    match level {
        Level::Deny => ('✗', "❌", Tone::Bad),
        Level::Warn => ('!', "⚠️", Tone::Caution),
        Level::Allow => ('i', "ℹ️", Tone::Plain),
    }
}
