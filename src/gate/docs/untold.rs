//! Iterations that never started and that no row can be blamed for.

use crate::measure::{Figure, Metric, Row, Run, drops};
use crate::pages::Untold;
use crate::slo::pool;

/// The drops of a row that is made of nothing else, because they may belong to several others.
pub(super) fn of_row(row: &Row, run: &Run) -> Option<u64> {
    let Some(Figure::Share { events: events @ 1.., .. }) = row.figures.get(&Metric::Dropped) else {
        return None;
    };
    let bare = row.n == 0 && row.figures.len() == 1;
    (bare && drops::beside(&row.tags, &run.rows) > 0).then_some(*events)
}

/// The drops of every run that no row can be blamed for, out of the iterations of all runs.
pub(super) fn of_runs(runs: &[Run]) -> Option<Untold> {
    let untold = |run: &Run| run.rows.iter().filter_map(|row| of_row(row, run)).sum::<u64>();
    let all = |run: &Run| {
        let tell = |row: &&Row| row.figures.contains_key(&Metric::Dropped);
        match pool::figure(&run.rows.iter().filter(tell).collect::<Vec<_>>(), Metric::Dropped) {
            Some(Figure::Share { of, .. }) => of,
            _ => 0,
        }
    };
    let (dropped, of) = (runs.iter().map(untold).sum(), runs.iter().map(all).sum());
    (dropped > 0).then_some(Untold { dropped, of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Evidence, Provenance, Tags, Tool, Unit};

    fn row(tags: &[(&str, &str)], n: u64, (events, of): (u64, u64)) -> Row {
        let tags: Tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut row = Row::empty(String::new(), tags, Unit::Ms, Evidence::Requests);
        row.n = n;
        row.figures.insert(Metric::Dropped, Figure::share(events, of).unwrap());
        row
    }

    fn run(rows: Vec<Row>) -> Run {
        Run {
            id: String::new(),
            path: String::new(),
            tool: Tool::K6,
            format: "ndjson",
            tool_version: None,
            workload: None,
            provenance: Provenance::default(),
            rows,
            problems: Vec::new(),
        }
    }

    #[test]
    fn drops_of_no_row_are_out_of_the_iterations_of_all_runs() {
        let read = || row(&[("category", "read")], 43, (2, 500));
        let runs = [run(vec![row(&[], 0, (41, 541)), read()]), run(vec![read()])];
        assert_eq!(of_runs(&runs), Some(Untold { dropped: 41, of: 1041 }));
        assert_eq!(of_runs(&runs[1..]), None);
        // A row of its own, all of which was dropped, has nobody else to blame.
        assert_eq!(of_runs(&[run(vec![row(&[], 0, (7, 7))])]), None);
    }
}
