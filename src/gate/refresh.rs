//! `baseline refresh`: fresh results into the baselines, merged, never replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::check::chosen;
use super::copies;
use super::error::Error;
use super::fresh::{Fresh, Host, SuitePaths, read_fresh};
use super::history;
use super::judge::{Base, Judged, Sides, judge_all};
use super::notices::{notice, of_runs};
use super::sidecars::write_missing;
use super::stored::changes;
use crate::baseline::{self, Baseline, Keep, Lock, Merge, Shelf};
use crate::history::{PastVerdict, remembered};
use crate::measure::{Figure, Metric, Row, Run, Severity, Tags, Tool};
use crate::policy::Verdict;
use crate::policy::config::{Config, Suite};
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
/// first is written, and every refusal is told at once.
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
        let fresh = read_suite(plan, suite, &paths)?;
        done.notices.extend(fresh.notices.iter().cloned());
        done.notices.extend(of_runs(&suite.name, &fresh.runs));
        let old = shelf.load(&suite.name, &fresh.environment)?;
        let (runs, said) = match &old {
            Some(old) => new_only(&suite.name, &fresh.runs, &old.runs),
            None => (fresh.runs.clone(), Vec::new()),
        };
        done.notices.extend(said);
        let fresh = Fresh { runs, ..fresh };
        if let Some(unfit) = unfit(&suite.name, &fresh.runs) {
            done.notices.extend(unfit);
            done.refused.get_or_insert(Refusal::NoData);
            continue;
        }
        let judged = match &old {
            Some(old) => against_stored(plan, &suite.name, old, &fresh)?,
            None => None,
        };
        let restart = judged.as_ref().map(|(judged, _)| worse_rows(judged)).unwrap_or_default();
        if let (false, Some((judged, _)), None) =
            (restart.is_empty(), &judged, plan.accept_regression)
        {
            // A regression outweighs what cannot be decided.
            done.refused = Some(Refusal::Regressed(Box::new(judged.clone())));
            continue;
        }
        if !restart.is_empty() {
            done.notices.push(restarted(&suite.name, restart.len()));
        }
        let mut new = take_in(plan, &suite.name, old.as_ref(), &fresh, &restart);
        if let (Some(old), Some((judged, fresh))) = (&old, &judged) {
            new.history = with_verdict(plan, &suite.name, old, judged, fresh);
        }
        let (changes, diff) = describe(&shelf, old.as_ref(), &new)?;
        done.changes.extend(changes);
        done.diff.push_str(&diff);
        merged.push((new, fresh.runs));
    }
    if let (Some(lock), None) = (&lock, &done.refused) {
        write(&shelf, &merged, lock)?;
        for (baseline, fresh) in &merged {
            done.notices.extend(write_missing(&baseline.suite, fresh));
        }
    }
    Ok(done)
}

fn read_suite(plan: &RefreshPlan<'_>, suite: &Suite, paths: &SuitePaths) -> Result<Fresh, Error> {
    let reading = Reading { detail: true, ..suite.reading() };
    let environment = suite.environment.as_deref();
    let mut fresh = read_fresh(&suite.name, paths, &reading, plan.host, environment)?;
    for run in &mut fresh.runs {
        run.rows.retain(|row| (plan.matches)(&row.id));
        run.problems.retain(|problem| problem.row.as_deref().is_none_or(plan.matches));
    }
    Ok(fresh)
}

/// The fresh runs, without the rows of new runs whose samples are stored already.
fn new_only(suite: &str, fresh: &[Run], stored: &[Run]) -> (Vec<Run>, Vec<Notice>) {
    let known: BTreeSet<&str> = stored.iter().map(|run| run.id.as_str()).collect();
    let is_known = |run: &&Run| known.contains(run.id.as_str());
    let (mut kept, new): (Vec<Run>, Vec<Run>) =
        fresh.iter().cloned().partition(|run| is_known(&run));
    let (new, copied) = copies::leave_out_stored(&new, stored);
    kept.extend(new);
    (kept, copies::told(suite, &copied, "a baseline run").into_iter().collect())
}

