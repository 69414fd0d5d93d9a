//! Runs that lie far from the others of their row and side, drawn in: a variant of the gate that was tried
//! against wild runs.

use super::trial::{Point, Sides, Trial};

/// How many standard deviations from the median of its side a run may lie.
const REACH: f64 = 2.0;

/// A median absolute deviation is so much smaller than a normal standard deviation.
const OF_DEVIATIONS: f64 = 1.4826;

/// Degrees of freedom with which what rows scatter by in common counts for each of them.
const COMMON: f64 = 4.0;

/// What drawing in takes away from the squares of normal runs.
const LOST: f64 = 1.15;

/// The suite with every run drawn in to at most two standard deviations from the median of its row and
/// side (winsorised, Tukey 1962). The standard deviation is that of the median absolute deviations of the
/// row, moderated by what rows have in common; what remains is widened by what drawing in takes away
/// from the squares of normal runs.
#[must_use]
pub fn winsorised(trial: &Trial) -> Trial {
    let of_row = |row: &Sides| {
        let mut far: Vec<f64> = [&row.base, &row.fresh]
            .into_iter()
            .flat_map(|side| {
                let centre = middle(side.iter().map(|point| point.y));
                side.iter().map(move |point| (point.y - centre).abs())
            })
            .collect();
        far.sort_unstable_by(f64::total_cmp);
        OF_DEVIATIONS * middle(far.into_iter())
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
    for point in side.iter_mut() {
        point.y = mean + LOST.sqrt() * (point.y - mean);
    }
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_unstable_by(f64::total_cmp);
    match all.len() {
        0 => 0.0,
        n => f64::midpoint(all[n / 2], all[(n - 1) / 2]),
    }
}

#[cfg(test)]
mod tests {
    use tailguard::measure::Tool;

    use super::*;

    #[test]
    fn a_wild_run_is_drawn_in_and_the_others_stay_about_where_they_are() {
        let points = |values: [f64; 5]| values.map(|y| Point { y, s: None, body: None }).to_vec();
        let row = Sides {
            base: points([0.0, 0.01, -0.01, 0.02, -0.02]),
            fresh: points([0.0, 0.01, -0.01, 0.02, 0.9]),
        };
        let trial = Trial { tool: Tool::K6, rows: vec![row], base: vec![], fresh: vec![] };
        let drawn = winsorised(&trial);
        let fresh: Vec<f64> = drawn.rows[0].fresh.iter().map(|point| point.y).collect();
        assert!(fresh[4] < 0.06, "{fresh:?}");
        let mean = fresh.iter().sum::<f64>() / 5.0;
        assert!(mean < 0.02, "{mean}");
        for (before, after) in trial.rows[0].base.iter().zip(&drawn.rows[0].base) {
            assert!((before.y - after.y).abs() < 0.003);
        }
    }
}
