//! Collections of real histories, from files as their projects publish them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::unlabelled::Suite;
use crate::{Error, file};

/// The largest file that is read, packed and unpacked.
const LARGEST: u64 = 32 << 20;

/// Measurements that a build of SAP's large set needs to be judged.
const FEWEST: usize = 3;

const HINT: &str =
    "--data names a folder with gha_bench_history, mongodb_spa, otava and sap_hana_large_2022";

/// Histories that github-action-benchmark published of suites on hosted runners: `entries.SUITE[]` with a
/// date and `benches[]`, one value a commit.
///
/// # Errors
/// Where a file cannot be read or is another.
pub fn hosted(dir: &Path) -> Result<Vec<Suite>, Error> {
    let mut suites = Vec::new();
    for path in files(dir, "json")? {
        let bytes = file::read(&path, LARGEST, HINT)?;
        let known: Value =
            serde_json::from_slice(&bytes).map_err(|error| Error::content(&path, error, HINT))?;
        let Some(entries) = known["entries"].as_object() else {
            return Err(Error::content(&path, "it has no entries", HINT));
        };
        suites.extend(
            entries.values().filter_map(Value::as_array).map(|commits| of_commits(commits)),
        );
    }
    Ok(suites)
}

fn of_commits(commits: &[Value]) -> Suite {
    let mut commits: Vec<&Value> = commits.iter().collect();
    commits.sort_by_key(|commit| commit["date"].as_i64());
    let mut rows: BTreeMap<&str, Vec<Vec<f64>>> = BTreeMap::new();
    for (at, commit) in commits.iter().enumerate() {
        for bench in commit["benches"].as_array().into_iter().flatten() {
            let name = bench["name"].as_str().filter(|name| !is_told_twice(name));
            let (Some(name), Some(value)) = (name, nanoseconds(bench)) else { continue };
            let row = rows.entry(name).or_insert_with(|| vec![Vec::new(); commits.len()]);
            row[at] = vec![value];
        }
    }
    Suite { rows: rows.into_values().collect() }
}

/// Go's results come once with everything in the unit, and once for each part of it.
fn is_told_twice(name: &str) -> bool {
    [" - ns/op", " - B/op", " - allocs/op"].iter().any(|part| name.ends_with(part))
}

/// The time of a benchmark in nanoseconds, whatever it is told in; none of what is no time.
fn nanoseconds(bench: &Value) -> Option<f64> {
    let value = bench["value"].as_f64().or_else(|| bench["value"].as_str()?.parse().ok())?;
    let name = bench["name"].as_str()?;
    let time = match bench["unit"].as_str()?.split_whitespace().next() {
        Some("ns" | "ns/iter" | "ns/op") => value,
        Some("us" | "µs") => 1e3 * value,
        Some("ops/sec" | "ops/s" | "iter/sec") => 1e9 / value,
        // Yew tells milliseconds without a unit, and memory and sizes beside them.
        None if !["size", "memory", "bytes"].iter().any(|what| name.contains(what)) => 1e6 * value,
        _ => return None,
    };
    (time.is_finite() && time > 0.0).then_some(time)
}

/// SAP HANA's large set without labels: packed CSV with index, time, build and value, one series a file.
///
/// # Errors
/// Where a file cannot be read or is another.
pub fn large(dir: &Path) -> Result<Vec<Suite>, Error> {
    files(dir, "gz")?.iter().map(|path| series(path)).collect()
}

fn series(path: &Path) -> Result<Suite, Error> {
    let packed = file::read(path, LARGEST, HINT)?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .map_err(|error| Error::content(path, error, HINT))?;
    if text.len() as u64 > LARGEST {
        return Err(Error::content(path, format!("it has more than {LARGEST} bytes"), HINT));
    }
    let mut builds: Vec<(&str, Vec<f64>)> = Vec::new();
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let odd =
            || Error::content(path, format!("{line:?} is not index, time, build, value"), HINT);
        let [_, _, build, value] = fields[..] else { return Err(odd()) };
        let value: f64 = value.parse().map_err(|_| odd())?;
        match builds.last_mut().filter(|(last, _)| *last == build) {
            Some((_, values)) => values.push(value),
            None => builds.push((build, vec![value])),
        }
    }
    let is_usable = |values: &Vec<f64>| {
        values.len() >= FEWEST && values.iter().all(|value| value.is_finite() && *value > 0.0)
    };
    let row = builds.into_iter().map(|(_, values)| values).filter(is_usable).collect();
    Ok(Suite { rows: vec![row] })
}

