//! Recommendations: rules over what was measured, and what was tried.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::super::error::Error;
use super::ground::{Ground, resting_on};
use crate::measure::{Metric, Unit};
use crate::pages::{
    Amount, Beside, Breakpoint, Capacity, Recommendation, Source, State, Target, Targets, Tried,
    Value,
};
use crate::policy::Verdict;
use crate::policy::config::{Config, docs};
use crate::report::{self, Report, ReportRow, number};

/// The notice of a report that measured what no commit has.
const UNCOMMITTED: &str = "uncommitted";

/// How the line of a ramp's evidence begins that names statements.
const BUSIEST: &str = "queries that took most time";

/// The largest report that is read.
const LARGEST: u64 = 16 << 20;

/// What follows from the measurements by rule, and what was tried, first what was tried.
///
/// # Errors
/// Where a report cannot be read, or lacks the row that it is named for.
pub(super) fn recommendations(
    config: &Config,
    docs: &docs::Docs,
    ramps: &[Breakpoint],
    targets: &Targets,
    capacity: &Capacity,
    grounds: &dyn Fn(&docs::MetBy) -> Ground,
) -> Result<Vec<Recommendation>, Error> {
    let tried = docs
        .tried
        .iter()
        .map(|tried| of_tried(config, tried, grounds))
        .collect::<Result<Vec<_>, _>>()?;
    // What was tried in vain is worth knowing, and no advice.
    let (mut told, in_vain): (Vec<_>, Vec<_>) = tried.into_iter().partition(helped);
    told.extend(ramps.iter().filter_map(of_bottleneck));
    told.extend(of_targets(targets));
    told.extend(capacity.pool.iter().filter_map(of_pool));
    told.extend(of_indexes(capacity));
    told.extend(capacity.timeouts.iter().filter_map(of_timeout));
    told.extend(in_vain.into_iter().map(|tried| Recommendation {
        advice: format!("{}: {}", came_of_it(&tried), tried.advice),
        ..tried
    }));
    Ok(told)
}

fn verdict(tried: &Recommendation) -> &str {
    tried.tried.as_ref().map_or("", |tried| tried.verdict.as_str())
}

fn helped(tried: &Recommendation) -> bool {
    verdict(tried) == Verdict::Improved.name()
}

/// What came of a trial that did not help.
fn came_of_it(tried: &Recommendation) -> String {
    let what = tried.tried.as_ref().map_or("", |tried| tried.what.as_str());
    match verdict(tried) {
        word if word == Verdict::Regressed.name() => format!("made {what} worse"),
        word if word == Verdict::Steady.name() || word == Verdict::Inconclusive.name() => {
            format!("nothing that could be shown comes of this for {what}")
        }
        _ => format!("it could not be judged what this does to {what}"),
    }
}

/// The likeliest bottleneck of a ramp is what to widen first.
fn of_bottleneck(ramp: &Breakpoint) -> Option<Recommendation> {
    let first = ramp.bottlenecks.first()?;
    // Evidence tells of everything that was watched; the line that names the resource is about it.
    let about = |line: &&String| {
        let line = line.to_lowercase();
        first.name.split(' ').all(|word| line.contains(word.trim_end_matches('s')))
    };
    let seen = first.evidence.iter().find(about).or(first.evidence.first());
    let is_of_database = first.name.contains("database");
    let busiest = first.evidence.iter().find(|line| is_of_database && line.starts_with(BUSIEST));
    Some(Recommendation {
        advice: match busiest.is_some() {
            true => {
                format!("relieve {} before anything else, by what takes most of it", first.name)
            }
            false => format!("relieve {} before anything else", first.name),
        },
        rule: "what is full where the ramp breaks is what limits it".to_owned(),
        evidence: match (seen, busiest) {
            (Some(seen), Some(busiest)) => format!("{seen}; {busiest}"),
            (seen, _) => seen.cloned().unwrap_or_else(|| "it was full".to_owned()),
        },
        tried: None,
        sources: first.sources.clone(),
    })
}

/// Targets that are broken or at risk, the worst of each category.
fn of_targets(targets: &Targets) -> Vec<Recommendation> {
    let mut told: Vec<(&str, Recommendation)> = Vec::new();
    let mut open: Vec<_> = targets
        .targets
        .iter()
        .filter(|target| matches!(target.state, State::Broken | State::AtRisk))
        .collect();
    open.sort_by(|a, b| {
        a.margin.unwrap_or(0.0).total_cmp(&b.margin.unwrap_or(0.0)).then_with(|| a.id.cmp(&b.id))
    });
    for target in open {
        if told.iter().any(|(category, _)| *category == target.category) {
            continue;
        }
        let measured = match &target.measured {
            Value::Known(amount) => match amount.interval {
                Some(interval) => number::estimate(amount.value, interval, amount.unit),
                None => number::value(amount.value, amount.unit),
            },
            Value::NotMeasured(why) => why.clone(),
        };
        let row = target.row.clone().unwrap_or_else(|| target.id.clone());
        let recommendation = Recommendation {
            advice: advice(target, &row),
            rule: "a target that is broken or at risk comes before those that are met".to_owned(),
            evidence: format!(
                "{} is {measured}, the target {}",
                target.metric,
                number::value(target.target.value, target.target.unit)
            ),
            tried: None,
            sources: target.source.iter().cloned().collect(),
        };
        told.push((target.category.as_str(), recommendation));
    }
    told.into_iter().map(|(_, recommendation)| recommendation).collect()
}

