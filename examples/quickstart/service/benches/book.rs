//! The book's own functions, without HTTP.

use std::time::Duration;

use clinic::Book;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn functions(criterion: &mut Criterion) {
    let book = Book::open();
    for (frequency, name) in [("frequent", "garcia"), ("unknown", "nobody")] {
        let id = BenchmarkId::new("patients", frequency);
        criterion.bench_with_input(id, &name, |bencher, name| bencher.iter(|| book.patients(name)));
    }
    for days in [7, 28] {
        let id = BenchmarkId::new("occupancy", days);
        criterion.bench_with_input(id, &days, |bencher, &days| {
            bencher.iter(|| book.occupancy(0, days));
        });
        let id = BenchmarkId::new("report", days);
        criterion.bench_with_input(id, &days, |bencher, &days| {
            bencher.iter(|| book.report(0, days));
        });
    }
    let id = BenchmarkId::new("tightest_gap", 15);
    criterion.bench_with_input(id, &15, |bencher, &minutes| {
        bencher.iter(|| book.tightest_gap(minutes));
    });
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .nresamples(2_000)
        .without_plots()
}

criterion_group! {
    name = book;
    config = short();
    targets = functions
}
criterion_main!(book);
