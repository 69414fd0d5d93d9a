//! What a reader should know of how it was measured.

use super::super::notices::notice;
use crate::measure::{Machine, Severity};
use crate::report::Notice;
use crate::rounds::{Facts, Plan, Side};

/// Above this share of busy cores before anything is measured, something else measures along.
const BUSY: f64 = 0.25;

/// A load generator that uses this share of all cores has none left to be on time with.
const SATURATED: f64 = 0.8;

/// k6's exit code for crossed thresholds.
pub(super) const THRESHOLDS_CROSSED: i32 = 99;

/// What k6 logs where an arrival rate needs more virtual users than it may start.
const OUT_OF_USERS: &str = "Insufficient VUs";

/// How it is measured: what a reader needs to measure it once more.
pub(super) fn of_plan(plan: &Plan, dirty: bool) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let Some(base) = &plan.base {
        let message = format!(
            "measured alternately with {} in a balanced random order, seed {}; {} warm-up {} a side \
             left out",
            base.get(..12).unwrap_or(base),
            plan.seed,
            plan.warmup,
            if plan.warmup == 1 { "round" } else { "rounds" },
        );
        notices.push(general(Severity::Notice, "interleaved", message));
    }
    if dirty {
        let message = "the working tree has changes that no commit has: they were measured too";
        notices.push(general(Severity::Notice, "uncommitted", message.to_owned()));
    }
    notices
}

/// A machine that was at work before anything was measured.
pub(super) fn busy(share: Option<f64>) -> Option<Notice> {
    let share = share.filter(|share| *share > BUSY)?;
    let message = format!(
        "{:.0}% of the machine was busy before the first round: close what runs beside, or expect \
         to be told less",
        100.0 * share
    );
    Some(general(Severity::Warning, "busy-machine", message))
}

/// A base that a suite cannot be built from: older than the suite, or broken.
pub(super) fn base_not_built(suite: &str, how: &str, tail: &[String]) -> Notice {
    let last = tail.iter().rev().find(|line| !line.trim().is_empty());
    let said = last.map_or(String::new(), |line| format!(" ({})", line.trim()));
    let message = format!(
        "its build {how} in the base's checkout{said}: the working tree is measured alone, and \
         compared with stored baselines"
    );
    notice(Severity::Warning, "base-not-built", suite, message)
}

/// No round began any more.
pub(super) fn out_of_time(minutes: f64) -> Notice {
    let message =
        format!("stopped after {minutes:.0} minutes: not all planned rounds were measured");
    general(Severity::Warning, "out-of-time", message)
}

/// What a round's command and log tell.
pub(super) fn of_round(
    suite: &str,
    side: Option<Side>,
    facts: &Facts,
    log: &str,
    machine: &Machine,
) -> Vec<Notice> {
    let of = side.map_or(String::new(), |side| format!(" ({})", side.name()));
    let mut notices = Vec::new();
    if facts.exit_code == THRESHOLDS_CROSSED {
        let message = format!(
            "the command exited with 99 with results present{of}: thresholds of the load test itself were crossed"
        );
        notices.push(notice(Severity::Notice, "thresholds-crossed", suite, message));
    }
    if log.contains(OUT_OF_USERS) {
        let message = format!(
            "the load generator ran out of virtual users{of}: less load than was asked for, and the latency of whatever it could start; raise preAllocatedVUs and maxVUs"
        );
        notices.push(notice(Severity::Warning, "generator-out-of-users", suite, message));
    }
    let cores = machine.cpu_limit.unwrap_or(f64::from(machine.cores));
    if let Some(load) = facts.generator.filter(|load| load.mean_cores > SATURATED * cores) {
        let message = format!(
            "the load generator used {:.1} of {cores:.1} cores{of}: it may be what is slow, not the \
             service",
            load.mean_cores
        );
        notices.push(notice(Severity::Warning, "generator-saturated", suite, message));
    }
    notices
}

fn general(severity: Severity, code: &str, message: String) -> Notice {
    Notice { severity, code: code.to_owned(), suite: None, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rounds::GeneratorLoad;

    fn codes(facts: &Facts, log: &str, machine: &Machine) -> Vec<String> {
        of_round("api", Some(Side::Head), facts, log, machine).into_iter().map(|n| n.code).collect()
    }

    fn facts(mean_cores: f64) -> Facts {
        let generator = Some(GeneratorLoad { mean_cores, most_cores: 2.0 });
        Facts { exit_code: 0, seconds: 15.0, generator }
    }

    #[test]
    fn a_machine_is_busy_from_a_quarter_on() {
        assert_eq!(busy(None), None);
        assert_eq!(busy(Some(0.25)), None);
        let notice = busy(Some(0.5)).unwrap();
        assert_eq!((notice.code.as_str(), notice.severity), ("busy-machine", Severity::Warning));
        assert!(notice.message.starts_with("50% of the machine"), "{}", notice.message);
    }

    #[test]
    fn a_generator_that_is_full_is_told() {
        let machine = Machine { cores: 2, ..Machine::default() };
        assert_eq!(codes(&facts(1.5), "", &machine), Vec::<String>::new());
        assert_eq!(codes(&facts(1.7), "", &machine), ["generator-saturated"]);
        let limited = Machine { cpu_limit: Some(1.0), ..machine.clone() };
        assert_eq!(codes(&facts(0.9), "", &limited), ["generator-saturated"]);
        let log = "time=\"...\" level=warning msg=\"Insufficient VUs, reached 50 active VUs\"";
        assert_eq!(codes(&facts(0.1), log, &machine), ["generator-out-of-users"]);
        let crossed = Facts { exit_code: THRESHOLDS_CROSSED, ..facts(0.1) };
        assert_eq!(codes(&crossed, "", &machine), ["thresholds-crossed"]);
    }
}
