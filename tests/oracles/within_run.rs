use tailguard::stats::quantile::r7;
use tailguard::stats::within_run::{
    HALF_WIDTH, REQUEST_BATCHES, SAMPLE_BATCHES, ln_mean_error, ln_quantile_error,
    ln_quantile_slope, ln_slope_error,
};

use crate::random::Random;
use crate::{near, near_share};

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// A sequence without randomness, worked in an independent implementation.
#[test]
fn worked_sequence() {
    let x: Vec<f64> = (0..3000u32)
        .map(|k| {
            let level = if k >= 2000 { 0.5 } else { 0.0 };
            10.0 + f64::from(k * 7919 % 3001) / 300.0 + level
        })
        .collect();
    near(x[1], 16.39, 1e-9);
    near(x[2000], 16.243333333, 1e-9);
    near(x.iter().sum(), 45501.386667, 1e-6);
    let sorted = ascending(&x);
    near(r7(&sorted, 0.94), 19.563333333, 1e-9);
    near(r7(&sorted, 0.95), 19.667, 1e-9);
    near(r7(&sorted, 0.95).ln(), 2.978942104, 1e-9);
    near(r7(&sorted, 0.96), 19.766666667, 1e-9);
    near(ln_quantile_slope(0.95, |p| r7(&sorted, p)).unwrap(), 0.516997572, 1e-9);
    near(HALF_WIDTH, 0.01, 0.0);
    let error = ln_quantile_error(&x, &sorted, 0.95, REQUEST_BATCHES).unwrap();
    near(error, 0.002403299, 5.1e-10);
    near(error / 0.516997572, 0.004648569, 5.1e-10);
}

/// The type-7 quantile without sorting everything.
fn by_selection(values: &[f64], q: f64) -> f64 {
    let mut values = values.to_vec();
    let rank = q * (values.len() - 1) as f64;
    let (_, low, rest) = values.select_nth_unstable_by(rank as usize, f64::total_cmp);
    let high = rest.iter().copied().fold(f64::INFINITY, f64::min);
    *low + (high - *low) * rank.fract()
}

/// Log-normal latencies whose logarithm is a first-order autoregression with variance `sd²`.
fn autoregression(random: &mut Random, n: usize, phi: f64, sd: f64) -> Vec<f64> {
    let innovation = sd * (1.0 - phi * phi).sqrt();
    let mut state = sd * random.normal();
    (0..n)
        .map(|_| {
            state = phi * state + innovation * random.normal();
            20.0 * state.exp()
        })
        .collect()
}

/// Standard deviation of `statistic` over resamples made of blocks of neighbours (the moving block
/// bootstrap of Künsch, "The Jackknife and the Bootstrap for General Stationary Observations",
/// 1989).
fn block_bootstrap(
    random: &mut Random,
    values: &[f64],
    block: usize,
    resamples: usize,
    statistic: impl Fn(&[f64]) -> f64,
) -> f64 {
    let starts = (values.len() - block + 1) as u64;
    let replicates: Vec<f64> = (0..resamples)
        .map(|_| {
            let mut resample = Vec::with_capacity(values.len() + block);
            while resample.len() < values.len() {
                let start = (random.bits() % starts) as usize;
                resample.extend_from_slice(&values[start..start + block]);
            }
            resample.truncate(values.len());
            statistic(&resample)
        })
        .collect();
    deviation(&replicates)
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// The closed form, the bootstrap that it stands for, and the truth: the scatter of the quantile
/// over independent series.
///
/// The root mean square over 60 series is compared. A standard deviation from 30 batches has a
/// relative standard error of 1/sqrt(2 * 29) = 13%; over 60 series that leaves 1.7%, and the slope,
/// estimated from the 2% of values around the quantile, about as much again; so do the 20 resamples
/// of the bootstrap. The truth comes from the scatter over 400 series: 1/sqrt(2 * 399) = 3.5%.
/// Three times their root sum of squares is 12%; blocks and batches of 100 also miss some of a correlation of phi = .8 (for the mean, batches
/// of m see 1 - 2 phi / (m (1 - phi²)) = 96% of the variance). So 15% is allowed.
#[test]
fn closed_form_meets_block_bootstrap_and_truth() {
    const LENGTH: usize = 3000;
    const TOLERANCE: f64 = 0.15;
    let seed = 20_240_601;
    for (phi, q) in [(0.0, 0.95), (0.8, 0.95), (0.8, 0.5)] {
        let mut random = Random(seed);
        let series: Vec<Vec<f64>> =
            (0..400).map(|_| autoregression(&mut random, LENGTH, phi, 0.3)).collect();
        let quantile = |x: &[f64]| by_selection(x, q).ln();
        let truth = deviation(&series.iter().map(|x| quantile(x)).collect::<Vec<_>>());
        let (mut closed, mut resampled) = (0.0, 0.0);
        let few = &series[..60];
        for x in few {
            closed += ln_quantile_error(x, &ascending(x), q, REQUEST_BATCHES).unwrap().powi(2);
            resampled += block_bootstrap(&mut random, x, 100, 20, quantile).powi(2);
        }
        let closed = (closed / few.len() as f64).sqrt();
        let resampled = (resampled / few.len() as f64).sqrt();
        println!(
            "phi {phi} q {q}: closed/bootstrap {:.3}, closed/truth {:.3}",
            closed / resampled,
            closed / truth
        );
        near_share(closed / resampled, 1.0, TOLERANCE);
        near_share(closed / truth, 1.0, TOLERANCE);
    }
}

/// Independent noise of a known size: textbook errors of the mean and of a slope through the
/// origin. Root mean square over 100 series of 20 batches: 1/sqrt(2 * 19 * 100) = 1.6%, so three
/// times that is allowed.
#[test]
fn independent_noise_gives_textbook_errors() {
    let mut random = Random(7);
    let (n, sd) = (200, 0.5);
    let iterations: Vec<f64> = (1..=n).map(f64::from).collect();
    let (mut of_mean, mut of_slope) = (0.0, 0.0);
    for _ in 0..100 {
        let values: Vec<f64> = iterations.iter().map(|_| 10.0 + sd * random.normal()).collect();
        let times: Vec<f64> = iterations.iter().map(|i| 10.0 * i + sd * random.normal()).collect();
        of_mean += ln_mean_error(&values, SAMPLE_BATCHES).unwrap().powi(2) / 100.0;
        of_slope += ln_slope_error(&iterations, &times, SAMPLE_BATCHES).unwrap().powi(2) / 100.0;
    }
    near_share(of_mean.sqrt(), sd / f64::from(n).sqrt() / 10.0, 0.05);
    let squares: f64 = iterations.iter().map(|i| i * i).sum();
    near_share(of_slope.sqrt(), sd / squares.sqrt() / 10.0, 0.05);
}
