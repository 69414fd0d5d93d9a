//! What every dialect shows of targets: cells, order and words are chosen here once.

use super::{AvailabilityPolicy, SloReport, SloResult, SloSource, SourceKind};
use crate::measure::Unit;
use crate::policy::{Level, SloState};
use crate::report::cells::{interval_of, label, limit_sentence, load_text};
use crate::report::sign::{self, Sign};
use crate::report::table::notices;
use crate::report::text::Text;
use crate::report::{Scale, commits, footer, number};

/// A report on targets as text, ready to be laid out.
pub(super) struct Table<'a> {
    pub(super) sign: Sign,
    pub(super) headline: Text<'a>,
    /// Worst first.
    pub(super) lines: Vec<Line<'a>>,
    pub(super) availability: Vec<Policy<'a>>,
    /// Where the numbers come from; a line names its source by place, from 1.
    pub(super) sources: Vec<Text<'a>>,
    pub(super) notices: Vec<(Sign, Text<'a>)>,
}

/// One target on one row.
pub(super) struct Line<'a> {
    pub(super) sign: Sign,
    pub(super) label: Text<'a>,
    pub(super) at: &'a str,
    /// The value and its interval.
    pub(super) measured: String,
    pub(super) limit: String,
    pub(super) margin: String,
    /// The load that was carried.
    pub(super) load: String,
    /// The number of its source.
    pub(super) by: String,
    pub(super) notes: Vec<Text<'a>>,
}

/// An availability and its alerts.
pub(super) struct Policy<'a> {
    pub(super) head: Text<'a>,
    pub(super) alerts: Vec<[String; 5]>,
}

/// What holds for every line.
pub(super) const LEGEND: &str = "a run counts from 95% of the load that a target names; intervals are \
                                 95%, over sessions or runs; the margin is what is left of the limit";

/// What an availability is.
pub(super) const POLICY: &str =
    "availability over 30 days is a policy: it is counted in production, never in a test";

/// The heads of an alert's cells.
pub(super) const ALERT: [&str; 5] = ["alert", "burn rate", "windows", "of the budget", "spent in"];

impl<'a> Table<'a> {
    pub(super) fn of(report: &'a SloReport) -> Self {
        let mut sources: Vec<&SloSource> = Vec::new();
        for source in report.slo.iter().filter_map(|result| result.source.as_ref()) {
            if !sources.iter().any(|known| same_file(known, source)) {
                sources.push(source);
            }
        }
        let mut order: Vec<&SloResult> = report.slo.iter().collect();
        order.sort_by_key(|result| (std::cmp::Reverse(result.level), result.state));
        Self {
            sign: sign::of_outcome(report.outcome),
            headline: headline(report),
            lines: order.into_iter().map(|result| line(result, &sources)).collect(),
            availability: report.availability.iter().map(policy).collect(),
            sources: sources.into_iter().map(source).collect(),
            notices: notices(&report.notices),
        }
    }
}

/// Runs of one baseline that count for different targets are one source.
fn same_file(a: &SloSource, b: &SloSource) -> bool {
    a.kind == b.kind && a.paths == b.paths && a.machine == b.machine
}

fn headline(report: &SloReport) -> Text<'_> {
    let lead = format!("{}: ", sign::of_outcome(report.outcome).word);
    let all = report.slo.len();
    if all == 0 {
        return Text::from(lead).words("no target was judged");
    }
    let with = |state| report.slo.iter().filter(|result| result.state == state).count();
    let mut words =
        format!("{lead}{} of {} met", with(SloState::Met), number::count(all, "target"));
    for (state, word) in [
        (SloState::Broken, "broken"),
        (SloState::AtRisk, "at risk"),
        (SloState::NotMeasured, "not measured"),
    ] {
        if with(state) > 0 {
            words.push_str(&format!(", {} {word}", with(state)));
        }
    }
    let denied = report.slo.iter().filter(|result| result.level == Level::Deny);
    match denied.filter(|result| result.state != SloState::Met).min_by_key(|r| r.state) {
        None => words.into(),
        Some(worst) => {
            Text::from(words).words("; ").then(name(worst)).words(": ").words(limit_sentence(worst))
        }
    }
}

