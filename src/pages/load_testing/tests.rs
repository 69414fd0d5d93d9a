//! Tests of `load_testing`.

use super::*;
use crate::measure::Unit;
use crate::pages::model::{
    Amount, Beside, Bottleneck, Crossing, FitModel, Most, Parameter, Peak, ScenarioResult, Source,
    Tried, Window,
};

fn source(file: &str) -> Source {
    Source { file: file.to_owned(), ..Source::default() }
}

fn rate(value: f64) -> Amount {
    Amount::new(value, Unit::PerSecond)
}

fn ramp() -> Breakpoint {
    let limit = |kind, reached| Limit { kind, target: String::new(), reached };
    let at = Crossing {
        at_seconds: 7.0,
        offered: rate(262.0),
        achieved: Amount {
            bound: Some(crate::report::Bound::AtLeast),
            ..rate(244.0).within(236.0, 252.0)
        },
    };
    let window = Window {
        at_seconds: 0.0,
        offered: 50.0,
        achieved: 50.0,
        p50: Some(1.0),
        p95: Some(2.0),
        p99: Some(3.0),
    };
    Breakpoint {
        name: "breakpoint".to_owned(),
        windows: vec![window],
        limits: vec![
            limit(LimitKind::AchievedBehindOffered, Reached::At(at)),
            limit(LimitKind::P95OverTarget, Reached::NoTarget),
            limit(LimitKind::ErrorsOverBudget, Reached::Not(rate(1520.0))),
        ],
        generator_limited: true,
        p95_target: None,
        bottlenecks: vec![Bottleneck {
            name: "database CPU".to_owned(),
            evidence: vec!["97% of 2 cores".to_owned()],
            sources: vec![source("cpu.json")],
        }],
        source: source("ramp.json"),
    }
}

fn page(load: LoadTests) -> (Blocks, usize) {
    let mut figures = Figures::default();
    let model = Model { load, ..Model::default() };
    (blocks(&model, &Way(None), &mut figures), figures.charts().len())
}

