//! How throughput grows with concurrency: two models, and which of them the evidence is for.
//!
//! Both are fitted by unweighted least squares on throughput, and both get intervals from the same
//! resampling. The choice is by Akaike's information criterion, corrected for small samples (Hurvich and
//! Tsai, "Regression and Time Series Model Selection in Small Samples", 1989): it pays for the third
//! parameter of the scalability law, and on few steps pays much. A parameter counts for a model even
//! where the data hold it at its bound, so that neither is favoured. Its difference makes Akaike's
//! weight (Burnham and Anderson, *Model Selection and Multimodel Inference*, 2002, section 2.9).
//!
//! Where the limit is left with one parameter (throughput that never rises, or only ever does) it is a
//! special case of the law, with σ of 1 or of 0 and κ of 0, and on few steps the criterion would take it
//! for its fewness alone. Such a line falls out where the law explains significantly more.
//!
//! The law always bends down somewhere if only throughput levels off. So its [`Peak`] is told only where
//! the steps themselves show it.

use super::bootstrap::{self, Resampling, Sides};
use super::estimate::Estimate;
use super::hard_limit::{self, HardLimit};
use super::least_squares;
use super::step::{Point, Step};
use super::usl::{Held, Usl};
use evidence::Residual;

mod evidence;
mod peak;

pub use evidence::Most;
pub use peak::{FARTHEST_PEAK, Peak};

/// Steps that a fit needs: with fewer the criterion is not defined for three parameters and a variance.
pub const FEWEST_STEPS: usize = 6;

/// Different concurrencies that a fit needs: a curve of three parameters passes through any three.
pub const FEWEST_LEVELS: usize = 4;

/// A model of throughput by concurrency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The Universal Scalability Law.
    Usl,
    /// Proportional growth up to a hard limit.
    HardLimit,
}

/// Both models, fitted to the same steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The one that the evidence is for.
    pub model: Model,
    /// Akaike's weight of that model, from one half to 1; 1 where the other one fell out.
    pub weight: f64,
    /// The p-value of the hard limit where it is a line that the steps refute; `None` where both models
    /// were compared.
    pub refuted: Option<f64>,
    /// Where the most was measured, and whether throughput falls beyond it.
    pub most: Most,
    /// The Universal Scalability Law.
    pub usl: UslFit,
    /// Proportional growth up to a hard limit.
    pub hard_limit: HardLimitFit,
    /// The steps, by concurrency and throughput; the residuals are in the same order.
    pub steps: Vec<Step>,
    /// How many different concurrencies they have.
    pub levels: usize,
    /// How the intervals were made.
    pub resampling: Resampling,
    /// The chosen model over the measured concurrencies.
    pub curve: Vec<CurvePoint>,
}

/// One point of a model's curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Requests, or users, at a time.
    pub concurrency: f64,
    /// Throughput there, in requests a second; the interval is of this point alone.
    pub per_s: Estimate,
}

/// Points of a curve.
const CURVE: usize = 33;

/// The Universal Scalability Law as fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct UslFit {
    /// The law.
    pub law: Usl,
    /// Contention. Where it is held at 0 the interval is one-sided: the bound above it has the whole
    /// confidence.
    pub sigma: Estimate,
    /// Coherency, with the same reservation.
    pub kappa: Estimate,
    /// Throughput of a single user, in requests a second.
    pub lambda: Estimate,
    /// Which of the costs are held at 0.
    pub held: Held,
    /// Where throughput is greatest, if this is the chosen model and the data show a peak.
    pub peak: Option<Peak>,
    /// How well it describes the steps.
    pub quality: Quality,
}

/// A hard limit as fitted. A parameter that more than a twentieth of the refits lacks is not told.
#[derive(Debug, Clone, PartialEq)]
pub struct HardLimitFit {
    /// The model.
    pub law: HardLimit,
    /// Time of a request below the limit, in seconds, where steps lie below it.
    pub r0_s: Option<Estimate>,
    /// The limit, in requests a second, where steps reach it.
    pub limit_per_s: Option<Estimate>,
    /// The concurrency from which on it holds, where both are known.
    pub knee: Option<Estimate>,
    /// How well it describes the steps.
    pub quality: Quality,
}

