//! Named queries, executed under `EXPLAIN`. Conditions have literals, so that of a plan only names,
//! counts and times are kept.

use serde_json::Value;

use super::fields::{number, some_text, text, whole};
use super::link::Link;
use super::{Error, NamedQuery};
use crate::source::postgres::{Node, Plan, text as masked};

/// How often a query is executed. The first execution may find nothing in memory; the median of
/// five does not mind.
const EXECUTIONS: usize = 5;

/// Nodes deeper than this are no plan.
const DEEPEST: usize = 100;

/// Executes a query inside the transaction.
pub(super) async fn explain(link: &Link, query: &NamedQuery) -> Result<Plan, Error> {
    let sql = format!("explain (analyze, buffers, format json) {}", query.sql);
    let failed = |error: Error| match error {
        Error::Server { message, hint } => {
            Error::server(format!("cannot explain {:?}: {message}", query.name), hint)
        }
        other => other,
    };
    let mut execution_ms = Vec::new();
    let mut root = Value::Null;
    for _ in 0..EXECUTIONS {
        let answer = link.json(&sql).await.map_err(failed)?.pop().unwrap_or(Value::Null);
        let plan = answer.get(0).unwrap_or(&Value::Null);
        let (Some(ms), Some(node)) = (number(plan, &["Execution Time"]), plan.get("Plan")) else {
            return Err(failed(Error::server(
                "the server gave no plan",
                "explain a single query that reads",
            )));
        };
        execution_ms.push(ms);
        root = node.clone();
    }
    let query_text = masked(&query.sql).masked;
    Ok(Plan { name: query.name.clone(), query: query_text, execution_ms, root: node(&root, 0) })
}

fn node(plan: &Value, depth: usize) -> Node {
    let below = plan.get("Plans").and_then(Value::as_array).filter(|_| depth < DEEPEST);
    let measured = |name: &str| number(plan, &[name]).unwrap_or_default();
    let removed =
        ["Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter"];
    let own = &removed[..if plan.get("Relation Name").is_some() { 2 } else { 3 }];
    Node {
        node: text(plan, "Node Type"),
        relation: some_text(plan, "Relation Name"),
        index: some_text(plan, "Index Name"),
        planned_rows: measured("Plan Rows"),
        rows: measured("Actual Rows"),
        removed_rows: own.iter().map(|name| measured(name)).sum(),
        loops: measured("Actual Loops"),
        total_ms: measured("Actual Total Time"),
        shared_hit: whole(plan, &["Shared Hit Blocks"]),
        shared_read: whole(plan, &["Shared Read Blocks"]),
        temp_written: whole(plan, &["Temp Written Blocks"]),
        nodes: below.into_iter().flatten().map(|plan| node(plan, depth + 1)).collect(),
    }
}
