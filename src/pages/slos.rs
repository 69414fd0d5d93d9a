//! `slos.md`: what is promised, what is aimed at, what was measured.

use super::blocks::Blocks;
use super::model::{Budget, Model, Target, Targets, Value};
use super::sources::{Sources, Way};
use super::table::{Side, Table};
use super::words;
use crate::measure::Unit;
use crate::report::{number, prose};

pub(super) fn blocks(model: &Model, way: &Way) -> Blocks {
    let targets = &model.targets;
    Blocks::from([
        ("customers", customers(targets, way)),
        ("targets", every(targets, way)),
        ("availability", availability(targets)),
    ])
}

fn availability(targets: &Targets) -> String {
    let nothing = "No availability is promised: no target in the configuration is about one.\n";
    words::or(targets.budgets.iter().map(budget).collect(), nothing)
}

fn customers(targets: &Targets, way: &Way) -> String {
    let mut table = Table::new(&[
        ("", Side::Left),
        ("promise", Side::Left),
        ("target", Side::Left),
        ("measured", Side::Left),
        ("margin", Side::Right),
        ("target is", Side::Left),
        ("source", Side::Left),
    ]);
    let mut sources = Sources::default();
    let promised = targets.targets.iter().filter_map(|t| Some((t, t.promise.as_ref()?)));
    for (target, promise) in promised {
        table.row(vec![
            words::about_in_full(target) + &at(target),
            words::limit(target.bound, promise),
            words::limit(target.bound, &target.target),
            words::value(&target.measured),
            words::margin(known(target, target.promise_margin), promise.unit),
            words::state(target.state).to_owned(),
            sources.mark(target.source.as_ref()),
        ]);
    }
    let nothing = "Nothing is promised: no target in the configuration has a contract.\n";
    words::or(table.markdown() + &sources.list(way), nothing)
}

fn every(targets: &Targets, way: &Way) -> String {
    if targets.targets.is_empty() {
        return "No target is set: the configuration has none.\n".to_owned();
    }
    let mut text = words::tally(&targets.targets) + "\n\n";
    let mut sources = Sources::default();
    let mut categories: Vec<&str> = Vec::new();
    for target in &targets.targets {
        if !categories.contains(&target.category.as_str()) {
            categories.push(&target.category);
        }
    }
    for category in categories {
        let mut table = Table::new(&[
            ("target", Side::Left),
            ("at", Side::Left),
            ("measured", Side::Left),
            ("margin", Side::Right),
            ("state", Side::Left),
            ("source", Side::Left),
        ]);
        for target in targets.targets.iter().filter(|target| target.category == category) {
            let limit = words::limit(target.bound, &target.target);
            table.row(vec![
                format!("{}: {limit}", words::about(target)),
                target.at.as_deref().map_or_else(String::new, prose::words),
                words::value(&target.measured),
                words::margin(known(target, target.margin), target.target.unit),
                words::state(target.state).to_owned(),
                sources.mark(target.source.as_ref()),
            ]);
        }
        text.push_str(&format!("### {}\n\n", prose::words(category)));
        text.push_str(&table.markdown());
    }
    text + &sources.list(way)
}

fn at(target: &Target) -> String {
    target.at.as_deref().map_or_else(String::new, |at| format!(" at {}", prose::words(at)))
}

/// A margin, but none of what was not measured.
fn known(target: &Target, margin: Option<f64>) -> Option<f64> {
    margin.filter(|_| matches!(target.measured, Value::Known(_)))
}

