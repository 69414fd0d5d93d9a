//! What the service counted of itself around a load: times of statements, holds of connections, CPU.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::error::Error;
use super::measured::beside;
use crate::capacity::figure::{Amount, Known, Source};
use crate::capacity::histogram::Histogram;
use crate::capacity::timeouts::Timed;
use crate::policy::config::MetricNames;
use crate::source::exposition::{Buckets, Scrape, exposition};

/// One scrape, or the difference of two.
pub(super) struct Counted<'c> {
    names: &'c MetricNames,
    scrapes: Result<Scrapes, String>,
    source: Source,
}

struct Scrapes {
    before: Option<Scrape>,
    after: Scrape,
}

/// Reads what was counted around a load, under the names of `[capacity.metrics]`. What is not there is
/// not measured.
///
/// # Errors
/// A file that is there and cannot be read.
pub(super) fn counted<'c>(
    names: &'c MetricNames,
    files: &[String],
    dir: &Path,
) -> Result<Counted<'c>, Error> {
    let mut read = Vec::new();
    let mut absent = None;
    for file in files {
        match dir.join(file) {
            path if path.exists() => read.push(exposition(&path)?),
            _ => absent = absent.or_else(|| Some(format!("there is no {file}"))),
        }
    }
    let last = read.pop();
    let scrapes = match (absent, last) {
        (None, Some(after)) => Ok(Scrapes { before: read.pop(), after }),
        (absent, _) => Err(absent.unwrap_or_else(|| "no file is named".to_owned())),
    };
    // The earlier of two is only what is taken off.
    let source = match files.last() {
        Some(file) => beside(dir, file)?,
        None => Source::default(),
    };
    Ok(Counted { names, scrapes, source })
}

impl Counted<'_> {
    /// Statements of a request.
    pub(super) fn statements_per_request(&self) -> Known {
        self.per_request(|| self.whole(self.names.statements.as_deref()).map(|h| h.n() as f64))
    }

    /// Connections that a request takes.
    pub(super) fn holds_per_request(&self) -> Known {
        self.per_request(|| self.whole(self.names.hold.as_deref()).map(|h| h.n() as f64))
    }

    /// CPU seconds of a request.
    pub(super) fn cpu_per_request(&self) -> Known {
        self.per_request(|| self.grown(self.names.cpu.as_deref()))
    }

    /// Resident memory at the end, in bytes.
    pub(super) fn memory(&self) -> Known {
        let amount = named(self.names.memory.as_deref()).and_then(|name| {
            let scrapes = self.scrapes.as_ref().map_err(Clone::clone)?;
            let value = scrapes.after.sum(name).filter(|value| value.is_finite() && *value > 0.0);
            value.map(Amount::exact).ok_or_else(|| absent(name))
        });
        self.known(amount)
    }

    /// How long connections are held: the mean, and the 99th percentile from above, in seconds.
    pub(super) fn hold(&self) -> (Result<f64, String>, Result<f64, String>) {
        let held = self.whole(self.names.hold.as_deref());
        let mean = held.clone().and_then(|h| h.mean().ok_or_else(|| "nothing was held".to_owned()));
        let late = held.and_then(|histogram| {
            let late = histogram.quantile(0.99).and_then(|between| between.up_to);
            late.ok_or_else(|| "its p99 is beyond the last bucket of the histogram".to_owned())
        });
        (mean, late)
    }

    /// Times of each statement.
    pub(super) fn statements(&self) -> Result<Vec<Timed>, String> {
        self.timed(self.names.statements.as_deref(), self.names.statement.as_deref())
    }

    /// Times that requests waited for a connection.
    pub(super) fn waits(&self) -> Result<Vec<Timed>, String> {
        self.timed(self.names.wait.as_deref(), None)
    }

    /// Times of requests.
    pub(super) fn answers(&self) -> Result<Vec<Timed>, String> {
        self.timed(self.names.answers.as_deref(), None)
    }

    /// Where all of it comes from.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    fn timed(&self, name: Option<&str>, by: Option<&str>) -> Result<Vec<Timed>, String> {
        let metric = named(name)?;
        let histograms = self.histograms(metric, by)?;
        let timed = |(label, histogram): (String, Histogram)| Timed {
            name: if by.is_some() { label } else { metric.to_owned() },
            n: histogram.n(),
            p99: histogram.quantile(0.99),
            p999: histogram.quantile(0.999),
        };
        Ok(histograms.into_iter().map(timed).collect())
    }

    fn per_request(&self, count: impl FnOnce() -> Result<f64, String>) -> Known {
        let amount = self.grown(self.names.requests.as_deref()).and_then(|requests| {
            let count = count()?;
            match requests > 0.0 {
                true => Ok(Amount::exact(count / requests)),
                false => Err("no request was counted".to_owned()),
            }
        });
        self.known(amount)
    }

    fn known(&self, amount: Result<Amount, String>) -> Known {
        Known { amount, source: self.source.clone() }
    }

    /// By how much a counter grew.
    fn grown(&self, name: Option<&str>) -> Result<f64, String> {
        let name = named(name)?;
        let scrapes = self.scrapes.as_ref().map_err(Clone::clone)?;
        let after = scrapes.after.sum(name).ok_or_else(|| absent(name))?;
        // What nobody counted yet is not in a scrape.
        let before = scrapes.before.as_ref().and_then(|before| before.sum(name)).unwrap_or(0.0);
        let grown = after - before;
        let fits = grown.is_finite() && grown >= 0.0;
        fits.then_some(grown).ok_or_else(|| restarted(name))
    }

    fn whole(&self, name: Option<&str>) -> Result<Histogram, String> {
        let name = named(name)?;
        self.histograms(name, None)?.into_values().next().ok_or_else(|| absent(name))
    }

    fn histograms(
        &self,
        name: &str,
        by: Option<&str>,
    ) -> Result<BTreeMap<String, Histogram>, String> {
        let scrapes = self.scrapes.as_ref().map_err(Clone::clone)?;
        let read = |buckets: Buckets| {
            let histogram = Histogram::new(buckets.counts, buckets.sum);
            histogram
                .ok_or_else(|| format!("{name} is no histogram whose series have the same bounds"))
        };
        let mut before = match &scrapes.before {
            Some(scrape) => scrape.buckets(name, by),
            None => BTreeMap::new(),
        };
        let mut found = BTreeMap::new();
        for (label, after) in scrapes.after.buckets(name, by) {
            let after = read(after)?;
            let load = match before.remove(&label) {
                Some(before) => after.since(&read(before)?).ok_or_else(|| restarted(name))?,
                None => after,
            };
            if load.n() > 0 {
                found.insert(label, load);
            }
        }
        if found.is_empty() { Err(absent(name)) } else { Ok(found) }
    }
}

