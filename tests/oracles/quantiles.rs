use tailguard::stats::median_interval;
use tailguard::stats::quantile::r7;

use crate::{near, near_share};

/// Two textbook samples, by the definition of R-7 (Hyndman and Fan 1996).
#[test]
fn textbook_samples() {
    let ten = [1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0, 50.0, 100.0];
    for (q, expected) in [(0.5, 15.0), (0.9, 55.0), (0.95, 77.5), (0.99, 95.5)] {
        near(r7(&ten, q), expected, 1e-9);
    }
    let five = [15.0, 20.0, 35.0, 40.0, 50.0];
    for (q, expected) in [(0.05, 16.0), (0.3, 23.0), (0.4, 29.0), (0.95, 48.0)] {
        near(r7(&five, q), expected, 1e-9);
    }
}

/// Times of one criterion 0.8.2 benchmark (linear sampling, iteration counts 1 to 10, nanoseconds)
/// and what criterion printed for it: the median in `estimates.json`, the fences in `tukey.json`.
#[test]
fn criterions_own_median_and_fences() {
    let times = [
        5136312.0, 10243360.0, 15308106.0, 25509204.0, 31699940.0, 49071969.0, 42985427.0,
        51890261.0, 59297363.0, 67464282.0,
    ];
    let mut sample: Vec<f64> = times.iter().enumerate().map(|(i, t)| t / (i + 1) as f64).collect();
    sample.sort_by(f64::total_cmp);
    near(r7(&sample, 0.5), 6358644.5, 0.0);
    near_share(r7(&sample, 0.95), 7534156.515, 1e-9);
    let (q1, q3) = (r7(&sample, 0.25), r7(&sample, 0.75));
    let iqr = q3 - q1;
    near_share(q1 - 3.0 * iqr, 1860658.5669642827, 1e-12);
    near_share(q1 - 1.5 * iqr, 3624043.194196427, 1e-12);
    near_share(q3 + 1.5 * iqr, 8326402.200148812, 1e-12);
    near_share(q3 + 3.0 * iqr, 10089786.827380955, 1e-12);
}

/// Places and true levels of the interval, by the binomial distribution summed exactly.
#[test]
fn order_statistics_that_enclose_the_median() {
    let table = [
        (6, 1, 0.9688),
        (7, 1, 0.9844),
        (8, 1, 0.9922),
        (9, 2, 0.9609),
        (10, 2, 0.9785),
        (11, 2, 0.9883),
        (12, 3, 0.9614),
        (13, 3, 0.9775),
        (15, 4, 0.9648),
        (17, 5, 0.9510),
        (20, 6, 0.9586),
        (25, 8, 0.9567),
        (30, 10, 0.9572),
    ];
    for (n, k, level) in table {
        let sorted: Vec<f64> = (1..=n).map(f64::from).collect();
        let expected = Some((f64::from(k), f64::from(n + 1 - k)));
        assert_eq!(median_interval(&sorted, 0.95), expected, "{n} values");
        assert_eq!(median_interval(&sorted, level - 1e-4), expected, "{n} values at {level}");
        assert_ne!(median_interval(&sorted, level + 1e-4), expected, "{n} values over {level}");
    }
}
