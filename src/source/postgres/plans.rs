//! Rows of plans: what named queries did when they were executed one by one.

use std::collections::BTreeMap;

use super::document::{Node, Plan};
use super::shared::{insert, problem, row, statistics};
use super::window::Window;
use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity, Unit};
use crate::stats::quantile::r7;

/// One row a plan of the later snapshot, and what should be known about them.
pub(super) fn rows(window: &Window) -> (Vec<Row>, Vec<Problem>) {
    let before: BTreeMap<_, _> = window.before.plans.iter().map(|p| (&p.name, p)).collect();
    let plans: BTreeMap<_, _> = window.after.plans.iter().map(|p| (&p.name, p)).collect();
    let mut problems = Vec::new();
    if !before.is_empty() {
        let message = "the earlier snapshot executed queries, which the counters have counted; \
                       give --explain to the later snapshot only";
        problems.push(problem(Severity::Notice, "explained-before", None, message));
    }
    let mut rows = Vec::new();
    for (name, plan) in plans {
        let row = row_of(plan);
        if row.figures.is_empty() {
            let message = "no execution was timed";
            problems.push(problem(Severity::Error, "no-data", Some(&row), message));
        }
        if before.get(name).is_some_and(|old| outline(&old.root) != outline(&plan.root)) {
            let message = format!("another plan after the load: {}", outline(&plan.root));
            problems.push(problem(Severity::Notice, "changed-plan", Some(&row), message));
        }
        rows.push(row);
    }
    (rows, problems)
}

fn row_of(plan: &Plan) -> Row {
    let mut row = row("plan", &plan.name, Unit::Ms, Evidence::Quantiles);
    let mut times = plan.execution_ms.clone();
    times.retain(|ms| ms.is_finite() && *ms > 0.0);
    times.sort_unstable_by(f64::total_cmp);
    let (Some(min), Some(max)) = (times.first(), times.last()) else { return row };
    let median = r7(&times, 0.5);
    row.n = times.len() as u64;
    let touched = plan.root.shared_hit.saturating_add(plan.root.shared_read);
    insert(&mut row, Metric::Median, Figure::positive(median, None));
    insert(&mut row, Metric::Buffers, Figure::positive(touched as f64, None));
    let per_row = read(&plan.root) / (plan.root.rows * plan.root.loops);
    insert(&mut row, Metric::RowsRead, Figure::positive(per_row, None));
    row.statistics = statistics([("median", median), ("min", *min), ("max", *max)]);
    row
}

/// Rows read from tables, in this node and below. A bitmap's index names no table, so that no row
/// counts twice.
fn read(node: &Node) -> f64 {
    let own = match node.relation {
        Some(_) => (node.rows + node.removed_rows) * node.loops,
        None => 0.0,
    };
    own + node.nodes.iter().map(read).sum::<f64>()
}

/// A plan in one line: `Hash Join(Seq Scan a, Index Scan b by b_pkey)`.
fn outline(node: &Node) -> String {
    let mut line = node.node.clone();
    for (word, name) in [("", &node.relation), ("by ", &node.index)] {
        if let Some(name) = name {
            line += &format!(" {word}{name}");
        }
    }
    if node.nodes.is_empty() {
        return line;
    }
    let below: Vec<String> = node.nodes.iter().map(outline).collect();
    format!("{line}({})", below.join(", "))
}
