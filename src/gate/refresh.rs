//! `baseline refresh`: fresh results into the baselines, merged, never replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::check::chosen;
use super::error::Error;
use super::fresh::{Fresh, Host, SuitePaths, read_fresh};
use super::judge::{Base, Judged, Sides, judge_all};
use super::notices::{notice, of_runs};
use super::sidecars::write_missing;
use super::stored::changes;
use crate::baseline::{self, Baseline, Keep, Lock, Merge, Shelf};
use crate::measure::{Row, Run, Severity, Tags, Tool};
use crate::policy::config::Config;
use crate::policy::{Outcome, Verdict};
use crate::report::{Change, Notice};
use crate::source::Reading;
use crate::text_diff::{self, Versions};

/// What a refresh is asked to do.
pub struct RefreshPlan<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// The suites to refresh, and where their fresh results lie; empty for every suite.
    pub fresh: &'a BTreeMap<String, SuitePaths>,
    /// Only rows whose display id this accepts.
    pub matches: &'a dyn Fn(&str) -> bool,
    /// Why results are taken in although they regress.
    pub accept_regression: Option<&'a str>,
    /// Rows that the fresh results lack are forgotten.
    pub forget_missing: bool,
    /// Nothing is written.
    pub dry_run: bool,
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// What a refresh did, or would do.
#[derive(Debug)]
pub struct Refreshed {
    /// Rows, old and new.
    pub changes: Vec<Change>,
    /// The files' text, old against new, as one unified diff.
    pub diff: String,
    /// What a reader should know.
    pub notices: Vec<Notice>,
    /// Why nothing was written, as the judgement that refused; `None` where it was not refused.
    pub refused: Option<Refusal>,
}

/// Why a refresh was refused.
#[derive(Debug)]
pub enum Refusal {
    /// Part of the fresh results is no data, or lost. Exit code 11.
    NoData,
    /// The fresh results regress against the stored baseline. Exit code 10.
    Regressed(Box<Judged>),
}

/// Reads, checks, merges and, unless it is a dry run, writes. All suites are checked before the
/// first is written.
///
/// # Errors
/// Where a result or a baseline cannot be read or written.
pub fn refresh(plan: &RefreshPlan<'_>) -> Result<Refreshed, Error> {
    let shelf = Shelf::new(plan.config.baselines());
    let lock = if plan.dry_run { None } else { Some(shelf.lock()?) };
    let mut done =
        Refreshed { changes: Vec::new(), diff: String::new(), notices: Vec::new(), refused: None };
    let mut merged = Vec::new();
    for (suite, paths) in chosen(plan.config, plan.fresh)? {
        let reading = Reading { detail: true, ..suite.reading() };
        let environment = suite.environment.as_deref();
        let fresh = read_fresh(&suite.name, &paths, &reading, plan.host, environment)?;
        let fresh = Fresh { runs: asked_only(fresh.runs, plan.matches), ..fresh };
        let old = shelf.load(&suite.name, &fresh.environment)?;
        let problems = unfit(&suite.name, &fresh.runs);
        if !problems.is_empty() {
            done.notices.extend(problems);
            done.refused = Some(Refusal::NoData);
            return Ok(done);
        }
        done.notices.extend(of_runs(&suite.name, &fresh.runs));
        let moved = match &old {
            Some(old) => judge_against(plan, &suite.name, old, &fresh)?,
            None => Moved::default(),
        };
        if let Some(judged) = moved.regressed
            && plan.accept_regression.is_none()
        {
            done.refused = Some(Refusal::Regressed(judged));
            return Ok(done);
        }
        let new = take_in(plan, &suite.name, old.as_ref(), &fresh, &moved.restart);
        done.notices.extend(moved.notices);
        let (changes, diff) = describe(&shelf, old.as_ref(), &new)?;
        done.changes.extend(changes);
        done.diff.push_str(&diff);
        merged.push((new, fresh.runs));
    }
    if let Some(lock) = &lock {
        write(&shelf, &merged, lock)?;
        for (baseline, fresh) in &merged {
            done.notices.extend(write_missing(&baseline.suite, fresh));
        }
    }
    Ok(done)
}

fn write(shelf: &Shelf, merged: &[(Baseline, Vec<Run>)], lock: &Lock) -> Result<(), Error> {
    for (baseline, fresh) in merged {
        shelf.save(baseline, fresh, lock)?;
    }
    Ok(())
}

