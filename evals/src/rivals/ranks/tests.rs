use super::*;

fn near(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() < 1e-9_f64.max(b * 1e-7), "{what}: {a} {b}");
}

fn parsed(values: &str) -> Vec<f64> {
    values.split_whitespace().filter_map(|value| value.parse().ok()).collect()
}

/// Sides without ties whose fresh side has U = `u`: the greatest of the lowest values moves up.
fn apart(n: u32, m: u32, u: u32) -> (Vec<f64>, Vec<f64>) {
    let base: Vec<f64> = (0..n).map(|i| f64::from(i) + 10.0).collect();
    let (full, rest) = (u / n, u % n);
    let fresh = (0..m).map(|i| match m - 1 - i {
        above if above < full => 1000.0 + f64::from(i),
        above if above == full && rest > 0 => f64::from(rest) + 9.5,
        _ => f64::from(i) / 1000.0,
    });
    (base, fresh.collect())
}

#[test]
fn exact_p_without_ties() {
    // Exact distribution of U: the printed tables of Mann and Whitney, two-sided.
    for (n, m, u, p) in [
        (3, 3, 0, 0.1),
        (3, 3, 1, 0.2),
        (3, 3, 4, 1.0),
        (4, 3, 0, 2.0 / 35.0),
        (4, 4, 0, 2.0 / 70.0),
        (4, 4, 5, 0.485_714_285_7),
        (5, 4, 1, 4.0 / 126.0),
        (5, 5, 2, 0.031_746_031_7),
        (5, 5, 3, 0.055_555_555_6),
        (6, 6, 0, 2.0 / 924.0),
        (10, 3, 3, 0.048_951_049),
        (10, 5, 4, 0.007_992_008),
        (8, 8, 0, 2.0 / 12870.0),
        (10, 10, 0, 1.082_508_822e-5),
        (10, 1, 0, 2.0 / 11.0),
        (30, 1, 6, 0.451_612_903_2),
        (30, 3, 0, 2.0 / 5456.0),
    ] {
        let (base, fresh) = apart(n, m, u);
        let what = format!("{n}v{m} U={u}");
        near(p_two_sided(&base, &fresh), p, &what);
        near(p_two_sided(&fresh, &base), p, &what);
        let mirrored = |values: &[f64]| values.iter().map(|v| -v).collect::<Vec<_>>();
        near(p_two_sided(&mirrored(&base), &mirrored(&fresh)), p, &what);
    }
}

#[test]
fn p_with_ties() {
    // Counted by hand over all deals; the normal limits with ties and continuity.
    for (a, b, exact, normal) in [
        ("1 2 3", "4 5 6", 0.1, 0.080_855_6),
        ("1 2 2", "2 3 4", 0.3, 0.164_159_7),
        ("1 1 2 3 5", "2 3 5 8 13", 0.134_920_634_9, 0.112_729_9),
        ("1.1 1.2 1.3 1.4 1.9", "1.0 1.5 1.6 1.7 1.8", 0.547_619_047_6, 0.530_869_4),
        ("5 5 5", "5 5 6", 1.0, 0.504_985_1),
    ] {
        near(p_two_sided(&parsed(a), &parsed(b)), exact, a);
        assert!((p_normal(&parsed(a), &parsed(b)) - normal).abs() < 1e-6, "{a}");
    }
}

