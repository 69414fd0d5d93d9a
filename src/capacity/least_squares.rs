//! The Universal Scalability Law by unweighted least squares on throughput, with σ and κ at least 0.
//!
//! The minimum is found by the Levenberg-Marquardt algorithm of MINPACK (Moré, 1978) as the crate
//! `levenberg-marquardt` has it, which knows no bounds. Two bounds need none: where the free minimum
//! has a negative cost, the constrained one lies on an edge, where one cost or both are held at 0, and
//! each edge is a free problem of fewer parameters. The least of its feasible minima is the answer.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::{DMatrix, DVector, Dyn, Owned};

use super::step::Point;
use super::usl::{Held, Usl};

/// A fitted law, and which of its costs lie at their bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fitted {
    pub(super) law: Usl,
    pub(super) held: Held,
}

/// Relative change of the parameters, or of the sum of squares, at which a search has converged.
const TOLERANCE: f64 = 1e-12;

const FREE: Held = Held { sigma: false, kappa: false };
const EDGES: [Held; 3] = [
    Held { sigma: false, kappa: true },
    Held { sigma: true, kappa: false },
    Held { sigma: true, kappa: true },
];

/// The constrained minimum, from several starts; `None` where none of them converged.
pub(super) fn fit(points: &[Point]) -> Option<Fitted> {
    constrained(points, &starts(points))
}

/// The same for observations near those that `near` was fitted to.
pub(super) fn refit(points: &[Point], near: Usl) -> Option<Fitted> {
    constrained(points, &[near]).or_else(|| fit(points))
}

/// How much each observation draws the curve towards itself: the diagonal of the hat matrix.
pub(super) fn leverages(points: &[Point], fitted: &Fitted) -> Vec<f64> {
    let problem = Problem { points: points.to_vec(), held: fitted.held, law: fitted.law, far: 0.0 };
    let q = problem.slopes().qr().q();
    (0..q.nrows()).map(|row| q.row(row).norm_squared()).collect()
}

fn constrained(points: &[Point], starts: &[Usl]) -> Option<Fitted> {
    let free = minimum(points, FREE, starts)?;
    if free.is_feasible() {
        return free.converged.then_some(Fitted { law: free.law, held: FREE });
    }
    EDGES
        .into_iter()
        .filter_map(|held| Some((held, minimum(points, held, starts)?)))
        .filter(|(_, end)| end.converged && end.is_feasible())
        .min_by(|(_, a), (_, b)| a.squares.total_cmp(&b.squares))
        .map(|(held, end)| Fitted { law: end.law, held })
}

/// Where a search ended.
struct End {
    law: Usl,
    squares: f64,
    converged: bool,
}

impl End {
    fn is_feasible(&self) -> bool {
        self.law.sigma >= 0.0 && self.law.kappa >= 0.0 && self.law.lambda > 0.0
    }
}

/// The least of what the searches find; `None` without a finite sum of squares.
fn minimum(points: &[Point], held: Held, starts: &[Usl]) -> Option<End> {
    let ends = starts.iter().filter_map(|start| search(points, held, *start));
    ends.min_by(|a, b| a.squares.total_cmp(&b.squares))
}

fn search(points: &[Point], held: Held, start: Usl) -> Option<End> {
    // Throughput in units of a single user's: no parameter is then far from 1 because of its unit.
    let scale = points.iter().map(|p| p.per_s / p.concurrency).fold(0.0, f64::max);
    if !(scale > 0.0 && scale.is_finite()) {
        return None;
    }
    let largest = points.iter().map(|p| p.concurrency).fold(0.0, f64::max);
    let problem = Problem {
        points: points.iter().map(|p| Point { per_s: p.per_s / scale, ..*p }).collect(),
        held,
        law: Usl { lambda: start.lambda / scale, ..start },
        far: 1e3 * largest,
    };
    let (problem, report) = LevenbergMarquardt::new()
        .with_ftol(TOLERANCE)
        .with_xtol(TOLERANCE)
        .with_gtol(TOLERANCE)
        .minimize(problem);
    let law = problem.within_face(problem.law);
    Some(End {
        law: Usl { lambda: law.lambda * scale, ..law },
        squares: report.objective_function,
        converged: report.termination.was_successful(),
    })
    .filter(|end| end.squares.is_finite())
}

/// Laws to start from: costs from small to large, each with the λ that suits it best.
fn starts(points: &[Point]) -> Vec<Usl> {
    let largest = points.iter().map(|p| p.concurrency).fold(1.0, f64::max);
    let mut starts = Vec::new();
    for sigma in [0.01, 0.1, 0.5] {
        // Peaks at a third of the largest concurrency, at it, and at three times as much.
        for pairs in [0.1, 1.0, 10.0] {
            let unit = Usl { sigma, kappa: pairs / (largest * largest), lambda: 1.0 };
            let (mut top, mut bottom) = (0.0, 0.0);
            for point in points {
                let fitted = unit.per_s(point.concurrency);
                top += fitted * point.per_s;
                bottom += fitted * fitted;
            }
            starts.push(Usl { lambda: top / bottom, ..unit });
        }
    }
    starts
}

/// The problem of one face: its free parameters are λ and the costs that are not held.
struct Problem {
    points: Vec<Point>,
    held: Held,
    law: Usl,
    /// A residual that is worse than any real one.
    far: f64,
}

