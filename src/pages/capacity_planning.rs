//! `capacity-planning.md`: formulas with numbers put in, the database, when to grow.

use super::blocks::Blocks;
use super::model::{Capacity, Computed, Model, Trigger, Value};
use super::sources::{Sources, Way};
use super::table::{Side, Table};
use super::words;
use crate::measure::Unit;
use crate::report::prose;

pub(super) fn blocks(model: &Model, way: &Way) -> Blocks {
    let capacity = &model.capacity;
    Blocks::from([
        ("plan", plan(capacity, way)),
        ("database", database(capacity, way)),
        ("triggers", triggers(&capacity.triggers, way)),
    ])
}

fn plan(capacity: &Capacity, way: &Way) -> String {
    if capacity.inputs.is_empty() && capacity.plan.is_empty() {
        return "There is no plan: the configuration has no [capacity].\n".to_owned();
    }
    let mut sources = Sources::default();
    let mut text = match &capacity.bound_by {
        Some(scarce) => format!("**Bound by {}.**\n\n", prose::words(scarce)),
        None => "**What it is bound by is not known.**\n\n".to_owned(),
    };
    let mut inputs = Table::new(&[
        ("input", Side::Left),
        ("value", Side::Right),
        ("basis", Side::Left),
        ("source", Side::Left),
    ]);
    for input in &capacity.inputs {
        inputs.row(vec![
            prose::words(&input.name),
            words::value(&input.value),
            words::basis(input.basis).to_owned(),
            sources.marks(&input.sources),
        ]);
    }
    text.push_str(&inputs.markdown());
    text.push_str(&computed(&capacity.plan, &mut sources));
    text + &sources.list(way)
}

fn database(capacity: &Capacity, way: &Way) -> String {
    let mut sources = Sources::default();
    let mut text = String::from("### Connection pool\n\n");
    let nothing = "Not measured: no service with a pool was measured.\n\n";
    if let Some(headline) = &capacity.pool_headline {
        text.push_str(&format!("**{}.**\n\n", sentence(headline)));
    }
    text.push_str(&sizes(capacity, &mut sources));
    text.push_str(&words::or(computed(&capacity.pool, &mut sources), nothing));
    text.push_str("### Timeouts\n\n");
    let nothing = "Not measured: no statement was timed 10,000 times.\n\n";
    text.push_str(&words::or(computed(&capacity.timeouts, &mut sources), nothing));
    if !capacity.sql.is_empty() {
        text.push_str(&prose::fenced("sql", &capacity.sql));
        text.push('\n');
    }
    text.push_str("### Index coverage\n\n");
    let nothing = "Not measured: no target is set, or no snapshot was taken.\n\n";
    text.push_str(&words::or(indexes(capacity, &mut sources), nothing));
    text + &sources.list(way)
}

/// A sentence as it begins.
fn sentence(text: &str) -> String {
    let mut words = prose::words(text);
    if let Some(first) = words.get(..1).map(str::to_uppercase) {
        words.replace_range(..1, &first);
    }
    words
}

/// Pools of every size and who waits with them, and what a pooler before them opens.
fn sizes<'a>(capacity: &'a Capacity, sources: &mut Sources<'a>) -> String {
    let mut table = Table::new(&[
        ("rule", Side::Left),
        ("an instance", Side::Right),
        ("in all", Side::Right),
        ("waits too long", Side::Right),
        ("source", Side::Left),
    ]);
    for size in &capacity.pool_sizes {
        let mut cells: Vec<String> =
            [&size.rule, &size.one, &size.all, &size.late].map(|text| prose::words(text)).into();
        cells.push(sources.marks(&size.sources));
        table.row(cells);
    }
    let mut text = table.markdown();
    for said in &capacity.pooler {
        text.push_str(&format!("* {}.\n", sentence(said)));
    }
    if !capacity.pooler.is_empty() {
        text.push('\n');
    }
    text
}

