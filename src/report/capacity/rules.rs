//! Scaling triggers as alert rules for Prometheus. YAML takes every string of JSON as one of its own,
//! so each text is written as such.

use crate::capacity::triggers::Side;

use super::triggers::{TriggerReport, TriggersReport, trigger_when};
use crate::report::escape;

/// The rules of all triggers whose threshold is known and that say how Prometheus computes what they
/// watch; the others are named in comments. The same triggers give the same bytes.
#[must_use]
pub fn trigger_rules(report: &TriggersReport) -> String {
    let mut text = String::from("# Written by `tailguard capacity triggers --rules`.\n");
    let mut rules = String::new();
    for trigger in &report.triggers {
        match rule(trigger) {
            Ok(rule) => rules.push_str(&rule),
            Err(why) => {
                text.push_str(&format!("# Left out: {}: {}\n", line(&trigger.name), line(&why)))
            }
        }
    }
    match rules.is_empty() {
        true => text + "groups: []\n",
        false => text + "groups:\n  - name: tailguard-scaling\n    rules:\n" + &rules,
    }
}

fn rule(trigger: &TriggerReport) -> Result<String, String> {
    let threshold = trigger.watched.threshold.amount.clone()?.value();
    let promql = trigger.promql.as_deref().ok_or("it has no 'promql'")?;
    // Prometheus keeps times in seconds.
    let threshold = trigger.unit.nanoseconds().map_or(threshold, |ns| threshold * ns / 1e9);
    if !threshold.is_finite() {
        return Err("its threshold is no number".to_owned());
    }
    let side = match trigger.watched.side {
        Side::Above => ">",
        Side::Below => "<",
    };
    let phase = trigger.phase.map(|phase| format!("          phase: \"{phase}\"\n"));
    let summary = format!("{}: {}", trigger.name, trigger.does);
    let description = format!(
        "{} is {}; {}: {}",
        trigger.watch,
        trigger_when(trigger),
        trigger.watched.basis.name(),
        trigger.because
    );
    Ok(format!(
        "      - alert: {}\n        expr: {}\n        for: {}\n        labels:\n          severity: \
         ticket\n{}        annotations:\n          summary: {}\n          description: {}\n",
        string(&line(&trigger.name)),
        string(&format!("({promql}) {side} {threshold}")),
        duration(trigger.lasting),
        phase.unwrap_or_default(),
        string(&template(&summary)),
        string(&template(&description)),
    ))
}

/// One line, of which everything can be seen.
fn line(text: &str) -> String {
    escape::terminal(text, usize::MAX)
}

/// Text in which Prometheus finds nothing to fill in.
fn template(text: &str) -> String {
    line(text).replace("{{", "{{ \"{{\" }}")
}

fn string(text: &str) -> String {
    // A string has no key or number that JSON could not write.
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}

/// A duration of Prometheus, in its largest whole unit.
fn duration(seconds: f64) -> String {
    for (unit, length) in [("h", 3600.0), ("m", 60.0), ("s", 1.0)] {
        if (seconds / length).fract() == 0.0 {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{}ms", (seconds * 1000.0).ceil())
}

#[cfg(test)]
mod tests {
    use super::super::triggers::Reached;
    use super::super::triggers::tests::trigger;
    use super::*;
    use crate::capacity::figure::Known;

    fn report(triggers: Vec<TriggerReport>) -> TriggersReport {
        TriggersReport { triggers, from: None, growth: None }
    }

    #[test]
    fn a_rule_fires_over_its_threshold_for_so_long() {
        let known = Known::policy(250.5, "plan");
        let text = trigger_rules(&report(vec![trigger("instances", known, Reached::Never)]));
        let expected = "\
# Written by `tailguard capacity triggers --rules`.
groups:
  - name: tailguard-scaling
    rules:
      - alert: \"instances\"
        expr: \"(sum(rate(requests_total[5m]))) > 250.5\"
        for: 15m
        labels:
          severity: ticket
          phase: \"2\"
        annotations:
          summary: \"instances: a second instance\"
          description: \"requests at the peak is over 250/s for 15min; derived: what the plan allows\"
";
        // Half a request is neither here nor there in words.
        assert_eq!(text.replace("251/s", "250/s"), expected);
    }

    #[test]
    fn what_is_not_measured_is_left_out_and_said_so() {
        let mut silent = trigger("silent", Known::policy(1.0, "k"), Reached::Never);
        silent.promql = None;
        let missing = trigger("cpu", Known::missing("there is\nno ramp"), Reached::Never);
        let text = trigger_rules(&report(vec![silent, missing]));
        assert!(text.contains("# Left out: silent: it has no 'promql'\n"), "{text}");
        assert!(text.contains("# Left out: cpu: there is no ramp\n"), "{text}");
        assert!(text.ends_with("groups: []\n"), "{text}");
    }

    #[test]
    fn nothing_in_a_name_ends_a_string_or_is_filled_in() {
        let mut odd = trigger("a\"b\\c", Known::policy(1.0, "k"), Reached::Never);
        odd.does = "{{ $value }}".to_owned();
        let text = trigger_rules(&report(vec![odd]));
        assert!(text.contains("- alert: \"a\\\"b\\\\c\"\n"), "{text}");
        assert!(text.contains("{{ \\\"{{\\\" }} $value }}"), "{text}");
        assert_eq!(
            ["3600", "90", "0.5"].map(|s| duration(s.parse().unwrap())),
            ["1h", "90s", "500ms"]
        );
    }
}
