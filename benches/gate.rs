//! The decision alone, on runs in memory: pairing, weighing and judging a large suite.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tailguard::compare::{Test, compare};
use tailguard::measure::{Evidence, Figure, Metric, Provenance, Row, Run, Tool, Unit};
use tailguard::policy::config::{Config, Gate};
use tailguard::policy::{Procedure, judge, weighed};
use tailguard::source::Reading;
use tailguard::stats::mann_whitney;

/// Runs whose rows scatter by a fixed pattern of about 2 %.
fn side(rows: usize, runs: usize, offset: usize) -> Vec<Run> {
    let run = |run: usize| Run {
        id: format!("{offset}-{run}"),
        path: String::new(),
        tool: Tool::Criterion,
        format: "directory",
        tool_version: None,
        workload: None,
        provenance: Provenance { session: Some("one".to_owned()), ..Provenance::default() },
        rows: (0..rows).map(|row| one_row(row, run + offset)).collect(),
        problems: Vec::new(),
    };
    (0..runs).map(run).collect()
}

fn one_row(index: usize, run: usize) -> Row {
    let id = format!("group/function {index}");
    let mut row =
        Row::empty(id.clone(), [("group".to_owned(), id)].into(), Unit::Ns, Evidence::Batches);
    let wobble = ((index * 31 + run * 17) % 11) as f64 / 11.0 - 0.5;
    let value = 1000.0 * (0.04 * wobble).exp();
    for metric in [Metric::Median, Metric::Mean, Metric::Slope, Metric::P95] {
        row.figures.extend(Figure::positive(value, Some(0.005)).map(|figure| (metric, figure)));
    }
    row
}

fn decide(base: &[Run], fresh: &[Run], config: &Config) -> usize {
    let cases = weighed(config, "suite", compare(base, fresh, Test::ModeratedT));
    judge(cases, config.gate.alpha, Procedure::OneShot).0.len()
}

fn decision(criterion: &mut Criterion) {
    let config = Config::standalone("suite", Gate::default(), Reading::default());
    let mut group = criterion.benchmark_group("decide");
    for (rows, runs) in [(12, 5), (200, 5), (500, 10), (2000, 5)] {
        let (base, fresh) = (side(rows, runs, 0), side(rows, runs, runs));
        let id = BenchmarkId::from_parameter(format!("{rows} rows, {runs} v {runs}"));
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(id, |bencher| {
            bencher.iter(|| decide(black_box(&base), black_box(&fresh), &config));
        });
    }
    group.finish();
}

fn ranks(criterion: &mut Criterion) {
    let samples: BTreeMap<usize, (Vec<f64>, Vec<f64>)> = [5, 10, 30]
        .into_iter()
        .map(|n| {
            let values = |start: usize| (0..n).map(|i| ((i * 37 + start) % 101) as f64).collect();
            (n, (values(0), values(13)))
        })
        .collect();
    let mut group = criterion.benchmark_group("mann_whitney");
    for (n, (a, b)) in &samples {
        group.bench_function(BenchmarkId::from_parameter(n), |bencher| {
            bencher.iter(|| mann_whitney(black_box(a), black_box(b)));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).without_plots();
    targets = decision, ranks
}
criterion_main!(benches);
