//! From documents to targets. The file is hostile: it is bounded before it is read, anchors are not
//! followed, and what is not understood is refused by name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::OpenSloError;
use super::foreign::{
    ForeignIndicator, ForeignObjective, ForeignRatio, ForeignSli, ForeignSlo, Head, read, short,
};
use super::form::{
    API, AT, AVAILABILITY, CONTRACT, METRIC, NAME, PREFIX, ROW, SUITE, TAG, UNIT, UNITS, share_of,
};
use crate::measure::{Better, Metric, Unit};
use crate::policy::quantity::{Quantity, quantity, share};
use crate::policy::{Availability, Bound, Load, Pattern, Scope, Slo};
use crate::slo::words::rounded;

/// The largest file, in bytes.
const LARGEST: usize = 1 << 20;

/// The window of an availability.
const MONTH: &str = "30d";

/// The least availability that is a policy here; a document with less is read as an error rate.
const LEAST_AVAILABILITY: f64 = 0.95;

/// What the command line says of documents that do not say it themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Import<'a> {
    /// The load that targets hold at.
    pub at: Option<Load>,
    /// The suite that they are about.
    pub suite: Option<&'a str>,
    /// The unit of values.
    pub unit: Option<Unit>,
}

/// The targets of every document of kind SLO, and a line for everything that was read otherwise than
/// it stands there.
///
/// # Errors
/// Text that is not YAML, documents of another version, and the first SLO that has no form here.
pub fn import(text: &str, how: &Import<'_>) -> Result<(Vec<Slo>, Vec<String>), OpenSloError> {
    if text.len() > LARGEST {
        return Err(OpenSloError::TooLarge);
    }
    let mut notes = Vec::new();
    let mut indicators = BTreeMap::new();
    let mut documents = Vec::new();
    for (place, document) in read(text)?.into_iter().enumerate() {
        let head: Head = serde_json::from_value(document.clone()).unwrap_or_default();
        if head.api_version != API {
            let found = match head.api_version.as_str() {
                "" => "no OpenSLO object".to_owned(),
                other => format!("of '{}'", short(other)),
            };
            return Err(OpenSloError::Version { number: place + 1, found });
        }
        match head.kind.as_str() {
            "SLO" => documents.push(document),
            "SLI" => {
                let read: Result<ForeignSli, _> = serde_json::from_value(document);
                let sli = read.map_err(|error| unfit("an SLI", error.to_string(), FORM))?;
                indicators.insert(sli.metadata.name, sli.spec);
            }
            other => notes.push(format!("a document of kind '{}' holds no target", short(other))),
        }
    }
    let mut slos = Vec::new();
    for document in documents {
        let read: Result<ForeignSlo, _> = serde_json::from_value(document);
        let foreign = read.map_err(|error| unfit("an SLO", error.to_string(), FORM))?;
        slos.extend(targets(foreign, &indicators, how, &mut notes)?);
    }
    if slos.is_empty() { Err(OpenSloError::Nothing) } else { Ok((slos, notes)) }
}

const FORM: &str = "https://openslo.com describes the fields";

/// One document with its annotations, while it is read.
struct Reading<'a> {
    name: &'a str,
    annotations: &'a BTreeMap<String, Value>,
    how: &'a Import<'a>,
    indicator: &'a ForeignIndicator,
    monthly: bool,
}

