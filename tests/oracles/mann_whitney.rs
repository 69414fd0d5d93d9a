use tailguard::stats::{MannWhitney, least_p, mann_whitney};

use crate::{near, near_share};

/// Two tie-free samples of the given sizes with the given `U` of the first.
fn samples(n1: usize, n2: usize, u: usize) -> (Vec<f64>, Vec<f64>) {
    let b: Vec<f64> = (1..=n2).map(|x| x as f64).collect();
    let mut left = u;
    // Each value of `a` passes as many values of `b` as are still owed; the offsets keep them apart.
    let mut a: Vec<f64> = (0..n1)
        .map(|i| {
            let passed = left.min(n2);
            left -= passed;
            passed as f64 + 0.5 - i as f64 / 1000.0
        })
        .collect();
    a.reverse();
    (a, b)
}

fn test(a: &[f64], b: &[f64]) -> MannWhitney {
    mann_whitney(a, b).unwrap_or_else(|| panic!("no test of {a:?} against {b:?}"))
}

/// Exact two-sided p by `U`, printed to six decimals, from an independent exact calculation.
#[test]
fn exact_table_without_ties() {
    let table: [(usize, usize, &[f64]); 15] = [
        (3, 3, &[0.1, 0.2, 0.4, 0.7, 1.0]),
        (3, 4, &[0.057143, 0.114286, 0.228571, 0.4, 0.628571, 0.857143, 1.0]),
        (3, 5, &[0.035714, 0.071429, 0.142857, 0.25, 0.392857, 0.571429, 0.785714]),
        (4, 4, &[0.028571, 0.057143, 0.114286, 0.2, 0.342857, 0.485714, 0.685714]),
        (4, 5, &[0.015873, 0.031746, 0.063492, 0.111111, 0.190476, 0.285714, 0.412698]),
        (5, 5, &[0.007937, 0.015873, 0.031746, 0.055556, 0.095238, 0.150794, 0.222222]),
        (3, 10, &[0.006993, 0.013986, 0.027972, 0.048951, 0.076923, 0.111888, 0.160839]),
        (6, 6, &[0.002165, 0.004329, 0.008658, 0.015152, 0.025974, 0.041126, 0.064935]),
        (5, 10, &[0.000666, 0.001332, 0.002664, 0.004662, 0.007992, 0.012654, 0.019314]),
        (7, 7, &[0.000583, 0.001166, 0.002331, 0.004079, 0.006993, 0.011072, 0.017483]),
        (3, 30, &[0.000367, 0.000733, 0.001466, 0.002566, 0.004032, 0.005865, 0.008431]),
        (8, 8, &[0.000155, 0.000311, 0.000622, 0.001088, 0.001865, 0.002953, 0.004662]),
        (10, 10, &[0.000011, 0.000022, 0.000043, 0.000076, 0.00013, 0.000206, 0.000325]),
        (1, 10, &[0.181818, 0.363636, 0.545455, 0.727273, 0.909091, 1.0]),
        (1, 30, &[0.064516, 0.129032, 0.193548, 0.258065, 0.322581, 0.387097, 0.451613]),
    ];
    for (n1, n2, by_u) in table {
        for (u, expected) in by_u.iter().enumerate() {
            let (a, b) = samples(n1, n2, u);
            let got = test(&a, &b);
            near(got.u, u as f64, 0.0);
            near(got.p_two_sided, *expected, 5.1e-7);
            let swapped = test(&b, &a);
            near(swapped.u, (n1 * n2 - u) as f64, 0.0);
            near_share(swapped.p_two_sided, got.p_two_sided, 1e-12);
            near_share(swapped.p_greater, got.p_less, 1e-12);
        }
    }
}

