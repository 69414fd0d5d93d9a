//! What a recommendation that was tried rests on. It is looked up each time, so that no advice outlives the
//! measurement that called for it.

use super::load::source;
use crate::measure::Unit;
use crate::pages::{Capacity, Recommendation, Source, Value};
use crate::policy::config::Config;
use crate::policy::config::docs::MetBy;
use crate::report::number;
use crate::source::limits::Ramp;

/// Whether the rule of a recommendation is met by what is measured now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ground {
    /// `None` where nothing was measured that could tell.
    is_met: Option<bool>,
    /// What says so, as a lowercase fragment.
    evidence: String,
    sources: Vec<Source>,
}

/// Looks the ground of an advice up, in ramps by their files and in what the pool was found to need.
pub(super) fn ground(
    met_by: &MetBy,
    ramps: &[(&str, Ramp)],
    config: &Config,
    capacity: &Capacity,
) -> Ground {
    match met_by {
        MetBy::Statement(name) => statement(name, ramps),
        MetBy::Resource(name) => resource(name, ramps),
        MetBy::Pool => pool(config, capacity),
    }
}

/// The advice with the measurement that meets its rule; where none does any more, that is said first.
pub(super) fn resting_on(advice: Recommendation, ground: Ground) -> Recommendation {
    let calls = match ground.is_met {
        Some(true) => advice.advice,
        Some(false) => format!("no measurement calls for this any more: {}", advice.advice),
        None => format!("not measured whether anything calls for this: {}", advice.advice),
    };
    let sources = ground.sources.into_iter().chain(advice.sources).collect();
    Recommendation { advice: calls, evidence: ground.evidence, sources, ..advice }
}

/// Of what the busiest statements take together, a statement that is worth an advice takes so much.
const WORTH_IT: f64 = 0.1;

fn statement(name: &str, ramps: &[(&str, Ramp)]) -> Ground {
    let mut seen = Vec::new();
    for (file, ramp) in ramps {
        let spans = ramp.bottleneck.iter().flat_map(|beside| beside.high.iter());
        let queries: Vec<_> = spans.flat_map(|span| &span.queries).collect();
        if queries.is_empty() {
            continue;
        }
        seen.push(source(file, &ramp.sources));
        let all: f64 = queries.iter().map(|query| query.busy).sum();
        let of_name = queries.iter().enumerate().find(|(_, query)| query.name == name);
        let Some((place, query)) = of_name.filter(|(_, query)| query.busy >= WORTH_IT * all) else {
            continue;
        };
        let busy = number::value(query.busy, Unit::Count);
        let evidence = format!(
            "{name} was executed {busy} at a time where the ramp broke, number {} of its busiest statements",
            place + 1
        );
        let sources = vec![source(file, &ramp.sources)];
        return Ground { is_met: Some(true), evidence, sources };
    }
    match seen.is_empty() {
        true => unknown("no statement was timed beside a ramp"),
        false => Ground {
            is_met: Some(false),
            evidence: format!("{name} takes little of what the busiest statements take"),
            sources: seen,
        },
    }
}

fn resource(name: &str, ramps: &[(&str, Ramp)]) -> Ground {
    let words = name.replace('-', " ");
    let full = |ramp: &Ramp| {
        ramp.bottleneck.iter().any(|beside| beside.resources.iter().any(|full| full == name))
    };
    if let Some((file, ramp)) = ramps.iter().find(|(_, ramp)| full(ramp)) {
        let sources = vec![source(file, &ramp.sources)];
        let evidence = format!("{words} was full where the ramp broke");
        return Ground { is_met: Some(true), evidence, sources };
    }
    let captured = |ramp: &Ramp| ramp.bottleneck.iter().any(|beside| beside.high.is_some());
    let seen: Vec<Source> = ramps
        .iter()
        .filter(|(_, ramp)| captured(ramp))
        .map(|(file, ramp)| source(file, &ramp.sources))
        .collect();
    match seen.is_empty() {
        true => unknown("nothing was captured beside a ramp"),
        false => Ground {
            is_met: Some(false),
            evidence: format!("no ramp broke because {words} was full"),
            sources: seen,
        },
    }
}

/// More connections configured than the cores of the database work on.
fn pool(config: &Config, capacity: &Capacity) -> Ground {
    let configured = config.database.as_ref().and_then(|database| database.pool.as_ref()?.size);
    let by_cores = capacity.pool.iter().find(|rule| rule.name.starts_with("connections by cores"));
    let known = by_cores.and_then(|rule| match &rule.value {
        Value::Known(cores) => Some((cores.value, rule)),
        Value::NotMeasured(_) => None,
    });
    let (Some(configured), Some((cores, rule))) = (configured, known) else {
        return unknown("no size of a pool is configured");
    };
    Ground {
        is_met: Some(f64::from(configured) > cores),
        evidence: format!(
            "{configured} are configured for an instance, {} by cores",
            number::value(cores, Unit::Count)
        ),
        sources: rule.sources.clone(),
    }
}

fn unknown(why: &str) -> Ground {
    Ground { is_met: None, evidence: why.to_owned(), sources: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Ramp {
        let text = r#"{"schema":"tailguard.breakpoint/v1","limits":[],"bottleneck":{"state":"full",
            "resources":["database-cpu"],"evidence":[],
            "high":{"queries":[{"name":"evaluate","busy":1.5},{"name":"commit","busy":0.5}]}}}"#;
        serde_json::from_str(text).unwrap()
    }

    fn advice() -> Recommendation {
        Recommendation {
            advice: "let commits not wait".to_owned(),
            rule: "commits take time".to_owned(),
            evidence: "p50 fell".to_owned(),
            tried: None,
            sources: Vec::new(),
        }
    }

    #[test]
    fn an_advice_rests_on_the_ramp_and_falls_with_it() {
        let ramps = [("ramp.json", ramp())];
        let met = statement("commit", &ramps);
        assert!(met.is_met == Some(true) && met.evidence.contains("number 2"), "{met:?}");
        let kept = resting_on(advice(), met);
        assert_eq!(kept.advice, "let commits not wait");
        assert_eq!(kept.sources[0].file, "ramp.json");
        let gone = resting_on(advice(), statement("insert", &ramps));
        assert!(gone.advice.starts_with("no measurement calls for this any more: "), "{gone:?}");
        assert!(gone.evidence.contains("insert takes little"), "{gone:?}");
        let blind: Ramp =
            serde_json::from_str(r#"{"schema":"tailguard.breakpoint/v1","limits":[]}"#).unwrap();
        let unseen = resting_on(advice(), statement("commit", &[("ramp.json", blind)]));
        assert!(unseen.advice.starts_with("not measured whether"), "{unseen:?}");
    }

    #[test]
    fn a_resource_counts_where_it_was_full() {
        let ramps = [("ramp.json", ramp())];
        assert_eq!(resource("database-cpu", &ramps).is_met, Some(true));
        let other = resource("pool", &ramps);
        assert!(other.is_met == Some(false) && other.evidence.contains("pool"), "{other:?}");
        assert_eq!(resource("pool", &[]).is_met, None);
    }
}