fn targets(
    foreign: ForeignSlo,
    indicators: &BTreeMap<String, ForeignIndicator>,
    how: &Import<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<Slo>, OpenSloError> {
    let name = short(&foreign.metadata.name);
    let unfit = |what: &str, hint: &str| Err(unfit(&name, what.to_owned(), hint));
    let spec = foreign.spec;
    if spec.budgeting_method.as_deref().is_some_and(|method| method != "Occurrences") {
        return unfit(
            "its budget counts slices of time, which no load test has",
            "use budgetingMethod: Occurrences",
        );
    }
    let indicator = match (spec.indicator, spec.indicator_ref) {
        (Some(inline), None) => inline.spec,
        (None, Some(reference)) => match indicators.get(&reference) {
            Some(known) => known.clone(),
            None => return unfit("its indicatorRef is in no document of the file", FORM),
        },
        _ => return unfit("it has neither or both of indicator and indicatorRef", FORM),
    };
    let annotations = foreign.metadata.annotations.unwrap_or_default();
    let windows = spec.time_window.unwrap_or_default();
    let monthly = matches!(windows.as_slice(), [one] if one.is_rolling && one.duration == MONTH);
    let reading =
        Reading { name: &name, annotations: &annotations, how, indicator: &indicator, monthly };
    if spec.objectives.is_empty() {
        return unfit("it has no objectives", FORM);
    }
    let several = spec.objectives.len() > 1;
    let mut slos = Vec::new();
    for (place, objective) in spec.objectives.iter().enumerate() {
        let mut slo = reading.target(objective, notes)?;
        if several {
            slo.name = Some(format!("{name} {}", place + 1));
        }
        slos.push(slo);
    }
    Ok(slos)
}

impl Reading<'_> {
    fn target(
        &self,
        objective: &ForeignObjective,
        notes: &mut Vec<String>,
    ) -> Result<Slo, OpenSloError> {
        let kept = self.share(objective)?;
        let limit = match (&self.indicator.threshold_metric, &self.indicator.ratio_metric) {
            (Some(metric), None) => self.percentile(objective, kept, metric)?,
            (None, Some(ratio)) => self.proportion(kept, ratio, notes)?,
            _ => {
                let what = "its indicator has neither or both of thresholdMetric and ratioMetric";
                return Err(self.unfit(what, FORM));
            }
        };
        let contract = match self.annotation(CONTRACT)? {
            Some(text) => Some(self.contract(text, &limit)?),
            None => None,
        };
        let Limit { metric, bound, target, availability } = limit;
        let own = self.annotations.keys().any(|key| key.starts_with(PREFIX));
        let name = match self.annotation(NAME)? {
            Some(name) => Some(name.to_owned()),
            None if own => None,
            None => Some(self.name.to_owned()),
        };
        Ok(Slo {
            name,
            scope: self.scope(metric)?,
            metric,
            bound,
            target,
            contract,
            at: self.load()?,
            availability,
            line: 0,
        })
    }

    /// The share of events that has to keep the limit.
    fn share(&self, objective: &ForeignObjective) -> Result<f64, OpenSloError> {
        let share = match (objective.target, objective.target_percent) {
            (Some(target), None) => target,
            (None, Some(percent)) => rounded(percent / 100.0),
            _ => return Err(self.unfit("an objective needs one of target and targetPercent", FORM)),
        };
        if (0.0..1.0).contains(&share) {
            return Ok(share);
        }
        let what = format!("the target {share} is not from 0 to below 1");
        Err(self.unfit(&what, "0.995 and targetPercent: 99.5 mean the same"))
    }

    fn percentile(
        &self,
        objective: &ForeignObjective,
        kept: f64,
        source: &Value,
    ) -> Result<Limit, OpenSloError> {
        let named = [Metric::P50, Metric::P95, Metric::P99];
        let same = |metric: &Metric| share_of(*metric).is_some_and(|s| (s - kept).abs() < 1e-9);
        let Some(metric) = named.into_iter().find(same) else {
            let what = format!("{}% of events is no percentile here", rounded(kept * 100.0));
            return Err(self.unfit(&what, "p50, p95 and p99 are: target 0.5, 0.95 or 0.99"));
        };
        if !matches!(objective.op.as_deref(), Some("lte" | "lt")) {
            return Err(self.unfit("a latency has a limit from above", "write op: lte"));
        }
        let Some(value) = objective.value.filter(|value| value.is_finite() && *value >= 0.0) else {
            return Err(self.unfit("an objective of a thresholdMetric needs a value", FORM));
        };
        let unit = self.unit(value, source)?;
        let target = Quantity { value, unit };
        Ok(Limit { metric, bound: Bound::AtMost, target, availability: None })
    }

    fn proportion(
        &self,
        kept: f64,
        ratio: &ForeignRatio,
        notes: &mut Vec<String>,
    ) -> Result<Limit, OpenSloError> {
        let lost = rounded(1.0 - kept);
        let of = |value| Quantity { value, unit: Unit::Ratio };
        let metric = match self.annotation(METRIC)? {
            Some(AVAILABILITY) => None,
            Some(name) => match Metric::named(name).filter(|metric| metric.is_proportion()) {
                Some(metric) => Some(metric),
                None => {
                    let what = format!("'{}' is no share that is measured here", short(name));
                    return Err(self.unfit(&what, "leave the annotation tailguard/metric out"));
                }
            },
            None if self.monthly && kept >= LEAST_AVAILABILITY => None,
            None => {
                notes.push(format!(
                    "SLO '{}' is no availability of at least 95% over 30 days: it is read as the \
                     error rate in a test",
                    self.name
                ));
                Some(Metric::ErrorRate)
            }
        };
        let Some(metric) = metric else {
            let availability = Some(Availability { objective: kept, promql: None });
            let (metric, bound) = (Metric::ErrorRate, Bound::AtMost);
            return Ok(Limit { metric, bound, target: of(lost), availability });
        };
        // Of what is no error, the good events are what is measured.
        let (bound, value) = match metric.better() {
            Better::Higher if ratio.bad.is_none() => (Bound::AtLeast, kept),
            _ => (Bound::AtMost, lost),
        };
        Ok(Limit { metric, bound, target: of(value), availability: None })
    }

    fn contract(&self, text: &str, limit: &Limit) -> Result<Quantity, OpenSloError> {
        let read = match &limit.availability {
            Some(_) => {
                let lost = |kept: f64| Quantity { value: rounded(1.0 - kept), unit: Unit::Ratio };
                share(text).map(lost)
            }
            None => quantity(text),
        };
        read.map_err(|error| {
            self.unfit(&format!("{CONTRACT}: {error}"), "write it as in [[slo]] contract")
        })
    }

    fn unit(&self, value: f64, source: &Value) -> Result<Unit, OpenSloError> {
        let spec = source.get("metricSource").and_then(|source| source.get("spec"));
        let told = spec.and_then(|spec| spec.get("unit")).and_then(Value::as_str);
        let Some(name) = self.annotation(UNIT)?.or(told) else {
            let missing =
                || OpenSloError::NoUnit { name: self.name.to_owned(), value: value.to_string() };
            return self.how.unit.ok_or_else(missing);
        };
        UNITS.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit).ok_or_else(|| {
            let what = format!("the unit '{}' is not known", short(name));
            self.unfit(&what, "write ns, us, ms, s or B")
        })
    }

    fn load(&self) -> Result<Load, OpenSloError> {
        match self.annotation(AT)? {
            Some(text) => Load::parse(text).map_err(|error| {
                self.unfit(&format!("{AT}: {error}"), "write it as in [[slo]] at")
            }),
            None => self.how.at.ok_or_else(|| OpenSloError::NoLoad { name: self.name.to_owned() }),
        }
    }

    fn scope(&self, metric: Metric) -> Result<Scope, OpenSloError> {
        let pattern = |text: &str| {
            Pattern::new(text).map_err(|why| {
                self.unfit(&format!("found {why} in an annotation"), "write a glob such as read*")
            })
        };
        let mut scope = Scope { metrics: vec![metric], ..Scope::default() };
        scope.suite = self.annotation(SUITE)?.or(self.how.suite).map(str::to_owned);
        scope.row = self.annotation(ROW)?.map(pattern).transpose()?;
        for key in self.annotations.keys() {
            if let (Some(tag), Some(value)) = (key.strip_prefix(TAG), self.annotation(key)?) {
                scope.tags.insert(tag.to_owned(), pattern(value)?);
            }
        }
        Ok(scope)
    }

    /// An annotation of ours, which has to be a text.
    fn annotation(&self, key: &str) -> Result<Option<&str>, OpenSloError> {
        let Some(value) = self.annotations.get(key).filter(|_| key.starts_with(PREFIX)) else {
            return Ok(None);
        };
        match value.as_str() {
            Some(text) => Ok(Some(text)),
            None => {
                let what = format!("the annotation {} is no text", short(key));
                Err(self.unfit(&what, "write it in quotes"))
            }
        }
    }

    fn unfit(&self, what: &str, hint: &str) -> OpenSloError {
        unfit(self.name, what.to_owned(), hint)
    }
}

/// What a document limits.
struct Limit {
    metric: Metric,
    bound: Bound,
    target: Quantity,
    availability: Option<Availability>,
}

fn unfit(name: &str, what: String, hint: &str) -> OpenSloError {
    OpenSloError::Unfit { name: name.to_owned(), what: short(&what), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests;