/// A table of results, then each formula with its numbers.
fn computed<'a>(results: &'a [Computed], sources: &mut Sources<'a>) -> String {
    let mut table = Table::new(&[
        ("result", Side::Left),
        ("value", Side::Right),
        ("basis", Side::Left),
        ("source", Side::Left),
    ]);
    let mut formulas = String::new();
    for result in results {
        let name = prose::words(&result.name);
        table.row(vec![
            if result.answer { format!("**{name}**") } else { name.clone() },
            words::value(&result.value),
            words::basis(result.basis).to_owned(),
            sources.marks(&result.sources),
        ]);
        formulas.push_str(&format!("* {name} = {}\n", prose::path(&result.formula)));
        if let (false, Value::Known(known)) = (result.filled.is_empty(), &result.value) {
            let filled = prose::path(&result.filled);
            formulas.push_str(&format!("  = {filled} = {}\n", words::amount(known)));
        }
        if let Some(note) = &result.note {
            formulas.push_str(&format!("  {}.\n", sentence(note)));
        }
        if let Some(warning) = &result.warning {
            formulas.push_str(&format!("  **Warning:** {}.\n", prose::words(warning)));
        }
    }
    if !formulas.is_empty() {
        formulas.push('\n');
    }
    table.markdown() + &formulas
}

fn indexes<'a>(capacity: &'a Capacity, sources: &mut Sources<'a>) -> String {
    let mut table = Table::new(&[
        ("table", Side::Left),
        ("target", Side::Left),
        ("measured", Side::Left),
        ("state", Side::Left),
        ("source", Side::Left),
    ]);
    for index in &capacity.indexes {
        table.row(vec![
            prose::code(&index.table),
            format!("at least {}", words::amount(&index.target)),
            words::value(&index.measured),
            words::state(index.state).to_owned(),
            sources.mark(index.source.as_ref()),
        ]);
    }
    table.markdown()
}

fn triggers(triggers: &[Trigger], way: &Way) -> String {
    let mut sources = Sources::default();
    let mut table = Table::new(&[
        ("step", Side::Left),
        ("when", Side::Left),
        ("for", Side::Left),
        ("because", Side::Left),
        ("now", Side::Left),
        ("left", Side::Right),
        ("reached on", Side::Left),
        ("source", Side::Left),
    ]);
    for trigger in triggers {
        table.row(vec![
            prose::words(&trigger.step),
            when(trigger),
            prose::words(&trigger.duration),
            because(trigger),
            now(trigger),
            left(trigger),
            trigger.reached_on.as_deref().map_or_else(|| "not known".to_owned(), prose::words),
            sources.marks(&trigger.sources),
        ]);
    }
    let nothing = "There are no triggers: the configuration has none.\n";
    words::or(table.markdown() + &sources.list(way), nothing)
}

fn because(trigger: &Trigger) -> String {
    let because = format!("{}: {}", words::basis(trigger.basis), prose::words(&trigger.because));
    match &trigger.warning {
        Some(warning) => format!("{because}. **Warning:** {}", prose::words(warning)),
        None => because,
    }
}

fn now(trigger: &Trigger) -> String {
    let now = words::value(&trigger.current);
    match (&trigger.current, trigger.is_of_a_test) {
        (Value::Known(_), true) => format!("{now} after a load test"),
        _ => now,
    }
}

/// `database CPU over 66%`
pub(super) fn when(trigger: &Trigger) -> String {
    let metric = prose::words(&trigger.metric);
    let side = if trigger.below { "under" } else { "over" };
    match &trigger.threshold {
        Value::Known(threshold) => format!("{metric} {side} {}", words::amount(threshold)),
        unknown => format!("{metric}, {}", words::value(unknown)),
    }
}

