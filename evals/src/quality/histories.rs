//! Real series with real changes: what a rule would have said, build after build.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tailguard::compare::Test;

use super::gate::{Call, configuration, one_shot};
use super::trial::{Place, Point, Sides, Trial};
use crate::rivals::{bencher, fixed, otava, rustc_perf};
use crate::{Error, file};

/// Builds that a rule may look back on.
pub(super) const BACK: usize = 30;

/// The first build that is judged: every rule has something to look back on by then.
pub(super) const FIRST: usize = 15;

/// Sessions that the gate's baseline keeps.
pub(super) const KEPT: usize = 10;

/// A regression is found where an alarm is raised at its first slow build or at one of the next two.
const WITHIN: usize = 3;

/// The largest series that is read.
const LARGEST: u64 = 4 << 20;

const HINT: &str = "--data names a folder with sap_hana_small_2021/data/NNNN.csv and \
                    sap_hana_small_2021/metadata/dataset_details.csv";

/// What one rule said of one collection of series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The collection.
    pub data: String,
    /// The rule.
    pub rule: String,
    /// Regressions that people labelled.
    pub labelled: u64,
    /// Those that are found within three builds.
    pub found: u64,
    /// Builds that were judged, but for those that may find a labelled regression.
    pub judged: u64,
    /// Those of them with an alarm.
    pub alarms: u64,
}

/// A series: the measurements of each build, oldest build first.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    builds: Vec<Vec<f64>>,
    /// The first build after the labelled change.
    change: Option<usize>,
}

/// Whether the last of some builds is an alarm.
pub(super) type Alarm = fn(&[Vec<f64>]) -> bool;

/// Every rule is asked of each build, with all builds up to it; the last one is the fresh one.
pub(super) const RULES: [(&str, Alarm); 9] = [
    ("tailguard", |builds| gate(builds)),
    ("tailguard, confirmed by the next build", |builds| confirmed(builds)),
    ("+10 %, last build", |builds| {
        of_means(builds, |stored, fresh| {
            stored.last().is_some_and(|last| fixed::percent_over(&[*last], &[fresh], 10.0))
        })
    }),
    ("twice the last", |builds| {
        of_means(builds, |stored, fresh| {
            stored.last().is_some_and(|last| fixed::double(*last, fresh))
        })
    }),
    ("bencher t", |builds| of_means(builds, |stored, fresh| bencher::t(stored, fresh, 0.98))),
    ("bencher z", |builds| of_means(builds, |stored, fresh| bencher::z(stored, fresh, 0.98))),
    ("bencher IQR", |builds| of_means(builds, |stored, fresh| bencher::iqr(stored, fresh, 3.0))),
    ("rustc-perf", |builds| of_means(builds, rustc_perf::rustc_perf)),
    ("Otava", |builds| of_means(builds, |stored, fresh| otava::otava(stored, &[fresh]))),
];

/// All rules on all series of SAP HANA's small set with human labels.
///
/// # Errors
/// Where a series cannot be read.
pub fn labelled(dir: &Path) -> Result<Vec<History>, Error> {
    let series = read(dir)?;
    let of_rule = |(name, alarm): &(&str, Alarm)| {
        let counts = series.par_iter().map(|series| of_series(series, *alarm));
        let [labelled, found, judged, alarms] =
            counts.reduce(|| [0; 4], |a, b| std::array::from_fn(|place| a[place] + b[place]));
        let (data, rule) = ("SAP HANA, small".to_owned(), (*name).to_owned());
        History { data, rule, labelled, found, judged, alarms }
    };
    Ok(RULES.iter().map(of_rule).collect())
}

fn of_series(series: &Series, alarm: Alarm) -> [u64; 4] {
    let window = |change: usize| change..change + WITHIN;
    let (mut found, mut judged, mut alarms) = (false, 0, 0);
    for last in FIRST..series.builds.len() {
        let raised = alarm(&series.builds[(last + 1).saturating_sub(BACK + 2)..=last]);
        if series.change.is_some_and(|change| window(change).contains(&last)) {
            found |= raised;
        } else {
            judged += 1;
            alarms += u64::from(raised);
        }
    }
    [u64::from(series.change.is_some()), u64::from(found), judged, alarms]
}

