//! The Universal Scalability Law.
//!
//! `X(N) = λN / (1 + σ(N - 1) + κN(N - 1))` (Gunther, *Guerrilla Capacity Planning*, 2007, chapter 4):
//! σ is the share of the work that is done one at a time, κ the cost of making each pair agree.

/// A law with its three parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usl {
    /// Contention, σ: without a unit.
    pub sigma: f64,
    /// Coherency, κ: without a unit.
    pub kappa: f64,
    /// Throughput of a single user, λ, in requests a second.
    pub lambda: f64,
}

/// Which of the costs a fit holds at 0, because the data would have it negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// σ is held.
    pub sigma: bool,
    /// κ is held.
    pub kappa: bool,
}

impl Usl {
    /// How many parameters a fit chooses.
    pub const PARAMETERS: usize = 3;

    /// Throughput at a concurrency, in requests a second.
    #[must_use]
    pub fn per_s(&self, concurrency: f64) -> f64 {
        self.lambda * concurrency / self.slowdown(concurrency)
    }

    /// Mean latency at a concurrency without think time, in seconds: N / X(N).
    #[must_use]
    pub fn latency_s(&self, concurrency: f64) -> f64 {
        self.slowdown(concurrency) / self.lambda
    }

    /// The concurrency of the most throughput, `sqrt((1 - σ) / κ)`, not rounded and at least 1; `None`
    /// where throughput only ever grows.
    #[must_use]
    pub fn peak(&self) -> Option<f64> {
        let squared = (1.0 - self.sigma).max(0.0) / self.kappa;
        (self.kappa > 0.0).then(|| squared.sqrt().max(1.0))
    }

    /// How much longer a request takes than alone.
    #[must_use]
    pub fn slowdown(&self, concurrency: f64) -> f64 {
        let others = concurrency - 1.0;
        1.0 + self.sigma * others + self.kappa * concurrency * others
    }

    /// The derivatives of throughput at a concurrency by λ, σ and κ.
    #[must_use]
    pub fn slopes(&self, concurrency: f64) -> [f64; 3] {
        let slowdown = self.slowdown(concurrency);
        let by_lambda = concurrency / slowdown;
        let by_sigma = -self.lambda * by_lambda * (concurrency - 1.0) / slowdown;
        [by_lambda, by_sigma, by_sigma * concurrency]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parameters and values of the test of codahale/usl-rs, after Schwartz, *Practical Scalability
    /// Analysis with the Universal Scalability Law*, 2015.
    const CISCO: Usl = Usl { sigma: 0.026_715_91, kappa: 7.690_945e-4, lambda: 995.6486 };

    #[test]
    fn the_formulas_meet_the_book() {
        for (n, x) in [
            (1.0, 995.6486),
            (5.0, 4435.966),
            (10.0, 7602.334),
            (20.0, 11_063.634),
            (35.0, 12_341.745_6),
            (50.0, 11_871.725),
        ] {
            assert!((CISCO.per_s(n) / x - 1.0).abs() < 1e-6, "X({n}) = {}", CISCO.per_s(n));
        }
        for (n, r) in [(1.0, 0.001_004_37), (20.0, 0.001_807_72)] {
            assert!((CISCO.latency_s(n) / r - 1.0).abs() < 1e-5, "R({n})");
        }
        assert!((CISCO.peak().unwrap() - 35.5738).abs() < 1e-3);
    }

    #[test]
    fn what_only_grows_has_no_peak() {
        assert_eq!(Usl { kappa: 0.0, ..CISCO }.peak(), None);
        assert_eq!(Usl { kappa: -1e-3, ..CISCO }.peak(), None);
        // What falls from the second user on peaks at the first.
        assert_eq!(Usl { sigma: 1.5, ..CISCO }.peak(), Some(1.0));
    }

    #[test]
    fn slopes_are_the_limits_of_differences() {
        fn by(n: f64, h: f64, of: fn(&mut Usl) -> &mut f64) -> f64 {
            let (mut far, mut near) = (CISCO, CISCO);
            *of(&mut far) += h;
            *of(&mut near) -= h;
            (far.per_s(n) - near.per_s(n)) / (2.0 * h)
        }
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
        for n in [1.0, 2.0, 7.0, 32.0] {
            let [by_lambda, by_sigma, by_kappa] = CISCO.slopes(n);
            assert!(close(by_lambda, by(n, 1e-2, |law| &mut law.lambda)), "{n}");
            assert!(close(by_sigma, by(n, 1e-6, |law| &mut law.sigma)), "{n}");
            assert!(close(by_kappa, by(n, 1e-8, |law| &mut law.kappa)), "{n}");
        }
    }
}
