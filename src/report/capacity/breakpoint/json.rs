//! A breaking point as `tailguard.breakpoint/v1`: structs of their own, so that the model can move.

use std::io::{self, Write};

use serde::Serialize;

use crate::capacity::Estimate;
use crate::capacity::breakpoint::{Absence, Bottleneck, Breakpoint, Kind, Limit, QueryTime, Span};
use crate::capacity::windows::Second;
use crate::measure::Problem;

use super::{BreakpointReport, PartTarget, RampSource, words};

/// The schema word.
const SCHEMA: &str = "tailguard.breakpoint/v1";

pub(super) fn write(report: &BreakpointReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &FileV1::of(report))?;
    writeln!(out)
}

#[derive(Serialize)]
struct FileV1<'a> {
    schema: &'static str,
    generator_limited: bool,
    limits: Vec<LimitV1<'a>>,
    absent: Vec<AbsentV1>,
    targets: TargetsV1<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<OnlyV1<'a>>,
    ramp: RampV1,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests_per_iteration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low_load: Option<LowLoadV1>,
    generator: GeneratorV1,
    #[serde(skip_serializing_if = "Option::is_none")]
    knee: Option<KneeV1>,
    bottleneck: BottleneckV1<'a>,
    seconds: Vec<SecondV1>,
    remarks: Vec<String>,
    problems: &'a [Problem],
    sources: Vec<SourceV1<'a>>,
}

#[derive(Serialize)]
struct LimitV1<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<OnlyV1<'a>>,
    at_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_per_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    between_per_s: Option<[f64; 2]>,
    achieved_per_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_per_s: Option<[f64; 2]>,
    at_least: bool,
}

#[derive(Serialize)]
struct AbsentV1 {
    kind: &'static str,
    why: &'static str,
}

#[derive(Serialize)]
struct TargetsV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    p95_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartV1<'a>>,
}

#[derive(Serialize)]
struct PartV1<'a> {
    tag: &'a str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    p95_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<f64>,
}

#[derive(Serialize)]
struct OnlyV1<'a> {
    tag: &'a str,
    value: &'a str,
}

/// The ramp, and the heaviest load of it.
#[derive(Serialize)]
struct RampV1 {
    from_seconds: f64,
    to_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_per_s: Option<f64>,
    achieved_per_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_per_s: Option<[f64; 2]>,
}

#[derive(Serialize)]
struct LowLoadV1 {
    latency_ms: f64,
    held_ms: f64,
}

#[derive(Serialize)]
struct GeneratorV1 {
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<u64>,
    full_seconds: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_per_s: Option<f64>,
    cpu_saturated: bool,
}

#[derive(Serialize)]
struct KneeV1 {
    offered_per_s: f64,
    achieved_per_s: f64,
}

#[derive(Serialize)]
struct BottleneckV1<'a> {
    state: &'static str,
    resources: Vec<&'static str>,
    evidence: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<SpanV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<SpanV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queries: Vec<QueryV1<'a>>,
}

#[derive(Serialize)]
struct SpanV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cores: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_cores: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_busy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database_busy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generator_busy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all_busy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool_size: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool_in_use: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool_waiting: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool_wait_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database_active: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock_waits: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queries: Vec<QueryV1<'a>>,
}

#[derive(Serialize)]
struct QueryV1<'a> {
    name: &'a str,
    busy: f64,
}

#[derive(Serialize)]
struct SecondV1 {
    at_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_per_s: Option<f64>,
    achieved_per_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p50_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p95_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vus: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vus_max: Option<u64>,
}

#[derive(Serialize)]
struct SourceV1<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
}

impl<'a> FileV1<'a> {
    fn of(report: &'a BreakpointReport) -> Self {
        let found = &report.breakpoint;
        let looked = || found.looked.iter();
        Self {
            schema: SCHEMA,
            generator_limited: found.generator.is_limited,
            limits: looked()
                .filter_map(|looked| Some(limit(report, looked.kind, looked.found.as_ref().ok()?)))
                .collect(),
            absent: looked()
                .filter_map(|looked| {
                    Some(AbsentV1 { kind: looked.kind.name(), why: why(looked.found.err()?) })
                })
                .collect(),
            targets: TargetsV1 {
                p95_ms: report.p95_ms,
                errors: report.errors,
                parts: report.parts.iter().map(part).collect(),
            },
            only: report.only.as_ref().map(|(tag, value)| OnlyV1 { tag, value }),
            ramp: ramp(found),
            requests_per_iteration: found.requests_per_iteration,
            low_load: found
                .low
                .map(|low| LowLoadV1 { latency_ms: low.latency_ms, held_ms: low.held_ms }),
            generator: GeneratorV1 {
                dropped: found.generator.dropped,
                full_seconds: found.generator.full_seconds,
                users: found.generator.most_users,
                bound_per_s: found.generator.bound_per_s,
                cpu_saturated: found.generator.is_saturated,
            },
            knee: found.knee.map(|knee| KneeV1 {
                offered_per_s: knee.offered_per_s,
                achieved_per_s: knee.achieved_per_s,
            }),
            bottleneck: bottleneck(found),
            seconds: found.seconds.iter().map(second).collect(),
            remarks: found
                .remarks
                .iter()
                .map(words::in_words)
                .chain(report.set_aside.iter().cloned())
                .collect(),
            problems: &report.problems,
            sources: report.sources.iter().map(source).collect(),
        }
    }
}

