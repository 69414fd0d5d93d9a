//! What is stored of every suite, as the pages show it.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::super::error::Error;
use super::natural;
use super::untold;
use crate::baseline::{Baseline, Shelf, Sketches};
use crate::measure::{Figure, Machine, Metric, Row, Run, Tags, Tool, Unit};
use crate::pages::{
    Amount, BaselineRow, Baselines, Distribution, Group, QuantilePoint, RowFigure, Source, Suite,
};
use crate::policy::config::{self, Config};

/// Percentiles of a distribution.
const PERCENTILES: [(&str, f64); 6] =
    [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];

/// Requests that have to lie beyond a percentile for it to be shown.
const BEYOND: f64 = 5.0;

/// The name of a group of rows that no tag names.
const OTHERS: &str = "other rows";

/// What is stored of every suite of a configuration.
///
/// # Errors
/// Where a baseline cannot be read.
pub(super) fn baselines(config: &Config) -> Result<Baselines, Error> {
    let shelf = Shelf::new(config.baselines());
    let mut found = Baselines::default();
    for suite in &config.suites {
        let before = found.suites.len();
        for environment in shelf.environments(&suite.name)? {
            let Some(stored) = shelf.load(&suite.name, &environment)? else { continue };
            if stored.runs.iter().all(|run| run.rows.is_empty()) {
                continue;
            }
            let sketches = shelf.sketches(&suite.name, &environment)?;
            let file = config.gate.baselines.join(&suite.name).join(format!("{environment}.json"));
            found.suites.push(of_suite(suite, &stored, &sketches, &slashes(&file)));
        }
        if found.suites.len() == before {
            found.missing.push(suite.name.clone());
        }
    }
    Ok(found)
}

fn of_suite(suite: &config::Suite, stored: &Baseline, sketches: &Sketches, file: &str) -> Suite {
    let mut groups: BTreeMap<String, Rows<'_>> = BTreeMap::new();
    for run in &stored.runs {
        for row in run.rows.iter().filter(|row| untold::of_row(row, run).is_none()) {
            let rows = groups.entry(group(suite, run.tool, &row.tags)).or_default();
            rows.entry((run.tool, &row.tags, row.unit)).or_default().push((run, row));
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|(a, _), (b, _)| natural::texts(a, b));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Suite {
        name: suite.name.clone(),
        tool: tool(&stored.runs),
        source: source(&stored.runs, file),
        runs: count(stored.runs.len()),
        sessions: count(sessions(&stored.runs).len()),
        groups: groups
            .into_iter()
            .map(|(name, rows)| of_group(name, &rows, &stored.runs, sketches))
            .collect(),
        untold: untold::of_runs(&stored.runs),
    }
}

/// What tells a row from the others of its suite.
type Key<'a> = (Tool, &'a Tags, Unit);

/// Each row with the runs that have it.
type Rows<'a> = BTreeMap<Key<'a>, Vec<(&'a Run, &'a Row)>>;

fn of_group(
    name: String,
    rows: &BTreeMap<Key<'_>, Vec<(&Run, &Row)>>,
    runs: &[Run],
    sketches: &Sketches,
) -> Group {
    let primary = rows.keys().next().map_or(Metric::P95, |(tool, _, _)| tool.primary());
    let mut ordered: Vec<_> = rows.iter().collect();
    ordered.sort_by(|(a, _), (b, _)| a.0.cmp(&b.0).then_with(|| natural::tags(a.1, b.1)));
    Group {
        name,
        primary,
        rows: ordered.into_iter().map(|((_, _, unit), seen)| of_row(*unit, seen)).collect(),
        distribution: slowest(rows).and_then(|(key, id)| distribution(key, id, runs, sketches)),
    }
}

