//! Iterations that never started, and of which the file does not tell which row they belong to.
//!
//! k6 tags an iteration by what its user did, and one that never started only by its scenario. Where
//! rows are made of more than that, such drops are a row of their own without an iteration. Out of
//! themselves they would always be all; they are a share of the iterations that they may be of.

use super::{Figure, Metric, Row, Tags};

/// Whether a row with the tags `of` may be what a drop with the tags `drop` belongs to: it has all of
/// them, and more.
#[must_use]
pub fn may_be_of(drop: &Tags, of: &Tags) -> bool {
    of.len() > drop.len() && drop.iter().all(|(key, value)| of.get(key) == Some(value))
}

/// The iterations, dropped ones included, of those rows that the drops of a row with these tags may
/// belong to.
pub fn beside<'a>(drop: &Tags, rows: impl IntoIterator<Item = &'a Row>) -> u64 {
    let rows = rows.into_iter().filter(|row| may_be_of(drop, &row.tags));
    rows.fold(0, |sum, row| match row.figures.get(&Metric::Dropped) {
        Some(Figure::Share { of, .. }) => sum.saturating_add(*of),
        _ => sum,
    })
}

/// Rows of one run in which drops without an iteration of their own are out of all iterations that
/// they may be of. Rows that are so already stay as they are.
#[must_use]
pub fn out_of_all(mut rows: Vec<Row>) -> Vec<Row> {
    let alone = |row: &Row| match row.figures.get(&Metric::Dropped) {
        Some(Figure::Share { events, of }) => (events == of).then_some(*events),
        _ => None,
    };
    let shares: Vec<Option<Figure>> = rows
        .iter()
        .map(|row| {
            let events = alone(row).filter(|events| *events > 0)?;
            Figure::share(events, events.saturating_add(beside(&row.tags, &rows)))
        })
        .collect();
    for (row, share) in rows.iter_mut().zip(shares) {
        row.figures.extend(share.map(|share| (Metric::Dropped, share)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Evidence, Unit};

    fn row(tags: &[(&str, &str)], events: u64, of: u64) -> Row {
        let tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut row = Row::empty(String::new(), tags, Unit::Ms, Evidence::Requests);
        row.figures.insert(Metric::Dropped, Figure::share(events, of).unwrap());
        row
    }

    #[test]
    fn drops_of_no_row_are_out_of_the_iterations_that_they_may_be_of() {
        let rows = out_of_all(vec![
            row(&[], 41, 41),
            row(&[("category", "read")], 4, 4),
            row(&[("category", "read"), ("window", "1")], 1, 2000),
            row(&[("category", "write"), ("window", "1")], 7, 7),
        ]);
        let shares: Vec<Figure> = rows.iter().map(|row| row.figures[&Metric::Dropped]).collect();
        let share = |events, of| Figure::share(events, of).unwrap();
        // The last is about a row of its own, all of which was dropped.
        assert_eq!(shares, [share(41, 2052), share(4, 2004), share(1, 2000), share(7, 7)]);
        assert_eq!(out_of_all(rows.clone()), rows, "once is enough");
    }
}
