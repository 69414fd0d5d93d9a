//! Tests of `limits`.

use super::*;
use crate::measure::timeline::{Iterations, Latency, Timeline};

fn second(at: usize, offered: f64, requests: u64, dropped: u64, p95: f64) -> Second {
    let latency = Latency { mean: p95, p50: p95, p95, p99: p95 };
    let window = Window {
        requests,
        failed: Some(requests / 20),
        latency: Some(latency),
        iterations: Some(Iterations { completed: requests, dropped }),
        ..Window::default()
    };
    Second { at_s: at as f64, offered_per_s: Some(offered), window }
}

/// 10, 20, … a second, of which 50 are achieved at most; from there on p95 is 80 ms.
fn ramp() -> Vec<Second> {
    let seconds = (1..=10_u64).enumerate();
    seconds
        .map(|(at, tens)| {
            let (offered, dropped) = (10.0 * tens as f64, (10 * tens).saturating_sub(50));
            second(at, offered, 10 * tens.min(5), dropped, if tens > 5 { 80.0 } else { 8.0 })
        })
        .collect()
}

fn asked() -> Question<'static> {
    Question { p95_ms: Some(50.0), errors: Some(0.06), ..Question::default() }
}

fn found(kind: Kind, ramp: &[Second]) -> Result<Limit, Absence> {
    look(kind, ramp, &asked(), |_| false).found
}

#[test]
fn a_limit_begins_with_the_first_second_that_is_followed_by_others() {
    for kind in [Kind::AchievedBehindOffered, Kind::Drops, Kind::P95OverTarget] {
        let limit = found(kind, &ramp()).unwrap();
        assert_eq!((limit.at_s, limit.offered_per_s), (5.0, Some(60.0)), "{kind:?}");
        assert_eq!(limit.between_per_s, Some((50.0, 80.0)));
        assert!((limit.achieved.value - 50.0).abs() < 1e-12);
    }
    assert_eq!(found(Kind::ErrorsOverBudget, &ramp()), Err(Absence::NotReached));
    let mut odd = ramp();
    // One bad second in between is none.
    odd[2].window.iterations = Some(Iterations { completed: 30, dropped: 9 });
    assert_eq!(found(Kind::Drops, &odd).map(|limit| limit.at_s), Ok(5.0));
}

/// Reads are fast and many; what is slow among them does not move their p95, and has a target too.
#[test]
fn the_requests_of_one_kind_leave_their_own_target_before_the_whole_does() {
    let ramp = ramp();
    let slow = |from: usize| -> Vec<Option<Window>> {
        let window = |at: usize| {
            let ms = if at >= from { 300.0 } else { 9.0 };
            Window { requests: 30, ..second(at, 30.0, 30, 0, ms).window }
        };
        (0..10).map(|at| Some(window(at))).collect()
    };
    let part = |value: &str, p95_ms, errors, windows| Part {
        of: ("category".to_owned(), value.to_owned()),
        p95_ms,
        errors,
        windows,
    };
    let parts = [
        part("read", Some(500.0), None, slow(2)),
        part("complex", Some(200.0), Some(0.02), slow(3)),
    ];
    let asked = Question { p95_ms: None, errors: None, parts: &parts, ..asked() };
    let looked = |kind, asked: &Question<'_>| look(kind, &ramp, asked, |_| false).found;
    let limit = looked(Kind::P95OverTarget, &asked).unwrap();
    // The load is that of the whole: 40 are offered in second 3.
    assert_eq!((limit.at_s, limit.part, limit.offered_per_s), (3.0, Some(1), Some(40.0)));
    // One of thirty failed, and the whole has no budget.
    let errors = looked(Kind::ErrorsOverBudget, &asked).unwrap();
    assert_eq!((errors.at_s, errors.part), (0.0, Some(1)));
    // The whole leaves its target first.
    let both = Question { p95_ms: Some(5.0), ..asked };
    assert_eq!(looked(Kind::P95OverTarget, &both).map(|l| (l.at_s, l.part)), Ok((1.0, None)));
    // Of a kind that has too few requests nothing is known, and that is no all-clear for the others.
    let few = vec![Some(Window { requests: 3, ..slow(0)[0].unwrap() }); 10];
    let parts = [parts[0].clone(), part("complex", Some(200.0), None, few)];
    let asked = Question { parts: &parts, ..asked };
    assert_eq!(looked(Kind::P95OverTarget, &asked), Err(Absence::TooFewRequests));
}

