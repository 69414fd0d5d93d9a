//! One benchmark as a row: figures from its samples, or from what criterion printed.

use crate::measure::{Evidence, Figure, Metric, Problem, Row, Severity};
use crate::stats::quantile::r7;
use crate::stats::within_run::{
    SAMPLE_BATCHES, ln_mean_error, ln_quantile_error, ln_slope_error, mean_error,
};

use super::detail::detail;
use super::estimates::{Estimate, Estimates};
use super::sample::{Mode, Sample};

/// 1 / Q(0.75) of the normal distribution, as criterion rounds it.
const MAD_SCALE: f64 = 1.4826_f32 as f64;

/// What fills a row.
pub(super) enum Data {
    Sample(Sample),
    Estimates(Estimates),
    /// Neither file is there.
    Nothing,
    /// The file is there but broken: which, and how.
    Broken(String),
}

/// Fills an empty row, with sketch and windows if asked for. Times are in the row's unit.
pub(super) fn fill(row: Row, data: Data, with_detail: bool) -> (Row, Vec<Problem>) {
    match data {
        Data::Sample(sample) => from_sample(row, sample, with_detail),
        Data::Estimates(estimates) => from_estimates(row, &estimates),
        Data::Nothing => damaged(row, "partial", "has neither sample.json nor estimates.json"),
        Data::Broken(what) => damaged(row, "corrupt", &what),
    }
}

/// Per-iteration times of the samples that are numbers: iterations, totals, and their ratios `x`.
struct Usable {
    iters: Vec<f64>,
    times: Vec<f64>,
    x: Vec<f64>,
    dropped: usize,
}

/// A negative time, or samples without iterations, come only from a broken measurement.
fn usable(sample: Sample) -> Usable {
    let x: Vec<f64> = sample.iters.iter().zip(&sample.times).map(|(i, t)| t / i).collect();
    let stands = |i: f64, t: f64, x: f64| i > 0.0 && i.is_finite() && t >= 0.0 && x.is_finite();
    let all = sample.iters.iter().zip(&sample.times).zip(&x);
    if all.clone().all(|((i, t), x)| stands(*i, *t, *x)) {
        return Usable { iters: sample.iters, times: sample.times, x, dropped: 0 };
    }
    let mut kept = Usable { iters: Vec::new(), times: Vec::new(), x: Vec::new(), dropped: 0 };
    for ((i, t), x) in all {
        if stands(*i, *t, *x) {
            kept.iters.push(*i);
            kept.times.push(*t);
            kept.x.push(*x);
        } else {
            kept.dropped += 1;
        }
    }
    kept
}

fn from_sample(mut row: Row, sample: Sample, with_detail: bool) -> (Row, Vec<Problem>) {
    let mode = sample.mode;
    let Usable { iters, times, x, dropped } = usable(sample);
    let mut problems = Vec::new();
    if dropped > 0 {
        row.damaged = true;
        let all = dropped + x.len();
        let what = format!("{dropped} of {all} samples are not positive numbers and are left out");
        problems.push(problem(Severity::Error, "corrupt", &row, &what));
    }
    if x.is_empty() {
        problems.push(problem(Severity::Error, "no-data", &row, "has no samples"));
        return (row, problems);
    }
    let mut sorted = x.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let median = r7(&sorted, 0.5);
    let error_of = |q| ln_quantile_error(&x, &sorted, q, SAMPLE_BATCHES);

    row.n = x.len() as u64;
    let mut figures = vec![
        (Metric::Median, median, error_of(0.5)),
        (Metric::Mean, mean(&x), ln_mean_error(&x, SAMPLE_BATCHES)),
        (Metric::P95, r7(&sorted, 0.95), error_of(0.95)),
    ];
    if mode == Mode::Linear {
        let error = ln_slope_error(&iters, &times, SAMPLE_BATCHES);
        figures.push((Metric::Slope, slope(&iters, &times), error));
    }
    problems.extend(set_figures(&mut row, &figures));
    let more = [
        // The sample's standard deviation is its mean's standard error times the root of n.
        ("std_dev", mean_error(&x) * (x.len() as f64).sqrt()),
        ("median_abs_dev", median_abs_dev(&sorted, median)),
    ];
    set_statistics(&mut row, &more);
    row.detail = if with_detail { detail(&x) } else { None };
    (row, problems)
}

