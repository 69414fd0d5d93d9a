//! What was tried before a suite is judged, and did not become the gate: wild runs drawn in, what all rows of
//! a run have in common taken out, a trend over the rounds taken out.

use super::trial::{Point, Sides, Trial};
use crate::rivals::stats::median;

/// How many standard deviations from the median of its side a run may lie.
const REACH: f64 = 2.0;

/// A median absolute deviation is so much smaller than a normal standard deviation.
const OF_DEVIATIONS: f64 = 1.4826;

/// Degrees of freedom with which what rows scatter by in common counts for each of them.
const COMMON: f64 = 4.0;

/// What drawing in takes away from the squares of normal runs: simulated 1.27 at 5 runs a side, 1.19 at 8
/// and 1.14 at 16.
fn lost(runs: usize) -> f64 {
    1.09 + 0.87 / runs.max(1) as f64
}

/// The suite with every run drawn in to at most two standard deviations from the median of its row and
/// side (winsorised, Tukey 1962). The standard deviation is that of the median absolute deviations of the
/// row, moderated by what rows have in common; what remains is widened by what drawing in takes away
/// from the squares of normal runs.
#[must_use]
pub fn winsorised(trial: &Trial) -> Trial {
    let of_row = |row: &Sides| {
        let far = [&row.base, &row.fresh].into_iter().flat_map(|side| {
            let centre = middle(side.iter().map(|point| point.y));
            side.iter().map(move |point| (point.y - centre).abs())
        });
        OF_DEVIATIONS * middle(far)
    };
    let own: Vec<f64> = trial.rows.iter().map(of_row).collect();
    let common = middle(own.iter().copied());
    let mut drawn = trial.clone();
    for (row, own) in drawn.rows.iter_mut().zip(own) {
        let nu = (row.base.len() + row.fresh.len()).saturating_sub(2) as f64;
        let variance = (COMMON * common * common + nu * own * own) / (COMMON + nu);
        for side in [&mut row.base, &mut row.fresh] {
            draw_in(side, REACH * variance.sqrt());
        }
    }
    drawn
}

fn draw_in(side: &mut [Point], reach: f64) {
    let centre = middle(side.iter().map(|point| point.y));
    for point in side.iter_mut() {
        point.y = point.y.clamp(centre - reach, centre + reach);
    }
    let mean = side.iter().map(|point| point.y).sum::<f64>() / side.len().max(1) as f64;
    let widened = lost(side.len()).sqrt();
    for point in side.iter_mut() {
        point.y = mean + widened * (point.y - mean);
    }
}

/// The suite without what the rows of a run have in common: the median of how far its rows lie from their
/// own levels is taken out of all of them. Every row is a control of the others.
#[must_use]
pub fn without_common(trial: &Trial) -> Trial {
    let level = |row: &Sides| middle(row.base.iter().chain(&row.fresh).map(|point| point.y));
    let levels: Vec<f64> = trial.rows.iter().map(level).collect();
    let mut changed = trial.clone();
    let sides: [fn(&mut Sides) -> &mut Vec<Point>; 2] = [|s| &mut s.base, |s| &mut s.fresh];
    for (of, runs) in sides.into_iter().zip([trial.base.len(), trial.fresh.len()]) {
        for run in 0..runs {
            let mut rows: Vec<&mut Point> =
                changed.rows.iter_mut().map(|row| &mut of(row)[run]).collect();
            let far = rows.iter().zip(&levels).map(|(point, level)| point.y - level);
            let common = middle(far);
            rows.iter_mut().for_each(|point| point.y -= common);
        }
    }
    changed
}

/// The suite without the straight line that both sides of a row follow over the rounds (least squares), of a
/// suite with a run of each side a round. The line takes a degree of freedom, so what remains is widened.
#[must_use]
pub fn without_trend(trial: &Trial) -> Trial {
    let rounds = trial.base.len();
    if rounds != trial.fresh.len() || rounds < 3 {
        return trial.clone();
    }
    let centre = (rounds as f64 - 1.0) / 2.0;
    let squares: f64 = (0..rounds).map(|round| 2.0 * (round as f64 - centre).powi(2)).sum();
    let freedom = (2 * rounds - 2) as f64;
    let widened = (freedom / (freedom - 1.0)).sqrt();
    let mut changed = trial.clone();
    for row in &mut changed.rows {
        let at = |round: usize| round as f64 - centre;
        let along: f64 =
            (0..rounds).map(|r| at(r) * (row.base[r].y + row.fresh[r].y)).sum::<f64>() / squares;
        for side in [&mut row.base, &mut row.fresh] {
            let mean = side.iter().map(|point| point.y).sum::<f64>() / rounds as f64;
            for (round, point) in side.iter_mut().enumerate() {
                point.y = mean + widened * (point.y - mean - along * at(round));
            }
        }
    }
    changed
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    median(&values.collect::<Vec<f64>>())
}

#[cfg(test)]
mod tests {
    use tailguard::measure::Tool;

    use super::*;

    #[test]
    fn a_wild_run_is_drawn_in_and_the_others_stay_about_where_they_are() {
        let row = sides(&[0.0, 0.01, -0.01, 0.02, -0.02], &[0.0, 0.01, -0.01, 0.02, 0.9]);
        let trial = placed(vec![row], 5);
        let drawn = winsorised(&trial);
        let fresh = values(&drawn.rows[0].fresh);
        assert!(fresh[4] < 0.06, "{fresh:?}");
        let mean = fresh.iter().sum::<f64>() / 5.0;
        assert!(mean < 0.02, "{mean}");
        for (before, after) in trial.rows[0].base.iter().zip(&drawn.rows[0].base) {
            assert!((before.y - after.y).abs() < 0.003);
        }
    }
    fn sides(base: &[f64], fresh: &[f64]) -> Sides {
        let points =
            |values: &[f64]| values.iter().map(|y| Point { y: *y, s: None, body: None }).collect();
        Sides { base: points(base), fresh: points(fresh) }
    }

    fn placed(rows: Vec<Sides>, runs: usize) -> Trial {
        let place = |round| crate::quality::trial::Place { session: 0, round: Some(round) };
        let places: Vec<_> = (0..runs as u32).map(place).collect();
        Trial { tool: Tool::K6, rows, base: places.clone(), fresh: places }
    }

    fn values(side: &[Point]) -> Vec<f64> {
        side.iter().map(|point| point.y).collect()
    }

    #[test]
    fn what_all_rows_of_a_run_share_is_taken_out_and_what_one_row_does_stays() {
        let row = |own: f64| sides(&[1.0, 1.3], &[1.0 + own, 1.5 + own]);
        let changed = without_common(&placed(vec![row(0.0), row(0.0), row(0.4)], 2));
        let differs = |row: &Sides| values(&row.fresh)[1] - values(&row.base)[1];
        assert!(differs(&changed.rows[0]).abs() < 1e-12);
        assert!((differs(&changed.rows[2]) - 0.4).abs() < 1e-12, "{changed:?}");
    }

    #[test]
    fn a_line_is_taken_out_and_the_difference_of_the_sides_stays() {
        let base = [0.0, 0.1, 0.2, 0.3];
        let changed = without_trend(&placed(vec![sides(&base, &base.map(|y| y + 0.05))], 4));
        for (base, fresh) in
            values(&changed.rows[0].base).iter().zip(values(&changed.rows[0].fresh))
        {
            assert!((base - 0.15).abs() < 1e-12 && (fresh - 0.2).abs() < 1e-12, "{changed:?}");
        }
    }
}
