//! Endpoints of the traffic model that nothing measured knows.

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::Error;
use crate::baseline::Shelf;
use crate::measure::Run;
use crate::policy::config::Config;

/// The tags that tell what a row is about.
const CATEGORY: &str = "category";
const ENDPOINT: &str = "endpoint";

/// Requests of a user, by category and endpoint.
type Requests = BTreeMap<String, BTreeMap<String, f64>>;

/// The endpoints of each category that some stored run has.
type Measured = BTreeMap<String, BTreeSet<String>>;

/// What to be warned of: endpoints of a category that is measured, of which no stored run has the
/// endpoint. Traffic may have endpoints that no test has, so that this is no error.
///
/// # Errors
/// Where a baseline cannot be read.
pub(super) fn unknown(config: &Config, requests: &Requests) -> Result<Vec<String>, Error> {
    let shelf = Shelf::new(config.baselines());
    let mut measured = Measured::new();
    for suite in &config.suites {
        for environment in shelf.environments(&suite.name)? {
            if let Some(stored) = shelf.load(&suite.name, &environment)? {
                add(&mut measured, &stored.runs);
            }
        }
    }
    Ok(warnings(requests, &measured))
}

fn add(measured: &mut Measured, runs: &[Run]) {
    for row in runs.iter().flat_map(|run| &run.rows) {
        let (category, endpoint) = (row.tags.get(CATEGORY), row.tags.get(ENDPOINT));
        if let (Some(category), Some(endpoint)) = (category, endpoint) {
            measured.entry(category.clone()).or_default().insert(endpoint.clone());
        }
    }
}

fn warnings(requests: &Requests, measured: &Measured) -> Vec<String> {
    let asked = requests.iter().flat_map(|(category, endpoints)| {
        endpoints.keys().map(move |endpoint| (category, endpoint))
    });
    let unknown = asked.filter(|(category, endpoint)| {
        measured.get(*category).is_some_and(|known| !known.contains(*endpoint))
    });
    unknown
        .map(|(category, endpoint)| {
            format!(
                "no stored run has an endpoint '{endpoint}' of '{category}': it is not measured, or \
                 its name in [capacity.traffic.requests.{category}] is another"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_its_category_does_not_have_is_told() {
        let known = BTreeSet::from(["day", "client"].map(str::to_owned));
        let measured = Measured::from([("read".to_owned(), known)]);
        let rates = |of: &[&str]| of.iter().map(|name| ((*name).to_owned(), 1.0)).collect();
        let requests = Requests::from([
            ("read".to_owned(), rates(&["day", "dayy"])),
            // Nothing is known of a category that no run has.
            ("calls".to_owned(), rates(&["signal"])),
        ]);
        let told = warnings(&requests, &measured);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("no stored run has an endpoint 'dayy' of 'read'"), "{told:?}");
        assert_eq!(warnings(&requests, &Measured::new()), Vec::<String>::new());
    }
}
