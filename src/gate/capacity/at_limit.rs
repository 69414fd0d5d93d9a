//! What was busy where a ramp reached its first limit, and what of that triggers may rest on.

use crate::capacity::figure::{Amount, Known, Source};
use crate::source::limits::{BesideSpan, Ramp, RampLimit};

/// Shares of cores that were busy at the first limit of a ramp.
#[derive(Debug, Clone)]
pub(super) struct AtLimit {
    /// Of the service.
    pub(super) service: Busy,
    /// Of the database.
    pub(super) database: Busy,
    /// CPU seconds of the database for each request that was answered.
    pub(super) database_each: Known,
}

/// How busy one of them was.
#[derive(Debug, Clone)]
pub(super) struct Busy {
    /// The share, whether or not it was scarce.
    pub(super) share: Option<f64>,
    /// The share where that is what was scarce: only then it tells how much is too much.
    pub(super) scarce: Known,
}

impl AtLimit {
    /// Nothing was captured beside a ramp.
    pub(super) fn unknown() -> Self {
        let why = "no ramp of [[capacity.limit]] tells it";
        let busy = Busy { share: None, scarce: Known::missing(why) };
        Self { service: busy.clone(), database: busy, database_each: Known::missing(why) }
    }

    /// Whether anything was captured.
    pub(super) fn is_known(&self) -> bool {
        self.service.share.is_some() || self.database.share.is_some()
    }
}

/// The limit that a ramp reached first.
pub(super) fn first(ramp: &Ramp) -> Option<&RampLimit> {
    ramp.limits.iter().min_by(|a, b| a.at_seconds.total_cmp(&b.at_seconds))
}

/// What was captured beside a ramp, from its first limit on. `database_cores` are those of the server.
pub(super) fn at_limit(ramp: &Ramp, source: &Source, database_cores: Option<u32>) -> AtLimit {
    let Some((beside, span)) = ramp.bottleneck.as_ref().and_then(|b| Some((b, b.high.as_ref()?)))
    else {
        return AtLimit::unknown();
    };
    let BesideSpan { cores, service_cores, service_busy, database_busy, .. } = *span;
    let share = |busy: Option<f64>, cores: Option<f64>| {
        let cores = cores.filter(|cores| *cores > 0.0)?;
        Some((busy? / cores).clamp(0.0, 1.0))
    };
    let busy = |share: Option<f64>, resource: &str, whose: &str| {
        let is_scarce = beside.resources.iter().any(|scarce| scarce == resource);
        let amount = match share {
            None => Err(format!("the CPU of {whose} was not captured beside the ramp")),
            Some(share) if is_scarce => Ok(Amount::exact(share)),
            Some(_) => Err(format!(
                "the ramp was not limited by the CPU of {whose}: write `at` and `because`"
            )),
        };
        Busy { share, scarce: Known { amount, source: source.clone() } }
    };
    let each = database_busy.zip(first(ramp)).filter(|(_, limit)| limit.achieved_per_s > 0.0);
    let each = each.map(|(busy, limit)| Amount::exact(busy / limit.achieved_per_s));
    AtLimit {
        service: busy(share(service_busy, service_cores.or(cores)), "service-cpu", "the service"),
        database: busy(
            share(database_busy, database_cores.map(f64::from).or(cores)),
            "database-cpu",
            "the database",
        ),
        database_each: Known {
            amount: each.ok_or_else(|| {
                "the CPU of the database was not captured beside a limit of the ramp".to_owned()
            }),
            source: source.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::limits::Beside;

    fn ramp(resources: &[&str], span: BesideSpan) -> Ramp {
        let text = r#"{"schema":"tailguard.breakpoint/v1","limits":[
            {"kind":"drops","at_seconds":9.0,"achieved_per_s":900.0,"at_least":false},
            {"kind":"p95-over-target","at_seconds":7.0,"achieved_per_s":500.0,"at_least":false}]}"#;
        let mut ramp: Ramp = serde_json::from_str(text).unwrap();
        let resources = resources.iter().map(|name| (*name).to_owned()).collect();
        ramp.bottleneck = Some(Beside { resources, evidence: Vec::new(), high: Some(span) });
        ramp
    }

    #[test]
    fn what_was_not_scarce_tells_no_threshold_and_still_how_busy_it_was() {
        let span = BesideSpan {
            cores: Some(4.0),
            service_busy: Some(1.0),
            database_busy: Some(1.5),
            ..BesideSpan::default()
        };
        let found = at_limit(&ramp(&["database-cpu"], span), &Source::at("ramp.json"), Some(2));
        assert_eq!(found.service.share, Some(0.25));
        assert!(found.service.scarce.amount.unwrap_err().contains("of the service"));
        assert!((found.database.scarce.amount.unwrap().value() - 0.75).abs() < 1e-12);
        // By the limit that was reached first, wherever it stands in the file.
        assert!((found.database_each.amount.unwrap().value() - 0.003).abs() < 1e-12);
    }

    #[test]
    fn what_was_not_captured_is_not_known() {
        let nothing = BesideSpan { cores: Some(4.0), ..BesideSpan::default() };
        let found = at_limit(&ramp(&[], nothing), &Source::default(), None);
        assert!(!found.is_known());
        assert!(found.service.scarce.amount.unwrap_err().contains("not captured"));
        assert!(found.database_each.amount.is_err());
    }
}