/// `clinic read / client p95`, and the target's own name where it has one.
fn name(result: &SloResult) -> Text<'_> {
    let label = label(&result.suite, &result.id, result.metric);
    match &result.name {
        Some(name) => label.words(" (").name(name).words(")"),
        None => label,
    }
}

fn line<'a>(result: &'a SloResult, sources: &[&'a SloSource]) -> Line<'a> {
    let of = |value| number::value(value, result.unit);
    let by = result.source.as_ref().and_then(|source| {
        sources.iter().position(|known| same_file(known, source)).map(|place| place + 1)
    });
    let measured = match (result.measured, result.interval) {
        (Some(value), Some(interval)) => {
            format!("{} {}", of(value), interval_of(interval, result.unit))
        }
        (Some(value), None) => of(value),
        (None, _) => String::new(),
    };
    Line {
        sign: sign::of_limit(result.state, result.level),
        label: name(result),
        at: &result.at,
        measured,
        limit: format!("{} {}", result.bound.words(), of(result.target)),
        margin: result.margin.map(|m| number::change(m, Scale::Relative)).unwrap_or_default(),
        load: load_text(result),
        by: by.map(|by| by.to_string()).unwrap_or_default(),
        notes: notes(result),
    }
}

fn notes(result: &SloResult) -> Vec<Text<'_>> {
    let mut notes: Vec<Text<'_>> = Vec::new();
    if let Some(objective) = result.objective {
        let objective = number::value(objective, Unit::Ratio);
        notes
            .push(format!("the error rate in the test, for an availability of {objective}").into());
    }
    notes.extend(result.because.as_deref().map(|because| Text::new().message(because)));
    if result.state == SloState::AtRisk {
        notes.push("its interval crosses the limit: more runs would narrow it".into());
    }
    if let Some(promise) = result.contract {
        let promised = number::value(promise.target, result.unit);
        let margin = promise.margin.map(|m| number::change(m, Scale::Relative));
        let margin = margin.map_or_else(String::new, |margin| format!(", margin {margin}"));
        let state = sign::of_state(promise.state);
        let words = format!("promised {} {promised}: {state}{margin}", result.bound.words());
        notes.push(words.into());
    }
    notes
}

fn policy(policy: &AvailabilityPolicy) -> Policy<'_> {
    let share = |share| number::value(share, Unit::Ratio);
    let minutes = |minutes| number::value(minutes, Unit::Count);
    let mut words =
        format!(": {} leaves {} min", share(policy.objective), minutes(policy.budget_minutes));
    if let (Some(contract), Some(budget)) = (policy.contract, policy.contract_budget_minutes) {
        words.push_str(&format!("; promised {}: {} min", share(contract), minutes(budget)));
    }
    let alerts = policy.burn_rates.iter().map(|burn| {
        [
            burn.severity.to_owned(),
            number::chosen(burn.rate),
            format!("{} and {}", burn.long, burn.short),
            share(burn.budget_share),
            format!("{} h", number::chosen(burn.hours_to_exhaustion)),
        ]
    });
    Policy { head: Text::new().name(&policy.id).words(words), alerts: alerts.collect() }
}

fn source(source: &SloSource) -> Text<'_> {
    let kind = match source.kind {
        SourceKind::Fresh => "fresh results ",
        SourceKind::Baseline => "baseline ",
    };
    let mut line = Text::from(kind);
    if let Some(first) = source.paths.first() {
        line = line.name(first);
    }
    if source.paths.len() > 1 {
        line = line.words(format!(" and {} more", source.paths.len() - 1));
    }
    let sessions = usize::try_from(source.sessions).unwrap_or(usize::MAX);
    line = line.words(format!(": {}", number::count(sessions, "session")));
    for (place, commit) in source.commits.iter().take(3).enumerate() {
        line = line.words(if place == 0 { ", commits " } else { ", " });
        line = line.name(commits::short(commit));
    }
    if let Some([first, last]) = &source.times {
        line = line.words(", ").name(day(first));
        if day(first) != day(last) {
            line = line.words(" to ").name(day(last));
        }
    }
    line.words(", ").then(footer::machine(&source.machine))
}

/// The day of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}
