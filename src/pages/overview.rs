//! `README.md`: are we inside our targets, what is at risk, what comes next.

use super::blocks::Blocks;
use super::capacity_planning::when;
use super::load_testing::kind_of;
use super::model::{Capacity, Model, Reached, State, Target, Trigger, Value};
use super::sources::{Sources, Way};
use super::table::{Side, Table};
use super::words;
use crate::report::prose;

/// The states that need a reader, worst first.
const OPEN: [State; 3] = [State::Broken, State::AtRisk, State::NotMeasured];

pub(super) fn blocks(model: &Model, way: &Way) -> Blocks {
    let mut sources = Sources::default();
    let mut text = targets(&model.targets.targets, &mut sources);
    let facts = [
        breaking(model, &mut sources),
        scaling(model, &mut sources),
        plan(&model.capacity, &mut sources),
        next(&model.capacity, &mut sources),
    ];
    for fact in facts {
        text.push_str(&format!("* {fact}\n"));
    }
    text.push('\n');
    Blocks::from([("overview", text + &sources.list(way))])
}

fn targets<'a>(targets: &'a [Target], sources: &mut Sources<'a>) -> String {
    if targets.is_empty() {
        return "**No target is set.** Whether this is good enough cannot be told.\n\n".to_owned();
    }
    let mut table = Table::new(&[
        ("state", Side::Left),
        ("target", Side::Left),
        ("at", Side::Left),
        ("measured", Side::Left),
        ("margin", Side::Right),
        ("source", Side::Left),
    ]);
    for state in OPEN {
        for target in targets.iter().filter(|target| target.state == state) {
            let margin = target.margin.filter(|_| matches!(target.measured, Value::Known(_)));
            let limit = words::limit(target.bound, &target.target);
            table.row(vec![
                words::state(state).to_owned(),
                format!("{}: {limit}", words::about_in_full(target)),
                target.at.as_deref().map_or_else(String::new, prose::words),
                words::value(&target.measured),
                words::margin(margin, target.target.unit),
                sources.mark(target.source.as_ref()),
            ]);
        }
    }
    // After the rows, so that what they are judged by is counted first.
    let judged = sources.cited(targets.iter().filter_map(|target| target.source.as_ref()));
    let tally = words::tally(targets);
    format!("{tally}{judged} [All targets](slos.md#targets)\n\n{}", table.markdown())
}

fn breaking<'a>(model: &'a Model, sources: &mut Sources<'a>) -> String {
    let found = model.load.breakpoints.iter().flat_map(|ramp| {
        ramp.limits.iter().filter_map(move |limit| match &limit.reached {
            Reached::At(crossing) => Some((ramp, limit, crossing)),
            _ => None,
        })
    });
    let first = found.min_by(|a, b| a.2.offered.value.total_cmp(&b.2.offered.value));
    let text = match first {
        Some((ramp, limit, crossing)) => format!(
            "in {}, {} first, at {} offered and {} achieved{}",
            prose::code(&ramp.name),
            kind_of(limit),
            words::amount(&crossing.offered),
            words::amount(&crossing.achieved),
            sources.cited([&ramp.source])
        ),
        None if model.load.breakpoints.is_empty() => words::NOT_MEASURED.to_owned(),
        None => {
            let ramps = model.load.breakpoints.iter().map(|ramp| &ramp.source);
            format!("no limit was reached{}", sources.cited(ramps))
        }
    };
    format!("**Breaking point**: {text}. [Load testing](load-testing.md#breaking-point)")
}

fn scaling<'a>(model: &'a Model, sources: &mut Sources<'a>) -> String {
    let texts: Vec<String> = model
        .load
        .fits
        .iter()
        .map(|fit| {
            let (model, name) = (prose::words(&fit.chosen), prose::code(&fit.name));
            let highest = words::highest(fit);
            format!("{model} in {name}: {highest}{}", sources.cited([&fit.source]))
        })
        .collect();
    let text = words::or(texts.join("; "), words::NOT_MEASURED);
    format!("**Scalability**: {text}. [The fit](load-testing.md#scalability)")
}

