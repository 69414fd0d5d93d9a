//! `load-testing.md`: scenarios, where the service breaks, what limits it, what to do about it.

use super::blocks::Blocks;
use super::model::{
    Breakpoint, Fit, FitModel, Limit, LimitKind, LoadTests, Model, Reached, Recommendation,
    Scenario,
};
use super::plot::{self, Figures};
use super::sources::{Sources, Way};
use super::table::{Side, Table};
use super::words;
use crate::measure::Unit;
use crate::report::{number, prose};

pub(super) fn blocks(model: &Model, way: &Way, figures: &mut Figures) -> Blocks {
    let load = &model.load;
    Blocks::from([
        ("scenarios", scenarios(&load.scenarios, way)),
        ("breaking-point", breaking_points(load, way, figures)),
        ("bottlenecks", bottlenecks(load, way)),
        ("scalability", scalability(load, way, figures)),
        ("recommendations", recommendations(&load.recommendations, way)),
    ])
}

fn scenarios(scenarios: &[Scenario], way: &Way) -> String {
    let mut table = Table::new(&[
        ("scenario", Side::Left),
        ("asks", Side::Left),
        ("model", Side::Left),
        ("load", Side::Left),
        ("requests, all runs", Side::Right),
        ("slowest p95", Side::Right),
        ("error rate", Side::Right),
        ("dropped", Side::Right),
        ("source", Side::Left),
    ]);
    let mut sources = Sources::default();
    for scenario in scenarios {
        let mut cells = vec![
            prose::code(&scenario.name),
            prose::words(&scenario.asks),
            prose::words(&scenario.model),
            prose::words(&scenario.load),
        ];
        match &scenario.result {
            Some(result) => cells.extend([
                number::whole(result.requests as f64),
                words::maybe(result.p95.as_ref()),
                words::maybe(result.error_rate.as_ref()),
                words::maybe(result.dropped.as_ref()),
                sources.mark(Some(&result.source)),
            ]),
            None => {
                cells.push("not run".to_owned());
                cells.resize(9, String::new());
            }
        }
        table.row(cells);
    }
    words::or(table.markdown() + &sources.list(way), "Not measured: no scenario is configured.\n")
}

fn breaking_points(load: &LoadTests, way: &Way, figures: &mut Figures) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for ramp in &load.breakpoints {
        text.push_str(&format!("### {}\n\n", prose::code(&ramp.name)));
        text.push_str(&limits(ramp));
        let by_generator = match ramp.generator_limited {
            true => {
                "The generator took part: arrivals were dropped, or no user was free for them. \
                     Where a limit says \"at least\", the service showed no limit of its own."
            }
            false => "The generator had users to spare: the limits are the service's.",
        };
        let source = sources.mark(Some(&ramp.source));
        text.push_str(&format!("{by_generator} (Source {source})\n\n"));
        text.push_str(&figures.show(plot::latency_by_load(ramp)));
        text.push_str(&figures.show(plot::achieved_against_offered(ramp)));
    }
    words::or(text + &sources.list(way), "Not measured: no ramp was recorded.\n")
}

fn limits(ramp: &Breakpoint) -> String {
    let mut table = Table::new(&[
        ("limit", Side::Left),
        ("from", Side::Right),
        ("offered", Side::Right),
        ("achieved", Side::Right),
    ]);
    for limit in &ramp.limits {
        let [from, offered, achieved] = reached(limit);
        table.row(vec![kind_of(ramp, limit.kind), from, offered, achieved]);
    }
    words::or(table.markdown(), "No limit was looked for.\n\n")
}

/// When, offered, achieved.
fn reached(limit: &Limit) -> [String; 3] {
    match &limit.reached {
        Reached::At(crossing) => [
            format!("{} s", number::tick(crossing.at_seconds)),
            words::amount(&crossing.offered),
            words::amount(&crossing.achieved),
        ],
        Reached::Not(most) => {
            let upto = format!("not reached up to {}", words::amount(most));
            ["-".to_owned(), upto, "-".to_owned()]
        }
        Reached::NoTarget => ["-".to_owned(), "no target is set".to_owned(), "-".to_owned()],
        Reached::NotKnown => ["-".to_owned(), "not known".to_owned(), "-".to_owned()],
    }
}