fn of_row(unit: Unit, seen: &[(&Run, &Row)]) -> BaselineRow {
    let figures = Metric::ALL.into_iter().filter_map(|metric| {
        let of_all: Vec<Figure> = seen.iter().filter_map(|(_, row)| at(row, metric)).collect();
        Some(RowFigure {
            metric,
            amount: Amount::new(Figure::mean(&of_all)?, metric.unit(unit)),
            sessions: spread(seen, metric),
        })
    });
    let counts = || seen.iter().map(|(_, row)| row.n).filter(|n| *n > 0);
    BaselineRow {
        id: seen.first().map_or_else(String::new, |(_, row)| row.id.clone()),
        figures: figures.collect(),
        n: counts().min().zip(counts().max()),
    }
}

fn at(row: &Row, metric: Metric) -> Option<Figure> {
    row.figures.get(&metric).copied()
}

/// The least and the most of the sessions' own means; `None` where there is one session.
fn spread(seen: &[(&Run, &Row)], metric: Metric) -> Option<(f64, f64)> {
    let mut sessions: BTreeMap<&str, Vec<Figure>> = BTreeMap::new();
    for (run, row) in seen {
        if let Some(figure) = at(row, metric) {
            sessions.entry(session(run)).or_default().push(figure);
        }
    }
    let means: Vec<f64> = sessions.values().filter_map(|figures| Figure::mean(figures)).collect();
    let least = means.iter().copied().min_by(f64::total_cmp)?;
    let most = means.iter().copied().max_by(f64::total_cmp)?;
    (means.len() > 1).then_some((least, most))
}

/// The row of a load test with the highest p95, and its id.
fn slowest<'a>(rows: &'a BTreeMap<Key<'a>, Vec<(&Run, &Row)>>) -> Option<(&'a Key<'a>, &'a str)> {
    let p95 = |seen: &[(&Run, &Row)]| {
        let figures: Vec<Figure> =
            seen.iter().filter_map(|(_, row)| at(row, Metric::P95)).collect();
        Figure::mean(&figures)
    };
    let of_load = rows.iter().filter(|((tool, _, _), _)| *tool == Tool::K6);
    let known = of_load.filter_map(|(key, seen)| {
        let (_, row) = seen.first()?;
        Some((key, row.id.as_str(), p95(seen)?))
    });
    let (key, id, _) = known.max_by(|a, b| a.2.total_cmp(&b.2))?;
    Some((key, id))
}

/// The latencies of a row: the newest session against each earlier one, as far as they have
/// sketches of it.
fn distribution(
    (_, tags, unit): &Key<'_>,
    id: &str,
    runs: &[Run],
    sketches: &Sketches,
) -> Option<Distribution> {
    let sessions = sessions(runs);
    let (newest, earlier) = sessions.split_last()?;
    let of = |name: &str| runs.iter().filter(|run| session(run) == name).collect::<Vec<&Run>>();
    let rows = of(newest).into_iter().flat_map(|run| &run.rows);
    let n: u64 = rows.filter(|row| row.tags == **tags).map(|row| row.n).sum();
    let shown: Vec<(&str, f64)> =
        PERCENTILES.into_iter().filter(|(_, q)| n as f64 * (1.0 - q) >= BEYOND).collect();
    let quantiles: Vec<f64> = shown.iter().map(|(_, quantile)| *quantile).collect();
    let last = sketches.quantiles(&of(newest), tags, *unit, &quantiles)?;
    let before: Vec<Vec<f64>> = earlier
        .iter()
        .filter_map(|name| sketches.quantiles(&of(name), tags, *unit, &quantiles))
        .collect();
    let point = |(place, (name, _)): (usize, &(&str, f64))| {
        let ends = || before.iter().filter_map(move |values| values.get(place).copied());
        Some(QuantilePoint {
            name: (*name).to_owned(),
            newest: *last.get(place)?,
            earlier: ends().min_by(f64::total_cmp).zip(ends().max_by(f64::total_cmp)),
        })
    };
    let points: Vec<QuantilePoint> = shown.iter().enumerate().filter_map(point).collect();
    (!points.is_empty()).then(|| Distribution {
        id: id.to_owned(),
        unit: *unit,
        newest: (*newest).to_owned(),
        earlier: u32::try_from(before.len()).unwrap_or(u32::MAX),
        points,
    })
}

