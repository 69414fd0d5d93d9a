//! What the steps themselves say, whatever curve is drawn through them: where the most was measured,
//! whether throughput falls beyond it, and whether a curve passes them as closely as they repeat.

use crate::stats::{Contrast, fisher_upper_tail};

use super::PRECISION;
use crate::capacity::estimate::LEVEL;
use crate::capacity::step::Point;

/// Where the most was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Most {
    /// The concurrency; the smallest, of several with as much.
    pub concurrency: f64,
    /// Throughput there, the mean of its steps, in requests a second.
    pub per_s: f64,
    /// Whether the steps show that throughput is lower at the largest concurrency than at a smaller one.
    pub falls: bool,
}

/// How far single steps lie from what they should be, where nothing was repeated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Residual {
    /// Sum of the squares that the chosen model leaves.
    pub(super) squares: f64,
    /// Steps less its parameters.
    pub(super) df: f64,
}

/// The chance that is taken of a fall, a misfit or a bend where there is none.
const ALPHA: f64 = 1.0 - LEVEL;

/// Of the most throughput, the part from which on a concurrency speaks for the noise of all: noise
/// mostly grows with throughput, and what is quiet far below says nothing of what is loud at the top.
const SPEAKS_FOR_ALL: f64 = 0.5;

/// The steps of one concurrency.
struct Level {
    concurrency: f64,
    n: f64,
    mean: f64,
    /// Sum of the squares around the mean.
    squares: f64,
}

/// Where the most was measured, and whether throughput falls beyond it. The points are in the order of
/// their concurrency. `None` without points.
///
/// The largest concurrency is held against each smaller one, by a one-sided t test of the two means:
///
/// ```text
/// t = (mean_i - mean_last) / sqrt(v_i / n_i + v_last / n_last),   p < 0.05 / (levels - 1)
/// ```
///
/// The bound is Bonferroni's, over all smaller concurrencies: which of them is the best was chosen by
/// the same steps, and luck would choose it too. `v` is the variance of a concurrency's own
/// repetitions, and at least that of all which have half of the most throughput, pooled; the degrees of
/// freedom are the latter's. Without repetitions it is the variance that the chosen model leaves, which
/// has its misfit on top and so claims less.
pub(super) fn most(points: &[Point], residual: Residual) -> Option<Most> {
    let levels = levels(points);
    let best = levels.iter().reduce(|best, at| if at.mean > best.mean { at } else { best })?;
    let (last, before) = levels.split_last()?;
    let loud = || levels.iter().filter(|level| level.mean >= SPEAKS_FOR_ALL * best.mean);
    let repeated: f64 = loud().map(|level| level.n - 1.0).sum();
    let (squares, df) = match repeated > 0.0 {
        true => (loud().map(|level| level.squares).sum(), repeated),
        false => (residual.squares, residual.df),
    };
    let pooled = (squares / df).max((PRECISION * best.mean).powi(2));
    let error = |level: &Level| {
        let own = if level.n > 1.0 { level.squares / (level.n - 1.0) } else { 0.0 };
        own.max(pooled) / level.n
    };
    let lower = |level: &Level| {
        let estimate = level.mean - last.mean;
        let test = Contrast { estimate, variance: error(level) + error(last), scale: 1.0, df };
        test.p_greater() < ALPHA / before.len() as f64
    };
    let falls = before.iter().any(lower);
    Some(Most { concurrency: best.concurrency, per_s: best.mean, falls })
}

/// Whether a curve misses the means of repeated concurrencies by more than they repeat; `squares` and
/// `parameters` are those of its fit. Where nothing was repeated there is no telling, and it does not.
///
/// The F test of lack of fit against pure error (Draper and Smith, *Applied Regression Analysis*, 1998,
/// section 2.1), at 5 %:
///
/// ```text
/// F = ((squares - pure) / (levels - parameters)) / (pure / (steps - levels))
/// ```
///
/// `pure` is the sum of the squares of the steps around the means of their concurrencies.
pub(super) fn lacks_fit(points: &[Point], squares: f64, parameters: usize) -> bool {
    let levels = levels(points);
    let pure: f64 = levels.iter().map(|level| level.squares).sum();
    let largest = levels.iter().map(|level| level.mean).fold(0.0, f64::max);
    let below = (points.len() - levels.len()) as f64;
    let above = levels.len() as f64 - parameters as f64;
    let variance = (pure / below).max((PRECISION * largest).powi(2));
    let f = (squares - pure).max(0.0) / above / variance;
    fisher_upper_tail(f, above, below) < ALPHA
}

/// The p-value of a special case with one parameter, given a law of `parameters` that has it in it: both
/// by the sum of the squares that they leave of the points. `None` where the law does not explain
/// significantly more.
///
/// The F test of the extra sum of squares (Draper and Smith, chapter 6; of curves, Bates and Watts,
/// *Nonlinear Regression Analysis and Its Applications*, 1988, section 3.10), at 5 %:
///
/// ```text
/// F = ((special - law) / (parameters - 1)) / (law / (steps - parameters))
/// ```
pub(super) fn refuted(points: &[Point], special: f64, law: f64, parameters: usize) -> Option<f64> {
    let (above, below) = (parameters as f64 - 1.0, points.len() as f64 - parameters as f64);
    let largest = points.iter().map(|p| p.per_s).fold(0.0, f64::max);
    let variance = (law / below).max((PRECISION * largest).powi(2));
    let p = fisher_upper_tail((special - law) / above / variance, above, below);
    (p < ALPHA).then_some(p)
}

