//! Columns of a row that came as a JSON object. Versions of the server name some of them
//! differently, or lack them: the first name that is there counts.

use serde_json::Value;

/// A whole number, 0 where no such column is there or it is null.
pub(super) fn whole(row: &Value, names: &[&str]) -> u64 {
    number(row, names).map_or(0, |value| match value {
        // Rows of plans come as fractions from 18 on.
        value if value > 0.0 => value.round() as u64,
        _ => 0,
    })
}

/// A number; `None` where no such column is there or it is null.
pub(super) fn number(row: &Value, names: &[&str]) -> Option<f64> {
    let value = names.iter().find_map(|name| row.get(name).filter(|value| !value.is_null()))?;
    // An oid and a numeric come as text.
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|value| value.is_finite())
}

/// A text, empty where no such column is there or it is null.
pub(super) fn text(row: &Value, name: &str) -> String {
    row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A text; `None` where no such column is there or it is null.
pub(super) fn some_text(row: &Value, name: &str) -> Option<String> {
    row.get(name).and_then(Value::as_str).map(str::to_owned)
}
