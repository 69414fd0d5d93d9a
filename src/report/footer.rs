//! What stands below the rows: runs, machines and the rule that decided.

use crate::measure::Machine;

use super::number::count;
use super::text::Text;
use super::{Report, Side, number};

/// Runs, machines and rule, a line each.
pub(super) fn lines(report: &Report) -> Vec<Text<'_>> {
    let mut lines = Vec::new();
    if let Some(runs) = runs(report) {
        lines.push(runs.into());
    }
    lines.push(environment(report));
    lines.push(rule(report));
    lines
}

fn runs(report: &Report) -> Option<String> {
    let base = side(report.rows.iter().filter_map(|row| row.base));
    let fresh = side(report.rows.iter().filter_map(|row| row.fresh));
    match (base, fresh) {
        (Some(base), Some(fresh)) => Some(format!("runs: base {base}; fresh {fresh}")),
        (Some(base), None) => Some(format!("runs: base {base}; fresh none")),
        (None, Some(fresh)) => Some(format!("runs: base none; fresh {fresh}")),
        (None, None) => None,
    }
}

/// `5 in 1 session`, `3 to 5 in 2 sessions`
fn side(sides: impl Iterator<Item = Side> + Clone) -> Option<String> {
    let runs = range(sides.clone().map(|side| side.runs))?;
    let sessions = range(sides.map(|side| side.sessions))?;
    Some(format!("{runs} in {sessions} session{}", if sessions == "1" { "" } else { "s" }))
}

fn range(numbers: impl Iterator<Item = u32> + Clone) -> Option<String> {
    let (least, most) = (numbers.clone().min()?, numbers.max()?);
    Some(if least == most { format!("{least}") } else { format!("{least} to {most}") })
}

fn environment(report: &Report) -> Text<'_> {
    let environment = &report.environment;
    if environment.same {
        return Text::from("machine: the same on both sides, ").then(machine(&environment.fresh));
    }
    Text::from("machine: not the same; base ")
        .then(machine(&environment.base))
        .words("; fresh ")
        .then(machine(&environment.fresh))
}

pub(super) fn machine(machine: &Machine) -> Text<'_> {
    let known =
        [machine.name.as_deref(), Some(&machine.os), Some(&machine.arch), Some(&machine.cpu)];
    let mut line = Text::new();
    let mut first = true;
    for name in known.into_iter().flatten().filter(|name| !name.is_empty()) {
        line = if first { line } else { line.words(" ") }.name(name);
        first = false;
    }
    match (first, machine.cores) {
        (true, 0) => "not recorded".into(),
        (_, 0) => line,
        (true, cores) => count(usize::try_from(cores).unwrap_or(usize::MAX), "core").into(),
        (false, cores) => {
            line.words(", ").words(count(usize::try_from(cores).unwrap_or(usize::MAX), "core"))
        }
    }
}

fn rule(report: &Report) -> Text<'_> {
    let rule = &report.rule;
    let test = match rule.test.as_str() {
        "moderated-t" => "moderated t test".into(),
        "mann-whitney" => "exact Mann-Whitney test".into(),
        other => Text::new().name(other),
    };
    let over = match rule.confirmation {
        None => format!(
            "Holm at {} over {}",
            number::chosen(rule.alpha),
            count(rule.family, "tested gating row")
        ),
        Some(looks) => format!(
            "fresh rounds, and the screening with a tenth of the weight, Holm at {} over {} and {} of {}",
            number::chosen(rule.alpha),
            count(rule.family, "flagged row"),
            looks.taken,
            count(looks.planned as usize, "planned look"),
        ),
    };
    Text::from("decided by: ").then(test).words(format!(", one-sided, {over}; intervals are 98%"))
}