/// What is left of a threshold, as a share of it.
fn left(trigger: &Trigger) -> String {
    let both = (&trigger.threshold, &trigger.current);
    match (both, trigger.left) {
        ((Value::Known(_), Value::Known(_)), Some(left)) => words::margin(Some(left), Unit::Count),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::model::{Amount, Basis, IndexCoverage, Input, PoolSize, Source, State};

    fn source(file: &str) -> Source {
        Source { file: file.to_owned(), ..Source::default() }
    }

    fn result(value: Value) -> Computed {
        Computed {
            name: "organisations per instance".to_owned(),
            formula: "limit x (1 - headroom) / rate".to_owned(),
            filled: "262 x (1 - 0.3) / 0.9".to_owned(),
            value,
            basis: Basis::Derived,
            answer: true,
            note: None,
            warning: Some("the limit is a bound".to_owned()),
            sources: vec![source("ramp.json")],
        }
    }

    fn page(capacity: Capacity) -> Blocks {
        blocks(&Model { capacity, ..Model::default() }, &Way(None))
    }

    #[test]
    fn a_pool_is_concluded_on_before_its_rules() {
        let size = PoolSize {
            rule: "configured".to_owned(),
            one: "16".to_owned(),
            all: "32".to_owned(),
            late: "0.0081% wait over 10.0 ms".to_owned(),
            sources: vec![source("m.prom")],
        };
        let capacity = Capacity {
            pool_headline: Some("connections of one instance: 16 configured, 1 needed".to_owned()),
            pool_sizes: vec![size],
            pooler: vec!["if each of 140 organisations had its own: 2,800 of 97".to_owned()],
            ..Capacity::default()
        };
        let text = &page(capacity)["database"];
        let expected = "### Connection pool\n\n\
            **Connections of one instance: 16 configured, 1 needed.**\n\n\
            | rule | an instance | in all | waits too long | source |\n\
            | --- | ---: | ---: | ---: | --- |\n\
            | configured | 16 | 32 | 0.0081% wait over 10.0 ms | 1 |\n\n\
            * If each of 140 organisations had its own: 2,800 of 97.\n\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("Sources:\n\n1. `m.prom`"), "{text}");
    }

    #[test]
    fn formulas_stand_with_their_numbers() {
        let organisations = Amount::new(203.0, Unit::Count).within(190.0, 215.0);
        let input = Input {
            name: "headroom".to_owned(),
            value: Value::Known(Amount::new(0.3, Unit::Ratio)),
            basis: Basis::Policy,
            sources: Vec::new(),
        };
        let text = &page(Capacity {
            inputs: vec![input],
            plan: vec![result(Value::Known(organisations))],
            bound_by: Some("the database's CPU".to_owned()),
            ..Capacity::default()
        })["plan"];
        for part in [
            "**Bound by the database's CPU.**\n",
            "| headroom | 30.00% | policy | |\n",
            "| **organisations per instance** | 203 [190, 215] | derived | 1 |\n",
            "* organisations per instance = `limit x (1 - headroom) / rate`\n  = `262 x (1 - 0.3) / \
             0.9` = 203 [190, 215]\n  **Warning:** the limit is a bound.\n",
            "1. `ramp.json`: ",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn what_is_not_measured_fills_no_formula() {
        let unknown = result(Value::NotMeasured("no ramp was recorded".to_owned()));
        let text = &page(Capacity { pool: vec![unknown], ..Capacity::default() })["database"];
        assert!(text.contains("| not measured: no ramp was recorded | derived |"), "{text}");
        assert!(!text.contains("262"), "{text}");
    }

    #[test]
    fn triggers_say_how_far_they_are() {
        let trigger = |current| Trigger {
            step: "read replica".to_owned(),
            metric: "database CPU".to_owned(),
            threshold: Value::Known(Amount::new(0.66, Unit::Ratio)),
            below: false,
            duration: "10min".to_owned(),
            basis: Basis::Derived,
            because: "the knee x (1 - 30%)".to_owned(),
            warning: None,
            is_of_a_test: false,
            current,
            left: Some(0.41),
            reached_on: None,
            sources: Vec::new(),
        };
        let known = Value::Known(Amount::new(0.39, Unit::Ratio));
        let unknown = Value::NotMeasured(String::new());
        let triggers = vec![trigger(known), trigger(unknown)];
        let text = &page(Capacity { triggers, ..Capacity::default() })["triggers"];
        for line in [
            "| database CPU over 66.00% | 10min | derived: the knee x (1 - 30%) | 39.00% | +41.0% | \
             not known | |\n",
            "| not measured | | not known | |\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn the_database_has_pool_timeouts_and_indexes() {
        let index = IndexCoverage {
            table: "appointments".to_owned(),
            target: Amount::new(0.95, Unit::Ratio),
            measured: Value::Known(Amount::new(0.999, Unit::Ratio)),
            state: State::Met,
            source: Some(source("after.json")),
        };
        let sql = vec!["ALTER ROLE clinic SET statement_timeout = '2s';".to_owned()];
        let text = &page(Capacity { indexes: vec![index], sql, ..Capacity::default() })["database"];
        for part in [
            "### Connection pool\n\nNot measured",
            "### Timeouts\n\nNot measured",
            "```sql\nALTER ROLE clinic SET statement_timeout = '2s';\n```\n",
            "| `appointments` | at least 95.00% | 99.90% | met | 1 |\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let blocks = page(Capacity::default());
        assert!(blocks["plan"].starts_with("There is no plan"));
        assert!(blocks["triggers"].starts_with("There are no triggers"));
        assert_eq!(blocks["database"].matches("Not measured").count(), 3);
    }
}
