//! The error budget of an availability over 30 days, and the burn rates at which it is worth waking
//! somebody: Beyer et al., *The Site Reliability Workbook* (2018), chapter 5, "Alerting on SLOs".

/// Days over which an availability is counted.
pub const DAYS: f64 = 30.0;

const HOURS: f64 = DAYS * 24.0;

/// One alert: both windows burn the budget at this rate or faster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnRule {
    /// How urgent it is.
    pub severity: Severity,
    /// How many times faster than evenly over 30 days.
    pub rate: f64,
    /// The window that tells that it matters.
    pub long: Window,
    /// The window that tells that it still goes on.
    pub short: Window,
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Somebody has to look now.
    Page,
    /// Somebody has to look on a working day.
    Ticket,
}

/// A window, in minutes, as Prometheus writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its length.
    pub minutes: u32,
    /// In Prometheus' words.
    pub name: &'static str,
}

const fn window(minutes: u32, name: &'static str) -> Window {
    Window { minutes, name }
}

/// The windows, shortest first.
pub const WINDOWS: [Window; 7] = [
    window(5, "5m"),
    window(30, "30m"),
    window(60, "1h"),
    window(120, "2h"),
    window(360, "6h"),
    window(1440, "1d"),
    window(4320, "3d"),
];

/// The alerts, most urgent first.
pub const RULES: [BurnRule; 4] = [
    BurnRule {
        severity: Severity::Page,
        rate: 14.4,
        long: window(60, "1h"),
        short: window(5, "5m"),
    },
    BurnRule {
        severity: Severity::Page,
        rate: 6.0,
        long: window(360, "6h"),
        short: window(30, "30m"),
    },
    BurnRule {
        severity: Severity::Ticket,
        rate: 3.0,
        long: window(1440, "1d"),
        short: window(120, "2h"),
    },
    BurnRule {
        severity: Severity::Ticket,
        rate: 1.0,
        long: window(4320, "3d"),
        short: window(360, "6h"),
    },
];

/// The minutes within 30 days in which everything may fail: 216 at a budget of 0.005.
#[must_use]
pub fn budget_minutes(budget: f64) -> f64 {
    super::words::rounded(budget * HOURS * 60.0)
}

impl BurnRule {
    /// The share of the budget that is spent when the long window is full of this rate.
    #[must_use]
    pub fn budget_share(&self) -> f64 {
        super::words::rounded(self.rate * f64::from(self.long.minutes) / (HOURS * 60.0))
    }

    /// Hours until the budget is spent at this rate.
    #[must_use]
    pub fn hours_to_exhaustion(&self) -> f64 {
        HOURS / self.rate
    }
}

impl Severity {
    /// The word in reports and in the label of an alert.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_and_a_half_hours_a_month_at_99_5_percent() {
        assert!((budget_minutes(0.005) - 216.0).abs() < 1e-9);
        assert!((budget_minutes(0.001) - 43.2).abs() < 1e-9);
        assert!(budget_minutes(0.0).abs() < 1e-12);
    }

    /// The table of the workbook: 2 %, 5 %, 10 % and 10 % of the budget.
    #[test]
    fn the_rates_are_the_workbook_s() {
        let shares = RULES.map(|rule| rule.budget_share());
        for (share, expected) in shares.iter().zip([0.02, 0.05, 0.1, 0.1]) {
            assert!((share - expected).abs() < 1e-12, "{share}");
        }
        assert!((RULES[0].hours_to_exhaustion() - 50.0).abs() < 1e-9);
        for rule in RULES {
            assert_eq!(rule.long.minutes % rule.short.minutes, 0);
            assert!(WINDOWS.contains(&rule.long) && WINDOWS.contains(&rule.short));
        }
    }
}
