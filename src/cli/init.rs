//! `init`: a commented configuration for what lies in this repository.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Global, Init};
use super::output::{say, write_file};
use super::plan::here;
use crate::gate::Error;

/// Directories that hold no load scripts of the project's own.
const SKIPPED: [&str; 4] = ["target", "node_modules", ".git", "vendor"];

/// How deep load scripts are looked for.
const DEPTH: usize = 4;

/// How many directory entries are looked at before the search is given up.
const ENTRIES: usize = 20_000;

pub(super) fn run(global: &Global, args: &Init) -> Result<u8, Error> {
    let path = global.config.clone().unwrap_or_else(|| here().join("tailguard.toml"));
    if path.exists() && !args.force {
        return Err(Error::Usage(format!(
            "{} exists already\nhint: edit it, or overwrite it with --force",
            path.display()
        )));
    }
    let found = look_around(&here());
    write_file(&path, config_text(&found).as_bytes())
        .map_err(|source| Error::Write { path: path.clone(), source })?;
    say(global, &format!("wrote {}", path.display()));
    say(global, "next: measure, then `tailguard baseline refresh`, and commit `baselines/`");
    Ok(0)
}

/// What there is to measure.
struct Found {
    criterion: bool,
    /// A k6 script, relative to the directory.
    script: Option<PathBuf>,
}

fn look_around(dir: &Path) -> Found {
    let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
    let mut budget = ENTRIES;
    let script = k6_script(dir, DEPTH, &mut budget)
        .and_then(|script| script.strip_prefix(dir).map(Path::to_owned).ok());
    Found { criterion: manifest.contains("criterion"), script }
}

fn k6_script(dir: &Path, depth: usize, budget: &mut usize) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir).ok()?.flatten().map(|e| e.path()).collect();
    entries.sort();
    *budget = budget.checked_sub(entries.len())?;
    let is_script = |path: &&PathBuf| {
        path.extension().is_some_and(|e| e == "js" || e == "ts")
            && fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() < 1 << 20)
            && fs::read_to_string(path)
                .is_ok_and(|text| text.contains("from 'k6") || text.contains("from \"k6"))
    };
    if let Some(script) = entries.iter().find(is_script) {
        return Some(script.clone());
    }
    let skipped =
        |path: &PathBuf| path.file_name().is_some_and(|name| SKIPPED.iter().any(|s| name == *s));
    let is_dir = |path: &&PathBuf| fs::symlink_metadata(path).is_ok_and(|m| m.is_dir());
    let below = depth.checked_sub(1)?;
    entries.iter().filter(is_dir).filter(|d| !skipped(d)).find_map(|d| k6_script(d, below, budget))
}

/// Quoted as TOML's basic string, whose escapes are JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn config_text(found: &Found) -> String {
    let mut text = String::from(
        "# tailguard compares fresh results with the baselines committed beside this file.\n\
         # Every key: docs/performance/policy.md of the tailguard project.\n\
         \n\
         [gate]\n\
         threshold = \"5%\"          # the smallest change that matters\n\
         error-rate = \"0.5pp\"      # the smallest rise of the error rate that matters\n\
         baselines = \"baselines\"   # relative to this file\n",
    );
    let script = found.script.as_ref().map(|path| path.display().to_string());
    let neither = !found.criterion && script.is_none();
    if found.criterion || neither {
        text.push_str(
            "\n# Benchmarks: one run is one process. Let CRITERION_HOME point at a directory of its\n\
             # own for each, at least three times: CRITERION_HOME=$PWD/perf/micro/1 cargo bench\n\
             [[suite]]\n\
             name = \"micro\"\n\
             source = \"criterion\"\n\
             path = \"perf/micro/*\"\n",
        );
    }
    if script.is_some() || neither {
        let script = script.unwrap_or_else(|| "load/steady.js".to_owned());
        let command = quoted(&format!("k6 run --out json=$TAILGUARD_OUT/results.json.gz {script}"));
        text.push_str(&format!(
            "\n# Load tests: one run is one test, at least three of them, each in a file of its own:\n\
             # k6 run --out json=perf/api/1.json.gz {}\n\
             [[suite]]\n\
             name = \"api\"\n\
             source = \"k6\"\n\
             path = \"perf/api/*.json.gz\"\n\
             command = {command}\n\
             # group-by = [\"category\"]  # tags that make a row; default scenario, name, category\n",
            script.replace(['\n', '\r'], " ")
        ));
    }
    text.push_str(
        "\n# An absolute limit, whatever the baseline says:\n\
         # [[slo]]\n\
         # suite = \"api\"\n\
         # metric = \"p95\"\n\
         # at-most = \"250ms\"\n\
         \n\
         # A regression that is accepted for a while:\n\
         # [[waiver]]\n\
         # suite = \"api\"\n\
         # row = \"read\"\n\
         # up-to = \"20%\"\n\
         # reason = \"the new permission check; to be cached\"\n\
         # expires = 2027-01-31\n",
    );
    text
}