/// Rows that are read together: of load tests by the first of several grouping tags, of a database
/// by what they are about.
fn group(suite: &config::Suite, tool: Tool, tags: &Tags) -> String {
    let tag = match (tool, suite.group_by.as_deref()) {
        (Tool::Criterion, _) => return "benchmarks".to_owned(),
        (Tool::Postgres, _) => {
            return tags.keys().next().map_or_else(|| OTHERS.to_owned(), String::clone);
        }
        (Tool::K6, Some([first, _, ..])) => first.as_str(),
        (Tool::K6, _) => "category",
    };
    match tags.get(tag) {
        Some(value) if !value.is_empty() => value.clone(),
        _ => OTHERS.to_owned(),
    }
}

fn session(run: &Run) -> &str {
    run.provenance.session.as_deref().unwrap_or_default()
}

/// Sessions in the order of their runs, oldest first.
fn sessions(runs: &[Run]) -> Vec<&str> {
    distinct(runs.iter().map(session))
}

fn tool(runs: &[Run]) -> String {
    let names = distinct(runs.iter().map(|run| run.tool.name()));
    let versions = distinct(runs.iter().filter_map(|run| run.tool_version.as_deref()));
    [names.join(", "), versions.join(", ")].join(" ").trim_end().to_owned()
}

pub(super) fn source(runs: &[Run], file: &str) -> Source {
    let commits = distinct(runs.iter().filter_map(|run| run.provenance.commit.as_deref()));
    let mut days: Vec<&str> = runs
        .iter()
        .filter_map(|run| run.provenance.time.as_deref())
        .map(|time| time.get(..10).unwrap_or(time))
        .collect();
    days.sort_unstable();
    let date = match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => Some(format!("{first} to {last}")),
        (first, _) => first.map(|day| (*day).to_owned()),
    };
    Source {
        file: file.to_owned(),
        commits: commits.into_iter().map(str::to_owned).collect(),
        machine: runs.iter().find_map(|run| machine(run.provenance.machine.as_ref()?)),
        date,
    }
}

/// `linux x86_64 AMD EPYC, 2 cores`
pub(super) fn machine(machine: &Machine) -> Option<String> {
    let names =
        [machine.name.as_deref().unwrap_or_default(), &machine.os, &machine.arch, &machine.cpu];
    let mut words = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    match machine.cores {
        0 => {}
        1 => words.push_str(", 1 core"),
        cores => words.push_str(&format!(", {cores} cores")),
    }
    let words = words.trim_start_matches(", ");
    (!words.is_empty()).then(|| words.to_owned())
}

fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for word in words {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    distinct
}

