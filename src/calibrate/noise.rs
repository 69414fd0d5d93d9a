//! The scatter of stored runs, taken apart.

use std::collections::BTreeMap;

use crate::history::{KnownNoise, OfRow};
use crate::measure::{Figure, Metric, Run, Tags, Tool, Unit};
use crate::stats::prior::{Prior, Variance, moderate};

/// Assumed of rows that cannot tell: what the gate assumes itself.
const ASSUMED_SD: f64 = 0.03;

/// Fewer sessions say nothing of how far sessions scatter.
pub const FEWEST_SESSIONS: usize = 3;

/// How much a metric of a row is, and how it scatters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A positive quantity. Variances are of its natural logarithm.
    Positive {
        /// Mean of the natural logarithms of all runs.
        level: f64,
        /// Variance between the runs of one session, moderated over the rows of the metric.
        run: f64,
        /// Variance between sessions, beyond what their runs explain.
        session: f64,
    },
    /// A proportion: events of trials, over all runs.
    Share {
        /// Events.
        events: u64,
        /// Trials of one run, on average.
        trials: u64,
        /// Trials of all runs.
        of: u64,
    },
}

/// One metric of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowNoise {
    /// The suite's name.
    pub suite: String,
    /// The tool.
    pub tool: Tool,
    /// The row, for display.
    pub id: String,
    /// The row's identity.
    pub tags: Tags,
    /// The metric.
    pub metric: Metric,
    /// The unit of its values.
    pub unit: Unit,
    /// How much, and how it scatters.
    pub amount: Amount,
    /// Runs that have it, by session, oldest first: natural logarithms of a positive quantity.
    pub sessions: Vec<Vec<f64>>,
    /// Mean squared within-run error, where runs tell it.
    pub within: Option<f64>,
    /// The prior of the variance between runs, of all rows of the metric.
    pub prior: Prior,
}

impl RowNoise {
    /// The geometric mean of all runs, or the proportion.
    #[must_use]
    pub fn value(&self) -> f64 {
        match self.amount {
            Amount::Positive { level, .. } => level.exp(),
            Amount::Share { events, of, .. } => events as f64 / of.max(1) as f64,
        }
    }
}

#[derive(Default)]
struct Gathered {
    id: String,
    unit: Option<Unit>,
    sessions: Vec<(String, Vec<f64>)>,
    errors: Vec<f64>,
    events: u64,
    of: u64,
    runs: u64,
}

/// What the rows of a suite scatter by. Variances are moderated over all rows of a tool and metric, as
/// the gate does (Smyth 2004); that between sessions is what their means scatter by more than their runs
/// explain (the moment estimate of a one-way random-effects model; Searle, Casella and McCulloch,
/// *Variance Components*, 1992, section 3.5).
#[must_use]
pub fn noise(suite: &str, runs: &[Run]) -> Vec<RowNoise> {
    let rows = gathered(runs);
    let priors: BTreeMap<(Tool, Metric), [Prior; 2]> = between(&rows)
        .into_iter()
        .map(|(key, both)| (key, both.map(|rows| Prior::estimate(&rows, ASSUMED_SD * ASSUMED_SD))))
        .collect();
    rows.into_iter()
        .filter_map(|((tool, tags, metric), row)| {
            let priors = *priors.get(&(tool, metric))?;
            row.noise(suite, tool, tags, metric, priors)
        })
        .collect()
}

/// How every row scatters, for comparisons that cannot show it themselves. Rows of one session share its
/// mood and agree for that reason, so that together they count for no more than the sessions do. Proportions
/// have none.
#[must_use]
pub fn known_noise(runs: &[Run]) -> Vec<KnownNoise> {
    let rows = gathered(runs);
    let between = between(&rows);
    let of = |((tool, tags, metric), row): (&(Tool, Tags, Metric), &Gathered)| {
        let [of_runs, of_sessions] = between.get(&(*tool, *metric))?;
        let own = row.of_runs()?;
        let sessions = row.sessions.len();
        let prior = Prior::estimate(of_runs, ASSUMED_SD * ASSUMED_SD);
        let (run, df) = moderate(prior, own);
        let session = row.of_sessions().filter(|_| sessions >= FEWEST_SESSIONS).map(|own| {
            let prior = Prior::estimate(of_sessions, ASSUMED_SD * ASSUMED_SD);
            moderate(Prior { d0: prior.d0.min(own.nu), ..prior }, own)
        });
        let lengths = row.sessions.iter().map(|(_, runs)| 1.0 / runs.len() as f64);
        Some(KnownNoise {
            of: OfRow { tool: *tool, id: row.id.clone(), tags: tags.clone(), metric: *metric },
            sessions: sessions as u64,
            runs: rounded(sessions as f64 / lengths.sum::<f64>()),
            run: rounded(run),
            session: session.map(|(variance, _)| rounded(variance)),
            df: rounded(session.map_or(df, |(_, df)| df)),
        })
    };
    rows.iter().filter_map(of).collect()
}

