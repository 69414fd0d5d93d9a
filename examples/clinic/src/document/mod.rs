//! Documents: data to the bytes of a PDF file, purely. The same data give the same bytes.

mod appointment;
mod clauses;
mod file;
mod font;
mod form;
mod page;
mod paragraph;

pub use appointment::{Letter, letter};
pub use form::{Record, record};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use page::Composer;

use crate::form::Field;
use crate::store::clients::Client;
use crate::store::submissions::Submission;

/// Who the document is about.
fn client_facts(composer: &mut Composer, client: &Client) {
    composer.facts(&[
        ("Name", client.name()),
        ("Number", client.id.to_string()),
        ("Born", client.born.to_string()),
        ("City", client.city.clone()),
        ("E-mail", client.email.clone()),
        ("Client since", client.joined.to_string()),
    ]);
}

/// What was answered: in the fields' order and by their labels where they are known, then the rest by
/// name.
fn answer_facts(composer: &mut Composer, fields: &[Field], submission: &Submission) {
    let answers: BTreeMap<String, Value> =
        serde_json::from_str(submission.answers.0.get()).unwrap_or_default();
    let asked = fields.iter().filter_map(|field| Some((&field.label, answers.get(&field.name)?)));
    let unasked = answers.iter().filter(|(name, _)| fields.iter().all(|f| f.name != **name));
    let facts: Vec<_> =
        asked.chain(unasked).map(|(label, answer)| (label, answer_text(answer))).collect();
    composer.facts(&facts);
}

fn answer_text(answer: &Value) -> String {
    match answer {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.format("%a %d %b %Y, %H:%M").to_string()
}
