//! What each kind of field takes, in words and by example.

use super::document::Form;

const fn form(expected: &'static str, example: &'static str) -> Form {
    Form { expected, example }
}

pub(super) const THRESHOLD: Form = form("a percentage from 0% to 1000%", "\"5%\"");
pub(super) const POINTS: Form = form("percentage points from 0pp to 100pp", "\"0.5pp\"");
pub(super) const FLOOR: Form = form("a duration or a size", "\"0.1ms\"");
pub(super) const GATE_FLOOR: Form = form("a duration", "\"0.1ms\"");
pub(super) const ALPHA: Form = form("a number above 0 and at most 0.2", "0.02");
pub(super) const TEST: Form = form("moderated-t or mann-whitney", "\"moderated-t\"");
pub(super) const BASELINES: Form = form("a directory", "\"baselines\"");
pub(super) const KEEP: Form = form("a whole number from 1 to 1000", "5");
pub(super) const LEVEL: Form = form("allow, warn or deny", "\"warn\"");

pub(super) const NAME: Form = form("a name of letters, digits, '-', '_' and '.'", "\"api\"");
pub(super) const SOURCE: Form = form("k6, criterion or postgres", "\"k6\"");
pub(super) const PATHS: Form = form("a path, or a list of paths", "\"results/*.json.gz\"");
pub(super) const GROUP_BY: Form = form("a list of tag names", "[\"category\"]");
pub(super) const COMMAND: Form = form("a shell command", "\"cargo bench\"");
pub(super) const TIMEOUT: Form = form("a duration from 1s to 1440min", "\"10min\"");
pub(super) const ENVIRONMENT: Form = form("a name for the machine", "\"ci-large\"");
pub(super) const WORKLOAD: Form = form("open or closed", "\"open\"");
pub(super) const CRITERION_BASELINE: Form =
    form("the name of one of criterion's baselines", "\"main\"");
pub(super) const UNIT: Form = form("ns, us, ms, s, bytes or count", "\"ns\"");
pub(super) const GATES: Form = form("a list of metrics", "[\"p95\", \"error_rate\"]");

pub(super) const SUITE: Form = form("the name of a suite", "\"api\"");
pub(super) const ROW: Form = form("a row's id, or a glob", "\"read*\"");
pub(super) const TAG: Form = form("tags and their values", "{ category = \"read\" }");
pub(super) const TAG_VALUE: Form = form("a tag's value, or a glob", "\"read\"");
pub(super) const METRIC: Form = form("a metric", "\"p95\"");
pub(super) const GATES_FLAG: Form = form("true or false", "true");
pub(super) const UP_TO: Form =
    form("a percentage, or percentage points for proportions", "\"20%\"");
pub(super) const REASON: Form = form("a reason in words", "\"new index pays for itself\"");
pub(super) const EXPIRES: Form = form("a day", "\"2027-01-31\"");
pub(super) const ISSUE: Form = form("an http or https address", "\"https://example.com/issues/7\"");
pub(super) const LATENCY_LIMIT: Form = form("a duration or a size", "\"250ms\"");
pub(super) const COUNT_LIMIT: Form = form("a number of rows or blocks", "\"100rows\"");
pub(super) const SHARE_LIMIT: Form = form("a share from 0% to 100%", "\"1%\"");
pub(super) const RATE_LIMIT: Form = form("a rate", "\"100/s\"");
pub(super) const TARGET_NAME: Form = form("a name", "\"reads answer at once\"");
pub(super) const AT: Form = form("a load above zero", "\"200/s\"");
pub(super) const AVAILABILITY: Form = form("a share from 95% to below 100%", "\"99.5%\"");
pub(super) const PROMQL: Form =
    form("a table of two expressions", "{ bad = \"…[$window]…\", total = \"…[$window]…\" }");
pub(super) const PROMQL_TEXT: Form =
    form("an expression with $window for the range", "\"sum(rate(http_requests_total[$window]))\"");

pub(super) const FILE: Form = form("a file of the repository", "\"load/steady.js\"");
pub(super) const ID: Form = form("letters, digits, '-', '_' and '.'", "\"default\"");
pub(super) const COMMENT: Form = form("always, on-change or on-fail", "\"always\"");
pub(super) const CHECK: Form = form("the name of a check run", "\"tailguard\"");
pub(super) const AUTHOR: Form = form("a login", "\"github-actions[bot]\"");
pub(super) const UNDECIDED: Form = form("failure or action-required", "\"failure\"");
pub(super) const ELSEWHERE: Form = form("true or false", "true");
pub(super) const ADVISORY: Form = form("true or false", "true");
pub(super) const MERGE_QUEUE: Form = form("measure or trust", "\"measure\"");
pub(super) const LABEL: Form = form("the name of a label", "\"perf-accepted\"");
pub(super) const ACCEPT_ROWS: Form = form("a list of SUITE/ROW, or globs over it", "[\"api/*\"]");

pub(super) const GATE_TABLE: Form = form("a table", "[gate]");
pub(super) const FLOOR_TABLE: Form = form("a table", "[gate.floor]");
pub(super) const LEVELS_TABLE: Form = form("levels by case", "{ inconclusive = \"deny\" }");
pub(super) const SUITE_TABLES: Form = form("a list of tables", "[[suite]]");
pub(super) const RULE_TABLES: Form = form("a list of tables", "[[rule]]");
pub(super) const SLO_TABLES: Form = form("a list of tables", "[[slo]]");
pub(super) const WAIVER_TABLES: Form = form("a list of tables", "[[waiver]]");
pub(super) const GITHUB_TABLE: Form = form("a table", "[github]");
pub(super) const ACCEPT_TABLES: Form = form("a list of tables", "[[accept]]");