fn budget(budget: &Budget) -> String {
    let promise = number::value(budget.availability, Unit::Ratio);
    let mut table = Table::new(&[
        ("alert", Side::Left),
        ("burn rate", Side::Right),
        ("long window", Side::Left),
        ("short window", Side::Left),
        ("of the budget", Side::Right),
    ]);
    for rule in &budget.rules {
        table.row(vec![
            prose::words(&rule.severity),
            number::tick(rule.factor),
            prose::words(&rule.long),
            prose::words(&rule.short),
            format!("{}%", number::tick(rule.consumed * 100.0)),
        ]);
    }
    let days = number::count(budget.days as usize, "day");
    format!(
        "**{}: {promise} over {days}** leaves an error budget of {} minutes.\n\n{}\
         An alert fires where the error rate is over its burn rate times {} in both windows. At \
         that rate the budget lasts {days} divided by the burn rate.\n\n",
        prose::words(&budget.name),
        number::tick(budget.minutes),
        table.markdown(),
        number::value(1.0 - budget.availability, Unit::Ratio),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::model::{Amount, BurnRule, State};
    use crate::report::Bound;

    fn target() -> Target {
        let ms = |value| Amount::new(value, Unit::Ms);
        Target {
            id: "read-p95".to_owned(),
            category: "read".to_owned(),
            row: None,
            metric: "p95".to_owned(),
            bound: Bound::AtMost,
            target: ms(50.0),
            promise: Some(ms(100.0)),
            at: Some("200/s".to_owned()),
            measured: Value::Known(ms(20.0).within(18.0, 22.0)),
            state: State::Met,
            margin: Some(0.6),
            promise_margin: Some(0.8),
            source: None,
        }
    }

    fn page(targets: Vec<Target>, budgets: Vec<Budget>) -> Blocks {
        let targets = Targets { targets, budgets };
        blocks(&Model { targets, ..Model::default() }, &Way(None))
    }

    #[test]
    fn customers_read_promise_target_measurement_and_margin() {
        let blocks = page(vec![target()], Vec::new());
        let line = "| p95 of read at 200/s | at most 100 ms | at most 50.0 ms | 20.0 ms [18.0, 22.0] \
                    | +80.0% | met | |\n";
        assert!(blocks["customers"].contains(line), "{}", blocks["customers"]);
        let line = "| p95: at most 50.0 ms | 200/s | 20.0 ms [18.0, 22.0] | +60.0% | met | |\n";
        assert!(blocks["targets"].contains(line), "{}", blocks["targets"]);
        assert!(blocks["targets"].starts_with("**1 of 1 target met.**\n\n### read\n\n"));
    }

    #[test]
    fn what_was_not_measured_has_no_number() {
        let missing = Target {
            measured: Value::NotMeasured("no run reached 95% of 200/s".to_owned()),
            state: State::NotMeasured,
            ..target()
        };
        let blocks = page(vec![missing, target()], Vec::new());
        let line = "| 200/s | not measured: no run reached 95% of 200/s | | not measured | |\n";
        assert!(blocks["targets"].contains(line), "{}", blocks["targets"]);
        assert!(blocks["targets"].starts_with("**1 of 2 targets met, 1 not measured.**"));
        assert!(blocks["customers"].contains("| not measured: no run reached 95% of 200/s | |"));
    }

    #[test]
    fn a_budget_is_told_in_minutes_and_rates() {
        let rule = BurnRule {
            severity: "page".to_owned(),
            factor: 14.4,
            long: "1h".to_owned(),
            short: "5min".to_owned(),
            consumed: 0.02,
        };
        let budget = Budget {
            name: "every endpoint".to_owned(),
            availability: 0.995,
            days: 30,
            minutes: 216.0,
            rules: vec![rule],
        };
        let text = &page(Vec::new(), vec![budget])["availability"];
        for part in ["99.50% over 30 days**", "216 minutes", "| page | 14.4 | 1h | 5min | 2% |"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.contains("times 0.50% in both windows"), "{text}");
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let blocks = page(Vec::new(), Vec::new());
        assert!(blocks["customers"].starts_with("Nothing is promised"));
        assert!(blocks["targets"].starts_with("No target is set"));
        assert!(blocks["availability"].starts_with("No availability is promised"));
    }
}