/// What a limit says, in words.
fn kind(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::AchievedBehindOffered => "achieved falls behind offered",
        LimitKind::Drops => "arrivals are dropped",
        LimitKind::P95OverTarget => "p95 leaves its target",
        LimitKind::ErrorsOverBudget => "errors leave their budget",
    }
}

/// The same, with the target that is left.
pub(super) fn kind_of(ramp: &Breakpoint, limit: LimitKind) -> String {
    match (limit, ramp.p95_target) {
        (LimitKind::P95OverTarget, Some(target)) => {
            format!("p95 leaves its target of {}", number::value(target, Unit::Ms))
        }
        _ => kind(limit).to_owned(),
    }
}

fn bottlenecks(load: &LoadTests, way: &Way) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for ramp in &load.breakpoints {
        text.push_str(&format!("### Of {}\n\n", prose::code(&ramp.name)));
        if ramp.bottlenecks.is_empty() {
            text.push_str(
                "Not known: nothing that was captured beside the ramp speaks for one.\n\n",
            );
            continue;
        }
        for (at, bottleneck) in ramp.bottlenecks.iter().enumerate() {
            let marks = sources.marks(&bottleneck.sources);
            text.push_str(&format!(
                "{}. **{}**{}\n",
                at + 1,
                prose::words(&bottleneck.name),
                from(&marks)
            ));
            for evidence in &bottleneck.evidence {
                text.push_str(&format!("   * {}\n", prose::words(evidence)));
            }
        }
        text.push('\n');
    }
    words::or(text + &sources.list(way), "Not known: no ramp was recorded.\n")
}

fn scalability(load: &LoadTests, way: &Way, figures: &mut Figures) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for fit in &load.fits {
        let source = sources.mark(Some(&fit.source));
        text.push_str(&format!(
            "### {}\n\n**{}**: {}. Little's law: {}. (Source {source})\n\n",
            prose::code(&fit.name),
            prose::words(&fit.chosen),
            prose::words(&fit.because),
            prose::words(&fit.little),
        ));
        text.push_str(&parameters(fit));
        for model in &fit.models {
            let fits =
                model.r2.map_or_else(String::new, |r2| format!("; R² {}", number::plain(r2)));
            text.push_str(&format!("* {}: {}{fits}\n", prose::words(&model.name), peak(model)));
        }
        text.push('\n');
        text.push_str(&figures.show(plot::throughput_by_concurrency(fit)));
    }
    words::or(text + &sources.list(way), "Not measured: no series of steps was recorded.\n")
}

fn parameters(fit: &Fit) -> String {
    let mut table = Table::new(&[
        ("model", Side::Left),
        ("parameter", Side::Left),
        ("value", Side::Right),
        ("95% interval", Side::Left),
    ]);
    for model in &fit.models {
        for parameter in &model.parameters {
            let interval = parameter.interval.map_or_else(
                || "not known".to_owned(),
                |(low, high)| format!("[{}, {}]", number::plain(low), number::plain(high)),
            );
            table.row(vec![
                prose::words(&model.name),
                prose::words(&parameter.name),
                number::plain(parameter.value),
                interval,
            ]);
        }
    }
    table.markdown()
}

/// Where a model is highest, in words.
pub(super) fn peak(model: &FitModel) -> String {
    let Some(peak) = &model.peak else { return "the data show no peak".to_owned() };
    let beyond = if peak.extrapolated { ", extrapolated beyond what was measured" } else { "" };
    format!(
        "highest at {} with {} in flight{beyond}",
        number::value(peak.per_s, Unit::PerSecond),
        number::tick(peak.concurrency)
    )
}