/// Series of MongoDB's tests of its change point detection, each a JSON list with a value a build. One that
/// has values below zero is none of times, and one that is there twice counts once.
///
/// # Errors
/// Where a file cannot be read or is another.
pub fn mongodb(dir: &Path) -> Result<Vec<Suite>, Error> {
    let mut suites: Vec<Suite> = Vec::new();
    for path in files(dir, "json")? {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("expected")) {
            continue;
        }
        let bytes = file::read(&path, LARGEST, HINT)?;
        let values: Vec<f64> =
            serde_json::from_slice(&bytes).map_err(|error| Error::content(&path, error, HINT))?;
        let suite = Suite { rows: vec![values.iter().map(|value| vec![*value]).collect()] };
        if values.iter().all(|value| *value > 0.0) && !suites.contains(&suite) {
            suites.push(suite);
        }
    }
    Ok(suites)
}

/// TigerBeetle's series in Otava's tests: CSV with index and value, a value a build.
///
/// # Errors
/// Where the file cannot be read or is another.
pub fn otava(dir: &Path) -> Result<Vec<Suite>, Error> {
    let path = dir.join("tigerbeetle.csv");
    let bytes = file::read(&path, LARGEST, HINT)?;
    let text = String::from_utf8_lossy(&bytes);
    let value = |line: &str| {
        let value = line.split(',').nth(1)?.trim().parse::<f64>().ok()?;
        (value > 0.0).then(|| vec![value])
    };
    let lines = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let row: Option<Vec<Vec<f64>>> = lines.map(value).collect();
    let row = row.ok_or_else(|| Error::content(&path, "a line is not index, value", HINT))?;
    Ok(vec![Suite { rows: vec![row] }])
}

/// The files of a folder with an extension, in the order of their names.
fn files(dir: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::File { does: "read", path: dir.to_owned(), source, hint: HINT };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    #[test]
    fn commits_come_in_the_order_of_time_and_all_times_in_one_unit() {
        let dir = tempfile::tempdir().unwrap();
        let commit =
            |date: u32, benches: &str| format!("{{\"date\": {date}, \"benches\": [{benches}]}}");
        let text = format!(
            "{{\"entries\": {{\"s\": [{}, {}]}}}}",
            commit(2, "{\"name\": \"a\", \"value\": \"3.5\", \"unit\": \"ns\"}"),
            commit(
                1,
                "{\"name\": \"a\", \"value\": 2, \"unit\": \"ns\"}, \
                 {\"name\": \"b\", \"value\": 4, \"unit\": \"ops/sec\"}, \
                 {\"name\": \"b - B/op\", \"value\": 4, \"unit\": \"B/op\"}, \
                 {\"name\": \"41_size\", \"value\": 4, \"unit\": \"\"}, \
                 {\"name\": \"run\", \"value\": 4, \"unit\": \"\"}"
            )
        );
        fs::write(dir.path().join("x.json"), text).unwrap();
        let suites = hosted(dir.path()).unwrap();
        let rows =
            vec![vec![vec![2.0], vec![3.5]], vec![vec![2.5e8], vec![]], vec![vec![4e6], vec![]]];
        assert_eq!(suites, [Suite { rows }]);
        fs::write(dir.path().join("y.json"), "[]").unwrap();
        assert!(hosted(dir.path()).unwrap_err().to_string().contains("no entries"));
    }

    #[test]
    fn what_is_no_time_or_there_twice_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("a.json", "[1.0, 2.0]");
        write("b.json", "[1.0, 2.0]");
        write("c.json", "[1.0, -2.0]");
        write("expected_a.json", "[{}]");
        assert_eq!(
            mongodb(dir.path()).unwrap(),
            [Suite { rows: vec![vec![vec![1.0], vec![2.0]]] }]
        );
        write("c.json", "{}");
        assert!(mongodb(dir.path()).is_err());
        write("tigerbeetle.csv", "index,value\n0,5\n1,7\n");
        assert_eq!(otava(dir.path()).unwrap(), [Suite { rows: vec![vec![vec![5.0], vec![7.0]]] }]);
        write("tigerbeetle.csv", "index,value\n0,x\n");
        assert!(otava(dir.path()).is_err());
    }

    #[test]
    fn builds_with_few_measurements_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let write = |text: &str| {
            let file = fs::File::create(dir.path().join("a.csv.gz")).unwrap();
            let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            packer.write_all(text.as_bytes()).unwrap();
            packer.finish().unwrap();
        };
        write("i,t,b,v\n1,x,7,5\n2,x,7,6\n3,x,7,7\n4,x,8,5\n");
        assert_eq!(large(dir.path()).unwrap(), [Suite { rows: vec![vec![vec![5.0, 6.0, 7.0]]] }]);
        write("i,t,b,v\n1,x,7\n");
        assert!(large(dir.path()).unwrap_err().to_string().contains("is not index"));
    }
}