/// How well a model describes the steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Measured less fitted throughput, in requests a second, in the order of the steps.
    pub residuals: Vec<f64>,
    /// The share of the variance that the model explains; `None` where there is none to explain.
    pub r2: Option<f64>,
    /// Akaike's criterion for small samples; only differences on the same steps mean something.
    pub aicc: f64,
}

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// A step without throughput, or beyond all belief.
    #[error(
        "cannot fit a step of concurrency {concurrency} and {per_s}/s\nhint: leave out steps at which nothing was answered; concurrency is at least 1"
    )]
    NoMeasurement {
        /// Its concurrency.
        concurrency: f64,
        /// Its throughput.
        per_s: f64,
    },
    /// Too few steps.
    #[error(
        "cannot fit {found} steps: at least {} are needed\nhint: measure more concurrencies, from 1 to beyond the point where throughput stops growing, or each several times",
        FEWEST_STEPS
    )]
    TooFewSteps {
        /// How many there are.
        found: usize,
    },
    /// Too few different concurrencies.
    #[error(
        "cannot fit steps of {found} different concurrencies: at least {} are needed\nhint: measure more concurrencies, from 1 to beyond the point where throughput stops growing",
        FEWEST_LEVELS
    )]
    TooFewLevels {
        /// How many there are.
        found: usize,
    },
    /// No search converged.
    #[error(
        "no fit converged\nhint: look at the steps: throughput that jumps up and down follows no model"
    )]
    NoConvergence,
}

impl Model {
    /// The name in reports and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usl => "usl",
            Self::HardLimit => "hard-limit",
        }
    }
}

impl Fit {
    /// The smallest and the largest measured concurrency.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        let ends = (self.steps.first(), self.steps.last());
        (ends.0.map_or(f64::NAN, |s| s.concurrency), ends.1.map_or(f64::NAN, |s| s.concurrency))
    }

    /// How well the chosen model describes the steps, and how well the other does.
    #[must_use]
    pub fn qualities(&self) -> (&Quality, &Quality) {
        match self.model {
            Model::Usl => (&self.usl.quality, &self.hard_limit.quality),
            Model::HardLimit => (&self.hard_limit.quality, &self.usl.quality),
        }
    }

    /// Throughput at a concurrency by the chosen model, in requests a second.
    #[must_use]
    pub fn per_s(&self, concurrency: f64) -> f64 {
        match self.model {
            Model::Usl => self.usl.law.per_s(concurrency),
            Model::HardLimit => self.hard_limit.law.per_s(concurrency),
        }
    }
}

/// Fits both models and chooses. The order of the steps does not matter; repetitions of a concurrency
/// are steps of their own.
///
/// # Errors
/// There are too few steps, or one of them is none.
pub fn fit(steps: &[Step], how: Resampling) -> Result<Fit, FitError> {
    let mut steps = steps.to_vec();
    if let Some(step) = steps.iter().find(|step| !step.is_measured()) {
        let Step { concurrency, per_s, .. } = *step;
        return Err(FitError::NoMeasurement { concurrency, per_s });
    }
    steps.sort_by(|a, b| a.concurrency.total_cmp(&b.concurrency).then(a.per_s.total_cmp(&b.per_s)));
    let points: Vec<Point> = steps.iter().map(Step::point).collect();
    if points.len() < FEWEST_STEPS {
        return Err(FitError::TooFewSteps { found: points.len() });
    }
    let same = |a: &Point, b: &Point| a.concurrency.total_cmp(&b.concurrency).is_eq();
    let levels = points.chunk_by(same).count();
    if levels < FEWEST_LEVELS {
        return Err(FitError::TooFewLevels { found: levels });
    }
    let (mut usl, by_usl) = fit_usl(&points, how).ok_or(FitError::NoConvergence)?;
    let (hard_limit, by_limit) = fit_hard_limit(&points, how).ok_or(FitError::NoConvergence)?;
    let squares = (usl.quality.squares(), hard_limit.quality.squares());
    let refuted = evidence::refuted(&points, squares.1, squares.0, Usl::PARAMETERS)
        .filter(|_| hard_limit.law.is_a_line());
    let difference = usl.quality.aicc - hard_limit.quality.aicc;
    let (model, curve, squares, parameters) = match difference < 0.0 || refuted.is_some() {
        true => (Model::Usl, by_usl, squares.0, Usl::PARAMETERS),
        false => (Model::HardLimit, by_limit, squares.1, HardLimit::PARAMETERS),
    };
    let weight = match refuted {
        Some(_) => 1.0,
        None => 1.0 / (1.0 + (-difference.abs() / 2.0).exp()),
    };
    let residual = Residual { squares, df: (points.len() - parameters) as f64 };
    let most = evidence::most(&points, residual).ok_or(FitError::TooFewSteps { found: 0 })?;
    let fits = || !evidence::lacks_fit(&points, squares, usl.parameters());
    usl.peak = usl.peak.filter(|peak| model == Model::Usl && peak.is_shown(&most, fits));
    let resampling = how;
    Ok(Fit { model, weight, refuted, most, usl, hard_limit, steps, levels, resampling, curve })
}

