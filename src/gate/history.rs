//! What was said of fresh results, beside the baselines: written by `check --record` and by every refresh,
//! and read by `calibrate --from-history`.

use super::calibrate::baselines;
use super::check::CheckPlan;
use super::error::Error;
use super::fresh::one_environment;
use super::judge::Judged;
use super::notices::notice;
use crate::baseline::{
    Baseline, CalledWorse, OfRow, PastVerdict, Shelf, fresh_id, remembered, still_worse,
};
use crate::calibrate::looked_back;
use crate::host;
use crate::measure::{Run, Severity};
use crate::policy::config::Config;
use crate::policy::{Finding, Verdict, is_within};
use crate::report::{LookedBack, Notice, SuiteHistory};

/// Digits of a change that are kept: a ten thousandth is more than any of them is certain to.
const DIGITS: f64 = 1e4;

/// What a judgement says of the fresh runs of a suite, after what was said before.
pub(super) fn said(
    suite: &str,
    fresh: &[Run],
    judged: &Judged,
    history: &[PastVerdict],
    accepted: Option<&str>,
) -> PastVerdict {
    let gating = judged.findings.iter().filter(|f| f.suite == suite && f.tolerance.gates);
    let tested: Vec<&Finding> = gating.filter(|f| f.tested.is_some()).collect();
    let worse: Vec<CalledWorse> = tested
        .iter()
        .filter(|f| matches!(f.verdict, Verdict::Regressed | Verdict::Waived))
        .map(|f| CalledWorse {
            of: of_row(f),
            change: (f.comparison.change().unwrap_or(0.0) * DIGITS).round() / DIGITS,
        })
        .collect();
    let open = still_worse(history);
    let cleared = tested
        .iter()
        .filter(|f| is_within(f))
        .map(|f| of_row(f))
        .filter(|of| open.iter().any(|known| known.is_same(of)))
        .collect();
    let last = fresh.iter().max_by_key(|run| run.provenance.time.as_deref());
    let provenance = last.map(|run| run.provenance.clone()).unwrap_or_default();
    PastVerdict {
        fresh: fresh_id(fresh),
        session: provenance.session,
        commit: provenance.commit,
        time: provenance.time,
        judged: tested.len() as u64,
        accepted: accepted.filter(|_| !worse.is_empty()).map(str::to_owned),
        worse,
        cleared,
    }
}

fn of_row(finding: &Finding) -> OfRow {
    let comparison = &finding.comparison;
    OfRow {
        tool: comparison.tool,
        id: comparison.id.clone(),
        tags: comparison.tags.clone(),
        metric: comparison.metric,
    }
}

/// Writes what a check said beside the baselines of its suites. Returns what a reader should know of a
/// suite that has none to write to.
///
/// # Errors
/// Where a baseline cannot be read or written.
pub(super) fn record(
    plan: &CheckPlan<'_>,
    fresh: &[(String, Vec<Run>)],
    judged: &Judged,
) -> Result<Vec<Notice>, Error> {
    let shelf = Shelf::new(plan.config.baselines());
    let lock = shelf.lock()?;
    let (mut notices, mut renewed) = (Vec::new(), Vec::new());
    for (suite, fresh) in fresh {
        let mut not_recorded = |why: &str| {
            let message = format!("its verdict is not recorded: {why}");
            notices.push(notice(Severity::Warning, "not-recorded", suite, message));
        };
        let Some(stored) = shelf.load(suite, &one_environment(suite, fresh)?)? else {
            not_recorded("it has no baseline for this machine");
            continue;
        };
        let verdict = said(suite, fresh, judged, &stored.history, None);
        if verdict.judged == 0 {
            not_recorded("no gating row could be tested");
            continue;
        }
        let history = remembered(&stored.history, verdict);
        renewed.push(Baseline { history, ..stored });
    }
    for baseline in &renewed {
        shelf.save(baseline, &[], &lock)?;
    }
    Ok(notices)
}

/// Holds what was recorded of the chosen suites against what came after.
///
/// # Errors
/// Where a suite is not configured, a baseline cannot be read, or nothing is recorded.
pub fn look_back(
    config: &Config,
    suites: &[String],
    environment: Option<&str>,
) -> Result<LookedBack, Error> {
    let baselines = baselines(config, suites, environment)?;
    let reverted = host::reverted(&config.dir);
    let suites: Vec<SuiteHistory> = baselines
        .into_iter()
        .filter(|baseline| !baseline.history.is_empty())
        .map(|Baseline { suite, environment, history, .. }| SuiteHistory {
            suite,
            environment: environment.to_string(),
            hindsight: looked_back(&history, &reverted.clone().unwrap_or_default()),
            history,
        })
        .collect();
    if suites.is_empty() {
        return Err(Error::NoBaseline(format!(
            "no verdict is recorded in {}\nhint: `tailguard check --record` writes what it says there, and \
             so does every refresh of a baseline",
            config.baselines().display()
        )));
    }
    Ok(LookedBack { suites, alpha: config.gate.alpha, knows_reverts: reverted.is_some() })
}
