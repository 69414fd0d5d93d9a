//! `benchmarks.md`: what is stored of every suite.

use std::collections::BTreeSet;

use super::blocks::Blocks;
use super::model::{BaselineRow, Group, Model, RowFigure, Suite, Untold};
use super::plot::{self, Figures};
use super::sources::{Way, described};
use super::table::{Side, Table};
use super::words;
use crate::measure::{Metric, Unit};
use crate::report::{number, prose};

/// Metrics that are told in one sentence where they are the same in every row.
const QUIET: [Metric; 4] = [Metric::Dropped, Metric::Checks, Metric::TempBlocks, Metric::Deadlocks];

pub(super) fn blocks(model: &Model, way: &Way, figures: &mut Figures) -> Blocks {
    let mut text = String::new();
    if model.baselines.suites.is_empty() && model.baselines.missing.is_empty() {
        text.push_str("Not measured: no suite is configured.\n");
    }
    for suite in &model.baselines.suites {
        text.push_str(&of_suite(suite, way, figures));
    }
    for missing in &model.baselines.missing {
        text.push_str(&heading(missing));
        text.push_str("Not measured: no baseline is stored.\n\n");
    }
    Blocks::from([("benchmarks", text)])
}

fn heading(suite: &str) -> String {
    format!("## Suite {}\n\n", prose::code(suite))
}

fn of_suite(suite: &Suite, way: &Way, figures: &mut Figures) -> String {
    let mut text = heading(&suite.name);
    text.push_str(&format!(
        "{}, {} in {}, from {}.\n\n",
        prose::words(&suite.tool),
        number::count(suite.runs as usize, "run"),
        number::count(suite.sessions as usize, "session"),
        described(&suite.source, way)
    ));
    if let Some(untold) = suite.untold {
        text.push_str(&told_of_no_row(untold));
    }
    for group in &suite.groups {
        text.push_str(&format!("### {}\n\n", prose::words(&group.name)));
        text.push_str(&of_group(group));
        let distribution = group.distribution.as_ref();
        let chart = distribution.and_then(|d| plot::distribution(&suite.name, &group.name, d));
        text.push_str(&figures.show(chart));
    }
    text
}

/// `41 of 73,041 iterations (0.056%) never started; results do not tell of which row.`
fn told_of_no_row(Untold { dropped, of }: Untold) -> String {
    let share = number::value(dropped as f64 / of as f64, Unit::Ratio);
    format!(
        "{} of {} iterations ({share}) never started, and no result tells to which row they belong.\n\n",
        number::whole(dropped as f64),
        number::whole(of as f64)
    )
}

fn of_group(group: &Group) -> String {
    let measured: BTreeSet<Metric> =
        group.rows.iter().flat_map(|row| &row.figures).map(|figure| figure.metric).collect();
    let quiet: Vec<(Metric, String)> =
        QUIET.into_iter().filter_map(|metric| Some((metric, same(group, metric)?))).collect();
    let spread = group.rows.iter().any(|row| spread(row, group.primary).is_some());
    let counted = group.rows.iter().any(|row| row.n.is_some());
    let shown: Vec<Metric> =
        measured.into_iter().filter(|metric| !quiet.iter().any(|(q, _)| q == metric)).collect();

    let mut table = Table::new(&[("row", Side::Left)]);
    for metric in &shown {
        table.add(&name(*metric), Side::Right);
        if spread && *metric == group.primary {
            table.add(&format!("{} by session", name(*metric)), Side::Right);
        }
    }
    if counted {
        table.add("n a run", Side::Right);
    }
    for row in &group.rows {
        let mut cells = vec![prose::code(&row.id)];
        for metric in &shown {
            cells.push(words::maybe(figure(row, *metric).map(|figure| &figure.amount)));
            if spread && *metric == group.primary {
                cells.push(spread_words(row, *metric));
            }
        }
        if counted {
            cells.push(row.n.map_or_else(String::new, counts));
        }
        table.row(cells);
    }
    let facts: Vec<String> =
        quiet.iter().map(|(metric, value)| format!("{} {value}", name(*metric))).collect();
    let facts = facts.join(", ");
    // Without a column there is nothing to show but which rows there are.
    if shown.is_empty() && !counted {
        let rows: Vec<String> = group.rows.iter().map(|row| prose::code(&row.id)).collect();
        let facts = words::or(facts, words::NOT_MEASURED);
        return format!("{}: {facts}.\n\n", rows.join(", "));
    }
    match facts.as_str() {
        "" => table.markdown(),
        facts => format!("{}In every row: {facts}.\n\n", table.markdown()),
    }
}

/// What a metric is in every row, if it reads the same in all of them.
fn same(group: &Group, metric: Metric) -> Option<String> {
    let mut texts = group.rows.iter().map(|row| Some(words::amount(&figure(row, metric)?.amount)));
    let first = texts.next()??;
    texts.all(|text| text.as_ref() == Some(&first)).then_some(first)
}