fn named(name: Option<&str>) -> Result<&str, String> {
    name.ok_or_else(|| "[capacity.metrics] does not name what counts it".to_owned())
}

fn absent(name: &str) -> String {
    format!("the service counted no {name}")
}

fn restarted(name: &str) -> String {
    format!("{name} fell between the two files: the service was started again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str]) -> MetricNames {
        let some = |name: &str| Some(name.to_owned());
        MetricNames {
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            timings: Vec::new(),
            requests: some("requests"),
            answers: None,
            hold: some("hold"),
            wait: None,
            statements: some("query"),
            statement: some("name"),
            cpu: some("cpu"),
            memory: some("memory"),
        }
    }

    fn scrape(requests: u32, cpu: f64, day: (u32, u32), held: f64) -> String {
        let (fast, all) = day;
        format!(
            "requests{{c=\"read\"}} {requests}\ncpu {cpu}\nmemory 5e6\n\
             query_bucket{{name=\"day\",le=\"0.01\"}} {fast}\n\
             query_bucket{{name=\"day\",le=\"+Inf\"}} {all}\nquery_sum{{name=\"day\"}} 1\n\
             hold_bucket{{le=\"0.01\"}} {all}\nhold_bucket{{le=\"+Inf\"}} {all}\nhold_sum {held}\n"
        )
    }

    fn value(known: Known) -> f64 {
        known.amount.unwrap().value()
    }

    #[test]
    fn a_load_is_what_was_counted_between_two_files() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), scrape(100, 1.0, (10, 10), 0.5)).unwrap();
        std::fs::write(dir.path().join("b"), scrape(300, 2.0, (509, 510), 1.5)).unwrap();
        let names = names(&["a", "b"]);
        let counted = counted(&names, &names.files, dir.path()).unwrap();
        assert!((value(counted.statements_per_request()) - 2.5).abs() < 1e-12);
        assert!((value(counted.holds_per_request()) - 2.5).abs() < 1e-12);
        assert!((value(counted.cpu_per_request()) - 0.005).abs() < 1e-12);
        assert!((value(counted.memory()) - 5e6).abs() < 1e-6);
        let (mean, late) = counted.hold();
        assert!((mean.unwrap() - 0.002).abs() < 1e-12 && late == Ok(0.01));
        let timed = counted.statements().unwrap();
        assert_eq!((timed[0].name.as_str(), timed[0].n), ("day", 500));
        assert_eq!(timed[0].p99.unwrap().up_to, Some(0.01));
        assert_eq!(timed[0].p999.unwrap().up_to, None, "one of 500 was slower");
        assert!(counted.waits().unwrap_err().contains("[capacity.metrics]"));
    }

    #[test]
    fn what_is_not_there_is_not_measured_and_what_fell_is_none() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), scrape(100, 1.0, (10, 10), 0.5)).unwrap();
        std::fs::write(dir.path().join("b"), scrape(50, 0.5, (5, 5), 0.25)).unwrap();
        let missing = names(&["a", "c"]);
        let why = counted(&missing, &missing.files, dir.path())
            .unwrap()
            .cpu_per_request()
            .amount
            .unwrap_err();
        assert_eq!(why, "there is no c");
        let again = names(&["a", "b"]);
        let counted = counted(&again, &again.files, dir.path()).unwrap();
        let why = counted.statements_per_request().amount.unwrap_err();
        assert!(why.contains("started again"), "{why}");
        assert!(counted.statements().unwrap_err().contains("started again"));
    }
}
