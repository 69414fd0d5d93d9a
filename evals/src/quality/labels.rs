//! Series of which somebody says where they changed, from files as their projects publish them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::histories::Series;
use crate::{Error, file};

/// The largest file that is read.
const LARGEST: u64 = 4 << 20;

const HINT: &str = "--data names a folder with sap_hana_small_2021 and treeherder_graphs, as their projects \
                    publish them";

/// Builds on either side that tell whether a level rose: the windows of Mozilla's own detector.
const AROUND: usize = 12;

/// The series of a folder as SAP publishes them: `metadata/dataset_details.csv` with a label each, and
/// `data/NNNN.csv` with index, build and measurement.
///
/// # Errors
/// Where a file cannot be read or is another.
pub fn sap(dir: &Path) -> Result<Vec<Series>, Error> {
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
        slowdowns: first_slow.into_iter().collect(),
    })
}

/// Mozilla's seven Talos series, with the pushes at which its own detector alerts in its tests: `NAME.json`
/// with `test_runs[]` of run, build, push time and value, and `expected.json` with push times by name. Only
/// those after which the mean is higher are slowdowns. No people labelled them.
///
/// # Errors
/// Where a file cannot be read or is another.
pub fn talos(dir: &Path) -> Result<Vec<Series>, Error> {
    let expected: BTreeMap<String, Vec<i64>> = json(&dir.join("expected.json"))?;
    let of = |(name, alerts): (String, Vec<i64>)| {
        #[derive(Deserialize)]
        struct Graph {
            test_runs: Vec<Vec<serde_json::Value>>,
        }
        let graph: Graph = json(&dir.join(format!("{name}.json")))?;
        let mut pushes: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for run in graph.test_runs {
            // Some graphs tell more of a run.
            let push = run.get(2).and_then(serde_json::Value::as_i64);
            let value = run.get(3).and_then(serde_json::Value::as_f64);
            if let (Some(push), Some(value)) = (push, value.filter(|value| *value > 0.0)) {
                pushes.entry(push).or_default().push(value);
            }
        }
        let places: Vec<i64> = pushes.keys().copied().collect();
        let builds: Vec<Vec<f64>> = pushes.into_values().collect();
        let rose = |at: &usize| {
            let before = &builds[at.saturating_sub(AROUND)..*at];
            let after = &builds[*at..builds.len().min(at + AROUND)];
            mean(after) > mean(before)
        };
        let slowdowns = alerts.iter().filter_map(|push| places.binary_search(push).ok());
        let slowdowns = slowdowns.filter(rose).collect();
        Ok(Series { builds, slowdowns })
    };
    expected.into_iter().map(of).collect()
}

fn mean(builds: &[Vec<f64>]) -> f64 {
    let all: Vec<f64> = builds.iter().flatten().copied().collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = file::read(path, LARGEST, HINT)?;
    serde_json::from_slice(&bytes).map_err(|error| Error::content(path, error, HINT))
}

fn text(path: &Path) -> Result<String, Error> {
    let bytes = file::read(path, LARGEST, HINT)?;
    String::from_utf8(bytes).map_err(|error| Error::content(path, error, HINT))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_talos_series_keeps_the_alerts_after_which_it_is_higher() {
        let dir = tempfile::tempdir().unwrap();
        let run = |push: i64, value: f64| format!("[1, [2, 3, \"r\"], {push}, {value}]");
        let level = |push: i64| if (20..40).contains(&push) { 12.0 } else { 10.0 };
        let runs: Vec<String> = (0..60).map(|push| run(push, level(push))).collect();
        let twice = "[1, [2, 3, \"r\"], 5, 11.0, null, \"more\"]";
        let text = format!("{{\"test_runs\": [{}, {twice}]}}", runs.join(", "));
        fs::write(dir.path().join("a.json"), text).unwrap();
        fs::write(dir.path().join("expected.json"), "{\"a\": [20, 40, 999]}").unwrap();
        let series = talos(dir.path()).unwrap();
        assert_eq!((series[0].builds.len(), &series[0].builds[5]), (60, &vec![10.0, 11.0]));
        assert_eq!(series[0].slowdowns, [20]);
        fs::write(dir.path().join("expected.json"), "{\"b\": []}").unwrap();
        assert!(talos(dir.path()).is_err());
    }

    #[test]
    fn a_labelled_slowdown_begins_after_its_index() {
        let dir = tempfile::tempdir().unwrap();
        for part in ["data", "metadata"] {
            fs::create_dir(dir.path().join(part)).unwrap();
        }
        fs::write(
            dir.path().join("metadata/dataset_details.csv"),
            "l;d;c\nregression;data/1.csv;3\n",
        )
        .unwrap();
        fs::write(dir.path().join("data/1.csv"), "i,b,v\n1,x,5\n2,x,6\n3,y,5\n4,z,9\n").unwrap();
        let series = sap(dir.path()).unwrap();
        assert_eq!(series[0].builds, [vec![5.0, 6.0], vec![5.0], vec![9.0]]);
        assert_eq!(series[0].slowdowns, [2]);
    }
}
