//! How much load a run carried, as far as a target is concerned.
//!
//! In requests a second: what the rows that the target covers completed together, and what never
//! started because no user was free (k6's dropped iterations). A service that cannot keep up can
//! thereby break a target at the load that it was offered; what it did not complete it cannot meet.
//! The rows of a database's tables and plans carry no rate; there the transactions a second of the
//! database as a whole count.
//!
//! In users: the number in the row's tag `users`, `vus` or `concurrency`. A benchmark, and a plan that
//! is executed by itself, is one user.

use crate::measure::{Figure, Metric, Row, Run, Tool};
use crate::policy::Load;

/// Tags that tell how many users a row was measured with; the first that a row has counts.
pub const USER_TAGS: [&str; 3] = ["users", "vus", "concurrency"];

/// The tag of the row that stands for a whole database.
const DATABASE: &str = "database";

/// The load of a run, in requests a second or users.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carried {
    /// What it was offered.
    pub offered: f64,
    /// What of that it completed.
    pub completed: f64,
}

/// What the rows carried together in one run, in the kind of load that is asked for; `None` where
/// that is not known.
#[must_use]
pub fn carried(run: &Run, rows: &[&Row], asked: Load) -> Option<Carried> {
    match asked {
        Load::Users(_) => {
            let users: Option<Vec<f64>> = rows.iter().map(|row| users(run.tool, row)).collect();
            let users = users?.into_iter().reduce(f64::min)?;
            Some(Carried { offered: users, completed: users })
        }
        Load::PerSecond(_) => per_second(rows).or_else(|| {
            let without = !rows.is_empty() && rows.iter().all(|row| has_no_rate(run.tool, row));
            without.then(|| of_database(run)).flatten()
        }),
    }
}

/// How many users a row was measured with.
#[must_use]
pub fn users(tool: Tool, row: &Row) -> Option<f64> {
    match USER_TAGS.iter().find_map(|tag| row.tags.get(*tag)) {
        Some(text) => text.parse::<u32>().ok().filter(|users| *users > 0).map(f64::from),
        None => is_alone(tool, row).then_some(1.0),
    }
}

/// A row that is measured by itself, one execution after another.
fn is_alone(tool: Tool, row: &Row) -> bool {
    match tool {
        Tool::Criterion => true,
        Tool::K6 => false,
        Tool::Postgres => row.tags.contains_key("plan"),
    }
}

/// Requests a second over all rows; `None` unless every row tells.
fn per_second(rows: &[&Row]) -> Option<Carried> {
    let rates: Option<Vec<Carried>> = rows.iter().map(|row| of_row(row)).collect();
    rates?.into_iter().reduce(|a, b| Carried {
        offered: a.offered + b.offered,
        completed: a.completed + b.completed,
    })
}

fn of_row(row: &Row) -> Option<Carried> {
    let completed = row.figures.get(&Metric::Throughput)?.value();
    let offered = match row.figures.get(&Metric::Dropped) {
        Some(Figure::Share { events, of }) if events < of => {
            completed * *of as f64 / (of - events) as f64
        }
        _ => completed,
    };
    Some(Carried { offered, completed })
}

/// A row that no load test can give a rate: one of a database's tables and plans.
fn has_no_rate(tool: Tool, row: &Row) -> bool {
    tool == Tool::Postgres && !row.figures.contains_key(&Metric::Throughput)
}

fn of_database(run: &Run) -> Option<Carried> {
    let database = run.rows.iter().find(|row| row.tags.contains_key(DATABASE))?;
    of_row(database)
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::{k6_row, run_of};
    use super::*;
    use crate::measure::{Evidence, Tags, Unit};

    fn tagged(key: &str, value: &str) -> Row {
        let tags: Tags = [(key.to_owned(), value.to_owned())].into();
        Row::empty(value.to_owned(), tags, Unit::Ms, Evidence::Quantiles)
    }

    #[test]
    fn rates_add_up_and_dropped_iterations_were_offered() {
        let (mut a, b) = (k6_row("a", 30.0, 1.0), k6_row("b", 20.0, 1.0));
        let run = run_of(vec![a.clone(), b.clone()]);
        let load = carried(&run, &[&a, &b], Load::PerSecond(1.0)).unwrap();
        assert!((load.offered - 50.0).abs() < 1e-6, "{load:?}");
        assert!((load.completed - 50.0).abs() < 1e-6, "{load:?}");
        a.figures.insert(Metric::Dropped, Figure::share(25, 100).unwrap());
        let load = carried(&run, &[&a, &b], Load::PerSecond(1.0)).unwrap();
        assert!((load.offered - 60.0).abs() < 1e-6, "{load:?}");
        assert!((load.completed - 50.0).abs() < 1e-6, "{load:?}");
        let mut silent = b.clone();
        silent.figures.remove(&Metric::Throughput);
        assert_eq!(carried(&run, &[&a, &silent], Load::PerSecond(1.0)), None);
        assert_eq!(carried(&run, &[], Load::PerSecond(1.0)), None);
    }

    #[test]
    fn users_are_told_by_tags_or_by_the_tool() {
        let row = tagged("concurrency", "16");
        let run = run_of(vec![]);
        let load = carried(&run, &[&row], Load::Users(1.0));
        assert_eq!(load, Some(Carried { offered: 16.0, completed: 16.0 }));
        for odd in ["", "0", "many", "-3", "1e3"] {
            assert_eq!(users(Tool::K6, &tagged("vus", odd)), None, "{odd}");
        }
        assert_eq!(users(Tool::K6, &tagged("category", "read")), None);
        assert_eq!(users(Tool::Criterion, &tagged("group", "x")), Some(1.0));
        assert_eq!(users(Tool::Postgres, &tagged("plan", "x")), Some(1.0));
    }

    #[test]
    fn tables_stand_under_the_load_of_their_database() {
        let table = tagged("table", "clients");
        let mut database = tagged("database", "clinic");
        database.figures.insert(Metric::Throughput, Figure::positive(250.0, None).unwrap());
        let run = Run { tool: Tool::Postgres, ..run_of(vec![database, table.clone()]) };
        let load = carried(&run, &[&table], Load::PerSecond(1.0)).unwrap();
        assert!((load.offered - 250.0).abs() < 1e-5, "{load:?}");
        let alone = Run { rows: vec![], ..run };
        assert_eq!(carried(&alone, &[&table], Load::PerSecond(1.0)), None);
    }
}
