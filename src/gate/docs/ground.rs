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
    is_met: bool,
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
        true => advice.advice,
        false => format!("no measurement calls for this any more: {}", advice.advice),
    };
    let sources = ground.sources.into_iter().chain(advice.sources).collect();
    Recommendation { advice: calls, evidence: ground.evidence, sources, ..advice }
}

fn statement(name: &str, ramps: &[(&str, Ramp)]) -> Ground {
    for (file, ramp) in ramps {
        let queries = ramp.bottleneck.iter().flat_map(|beside| beside.high.iter());
        let queries: Vec<_> = queries.flat_map(|span| &span.queries).collect();
        let Some(place) = queries.iter().position(|query| query.name == name) else { continue };
        let busy = number::value(queries.get(place).map_or(0.0, |query| query.busy), Unit::Count);
        let evidence = format!(
            "{name} was executed {busy} at a time where the ramp broke, number {} of its busiest statements",
            place + 1
        );
        return Ground { is_met: true, evidence, sources: vec![source(file, &ramp.sources)] };
    }
    unmet(format!("{name} is not among the busiest statements where a ramp broke"), ramps)
}

fn resource(name: &str, ramps: &[(&str, Ramp)]) -> Ground {
    let full = |ramp: &Ramp| {
        ramp.bottleneck.iter().any(|beside| beside.resources.iter().any(|full| full == name))
    };
    match ramps.iter().find(|(_, ramp)| full(ramp)) {
        Some((file, ramp)) => Ground {
            is_met: true,
            evidence: format!("{} was full where the ramp broke", name.replace('-', " ")),
            sources: vec![source(file, &ramp.sources)],
        },
        None => unmet(format!("no ramp broke because {} was full", name.replace('-', " ")), ramps),
    }
}

/// More connections configured than the cores of the database work on.
fn pool(config: &Config, capacity: &Capacity) -> Ground {
    let configured = config.database.as_ref().and_then(|database| database.pool.as_ref()?.size);
    let by_cores = capacity.pool.iter().find(|rule| rule.name.starts_with("connections by cores"));
    let (Some(configured), Some(rule)) = (configured, by_cores) else {
        return unmet("no size of a pool is configured".to_owned(), &[]);
    };
    let Value::Known(cores) = &rule.value else {
        return unmet("the size by cores is not known".to_owned(), &[]);
    };
    Ground {
        is_met: f64::from(configured) > cores.value,
        evidence: format!(
            "{configured} are configured for an instance, {} by cores",
            number::value(cores.value, Unit::Count)
        ),
        sources: rule.sources.clone(),
    }
}

fn unmet(evidence: String, ramps: &[(&str, Ramp)]) -> Ground {
    let sources = ramps.iter().map(|(file, ramp)| source(file, &ramp.sources)).collect();
    Ground { is_met: false, evidence, sources }
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
        assert!(met.is_met && met.evidence.contains("number 2"), "{met:?}");
        let kept = resting_on(advice(), met);
        assert_eq!(kept.advice, "let commits not wait");
        assert_eq!(kept.sources[0].file, "ramp.json");
        let gone = resting_on(advice(), statement("insert", &ramps));
        assert!(gone.advice.starts_with("no measurement calls for this any more: "), "{gone:?}");
        assert!(gone.evidence.contains("insert is not among"), "{gone:?}");
    }

    #[test]
    fn a_resource_counts_where_it_was_full() {
        let ramps = [("ramp.json", ramp())];
        assert!(resource("database-cpu", &ramps).is_met);
        let other = resource("pool", &ramps);
        assert!(!other.is_met && other.evidence.contains("pool"), "{other:?}");
    }
}