#[test]
fn every_limit_is_reported_on_its_own() {
    let (blocks, figures) = page(LoadTests { breakpoints: vec![ramp()], ..LoadTests::default() });
    let text = &blocks["breaking-point"];
    for line in [
        "| achieved falls behind offered | 7 s | 262/s | at least 244/s [236, 252] |\n",
        "| p95 leaves its target | - | no target is set | - |\n",
        "| errors leave their budget | - | not reached up to 1.52k/s | - |\n",
        "(Source 1)\n",
        "](figures/breakpoint-latency.svg)",
        "](figures/breakpoint-throughput.svg)",
        "1. `ramp.json`: ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(figures, 2);
    let text = &blocks["bottlenecks"];
    assert!(text.contains("1. **database CPU** (source 1)\n   * 97% of 2 cores\n"), "{text}");
}

#[test]
fn scenarios_that_were_not_run_have_no_numbers() {
    let scenario = |name: &str, result| Scenario {
        name: name.to_owned(),
        asks: "an ordinary day".to_owned(),
        model: "open".to_owned(),
        load: "200/s".to_owned(),
        result,
    };
    let result = ScenarioResult {
        requests: 12_345,
        p95: Some(Amount::new(2.2, Unit::Ms)),
        error_rate: Some(Amount::new(0.0, Unit::Ratio)),
        dropped: None,
        source: source("s.json"),
    };
    let scenarios = vec![scenario("steady", Some(result)), scenario("soak", None)];
    let (blocks, _) = page(LoadTests { scenarios, ..LoadTests::default() });
    let text = &blocks["scenarios"];
    for line in [
        "| `steady` | an ordinary day | open | 200/s | 12,345 | 2.20 ms | 0% | not measured | 1 |",
        "| `soak` | an ordinary day | open | 200/s | not run | | | | |",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

/// Two models, of which the first is chosen.
fn fit(peak: Option<Peak>, falls: Option<bool>) -> Fit {
    let model = |name: &str, peak: Option<Peak>| FitModel {
        r2: Some(0.95),
        name: name.to_owned(),
        parameters: vec![Parameter {
            name: "sigma".to_owned(),
            value: 0.026_715_91,
            interval: Some((0.0, 0.031)),
        }],
        peak,
    };
    Fit {
        name: "steps".to_owned(),
        chosen: "usl".to_owned(),
        because: "its residuals are smaller".to_owned(),
        most: Some(Most { concurrency: 24.0, per_s: 3401.3, falls }),
        models: vec![model("usl", peak), model("hard limit", None)],
        points: vec![(1.0, 955.2), (24.0, 3401.3), (32.0, 3251.0)],
        curve: Vec::new(),
        little: "it holds within 2%".to_owned(),
        source: source("steps.csv"),
    }
}

/// What the section, the text alternative of its figure and the overview say where the curve is highest.
fn said(fit: &Fit) -> [String; 3] {
    let load = LoadTests { fits: vec![fit.clone()], ..LoadTests::default() };
    let mut figures = Figures::default();
    let model = Model { load, ..Model::default() };
    let text = blocks(&model, &Way(None), &mut figures)["scalability"].clone();
    let overview = crate::pages::overview::blocks(&model, &Way(None))["overview"].clone();
    let charts = figures.charts();
    assert_eq!(charts.len(), 1);
    [text, charts[0].description.clone(), overview]
}

#[test]
fn a_peak_has_its_interval_and_one_beyond_the_data_is_extrapolated() {
    let far = Peak {
        concurrency: 35.0,
        concurrency_interval: Some((31.2, 41.0)),
        per_s: 12_341.7,
        per_s_interval: Some((12_100.0, 12_600.0)),
        extrapolated: true,
    };
    let words = "highest at 12.3k/s [12.1, 12.6] with 35 [31.2, 41.0] in flight";
    let beyond = format!("{words}, extrapolated beyond what was measured");
    let [text, alternative, overview] = said(&fit(Some(far), Some(false)));
    for part in [
        "**usl**: its residuals are smaller. Little's law: it holds within 2%. (Source 1)",
        "| usl | sigma | 0.02672 | [0, 0.03100] |\n",
        &format!("* usl: {beyond}; R² 0.95"),
        "* hard limit: not chosen; R² 0.95",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(alternative.ends_with(&format!("{beyond}.")), "{alternative}");
    assert!(overview.contains(&format!("usl in `steps`: {beyond} (source 1). ")), "{overview}");
    for text in said(&fit(Some(Peak { extrapolated: false, ..far }), Some(true))) {
        assert!(text.contains(words) && !text.contains("extrapolated"), "{text}");
    }
}

#[test]
fn without_a_peak_the_most_that_was_measured_is_told_and_what_the_points_show_beyond() {
    for (falls, beyond) in [
        (Some(false), "; no fall is shown up to 32"),
        (Some(true), "; with 32 it is lower than with 24"),
        (None, ""),
    ] {
        let words = format!("3.40k/s with 24 in flight was the most of what was measured{beyond}");
        let [text, alternative, overview] = said(&fit(None, falls));
        assert!(text.contains(&format!("* usl: {words}; R² 0.95")), "{text}");
        assert!(
            alternative.ends_with(&format!("The curve is the model usl: {words}.")),
            "{alternative}"
        );
        assert!(overview.contains(&format!("usl in `steps`: {words} (source 1). ")), "{overview}");
    }
}

#[test]
fn advice_shows_its_rule_its_evidence_and_what_came_of_it() {
    let tried = Tried {
        what: "p95 of read / client".to_owned(),
        before: Amount::new(9.0, Unit::Ms),
        after: Amount::new(6.0, Unit::Ms),
        verdict: "improved".to_owned(),
        because: "p95 fell 33%".to_owned(),
        change: None,
        beside: vec![Beside {
            what: "p50".to_owned(),
            before: Amount::new(2.0, Unit::Ms),
            after: Amount::new(2.1, Unit::Ms),
            verdict: "inconclusive".to_owned(),
            because: "p50 rose 5% [-4%, 15%]".to_owned(),
        }],
        uncommitted: true,
        source: source("report.json"),
    };
    let advice = |tried| Recommendation {
        advice: "Give the pool 16 connections".to_owned(),
        rule: "pool wait over 10 ms in 1% of requests".to_owned(),
        evidence: "12 ms at 200/s".to_owned(),
        tried,
        sources: vec![source("pool.json")],
    };
    let kept = Tried { change: Some("pool.patch".to_owned()), ..tried.clone() };
    let recommendations = vec![advice(Some(tried)), advice(None), advice(Some(kept))];
    let (blocks, _) = page(LoadTests { recommendations, ..LoadTests::default() });
    let text = &blocks["recommendations"];
    for part in [
        "### 1. Give the pool 16 connections\n\n* Rule: pool wait over 10 ms in 1% of requests\n",
        "* Evidence: 12 ms at 200/s (source 1)\n",
        "* Tried: p95 of read / client went from 9.00 ms to 6.00 ms, improved: p95 fell 33% (source 2)\n",
        "* Beside it: p50 went from 2.00 ms to 2.10 ms, inconclusive: p50 rose 5% [-4%, 15%]\n",
        "* Measured with changes that no commit has: the trial cannot be checked out\n\n",
        "* Not tried\n",
        "* The change: `pool.patch`\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let (blocks, figures) = page(LoadTests::default());
    assert_eq!(figures, 0);
    assert!(blocks.values().all(|text| text.starts_with("No")), "{blocks:?}");
}
