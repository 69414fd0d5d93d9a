//! Samples and printed results of benchstat's own golden files (golang/perf, `cmd/benchstat/testdata`
//! and its issue tests): medians, `±` columns, and p-values to the three decimals printed there. The
//! longer p-values are those of the exact tie-conditional distribution.

use tailguard::stats::quantile::r7;
use tailguard::stats::{mann_whitney, median_interval};

use crate::near;

struct Golden {
    name: &'static str,
    old: [f64; 10],
    new: [f64; 10],
    medians: (f64, f64),
    spread: (i64, i64),
    u: f64,
    p: f64,
    printed_p: &'static str,
}

const GOLDEN: [Golden; 10] = [
    Golden {
        name: "Encode/json",
        old: [1726., 1723., 1707., 1707., 1713., 1729., 1736., 1707., 1705., 1774.],
        new: [1423., 1416., 1411., 1413., 1412., 1426., 1422., 1424., 1447., 1425.],
        medians: (1718., 1422.5),
        spread: (1, 1),
        u: 100.,
        p: 1.0825088e-5,
        printed_p: "0.000",
    },
    Golden {
        name: "Encode/gob",
        old: [3069., 3075., 3069., 3067., 3207., 3064., 3064., 3058., 3059., 3062.],
        new: [3075., 3065., 3059., 3065., 3060., 3081., 3186., 3135., 3087., 3062.],
        medians: (3065.5, 3070.),
        spread: (0, 2),
        u: 39.5,
        p: 0.4461018857,
        printed_p: "0.446",
    },
    Golden {
        name: "IEEE/15/align=0",
        old: [44.6, 47.3, 44.6, 46.3, 50.7, 45.8, 46.8, 44.3, 47.7, 50.6],
        new: [43.6, 45.4, 43.4, 45.3, 43.9, 46.0, 45.1, 43.8, 43.8, 44.9],
        medians: (46.55, 44.40),
        spread: (9, 2),
        u: 84.,
        p: 0.0083028427,
        printed_p: "0.008",
    },
    Golden {
        name: "IEEE/15/align=1",
        old: [46.8, 44.0, 44.6, 44.1, 44.5, 44.0, 44.2, 45.1, 44.0, 45.8],
        new: [43.8, 44.0, 45.0, 44.1, 43.7, 43.7, 44.9, 46.3, 44.9, 44.6],
        medians: (44.35, 44.35),
        spread: (3, 1),
        u: 58.5,
        p: 0.5389161922,
        printed_p: "0.539",
    },
    Golden {
        name: "IEEE/40/align=0",
        old: [41.0, 43.0, 40.9, 42.3, 41.0, 41.0, 41.3, 40.8, 41.1, 41.2],
        new: [43.9, 42.3, 42.7, 43.5, 44.9, 42.6, 41.3, 41.2, 41.3, 41.3],
        medians: (41.05, 42.45),
        spread: (3, 3),
        u: 14.5,
        p: 0.0055099699,
        printed_p: "0.006",
    },
    Golden {
        name: "Castagnoli/40/align=1",
        old: [20.3, 19.3, 19.1, 19.8, 19.9, 19.6, 20.1, 19.5, 19.8, 19.7],
        new: [19.5, 19.7, 19.3, 19.8, 19.4, 19.3, 19.1, 19.0, 19.5, 19.3],
        medians: (19.75, 19.35),
        spread: (2, 2),
        u: 77.5,
        p: 0.0361666198,
        printed_p: "0.036",
    },
    Golden {
        name: "Koopman/40/align=1",
        old: [87.9, 90.9, 93.5, 93.7, 95.0, 90.1, 95.3, 85.6, 86.9, 91.9],
        new: [87.2, 87.0, 89.1, 86.5, 88.8, 87.1, 87.8, 87.5, 90.9, 88.4],
        medians: (91.40, 87.65),
        spread: (5, 2),
        u: 75.5,
        p: 0.0548615471,
        printed_p: "0.055",
    },
    Golden {
        name: "Castagnoli/15/align=1",
        old: [17.0, 17.5, 17.1, 17.5, 17.2, 17.0, 17.1, 17.2, 18.6, 17.4],
        new: [17.2, 17.5, 17.3, 16.9, 17.4, 16.9, 17.0, 17.7, 17.6, 17.4],
        medians: (17.20, 17.35),
        spread: (2, 3),
        u: 49.,
        p: 0.9593734439,
        printed_p: "0.959",
    },
    Golden {
        name: "Koopman/1kB/align=0",
        old: [2308., 2480., 2288., 2371., 2247., 2211., 2264., 2231., 2161., 2109.],
        new: [2259., 2322., 2350., 2355., 2291., 2343., 2416., 2410., 2256., 2405.],
        medians: (2256., 2347.),
        spread: (5, 4),
        u: 24.,
        p: 0.0524259023,
        printed_p: "0.052",
    },
    Golden {
        name: "Castagnoli/32kB/align=0",
        old: [1234., 1210., 1241., 1230., 1190., 1183., 1271., 1205., 1337., 1200.],
        new: [1233., 1223., 1193., 1288., 1212., 1245., 1208., 1200., 1226., 1189.],
        medians: (1220., 1218.),
        spread: (4, 2),
        u: 52.5,
        p: 0.8692437593,
        printed_p: "0.869",
    },
];

#[test]
fn golden_p_values() {
    for golden in &GOLDEN {
        let test = mann_whitney(&golden.old, &golden.new).unwrap();
        near(test.u, golden.u, 0.0);
        near(test.p_two_sided, golden.p, 5.1e-11_f64.max(golden.p * 1e-7));
        assert_eq!(format!("{:.3}", test.p_two_sided), golden.printed_p, "{}", golden.name);
    }
}

#[test]
fn golden_medians_and_spreads() {
    for golden in &GOLDEN {
        let sides = [
            (golden.old, golden.medians.0, golden.spread.0),
            (golden.new, golden.medians.1, golden.spread.1),
        ];
        for (mut sample, median, spread) in sides {
            sample.sort_by(f64::total_cmp);
            // Four digits are printed there.
            near(r7(&sample, 0.5), median, 0.51 * 10f64.powi(median.log10() as i32 - 3));
            let (low, high) = median_interval(&sample, 0.95).unwrap();
            let middle = r7(&sample, 0.5);
            let half = (high / middle - 1.0).max(1.0 - low / middle) * 100.0;
            assert_eq!(half.round() as i64, spread, "{}", golden.name);
        }
    }
}

/// "need >= 6 samples", one sample a side, and all samples equal.
#[test]
fn golden_small_samples() {
    let old = [115.0, 114.0, 115.0, 115.0, 115.0];
    let new = [78.8; 5];
    let test = mann_whitney(&old, &new).unwrap();
    near(test.u, 25.0, 0.0);
    near(test.p_two_sided, 2.0 / 252.0, 1e-12);
    assert_eq!(median_interval(&new, 0.95), None);
    let single = mann_whitney(&[100.0], &[101.0]).unwrap();
    near(single.u, 0.0, 0.0);
    near(single.p_two_sided, 1.0, 0.0);
    let equal = mann_whitney(&[100.0; 6], &[100.0; 6]).unwrap();
    near(equal.u, 18.0, 0.0);
    near(equal.p_two_sided, 1.0, 1e-12);
}
