//! What load tests found, as the pages show it.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::capacity::counting;
use super::super::error::Error;
use super::baselines::{slashes, source as of_runs};
use super::fits::of_fit;
use super::ground::ground;
use super::recommendations::recommendations;
use crate::baseline::Shelf;
use crate::measure::{Figure, Metric, Row, Run, Unit};
use crate::pages::{
    Amount, Bottleneck, Breakpoint, Capacity, Crossing, Limit, LimitKind, LoadTests, Reached,
    Scenario, ScenarioResult, Source, Targets, Window,
};
use crate::policy::config::{Config, docs};
use crate::report::{Bound, number};
use crate::slo::pool;
use crate::source::limits::{self, MeasuredIn, Ramp, RampLimit, RampOf, RampPart, RampSecond};

/// Every limit that a ramp is looked through for.
const KINDS: [(&str, LimitKind); 4] = [
    ("achieved-behind-offered", LimitKind::AchievedBehindOffered),
    ("drops", LimitKind::Drops),
    ("p95-over-target", LimitKind::P95OverTarget),
    ("errors-over-budget", LimitKind::ErrorsOverBudget),
];

/// What the configuration's load tests found, and what follows from all of it.
///
/// # Errors
/// Where a file that is named cannot be read, or a baseline.
pub(super) fn load(
    config: &Config,
    targets: &Targets,
    capacity: &Capacity,
) -> Result<LoadTests, Error> {
    let Some(docs) = &config.docs else { return Ok(LoadTests::default()) };
    let mut told = LoadTests::default();
    for scenario in &docs.scenarios {
        told.scenarios.push(of_scenario(config, scenario)?);
    }
    let mut ramps = Vec::new();
    for file in &docs.breakpoints {
        let ramp = limits::breakpoint(&config.dir.join(file))?;
        told.breakpoints.push(of_ramp(file, &ramp));
        ramps.push((file.as_str(), ramp));
    }
    for file in &docs.fits {
        told.fits.push(of_fit(file, &limits::fit(&config.dir.join(file))?));
    }
    let grounds = |met_by: &docs::MetBy| ground(met_by, &ramps, config, capacity);
    told.recommendations =
        recommendations(config, docs, &told.breakpoints, targets, capacity, &grounds)?;
    Ok(told)
}

fn of_scenario(config: &Config, scenario: &docs::Scenario) -> Result<Scenario, Error> {
    let result = match (&scenario.suite, &scenario.ramp) {
        (Some(suite), _) => stored(config, suite)?,
        (None, Some(file)) => {
            Some(of_whole_ramp(file, &limits::breakpoint(&config.dir.join(file))?))
        }
        (None, None) => None,
    };
    Ok(Scenario {
        name: scenario.name.clone(),
        asks: scenario.asks.clone(),
        model: scenario.model.clone(),
        load: scenario.load.clone(),
        result,
    })
}

/// A ramp as a scenario: its percentiles are of every load at once, and tell nothing.
fn of_whole_ramp(file: &str, ramp: &Ramp) -> ScenarioResult {
    // Seconds of so many requests each.
    let requests: f64 = ramp.seconds.iter().map(|second| second.achieved_per_s).sum();
    let all = |of: fn(&RampSecond) -> Option<u64>| ramp.seconds.iter().filter_map(of).sum::<u64>();
    let (dropped, failed) = (all(|second| second.dropped), all(|second| second.failed));
    let share = |part: u64, of: f64| (of > 0.0).then(|| Amount::new(part as f64 / of, Unit::Ratio));
    ScenarioResult {
        requests: requests as u64,
        p95: None,
        error_rate: share(failed, requests),
        dropped: share(dropped, requests + dropped as f64),
        source: source(file, &ramp.sources),
    }
}

