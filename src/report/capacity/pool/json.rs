//! `tailguard.pool/v1`.

use serde::Serialize;

use super::{PoolReport, RoleReport, TableReport, pool_figures, role_sql};
use crate::capacity::figure::Planned;
use crate::capacity::pool::{Answer, Bounced, Fault, Served, Size};
use crate::capacity::timeouts::{Justified, Room, Rule, Rung, Timeout, Verdict};
use crate::report::capacity::json::{FigureV1, KnownV1, SourceV1, source};

/// The schema word.
const SCHEMA: &str = "tailguard.pool/v1";

#[derive(Serialize)]
pub(super) struct PoolV1<'a> {
    schema: &'static str,
    pool: SizesV1<'a>,
    faults: Vec<FaultV1>,
    rate_per_s: KnownV1<'a>,
    hold_s: KnownV1<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bouncer: Option<BouncerV1>,
    roles: Vec<RoleV1<'a>>,
    tables: Vec<TableV1<'a>>,
    figures: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct SizesV1<'a> {
    by_cores: SizeV1,
    by_demand: ServedV1<'a>,
    by_p99_hold: ServedV1<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadlock_floor: Option<SizeV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configured: Option<SizeV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_late: Option<f64>,
    available: u32,
}

#[derive(Serialize)]
struct SizeV1 {
    instance: u32,
    all: u64,
}

#[derive(Serialize)]
struct ServedV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    busy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_measured: Option<&'a str>,
}

#[derive(Serialize)]
struct FaultV1 {
    kind: &'static str,
    connections: u64,
}

#[derive(Serialize)]
struct BouncerV1 {
    pool_size: u32,
    pairs: u64,
    connections: u64,
    files: u64,
    fits: u64,
}

#[derive(Serialize)]
struct RoleV1<'a> {
    name: &'a str,
    factor: f64,
    rules: Vec<RuleV1>,
    timeouts: Vec<TimeoutV1<'a>>,
    sql: Vec<String>,
}

#[derive(Serialize)]
struct RuleV1 {
    rule: &'static str,
    less_s: f64,
    than_s: f64,
    holds: bool,
}

#[derive(Serialize)]
struct TimeoutV1<'a> {
    timeout: &'static str,
    set_s: f64,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_measured: Option<&'a str>,
    rests_on: Vec<RoomV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceV1<'a>>,
}

#[derive(Serialize)]
struct RoomV1<'a> {
    name: &'a str,
    n: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99_s: Option<[Option<f64>; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p999_s: Option<[Option<f64>; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_measured: Option<&'a str>,
    cuts_p99: bool,
}

#[derive(Serialize)]
struct TableV1<'a> {
    table: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exempt: Option<&'a str>,
    measured: KnownV1<'a>,
}

impl<'a> PoolV1<'a> {
    pub(super) fn of(report: &'a PoolReport) -> Self {
        // The figures are made for this, so that nothing can borrow from them.
        let figure = |figure: &Planned| serde_json::to_value(FigureV1::from(figure)).ok();
        Self {
            schema: SCHEMA,
            pool: SizesV1::of(&report.answer),
            faults: report.answer.faults.iter().map(fault).collect(),
            rate_per_s: KnownV1::from(&report.rate),
            hold_s: KnownV1::from(&report.hold),
            bouncer: report.answer.bouncer.map(bouncer),
            roles: report.roles.iter().map(RoleV1::from).collect(),
            tables: report.tables.iter().map(TableV1::from).collect(),
            figures: pool_figures(report).iter().filter_map(figure).collect(),
        }
    }
}

impl<'a> SizesV1<'a> {
    fn of(answer: &'a Answer) -> Self {
        Self {
            by_cores: size(answer.by_cores),
            by_demand: ServedV1::from(&answer.by_demand),
            by_p99_hold: ServedV1::from(&answer.bound),
            deadlock_floor: answer.floor.as_ref().ok().copied().map(size),
            configured: answer.configured.map(|(configured, _)| size(configured)),
            configured_late: answer.configured.and_then(|(_, late)| late),
            available: answer.available,
        }
    }
}