/// What to do about a target that is broken or at risk.
fn advice(target: &Target, row: &str) -> String {
    match (target.target.unit, target.state) {
        (_, State::AtRisk) => format!(
            "measure {row} more often or for longer: its {} may keep the target or not",
            target.metric
        ),
        (Unit::Ns | Unit::Us | Unit::Ms | Unit::S, _) => {
            format!("make {row} faster, or lower its load")
        }
        _ => format!("find out what keeps the {} of {row} from its target", target.metric),
    }
}

fn of_pool(rule: &crate::pages::Computed) -> Option<Recommendation> {
    let warning = rule.warning.as_ref()?;
    Some(Recommendation {
        advice: "change the size of the connection pool".to_owned(),
        rule: format!("{} = {}", rule.name, rule.formula),
        evidence: warning.clone(),
        tried: None,
        sources: rule.sources.clone(),
    })
}

fn of_indexes(capacity: &Capacity) -> impl Iterator<Item = Recommendation> {
    let short = capacity.indexes.iter().filter(|table| table.state == State::Broken);
    short.map(|table| Recommendation {
        advice: format!(
            "give the scans of {} an index, or a lower target with its reason",
            table.table
        ),
        rule: format!(
            "at least {} of the scans of a table use an index",
            number::value(table.target.value, Unit::Ratio)
        ),
        evidence: match &table.measured {
            Value::Known(amount) => format!("{} did", number::value(amount.value, Unit::Ratio)),
            Value::NotMeasured(why) => why.clone(),
        },
        tried: None,
        sources: table.source.iter().cloned().collect(),
    })
}

fn of_timeout(timeout: &crate::pages::Computed) -> Option<Recommendation> {
    let warning = timeout.warning.as_ref()?;
    Some(Recommendation {
        advice: format!("lengthen {}", timeout.name),
        rule: timeout.formula.clone(),
        evidence: warning.clone(),
        tried: None,
        sources: timeout.sources.clone(),
    })
}

/// What was tried, from the report of `run --against`.
fn of_tried(
    config: &Config,
    tried: &docs::Tried,
    grounds: impl Fn(&docs::MetBy) -> Ground,
) -> Result<Recommendation, Error> {
    let report = read(&config.dir.join(&tried.report))?;
    let told = told_by(&report, tried).ok_or_else(|| {
        Error::Usage(format!(
            "{} has no {} of {:?} on both sides\nhint: name a row of the report in [[docs.tried]]",
            tried.report,
            tried.metric.name(),
            tried.row
        ))
    })?;
    Ok(match &tried.met_by {
        Some(met_by) => resting_on(told, grounds(met_by)),
        None => told,
    })
}

/// What a report says of what was tried; `None` where it lacks the row.
fn told_by(report: &Report, tried: &docs::Tried) -> Option<Recommendation> {
    let both_sides = |row: &&ReportRow| row.base.is_some() && row.fresh.is_some();
    let mut of_row = report.rows.iter().filter(|row| row.id == tried.row).filter(both_sides);
    let row = of_row.clone().find(|row| row.metric == tried.metric)?;
    let source = Source {
        file: tried.report.clone(),
        commits: measured_against(report),
        machine: super::baselines::machine(&report.environment.fresh),
        date: days(report),
    };
    let beside = of_row.by_ref().filter(|other| other.suite == row.suite && is_beside(other, row));
    Some(Recommendation {
        advice: tried.advice.clone(),
        rule: tried.rule.clone(),
        evidence: row.because.clone(),
        tried: Some(Tried {
            what: format!("{} {}", row.id, row.metric.name()),
            before: amount(row, row.base),
            after: amount(row, row.fresh),
            verdict: row.verdict.name().to_owned(),
            because: row.because.clone(),
            change: tried.change.clone(),
            beside: beside
                .map(|other| Beside {
                    what: other.metric.name().to_owned(),
                    before: amount(other, other.base),
                    after: amount(other, other.fresh),
                    verdict: other.verdict.name().to_owned(),
                    because: other.because.clone(),
                })
                .collect(),
            uncommitted: report.notices.iter().any(|notice| notice.code == UNCOMMITTED),
            source: source.clone(),
        }),
        sources: vec![source],
    })
}

fn amount(row: &ReportRow, side: Option<report::Side>) -> Amount {
    Amount::new(side.map_or(f64::NAN, |side| side.value), row.unit)
}

/// A time of the row that says something else than the one shown: it can fail the build, or is one that
/// readers expect. To show one of them alone would be to choose.
fn is_beside(other: &ReportRow, shown: &ReportRow) -> bool {
    let expected = other.gates || matches!(other.metric, Metric::P50 | Metric::P95);
    other.metric.is_time()
        && other.metric != shown.metric
        && expected
        && other.verdict != shown.verdict
}