/// Answers of the plan that the overview tells.
const ANSWERS: usize = 4;

fn plan<'a>(capacity: &'a Capacity, sources: &mut Sources<'a>) -> String {
    let texts: Vec<String> = capacity
        .plan
        .iter()
        .filter(|result| result.answer)
        .take(ANSWERS)
        .map(|result| {
            let (value, name) = (words::value(&result.value), prose::words(&result.name));
            format!("{value} {name}{}", sources.cited(&result.sources))
        })
        .collect();
    let bound = match (&capacity.bound_by, texts.is_empty()) {
        (Some(scarce), false) => format!(", bound by {}", prose::words(scarce)),
        _ => String::new(),
    };
    let text = words::or(texts.join("; "), "there is no plan");
    format!("**Capacity**{bound}: {text}. [The plan](capacity-planning.md#plan)")
}

/// The trigger that growth reaches first; where none grows, the one of which the least is left.
fn next<'a>(capacity: &'a Capacity, sources: &mut Sources<'a>) -> String {
    let known = capacity.triggers.iter().filter_map(|t| match (&t.current, t.left) {
        (Value::Known(current), Some(left)) => Some((t, current, left)),
        _ => None,
    });
    // Days are written so that their texts sort by time.
    let day = |trigger: &Trigger| (trigger.reached_on.is_none(), trigger.reached_on.clone());
    let nearest = known.min_by(|a, b| day(a.0).cmp(&day(b.0)).then(a.2.total_cmp(&b.2)));
    let text = match nearest {
        Some((trigger, current, _)) => format!(
            "{}, when {} for {}; it is at {}{}{}",
            prose::words(&trigger.step),
            when(trigger),
            prose::words(&trigger.duration),
            words::amount(current),
            growth(trigger),
            sources.cited(&trigger.sources)
        ),
        None if capacity.triggers.is_empty() => "no trigger is set".to_owned(),
        None => "not known: no trigger's present value is measured".to_owned(),
    };
    format!("**Next step**: {text}. [The triggers](capacity-planning.md#scaling-triggers)")
}

