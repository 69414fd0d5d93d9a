use super::*;

fn tigerbeetle() -> Vec<f64> {
    include_str!("../tigerbeetle.csv")
        .lines()
        .filter_map(|line| line.split_once(',')?.1.parse().ok())
        .collect()
}

/// apache/otava, `tests/tigerbeetle_test.py`: the level, the least magnitude and the expected points,
/// with windows of 30.
const EXPECTED: [(f64, f64, &[usize]); 10] = [
    (0.01, 0.05, &[15, 71]),
    (0.05, 0.05, &[15, 71]),
    (0.1, 0.05, &[10, 11, 15, 71, 363]),
    (0.2, 0.05, &[10, 11, 15, 71]),
    (
        0.2,
        0.0,
        &[
            3, 6, 7, 10, 11, 13, 15, 16, 28, 29, 35, 37, 39, 41, 44, 48, 49, 56, 58, 61, 65, 66,
            69, 71, 74, 76, 82, 95, 108, 117, 125, 126, 129, 131, 136, 137, 142, 148, 165, 169,
            187, 190, 192, 197, 200, 212, 220, 241, 243, 246, 247, 249, 250, 260, 265, 266, 268,
            278, 282, 288, 305, 306, 325, 330, 337, 338, 340, 347, 349, 363,
        ],
    ),
    (
        0.1,
        0.0,
        &[
            3, 6, 10, 11, 15, 16, 28, 29, 35, 37, 39, 41, 44, 48, 49, 61, 71, 95, 117, 131, 142,
            148, 165, 169, 192, 206, 212, 260, 265, 268, 278, 282, 288, 305, 363,
        ],
    ),
    (0.01, 0.0, &[15, 26, 61, 71, 95, 117, 131, 142, 148, 165, 169, 192, 212, 260]),
    (0.001, 0.0, &[15, 61, 71, 95, 117, 131, 142, 148, 192, 212, 260]),
    (0.0001, 0.0, &[71, 95, 117, 131, 142, 148, 192, 212]),
    (0.000_01, 0.0, &[71, 95, 131, 192, 212]),
];

#[test]
fn points_are_those_of_otava() {
    let series = tigerbeetle();
    assert_eq!(series.len(), 365);
    for (max_pvalue, min_magnitude, expected) in EXPECTED {
        let found = change_points(&series, 30, max_pvalue, min_magnitude);
        assert_eq!(found, expected, "{max_pvalue} {min_magnitude}");
    }
}

#[test]
fn a_rise_is_slower_and_a_fall_is_not() {
    let noise = |center: f64, n: u32| (0..n).map(move |i| center + f64::from(i * 7 % 10) / 10.0);
    let history: Vec<f64> = noise(100.0, 30).collect();
    let (high, low): (Vec<f64>, Vec<f64>) = (noise(104.0, 5).collect(), noise(96.0, 5).collect());
    assert!(otava(&history, &high) && !otava(&history, &low));
    assert!(!otava(&history, &noise(100.0, 5).collect::<Vec<_>>()));
    // A rise elsewhere is not that of the fresh values.
    assert!(!otava(&[&history[..], &high[..]].concat(), &high[..1]));
}

#[test]
fn degenerate_series_have_no_changes() {
    for odd in [&[][..], &[1.0], &[1.0, 2.0], &[1.0; 90], &[0.0; 90], &[f64::NAN; 90]] {
        assert_eq!(change_points(odd, 30, 0.05, 0.0), [0; 0], "{odd:?}");
        assert!(!otava(odd, &[f64::NAN]) && !otava(&[f64::INFINITY], odd));
    }
    assert!(!otava(&[], &[9.0]) && !otava(&[1.0], &[]) && !otava(&[1.0], &[9.0]));
    let step = [[1.0; 20], [2.0; 20]].concat();
    assert_eq!(change_points(&step, 30, 0.001, 0.0), [20]);
    assert_eq!(change_points(&step, usize::MAX, 0.001, 0.0), [20]);
    assert_eq!(change_points(&step, 1, 0.001, 0.0), [0; 0]);
    assert_eq!(change_points(&step, 30, f64::NAN, 0.0), [0; 0]);
    assert!(otava(&[1.0; 20], &[2.0; 5]) && otava(&[0.0; 20], &[2.0; 5]));
}