/// The day or days on which the trial was measured. A report tells it where targets were judged too.
fn days(report: &Report) -> Option<String> {
    let sources = || report.slo.iter().filter_map(|judged| judged.source.as_ref());
    let times = || sources().filter_map(|source| source.times.as_ref()).flatten();
    let day = |time: &String| time.get(..10).map(str::to_owned);
    super::load::from_to(times().filter_map(day).min(), times().filter_map(day).max())
}

/// The commit whose rounds took turns with those of the trial. A report names it in a notice alone.
fn measured_against(report: &Report) -> Vec<String> {
    let is_commit = |word: &&str| word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
    let interleaved = report.notices.iter().filter(|notice| notice.code == "interleaved");
    let words = interleaved.flat_map(|notice| notice.message.split_whitespace());
    words.filter(is_commit).map(str::to_owned).collect()
}

fn read(path: &Path) -> Result<Report, Error> {
    let unfit = |why: &str| {
        Error::Usage(format!(
            "{}: {why}\nhint: write it with `tailguard run --against REF --report json=FILE`",
            path.display()
        ))
    };
    let failed = |source: std::io::Error| unfit(&format!("cannot be read: {source}"));
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(unfit("larger than any report"));
    }
    let read: Report =
        serde_json::from_slice(&bytes).map_err(|error| unfit(&format!("not a report: {error}")))?;
    if read.schema == report::SCHEMA {
        Ok(read)
    } else {
        Err(unfit("not a report of this version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(slo: &str) -> Report {
        let row = |metric: &str, gates: bool, fresh: f64, verdict: &str| {
            format!(
                r#"{{"suite":"clinic","id":"write / move","tags":{{}},"metric":"{metric}","unit":"ms",
                "better":"lower","gates":{gates},"base":{{"value":4.0,"runs":4,"sessions":1}},
                "fresh":{{"value":{fresh},"runs":4,"sessions":1}},"scale":"relative","threshold":0.1,
                "runs_needed":null,"suspect":false,"verdict":"{verdict}","level":"allow",
                "because":"{metric} is so"}}"#
            )
        };
        let rows = [
            row("p95", true, 2.9, "inconclusive"),
            row("p99", false, 3.9, "inconclusive"),
            row("throughput", true, 4.0, "steady"),
            row("p50", false, 3.2, "improved"),
        ];
        let text = format!(
            r#"{{"schema":"tailguard.report/v1","outcome":"pass","exit_code":0,"rows":[{}],{slo}
            "environment":{{"same":true,"base":{{}},"fresh":{{}}}},
            "notices":[{{"severity":"notice","code":"uncommitted","message":"changes"}}],
            "rule":{{"test":"moderated-t","alpha":0.05,"family":1}}}}"#,
            rows.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    fn tried(metric: Metric) -> docs::Tried {
        docs::Tried {
            advice: "do not wait".to_owned(),
            rule: "commit is slow".to_owned(),
            met_by: None,
            change: None,
            report: "tried.json".to_owned(),
            row: "write / move".to_owned(),
            metric,
        }
    }

    #[test]
    fn a_trial_tells_the_times_that_say_something_else_and_what_no_commit_has() {
        let told = |metric| told_by(&report(""), &tried(metric)).unwrap().tried.unwrap();
        let of_p50 = told(Metric::P50);
        assert!(of_p50.uncommitted);
        let beside: Vec<(&str, &str)> =
            of_p50.beside.iter().map(|b| (b.what.as_str(), b.verdict.as_str())).collect();
        assert_eq!(beside, [("p95", "inconclusive")]);
        assert_eq!(of_p50.beside[0].because, "p95 is so");
        let of_p95 = told(Metric::P95);
        assert_eq!(of_p95.beside.iter().map(|b| b.what.as_str()).collect::<Vec<_>>(), ["p50"]);
        let committed = Report { notices: Vec::new(), ..report("") };
        assert!(!told_by(&committed, &tried(Metric::P50)).unwrap().tried.unwrap().uncommitted);
        assert_eq!(told_by(&committed, &tried(Metric::Mean)), None);
    }

    #[test]
    fn the_days_of_a_trial_are_those_of_its_targets() {
        let judged = |times: &str| {
            format!(
                r#"{{"suite":"clinic","id":"r","metric":"p95","unit":"ms","bound":"at-most",
                "target":9.0,"at":"9/s","state":"met","met":true,"level":"allow","source":
                {{"kind":"fresh","paths":[],"runs":[],"sessions":1,"commits":[],"machine":{{}}{times}}}}}"#
            )
        };
        let days = |slo: &str| {
            let told = told_by(&report(slo), &tried(Metric::P50)).unwrap();
            told.sources[0].date.clone()
        };
        let times = r#","times":["2026-11-25T23:10:00Z","2026-11-26T00:10:00Z"]"#;
        let both = format!(r#""slo":[{},{}],"#, judged(""), judged(times));
        assert_eq!(days(&both).as_deref(), Some("2026-11-25 to 2026-11-26"));
        assert_eq!(days(""), None);
    }
}