fn growth(trigger: &Trigger) -> String {
    trigger.reached_on.as_deref().map_or_else(String::new, |day| {
        format!(", and at the given growth gets there on {}", prose::words(day))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Unit;
    use crate::pages::model::{
        Amount, Basis, Breakpoint, Computed, Crossing, Fit, Limit, LimitKind, Source, Targets,
    };
    use crate::report::Bound;

    fn target(state: State, measured: Value) -> Target {
        Target {
            id: "t".to_owned(),
            category: "complex".to_owned(),
            row: Some("complex / form-pdf".to_owned()),
            metric: "p95".to_owned(),
            bound: Bound::AtMost,
            target: Amount::new(60.0, Unit::Ms),
            promise: None,
            at: Some("24/s".to_owned()),
            measured,
            state,
            margin: Some(-0.187),
            promise_margin: None,
            source: None,
        }
    }

    #[test]
    fn what_needs_a_reader_comes_first_and_the_worst_before_all() {
        let known = || Value::Known(Amount::new(71.2, Unit::Ms).within(68.0, 74.9));
        let unknown = Value::NotMeasured("no run at 24/s".to_owned());
        let targets = vec![
            target(State::NotMeasured, unknown),
            target(State::Met, known()),
            target(State::Broken, known()),
        ];
        let targets = Targets { targets, budgets: Vec::new() };
        let model = Model { targets, ..Model::default() };
        let text = &blocks(&model, &Way(None))["overview"];
        let open = "**1 of 3 targets met, 1 broken, 1 not measured.** [All targets](slos.md#targets)\n\n\
            | state | target | at | measured | margin | source |\n\
            | --- | --- | --- | --- | ---: | --- |\n\
            | **broken** | p95 of `complex / form-pdf`: at most 60.0 ms | 24/s | 71.2 ms [68.0, 74.9] \
            | -18.7% | |\n\
            | not measured | p95 of `complex / form-pdf`: at most 60.0 ms | 24/s | not measured: no run \
            at 24/s | | |\n";
        assert!(text.starts_with(open), "{text}");
    }

    fn trigger(step: &str, left: Option<f64>, day: Option<&str>) -> Trigger {
        Trigger {
            step: step.to_owned(),
            metric: "database CPU".to_owned(),
            threshold: Value::Known(Amount::new(0.66, Unit::Ratio)),
            below: false,
            duration: "10min".to_owned(),
            basis: Basis::Policy,
            because: String::new(),
            warning: None,
            is_of_a_test: false,
            current: Value::Known(Amount::new(0.39, Unit::Ratio)),
            left,
            reached_on: day.map(str::to_owned),
            sources: Vec::new(),
        }
    }

    #[test]
    fn the_trigger_that_growth_reaches_first_is_the_next_step() {
        let told =
            |triggers| next(&Capacity { triggers, ..Capacity::default() }, &mut Sources::default());
        let text = told(vec![
            trigger("phase 2", Some(0.6), Some("2028-01-01")),
            trigger("cache", Some(0.01), None),
            trigger("replica", Some(0.7), Some("2027-05-01")),
            trigger("x", None, None),
        ]);
        let expected = "**Next step**: replica, when database CPU over 66.00% for 10min; it is at \
                        39.00%, and at the given growth gets there on 2027-05-01.";
        assert!(text.starts_with(expected), "{text}");
        let text = told(vec![trigger("a", Some(0.6), None), trigger("b", Some(0.4), None)]);
        assert!(text.starts_with("**Next step**: b, "), "{text}");
    }

    #[test]
    fn every_number_says_where_it_came_from() {
        let source = |file: &str| Source { file: file.to_owned(), ..Source::default() };
        let met = Target {
            source: Some(source("baselines/b.json")),
            ..target(State::Met, Value::Known(Amount::new(50.0, Unit::Ms)))
        };
        let rate = |value| Amount::new(value, Unit::PerSecond);
        let crossing = Crossing { at_seconds: 4.0, offered: rate(250.0), achieved: rate(240.0) };
        let ramp = Breakpoint {
            name: "ramp".to_owned(),
            windows: Vec::new(),
            limits: vec![Limit {
                kind: LimitKind::Drops,
                target: String::new(),
                reached: Reached::At(crossing),
            }],
            generator_limited: false,
            p95_target: None,
            bottlenecks: Vec::new(),
            source: source("ramp.json"),
        };
        let fit = Fit {
            name: "steps".to_owned(),
            chosen: "hard limit".to_owned(),
            most: None,
            because: String::new(),
            models: Vec::new(),
            points: Vec::new(),
            curve: Vec::new(),
            little: String::new(),
            source: source("steps.json"),
        };
        let users = Computed {
            name: "users".to_owned(),
            formula: String::new(),
            filled: String::new(),
            value: Value::Known(Amount::new(7.0, Unit::Count)),
            basis: Basis::Derived,
            answer: true,
            note: None,
            warning: None,
            sources: vec![source("steps.json"), source("plan.json")],
        };
        let mut model = Model::default();
        model.targets.targets = vec![met];
        model.load.breakpoints = vec![ramp];
        model.load.fits = vec![fit];
        model.capacity.plan = vec![users];
        model.capacity.triggers = vec![Trigger {
            sources: vec![source("cpu.prom")],
            ..trigger("replica", Some(0.7), None)
        }];
        let text = &blocks(&model, &Way(None))["overview"];
        for part in [
            "**1 of 1 target met.** (source 1) [All targets]",
            "at 250/s offered and 240/s achieved (source 2). [Load",
            "hard limit in `steps`: not measured (source 3). [The fit]",
            "7 users (source 3, 4). [The plan]",
            "it is at 39.00% (source 5). [The triggers]",
            "Sources:\n\n1. `baselines/b.json`",
            "\n5. `cpu.prom`",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let text = &blocks(&Model::default(), &Way(None))["overview"];
        for part in [
            "**No target is set.**",
            "**Breaking point**: not measured.",
            "**Scalability**: not measured.",
            "**Capacity**: there is no plan.",
            "**Next step**: no trigger is set.",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