/// What the baselines of a suite say of all of its requests together.
fn stored(config: &Config, suite: &str) -> Result<Option<ScenarioResult>, Error> {
    let shelf = Shelf::new(config.baselines());
    let Some(environment) = counting(config)? else { return Ok(None) };
    let Some(stored) = shelf.load(suite, &environment)? else { return Ok(None) };
    let rows = || stored.runs.iter().flat_map(|run: &Run| &run.rows);
    let requests: u64 = rows().map(|row| row.n).sum();
    if requests == 0 {
        return Ok(None);
    }
    let file = config.gate.baselines.join(suite).join(format!("{environment}.json"));
    let share = |metric: Metric| {
        // Drops that k6 tells of no scenario are a row of their own, without a request.
        let counts = |row: &&Row| row.n > 0 || row.figures.contains_key(&metric);
        let runs = stored.runs.iter().map(|run| run.rows.iter().filter(counts).collect());
        let figures: Option<Vec<Figure>> = runs
            .filter(|rows: &Vec<&Row>| !rows.is_empty())
            .map(|rows| pool::figure(&rows, metric))
            .collect();
        Some(Amount::new(Figure::mean(&figures?)?, metric.unit(Unit::Ms)))
    };
    Ok(Some(ScenarioResult {
        requests,
        p95: slowest_p95(&stored.runs),
        error_rate: share(Metric::ErrorRate),
        dropped: share(Metric::Dropped),
        source: of_runs(&stored.runs, &slashes(&file)),
    }))
}

/// The p95 of the slowest row, the mean of its runs: percentiles of several rows have no mean.
fn slowest_p95(runs: &[Run]) -> Option<Amount> {
    let of_row = |id: &str| -> Option<Amount> {
        let rows = runs.iter().flat_map(|run| &run.rows).filter(|row| row.id == id);
        let seen: Vec<_> = rows
            .filter_map(|row| Some((row.figures.get(&Metric::P95).copied()?, row.unit)))
            .collect();
        let figures: Vec<_> = seen.iter().map(|(figure, _)| *figure).collect();
        let unit = seen.first()?.1;
        Some(Amount::new(Figure::mean(&figures)?, unit).of(id))
    };
    let ids: BTreeSet<&str> =
        runs.iter().flat_map(|run| &run.rows).map(|row| row.id.as_str()).collect();
    ids.into_iter().filter_map(of_row).max_by(|a, b| a.value.total_cmp(&b.value)).map(|amount| {
        let thing = amount.thing.clone().map(|id| format!("of {id}"));
        Amount { thing, ..amount }
    })
}

fn of_ramp(file: &str, ramp: &Ramp) -> Breakpoint {
    let evidence = ramp.bottleneck.as_ref();
    Breakpoint {
        name: stem(file),
        windows: ramp.judged().map(window).collect(),
        limits: KINDS.iter().map(|(word, kind)| of_limit(ramp, word, *kind)).collect(),
        generator_limited: ramp.generator_limited,
        p95_target: ramp.targets.p95_ms,
        bottlenecks: evidence
            .map(|beside| {
                let named = |(at, name): (usize, &String)| Bottleneck {
                    name: name.replace('-', " "),
                    // What was seen speaks for the likeliest one; it is told once.
                    evidence: if at == 0 { beside.evidence.clone() } else { Vec::new() },
                    sources: vec![source(file, &ramp.sources)],
                };
                beside.resources.iter().enumerate().map(named).collect()
            })
            .unwrap_or_default(),
        source: source(file, &ramp.sources),
    }
}

fn window(second: &RampSecond) -> Window {
    Window {
        at_seconds: second.at_seconds,
        offered: second.offered_per_s.unwrap_or(second.achieved_per_s),
        achieved: second.achieved_per_s,
        p50: second.p50_ms,
        p95: second.p95_ms,
        p99: second.p99_ms,
    }
}

fn of_limit(ramp: &Ramp, word: &str, kind: LimitKind) -> Limit {
    let rate = |value: f64| Amount::new(value, Unit::PerSecond);
    let most = ramp.ramp.map_or(0.0, |ramp| ramp.offered_per_s.unwrap_or(ramp.achieved_per_s));
    let crossing = |limit: &RampLimit| Crossing {
        at_seconds: limit.at_seconds,
        offered: rate(limit.offered_per_s.unwrap_or(limit.achieved_per_s)),
        achieved: Amount {
            interval: limit.interval_per_s,
            bound: limit.at_least.then_some(Bound::AtLeast),
            ..rate(limit.achieved_per_s)
        },
    };
    let found = ramp.limits.iter().find(|limit| limit.kind == word);
    let absent = || ramp.absent.iter().find(|absent| absent.kind == word);
    let reached = match (found, absent().map(|absent| absent.why.as_str())) {
        (Some(limit), _) => Reached::At(crossing(limit)),
        (None, Some("no-target")) => Reached::NoTarget,
        (None, Some("not-reached")) => Reached::Not(rate(most)),
        (None, _) => Reached::NotKnown,
    };
    Limit { kind, target: targets(ramp, kind, found), reached }
}