/// To four digits: more are noise, and a review reads them.
fn rounded(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

fn gathered(runs: &[Run]) -> BTreeMap<(Tool, Tags, Metric), Gathered> {
    let mut rows: BTreeMap<(Tool, Tags, Metric), Gathered> = BTreeMap::new();
    for run in runs {
        let session = run.provenance.session.clone().unwrap_or_default();
        for row in &run.rows {
            for (metric, figure) in &row.figures {
                let key = (run.tool, row.tags.clone(), *metric);
                rows.entry(key).or_default().add(&row.id, row.unit, &session, *figure);
            }
        }
    }
    rows
}

/// The variances of all rows of a metric: between the runs of a session, and between the means of sessions.
fn between(
    rows: &BTreeMap<(Tool, Tags, Metric), Gathered>,
) -> BTreeMap<(Tool, Metric), [Vec<Variance>; 2]> {
    let mut between: BTreeMap<(Tool, Metric), [Vec<Variance>; 2]> = BTreeMap::new();
    for ((tool, _, metric), row) in rows {
        let [of_runs, of_sessions] = between.entry((*tool, *metric)).or_default();
        of_runs.extend(row.of_runs());
        of_sessions.extend(row.of_sessions());
    }
    between
}

impl Gathered {
    fn add(&mut self, id: &str, unit: Unit, session: &str, figure: Figure) {
        self.id = id.to_owned();
        self.unit = Some(unit);
        self.runs += 1;
        match figure {
            Figure::Log { y, s } => {
                self.errors.extend(s.map(|s| s * s));
                match self.sessions.last_mut().filter(|(known, _)| known == session) {
                    Some((_, values)) => values.push(y),
                    None => self.sessions.push((session.to_owned(), vec![y])),
                }
            }
            Figure::Share { events, of } => {
                self.events = self.events.saturating_add(events);
                self.of = self.of.saturating_add(of);
            }
        }
    }

    fn of_runs(&self) -> Option<Variance> {
        let squares: f64 = self.sessions.iter().map(|(_, values)| squares(values)).sum();
        let nu: usize = self.sessions.iter().map(|(_, values)| values.len() - 1).sum();
        (nu > 0).then(|| Variance { s2: squares / nu as f64, nu: nu as f64 })
    }

    fn of_sessions(&self) -> Option<Variance> {
        let means: Vec<f64> = self.sessions.iter().map(|(_, values)| mean(values)).collect();
        let nu = means.len().saturating_sub(1) as f64;
        (nu > 0.0).then(|| Variance { s2: squares(&means) / nu, nu })
    }

    fn noise(
        self,
        suite: &str,
        tool: Tool,
        tags: Tags,
        metric: Metric,
        [of_runs, of_sessions]: [Prior; 2],
    ) -> Option<RowNoise> {
        let unknown = Variance { s2: 0.0, nu: 0.0 };
        let amount = if self.sessions.is_empty() {
            Amount::Share { events: self.events, trials: self.of / self.runs.max(1), of: self.of }
        } else {
            let all: Vec<f64> =
                self.sessions.iter().flat_map(|(_, values)| values.clone()).collect();
            let run = moderate(of_runs, self.of_runs().unwrap_or(unknown)).0;
            // Runs of a session, as a harmonic mean: what the variance of their mean divides by.
            let inverse: f64 = self.sessions.iter().map(|(_, v)| 1.0 / v.len() as f64).sum();
            let explained = run * inverse / self.sessions.len() as f64;
            let session = self.of_sessions().map_or(0.0, |own| moderate(of_sessions, own).0);
            Amount::Positive { level: mean(&all), run, session: (session - explained).max(0.0) }
        };
        let within = (!self.errors.is_empty()).then(|| mean(&self.errors));
        Some(RowNoise {
            suite: suite.to_owned(),
            tool,
            id: self.id,
            tags,
            metric,
            unit: metric.unit(self.unit?),
            amount,
            sessions: self.sessions.into_iter().map(|(_, values)| values).collect(),
            within,
            prior: of_runs,
        })
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Sum of squared deviations from the mean.
pub(super) fn squares(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum()
}
