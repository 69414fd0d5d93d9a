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
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: web\n";
    const LATENCY: &str = "spec:\n  budgetingMethod: Occurrences\n  indicator:\n    spec:\n      \
        thresholdMetric:\n        metricSource:\n          type: Prometheus\n          spec: {query: x}\n  \
        objectives:\n  - {op: lte, value: 250, target: 0.95}\n";
    const RATIO: &str = "spec:\n  indicator:\n    spec:\n      ratioMetric:\n        counter: true\n        \
        good: {metricSource: {spec: {query: a}}}\n        total: {metricSource: {spec: {query: b}}}\n  \
        timeWindow: [{duration: 30d, isRolling: true}]\n  objectives:\n  - {targetPercent: 99.5}\n";

    fn how() -> Import<'static> {
        let at = Some(Load::PerSecond(200.0));
        Import { at, suite: Some("api"), unit: Some(Unit::Ms) }
    }

    fn refused(text: &str, how: &Import<'_>) -> OpenSloError {
        import(text, how).unwrap_err()
    }

    #[test]
    fn a_foreign_latency_objective_is_a_percentile_at_the_load_that_is_given() {
        let text = format!("{HEAD}{LATENCY}");
        let (slos, notes) = import(&text, &how()).unwrap();
        let [slo] = &slos[..] else { panic!("{slos:?}") };
        assert_eq!(
            (slo.metric, slo.bound, slo.at),
            (Metric::P95, Bound::AtMost, how().at.unwrap())
        );
        assert_eq!(slo.target, Quantity { value: 250.0, unit: Unit::Ms });
        assert_eq!((slo.name.as_deref(), slo.scope.suite.as_deref()), (Some("web"), Some("api")));
        assert!(notes.is_empty());
        let no_load = refused(&text, &Import { at: None, ..how() });
        assert!(no_load.wants_a_flag() && no_load.to_string().contains("--at 200/s"));
        let no_unit = refused(&text, &Import { unit: None, ..how() });
        assert!(no_unit.wants_a_flag() && no_unit.to_string().contains("250 has no unit"));
    }

    #[test]
    fn a_ratio_over_a_month_is_an_availability_and_any_other_an_error_rate() {
        let (slos, _) = import(&format!("{HEAD}{RATIO}"), &how()).unwrap();
        let availability = slos[0].availability.as_ref().unwrap();
        assert!((availability.objective - 0.995).abs() < 1e-12);
        assert!((slos[0].target.value - 0.005).abs() < 1e-12);
        let week = RATIO.replace("30d", "7d");
        let (slos, notes) = import(&format!("{HEAD}{week}"), &how()).unwrap();
        assert!(slos[0].availability.is_none() && notes[0].contains("error rate in a test"));
    }

    #[test]
    fn indicators_may_stand_in_documents_of_their_own() {
        let sli = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: lat}\nspec:\n  \
                   thresholdMetric: {metricSource: {spec: {unit: s}}}\n";
        let slo =
            "spec:\n  indicatorRef: lat\n  objectives:\n  - {op: lt, value: 1.5, target: 0.99}\n";
        let service = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: s}\nspec: {}\n";
        let text = format!("{sli}---\n{HEAD}{slo}---\n{service}");
        let (slos, notes) = import(&text, &Import { unit: None, ..how() }).unwrap();
        assert_eq!(slos[0].target, Quantity { value: 1.5, unit: Unit::S });
        assert_eq!(notes, ["a document of kind 'Service' holds no target"]);
    }

    #[test]
    fn what_has_no_form_is_refused_by_name() {
        for (from, to, said) in [
            ("target: 0.95", "target: 0.9", "90% of events is no percentile"),
            ("target: 0.95", "target: 1.0", "not from 0 to below 1"),
            ("target: 0.95", "x: 1", "one of target and targetPercent"),
            ("op: lte", "op: gte", "limit from above"),
            ("value: 250", "value: .inf", "non-finite"),
            ("Occurrences", "Timeslices", "slices of time"),
            ("thresholdMetric", "otherMetric", "neither or both"),
            ("name: web", "name: web\n  annotations: {tailguard/at: 7}", "is no text"),
            ("name: web", "name: web\n  annotations: {tailguard/at: fast}", "a load above zero"),
            ("openslo/v1", "openslo/v2alpha", "expected apiVersion openslo/v1"),
            ("kind: SLO", "kind: Service", "no document of kind SLO"),
        ] {
            let text = format!("{HEAD}{LATENCY}").replacen(from, to, 1);
            let message = refused(&text, &how()).to_string();
            assert!(message.contains(said), "{to}: {message}");
        }
    }

    #[test]
    fn hostile_files_are_refused_and_cheap() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let many = "--- {a: 1}\n".repeat(5_000);
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b, *b]\n".to_owned();
        for text in [deep, many, bomb, "a: b: c".to_owned()] {
            assert!(matches!(refused(&text, &how()), OpenSloError::Yaml(_)), "{text:.40}");
        }
        assert_eq!(refused(&"#".repeat(LARGEST + 1), &how()), OpenSloError::TooLarge);
        assert_eq!(refused("", &how()), OpenSloError::Nothing);
        for text in ["1", "[]", "a", "{}", "[[1]]"] {
            import(text, &how()).unwrap_err();
        }
    }
}
