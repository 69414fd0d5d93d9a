//! The load at which a target holds: `200/s` or `50 users`.

use std::fmt;

use super::quantity::{QuantityError, rate, shown};

/// How much load a target is about. Above zero and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Load {
    /// So many requests a second.
    PerSecond(f64),
    /// So many users at a time, each of whom waits for an answer before asking again.
    Users(f64),
}

/// A run counts for a target from this share of its load: a schedule is never met to the last
/// request.
pub const COUNTS_FROM: f64 = 0.95;

impl Load {
    /// A load as it stands in the configuration.
    ///
    /// # Errors
    /// Any other text: a bare number, a load of zero, a part of a user.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let refused = || QuantityError {
            found: shown(text),
            expected: "a load above zero",
            example: "200/s or 50 users",
        };
        let load = match rate(text) {
            Ok(per_second) => Self::PerSecond(per_second),
            Err(_) => Self::Users(users(text).ok_or_else(refused)?),
        };
        if load.amount() > 0.0 { Ok(load) } else { Err(refused()) }
    }

    /// The number, in requests a second or in users.
    #[must_use]
    pub fn amount(self) -> f64 {
        match self {
            Self::PerSecond(amount) | Self::Users(amount) => amount,
        }
    }

    /// The smallest load that counts.
    #[must_use]
    pub fn counts_from(self) -> f64 {
        COUNTS_FROM * self.amount()
    }

    /// Another amount of the same kind.
    #[must_use]
    pub fn of(self, amount: f64) -> Self {
        match self {
            Self::PerSecond(_) => Self::PerSecond(amount),
            Self::Users(_) => Self::Users(amount),
        }
    }
}

impl fmt::Display for Load {
    /// As it would be written in the configuration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(amount) => write!(f, "{amount}/s"),
            Self::Users(amount) if amount.total_cmp(&1.0).is_eq() => write!(f, "1 user"),
            Self::Users(amount) => write!(f, "{amount} users"),
        }
    }
}

/// A whole number of users.
fn users(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.strip_suffix("users").or_else(|| text.strip_suffix("user"))?.trim_end();
    let plain = !number.is_empty() && number.len() <= 9;
    (plain && number.bytes().all(|b| b.is_ascii_digit())).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_rates_or_users() {
        for (text, load) in [
            ("200/s", Load::PerSecond(200.0)),
            (" 0.5/s ", Load::PerSecond(0.5)),
            ("50 users", Load::Users(50.0)),
            ("1 user", Load::Users(1.0)),
            ("8users", Load::Users(8.0)),
        ] {
            assert_eq!(Load::parse(text).unwrap(), load, "{text}");
            assert_eq!(Load::parse(&load.to_string()).unwrap(), load, "{text}");
        }
        assert!((Load::PerSecond(200.0).counts_from() - 190.0).abs() < 1e-9);
        assert_eq!(Load::Users(16.0).of(2.0), Load::Users(2.0));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "200",
            "0/s",
            "0 users",
            "-1/s",
            "200 rps",
            "2.5 users",
            "users",
            "1e3 users",
            "100/min",
            "9999999999 users",
            "٥ users",
            "50 Users",
        ] {
            assert!(Load::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Load::parse("200").unwrap_err().to_string(),
            "found '200', expected a load above zero such as 200/s or 50 users"
        );
    }
}
