//! The table of the documentation, between its markers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tailguard::policy::Verdict;
use tailguard::policy::config::Gate;

use super::arms::Arm;
use super::live::{Live, LiveVerdict};
use super::packed::Recorded;
use super::tally::{ArmTally, Tally, mean};
use super::target::targets;
use super::verdict::{Outcome, hit, outcome};
use crate::page::plain;
use crate::target;

/// What was recorded, the table, and the targets, as Markdown.
#[must_use]
pub fn markdown(recorded: &Recorded, tally: &Tally, arms: &[Arm], live: &Live) -> String {
    let mut text = provenance(recorded, tally);
    text.push_str(&made_live(live));
    text.push_str(
        "\n| fault | setting | row that rose most | p95 | change | spread | found | missed | \
         undecided | passed | false alarms | rounds | minutes | found of 16 rounds | rounds of 16 | \
         p95 +10 % says slower | rank test says slower | live |\n\
         | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | \
         ---: | ---: | ---: | ---: | --- |\n",
    );
    for of_arm in &tally.arms {
        let arm = arms.iter().find(|arm| arm.name == of_arm.arm);
        let live = arm.and_then(|arm| Some((arm, live.arm(&arm.name, &of_arm.settings)?)));
        let live = live.map_or_else(|| "-".to_owned(), |(arm, seen)| live_cell(arm, of_arm, seen));
        row(&mut text, of_arm, &live);
    }
    let missing: Vec<&str> = arms
        .iter()
        .filter(|arm| recorded.arm(&arm.name).is_empty())
        .map(|arm| arm.name.as_str())
        .collect();
    if !missing.is_empty() {
        let _ = writeln!(text, "\n**Not recorded:** {}.", missing.join(", "));
    }
    let beside: Vec<String> = tally
        .arms
        .iter()
        .map(|arm| (arm, arm.count_if(|verdict| verdict.elsewhere)))
        .filter(|(_, count)| *count > 0)
        .map(|(arm, count)| format!("{} ({count})", arm.arm))
        .collect();
    if !beside.is_empty() {
        let _ = writeln!(
            text,
            "\nVerdicts that also name rows of other categories than the fault is meant for: {}.",
            beside.join(", ")
        );
    }
    text.push('\n');
    text.push_str(&target::table(&targets(tally)));
    text
}

fn provenance(recorded: &Recorded, tally: &Tally) -> String {
    let origins: Vec<_> = recorded.rounds.iter().map(|round| &round.origin).collect();
    let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
    let days: BTreeSet<String> = origins.iter().map(|origin| day(&origin.time)).collect();
    let days: Vec<&str> = [days.first(), days.last()].into_iter().flatten().map(|d| &**d).collect();
    let days = if days.first() == days.last() { &days[..days.len().min(1)] } else { &days[..] };
    let commits: BTreeSet<&str> = origins.iter().filter_map(|o| o.commit.as_deref()).collect();
    let commits: Vec<&str> =
        commits.iter().map(|commit| commit.get(..12).unwrap_or(commit)).collect();
    let seeds: BTreeSet<String> = origins.iter().map(|origin| origin.seed.to_string()).collect();
    let machine = origins.first().map(|origin| &origin.machine);
    let machine = machine.map_or_else(String::new, |machine| {
        let memory = machine.memory.map_or_else(String::new, |bytes| {
            format!(", {:.0} GiB of memory", bytes as f64 / f64::from(1 << 30))
        });
        let kernel = machine.kernel.as_deref().unwrap_or("unknown");
        format!("{} ({} cores{memory}), kernel {kernel}", machine.cpu, machine.cores)
    });
    let verdicts = tally.arms.first().map_or(0, |arm| arm.verdicts.len());
    format!(
        "Recorded {} at commit {} on {}: {} rounds an arm, order by seed {}. {verdicts} verdicts an \
         arm, drawn by seed {}.\n",
        days.join(" to "),
        commits.join(", "),
        plain(&machine),
        tally.recorded,
        seeds.into_iter().collect::<Vec<_>>().join(", "),
        tally.seed,
    )
}

/// When and of which commits live verdicts were made; nothing without any.
fn made_live(live: &Live) -> String {
    let of = |tell: fn(&LiveVerdict) -> Option<&str>| -> BTreeSet<&str> {
        live.verdicts.iter().filter_map(tell).collect()
    };
    let days: Vec<&str> = of(|verdict| verdict.time.get(..10)).into_iter().collect();
    let commits: Vec<&str> =
        of(|verdict| verdict.commit.as_deref()?.get(..12)).into_iter().collect();
    if days.is_empty() {
        return String::new();
    }
    format!(
        "Live verdicts: {}, at commit {}, on the same machine.\n",
        days.join(" to "),
        commits.join(", ")
    )
}

fn row(text: &mut String, arm: &ArmTally, live: &str) {
    let most = arm.most.and_then(|row| arm.changes.get(row));
    let (name, p95, change, spread) = match most {
        Some(most) => (
            plain(&most.row),
            format!("{:.1} ms", most.base),
            format!("{:+.0} %", 100.0 * most.change),
            format!("{:.1} %", 100.0 * most.spread),
        ),
        None => ("-".to_owned(), "-".to_owned(), "-".to_owned(), "-".to_owned()),
    };
    let clear = if arm.clear { " *" } else { "" };
    let fault = |outcome| if arm.control { "-".to_owned() } else { arm.count(outcome).to_string() };
    let longer = |outcome| match arm.control {
        true => "-".to_owned(),
        false => arm.count_longer(outcome).to_string(),
    };
    let alarms = match arm.control {
        true => arm.count(Outcome::FalseAlarm).to_string(),
        false => "-".to_owned(),
    };
    let _ = writeln!(
        text,
        "| {}{clear} | {} | {name} | {p95} | {change} | {spread} | {} | {} | {} | {} | {alarms} | \
         {:.1} | {:.1} | {} | {:.1} | {} | {} | {live} |",
        arm.arm,
        plain(&arm.settings),
        fault(Outcome::Found),
        fault(Outcome::Missed),
        fault(Outcome::Undecided),
        arm.count(Outcome::Passed),
        mean(&arm.verdicts, |verdict| f64::from(verdict.rounds)),
        mean(&arm.verdicts, |verdict| verdict.minutes),
        longer(Outcome::Found),
        mean(&arm.longer, |verdict| f64::from(verdict.rounds)),
        arm.count_if(|verdict| verdict.p95_rule),
        arm.count_if(|verdict| verdict.rank_rule),
    );
}

fn live_cell(arm: &Arm, tally: &ArmTally, live: &LiveVerdict) -> String {
    let hit = hit(arm, &tally.changes, &Gate::default());
    let word = match outcome(arm, &live.called, &hit) {
        Outcome::Found => "found",
        Outcome::Missed => "missed",
        Outcome::Undecided => "undecided",
        Outcome::Passed => "passed",
        Outcome::FalseAlarm => "false alarm",
    };
    let worse = live.called.iter().filter(|row| row.verdict == Verdict::Regressed).count();
    let worse = if worse == 0 { String::new() } else { format!(", {worse} worse") };
    format!("{word}{worse}; {} rounds, {:.1} min", live.rounds, live.minutes)
}