fn write(shelf: &Shelf, merged: &[(Baseline, Vec<Run>)], lock: &Lock) -> Result<(), Error> {
    for (baseline, fresh) in merged {
        shelf.save(baseline, fresh, lock)?;
    }
    Ok(())
}

/// Results that must not become what others are measured against; what is wrong with the results as
/// a whole is told here, the rest is among their problems.
fn unfit(suite: &str, runs: &[Run]) -> Option<Option<Notice>> {
    let severe = |run: &Run| run.problems.iter().any(|p| p.severity == Severity::Error);
    if runs.iter().any(severe) {
        return Some(None);
    }
    let rows = || runs.iter().flat_map(|run| &run.rows);
    let failing = |row: &&Row| match row.figures.get(&Metric::ErrorRate) {
        Some(Figure::Share { events, of }) => *events > of / 2,
        _ => false,
    };
    if let Some(row) = rows().find(failing) {
        let message = format!(
            "row {}: more than half of the requests failed; where that is as it should be, tell k6 \
             which answers are expected with http.setResponseCallback",
            row.id
        );
        return Some(Some(notice(Severity::Error, "mostly-failed", suite, message)));
    }
    let empty = rows().all(|row| row.figures.is_empty());
    empty.then(|| {
        let message = "no row with data was asked for".to_owned();
        Some(notice(Severity::Error, "no-data", suite, message))
    })
}

/// The judgement of new runs against what is stored, with those runs; `None` where nothing can be compared.
fn against_stored(
    plan: &RefreshPlan<'_>,
    suite: &str,
    old: &Baseline,
    fresh: &Fresh,
) -> Result<Option<(Judged, Vec<Run>)>, Error> {
    // Runs that are stored already have been judged when they came in.
    let known: BTreeSet<&str> = old.runs.iter().map(|run| run.id.as_str()).collect();
    let new: Vec<Run> =
        fresh.runs.iter().filter(|run| !known.contains(run.id.as_str())).cloned().collect();
    let rows = |runs: &[Run]| -> BTreeSet<(Tool, Tags)> {
        runs.iter()
            .flat_map(|run| run.rows.iter().map(|row| (run.tool, row.tags.clone())))
            .collect()
    };
    if rows(&old.runs).is_disjoint(&rows(&new)) {
        return Ok(None);
    }
    let said = of_runs(suite, &new);
    let sides = Sides {
        suite: suite.to_owned(),
        base: Base::Runs(old.runs.clone()),
        fresh: new.clone(),
        noise: old.noise.clone(),
        again: None,
    };
    Ok(Some((judge_all(plan.config, vec![sides], said, plan.today)?, new)))
}

/// What was said of fresh results so far, and of these.
fn with_verdict(
    plan: &RefreshPlan<'_>,
    suite: &str,
    old: &Baseline,
    judged: &Judged,
    fresh: &[Run],
) -> Vec<PastVerdict> {
    let said = history::said(plan.config, suite, fresh, judged, &old.history);
    if said.judged == 0 {
        return old.history.clone();
    }
    let reason = plan.accept_regression.filter(|_| !said.worse.is_empty());
    let accepted = reason.map(str::to_owned);
    remembered(&old.history, PastVerdict { accepted, ..said })
}

/// The rows of which a gating metric got worse, whatever policy makes of that and whatever a waiver
/// accepts for a while: a baseline is for good.
fn worse_rows(judged: &Judged) -> BTreeSet<(Tool, Tags)> {
    judged
        .findings
        .iter()
        .filter(|f| f.tolerance.gates && matches!(f.verdict, Verdict::Regressed | Verdict::Waived))
        .map(|f| (f.comparison.tool, f.comparison.tags.clone()))
        .collect()
}

fn restarted(suite: &str, rows: usize) -> Notice {
    let message = format!(
        "{rows} rows start again at their accepted level, without their older sessions: refresh \
         from more sessions"
    );
    notice(Severity::Notice, "restarted", suite, message)
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
        noise: Vec::new(),
        history: Vec::new(),
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
            accepted: plan.accept_regression.filter(|_| !restart.is_empty()),
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
