//! What the service counts and times, as Prometheus text.

mod process;

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use crate::endpoint::Endpoint;

/// Upper bounds in seconds, from a point query to a request that is given up.
const SECONDS: [f64; 16] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];

/// Every metric of one service.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Open connections.
    pub pool_connections: IntGauge,
    /// Connections that a request holds.
    pub pool_in_use: IntGauge,
    /// Requests that wait for a connection: the queue.
    pub pool_waiting: IntGauge,
    pool_wait: Histogram,
    query: HistogramVec,
    hold: Histogram,
    requests: IntCounterVec,
    seconds: HistogramVec,
    /// Videocall rooms that exist.
    pub rooms: IntGauge,
    /// Participants in all rooms.
    pub participants: IntGauge,
    cpu: prometheus::Gauge,
    memory: IntGauge,
}

impl Metrics {
    /// Metrics at zero.
    ///
    /// # Errors
    ///
    /// Where two metrics have one name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name, help| keep(&registry, IntGauge::new(name, help)?);
        let histogram = |name: &str, help: &str| {
            let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
            keep(&registry, Histogram::with_opts(options)?)
        };
        let histograms = |name: &str, help: &str, labels: &[&str]| {
            let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
            keep(&registry, HistogramVec::new(options, labels)?)
        };
        let requests = Opts::new("clinic_http_requests_total", "Requests answered.");
        let requests = IntCounterVec::new(requests, &["category", "endpoint", "status"])?;
        let cpu = prometheus::Gauge::new(
            "process_cpu_seconds_total",
            "CPU time of this process, user and system.",
        )?;
        Ok(Self {
            pool_connections: gauge("clinic_pool_connections", "Open database connections.")?,
            pool_in_use: gauge("clinic_pool_in_use", "Connections held by requests.")?,
            pool_waiting: gauge("clinic_pool_waiting", "Requests waiting for a connection.")?,
            pool_wait: histogram("clinic_pool_wait_seconds", "Wait for a connection.")?,
            query: histograms("clinic_query_seconds", "Time of a query.", &["query"])?,
            hold: histogram("clinic_query_hold_seconds", "Time a connection was held.")?,
            requests: keep(&registry, requests)?,
            seconds: histograms(
                "clinic_http_seconds",
                "Time from a request's headers to its answer's.",
                &["category", "endpoint"],
            )?,
            rooms: gauge("clinic_rooms", "Videocall rooms.")?,
            participants: gauge("clinic_room_participants", "Participants in all rooms.")?,
            cpu: keep(&registry, cpu)?,
            memory: gauge("process_resident_memory_bytes", "Resident memory.")?,
            registry,
        })
    }

    /// A connection was waited for that long.
    pub fn waited(&self, time: Duration) {
        self.pool_wait.observe(time.as_secs_f64());
    }

    /// A connection was held that long.
    pub fn held(&self, time: Duration) {
        self.hold.observe(time.as_secs_f64());
    }

    /// A query took that long. `query` is one of a fixed set of names.
    pub fn queried(&self, query: &'static str, time: Duration) {
        self.query.with_label_values(&[query]).observe(time.as_secs_f64());
    }

    /// A request was answered.
    pub fn answered(&self, endpoint: Endpoint, status: u16, time: Duration) {
        let (category, name) = (endpoint.category.name(), endpoint.name);
        self.requests.with_label_values(&[category, name, &status.to_string()]).inc();
        self.seconds.with_label_values(&[category, name]).observe(time.as_secs_f64());
    }

    /// All of it in Prometheus' text format.
    ///
    /// # Errors
    ///
    /// Where a metric cannot be written.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        self.cpu.set(process::cpu_seconds());
        self.memory.set(process::resident_bytes());
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn keep<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
