//! What a breaking point says, in words.

use crate::capacity::Estimate;
use crate::capacity::breakpoint::{
    Absence, Bottleneck, Breakpoint, Generator, Kind, Limit, QueryTime, Remark, Resource, Span,
};
use crate::measure::{Severity, Unit};
use crate::report::number::{self, count};
use crate::report::sign::{self, Sign};
use crate::report::text::Text;

use super::{BreakpointReport, PartTarget};

/// What was found, in one line.
#[must_use]
pub fn headline(report: &BreakpointReport) -> String {
    let Some((kind, limit)) = report.breakpoint.first() else {
        return no_limit(&report.breakpoint);
    };
    let second = number::whole(limit.at_s);
    let load = limit.offered_per_s.map(|offered| format!("at {} offered, ", rate(offered)));
    let event = event(kind, Some(limit), report);
    let event = format!("{}in second {second}, {event}", load.unwrap_or_default());
    let achieved = estimate(&limit.achieved);
    match limit.at_least {
        true => format!(
            "at least {achieved}: the load generator could do no more, and the service shows no limit \
             of its own; {event}"
        ),
        false => {
            format!("breaking point: {event}; from there on it achieves {achieved} in the mean")
        }
    }
}

/// That no limit was found, and whether that says anything.
fn no_limit(breakpoint: &Breakpoint) -> String {
    let end = &breakpoint.end;
    let achieved = format!("{} achieved at the end of the ramp", estimate(&end.achieved));
    if breakpoint.waited().is_some() {
        return format!(
            "not known where it breaks: requests waited, and the files do not tell what was offered; \
             {achieved}"
        );
    }
    let upto = end.offered_per_s.map(|offered| format!(" up to {} offered", rate(offered)));
    format!("no limit found{}: {achieved}", upto.unwrap_or_default())
}

/// What happens at a limit.
fn event(kind: Kind, limit: Option<&Limit>, report: &BreakpointReport) -> String {
    let target = || of_target(kind, limit, report);
    match kind {
        Kind::AchievedBehindOffered => "less is achieved than offered".to_owned(),
        Kind::Drops => "iterations are dropped".to_owned(),
        Kind::P95OverTarget => format!("p95 leaves its target{}", target()),
        Kind::ErrorsOverBudget => format!("errors leave their budget{}", target()),
    }
}

/// ` of 500 ms`, or ` of 25 ms for category=read`; of several, where none was left, all of them.
fn of_target(kind: Kind, limit: Option<&Limit>, report: &BreakpointReport) -> String {
    let value = |p95_ms: Option<f64>, errors: Option<f64>| match kind {
        Kind::P95OverTarget => p95_ms.map(|ms| number::value(ms, Unit::Ms)),
        Kind::ErrorsOverBudget => errors.map(|share| number::value(share, Unit::Ratio)),
        Kind::AchievedBehindOffered | Kind::Drops => None,
    };
    let of_part = |part: &PartTarget| {
        let (tag, is) = &part.of;
        Some(format!("{} for {tag}={is}", value(part.p95_ms, part.errors)?))
    };
    let whole = || value(report.p95_ms, report.errors);
    let targets: Vec<String> = match limit.map(|limit| limit.part) {
        Some(Some(place)) => report.parts.get(place).and_then(of_part).into_iter().collect(),
        Some(None) => whole().into_iter().collect(),
        None => whole().into_iter().chain(report.parts.iter().filter_map(of_part)).collect(),
    };
    match targets.as_slice() {
        [] => String::new(),
        targets => format!(" of {}", targets.join(", ")),
    }
}

