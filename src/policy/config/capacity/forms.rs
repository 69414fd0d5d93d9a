//! What each kind of field takes, in words and by example.

use crate::policy::config::document::Form;

const fn form(expected: &'static str, example: &'static str) -> Form {
    Form { expected, example }
}

pub(in crate::policy::config) const CAPACITY_TABLE: Form = form("a table", "[capacity]");
pub(in crate::policy::config) const DATABASE_TABLE: Form = form("a table", "[database]");
pub(in crate::policy::config) const TRIGGER_TABLES: Form = form("a list of tables", "[[trigger]]");

pub(super) const TRAFFIC: Form = form("a table", "[capacity.traffic]");
pub(super) const REQUESTS: Form =
    form("requests by category", "{ read = { client = \"20/h\" }, write = { book = \"6/h\" } }");
pub(super) const ENDPOINTS: Form = form("requests by endpoint", "{ client = \"20/h\" }");
pub(super) const METRICS: Form = form("a table", "[capacity.metrics]");
pub(super) const LIMITS: Form = form("a list of tables", "[[capacity.limit]]");
pub(super) const SIZE: Form = form("a table", "[capacity.size]");
pub(super) const NOW: Form = form("a table", "[capacity.now]");
pub(super) const PHASES: Form = form("names by number", "{ 2 = \"a second instance\" }");
pub(super) const POOL: Form = form("a table", "[database.pool]");
pub(super) const BOUNCER: Form = form("a table", "[database.pgbouncer]");
pub(super) const ROLES: Form = form("a list of tables", "[[database.role]]");
pub(super) const TABLES: Form = form("a list of tables", "[[database.table]]");
pub(super) const MADE: Form =
    form("what is made", "{ per-user = \"8/day\", endpoint = \"book\", table = \"appointments\" }");
pub(super) const CALLS: Form = form("videocalls", "{ per-user = \"15min/day\", participants = 2 }");
pub(super) const ROW: Form =
    form("a row and its metric", "{ suite = \"api\", row = \"read\", metric = \"throughput\" }");
pub(super) const MIX: Form = form("rates by category", "{ read = \"200/s\", write = \"80/s\" }");
pub(super) const CLIENTS: Form = form("clients by size", "{ small = 400, large = 10000 }");

pub(super) const COUNT: Form = form("a whole number from 1 to 1000000000", "2");
pub(super) const COUNT_OR_NONE: Form = form("a whole number from 0 to 1000000000", "1");
pub(super) const NUMBER: Form = form("a number", "2.5");
pub(super) const SHARE: Form = form("a share from 0% to 100%", "\"30%\"");
pub(super) const HOURLY: Form = form("a rate of hours", "\"30/h\"");
pub(super) const DAILY: Form = form("a rate of days", "\"8/day\"");
pub(super) const MINUTES_DAILY: Form = form("a time a day in seconds or minutes", "\"15min/day\"");
pub(super) const HOURS: Form = form("a number of hours", "\"10h\"");
pub(super) const GROWTH: Form = form("a growth up to 1000% a month", "\"6%/month\"");
pub(super) const BYTES: Form = form("a size", "\"4GiB\"");
pub(super) const RATE: Form = form("a rate", "\"200/s\"");
pub(super) const LASTING: Form = form("a duration above zero", "\"15min\"");
pub(super) const DURATION: Form = form("a duration above zero", "\"250ms\"");
pub(super) const SERVER_TIMEOUT: Form =
    form("a duration of whole milliseconds, from 1ms", "\"500ms\"");
pub(super) const FACTOR: Form = form("a number from 1 to 1000", "3");
pub(super) const DATE: Form = form("a day", "2027-01-31");

pub(super) const FILE: Form = form("a file", "\"capacity/breakpoint.json\"");
pub(super) const FILES: Form =
    form("one file, or two around a load", "[\"before.prom\", \"after.prom\"]");
pub(super) const PATHS: Form = form("a path, or a list of paths", "[\"pgbench/*\"]");
pub(super) const METRIC_NAME: Form = form("the name of a metric", "\"http_requests_total\"");
pub(super) const LABEL_NAME: Form = form("the name of a label", "\"query\"");
pub(super) const NAME: Form = form("a name", "\"api\"");
pub(super) const WORDS: Form = form("a few words", "\"a second instance\"");
pub(super) const SUITE: Form = form("the name of a suite", "\"api\"");
pub(super) const PATTERN: Form = form("a name, or a glob", "\"appointment-*\"");
pub(super) const PATTERNS: Form = form("a list of names or globs", "[\"book\", \"commit\"]");
pub(super) const ROLE_NAME: Form = form("the name of a role, at most 63 bytes", "\"app\"");
pub(super) const WATCH: Form = form(
    "requests, queries, organisations, users, calls, cpu, database-cpu, memory, connections, storage, or a row",
    "\"requests\"",
);
pub(super) const REASON: Form = form("a reason in words", "\"a restore takes too long above it\"");
pub(super) const PROMQL: Form =
    form("an expression of Prometheus", "\"sum(rate(http_requests_total[5m]))\"");
