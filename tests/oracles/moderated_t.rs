use statrs::function::gamma::digamma;
use tailguard::stats::special::{tetragamma, trigamma, trigamma_inverse};
use tailguard::stats::student::{student_quantile, student_upper_tail};
use tailguard::stats::{Contrast, Prior, Variance, holm, moderate};

use crate::{near, near_share};

/// Arbitrary-precision arithmetic (mpmath), and closed forms such as pi squared over 6.
#[test]
fn gamma_functions() {
    let trigammas = [
        (0.1, 101.433_299_150_792_8),
        (0.5, 4.934802201),
        (1.0, 1.644934067),
        (2.0, 0.6449340668),
        (3.7, 0.310_037_857_670_038_3),
        (4.0, 0.2838229557),
        (10.0, 0.1051663357),
        (19.5, 0.052_619_441_213_655_93),
        (25.0, 0.040_810_663_257_225_58),
    ];
    for (x, expected) in trigammas {
        near_share(trigamma(x), expected, 5e-10);
    }
    near_share(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0, 1e-14);
    near_share(trigamma(25.0), 0.040_810_663_257_225_58, 1e-14);
    let tetragammas = [
        (0.1, -2_001.861_457_378_344),
        (0.5, -16.828_796_644_234_32),
        (1.0, -2.404_113_806_319_189),
        (2.0, -0.404_113_806_319_188_6),
        (10.0, -0.011_049_834_970_802_07),
        (25.0, -0.001_665_279_318_422_468),
    ];
    for (x, expected) in tetragammas {
        near_share(tetragamma(x), expected, 1e-13);
    }
    let inverses = [
        (0.1, 10.49168182),
        (0.25, 4.479394212),
        (0.5, 2.459952948),
        (1.0, 1.426255120),
        (1.644934067, 1.0),
        (4.934802201, 0.5),
    ];
    for (x, expected) in inverses {
        near_share(trigamma_inverse(x), expected, 1e-9);
    }
    let digammas =
        [(0.5, -1.963510026), (1.0, -0.5772156649), (2.0, 0.4227843351), (5.0, 1.506117668)];
    for (x, expected) in digammas {
        near(digamma(x), expected, 5e-10);
    }
}

/// Printed tables to ten digits, and mpmath's incomplete beta function inverted by bisection.
#[test]
fn student_quantiles() {
    let infinite = f64::INFINITY;
    let table = [
        (0.99, 4.0, 3.746947388),
        (0.99, 7.0, 2.997951567),
        (0.99, 14.0, 2.624494068),
        (0.99, 18.0, 2.552379630),
        (0.95, 4.0, 2.131846786),
        (0.95, 14.0, 1.761310136),
        (0.95, 18.0, 1.734063607),
        (0.80, 14.0, 0.8680547816),
        (0.80, 18.0, 0.8620486680),
        (0.99, 6.151384185, 3.116939424643),
        (0.99, 12.5, 2.6649620013481),
        (0.95, 3.3, 2.2686545667555),
        (0.8, 0.7, 1.7588267314035),
        (0.501, 7.0, 0.0025974636136622),
        (0.9996, 18.0, 4.0218172690184),
        (0.999999, 4.0, 41.577854150451),
        (0.9999999, 700.0, 5.2518473718602),
        (0.99, 1e5, 2.3263851653553),
        (0.99, infinite, 2.32634787404084),
    ];
    for (p, df, expected) in table {
        near_share(student_quantile(p, df), expected, 1e-9);
        // 1 - p is rounded, which the flat tail magnifies.
        near_share(student_quantile(1.0 - p, df), -expected, 1e-8);
    }
}

/// mpmath's regularised incomplete beta function.
#[test]
fn student_tails() {
    let table = [
        (1e-8, 5.0, 0.499999996203933),
        (0.001, 4.0, 0.499625000078125),
        (1.0, 0.5, 0.301121610841322),
        (3.0, 0.5, 0.183654077992972),
        (2.5, 6.151384185, 0.0227822958622986),
        (10.0, 4.0, 0.000281001811357996),
        (8.0, 30.0, 3.13291123785038e-9),
        (40.0, 14.0, 3.88439540011428e-16),
        (6.0, 499.0, 1.89759106256621e-9),
        (3.0, 501.0, 0.0014171097476324),
        (3.0, 1e5, 0.00135023044203236),
        (5.0, 1e6, 2.86699893544537e-7),
        (1.0, 1e7, 0.158655266029993),
    ];
    for (t, df, expected) in table {
        near_share(student_upper_tail(t, df), expected, 1e-11);
        near(student_upper_tail(-t, df), 1.0 - expected, 1e-13);
    }
}

/// bencher's limit for one new value after six (its `bencher_boundary` tests): the multiplier of
/// the standard deviation is that of a prediction interval.
#[test]
fn prediction_interval() {
    near(student_quantile(0.85, f64::INFINITY), 1.0364333894937896, 1e-12);
    let one_after_six = Contrast { estimate: 0.0, variance: 1.0, scale: 1.0 + 1.0 / 6.0, df: 5.0 };
    near(one_after_six.bound_upper(0.15), 1.2483714094976244, 1e-10);
}

/// One row of the worked example: runs of both sides, and what follows from them.
struct Row {
    base: [f64; 3],
    fresh: [f64; 3],
    /// est, S2, V, SE, p, p after Holm, then lower bound, upper bound and detectable change in %.
    expected: [f64; 9],
}