/// The limits that were reached, as a table; no lines where none was.
pub(super) fn limits(report: &BreakpointReport) -> Vec<Vec<String>> {
    let heading = ["limit", "second", "offered", "lies between", "mean from there on [95%]"];
    let row = |kind: Kind, limit: &Limit| {
        let between = limit.between_per_s.map(|(low, high)| {
            let (low, high) = number::pair(low, high, Unit::PerSecond);
            format!("{low} and {high}")
        });
        let at_least = if limit.at_least { "at least " } else { "" };
        vec![
            event(kind, Some(limit), report),
            number::whole(limit.at_s),
            limit.offered_per_s.map(rate).unwrap_or_default(),
            between.unwrap_or_default(),
            format!("{at_least}{}", estimate(&limit.achieved)),
        ]
    };
    let looked = &report.breakpoint.looked;
    let rows: Vec<_> = looked
        .iter()
        .filter_map(|looked| Some(row(looked.kind, looked.found.as_ref().ok()?)))
        .collect();
    match rows.is_empty() {
        true => rows,
        false => std::iter::once(heading.map(str::to_owned).to_vec()).chain(rows).collect(),
    }
}

/// What was not found, and what else belongs to the answer.
pub(super) fn lines(report: &BreakpointReport) -> Vec<Text<'static>> {
    let breakpoint = &report.breakpoint;
    let absent = breakpoint.looked.iter().filter_map(|looked| {
        let absence = looked.found.err()?;
        Some(Text::from(format!("{}: {}", noun(looked.kind, report), why(looked.kind, absence))))
    });
    let knee = match breakpoint.knee {
        Some(knee) => format!(
            "second opinion (Kneedle): achieved against offered bends at {} offered, {} achieved",
            rate(knee.offered_per_s),
            rate(knee.achieved_per_s)
        ),
        None => "second opinion (Kneedle): achieved against offered does not bend".to_owned(),
    };
    let aside = report.set_aside.iter().map(|aside| Text::from(aside.clone()));
    absent
        .chain(aside)
        .chain([
            Text::from(generator(breakpoint)),
            Text::from(knee),
            Text::from(bottleneck(&breakpoint.bottleneck)),
        ])
        .collect()
}

fn noun(kind: Kind, report: &BreakpointReport) -> String {
    match kind {
        Kind::AchievedBehindOffered => "achieved behind offered".to_owned(),
        Kind::Drops => "drops".to_owned(),
        Kind::P95OverTarget => format!("p95 over its target{}", of_target(kind, None, report)),
        Kind::ErrorsOverBudget => {
            format!("errors over their budget{}", of_target(kind, None, report))
        }
    }
}

fn why(kind: Kind, absence: Absence) -> String {
    match absence {
        Absence::NotReached => "not reached".to_owned(),
        Absence::Unconfirmed(seconds) => format!(
            "in the last {} of the ramp, which is too little to confirm it",
            count(seconds, "second")
        ),
        Absence::NoTarget => {
            let flag = if kind == Kind::P95OverTarget { "--p95 500ms" } else { "--errors 1%" };
            format!(
                "not looked for, there is no target; give one with {flag}, or [[slo]] and --targets"
            )
        }
        Absence::NotKnown if kind == Kind::AchievedBehindOffered => {
            "not known, the files do not tell what was offered; give the schedule with --offered"
                .to_owned()
        }
        Absence::NotKnown => "not known, the files do not tell what it takes".to_owned(),
        Absence::TooFewRequests => {
            "not known, a percentile takes at least 20 requests a second".to_owned()
        }
    }
}

/// What the load generator could do.
fn generator(breakpoint: &Breakpoint) -> String {
    let Generator { is_limited, dropped, full_seconds, most_users, bound_per_s, is_saturated } =
        breakpoint.generator;
    if !is_limited {
        return "load generator: it did all that it should".to_owned();
    }
    let users = most_users.map(|users| format!("{users} users"));
    let users = users.unwrap_or_else(|| "its users".to_owned());
    let mut said = Vec::new();
    if let Some(dropped) = dropped.filter(|dropped| *dropped > 0) {
        said.push(format!("{dropped} iterations dropped"));
    }
    if full_seconds > 0 {
        said.push(format!("all {users} active in {}", count(full_seconds, "second")));
    }
    let held = breakpoint.low.map(|low| number::value(low.held_ms, Unit::Ms));
    said.push(match (bound_per_s, held) {
        (Some(bound), Some(held)) => format!(
            "at low load a request holds a user for {held}, so that {users} could make {}",
            rate(bound)
        ),
        _ => "what it could have made is not known".to_owned(),
    });
    if is_saturated {
        said.push("its CPU was at its limit".to_owned());
    }
    match breakpoint.first() {
        Some((_, limit)) if limit.at_least => said.push(more(is_saturated).to_owned()),
        Some(_) => said.push("it is not what stopped the service".to_owned()),
        None => {}
    }
    format!("load generator: {}", said.join("; "))
}

