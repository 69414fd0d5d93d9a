//! The forms of an organisation, answers to them, and segments over both.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::random::Random;
use super::words;
use crate::form::{Field, Kind};
use crate::segment::{Activity, Answer, Period, Rule, Test};

/// The forms, title and fields. Their order is the order of their ids.
pub(super) fn forms() -> [(&'static str, Vec<Field>); 4] {
    [
        (
            "Intake",
            vec![
                field("complaint", "What brings you here?", true, Kind::Text { max_length: 400 }),
                field("since", "Since when?", true, Kind::Date),
                field("treatment", "What was tried before?", true, treatment()),
                field("height", "Height in cm", false, Kind::Number { min: 50.0, max: 250.0 }),
                field("smoker", "Do you smoke?", false, Kind::Boolean),
                field("consent", "I agree that my data is stored", true, Kind::Boolean),
            ],
        ),
        (
            "Pain diary",
            vec![
                field("pain", "Pain, 0 to 10", true, Kind::Number { min: 0.0, max: 10.0 }),
                field("sleep", "Hours of sleep", true, Kind::Number { min: 0.0, max: 24.0 }),
                field("medication", "Did you take medication?", true, Kind::Boolean),
                field("remarks", "Remarks", false, Kind::Text { max_length: 600 }),
            ],
        ),
        (
            "Satisfaction",
            vec![
                field(
                    "score",
                    "Would you recommend us, 0 to 10",
                    true,
                    Kind::Number { min: 0.0, max: 10.0 },
                ),
                field(
                    "waiting",
                    "Minutes you waited",
                    false,
                    Kind::Number { min: 0.0, max: 240.0 },
                ),
                field("remarks", "Remarks", false, Kind::Text { max_length: 600 }),
            ],
        ),
        (
            "Follow-up",
            vec![
                field("treatment", "Which treatment helped most?", true, treatment()),
                field("better", "Do you feel better?", true, Kind::Boolean),
                field("next", "When do you want to come again?", false, Kind::Date),
                field("remarks", "Remarks", false, Kind::Text { max_length: 600 }),
            ],
        ),
    ]
}

fn field(name: &str, label: &str, required: bool, kind: Kind) -> Field {
    Field { name: name.to_owned(), label: label.to_owned(), required, kind }
}

fn treatment() -> Kind {
    Kind::Choice { options: words::TREATMENTS.map(str::to_owned).to_vec() }
}

/// Answers that the fields allow. What need not be answered is at times left out.
pub(super) fn answers(random: &mut Random, fields: &[Field], day: NaiveDate) -> Map<String, Value> {
    let mut answers = Map::new();
    for field in fields {
        if !field.required && random.happens(300) {
            continue;
        }
        answers.insert(field.name.clone(), answer(random, &field.kind, day));
    }
    answers
}

fn answer(random: &mut Random, kind: &Kind, day: NaiveDate) -> Value {
    match kind {
        Kind::Text { .. } => {
            let sentences = 1 + random.below(4);
            let text: Vec<&str> = (0..sentences).map(|_| random.word(&words::REMARKS)).collect();
            json!(text.join(" "))
        }
        // The smaller of two, so that low numbers are more frequent.
        Kind::Number { min, max } => {
            let (min, max) = (*min as i64, *max as i64);
            json!(random.between(min, max).min(random.between(min, max)))
        }
        Kind::Choice { options } => {
            let index = random.below(options.len().max(1) as u64) as usize;
            json!(options.get(index))
        }
        Kind::Boolean => json!(random.happens(700)),
        Kind::Date => {
            let days = chrono::TimeDelta::days(random.between(-200, 60));
            json!(day.checked_add_signed(days).unwrap_or(day))
        }
    }
}

/// The segments, given the id of the first form.
pub(super) fn segments(first_form: i64) -> [(&'static str, Rule); 5] {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let (start, middle, end) = (day(2026, 1, 5), day(2026, 7, 1), day(2027, 1, 5));
    let activity = |from, to, at_least| Activity { from, to, at_least };
    let answered = |form, field: &str, test| {
        Rule::Answer(Answer { form: first_form + form, field: field.to_owned(), test })
    };
    [
        ("Frequent visitors", Rule::Appointments(activity(start, end, 12))),
        (
            "Lapsed in summer",
            Rule::All(vec![
                Rule::Appointments(activity(start, middle, 2)),
                Rule::Not(Box::new(Rule::Appointments(activity(middle, end, 1)))),
            ]),
        ),
        (
            "In pain and in treatment",
            Rule::All(vec![
                answered(1, "pain", Test::AtLeast(5.0)),
                Rule::Appointments(activity(start, end, 2)),
            ]),
        ),
        (
            "Older, near, not asked yet",
            Rule::All(vec![
                Rule::Born(Period { from: day(1900, 1, 1), to: day(1966, 1, 1) }),
                Rule::City(words::CITIES.iter().take(4).map(|city| (*city).to_owned()).collect()),
                Rule::Not(Box::new(Rule::Submissions(activity(start, end, 3)))),
            ]),
        ),
        (
            "Long treatments that help",
            Rule::Any(vec![
                Rule::Minutes(activity(start, end, 600)),
                Rule::All(vec![
                    answered(3, "better", Test::Is(json!(true))),
                    Rule::Minutes(activity(middle, end, 180)),
                ]),
            ]),
        ),
    ]
}