fn from_estimates(mut row: Row, estimates: &Estimates) -> (Row, Vec<Problem>) {
    let point = |estimate: &Option<Estimate>| {
        estimate.as_ref().and_then(|estimate| estimate.point_estimate).unwrap_or(f64::NAN)
    };
    row.evidence = Evidence::Quantiles;
    let mut figures = vec![
        (Metric::Median, point(&estimates.median), None),
        (Metric::Mean, point(&estimates.mean), None),
    ];
    if estimates.slope.is_some() {
        figures.push((Metric::Slope, point(&estimates.slope), None));
    }
    let what = "has no sample.json; its figures come from estimates.json, without an error";
    let mut problems = vec![problem(Severity::Warning, "partial", &row, what)];
    problems.extend(set_figures(&mut row, &figures));
    let more = [
        ("std_dev", point(&estimates.std_dev)),
        ("median_abs_dev", point(&estimates.median_abs_dev)),
    ];
    set_statistics(&mut row, &more);
    (row, problems)
}

/// Enters value and error of each figure, and the value as read; says which have no logarithm.
fn set_figures(row: &mut Row, figures: &[(Metric, f64, Option<f64>)]) -> Option<Problem> {
    let mut excluded = Vec::new();
    for (metric, value, error) in figures {
        set_statistics(row, &[(metric.name(), *value)]);
        match Figure::positive(*value, *error) {
            Some(figure) => drop(row.figures.insert(*metric, figure)),
            None => excluded.push(metric.name()),
        }
    }
    if row.figures.is_empty() {
        let what = "has no positive time in its samples";
        return Some(problem(Severity::Error, "no-data", row, what));
    }
    (!excluded.is_empty()).then(|| {
        let what = format!("{} is not a positive number and is left out", excluded.join(", "));
        problem(Severity::Warning, "no-data", row, &what)
    })
}

fn set_statistics(row: &mut Row, statistics: &[(&str, f64)]) {
    let finite = statistics.iter().filter(|(_, value)| value.is_finite());
    row.statistics.extend(finite.map(|(name, value)| ((*name).to_owned(), *value)));
}

fn damaged(mut row: Row, code: &'static str, what: &str) -> (Row, Vec<Problem>) {
    row.damaged = true;
    let problem = problem(Severity::Error, code, &row, what);
    (row, vec![problem])
}