/// What shows more of the service.
fn more(is_saturated: bool) -> &'static str {
    match is_saturated {
        true => "to see more of the service, let the load generator have cores of its own",
        false => "to see more of the service, give the script more users (maxVUs)",
    }
}

fn bottleneck(bottleneck: &Bottleneck) -> String {
    match bottleneck {
        Bottleneck::NotCaptured => {
            "bottleneck: not known, for nothing was captured beside the load (--captured FILE)"
                .to_owned()
        }
        Bottleneck::OtherTime => {
            "bottleneck: not known, for what was captured is of another time than the load"
                .to_owned()
        }
        Bottleneck::NothingFull => {
            "bottleneck: not known, for nothing of what was captured was at its limit".to_owned()
        }
        Bottleneck::Full(full) => {
            let names: Vec<&str> = full.iter().copied().map(resource).collect();
            match names.as_slice() {
                [first] => format!("bottleneck: {first}"),
                [first, others @ ..] => {
                    format!("bottleneck: {first}; also at its limit: {}", others.join(", "))
                }
                [] => String::new(),
            }
        }
    }
}

/// What a resource is called.
fn resource(resource: Resource) -> &'static str {
    match resource {
        Resource::GeneratorCpu => "the CPU, most of it used by the load generator",
        Resource::Locks => "locks of the database",
        Resource::DatabaseCpu => "the CPU, most of it used by the database",
        Resource::ServiceCpu => "the CPU, most of it used by the service",
        Resource::OtherCpu => "the CPU, most of it used by something that was not captured",
        Resource::Pool => "the service's pool of connections",
    }
}

/// What was captured beside the load, from the first limit to the end of the ramp: a sentence each.
/// Names of queries are in it.
#[must_use]
pub fn evidence(breakpoint: &Breakpoint) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(evidence) = &breakpoint.evidence {
        let (low, high) = (&evidence.low, &evidence.high);
        let cpus = |span: &Span| {
            [span.service_busy, span.database_busy, span.generator_busy, span.all_busy]
        };
        let names = ["service", "database", "load generator", "everything"];
        for (name, (low, busy)) in names.into_iter().zip(cpus(low).into_iter().zip(cpus(high))) {
            said.extend(cpu(name, low, busy, high.cores));
        }
        said.extend(pool(low, high));
        said.extend(sessions(low, high));
        said.extend(queries("from there on", &high.queries));
    }
    said.extend(queries("over the whole test", &breakpoint.queries));
    said
}

fn cpu(name: &str, low: Option<f64>, high: Option<f64>, cores: Option<f64>) -> Option<String> {
    let of = cores.map(|cores| format!(" of {}", number::chosen(cores)));
    Some(format!(
        "CPU of {name}: {}{} cores{}",
        plain(high?),
        of.unwrap_or_default(),
        at_low(low.map(plain))
    ))
}

fn pool(low: &Span, high: &Span) -> Option<String> {
    let used = high.pool_in_use?;
    let of = high.pool_size.map(|size| format!(" of {}", number::chosen(size)));
    let waiting = high.pool_waiting.map(|n| format!(", {} requests waiting", plain(n)));
    let wait = high.pool_wait_ms.map(|ms| format!(", mean wait {}", number::value(ms, Unit::Ms)));
    let low = low.pool_wait_ms.map(|ms| format!("{} wait", number::value(ms, Unit::Ms)));
    Some(format!(
        "pool: {}{} connections in use{}{}{}",
        plain(used),
        of.unwrap_or_default(),
        waiting.unwrap_or_default(),
        wait.unwrap_or_default(),
        at_low(low)
    ))
}