fn asked_only(mut runs: Vec<Run>, matches: &dyn Fn(&str) -> bool) -> Vec<Run> {
    for run in &mut runs {
        run.rows.retain(|row| matches(&row.id));
    }
    runs
}

/// Results that must not become what others are measured against.
fn unfit(suite: &str, runs: &[Run]) -> Vec<Notice> {
    let mut problems: Vec<Notice> = of_runs(suite, runs)
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    if runs.iter().all(|run| run.rows.iter().all(|row| row.figures.is_empty())) {
        let message = "no row with data was asked for".to_owned();
        problems.push(notice(Severity::Error, "no-data", suite, message));
    }
    problems
}

/// What the fresh results say of the stored ones.
#[derive(Default)]
struct Moved {
    regressed: Option<Box<Judged>>,
    /// Rows whose level certainly changed.
    restart: BTreeSet<(Tool, Tags)>,
    notices: Vec<Notice>,
}

fn judge_against(
    plan: &RefreshPlan<'_>,
    suite: &str,
    old: &Baseline,
    fresh: &Fresh,
) -> Result<Moved, Error> {
    // Runs that are stored already have been judged when they came in.
    let known: BTreeSet<&str> = old.runs.iter().map(|run| run.id.as_str()).collect();
    let new: Vec<Run> =
        fresh.runs.iter().filter(|run| !known.contains(run.id.as_str())).cloned().collect();
    let rows: BTreeSet<&Tags> =
        old.runs.iter().flat_map(|r| r.rows.iter().map(|r| &r.tags)).collect();
    if !new.iter().any(|run| run.rows.iter().any(|row| rows.contains(&row.tags))) {
        return Ok(Moved::default());
    }
    let sides = Sides { suite: suite.to_owned(), base: Base::Runs(old.runs.clone()), fresh: new };
    let judged = judge_all(plan.config, vec![sides], plan.today)?;
    let mut restart = BTreeSet::new();
    let mut notices = Vec::new();
    for finding in &judged.findings {
        if !finding.tolerance.gates || !(plan.matches)(&finding.comparison.id) {
            continue;
        }
        if matches!(finding.verdict, Verdict::Regressed | Verdict::Waived | Verdict::Improved) {
            let key = (finding.comparison.tool, finding.comparison.tags.clone());
            if restart.insert(key) {
                let message = format!(
                    "row {} is at another level now ({}): its older sessions are dropped, so that \
                     the baseline says what is normal today; refresh from more sessions",
                    finding.comparison.id,
                    finding.verdict.name()
                );
                notices.push(notice(Severity::Notice, "restarted", suite, message));
            }
        }
    }
    let regressed = (judged.outcome == Outcome::Fail
        && judged.findings.iter().any(|f| f.verdict == Verdict::Regressed))
    .then(|| Box::new(judged));
    Ok(Moved { regressed, restart, notices })
}

fn take_in(
    plan: &RefreshPlan<'_>,
    suite: &str,
    old: Option<&Baseline>,
    fresh: &Fresh,
    restart: &BTreeSet<(Tool, Tags)>,
) -> Baseline {
    let empty = Baseline {
        suite: suite.to_owned(),
        environment: fresh.environment.clone(),
        runs: Vec::new(),
        accepted: BTreeMap::new(),
    };
    let gate = &plan.config.gate;
    let asked = |row: &Row| (plan.matches)(&row.id);
    baseline::merge(
        old.unwrap_or(&empty),
        &Merge {
            fresh: &fresh.runs,
            asked: &asked,
            restart,
            forget_missing: plan.forget_missing,
            accepted: plan.accept_regression,
            keep: Keep { sessions: gate.keep_sessions, runs: gate.keep_runs },
        },
    )
}

fn describe(
    shelf: &Shelf,
    old: Option<&Baseline>,
    new: &Baseline,
) -> Result<(Vec<Change>, String), Error> {
    let path = shelf.file(&new.suite, &new.environment);
    let text = |baseline: &Baseline| {
        baseline::text(baseline).map_err(|source| Error::Write {
            path: path.clone(),
            source: std::io::Error::other(source),
        })
    };
    let before = old.map_or_else(|| Ok(String::new()), text)?;
    let diff = text_diff::unified(Versions {
        name: &path.display().to_string(),
        old: &before,
        new: &text(new)?,
    });
    let old_runs = old.map(|old| old.runs.as_slice()).unwrap_or_default();
    Ok((changes(&new.suite, old_runs, &new.runs), diff))
}