impl Problem {
    fn within_face(&self, law: Usl) -> Usl {
        Usl {
            sigma: if self.held.sigma { 0.0 } else { law.sigma },
            kappa: if self.held.kappa { 0.0 } else { law.kappa },
            ..law
        }
    }

    fn residual(&self, point: &Point) -> f64 {
        let law = self.within_face(self.law);
        // Beyond a pole the law means nothing: no step leads there.
        if law.slowdown(point.concurrency) > 0.0 {
            law.per_s(point.concurrency) - point.per_s
        } else {
            self.far
        }
    }

    /// The Jacobian, a column for each free parameter.
    fn slopes(&self) -> DMatrix<f64> {
        let law = self.within_face(self.law);
        let slopes: Vec<_> = self.points.iter().map(|p| law.slopes(p.concurrency)).collect();
        let mut columns: Vec<f64> = slopes.iter().map(|[by_lambda, ..]| *by_lambda).collect();
        if !self.held.sigma {
            columns.extend(slopes.iter().map(|[_, by_sigma, _]| *by_sigma));
        }
        if !self.held.kappa {
            columns.extend(slopes.iter().map(|[.., by_kappa]| *by_kappa));
        }
        let free = 1 + usize::from(!self.held.sigma) + usize::from(!self.held.kappa);
        DMatrix::from_vec(self.points.len(), free, columns)
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Problem {
    type ParameterStorage = Owned<f64, Dyn>;
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;

    fn set_params(&mut self, parameters: &DVector<f64>) {
        let mut free = parameters.iter().copied();
        let mut next = |held: bool| if held { 0.0 } else { free.next().unwrap_or(0.0) };
        self.law.lambda = next(false);
        self.law.sigma = next(self.held.sigma);
        self.law.kappa = next(self.held.kappa);
    }

    fn params(&self) -> DVector<f64> {
        let mut free = vec![self.law.lambda];
        free.extend((!self.held.sigma).then_some(self.law.sigma));
        free.extend((!self.held.kappa).then_some(self.law.kappa));
        DVector::from_vec(free)
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        Some(DVector::from_vec(self.points.iter().map(|p| self.residual(p)).collect()))
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        Some(self.slopes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];

    fn of_law(law: Usl) -> Vec<Point> {
        LEVELS.iter().map(|&n| Point { concurrency: n, per_s: law.per_s(n) }).collect()
    }

    #[test]
    fn exact_data_give_their_law_back_also_at_the_bounds() {
        for sigma in [0.0, 0.001, 0.05, 0.4] {
            for kappa in [0.0, 1e-5, 1e-3, 0.02] {
                for lambda in [0.01, 1.0, 1e6] {
                    let law = Usl { sigma, kappa, lambda };
                    let found = fit(&of_law(law)).unwrap().law;
                    assert!((found.sigma - sigma).abs() < 1e-7, "{law:?}: {found:?}");
                    assert!((found.kappa - kappa).abs() < 1e-8, "{law:?}: {found:?}");
                    assert!((found.lambda / lambda - 1.0).abs() < 1e-7, "{law:?}: {found:?}");
                }
            }
        }
    }

    /// The first five steps of a server that is not yet saturated: a free fit gives σ = -0.00995030,
    /// κ = -0.00127089, λ = 108.3533.
    #[test]
    fn a_better_fit_with_negative_costs_is_none() {
        let steps =
            [(1.0, 103.898), (2.0, 222.882), (3.0, 335.363), (4.0, 452.017), (6.0, 713.048)];
        let points = steps.map(|(concurrency, per_s)| Point { concurrency, per_s });
        let free = minimum(&points, FREE, &starts(&points)).unwrap().law;
        assert!((free.sigma + 0.009_950_30).abs() < 1e-6, "{free:?}");
        assert!((free.kappa + 0.001_270_89).abs() < 1e-6, "{free:?}");
        assert!((free.lambda - 108.3533).abs() < 1e-3, "{free:?}");
        let fitted = fit(&points).unwrap();
        assert_eq!(fitted.held, Held { sigma: true, kappa: true });
        // What is left is a line through the origin: sum(NX) / sum(N^2) = 7642.107 / 66.
        assert!((fitted.law.lambda - 7642.107 / 66.0).abs() < 1e-6, "{fitted:?}");
        assert_eq!((fitted.law.sigma, fitted.law.kappa), (0.0, 0.0));
    }

    #[test]
    fn leverages_count_the_free_parameters() {
        let points = of_law(Usl { sigma: 0.05, kappa: 1e-3, lambda: 100.0 });
        let fitted = fit(&points).unwrap();
        let sum: f64 = leverages(&points, &fitted).iter().sum();
        assert!((sum - 3.0).abs() < 1e-9, "{sum}");
        let held = Fitted { held: Held { sigma: false, kappa: true }, ..fitted };
        let sum: f64 = leverages(&points, &held).iter().sum();
        assert!((sum - 2.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn what_is_no_throughput_has_no_fit() {
        let points = LEVELS.map(|concurrency| Point { concurrency, per_s: 0.0 });
        assert_eq!(fit(&points), None);
        assert_eq!(fit(&[]), None);
    }
}