/// A relative path with `/` between its components, on every system; any other as it is.
pub(super) fn slashes(path: &Path) -> String {
    if path.is_absolute() {
        return path.display().to_string();
    }
    let parts = path.components().filter(|component| *component != Component::CurDir);
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{EnvironmentKey, Evidence, Provenance};
    use crate::policy::config::Gate;
    use crate::source::Reading;

    fn run(session: &str, time: &str, p95: f64) -> Run {
        let tags = Tags::from([
            ("category".to_owned(), "read".to_owned()),
            ("endpoint".to_owned(), "client".to_owned()),
        ]);
        let mut row = Row::empty("read / client".to_owned(), tags, Unit::Ms, Evidence::Requests);
        row.n = 43;
        row.figures.insert(Metric::P95, Figure::positive(p95, None).unwrap());
        Run {
            id: String::new(),
            path: String::new(),
            tool: Tool::K6,
            format: "ndjson",
            tool_version: Some("1.1.0".to_owned()),
            workload: None,
            provenance: Provenance {
                session: Some(session.to_owned()),
                machine: Some(Machine { os: "linux".to_owned(), cores: 2, ..Machine::default() }),
                commit: Some("c".repeat(40)),
                time: Some(time.to_owned()),
                command: None,
                round: None,
            },
            rows: vec![row],
            problems: Vec::new(),
        }
    }

    fn suite() -> config::Suite {
        let config = Config::standalone("clinic", Gate::default(), Reading::default());
        let mut suite = config.suite("clinic").unwrap().clone();
        suite.group_by = Some(vec!["category".to_owned(), "endpoint".to_owned()]);
        suite
    }

    #[test]
    fn a_row_is_the_mean_of_its_runs_and_the_range_of_its_sessions() {
        let runs = vec![
            run("a", "2026-11-20T10:00:00Z", 2.0),
            run("a", "2026-11-20T11:00:00Z", 2.0),
            run("b", "2026-11-25T10:00:00Z", 8.0),
        ];
        let stored = Baseline {
            suite: "clinic".to_owned(),
            environment: EnvironmentKey::new("e"),
            runs,
            accepted: BTreeMap::new(),
            noise: Vec::new(),
            history: Vec::new(),
        };
        let dir = tempfile::tempdir().unwrap();
        let sketches =
            Shelf::new(dir.path().to_owned()).sketches("clinic", &stored.environment).unwrap();
        let suite = of_suite(&suite(), &stored, &sketches, "b/e.json");
        assert_eq!((suite.runs, suite.sessions, suite.tool.as_str()), (3, 2, "k6 1.1.0"));
        assert_eq!(suite.source.date.as_deref(), Some("2026-11-20 to 2026-11-25"));
        assert_eq!(suite.source.machine.as_deref(), Some("linux, 2 cores"));
        assert_eq!(suite.source.commits.len(), 1);
        let group = &suite.groups[0];
        assert_eq!((group.name.as_str(), group.distribution.as_ref()), ("read", None));
        let figure = &group.rows[0].figures[0];
        // The cube root of 2 x 2 x 8.
        assert!((figure.amount.value - 32_f64.cbrt()).abs() < 1e-6, "{figure:?}");
        let (least, most) = figure.sessions.unwrap();
        assert!((least - 2.0).abs() < 1e-6 && (most - 8.0).abs() < 1e-6);
        assert_eq!(group.rows[0].n, Some((43, 43)));
    }

    #[test]
    fn rows_and_groups_are_in_the_order_of_their_numbers() {
        let row = |size: &str, users: &str| {
            let tags = [("size", size), ("users", users)];
            let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Row::empty(users.to_owned(), Tags::from(tags), Unit::Ms, Evidence::Requests)
        };
        let mut stored = run("a", "2026-11-20T10:00:00Z", 2.0);
        stored.rows = ["1", "12", "16", "2", "3"].map(|users| row("400", users)).to_vec();
        stored.rows.push(row("2000", "1"));
        let stored = Baseline {
            suite: "clinic".to_owned(),
            environment: EnvironmentKey::new("e"),
            runs: vec![stored],
            accepted: BTreeMap::new(),
            noise: Vec::new(),
            history: Vec::new(),
        };
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path().to_owned());
        let sketches = shelf.sketches("clinic", &stored.environment).unwrap();
        let mut suite = suite();
        suite.group_by = Some(vec!["size".to_owned(), "users".to_owned()]);
        let groups = of_suite(&suite, &stored, &sketches, "b/e.json").groups;
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["400", "2000"]);
        let ids: Vec<&str> = groups[0].rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["1", "2", "3", "12", "16"]);
    }

    #[test]
    fn files_are_named_alike_on_every_system() {
        assert_eq!(slashes(Path::new("./baselines/a/e.json")), "baselines/a/e.json");
        assert_eq!(slashes(Path::new("../../b/e.json")), "../../b/e.json");
    }
}