/// Five metrics, three runs a side, worked in an independent implementation.
const ROWS: [Row; 5] = [
    Row {
        base: [100.0, 102.0, 101.0],
        fresh: [110.0, 113.0, 111.0],
        expected: [
            0.097378,
            1.427522e-4,
            1.708459e-4,
            0.010672,
            4.21973e-5,
            1.6879e-4,
            6.621,
            13.956,
            4.385,
        ],
    },
    Row {
        base: [50.0, 51.0, 49.5],
        fresh: [50.2, 50.9, 49.9],
        expected: [
            0.003359,
            1.671456e-4,
            1.867079e-4,
            0.011157,
            0.386631,
            0.386631,
            -3.093,
            3.887,
            4.588,
        ],
    },
    Row {
        base: [20.0, 22.0, 19.0],
        fresh: [21.5, 20.5, 22.5],
        expected: [
            0.056926,
            3.850725e-3,
            2.581993e-3,
            0.041489,
            0.108985,
            0.217970,
            -6.983,
            20.472,
            18.155,
        ],
    },
    Row {
        base: [200.0, 203.0, 199.0],
        fresh: [205.0, 206.5, 202.0],
        expected: [
            0.018917,
            1.165648e-4,
            1.538173e-4,
            0.010126,
            0.0548877,
            0.164663,
            -1.257,
            5.178,
            4.156,
        ],
    },
    Row {
        base: [10.0, 10.1, 10.3],
        fresh: [12.4, 12.1, 12.3],
        expected: [
            0.191079,
            1.909463e-4,
            2.021846e-4,
            0.011610,
            1.27855e-6,
            6.39e-6,
            16.753,
            25.516,
            4.779,
        ],
    },
];

fn mean_ln(runs: &[f64]) -> f64 {
    runs.iter().map(|x| x.ln()).sum::<f64>() / runs.len() as f64
}

fn variance(row: &Row) -> Variance {
    let squares = |runs: &[f64]| {
        let mean = mean_ln(runs);
        runs.iter().map(|x| (x.ln() - mean).powi(2)).sum::<f64>()
    };
    Variance { s2: (squares(&row.base) + squares(&row.fresh)) / 4.0, nu: 4.0 }
}

#[test]
fn worked_example() {
    let variances: Vec<Variance> = ROWS.iter().map(variance).collect();
    let prior = Prior::estimate(&variances, f64::NAN);
    near_share(prior.d0, 2.151384185, 1e-8);
    near_share(prior.v0, 2.230795759e-4, 1e-8);
    let contrasts: Vec<Contrast> = ROWS
        .iter()
        .zip(&variances)
        .map(|(row, own)| {
            let (variance, df) = moderate(prior, *own);
            let estimate = mean_ln(&row.fresh) - mean_ln(&row.base);
            Contrast { estimate, variance, scale: 2.0 / 3.0, df }
        })
        .collect();
    let p: Vec<f64> = contrasts.iter().map(Contrast::p_greater).collect();
    let adjusted = holm(&p);
    let percent = |ln: f64| ln.exp_m1() * 100.0;
    for (i, row) in ROWS.iter().enumerate() {
        let (contrast, expected) = (&contrasts[i], row.expected);
        near(contrast.estimate, expected[0], 5.1e-7);
        near_share(variances[i].s2, expected[1], 5e-7);
        near_share(contrast.variance, expected[2], 5e-7);
        near(contrast.standard_error(), expected[3], 5.1e-7);
        near(contrast.df, 6.151384, 5.1e-7);
        near_share(p[i], expected[4], 5e-6);
        near_share(adjusted[i], expected[5], 5e-4);
        let (low, high) = contrast.interval(0.98);
        near(percent(low), expected[6], 5.1e-4);
        near(percent(high), expected[7], 5.1e-4);
        near(percent(contrast.detectable(0.01, 0.8)), expected[8], 5.1e-4);
        near(contrast.p_less(), 1.0 - p[i], 1e-12);
    }
    near(percent(contrasts[1].bound_upper(0.05)), 2.526, 5.1e-4);
    near(percent(contrasts[2].bound_upper(0.05)), 14.7, 0.051);
    near(percent(contrasts[3].bound_upper(0.05)), 3.926, 5.1e-4);
}

/// The table of detectable changes in `docs/performance/how-it-decides.md`, by mpmath: a standard
/// deviation of .03 between units, the first step of Holm at .02 over 1, 12 and 50 rows.
#[test]
fn documented_detectable_changes() {
    let table = [
        (1.0 + 1.0 / 5.0, 14.0, [0.108405654, 0.15548649, 0.183372127]),
        (1.0 + 1.0 / 10.0, 19.0, [0.101263861, 0.141817694, 0.164569497]),
        (2.0 / 5.0, 18.0, [0.0600947485, 0.0838224371, 0.0970939726]),
        (2.0 / 20.0, 48.0, [0.0284814265, 0.0380697925, 0.0429088155]),
    ];
    for (scale, df, expected) in table {
        let contrast = Contrast { estimate: 0.0, variance: 9e-4, scale, df };
        for (rows, expected) in [1.0, 12.0, 50.0].into_iter().zip(expected) {
            near_share(contrast.detectable(0.02 / rows, 0.8).exp_m1(), expected, 1e-8);
        }
    }
}