#[test]
fn a_part_that_begins_later_keeps_its_place() {
    let window = |requests| Window { requests, ..Window::default() };
    let timeline = |start_ns, windows| Timeline {
        paths: Vec::new(),
        start_ns,
        only: None,
        windows,
        problems: Vec::new(),
    };
    let whole = timeline(5_000_000_000, vec![window(9); 4]);
    let part = timeline(6_300_000_000, vec![window(1), window(2), window(3)]);
    let placed: Vec<_> =
        Part::aligned(&whole, &part).iter().map(|w| w.map(|w| w.requests)).collect();
    assert_eq!(placed, [None, Some(1), Some(2), Some(3)]);
    // 1.7 s late: more than half of its first second lies in the third.
    let later = timeline(6_700_000_000, vec![window(1), window(2), window(3)]);
    let placed: Vec<_> =
        Part::aligned(&whole, &later).iter().map(|w| w.map(|w| w.requests)).collect();
    assert_eq!(placed, [None, None, Some(1), Some(2)]);
}

#[test]
fn a_limit_at_the_very_end_is_not_confirmed() {
    assert_eq!(found(Kind::Drops, &ramp()[..7]), Err(Absence::Unconfirmed(2)));
    assert_eq!(found(Kind::Drops, &ramp()[..5]), Err(Absence::NotReached));
    assert_eq!(found(Kind::Drops, &ramp()[..8]).map(|limit| limit.at_s), Ok(5.0));
}

#[test]
fn a_few_requests_are_not_behind_because_one_is_late() {
    // 4 of 5, three times: 3 behind, and a count of 15 wavers by 3.9.
    let late: Vec<Second> = (0..6).map(|at| second(at, 5.0, 4, 0, 8.0)).collect();
    assert_eq!(found(Kind::AchievedBehindOffered, &late), Err(Absence::Unconfirmed(6)));
    let behind: Vec<Second> = (0..6).map(|at| second(at, 100.0, 80, 0, 8.0)).collect();
    let limit = found(Kind::AchievedBehindOffered, &behind).unwrap();
    assert_eq!((limit.at_s, limit.between_per_s), (0.0, Some((0.0, 100.0))));
}

#[test]
fn what_is_not_known_is_no_limit_and_no_all_clear() {
    let none = Question::default();
    let absent = |kind| look(kind, &ramp(), &none, |_| true).found;
    assert_eq!(absent(Kind::P95OverTarget), Err(Absence::NoTarget));
    assert_eq!(absent(Kind::ErrorsOverBudget), Err(Absence::NoTarget));
    let few: Vec<Second> = (0..6).map(|at| second(at, 19.0, 19, 0, 800.0)).collect();
    assert_eq!(found(Kind::P95OverTarget, &few), Err(Absence::TooFewRequests));
    let mut blind = ramp();
    for second in &mut blind {
        second.offered_per_s = None;
        second.window = Window { requests: 50, ..Window::default() };
    }
    for kind in Kind::ALL {
        assert_eq!(found(kind, &blind), Err(Absence::NotKnown), "{kind:?}");
    }
    assert_eq!(found(Kind::Drops, &[]), Err(Absence::NotReached));
}

#[test]
fn the_generator_is_asked_about_what_was_achieved() {
    let at_least =
        |rate: f64| look(Kind::Drops, &ramp(), &asked(), move |achieved| achieved < rate);
    assert!(at_least(51.0).found.unwrap().at_least);
    assert!(!at_least(49.0).found.unwrap().at_least);
}