/// The target of the limit that was found; where none was, every target that was looked for.
fn targets(ramp: &Ramp, kind: LimitKind, found: Option<&RampLimit>) -> String {
    let value = |p95_ms: Option<f64>, errors: Option<f64>| match kind {
        LimitKind::P95OverTarget => p95_ms.map(|ms| number::value(ms, Unit::Ms)),
        LimitKind::ErrorsOverBudget => errors.map(|share| number::value(share, Unit::Ratio)),
        LimitKind::AchievedBehindOffered | LimitKind::Drops => None,
    };
    let whole = value(ramp.targets.p95_ms, ramp.targets.errors);
    let of_part = |part: &RampPart| {
        let target = value(part.p95_ms, part.errors)?;
        Some(format!("{target} for {}={}", part.tag, part.value))
    };
    let parts = || ramp.targets.parts.iter();
    let left = match found.map(|limit| limit.of.as_ref()) {
        Some(Some(RampOf { tag, value })) => {
            let fits = |part: &&RampPart| part.tag == *tag && part.value == *value;
            parts().find(fits).and_then(of_part).into_iter().collect::<Vec<_>>()
        }
        Some(None) => whole.into_iter().collect(),
        None => whole.into_iter().chain(parts().filter_map(of_part)).collect(),
    };
    left.join(", ")
}

/// `docs/performance/measured/breakpoint.json`: `breakpoint`
pub(super) fn stem(file: &str) -> String {
    Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Where a document's numbers come from: the committed file, and what it says of its measurement.
pub(super) fn source(file: &str, measured: &[MeasuredIn]) -> Source {
    let mut commits: Vec<String> = Vec::new();
    for commit in measured.iter().filter_map(|m| m.commit.clone()) {
        if !commits.contains(&commit) {
            commits.push(commit);
        }
    }
    let days = || measured.iter().filter_map(|m| m.time.as_deref().and_then(|t| t.get(..10)));
    let day = |day: Option<&str>| day.map(str::to_owned);
    let date = from_to(day(days().min()), day(days().max()));
    Source {
        file: file.to_owned(),
        commits,
        machine: measured.iter().find_map(|m| m.machine.clone()),
        date,
    }
}

/// `2026-11-20 to 2026-11-25`, or the only day.
pub(super) fn from_to(first: Option<String>, last: Option<String>) -> Option<String> {
    match (first, last) {
        (Some(first), Some(last)) if first != last => Some(format!("{first} to {last}")),
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(absent: &str) -> Ramp {
        let text = format!(
            r#"{{"schema":"tailguard.breakpoint/v1","generator_limited":false,"limits":[],
            "absent":[{absent}],"ramp":{{"offered_per_s":90.0,"achieved_per_s":60.0}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn figures_show_the_seconds_that_limits_were_looked_for_in() {
        let seconds: Vec<String> = (0..4)
            .map(|at| {
                format!(r#"{{"at_seconds":{at}.0,"offered_per_s":9.0,"achieved_per_s":{at}.0}}"#)
            })
            .collect();
        let shown = |ramp: &str| -> Vec<f64> {
            let text = format!(
                r#"{{"schema":"tailguard.breakpoint/v1","limits":[],{ramp}"seconds":[{}]}}"#,
                seconds.join(",")
            );
            let ramp: Ramp = serde_json::from_str(&text).unwrap();
            of_ramp("b.json", &ramp).windows.iter().map(|window| window.at_seconds).collect()
        };
        let cut = r#""ramp":{"from_seconds":1.0,"to_seconds":3.0,"achieved_per_s":2.0},"#;
        assert_eq!(shown(cut), [1.0, 2.0]);
        assert_eq!(shown(r#""ramp":{"achieved_per_s":2.0},"#), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(shown(""), [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn only_a_limit_that_was_looked_for_is_not_reached() {
        let kind = LimitKind::AchievedBehindOffered;
        let of = |why: &str| {
            let absent = format!(r#"{{"kind":"achieved-behind-offered","why":"{why}"}}"#);
            of_limit(&ramp(&absent), "achieved-behind-offered", kind).reached
        };
        assert_eq!(of("not-reached"), Reached::Not(Amount::new(90.0, Unit::PerSecond)));
        assert_eq!(of("no-target"), Reached::NoTarget);
        for unknown in ["not-known", "unconfirmed", "too-few-requests"] {
            assert_eq!(of(unknown), Reached::NotKnown, "{unknown}");
        }
        let nothing = of_limit(&ramp(""), "achieved-behind-offered", kind);
        assert_eq!(nothing.reached, Reached::NotKnown);
    }
}
