//! Every rule that is held against every other: the gate's, and those in use elsewhere.

use tailguard::compare::Test;

use super::gate::{Call, Said, configuration, one_shot, screened, uncorrected};
use super::requests::{batch_means, window_p95s};
use super::trial::{Sides, Trial};
use super::variants::{winsorised, without_common, without_trend};
use crate::rivals::{
    bencher, criterion, fixed, kayenta, mozilla, otava, perfgate, ranks, rustc_perf, welch,
};

/// The gate's defaults: the smallest change that matters, and the error rate of a pull request.
const DEFAULT: (f64, f64) = (0.05, 0.02);

/// How a rule decides, and on what.
#[derive(Clone, Copy)]
pub enum Decide {
    /// A suite as a whole.
    Suite(fn(&Trial) -> Said),
    /// The p95 of the runs of both sides of a row, in ms.
    Runs(fn(&[f64], &[f64]) -> bool),
    /// The means of the stored sessions of a row, oldest first, and of the fresh one, in ms.
    Series(fn(&[f64], f64) -> bool),
    /// The latencies of one run of either side, or the samples of a benchmark, in the order of time.
    Requests(fn(&[f64], &[f64]) -> bool),
}

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name in tables.
    pub name: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// How it decides.
    pub decide: Decide,
}

impl Rule {
    /// Whether it is one of the gate's own.
    #[must_use]
    pub fn is_gate(&self) -> bool {
        matches!(self.decide, Decide::Suite(_))
    }
}

/// The gate as it is, where a measurement is judged once.
pub const ONE_SHOT: Rule = Rule {
    name: "tailguard",
    source: "one shot, threshold 5 %, error rate .02 a pull request",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(DEFAULT.0, DEFAULT.1), trial, Test::ModeratedT)
    }),
};

/// The gate as it is, where it measures itself.
pub const SCREENED: Rule = Rule {
    name: "tailguard run",
    source: "3 rounds of all rows, then up to the rest of flagged ones",
    decide: Decide::Suite(|trial| screened(&configuration(DEFAULT.0, DEFAULT.1), trial)),
};

const LAX: Rule = Rule {
    name: "tailguard, alpha .05",
    source: "one shot, error rate .05 a pull request",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(DEFAULT.0, 0.05), trial, Test::ModeratedT)
    }),
};

const LOWER: Rule = Rule {
    name: "tailguard, threshold 2 %",
    source: "one shot, threshold 2 %",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(0.02, DEFAULT.1), trial, Test::ModeratedT)
    }),
};

const RANKS: Rule = Rule {
    name: "tailguard, mann-whitney",
    source: "one shot, exact ranks in place of the moderated t",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(DEFAULT.0, DEFAULT.1), trial, Test::MannWhitney)
    }),
};

const UNCORRECTED: Rule = Rule {
    name: "tailguard, uncorrected",
    source: "one shot, p < .01 of each row by itself",
    decide: Decide::Suite(|trial| uncorrected(&configuration(DEFAULT.0, DEFAULT.1), trial, 0.01)),
};

const WINSORISED: Rule = Rule {
    name: "tailguard, winsorised",
    source: "one shot, runs far from their row's median drawn in to two standard deviations",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(DEFAULT.0, DEFAULT.1), &winsorised(trial), Test::ModeratedT)
    }),
};

const CONTROLLED: Rule = Rule {
    name: "tailguard, less what rows share",
    source: "one shot, without what the rows of a run have in common",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(DEFAULT.0, DEFAULT.1), &without_common(trial), Test::ModeratedT)
    }),
};

const DETRENDED: Rule = Rule {
    name: "tailguard, less a trend",
    source: "one shot, without the line that a row follows over the rounds",
    decide: Decide::Suite(|trial| {
        one_shot(&configuration(DEFAULT.0, DEFAULT.1), &without_trend(trial), Test::ModeratedT)
    }),
};

const fn runs(
    name: &'static str,
    source: &'static str,
    decide: fn(&[f64], &[f64]) -> bool,
) -> Rule {
    Rule { name, source, decide: Decide::Runs(decide) }
}

const fn series(name: &'static str, source: &'static str, decide: fn(&[f64], f64) -> bool) -> Rule {
    Rule { name, source, decide: Decide::Series(decide) }
}

const fn requests(
    name: &'static str,
    source: &'static str,
    decide: fn(&[f64], &[f64]) -> bool,
) -> Rule {
    Rule { name, source, decide: Decide::Requests(decide) }
}

/// Rules on runs of both sides of one session. "One run" is the last of the base and the first fresh one.
const OF_RUNS: [Rule; 9] = [
    runs("+5 %, one run", "a fixed percentage", |base, fresh| one_each(base, fresh, 5.0)),
    runs("+10 %, one run", "a fixed percentage", |base, fresh| one_each(base, fresh, 10.0)),
    runs("+5 %, means", "a fixed percentage", |base, fresh| fixed::percent_over(base, fresh, 5.0)),
    runs("+10 %, means", "a fixed percentage", |base, fresh| {
        fixed::percent_over(base, fresh, 10.0)
    }),
    runs("twice the last", "github-action-benchmark, alert-threshold 200 %", |base, fresh| {
        last_first(base, fresh).is_some_and(|(last, first)| fixed::double(last, first))
    }),
    runs("benchstat", "golang/perf: exact ranks, p < .05", ranks::benchstat),
    runs("Welch", "two-sided p < .05, as perfgate and asv variants use it", |base, fresh| {
        welch::welch(base, fresh, 0.05)
    }),
    runs("perfgate", "median over a budget of 20 %", perfgate::perfgate),
    runs(
        "perfgate, significant",
        "the same, and Welch's p < .05 where runs are enough",
        |base, fresh| perfgate::perfgate_significant(base, fresh, perfgate::MIN_SAMPLES),
    ),
];

