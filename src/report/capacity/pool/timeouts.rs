//! The timeouts of a role in words.

use super::{RoleReport, seconds};
use crate::capacity::timeouts::{Justified, Room, Rule, Rung, Timeout, Verdict};
use crate::measure::Severity;
use crate::report::number;
use crate::report::sheet::Section;

/// Names that a line lists before the rest is counted.
const NAMED: usize = 5;

pub(super) fn sections(role: &RoleReport) -> Vec<Section> {
    let mut sections = vec![Section::Title("timeouts of a role")];
    let rungs = role.ladder.iter().map(|rung| rung_words(role, rung)).collect();
    sections.push(Section::Item(format!("role {}", role.name), rungs));
    let rows = role.justified.iter().map(|justified| row(role, justified)).collect();
    sections.push(Section::Table(vec!["timeout", "set", "says", "rests on"], rows));
    for justified in &role.justified {
        sections.extend(remarks(role, justified));
    }
    sections
}

fn rung_words(role: &RoleReport, rung: &Rung) -> String {
    let holds = if rung.holds() { "holds" } else { "does not hold" };
    let (less, than) = (seconds(rung.less), seconds(rung.than));
    match rung.rule {
        Rule::LockUnderStatement => {
            format!("lock_timeout {less} < statement_timeout {than}: {holds}")
        }
        Rule::DatabaseUnderHttp => format!(
            "wait for a connection + {} x statement_timeout = {less} < http timeout {than}: {holds}",
            role.statements
        ),
    }
}

fn row(role: &RoleReport, justified: &Justified) -> Vec<String> {
    let says = match justified.verdict() {
        Verdict::Enough => "enough",
        Verdict::Short => "too short",
        Verdict::NotMeasured => "not measured",
    };
    let rests = match (justified.needed(), &justified.unmeasured) {
        (Some((needed, room)), _) => format!(
            "{} x {} (p99.9 of {}, n {}) = {}",
            number::chosen(role.factor),
            seconds(needed / role.factor),
            room.timed.name,
            number::whole(room.timed.n as f64),
            seconds(needed)
        ),
        (None, Some(why)) => why.clone(),
        (None, None) => String::new(),
    };
    vec![timeout_name(justified.timeout).to_owned(), seconds(justified.set), says.to_owned(), rests]
}

fn remarks(role: &RoleReport, justified: &Justified) -> Vec<Section> {
    let mut sections = Vec::new();
    let timeout = timeout_name(justified.timeout);
    if justified.verdict() == Verdict::Short {
        let message = format!(
            "{timeout} of {} is shorter than {} x the p99.9 of what it cuts off",
            role.name,
            number::chosen(role.factor)
        );
        sections.push(Section::Remark(Severity::Warning, message));
    }
    for room in justified.rests_on.iter().filter(|room| room.cuts_p99) {
        let message = format!(
            "{timeout} of {} cuts off {}: its p99 is {}",
            role.name,
            room.timed.name,
            p99(room)
        );
        sections.push(Section::Remark(Severity::Warning, message));
    }
    let open: Vec<&Room> = justified.open().collect();
    if let Some(first) = open.first() {
        let names: Vec<&str> = open.iter().take(NAMED).map(|r| r.timed.name.as_str()).collect();
        let more = open.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let why = first.needed.as_ref().err().cloned().unwrap_or_default();
        let message = format!(
            "{timeout}: not measured for {}{more} ({}: {why})",
            names.join(", "),
            first.timed.name
        );
        sections.push(Section::Remark(Severity::Notice, message));
    }
    sections
}

fn p99(room: &Room) -> String {
    match room.timed.p99.map(|p99| (p99.over, p99.up_to)) {
        Some((over, Some(up_to))) if over < up_to => {
            format!("between {} and {}", seconds(over), seconds(up_to))
        }
        Some((over, Some(_))) => seconds(over),
        Some((over, None)) => format!("over {}", seconds(over)),
        None => "not measured".to_owned(),
    }
}

/// What a timeout is called where it is set.
#[must_use]
pub fn timeout_name(timeout: Timeout) -> &'static str {
    match timeout {
        Timeout::Lock => "lock_timeout",
        Timeout::Statement => "statement_timeout",
        Timeout::PoolWait => "wait for a connection",
        Timeout::Http => "http timeout",
    }
}
