//! Answers held against a form's fields.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{Field, Kind};

/// What is wrong, by field.
pub type Failures = BTreeMap<String, String>;

/// How many unknown fields are named before the rest is left out.
const NAMED: usize = 10;
/// How much of an unknown field's name is repeated.
const REPEATED: usize = 40;

/// Every answer that its field does not allow.
#[must_use]
pub fn validate(fields: &[Field], answers: &Map<String, Value>) -> Failures {
    let mut failures = Failures::new();
    for field in fields {
        let failure = match answers.get(&field.name) {
            None | Some(Value::Null) if field.required => Some("is required".to_owned()),
            None | Some(Value::Null) => None,
            Some(answer) => refuse(&field.kind, answer),
        };
        if let Some(failure) = failure {
            failures.insert(field.name.clone(), failure);
        }
    }
    let unknown = answers.keys().filter(|name| fields.iter().all(|field| field.name != **name));
    for name in unknown.take(NAMED) {
        failures
            .insert(name.chars().take(REPEATED).collect(), "is no field of the form".to_owned());
    }
    failures
}

/// Why an answer is none to this kind of question.
fn refuse(kind: &Kind, answer: &Value) -> Option<String> {
    match (kind, answer) {
        (Kind::Text { max_length }, Value::String(text)) => {
            if text.chars().count() > *max_length {
                Some(format!("must be at most {max_length} characters"))
            } else if text.contains('\0') {
                // PostgreSQL has no text with it.
                Some("must not contain NUL".to_owned())
            } else {
                None
            }
        }
        (Kind::Text { .. }, _) => Some("must be text".to_owned()),
        (Kind::Number { min, max }, answer) => match answer.as_f64() {
            Some(number) if (*min..=*max).contains(&number) => None,
            Some(_) => Some(format!("must be between {min} and {max}")),
            None => Some("must be a number".to_owned()),
        },
        (Kind::Choice { options }, answer) => {
            let chosen = answer.as_str().is_some_and(|text| options.iter().any(|o| o == text));
            (!chosen).then(|| format!("must be one of: {}", options.join(", ")))
        }
        (Kind::Boolean, answer) => {
            (!answer.is_boolean()).then(|| "must be true or false".to_owned())
        }
        (Kind::Date, answer) => {
            let date = answer.as_str().and_then(|text| text.parse::<NaiveDate>().ok());
            date.is_none().then(|| "must be a date like 2026-03-02".to_owned())
        }
    }
}