/// golang/perf, `cmd/benchstat/testdata`: the samples of old and new, p, and what is printed.
const BENCHSTAT: [(&str, &str, f64, &str); 13] = [
    (
        "1726 1723 1707 1707 1713 1729 1736 1707 1705 1774",
        "1423 1416 1411 1413 1412 1426 1422 1424 1447 1425",
        1.082_508_8e-5,
        "-17.20%",
    ),
    (
        "3069 3075 3069 3067 3207 3064 3064 3058 3059 3062",
        "3075 3065 3059 3065 3060 3081 3186 3135 3087 3062",
        0.446_101_885_7,
        "~",
    ),
    (
        "44.6 47.3 44.6 46.3 50.7 45.8 46.8 44.3 47.7 50.6",
        "43.6 45.4 43.4 45.3 43.9 46.0 45.1 43.8 43.8 44.9",
        0.008_302_842_7,
        "-4.62%",
    ),
    (
        "46.8 44.0 44.6 44.1 44.5 44.0 44.2 45.1 44.0 45.8",
        "43.8 44.0 45.0 44.1 43.7 43.7 44.9 46.3 44.9 44.6",
        0.538_916_192_2,
        "~",
    ),
    (
        "41.0 43.0 40.9 42.3 41.0 41.0 41.3 40.8 41.1 41.2",
        "43.9 42.3 42.7 43.5 44.9 42.6 41.3 41.2 41.3 41.3",
        0.005_509_969_9,
        "+3.41%",
    ),
    (
        "20.3 19.3 19.1 19.8 19.9 19.6 20.1 19.5 19.8 19.7",
        "19.5 19.7 19.3 19.8 19.4 19.3 19.1 19.0 19.5 19.3",
        0.036_166_619_8,
        "-2.03%",
    ),
    (
        "87.9 90.9 93.5 93.7 95.0 90.1 95.3 85.6 86.9 91.9",
        "87.2 87.0 89.1 86.5 88.8 87.1 87.8 87.5 90.9 88.4",
        0.054_861_547_1,
        "~",
    ),
    (
        "17.0 17.5 17.1 17.5 17.2 17.0 17.1 17.2 18.6 17.4",
        "17.2 17.5 17.3 16.9 17.4 16.9 17.0 17.7 17.6 17.4",
        0.959_373_443_9,
        "~",
    ),
    (
        "2308 2480 2288 2371 2247 2211 2264 2231 2161 2109",
        "2259 2322 2350 2355 2291 2343 2416 2410 2256 2405",
        0.052_425_902_3,
        "~",
    ),
    (
        "1234 1210 1241 1230 1190 1183 1271 1205 1337 1200",
        "1233 1223 1193 1288 1212 1245 1208 1200 1226 1189",
        0.869_243_759_3,
        "~",
    ),
    ("115 114 115 115 115", "78.8 78.8 78.8 78.8 78.8", 2.0 / 252.0, "-31.48%"),
    ("100", "101", 1.0, "~"),
    ("100 100 100 100 100 100", "100 100 100 100 100 100", 1.0, "~"),
];

#[test]
fn verdicts_are_those_of_benchstat() {
    for (old, new, p, printed) in BENCHSTAT {
        let (old, new) = (parsed(old), parsed(new));
        near(p_two_sided(&old, &new), p, printed);
        assert_eq!(benchstat(&old, &new), printed.starts_with('+'), "{p}");
        assert_eq!(benchstat(&new, &old), printed.starts_with('-'), "{p}");
        assert_eq!(mann_whitney(&old, &new, 0.05), printed.starts_with('+'), "{p}");
        assert_eq!(mann_whitney(&new, &old, 0.05), printed.starts_with('-'), "{p}");
    }
}

#[test]
fn the_normal_limit_continues_the_exact_p() {
    let base: Vec<f64> = (0..50).map(|i| f64::from(i * 7 % 50)).collect();
    let fresh: Vec<f64> = base.iter().map(|value| value + 6.5).collect();
    let (exact, normal) = (p_exact(&base, &fresh), p_normal(&base, &fresh));
    assert!(exact < 0.05 && (exact - normal).abs() < 1e-3, "{exact} {normal}");
}

#[test]
fn degenerate_values_are_not_slower() {
    let some = [1.0, 2.0, 3.0, 4.0, 5.0];
    for odd in [&[][..], &[9.0], &[f64::NAN; 9], &[f64::NAN, 9.0, 9.0]] {
        for rule in [benchstat, |a: &[f64], b: &[f64]| mann_whitney(a, b, 0.05)] {
            assert!(!rule(&some, odd) && !rule(odd, &some), "{odd:?}");
        }
    }
    assert!(!benchstat(&[0.0; 9], &[0.0; 9]) && benchstat(&[0.0; 9], &[1.0; 9]));
    let (many, more) = (vec![1.0; 3000], vec![2.0; 3000]);
    assert!(!mann_whitney(&many, &many, 0.05) && mann_whitney(&many, &more, 0.05));
}
