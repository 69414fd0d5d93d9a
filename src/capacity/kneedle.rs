//! Kneedle: where a curve bends most (Satopää, Albrecht, Irwin and Raghavan, "Finding a 'Kneedle' in a
//! Haystack", 2011), for a concave, increasing curve.

/// Differences below this are rounding, on a scale from 0 to 1.
const ROUNDING: f64 = 1e-9;

/// The place of the knee among points with ascending `x`; `None` where the curve has none, or there are
/// fewer than three points. `sensitivity` is the paper's S, usually 1: how many steps the curve must
/// fall below its bend before that counts.
///
/// The curve is scaled to the unit square; its distance above the diagonal has local maxima, and the
/// first from which it falls by S mean steps of `x` before it rises again is the knee.
#[must_use]
pub fn knee(x: &[f64], y: &[f64], sensitivity: f64) -> Option<usize> {
    let (x, y) = (scaled(x)?, scaled(y)?);
    if x.len() < 3 || x.len() != y.len() {
        return None;
    }
    let above: Vec<f64> = y.iter().zip(&x).map(|(y, x)| y - x).collect();
    let step = 1.0 / (x.len() - 1) as f64;
    let mut candidate: Option<(usize, f64)> = None;
    for (at, three) in above.windows(3).enumerate() {
        let [before, here, after] = *three else { continue };
        // Of a flat top the last place counts.
        if here >= before - ROUNDING && here >= after - ROUNDING {
            candidate = Some((at + 1, here - sensitivity * step));
        }
        // Behind a local minimum the curve rises again: the top before it needs all of its height.
        if here <= before + ROUNDING && here <= after + ROUNDING {
            candidate = candidate.map(|(place, _)| (place, 0.0));
        }
        if let Some((place, threshold)) = candidate
            && after < threshold - ROUNDING
        {
            return Some(place);
        }
    }
    None
}

/// Values on a scale from 0 to 1; `None` where they have no extent, or some are no numbers.
fn scaled(values: &[f64]) -> Option<Vec<f64>> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let extent = high - low;
    let sound = extent.is_finite() && extent > 0.0 && values.iter().all(|v| v.is_finite());
    sound.then(|| values.iter().map(|v| (v - low) / extent).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// arvkevi/kneed, `test_flat_maxima`: convex and decreasing, so it is turned over here.
    #[test]
    fn a_flat_top_bends_where_it_ends() {
        let y = [
            1.0,
            0.787701317715959,
            0.7437774524158126,
            0.6559297218155198,
            0.5065885797950219,
            0.36749633967789164,
            0.2547584187408492,
            0.16251830161054173,
            0.10395314787701318,
            0.06734992679355783,
            0.043923865300146414,
            0.027818448023426062,
            0.01903367496339678,
            0.013177159590043924,
            0.010248901903367497,
            0.007320644216691069,
            0.005856515373352855,
            0.004392386530014641,
        ];
        let x: Vec<f64> = (0..18).map(f64::from).collect();
        let turned: Vec<f64> = y.iter().map(|y| 1.0 - y).collect();
        assert_eq!(knee(&x, &turned, 1.0), Some(8));
        assert_eq!(knee(&x, &turned, 0.0), Some(1));
    }

    /// Figure 2 of the paper, y = -1/(x + 0.1) + 5: the knee is at x = 0.22 (arvkevi/kneed, README).
    #[test]
    fn the_figure_of_the_paper() {
        let x: Vec<f64> = (0..10).map(|i| f64::from(i) / 9.0).collect();
        let y: Vec<f64> = x.iter().map(|x| -1.0 / (x + 0.1) + 5.0).collect();
        assert_eq!(knee(&x, &y, 1.0), Some(2));
    }

    #[test]
    fn a_plateau_bends_where_it_begins() {
        let x: Vec<f64> = (1..=40).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| x.min(25.0)).collect();
        assert_eq!(knee(&x, &y, 1.0).map(|at| x[at] as u32), Some(25));
    }

    #[test]
    fn what_does_not_bend_has_no_knee() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        assert_eq!(knee(&x, &x, 1.0), None);
        let bowl: Vec<f64> = x.iter().map(|x| x * x).collect();
        assert_eq!(knee(&x, &bowl, 1.0), None);
        assert_eq!(knee(&x, &[3.0; 20], 1.0), None);
        assert_eq!(knee(&x[..2], &x[..2], 1.0), None);
        assert_eq!(knee(&x, &x[..5], 1.0), None);
        assert_eq!(knee(&[], &[], 1.0), None);
        assert_eq!(knee(&[0.0, f64::NAN, 2.0], &[0.0, 1.0, 2.0], 1.0), None);
    }
}
