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

/// An order that must hold, with its numbers and whether it does.
#[must_use]
pub fn rung_words(role: &RoleReport, rung: &Rung) -> String {
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
    let rests = timeout_rests_on(role, justified);
    vec![timeout_name(justified.timeout).to_owned(), seconds(justified.set), says.to_owned(), rests]
}

/// What a timeout needs, by the slowest of what it cuts off that is measured; empty where nothing is.
#[must_use]
pub fn timeout_rests_on(role: &RoleReport, justified: &Justified) -> String {
    match (justified.needed(), &justified.unmeasured) {
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
    }
}

/// What to be warned of: a timeout that is too short, and each p99 that it cuts off.
#[must_use]
pub fn timeout_warnings(role: &RoleReport, justified: &Justified) -> Vec<String> {
    let timeout = timeout_name(justified.timeout);
    let short = (justified.verdict() == Verdict::Short).then(|| {
        format!(
            "{timeout} of {} is shorter than {} x the p99.9 of what it cuts off",
            role.name,
            number::chosen(role.factor)
        )
    });
    let cut = justified.rests_on.iter().filter(|room| room.cuts_p99).map(|room| {
        let name = &room.timed.name;
        format!("{timeout} of {} cuts off {name}: its p99 is {}", role.name, p99(room))
    });
    short.into_iter().chain(cut).collect()
}

/// Of what a timeout cuts off too little is measured; `None` where all of it is.
#[must_use]
pub fn timeout_unmeasured(justified: &Justified) -> Option<String> {
    let open: Vec<&Room> = justified.open().collect();
    let first = open.first()?;
    let names: Vec<&str> = open.iter().take(NAMED).map(|r| r.timed.name.as_str()).collect();
    let more = open.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let why = first.needed.as_ref().err().cloned().unwrap_or_default();
    let timeout = timeout_name(justified.timeout);
    let names = names.join(", ");
    Some(format!("{timeout}: not measured for {names}{more} ({}: {why})", first.timed.name))
}

fn remarks(role: &RoleReport, justified: &Justified) -> Vec<Section> {
    let warnings = timeout_warnings(role, justified).into_iter();
    let open = timeout_unmeasured(justified).map(|it| Section::Remark(Severity::Notice, it));
    warnings.map(|it| Section::Remark(Severity::Warning, it)).chain(open).collect()
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
