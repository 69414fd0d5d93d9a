//! What was said of fresh results, beside the baselines: written by `check --record` and by every refresh,
//! and read by `calibrate --from-history`.

use super::calibrate::baselines;
use super::error::Error;
use super::fresh::one_environment;
use super::judge::Judged;
use super::measurement::Measurement;
use super::notices::notice;
use super::taken::Taken;
use crate::baseline::{Baseline, Shelf};
use crate::history::{
    CalledWorse, Hindsight, MOST_WORSE, OfRow, PastVerdict, fresh_id, looked_back, remembered,
    still_worse,
};
use crate::host;
use crate::measure::{Run, Severity};
use crate::policy::config::Config;
use crate::policy::{Finding, Verdict, is_within};
use crate::report::{FalseAlarms, LookedBack, Notice, SuiteHistory};
use crate::stats::wilson;

/// The level of intervals.
const LEVEL: f64 = 0.95;

/// Digits of a change that are kept: a ten thousandth is more than any of them is certain to.
const DIGITS: f64 = 1e4;

/// What a judgement says of the fresh runs of a suite, after what was said before.
pub(super) fn said(
    config: &Config,
    suite: &str,
    fresh: &[Run],
    judged: &Judged,
    history: &[PastVerdict],
) -> PastVerdict {
    let gating = judged.findings.iter().filter(|f| f.suite == suite && f.tolerance.gates);
    let tested: Vec<&Finding> = gating.filter(|f| f.tested.is_some()).collect();
    let mut worse: Vec<CalledWorse> = tested
        .iter()
        .filter(|f| matches!(f.verdict, Verdict::Regressed | Verdict::Waived))
        .map(|f| CalledWorse {
            of: of_row(f),
            change: (f.comparison.change().unwrap_or(0.0) * DIGITS).round() / DIGITS,
        })
        .collect();
    worse.sort_by(|a, b| b.change.abs().total_cmp(&a.change.abs()).then_with(|| a.of.cmp(&b.of)));
    worse.truncate(MOST_WORSE);
    let open = still_worse(history);
    let cleared = tested
        .iter()
        .filter(|f| is_within(f))
        .map(|f| of_row(f))
        .filter(|of| open.iter().any(|known| known.is_same(of)))
        .collect();
    let last = fresh.iter().max_by_key(|run| run.provenance.time.as_deref());
    let provenance = last.map(|run| run.provenance.clone()).unwrap_or_default();
    // What was measured of a changed working tree was not measured of its commit.
    let commit = provenance.commit.filter(|_| host::is_clean(&config.dir, &config.gate.baselines));
    PastVerdict {
        fresh: fresh_id(fresh),
        session: provenance.session,
        commit,
        time: provenance.time,
        check: None,
        judged: tested.len() as u64,
        worse,
        cleared,
        accepted: None,
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
/// suite of which nothing is recorded.
///
/// # Errors
/// Where a baseline cannot be read or written.
pub fn record(
    config: &Config,
    judged: &Judged,
    measured: &Measurement,
) -> Result<Vec<Notice>, Error> {
    let shelf = Shelf::new(config.baselines());
    let lock = shelf.lock()?;
    let (mut notices, mut renewed) = (Vec::new(), Vec::new());
    let taken = measured.taken().map_err(Error::Measurement)?;
    let all: Vec<Run> = taken.iter().flat_map(|taken| taken.fresh.clone()).collect();
    let check = fresh_id(&all);
    for Taken { suite, fresh, .. } in taken {
        let mut not_recorded = |why: &str| {
            let message = format!("its verdict is not recorded: {why}");
            notices.push(notice(Severity::Warning, "not-recorded", &suite, message));
        };
        let Some(stored) = shelf.load(&suite, &one_environment(&suite, &fresh)?)? else {
            not_recorded("it has no baseline for this machine");
            continue;
        };
        let verdict = said(config, &suite, &fresh, judged, &stored.history);
        if verdict.judged == 0 {
            not_recorded("no gating row could be tested");
            continue;
        }
        let check = Some(check.clone());
        let history = remembered(&stored.history, PastVerdict { check, ..verdict });
        renewed.push(Baseline { history, ..stored });
    }
    for baseline in &renewed {
        shelf.save(baseline, &[], &lock)?;
    }
    Ok(notices)
}

/// Holds what was recorded of the chosen suites, or of all, against what came after.
///
/// # Errors
/// Where a suite is not configured, a baseline cannot be read, or nothing is recorded.
pub fn look_back(
    config: &Config,
    suites: &[String],
    environment: Option<&str>,
) -> Result<LookedBack, Error> {
    let baselines = baselines(config, suites, environment, |_| true)?;
    let reverted = host::reverted(&config.dir);
    let suites: Vec<SuiteHistory> = baselines
        .into_iter()
        .filter(|baseline| !baseline.history.is_empty())
        .map(|Baseline { suite, environment, history, .. }| SuiteHistory {
            suite,
            environment: environment.to_string(),
            alarms: looked_back(&history, &reverted.clone().unwrap_or_default()),
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
    let each: Vec<_> = suites.iter().map(|s| (s.history.as_slice(), s.alarms.as_slice())).collect();
    let sums = Hindsight::of(&each);
    // Of checks that were right to alarm nothing can be false.
    let unchanged = sums.checks - sums.real;
    let most = sums.not_real + sums.unexplained + sums.open;
    let share = |n: u64| FalseAlarms { n, of: unchanged, interval: wilson(n, unchanged, LEVEL) };
    Ok(LookedBack {
        sums,
        known: share(sums.not_real),
        at_most: share(most),
        alpha: config.gate.alpha,
        knows_reverts: reverted.is_some(),
        suites,
    })
}
