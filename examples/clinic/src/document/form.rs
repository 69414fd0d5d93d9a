//! All that a client submitted of one form.

use serde_json::Value;

use super::clauses::TERMS;
use super::page::{Column, Composer};
use super::{answer_facts, answer_text, client_facts, file, time};
use crate::form::{Field, Kind};
use crate::store::clients::Client;
use crate::store::forms::Form;
use crate::store::submissions::Submission;

/// What the record is made of.
#[derive(Debug)]
pub struct Record {
    /// The form.
    pub form: Form,
    /// Who filled it in.
    pub client: Client,
    /// The submissions, newest first.
    pub submissions: Vec<Submission>,
}

/// The record as a PDF file.
///
/// # Errors
///
/// Where the content cannot be compressed.
pub fn record(record: &Record) -> std::io::Result<Vec<u8>> {
    let Record { form, client, submissions } = record;
    let name = client.name();
    let title = format!("{} of {name}", form.title);
    let mut composer = Composer::new(&title);
    composer.title(&form.title);
    client_facts(&mut composer, client);
    composer.heading("Overview");
    composer.paragraph(&format!("{} submissions, newest first.", submissions.len()));
    for field in &*form.fields {
        course(&mut composer, field, submissions);
    }
    composer.heading("Questions");
    let questions: Vec<_> = form.fields.iter().map(question).collect();
    composer.table(
        [
            Column { title: "Question", part: 0.5 },
            Column { title: "Answer", part: 0.35 },
            Column { title: "Required", part: 0.15 },
        ],
        &questions,
    );
    for submission in submissions {
        composer.heading(&format!("{}: number {}", time(submission.submitted_at), submission.id));
        answer_facts(&mut composer, &form.fields, submission);
    }
    composer.heading("What we do with it");
    for (heading, text) in TERMS {
        composer.heading(heading);
        composer.paragraph(text);
    }
    composer.signature(&name);
    file::file(&title, &composer.finish())
}

/// How the answers to a question about a number went.
fn course(composer: &mut Composer, field: &Field, submissions: &[Submission]) {
    let Kind::Number { max, .. } = field.kind else { return };
    let answer = |submission: &Submission| {
        let answers: Value = serde_json::from_str(submission.answers.0.get()).ok()?;
        answers.get(&field.name)?.as_f64()
    };
    let values: Vec<f64> = submissions.iter().filter_map(answer).collect();
    composer.bars(&format!("{}: {} answers", field.label, values.len()), &values, max);
}

fn question(field: &Field) -> [String; 3] {
    let kind = match &field.kind {
        Kind::Text { max_length } => format!("text of at most {max_length} characters"),
        Kind::Number { min, max } => format!("number from {min} to {max}"),
        Kind::Choice { options } => options.join(", "),
        Kind::Boolean => "yes or no".to_owned(),
        Kind::Date => "date".to_owned(),
    };
    [field.label.clone(), kind, answer_text(&Value::Bool(field.required))]
}