fn figure(row: &BaselineRow, metric: Metric) -> Option<&RowFigure> {
    row.figures.iter().find(|figure| figure.metric == metric)
}

fn spread(row: &BaselineRow, metric: Metric) -> Option<(f64, f64)> {
    figure(row, metric)?.sessions
}

fn spread_words(row: &BaselineRow, metric: Metric) -> String {
    let unit = figure(row, metric).map(|figure| figure.amount.unit);
    match (spread(row, metric), unit) {
        (Some((low, high)), Some(unit)) => number::range(low, high, unit),
        _ => "one session".to_owned(),
    }
}

fn counts((least, most): (u64, u64)) -> String {
    match least == most {
        true => number::whole(least as f64),
        false => format!("{} to {}", number::whole(least as f64), number::whole(most as f64)),
    }
}

fn name(metric: Metric) -> String {
    metric.name().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::model::{Amount, Baselines, Source};

    fn row(id: &str, p95: f64, dropped: f64) -> BaselineRow {
        let figure = |metric, value, unit, sessions| RowFigure {
            metric,
            amount: Amount::new(value, unit),
            sessions,
        };
        BaselineRow {
            id: id.to_owned(),
            figures: vec![
                figure(Metric::P95, p95, Unit::Ms, Some((p95 * 0.9, p95 * 1.1))),
                figure(Metric::Dropped, dropped, Unit::Ratio, None),
            ],
            n: Some((43, 1043)),
        }
    }

    fn page(rows: Vec<BaselineRow>) -> String {
        page_of(rows, None)
    }

    fn page_of(rows: Vec<BaselineRow>, untold: Option<Untold>) -> String {
        let group =
            Group { name: "read".to_owned(), primary: Metric::P95, rows, distribution: None };
        let suite = Suite {
            name: "clinic".to_owned(),
            tool: "k6".to_owned(),
            source: Source { file: "b/c.json".to_owned(), ..Source::default() },
            runs: 15,
            sessions: 5,
            groups: vec![group],
            untold,
        };
        let baselines = Baselines { suites: vec![suite], missing: vec!["other".to_owned()] };
        let model = Model { baselines, ..Model::default() };
        let mut blocks = blocks(&model, &Way(Some("../../".to_owned())), &mut Figures::default());
        blocks.remove("benchmarks").unwrap()
    }

    #[test]
    fn every_suite_has_its_numbers_and_where_they_came_from() {
        assert_eq!(
            page(vec![row("read / a", 2.0, 0.0), row("read / b", 30.0, 0.0)]),
            "## Suite `clinic`\n\nk6, 15 runs in 5 sessions, from [`b/c.json`](../../b/c.json): \
             commit not recorded; machine not recorded; day not recorded.\n\n### read\n\n\
             | row | p95 | p95 by session | n a run |\n| --- | ---: | ---: | ---: |\n\
             | `read / a` | 2.00 ms | 1.80 to 2.20 ms | 43 to 1,043 |\n\
             | `read / b` | 30.0 ms | 27.0 to 33.0 ms | 43 to 1,043 |\n\n\
             In every row: dropped 0%.\n\n\
             ## Suite `other`\n\nNot measured: no baseline is stored.\n\n"
        );
    }

    #[test]
    fn what_differs_between_rows_is_a_column() {
        let text = page(vec![row("a", 2.0, 0.0), row("b", 30.0, 0.02)]);
        assert!(text.contains("| p95 by session | dropped | n a run |"), "{text}");
        assert!(!text.contains("In every row"), "{text}");
    }

    #[test]
    fn drops_of_no_row_are_a_share_of_all_iterations() {
        let untold = Some(Untold { dropped: 41, of: 73_041 });
        let text = page_of(vec![row("a", 2.0, 0.0)], untold);
        let said = "day not recorded.\n\n41 of 73,041 iterations (0.056%) never started, and no result \
                    tells to which row they belong.\n\n### read\n\n";
        assert!(text.contains(said), "{text}");
    }

    #[test]
    fn rows_without_a_column_make_no_table() {
        let mut bare = row("(all)", 2.0, 0.0);
        bare.figures.retain(|figure| figure.metric == Metric::Dropped);
        bare.n = None;
        let text = page(vec![bare.clone()]);
        assert!(text.contains("### read\n\n`(all)`: dropped 0%.\n\n## Suite"), "{text}");
        bare.figures.clear();
        let text = page(vec![bare]);
        assert!(text.contains("### read\n\n`(all)`: not measured.\n\n## Suite"), "{text}");
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let model = Model::default();
        let blocks = blocks(&model, &Way(None), &mut Figures::default());
        assert_eq!(blocks["benchmarks"], "Not measured: no suite is configured.\n");
    }
}