fn sessions(low: &Span, high: &Span) -> Option<String> {
    let active = high.database_active?;
    let waits = high.lock_waits.map(|n| format!(", {} of them waiting for a lock", plain(n)));
    Some(format!(
        "database: {} sessions active{}{}",
        plain(active),
        waits.unwrap_or_default(),
        at_low(low.database_active.map(plain))
    ))
}

fn queries(when: &str, queries: &[QueryTime]) -> Option<String> {
    let named: Vec<String> =
        queries.iter().map(|query| format!("{} {}", query.name, plain(query.busy))).collect();
    let named = named.join(", ");
    (!named.is_empty()).then(|| format!("queries that took most time {when}: {named} at a time"))
}

/// ` (0.200 at low load)`
fn at_low(low: Option<String>) -> String {
    low.map(|low| format!(" ({low} at low load)")).unwrap_or_default()
}

/// Remarks about the answer, and problems of the files.
pub(super) fn problems(report: &BreakpointReport) -> Vec<(Sign, Text<'_>)> {
    let remarks = report
        .breakpoint
        .remarks
        .iter()
        .map(|remark| (sign::of_severity(Severity::Warning), Text::from(in_words(remark))));
    let problems = report.problems.iter().map(|problem| {
        let line = Text::from(format!("{}: ", problem.code)).message(&problem.message);
        (sign::of_severity(problem.severity), line)
    });
    remarks.chain(problems).collect()
}

/// A remark, as a sentence.
pub(super) fn in_words(remark: &Remark) -> String {
    match *remark {
        Remark::NoRamp { from_per_s, to_per_s } => format!(
            "no-ramp: the offered load hardly grew, from {} to {}: a limit above that cannot be seen",
            rate(from_per_s),
            rate(to_per_s)
        ),
        Remark::Waiting { from_ms, to_ms } => format!(
            "waiting: the median latency grew from {} to {} and nothing was dropped: requests waited, \
             and what was offered is not what ended; give the schedule with --offered",
            number::value(from_ms, Unit::Ms),
            number::value(to_ms, Unit::Ms)
        ),
    }
}

/// Where and how it was measured and decided.
pub(super) fn footer(report: &BreakpointReport) -> Vec<Text<'_>> {
    let breakpoint = &report.breakpoint;
    let mut lines: Vec<Text<'_>> = report
        .sources
        .iter()
        .map(|source| {
            let provenance = &source.provenance;
            let line = Text::from("read ").name(&source.path);
            let line = match &provenance.commit {
                Some(commit) => line.words(" at commit ").name(commit),
                None => line,
            };
            match &provenance.time {
                Some(time) => line.words(", measured ").name(time),
                None => line,
            }
        })
        .collect();
    if let Some((key, value)) = &report.only {
        lines.push(Text::from("only requests whose tag ").name(key).words(" is ").name(value));
    }
    let each = breakpoint.requests_per_iteration;
    let each = each.map(|n| format!(", {} requests an iteration", plain(n)));
    lines.push(Text::from(format!(
        "windows of 1 s by completion: {} in all, of which the ramp has {}{}",
        count(breakpoint.seconds.len(), "second"),
        count(breakpoint.ramp.len(), "second"),
        each.unwrap_or_default()
    )));
    lines.push(Text::from(
        "a limit counts from the first of several seconds in a row beyond it (--sustained); means are \
         to the end of the ramp, with 95% intervals, Student's t over batches of seconds",
    ));
    lines
}

fn rate(per_s: f64) -> String {
    number::value(per_s, Unit::PerSecond)
}

fn plain(n: f64) -> String {
    number::value(n, Unit::Count)
}

/// `244/s [236, 252]`
fn estimate(estimate: &Estimate) -> String {
    match estimate.interval {
        Some(interval) => number::estimate(estimate.value, interval, Unit::PerSecond),
        None => rate(estimate.value),
    }
}
