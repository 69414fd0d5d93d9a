//! Which `[[slo]]` speak of the requests of a ramp.

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::Error;
use crate::measure::{Metric, Unit};
use crate::policy::config::Config;
use crate::policy::{Bound, Slo};
use crate::report::PartTarget;

/// Limits of p95 and errors: of all requests, and of those with one tag.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RampTargets {
    /// Of all requests together.
    pub(super) whole: Limits,
    /// Of requests with a tag of their own.
    pub(super) parts: Vec<PartTarget>,
    /// Targets that no ramp can be held against, in words.
    pub(super) set_aside: Vec<String>,
}

/// A target of p95 in ms, and a budget of errors.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Limits {
    pub(super) p95_ms: Option<f64>,
    pub(super) errors: Option<f64>,
}

impl Limits {
    /// The stricter one of both.
    fn limit(&mut self, metric: Metric, limit: f64) {
        let known = match metric {
            Metric::P95 => &mut self.p95_ms,
            _ => &mut self.errors,
        };
        *known = Some(known.map_or(limit, |known| known.min(limit)));
    }
}

/// The limits of a configuration on the requests of a ramp, those with the tag `only` where that is
/// given. Targets of a suite count where it is the one that is `named`, or the only one that has any: a
/// suite is a load, and of several nobody knows which of them grew.
///
/// # Errors
/// No target of the named suite is on p95 or errors.
pub(super) fn ramp_targets(
    config: &Config,
    named: Option<&str>,
    only: Option<&(String, String)>,
) -> Result<RampTargets, Error> {
    let relevant = |slo: &&Slo| {
        matches!(slo.metric, Metric::P95 | Metric::ErrorRate) && slo.bound == Bound::AtMost
    };
    let relevant: Vec<&Slo> = config.slos.iter().filter(relevant).collect();
    let suites: BTreeSet<&str> = relevant.iter().filter_map(|slo| slo.suite()).collect();
    if let Some(named) = named
        && !suites.contains(named)
    {
        let hint = match suites.is_empty() {
            true => "no suite has any: write one, or give --p95 and --errors".to_owned(),
            false => format!(
                "suites that have some: {}",
                suites.iter().copied().collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(Error::Usage(format!(
            "no [[slo]] on p95 or error_rate is of the suite {named:?}\nhint: {hint}"
        )));
    }
    let suite = named.or(match suites.len() {
        1 => suites.first().copied(),
        _ => None,
    });
    let mut found = RampTargets::default();
    let mut parts: BTreeMap<(String, String), Limits> = BTreeMap::new();
    for slo in relevant {
        if slo.suite().is_some() && slo.suite() != suite {
            continue;
        }
        let Some(limit) = slo.target_in(Unit::Ms) else { continue };
        let plain = slo.scope.row.is_none() && slo.scope.rows.is_empty();
        let tags: Vec<_> = slo.scope.tags.iter().collect();
        match tags.as_slice() {
            [] if plain && only.is_none() => found.whole.limit(slo.metric, limit),
            [(tag, value)] if plain && value.is_plain() => {
                let of = ((*tag).clone(), value.as_str().to_owned());
                match only {
                    Some(only) if *only == of => found.whole.limit(slo.metric, limit),
                    // It is about other requests.
                    Some(_) => {}
                    None => parts.entry(of).or_default().limit(slo.metric, limit),
                }
            }
            _ if only.is_some() => {}
            _ => found.set_aside.push(format!(
                "the target of {} on line {} is not on one plain tag: a ramp is not held to it",
                slo.metric.name(),
                slo.line
            )),
        }
    }
    if suite.is_none() && suites.len() > 1 {
        found.set_aside.push(format!(
            "the targets of {} suites are left out: --targets names the one whose load grew here",
            suites.len()
        ));
    }
    let part = |(of, limits): ((String, String), Limits)| PartTarget {
        of,
        p95_ms: limits.p95_ms,
        errors: limits.errors,
    };
    found.parts = parts.into_iter().map(part).collect();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::policy::config::parse;

    const SUITES: &str = r#"
[[suite]]
name = "api"
source = "k6"
path = "x"
[[suite]]
name = "calls"
source = "k6"
path = "y"
"#;

    fn slo(suite: &str, scope: &str, metric: &str, limit: &str) -> String {
        format!(
            "[[slo]]\n{suite}\n{scope}\nmetric = \"{metric}\"\nat-most = \"{limit}\"\nat = \"10/s\"\n"
        )
    }

    fn found(slos: &[String], named: Option<&str>, only: Option<&str>) -> RampTargets {
        let text = format!("{SUITES}{}", slos.join(""));
        let config = parse(&text, Path::new("tailguard.toml")).unwrap();
        let only = only.map(|value| ("category".to_owned(), value.to_owned()));
        ramp_targets(&config, named, only.as_ref()).unwrap()
    }

    #[test]
    fn each_kind_of_requests_has_its_own_limit_and_the_whole_what_names_none() {
        let api = "suite = \"api\"";
        let read = "tag = { category = \"read\" }";
        let slos = [
            slo(api, read, "p95", "25ms"),
            slo(api, "tag = { category = \"write\" }", "p95", "40ms"),
            slo(api, read, "error_rate", "1%"),
            slo(api, "", "error_rate", "0.5%"),
            slo(api, "row = \"read / *\"", "p95", "9ms"),
        ];
        let all = found(&slos, None, None);
        assert_eq!(all.whole, Limits { p95_ms: None, errors: Some(0.005) });
        let told: Vec<_> =
            all.parts.iter().map(|part| (part.of.1.as_str(), part.p95_ms, part.errors)).collect();
        assert_eq!(told, [("read", Some(25.0), Some(0.01)), ("write", Some(40.0), None)]);
        assert_eq!(all.set_aside.len(), 1, "{:?}", all.set_aside);
        let read = found(&slos, None, Some("read"));
        assert_eq!(read.whole, Limits { p95_ms: Some(25.0), errors: Some(0.01) });
        assert!(read.parts.is_empty());
    }

    #[test]
    fn of_several_suites_one_has_to_be_named() {
        let slos = [
            slo("suite = \"api\"", "", "p95", "25ms"),
            slo("suite = \"calls\"", "", "p95", "40ms"),
            slo("", "", "error_rate", "1%"),
        ];
        let open = found(&slos, None, None);
        assert_eq!(open.whole, Limits { p95_ms: None, errors: Some(0.01) });
        assert!(open.set_aside[0].contains("--targets"), "{:?}", open.set_aside);
        let calls = found(&slos, Some("calls"), None);
        assert_eq!(calls.whole, Limits { p95_ms: Some(40.0), errors: Some(0.01) });
        assert!(calls.set_aside.is_empty());
        let config = parse(SUITES, Path::new("tailguard.toml")).unwrap();
        let refused = ramp_targets(&config, Some("calls"), None).unwrap_err().to_string();
        assert!(refused.contains("no [[slo]]") && refused.contains("\nhint: "), "{refused}");
    }
}