fn of_means(builds: &[Vec<f64>], rule: impl Fn(&[f64], f64) -> bool) -> bool {
    let mean = |build: &Vec<f64>| build.iter().sum::<f64>() / build.len() as f64;
    let means: Vec<f64> = builds.iter().map(mean).collect();
    let Some((fresh, stored)) = means.split_last() else { return false };
    rule(&stored[stored.len().saturating_sub(BACK)..], *fresh)
}

/// The gate on the last build, against the builds before it as stored sessions.
fn gate(builds: &[Vec<f64>]) -> bool {
    let Some((fresh, stored)) = builds.split_last() else { return false };
    let kept = &stored[stored.len().saturating_sub(KEPT)..];
    slower(kept, fresh)
}

/// The same, where the build before was an alarm too, both against what was stored before that.
fn confirmed(builds: &[Vec<f64>]) -> bool {
    let Some((fresh, earlier)) = builds.split_last() else { return false };
    let Some((before, stored)) = earlier.split_last() else { return false };
    let kept = &stored[stored.len().saturating_sub(KEPT)..];
    slower(kept, before) && slower(kept, fresh)
}

fn slower(stored: &[Vec<f64>], fresh: &[f64]) -> bool {
    let points = |build: &[f64]| {
        build.iter().map(|value| Point { y: value.ln(), s: None, body: None }).collect()
    };
    let places = |session: usize, build: &[f64]| vec![Place { session, round: None }; build.len()];
    let row = Sides {
        base: stored.iter().flat_map(|b| -> Vec<_> { points(b) }).collect(),
        fresh: points(fresh),
    };
    let trial = Trial {
        rows: vec![row],
        base: stored.iter().enumerate().flat_map(|(session, b)| places(session, b)).collect(),
        fresh: places(stored.len(), fresh),
    };
    let said = one_shot(&configuration(0.05, 0.02), &trial, Test::ModeratedT);
    said.rows.contains(&Call::Slower)
}

/// The series of a folder as SAP publishes them: `metadata/dataset_details.csv` with a label each, and
/// `data/NNNN.csv` with index, build and measurement.
fn read(dir: &Path) -> Result<Vec<Series>, Error> {
    let details = dir.join("metadata/dataset_details.csv");
    let text = text(&details)?;
    let mut all = Vec::new();
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(';').map(str::trim).collect();
        let [_, name, change] = fields[..] else {
            return Err(Error::content(&details, format!("{line:?} has not three fields"), HINT));
        };
        let change: usize = change
            .parse()
            .map_err(|_| Error::content(&details, format!("{line:?} has no index"), HINT))?;
        let name = Path::new(name).file_name().map(PathBuf::from).unwrap_or_default();
        all.push(series(&dir.join("data").join(name), change)?);
    }
    Ok(all)
}

/// `change` is the index of the last measurement before the change, counted from one; zero for none.
fn series(path: &Path, change: usize) -> Result<Series, Error> {
    let text = text(path)?;
    let (mut builds, mut first_slow): (Vec<(String, Vec<f64>)>, _) = (Vec::new(), None);
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let odd = || Error::content(path, format!("{line:?} is not index, build, duration"), HINT);
        let [index, build, value] = fields[..] else { return Err(odd()) };
        let index: usize = index.parse().map_err(|_| odd())?;
        let value: f64 = value.parse().ok().filter(|value| *value > 0.0).ok_or_else(odd)?;
        match builds.last_mut().filter(|(last, _)| last == build) {
            Some((_, values)) => values.push(value),
            None => builds.push((build.to_owned(), vec![value])),
        }
        if change > 0 && index == change + 1 {
            first_slow = Some(builds.len() - 1);
        }
    }
    Ok(Series {
        builds: builds.into_iter().map(|(_, values)| values).collect(),
        change: first_slow,
    })
}

fn text(path: &Path) -> Result<String, Error> {
    let bytes = file::read(path, LARGEST, HINT)?;
    String::from_utf8(bytes).map_err(|error| Error::content(path, error, HINT))
}