/// The largest `U` that is still significant, from the same calculation.
#[test]
fn critical_values() {
    let table = [
        (3, 3, None, None),
        (3, 5, Some(0), None),
        (4, 5, Some(1), None),
        (5, 5, Some(2), Some(0)),
        (3, 10, Some(3), Some(0)),
        (6, 6, Some(5), Some(2)),
        (5, 10, Some(8), Some(4)),
        (7, 7, Some(8), Some(4)),
        (3, 30, Some(13), Some(6)),
        (8, 8, Some(13), Some(7)),
        (10, 10, Some(23), Some(16)),
        (1, 30, None, None),
    ];
    for (n1, n2, at_05, at_01) in table {
        let largest = |alpha: f64| {
            let significant = |u: &usize| {
                let (a, b) = samples(n1, n2, *u);
                test(&a, &b).p_two_sided < alpha
            };
            (0..=n1 * n2 / 2).take_while(significant).last()
        };
        assert_eq!(largest(0.05), at_05, "{n1} v {n2} at .05");
        assert_eq!(largest(0.01), at_01, "{n1} v {n2} at .01");
    }
}

/// `2 / C(n1 + n2, n1)`, by the table and by the separated samples themselves.
#[test]
fn least_attainable_p() {
    let table = [
        (3, 3, 0.1),
        (4, 4, 0.0286),
        (5, 5, 0.0079),
        (6, 6, 0.0022),
        (7, 7, 0.00058),
        (8, 8, 0.00016),
        (10, 10, 0.000011),
        (3, 5, 0.0357),
        (3, 10, 0.0070),
        (5, 10, 0.00067),
        (1, 10, 0.1818),
        (1, 30, 0.0645),
        (3, 30, 0.00037),
    ];
    for (n1, n2, expected) in table {
        near_share(least_p(n1, n2), expected, 0.05);
        let (a, b) = samples(n1, n2, 0);
        near_share(least_p(n1, n2), test(&a, &b).p_two_sided, 1e-12);
    }
    near_share(least_p(10, 10), 2.0 / 184_756.0, 1e-12);
}

/// Small cases with ties, by enumeration of all splits.
#[test]
fn hand_cases_with_ties() {
    let table: [(&[f64], &[f64], f64, f64); 5] = [
        (&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], 0.0, 0.1),
        (&[1.0, 2.0, 2.0], &[2.0, 3.0, 4.0], 1.0, 0.3),
        (&[1.0, 1.0, 2.0, 3.0, 5.0], &[2.0, 3.0, 5.0, 8.0, 13.0], 4.5, 0.1349206349),
        (&[1.1, 1.2, 1.3, 1.4, 1.9], &[1.0, 1.5, 1.6, 1.7, 1.8], 9.0, 0.5476190476),
        (&[5.0, 5.0, 5.0], &[5.0, 5.0, 6.0], 3.0, 1.0),
    ];
    for (a, b, u, p) in table {
        near(test(a, b).u, u, 0.0);
        near(test(a, b).p_two_sided, p, 1e-9);
        near(test(b, a).p_two_sided, p, 1e-9);
    }
}

/// Beyond what can be counted the normal form takes over. One value against many has an exact
/// distribution without counting: every place is equally likely.
#[test]
fn large_samples_take_the_normal_form() {
    let many: Vec<f64> = (0..5000).map(f64::from).collect();
    let others: Vec<f64> = (0..5000).map(|x| f64::from(x) + 40.25).collect();
    let got = test(&many, &others);
    // z with continuity, from the moments of U worked by hand: n1 n2 / 2 and n1 n2 (N + 1) / 12.
    let pairs = 25e6;
    let u = many.iter().map(|x| (x - 40.0).max(0.0)).sum::<f64>();
    near(got.u, u, 0.0);
    let z = (pairs / 2.0 - u - 0.5) / (pairs * 10_001.0 / 12.0).sqrt();
    let tail = tailguard::stats::student::student_upper_tail(z, f64::INFINITY);
    near_share(got.p_less, tail, 1e-9);
    let one = test(&[17.5], &many);
    near_share(one.p_less, 19.0 / 5001.0, 1e-12);
}