/// The concurrencies, in order.
fn levels(points: &[Point]) -> Vec<Level> {
    let same = |a: &Point, b: &Point| a.concurrency.total_cmp(&b.concurrency).is_eq();
    let level = |points: &[Point]| {
        let n = points.len() as f64;
        let mean = points.iter().map(|p| p.per_s).sum::<f64>() / n;
        let squares = points.iter().map(|p| (p.per_s - mean).powi(2)).sum();
        Some(Level { concurrency: points.first()?.concurrency, n, mean, squares })
    };
    points.chunk_by(same).filter_map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::student::student_quantile;

    const NOTHING_LEFT: Residual = Residual { squares: f64::NAN, df: 0.0 };

    /// Each concurrency with its steps.
    fn points(steps: &[(f64, &[f64])]) -> Vec<Point> {
        let level = |(concurrency, per_s): &(f64, &[f64])| -> Vec<Point> {
            per_s.iter().map(|&per_s| Point { concurrency: *concurrency, per_s }).collect()
        };
        steps.iter().flat_map(level).collect()
    }

    fn falls(steps: &[(f64, &[f64])]) -> bool {
        most(&points(steps), NOTHING_LEFT).unwrap().falls
    }

    #[test]
    fn a_fall_has_to_be_larger_than_its_bound() {
        // Variances of 1 throughout, so the standard error is sqrt(2/3) at 8 degrees of freedom.
        let bound = student_quantile(1.0 - 0.05 / 3.0, 8.0) * (2.0_f64 / 3.0).sqrt();
        let with = |fall: f64| {
            let x = 100.0 - fall;
            let last = [x - 1.0, x, x + 1.0];
            let same = [99.0, 100.0, 101.0].as_slice();
            falls(&[(1.0, &[80.0, 81.0, 82.0]), (2.0, same), (4.0, same), (8.0, &last)])
        };
        assert!(with(bound * 1.001) && !with(bound * 0.999), "{bound}");
        assert!(!with(0.0) && !with(-50.0));
    }

    /// A concurrency that is louder than all others speaks for itself, and one far below the top for
    /// nobody else.
    #[test]
    fn the_noise_is_that_of_the_top_and_of_the_levels_themselves() {
        let quiet = [99.9, 100.0, 100.1].as_slice();
        let steps = |last| [(1.0, quiet), (2.0, quiet), (4.0, quiet), (8.0, last)];
        assert!(falls(&steps(&[97.9, 98.0, 98.1])));
        assert!(falls(&steps(&[90.5, 91.0, 91.5])) && !falls(&steps(&[90.5, 94.5, 98.5])));
        let (slow, loud) = ([10.0, 10.0, 10.0].as_slice(), [95.0, 100.0, 105.0].as_slice());
        let many = [(1.0, slow), (2.0, slow), (3.0, slow), (4.0, loud), (8.0, loud)];
        let last = [(9.0, [87.0, 90.0, 93.0].as_slice())];
        assert!(!falls(&[&many[..], &last].concat()));
    }

    #[test]
    fn the_most_is_a_mean_and_the_first_of_equals() {
        let steps = points(&[(1.0, &[50.0, 90.0]), (2.0, &[71.0, 71.0]), (4.0, &[71.0, 71.0])]);
        let most = most(&steps, NOTHING_LEFT).unwrap();
        assert!((most.concurrency - 2.0).abs() < 1e-12 && (most.per_s - 71.0).abs() < 1e-12);
        assert!(!most.falls);
        assert_eq!(super::most(&[], NOTHING_LEFT), None);
    }

    #[test]
    fn without_repetitions_the_residuals_tell_the_noise() {
        let steps = points(&[(1.0, &[60.0]), (2.0, &[100.0]), (4.0, &[99.0]), (8.0, &[90.0])]);
        let with = |squares| most(&steps, Residual { squares, df: 8.0 }).unwrap().falls;
        assert!(with(8.0) && !with(8.0 * 25.0));
        assert!(!most(&steps, Residual { squares: 1.0, df: 0.0 }).unwrap().falls);
    }

    /// By hand: F = ((30 - 6) / (4 - 2)) / (6 / 4) = 8 with 2 and 4 degrees of freedom has p = 0.04 (the
    /// tail is (1 + F / 2) to the power of -2).
    #[test]
    fn a_misfit_is_more_than_steps_repeat() {
        let pair = |x: f64| [x - 0.75_f64.sqrt(), x + 0.75_f64.sqrt()];
        let all = [pair(1.0), pair(2.0), pair(3.0), pair(4.0)];
        let steps: Vec<(f64, &[f64])> =
            [1.0, 2.0, 4.0, 8.0].into_iter().zip(all.iter().map(<[f64; 2]>::as_slice)).collect();
        assert!(lacks_fit(&points(&steps), 30.0, 2));
        // F = 6 has p = 0.0625.
        assert!(!lacks_fit(&points(&steps), 24.0, 2));
        let single = points(&[(1.0, &[1.0]), (2.0, &[2.0]), (4.0, &[3.0]), (8.0, &[4.0])]);
        assert!(!lacks_fit(&single, 1e6, 2));
    }

    #[test]
    fn a_line_falls_out_where_the_law_explains_more() {
        let steps = points(&[(1.0, &[9.0; 3]), (2.0, &[9.0; 3])]);
        // F = ((S - 3) / 2) / (3 / 3): with 2 and 3 degrees of freedom 9.552 has p = 0.05.
        assert!(refuted(&steps, 3.0 + 2.0 * 9.56, 3.0, 3).is_some_and(|p| p < 0.05));
        assert_eq!(refuted(&steps, 3.0 + 2.0 * 9.54, 3.0, 3), None);
        // Rounding refutes nothing.
        assert_eq!(refuted(&steps, 1e-20, 1e-24, 3), None);
    }
}
