//! The plain rules, against hand counts and against tailguard's own rank test.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{arm, round};
use evals::faults::latencies::{Counts, counts};
use evals::faults::rivals::{any_p95_rose, any_requests_slower, rank_test};
use tailguard::stats::mann_whitney;

fn expanded(counts: &[(u64, u64)]) -> Vec<f64> {
    let each = counts.iter().flat_map(|(value, n)| std::iter::repeat_n(*value as f64, *n as usize));
    each.collect()
}

#[test]
fn a_case_by_hand() {
    // a = 1 2 2 4, b = 2 3: two ties of one half each, and 4 is greater than both. U = 3.
    let test = rank_test(&[(1, 1), (2, 2), (4, 1)], &[(2, 1), (3, 1)]);
    assert!((test.u - 3.0).abs() < 1e-12);
    // Variance 4·2/12 · (7 − (3³ − 3)/(6·5)) = 62/15; U is 1 below its mean 4, so z = (1 − .5)/2.0331.
    let z = 0.5 / (62.0_f64 / 15.0).sqrt();
    let tail = tailguard::stats::student::student_upper_tail(z, f64::INFINITY);
    assert!((test.p_less - tail).abs() < 1e-12, "{test:?}");
    assert!((test.p_two_sided - 2.0 * tail).abs() < 1e-12);
    assert!(test.p_greater > test.p_less);
}

#[test]
fn nothing_and_all_alike_say_nothing() {
    let same: Counts = vec![(5, 100)];
    for (a, b) in [(&same[..], &same[..]), (&[][..], &same[..]), (&[][..], &[][..])] {
        assert!((rank_test(a, b).p_two_sided - 1.0).abs() < 1e-12);
    }
}

/// With 150 values a side tailguard's own test takes the normal limit too, so that both are the same
/// number; with fewer it is exact, and close.
#[test]
fn it_is_tailguards_own_test() {
    let side =
        |n: u64, shift: u64| -> Counts { (0..n).map(|i| (i + shift, 1 + i * i % 7)).collect() };
    for (n, shift, close) in [(50, 3, 1e-12), (60, 6, 1e-12), (3, 1, 0.05), (4, 2, 0.05)] {
        let (a, b) = (side(n, shift), side(n, 0));
        let (ours, theirs) =
            (rank_test(&a, &b), mann_whitney(&expanded(&a), &expanded(&b)).unwrap());
        assert!((ours.u - theirs.u).abs() < 1e-9, "{ours:?} {theirs:?}");
        assert!((ours.p_greater - theirs.p_greater).abs() < close, "{ours:?} {theirs:?}");
        assert!((ours.p_less - theirs.p_less).abs() < close, "{ours:?} {theirs:?}");
    }
}

#[test]
fn sketches_count_every_request_and_the_rules_see_what_is_slower() {
    let dir = tempfile::tempdir().unwrap();
    let base = arm("base", &[]);
    let plain = round(dir.path(), &base, 0, &[], 1.0);
    for (_, sketch) in plain.sketches() {
        let counts = counts(&sketch).unwrap();
        assert_eq!(counts.iter().map(|(_, n)| n).sum::<u64>(), 200);
        // All latencies lie between 4.9 and 16.3 ms.
        assert!(counts.iter().all(|(ns, _)| (4_900_000..16_500_000).contains(ns)), "{counts:?}");
    }
    let slow = round(dir.path(), &arm("slow", &["write"]), 0, &["write"], 1.3);
    assert!(any_p95_rose(&plain, &slow) && any_requests_slower(&plain, &slow));
    assert!(!any_p95_rose(&plain, &plain) && !any_requests_slower(&plain, &plain));
    assert!(!any_requests_slower(&slow, &round(dir.path(), &base, 0, &["write"], 0.7)));
}

#[test]
fn what_is_no_sketch_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let round = round(dir.path(), &arm("base", &[]), 0, &[], 1.0);
    let (_, sketch) = round.sketches().next().unwrap();
    for cut in 0..sketch.len() {
        assert_eq!(counts(&sketch[..cut]), None, "cut at {cut}");
    }
    let mut long = sketch.clone();
    long[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(counts(&long), None);
    for place in 0..sketch.len() {
        let mut broken = sketch.clone();
        broken[place] ^= 0xff;
        // Whatever comes out, nothing panics.
        let _ = counts(&broken);
    }
}