fn part(part: &PartTarget) -> PartV1<'_> {
    let (tag, value) = &part.of;
    PartV1 { tag, value, p95_ms: part.p95_ms, errors: part.errors }
}

fn limit<'a>(report: &'a BreakpointReport, kind: Kind, limit: &Limit) -> LimitV1<'a> {
    let of = limit.part.and_then(|place| report.parts.get(place));
    LimitV1 {
        kind: kind.name(),
        of: of.map(|part| OnlyV1 { tag: &part.of.0, value: &part.of.1 }),
        at_seconds: limit.at_s,
        offered_per_s: limit.offered_per_s,
        between_per_s: limit.between_per_s.map(ends),
        achieved_per_s: limit.achieved.value,
        interval_per_s: interval(&limit.achieved),
        at_least: limit.at_least,
    }
}

fn why(absence: Absence) -> &'static str {
    match absence {
        Absence::NotReached => "not-reached",
        Absence::Unconfirmed(_) => "unconfirmed",
        Absence::NoTarget => "no-target",
        Absence::NotKnown => "not-known",
        Absence::TooFewRequests => "too-few-requests",
    }
}

fn ramp(found: &Breakpoint) -> RampV1 {
    RampV1 {
        from_seconds: found.ramp_seconds().first().map_or(0.0, |second| second.at_s),
        to_seconds: found.end.at_s,
        offered_per_s: found.end.offered_per_s,
        achieved_per_s: found.end.achieved.value,
        interval_per_s: interval(&found.end.achieved),
    }
}

fn bottleneck(found: &Breakpoint) -> BottleneckV1<'_> {
    let (state, resources) = match &found.bottleneck {
        Bottleneck::NotCaptured => ("not-captured", Vec::new()),
        Bottleneck::OtherTime => ("other-time", Vec::new()),
        Bottleneck::NothingFull => ("nothing-full", Vec::new()),
        Bottleneck::Full(full) => ("full", full.iter().map(|resource| resource.name()).collect()),
    };
    let evidence = found.evidence.as_ref();
    BottleneckV1 {
        state,
        resources,
        evidence: words::evidence(found),
        low: evidence.map(|evidence| span(&evidence.low)),
        high: evidence.map(|evidence| span(&evidence.high)),
        queries: found.queries.iter().map(query).collect(),
    }
}

fn span(span: &Span) -> SpanV1<'_> {
    SpanV1 {
        cores: span.cores,
        service_cores: span.service_cores,
        service_busy: span.service_busy,
        database_busy: span.database_busy,
        generator_busy: span.generator_busy,
        all_busy: span.all_busy,
        pool_size: span.pool_size,
        pool_in_use: span.pool_in_use,
        pool_waiting: span.pool_waiting,
        pool_wait_ms: span.pool_wait_ms,
        database_active: span.database_active,
        lock_waits: span.lock_waits,
        queries: span.queries.iter().map(query).collect(),
    }
}

fn query(query: &QueryTime) -> QueryV1<'_> {
    QueryV1 { name: &query.name, busy: query.busy }
}

fn second(second: &Second) -> SecondV1 {
    let window = &second.window;
    SecondV1 {
        at_seconds: second.at_s,
        offered_per_s: second.offered_per_s,
        achieved_per_s: second.achieved_per_s(),
        dropped: second.dropped(),
        failed: window.failed,
        p50_ms: window.latency.map(|latency| latency.p50),
        p95_ms: window.latency.map(|latency| latency.p95),
        p99_ms: window.latency.map(|latency| latency.p99),
        vus: window.users.map(|users| users.active),
        vus_max: window.users.map(|users| users.most),
    }
}

fn source(source: &RampSource) -> SourceV1<'_> {
    let provenance = &source.provenance;
    SourceV1 {
        path: &source.path,
        commit: provenance.commit.as_deref(),
        machine: provenance.machine.as_ref().map(|machine| machine.key().to_string()),
        time: provenance.time.as_deref(),
    }
}

fn interval(estimate: &Estimate) -> Option<[f64; 2]> {
    estimate.interval.map(ends)
}

fn ends((low, high): (f64, f64)) -> [f64; 2] {
    [low, high]
}
