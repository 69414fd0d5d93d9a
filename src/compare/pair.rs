//! Pairing: which figures of the two sides are one quantity.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::{Definition, Figure, Metric, Row, Run, Tags, Tool, Unit};
use crate::stats::arcsine::{arcsine, arcsine_variance};

use super::comparison::{Presence, SideSummary};

/// One number of one run, on the scale of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Observation<'a> {
    pub(super) session: &'a str,
    /// The round of the session, where the sides were measured in rounds.
    pub(super) round: Option<u32>,
    pub(super) y: f64,
    /// Squared within-run standard error, where the run tells.
    pub(super) error: Option<f64>,
    pub(super) figure: Figure,
}

/// Both sides of one metric of one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair<'a> {
    pub(super) tool: Tool,
    pub(super) id: &'a str,
    pub(super) tags: &'a Tags,
    pub(super) metric: Metric,
    pub(super) unit: Unit,
    pub(super) base: Vec<Observation<'a>>,
    pub(super) fresh: Vec<Observation<'a>>,
    pub(super) damaged: bool,
    /// In some run of this side the row was there and nothing was measured.
    hollow_base: bool,
    hollow_fresh: bool,
}

/// What has to agree before two figures may be compared.
type Key<'a> = (Tool, &'a Tags, Unit, Definition, Metric);

/// Every metric of every row of either side, in a stable order.
pub(super) fn pairs<'a>(base: &'a [Run], fresh: &'a [Run]) -> Vec<Pair<'a>> {
    let mut pairs: BTreeMap<Key<'a>, Pair<'a>> = BTreeMap::new();
    for (runs, is_fresh) in [(base, false), (fresh, true)] {
        for run in runs {
            for row in &run.rows {
                add(&mut pairs, run, row, is_fresh);
            }
        }
    }
    for (runs, is_fresh) in [(base, false), (fresh, true)] {
        mark_hollow(&mut pairs, runs, is_fresh);
    }
    let mut pairs: Vec<Pair<'a>> = pairs.into_values().collect();
    for pair in &mut pairs {
        pair.keep_shared_sessions();
    }
    pairs
}

impl Pair<'_> {
    pub(super) fn presence(&self) -> Presence {
        // A dead server leaves its rows behind: that must never pass for a missing row, which one
        // may allow, nor for the few runs that did measure something. Its error rate says nothing
        // of the code either: a wrong address fails every request too.
        if self.hollow_base || self.hollow_fresh {
            return Presence::NoData;
        }
        match (self.base.is_empty(), self.fresh.is_empty()) {
            (false, false) => Presence::Both,
            (false, true) => Presence::OnlyBase,
            (true, false) => Presence::OnlyFresh,
            (true, true) => Presence::NoData,
        }
    }

    /// Drops what no comparison of this pair uses: where the sides share sessions, the others.
    fn keep_shared_sessions(&mut self) {
        let sessions = |side: &[Observation<'_>]| -> BTreeSet<String> {
            side.iter().map(|o| o.session.to_owned()).collect()
        };
        let shared: BTreeSet<String> =
            sessions(&self.base).intersection(&sessions(&self.fresh)).cloned().collect();
        if !shared.is_empty() {
            self.base.retain(|o| shared.contains(o.session));
            self.fresh.retain(|o| shared.contains(o.session));
        }
    }

    /// The sides' mean angles, where the metric is a proportion and both sides have it.
    pub(super) fn angles(&self) -> Option<(f64, f64)> {
        let mean =
            |side: &[Observation<'_>]| side.iter().map(|o| o.y).sum::<f64>() / side.len() as f64;
        let both = !self.base.is_empty() && !self.fresh.is_empty();
        (both && self.metric.is_proportion()).then(|| (mean(&self.base), mean(&self.fresh)))
    }
}

/// The number that people know for one side; `None` for an empty one.
pub(super) fn summary(side: &[Observation<'_>]) -> Option<SideSummary> {
    let mut sessions: Vec<&str> = side.iter().map(|o| o.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    let figures: Vec<Figure> = side.iter().map(|o| o.figure).collect();
    let value = Figure::mean(&figures)?;
    Some(SideSummary { value, runs: count(side.len()), sessions: count(sessions.len()) })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn add<'a>(pairs: &mut BTreeMap<Key<'a>, Pair<'a>>, run: &'a Run, row: &'a Row, is_fresh: bool) {
    let session = run.provenance.session.as_deref().unwrap_or_default();
    for (&metric, &figure) in &row.figures {
        let pair = entry(pairs, run.tool, row, metric);
        let (y, error) = match figure {
            Figure::Log { y, s } => (y, s.map(|s| s * s)),
            Figure::Share { events, of } => (arcsine(events, of), Some(arcsine_variance(of))),
        };
        let side = if is_fresh { &mut pair.fresh } else { &mut pair.base };
        side.push(Observation { session, round: run.provenance.round, y, error, figure });
        pair.damaged |= row.damaged;
    }
    if is_hollow(row) {
        // Even a row that is hollow on both sides must show up once.
        entry(pairs, run.tool, row, run.tool.primary());
    }
}

fn entry<'p, 'a>(
    pairs: &'p mut BTreeMap<Key<'a>, Pair<'a>>,
    tool: Tool,
    row: &'a Row,
    metric: Metric,
) -> &'p mut Pair<'a> {
    let unit = metric.unit(row.unit);
    pairs.entry((tool, &row.tags, unit, row.definition, metric)).or_insert_with(|| Pair {
        tool,
        id: &row.id,
        tags: &row.tags,
        metric,
        unit,
        base: Vec::new(),
        fresh: Vec::new(),
        damaged: false,
        hollow_base: false,
        hollow_fresh: false,
    })
}

/// A row that was expected to hold times, or counters, and holds none.
fn is_hollow(row: &Row) -> bool {
    let side_figures_only = !row.figures.is_empty()
        && row.figures.keys().all(|m| matches!(m, Metric::Checks | Metric::Dropped));
    !side_figures_only && !row.figures.keys().any(|m| m.is_time() || m.is_of_counters())
}

fn mark_hollow<'a>(pairs: &mut BTreeMap<Key<'a>, Pair<'a>>, runs: &'a [Run], is_fresh: bool) {
    let hollow: BTreeSet<(Tool, &Tags)> = runs
        .iter()
        .flat_map(|run| run.rows.iter().map(move |row| (run.tool, row)))
        .filter(|(_, row)| is_hollow(row))
        .map(|(tool, row)| (tool, &row.tags))
        .collect();
    for pair in pairs.values_mut() {
        if hollow.contains(&(pair.tool, pair.tags)) {
            *(if is_fresh { &mut pair.hollow_fresh } else { &mut pair.hollow_base }) = true;
        }
    }
}
