//! The letter that confirms an appointment.

use super::clauses::{PREPARATION, TERMS};
use super::page::{Column, Composer};
use super::{answer_facts, client_facts, file, time};
use crate::store::appointments::Appointment;
use crate::store::clients::Client;
use crate::store::submissions::Submission;

/// What the letter is made of.
#[derive(Debug)]
pub struct Letter {
    /// The appointment it confirms.
    pub appointment: Appointment,
    /// Who comes.
    pub client: Client,
    /// The client's appointments, newest first.
    pub past: Vec<Appointment>,
    /// The client's submissions, newest first.
    pub submissions: Vec<Submission>,
}

/// The letter as a PDF file.
///
/// # Errors
///
/// Where the content cannot be compressed.
pub fn letter(letter: &Letter) -> std::io::Result<Vec<u8>> {
    let Letter { appointment, client, past, submissions } = letter;
    let title = format!("Appointment {}", appointment.id);
    let mut composer = Composer::new(&format!("{title}, {}", appointment.client));
    composer.title("Your appointment");
    composer.facts(&[
        ("When", time(appointment.starts_at)),
        ("How long", format!("{} minutes", appointment.minutes)),
        ("With", appointment.practitioner.clone()),
        ("Number", appointment.id.to_string()),
        ("Note", appointment.note.clone()),
    ]);
    composer.heading("You");
    client_facts(&mut composer, client);
    composer.heading("How to prepare");
    for paragraph in PREPARATION {
        composer.paragraph(paragraph);
    }
    composer.heading("Your appointments");
    composer.bars("Minutes of each, newest first", &minutes(past), 120.0);
    composer.table(
        [
            Column { title: "When", part: 0.24 },
            Column { title: "Minutes", part: 0.1 },
            Column { title: "With", part: 0.22 },
            Column { title: "Note", part: 0.44 },
        ],
        &past.iter().map(row).collect::<Vec<_>>(),
    );
    composer.heading("What you told us");
    for submission in submissions {
        composer.paragraph(&format!("{}, {}", submission.form, time(submission.submitted_at)));
        answer_facts(&mut composer, &[], submission);
    }
    composer.heading("Terms");
    for (heading, text) in TERMS {
        composer.heading(heading);
        composer.paragraph(text);
    }
    composer.signature(&appointment.client);
    file::file(&title, &composer.finish())
}

fn minutes(past: &[Appointment]) -> Vec<f64> {
    past.iter().map(|appointment| f64::from(appointment.minutes)).collect()
}

fn row(appointment: &Appointment) -> [String; 4] {
    [
        time(appointment.starts_at),
        appointment.minutes.to_string(),
        appointment.practitioner.clone(),
        appointment.note.clone(),
    ]
}
