//! The k6 readers on points in memory: bytes a second, without disk and decompression.
//!
//! Compare files of a gigabyte with `benches/stream.sh`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tailguard::source::Reading;
use tailguard::source::k6::{self, Shape};

const REQUESTS: u32 = 2_000;

/// The points of one request, of which rows need the second, the ninth, the tenth and the last.
const METRICS: [&str; 16] = [
    "http_reqs",
    "http_req_duration",
    "http_req_blocked",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "http_req_sending",
    "http_req_waiting",
    "http_req_receiving",
    "http_req_failed",
    "checks",
    "own_rows",
    "own_bytes",
    "data_sent",
    "data_received",
    "iteration_duration",
    "iterations",
];

fn readers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("k6");
    let reading = Reading { group_by: Some(vec!["category".to_owned()]), ..Reading::default() };
    for (name, shape, text) in [
        ("ndjson", Shape::Ndjson, ndjson(Order::MetricFirst)),
        ("ndjson of k6 0.3x", Shape::Ndjson, ndjson(Order::TypeFirst)),
        ("csv", Shape::Csv, csv()),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                k6::read(Path::new(name), shape, &mut black_box(text.as_bytes()), &reading)
            });
        });
    }
    group.finish();
}

#[derive(Clone, Copy)]
enum Order {
    MetricFirst,
    TypeFirst,
}

fn ndjson(order: Order) -> String {
    let mut text = String::new();
    for i in 0..REQUESTS {
        let (category, millisecond, value) = request(i);
        let data = |value: f64| {
            format!(
                "\"data\":{{\"time\":\"2026-11-23T06:41:{:02}.{millisecond:03}799894Z\",\"value\":\
                 {value},\"tags\":{{\"category\":\"{category}\",\"expected_response\":\"true\",\
                 \"group\":\"\",\"method\":\"GET\",\"name\":\"http://svc/{category}\",\"proto\":\
                 \"HTTP/1.1\",\"scenario\":\"{category}\",\"status\":\"200\",\"url\":\
                 \"http://svc/{category}\"}}}}",
                i / 1000
            )
        };
        for metric in METRICS {
            let data = data(if metric == "http_req_duration" { value } else { 1.0 });
            let line = match order {
                Order::MetricFirst => format!("\"metric\":\"{metric}\",\"type\":\"Point\",{data}"),
                Order::TypeFirst => format!("\"type\":\"Point\",{data},\"metric\":\"{metric}\""),
            };
            text += &format!("{{{line}}}\n");
        }
    }
    text
}

fn csv() -> String {
    let mut text = "metric_name,timestamp,metric_value,expected_response,group,method,name,proto,\
                    scenario,status,url,extra_tags,metadata\n"
        .to_owned();
    for i in 0..REQUESTS {
        let (category, _, value) = request(i);
        for metric in METRICS {
            let value = if metric == "http_req_duration" { value } else { 1.0 };
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{metric},{},{value:.6},true,,GET,http://svc/{category},HTTP/1.1,{category},200,\
                 http://svc/{category},category={category},",
                1_795_416_085 + i / 1000
            );
        }
    }
    text
}

/// Category, millisecond of the second, and latency of a request.
fn request(i: u32) -> (&'static str, u32, f64) {
    let category = ["read", "write", "complex"][(i * 7919 % 3001 % 3) as usize];
    (category, i % 1000, 5.0 + f64::from(i * 7919 % 3001) / 512.0)
}

criterion_group!(benches, readers);
criterion_main!(benches);
