//! The counters, asked for as whole rows: which columns there are depends on the version.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Error;
use super::fields::{number, some_text, text, whole};
use super::link::Link;
use crate::source::postgres::{
    Connections, Counters, Index, Resets, Server, Statement, Table, is_query, text as masked,
};

/// The oldest version that is understood.
const OLDEST: u32 = 130_000;

/// A comment that tells these queries from those of a load.
const OWN: &str = "/* name: tailguard */";

/// The name in that comment.
const OWN_NAME: &str = "tailguard";

/// Settings that explain the numbers.
const SETTINGS: [&str; 19] = [
    "autovacuum",
    "block_size",
    "effective_cache_size",
    "effective_io_concurrency",
    "fsync",
    "jit",
    "maintenance_work_mem",
    "max_connections",
    "max_parallel_workers_per_gather",
    "max_wal_size",
    "pg_stat_statements.max",
    "pg_stat_statements.track",
    "random_page_cost",
    "seq_page_cost",
    "shared_buffers",
    "superuser_reserved_connections",
    "synchronous_commit",
    "track_io_timing",
    "work_mem",
];

/// Who answers, and when.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) database: String,
    pub(super) taken_at: String,
}

/// A moment of the server as RFC 3339 in UTC.
fn moment(sql: &str) -> String {
    format!("to_char({sql} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
}

pub(super) async fn scene(link: &Link) -> Result<Scene, Error> {
    let sql = format!(
        "{OWN} select json_build_object('version', current_setting('server_version'), \
         'number', current_setting('server_version_num')::int, 'database', current_database(), \
         'taken_at', {}, 'started_at', {})",
        moment("clock_timestamp()"),
        moment("pg_postmaster_start_time()")
    );
    let row = one(link, &sql).await?;
    let version = text(&row, "version");
    let version_num = u32::try_from(whole(&row, &["number"])).unwrap_or_default();
    if version_num < OLDEST {
        return Err(Error::server(
            format!("the server is PostgreSQL {version}"),
            "snapshots are taken of PostgreSQL 13 and later",
        ));
    }
    let mut server = Server {
        // Distributions add theirs in brackets.
        version: version.split(' ').next().unwrap_or_default().to_owned(),
        version_num,
        system: None,
        started_at: text(&row, "started_at"),
    };
    let may = "has_function_privilege('pg_catalog.pg_control_system()', 'execute')";
    if one(link, &format!("{OWN} select to_json({may})")).await? == Value::Bool(true) {
        let sql =
            "select json_build_object('id', system_identifier::text) from pg_control_system()";
        server.system = some_text(&one(link, &format!("{OWN} {sql}")).await?, "id");
    }
    Ok(Scene { server, database: text(&row, "database"), taken_at: text(&row, "taken_at") })
}

pub(super) async fn database(link: &Link) -> Result<(Counters, Option<String>), Error> {
    let sql = "select to_json(d) from pg_stat_database d where datname = current_database()";
    let row = one(link, &format!("{OWN} {sql}")).await?;
    let counters = Counters {
        commits: whole(&row, &["xact_commit"]),
        rollbacks: whole(&row, &["xact_rollback"]),
        blocks_read: whole(&row, &["blks_read"]),
        blocks_hit: whole(&row, &["blks_hit"]),
        temp_files: whole(&row, &["temp_files"]),
        temp_bytes: whole(&row, &["temp_bytes"]),
        deadlocks: whole(&row, &["deadlocks"]),
        session_ms: number(&row, &["session_time"]),
        active_ms: number(&row, &["active_time"]),
    };
    Ok((counters, some_text(&row, "stats_reset")))
}

pub(super) async fn connections(link: &Link) -> Result<Connections, Error> {
    let sql = "select json_build_object('state', coalesce(state, 'unknown'), 'n', count(*)) \
               from pg_stat_activity where pid <> pg_backend_pid() and datid is not null \
               and coalesce(backend_type, 'client backend') = 'client backend' \
               group by coalesce(state, 'unknown')";
    let rows = link.json(&format!("{OWN} {sql}")).await?;
    let by_state = rows.iter().map(|row| (text(row, "state"), whole(row, &["n"]))).collect();
    let sql = "select to_json(current_setting('max_connections')::int)";
    let allowed = one(link, &format!("{OWN} {sql}")).await?.as_u64().unwrap_or_default();
    Ok(Connections { allowed, by_state })
}

pub(super) async fn settings(link: &Link) -> Result<BTreeMap<String, String>, Error> {
    let names = SETTINGS.map(|name| format!("'{name}'")).join(", ");
    let sql = format!(
        "{OWN} select json_build_object('name', name, 'value', current_setting(name)) \
         from pg_settings where name in ({names})"
    );
    let rows = link.json(&sql).await?;
    Ok(rows.iter().map(|row| (text(row, "name"), text(row, "value"))).collect())
}

/// The statements of this database, and when their counters were last reset.
pub(super) async fn statements(link: &Link) -> Result<(Vec<Statement>, Resets), Error> {
    let sql = "select to_json(quote_ident(nspname)) from pg_extension e \
               join pg_namespace n on n.oid = e.extnamespace \
               where extname = 'pg_stat_statements'";
    let Some(Value::String(schema)) = link.json(&format!("{OWN} {sql}")).await?.pop() else {
        return Err(Error::server(
            "the database has no pg_stat_statements",
            "run `create extension pg_stat_statements` in it, with the library in \
             shared_preload_libraries",
        ));
    };
    let sql = format!(
        "{OWN} select to_json(s) from {schema}.pg_stat_statements s \
         where dbid = (select oid from pg_database where datname = current_database())"
    );
    let rows = link.json(&sql).await?;
    if rows.iter().any(|row| text(row, "query") == "<insufficient privilege>") {
        return Err(Error::server(
            "the role may not see the queries of others",
            "grant pg_read_all_stats to the role, or pg_monitor",
        ));
    }
    let mut statements: Vec<Statement> = rows.iter().filter_map(statement).collect();
    statements.sort_by(|a, b| (&a.query, &a.name, a.queryid).cmp(&(&b.query, &b.name, b.queryid)));
    let info = format!(
        "to_regclass('{}.pg_stat_statements_info') is not null",
        schema.replace('\'', "''")
    );
    let mut resets = Resets::default();
    if one(link, &format!("{OWN} select to_json({info})")).await? == Value::Bool(true) {
        let sql = format!("select to_json(i) from {schema}.pg_stat_statements_info i");
        resets.statements = some_text(&one(link, &format!("{OWN} {sql}")).await?, "stats_reset");
    }
    Ok((statements, resets))
}

/// A statement that is a query of a load.
fn statement(row: &Value) -> Option<Statement> {
    let query = masked(&text(row, "query"));
    if !is_query(&query.masked) || query.name.as_deref() == Some(OWN_NAME) {
        return None;
    }
    let time = |name: &str| number(row, &[name]).unwrap_or_default();
    Some(Statement {
        name: query.name,
        query: query.masked,
        queryid: row.get("queryid").and_then(Value::as_i64).unwrap_or_default(),
        calls: whole(row, &["calls"]),
        rows: whole(row, &["rows"]),
        total_ms: time("total_exec_time"),
        min_ms: time("min_exec_time"),
        max_ms: time("max_exec_time"),
        mean_ms: time("mean_exec_time"),
        stddev_ms: time("stddev_exec_time"),
        shared_hit: whole(row, &["shared_blks_hit"]),
        shared_read: whole(row, &["shared_blks_read"]),
        temp_read: whole(row, &["temp_blks_read"]),
        temp_written: whole(row, &["temp_blks_written"]),
    })
}

pub(super) async fn tables(link: &Link) -> Result<Vec<Table>, Error> {
    let sql = "select to_json(t) from (select s.*, pg_table_size(relid) as size \
               from pg_stat_user_tables s) t";
    let rows = link.json(&format!("{OWN} {sql}")).await?;
    let mut tables: Vec<Table> = rows
        .iter()
        .map(|row| Table {
            schema: text(row, "schemaname"),
            table: text(row, "relname"),
            seq_scan: whole(row, &["seq_scan"]),
            seq_rows: whole(row, &["seq_tup_read"]),
            idx_scan: whole(row, &["idx_scan"]),
            idx_rows: whole(row, &["idx_tup_fetch"]),
            live_rows: whole(row, &["n_live_tup"]),
            size_bytes: number(row, &["size"]).map(|bytes| bytes as u64),
        })
        .collect();
    tables.sort_by(|a, b| (&a.schema, &a.table).cmp(&(&b.schema, &b.table)));
    Ok(tables)
}

pub(super) async fn indexes(link: &Link) -> Result<Vec<Index>, Error> {
    let sql = "select to_json(t) from (select s.*, i.indisunique, \
               pg_relation_size(s.indexrelid) as size from pg_stat_user_indexes s \
               join pg_index i on i.indexrelid = s.indexrelid) t";
    let rows = link.json(&format!("{OWN} {sql}")).await?;
    let mut indexes: Vec<Index> = rows
        .iter()
        .map(|row| Index {
            schema: text(row, "schemaname"),
            table: text(row, "relname"),
            index: text(row, "indexrelname"),
            unique: row.get("indisunique").and_then(Value::as_bool).unwrap_or_default(),
            scans: whole(row, &["idx_scan"]),
            size_bytes: number(row, &["size"]).map(|bytes| bytes as u64),
        })
        .collect();
    indexes.sort_by(|a, b| (&a.schema, &a.index).cmp(&(&b.schema, &b.index)));
    Ok(indexes)
}

/// The only row of an answer.
async fn one(link: &Link, sql: &str) -> Result<Value, Error> {
    Ok(link.json(sql).await?.pop().unwrap_or(Value::Null))
}