impl UslFit {
    /// How many parameters are not held at their bound.
    fn parameters(&self) -> usize {
        Usl::PARAMETERS - usize::from(self.held.sigma) - usize::from(self.held.kappa)
    }
}

/// A model over the measured concurrencies, with the intervals that its refits leave.
fn curve_of<M>(
    points: &[Point],
    how: Resampling,
    refits: &[M],
    (law, per_s): (&M, impl Fn(&M, f64) -> f64),
) -> Vec<CurvePoint> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let step = (last.concurrency - first.concurrency) / (CURVE - 1) as f64;
    let at = |place: usize| {
        let concurrency = first.concurrency + step * place as f64;
        let value = per_s(law, concurrency);
        let again = refits.iter().map(|law| per_s(law, concurrency));
        let interval = bootstrap::interval(how, value, again, Sides::Two);
        CurvePoint { concurrency, per_s: Estimate { value, interval } }
    };
    (0..CURVE).map(at).collect()
}

fn fit_usl(points: &[Point], how: Resampling) -> Option<(UslFit, Vec<CurvePoint>)> {
    let found = least_squares::fit(points)?;
    let (law, held) = (found.law, found.held);
    let curve = |n: f64| law.per_s(n);
    let leverages = least_squares::leverages(points, &found);
    let refit = |again: &[Point]| least_squares::refit(again, law).map(|fitted| fitted.law);
    let refits = bootstrap::wild(how, points, curve, &leverages, refit);
    let estimate = |value: f64, held: bool, of: fn(&Usl) -> f64| Estimate {
        value,
        interval: bootstrap::interval(
            how,
            value,
            refits.iter().map(of),
            if held { Sides::Upper } else { Sides::Two },
        ),
    };
    let kappa = estimate(law.kappa, held.kappa, |law| law.kappa);
    let drawn = curve_of(points, how, &refits, (&law, |law: &Usl, n| law.per_s(n)));
    let fitted = UslFit {
        law,
        sigma: estimate(law.sigma, held.sigma, |law| law.sigma),
        kappa,
        lambda: estimate(law.lambda, false, |law| law.lambda),
        held,
        peak: peak::of_law(points, how, law, kappa, &refits),
        quality: Quality::of(points, curve, Usl::PARAMETERS),
    };
    Some((fitted, drawn))
}

fn fit_hard_limit(points: &[Point], how: Resampling) -> Option<(HardLimitFit, Vec<CurvePoint>)> {
    let law = hard_limit::fit(points)?;
    let curve = |n: f64| law.per_s(n);
    let leverages = hard_limit::leverages(points, &law);
    let refits = bootstrap::wild(how, points, curve, &leverages, hard_limit::fit);
    let estimate = |of: fn(&HardLimit) -> Option<f64>| {
        let value = of(&law)?;
        let values = refits.iter().map(|law| of(law).unwrap_or(f64::INFINITY));
        let interval = bootstrap::interval(how, value, values, Sides::Two);
        (interval.is_some() || how.replicates == 0).then_some(Estimate { value, interval })
    };
    let drawn = curve_of(points, how, &refits, (&law, |law: &HardLimit, n| law.per_s(n)));
    let fitted = HardLimitFit {
        law,
        r0_s: estimate(|law| law.r0_s),
        limit_per_s: estimate(|law| law.limit_per_s),
        knee: estimate(HardLimit::knee),
        quality: Quality::of(points, curve, HardLimit::PARAMETERS),
    };
    Some((fitted, drawn))
}

/// The least standard deviation that is believed, as a part of the largest throughput: below it what
/// is left is rounding, and its logarithm no evidence.
const PRECISION: f64 = 1e-9;

impl Quality {
    fn of(points: &[Point], curve: impl Fn(f64) -> f64, parameters: usize) -> Self {
        let residuals: Vec<f64> = points.iter().map(|p| p.per_s - curve(p.concurrency)).collect();
        let n = points.len() as f64;
        let squares: f64 = residuals.iter().map(|r| r * r).sum();
        let mean = points.iter().map(|p| p.per_s).sum::<f64>() / n;
        let total: f64 = points.iter().map(|p| (p.per_s - mean).powi(2)).sum();
        let largest = points.iter().map(|p| p.per_s).fold(0.0, f64::max);
        let variance = (squares / n).max((PRECISION * largest).powi(2));
        // The variance is a parameter too.
        let k = (parameters + 1) as f64;
        let aicc = n * variance.ln() + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0);
        Self { residuals, r2: (total > 0.0).then(|| 1.0 - squares / total), aicc }
    }

    /// Sum of the squares of the residuals.
    fn squares(&self) -> f64 {
        self.residuals.iter().map(|r| r * r).sum()
    }
}

#[cfg(test)]
mod tests;
