//! What can be added up over rows: requests a second, and shares of requests. A percentile or a mean
//! cannot, nor the share of a cache, where a large row would hide a small one.

use crate::measure::{Figure, Metric, Row, drops};

/// Whether a target on several rows is about all of them together, and not about each.
pub(super) fn is_pooled(metric: Metric) -> bool {
    matches!(metric, Metric::Throughput | Metric::ErrorRate | Metric::Dropped | Metric::Checks)
}

/// The figure of some rows of one run together; `None` unless every row has one.
pub(crate) fn figure(rows: &[&Row], metric: Metric) -> Option<Figure> {
    let figures: Option<Vec<Figure>> = rows
        .iter()
        .map(|row| {
            let figure = row.figures.get(&metric).copied()?;
            Some(if metric == Metric::Dropped { of_its_own(row, figure, rows) } else { figure })
        })
        .collect();
    match figures?.as_slice() {
        [] => None,
        [one] => Some(*one),
        several => together(several),
    }
}

/// Drops that no row can be blamed for are out of the iterations of other rows, which count there.
fn of_its_own(row: &Row, figure: Figure, rows: &[&Row]) -> Figure {
    match figure {
        // A row with requests has iterations of its own.
        Figure::Share { events: events @ 1.., of } if row.n == 0 => {
            let others = drops::beside(&row.tags, rows.iter().copied());
            Figure::Share { events, of: of.saturating_sub(others).max(events) }
        }
        figure => figure,
    }
}

fn together(figures: &[Figure]) -> Option<Figure> {
    let mut sum = 0.0;
    let (mut events, mut of) = (0_u64, 0_u64);
    for figure in figures {
        match *figure {
            Figure::Log { .. } => sum += figure.value(),
            Figure::Share { events: e, of: trials } => {
                events = events.saturating_add(e);
                of = of.saturating_add(trials);
            }
        }
    }
    if of > 0 { Figure::share(events, of) } else { Figure::positive(sum, None) }
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::k6_row;
    use super::*;
    use crate::measure::Tags;

    #[test]
    fn rates_and_shares_add_up_where_every_row_has_them() {
        let (a, mut b) = (k6_row("a", 30.0, 5.0), k6_row("b", 10.0, 9.0));
        let rate = figure(&[&a, &b], Metric::Throughput).unwrap().value();
        assert!((rate - 40.0).abs() < 1e-6, "{rate}");
        b.figures.insert(Metric::ErrorRate, Figure::share(3, 100).unwrap());
        let share = figure(&[&a, &b], Metric::ErrorRate).unwrap();
        assert_eq!(share, Figure::share(3, 1100).unwrap());
        b.figures.remove(&Metric::ErrorRate);
        assert_eq!(figure(&[&a, &b], Metric::ErrorRate), None);
        assert_eq!(figure(&[], Metric::ErrorRate), None);
    }

    #[test]
    fn iterations_that_drops_of_no_row_are_out_of_count_once() {
        let dropped = |row: &mut Row, events, of| {
            row.figures.insert(Metric::Dropped, Figure::share(events, of).unwrap());
        };
        let (mut a, mut b) = (k6_row("a", 30.0, 5.0), k6_row("b", 10.0, 9.0));
        dropped(&mut a, 2, 300);
        dropped(&mut b, 0, 100);
        let mut untold = Row { n: 0, tags: Tags::new(), ..k6_row("(all)", 1.0, 1.0) };
        dropped(&mut untold, 40, 440);
        let share = figure(&[&untold, &a, &b], Metric::Dropped).unwrap();
        assert_eq!(share, Figure::share(42, 440).unwrap());
        assert_eq!(figure(&[&untold], Metric::Dropped), Figure::share(40, 440));
    }
}
