//! A target as people write it.

use crate::measure::Unit;
use crate::policy::Scope;
use crate::policy::quantity::Quantity;

/// What a target is about, without its suite: `category=read`, `read*`, or `all rows`.
#[must_use]
pub fn about(scope: &Scope) -> String {
    let row = scope.row.as_ref().map(ToString::to_string);
    let tags = scope.tags.iter().map(|(key, value)| format!("{key}={value}"));
    let parts: Vec<String> = row.into_iter().chain(tags).collect();
    if parts.is_empty() { "all rows".to_owned() } else { parts.join(", ") }
}

/// A limit in the form that the configuration takes. The same limit is read back, to twelve digits.
#[must_use]
pub fn written(limit: Quantity) -> String {
    match limit.unit {
        Unit::Ratio => format!("{}%", rounded(limit.value * 100.0)),
        Unit::Count => format!("{}rows", limit.value),
        _ => limit.to_string(),
    }
}

/// To twelve digits after the point: what a product of decimals is, without its noise.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e12).round() / 1e12
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Pattern;
    use crate::policy::quantity::quantity;

    #[test]
    fn limits_read_back_as_they_were_written() {
        for text in
            ["7%", "0.5%", "99.99%", "0.1ms", "250ms", "3s", "900ns", "100/s", "5rows", "0%"]
        {
            assert_eq!(written(quantity(text).unwrap()), text);
        }
        assert_eq!(written(quantity("2min").unwrap()), "120s");
        assert_eq!(written(quantity("4KiB").unwrap()), "4096B");
    }

    #[test]
    fn a_scope_is_named_by_what_it_says() {
        assert_eq!(about(&Scope::default()), "all rows");
        let mut scope = Scope { row: Some(Pattern::new("read*").unwrap()), ..Scope::default() };
        scope.tags.insert("category".to_owned(), Pattern::new("read").unwrap());
        assert_eq!(about(&scope), "read*, category=read");
    }
}