fn recommendations(recommendations: &[Recommendation], way: &Way) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for (at, advice) in recommendations.iter().enumerate() {
        let marks = sources.marks(&advice.sources);
        text.push_str(&format!(
            "### {}. {}\n\n* Rule: {}\n* Evidence: {}{}\n",
            at + 1,
            prose::words(&advice.advice),
            prose::words(&advice.rule),
            prose::words(&advice.evidence),
            from(&marks)
        ));
        match &advice.tried {
            None => text.push_str("* Not tried\n\n"),
            Some(tried) => {
                let mark = sources.mark(Some(&tried.source));
                text.push_str(&format!(
                    "* Tried: {} went from {} to {}, {}{}\n\n",
                    prose::words(&tried.what),
                    words::amount(&tried.before),
                    words::amount(&tried.after),
                    prose::words(&tried.verdict),
                    from(&mark)
                ));
            }
        }
    }
    words::or(text + &sources.list(way), "None: no measurement meets the rule of one.\n")
}

/// ` (source 1, 2)`; nothing without sources.
fn from(marks: &str) -> String {
    if marks.is_empty() { String::new() } else { format!(" (source {marks})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::model::{
        Amount, Bottleneck, Crossing, Parameter, Peak, ScenarioResult, Source, Tried, Window,
    };

    fn source(file: &str) -> Source {
        Source { file: file.to_owned(), ..Source::default() }
    }

    fn rate(value: f64) -> Amount {
        Amount::new(value, Unit::PerSecond)
    }

    fn ramp() -> Breakpoint {
        let limit = |kind, reached| Limit { kind, reached };
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
        let (blocks, figures) =
            page(LoadTests { breakpoints: vec![ramp()], ..LoadTests::default() });
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

    #[test]
    fn a_peak_beyond_the_data_is_said_to_be_extrapolated() {
        let model = |peak: Option<Peak>| FitModel {
            r2: Some(0.95).filter(|_| peak.is_some()),
            name: "usl".to_owned(),
            parameters: vec![Parameter {
                name: "sigma".to_owned(),
                value: 0.026_715_91,
                interval: Some((0.0, 0.031)),
            }],
            peak,
        };
        let far = Peak { concurrency: 35.0, per_s: 12_341.7, extrapolated: true };
        let fit = Fit {
            name: "steps".to_owned(),
            chosen: "usl".to_owned(),
            because: "its residuals are smaller".to_owned(),
            models: vec![model(Some(far)), model(None)],
            points: vec![(1.0, 955.2), (2.0, 1878.9)],
            curve: Vec::new(),
            little: "it holds within 2%".to_owned(),
            source: source("steps.csv"),
        };
        let (blocks, figures) = page(LoadTests { fits: vec![fit], ..LoadTests::default() });
        let text = &blocks["scalability"];
        for part in [
            "**usl**: its residuals are smaller. Little's law: it holds within 2%. (Source 1)",
            "| usl | sigma | 0.02672 | [0, 0.03100] |\n",
            "* usl: highest at 12.3k/s with 35 in flight, extrapolated beyond what was measured; R² 0.95",
            "* usl: the data show no peak\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(figures, 1);
    }

    #[test]
    fn advice_shows_its_rule_its_evidence_and_what_came_of_it() {
        let tried = Tried {
            what: "p95 of read / client".to_owned(),
            before: Amount::new(9.0, Unit::Ms),
            after: Amount::new(6.0, Unit::Ms),
            verdict: "improved".to_owned(),
            source: source("report.json"),
        };
        let advice = |tried| Recommendation {
            advice: "Give the pool 16 connections".to_owned(),
            rule: "pool wait over 10 ms in 1% of requests".to_owned(),
            evidence: "12 ms at 200/s".to_owned(),
            tried,
            sources: vec![source("pool.json")],
        };
        let recommendations = vec![advice(Some(tried)), advice(None)];
        let (blocks, _) = page(LoadTests { recommendations, ..LoadTests::default() });
        let text = &blocks["recommendations"];
        for part in [
            "### 1. Give the pool 16 connections\n\n* Rule: pool wait over 10 ms in 1% of requests\n",
            "* Evidence: 12 ms at 200/s (source 1)\n",
            "* Tried: p95 of read / client went from 9.00 ms to 6.00 ms, improved (source 2)\n",
            "* Not tried\n",
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
}