const MOZILLA: Rule =
    runs("Mozilla t", "treeherder: weighted t > 7, 12 values back and forward", mozilla::mozilla);

const OF_SERIES: [Rule; 7] = [
    series(
        "+10 %, last session",
        "a fixed percentage of the last session's mean",
        |stored, fresh| {
            stored.last().is_some_and(|last| fixed::percent_over(&[*last], &[fresh], 10.0))
        },
    ),
    series("bencher t", "bencher, t of .98", |stored, fresh| bencher::t(stored, fresh, 0.98)),
    series("bencher z", "bencher, z of .98", |stored, fresh| bencher::z(stored, fresh, 0.98)),
    series("bencher IQR", "bencher, IQR of 3", |stored, fresh| bencher::iqr(stored, fresh, 3.0)),
    series("rustc-perf", "rustc-perf: fence of Q3 + 3 IQR of changes", rustc_perf::rustc_perf),
    series("twice the last", "github-action-benchmark, alert-threshold 200 %", |stored, fresh| {
        stored.last().is_some_and(|last| fixed::double(*last, fresh))
    }),
    series("Otava", "apache/otava: e-divisive, p < .001", |stored, fresh| {
        otava::otava(stored, &[fresh])
    }),
];

const OF_REQUESTS: [Rule; 4] = [
    requests(
        "criterion",
        "criterion.rs: t over 100 batch means, p < .05 and beyond 1 %",
        |base, fresh| criterion::criterion(&batch_means(base, 100), &batch_means(fresh, 100)),
    ),
    requests(
        "Kayenta",
        "spinnaker/kayenta: ranks of 60 window p95s, tolerance .25",
        |base, fresh| kayenta::kayenta(&window_p95s(base, 60), &window_p95s(fresh, 60)),
    ),
    requests("Mann-Whitney, requests", "two-sided p < .05 on single requests", |base, fresh| {
        ranks::mann_whitney(base, fresh, 0.05)
    }),
    requests("Welch, requests", "two-sided p < .05 on single requests", |base, fresh| {
        welch::welch(base, fresh, 0.05)
    }),
];

/// The rules for runs of both sides in one session; screening and confirming needs more rounds than it
/// screens in.
#[must_use]
pub fn of_one_session(rounds: usize, variants: bool) -> Vec<Rule> {
    let mut rules = vec![ONE_SHOT];
    if rounds > super::gate::SCREEN + 2 {
        rules.push(SCREENED);
    }
    if variants {
        rules.extend([LAX, LOWER, UNCORRECTED, RANKS, WINSORISED, CONTROLLED, DETRENDED]);
    }
    rules.extend(OF_RUNS);
    if rounds >= mozilla::WINDOW {
        rules.push(MOZILLA);
    }
    rules
}

/// The rules for a fresh session against stored ones.
#[must_use]
pub fn of_sessions() -> Vec<Rule> {
    [ONE_SHOT].into_iter().chain(OF_SERIES).collect()
}

/// The rules where requests are known.
#[must_use]
pub fn of_requests() -> Vec<Rule> {
    [ONE_SHOT].into_iter().chain(OF_RUNS).chain(OF_REQUESTS).collect()
}

/// The rules for benchmarks of which the samples within runs are known.
#[must_use]
pub fn of_benchmarks(rounds: usize, variants: bool) -> Vec<Rule> {
    let of_samples = requests(
        "criterion, its samples",
        "criterion.rs: the same t over the samples of one run a side",
        criterion::criterion,
    );
    of_one_session(rounds, variants).into_iter().chain([of_samples]).collect()
}

/// Whether a rule calls a row slower that is judged on its own.
#[must_use]
pub fn row_is_slower(
    decide: Decide,
    trial: &Trial,
    row: &Sides,
    pair: Option<&(Vec<f64>, Vec<f64>)>,
) -> Call {
    let slower = match decide {
        Decide::Suite(_) => false,
        Decide::Runs(rule) => {
            let (base, fresh) = row.values();
            rule(&base, &fresh)
        }
        Decide::Series(rule) => {
            let (stored, fresh) = session_means(trial, row);
            fresh.last().is_some_and(|fresh| rule(&stored, *fresh))
        }
        Decide::Requests(rule) => pair.is_some_and(|(base, fresh)| rule(base, fresh)),
    };
    if slower { Call::Slower } else { Call::Passed }
}

/// The geometric means of the sessions of either side, in ms and in the order of time.
fn session_means(trial: &Trial, row: &Sides) -> (Vec<f64>, Vec<f64>) {
    let of = |places: &[super::trial::Place], points: &[super::trial::Point]| {
        let mut means: Vec<(usize, f64, f64)> = Vec::new();
        for (place, point) in places.iter().zip(points) {
            match means.last_mut().filter(|(session, ..)| *session == place.session) {
                Some((_, sum, runs)) => {
                    *sum += point.y;
                    *runs += 1.0;
                }
                None => means.push((place.session, point.y, 1.0)),
            }
        }
        means.into_iter().map(|(_, sum, runs)| (sum / runs).exp()).collect::<Vec<f64>>()
    };
    (of(&trial.base, &row.base), of(&trial.fresh, &row.fresh))
}

fn last_first(base: &[f64], fresh: &[f64]) -> Option<(f64, f64)> {
    Some((*base.last()?, *fresh.first()?))
}

fn one_each(base: &[f64], fresh: &[f64], percent: f64) -> bool {
    last_first(base, fresh)
        .is_some_and(|(last, first)| fixed::percent_over(&[last], &[first], percent))
}