fn size(size: Size) -> SizeV1 {
    SizeV1 { instance: size.one, all: size.all }
}

impl<'a> From<&'a Result<Served, String>> for ServedV1<'a> {
    fn from(served: &'a Result<Served, String>) -> Self {
        let known = served.as_ref().ok();
        Self {
            instance: known.map(|served| served.size.one),
            all: known.map(|served| served.size.all),
            busy: known.map(|served| served.load.busy()),
            late: known.map(|served| served.late),
            not_measured: served.as_ref().err().map(String::as_str),
        }
    }
}

fn fault(fault: &Fault) -> FaultV1 {
    let (kind, connections) = match *fault {
        Fault::OverAvailable { all } => ("over-available", all),
        Fault::UnderDemand { needed } => ("under-demand", u64::from(needed)),
        Fault::UnderFloor { floor } => ("under-deadlock-floor", u64::from(floor)),
        Fault::OverCores { all } => ("over-cores", all),
        Fault::BouncerOverAvailable { connections } => ("bouncer-over-available", connections),
        Fault::OverClients { all } => ("over-bouncer-clients", all),
    };
    FaultV1 { kind, connections }
}

fn bouncer(bounced: Bounced) -> BouncerV1 {
    BouncerV1 {
        pool_size: bounced.settings.pool_size,
        pairs: bounced.pairs,
        connections: bounced.connections,
        files: bounced.files,
        fits: bounced.fits,
    }
}

impl<'a> From<&'a RoleReport> for RoleV1<'a> {
    fn from(role: &'a RoleReport) -> Self {
        Self {
            name: &role.name,
            factor: role.factor,
            rules: role.ladder.iter().map(rule).collect(),
            timeouts: role.justified.iter().map(TimeoutV1::from).collect(),
            sql: role_sql(role),
        }
    }
}

fn rule(rung: &Rung) -> RuleV1 {
    let rule = match rung.rule {
        Rule::LockUnderStatement => "lock-under-statement",
        Rule::DatabaseUnderHttp => "database-under-http",
    };
    RuleV1 { rule, less_s: rung.less, than_s: rung.than, holds: rung.holds() }
}

impl<'a> From<&'a Justified> for TimeoutV1<'a> {
    fn from(justified: &'a Justified) -> Self {
        Self {
            timeout: match justified.timeout {
                Timeout::Lock => "lock",
                Timeout::Statement => "statement",
                Timeout::PoolWait => "pool-wait",
                Timeout::Http => "http",
            },
            set_s: justified.set,
            state: match justified.verdict() {
                Verdict::Enough => "enough",
                Verdict::Short => "short",
                Verdict::NotMeasured => "not-measured",
            },
            needed_s: justified.needed().map(|(needed, _)| needed),
            not_measured: justified.unmeasured.as_deref(),
            rests_on: justified.rests_on.iter().map(RoomV1::from).collect(),
            source: source(&justified.source),
        }
    }
}

impl<'a> From<&'a Room> for RoomV1<'a> {
    fn from(room: &'a Room) -> Self {
        let timed = &room.timed;
        Self {
            name: &timed.name,
            n: timed.n,
            p99_s: timed.p99.map(|between| [Some(between.over), between.up_to]),
            p999_s: timed.p999.map(|between| [Some(between.over), between.up_to]),
            needed_s: room.needed.as_ref().ok().copied(),
            not_measured: room.needed.as_ref().err().map(String::as_str),
            cuts_p99: room.cuts_p99,
        }
    }
}

impl<'a> From<&'a TableReport> for TableV1<'a> {
    fn from(table: &'a TableReport) -> Self {
        Self {
            table: &table.table,
            state: match (table.state, &table.exempt) {
                (Some(state), _) => state.name(),
                (None, Some(_)) => "exempt",
                (None, None) => "no-target",
            },
            target: table.target,
            exempt: table.exempt.as_deref(),
            measured: KnownV1::from(&table.measured),
        }
    }
}