fn problem(severity: Severity, code: &'static str, row: &Row, what: &str) -> Problem {
    Problem { severity, code, row: Some(row.id.clone()), message: what.to_owned() }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Least-squares slope of `times` over `iters` through the origin.
fn slope(iters: &[f64], times: &[f64]) -> f64 {
    let products: f64 = iters.iter().zip(times).map(|(i, t)| i * t).sum();
    products / iters.iter().map(|i| i * i).sum::<f64>()
}

fn median_abs_dev(sorted: &[f64], median: f64) -> f64 {
    let mut deviations: Vec<f64> = sorted.iter().map(|x| (x - median).abs()).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    r7(&deviations, 0.5) * MAD_SCALE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::measure::{Tags, Unit};

    use super::*;

    fn filled(mode: Mode, iters: &[f64], times: &[f64]) -> (Row, Vec<Problem>) {
        let row = Row::empty("id".to_owned(), Tags::new(), Unit::Ns, Evidence::Batches);
        let sample = Sample { mode, iters: iters.to_vec(), times: times.to_vec() };
        fill(row, Data::Sample(sample), false)
    }

    fn codes(problems: &[Problem]) -> Vec<(&str, Severity)> {
        problems.iter().map(|problem| (problem.code, problem.severity)).collect()
    }

    /// criterion 0.8.2's own numbers for one real benchmark of ten samples.
    #[test]
    fn figures_are_what_criterion_printed() {
        let iters: Vec<f64> = (1..=10).map(f64::from).collect();
        let times = [
            5136312.0, 10243360.0, 15308106.0, 25509204.0, 31699940.0, 49071969.0, 42985427.0,
            51890261.0, 59297363.0, 67464282.0,
        ];
        let (row, problems) = filled(Mode::Linear, &iters, &times);
        assert_eq!(problems, []);
        assert_eq!(row.n, 10);
        for (name, expected) in [
            ("mean", 6221872.649960318),
            ("median", 6358644.5),
            ("slope", 6625596.997402597),
            ("std_dev", 942495.1767331982),
            ("median_abs_dev", 457927.0132635039),
            ("p95", 7534156.515),
        ] {
            let value = row.statistics[name];
            assert!((value / expected - 1.0).abs() < 1e-9, "{name}: {value}");
        }
        // Ten samples do not make twenty batches.
        let errors = row.figures.values().map(|figure| match figure {
            Figure::Log { s, .. } => *s,
            Figure::Share { .. } => Some(0.0),
        });
        assert_eq!(errors.collect::<Vec<_>>(), [None; 4]);
    }

    #[test]
    fn a_flat_sample_has_no_slope_and_equal_times_have_no_error() {
        let (row, problems) = filled(Mode::Flat, &[4.0; 40], &[12.0; 40]);
        assert_eq!(problems, []);
        let expected = Figure::positive(3.0, Some(0.0)).unwrap();
        let metrics = [Metric::Median, Metric::Mean, Metric::P95];
        assert_eq!(row.figures, metrics.map(|metric| (metric, expected)).into());
    }

    #[test]
    fn garbage_is_left_out_and_said() {
        let (row, problems) = filled(Mode::Linear, &[1.0; 3], &[0.0; 3]);
        assert_eq!(codes(&problems), [("no-data", Severity::Error)]);
        assert!(row.figures.is_empty());

        let (row, problems) = filled(Mode::Linear, &[1.0; 3], &[0.0, 0.0, 5.0]);
        assert_eq!(codes(&problems), [("no-data", Severity::Warning)]);
        assert!(!row.figures.contains_key(&Metric::Median));
        assert!(row.figures.contains_key(&Metric::Mean));

        let (row, problems) =
            filled(Mode::Linear, &[1.0, 1.0, 0.0, 1.0, f64::NAN], &[5.0, -1.0, 1.0, f64::NAN, 1.0]);
        assert_eq!(codes(&problems), [("corrupt", Severity::Error)]);
        assert!(row.damaged);
        assert_eq!((row.n, row.statistics["mean"]), (1, 5.0));

        let (row, problems) = filled(Mode::Linear, &[], &[]);
        assert_eq!(codes(&problems), [("no-data", Severity::Error)]);
        assert!(row.figures.is_empty());

        let (row, _) = filled(Mode::Linear, &[1.0, 1.0], &[f64::MAX, f64::MAX]);
        assert!(row.figures.values().all(|figure| figure.value().is_finite()));
    }

    fn any_number() -> impl Strategy<Value = f64> {
        prop_oneof![any::<f64>(), Just(0.0), Just(1.0), Just(f64::MAX), 1.0..1e9_f64]
    }

    proptest! {
        #[test]
        fn any_sample_gives_finite_figures(
            pairs in prop::collection::vec((any_number(), any_number()), 0..70),
            mode in prop_oneof![Just(Mode::Linear), Just(Mode::Flat), Just(Mode::Other)],
        ) {
            let (iters, times) = pairs.into_iter().unzip();
            let row = Row::empty("id".to_owned(), Tags::new(), Unit::Ns, Evidence::Batches);
            let (row, problems) = fill(row, Data::Sample(Sample { mode, iters, times }), true);
            prop_assert!(row.statistics.values().all(|value| value.is_finite()));
            for figure in row.figures.values() {
                let Figure::Log { y, s } = figure else { panic!("{figure:?}") };
                prop_assert!(y.is_finite() && s.is_none_or(|s| s.is_finite() && s >= 0.0));
            }
            prop_assert_eq!(row.detail.is_some(), row.n > 0);
            prop_assert!(!row.figures.is_empty() || !problems.is_empty());
        }
    }
}
