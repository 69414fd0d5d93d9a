//! `capacity fit`: measured steps, the curve through them, and what to think of the steps.

use std::path::PathBuf;

use super::super::error::Error;
use super::super::fresh::{SuitePaths, read_runs};
use super::super::notices;
use crate::capacity::bootstrap::Resampling;
use crate::capacity::{Step, fit, little};
use crate::measure::{Metric, Row, Run, Severity, Unit};
use crate::report::{FitReport, FitSource, Notice, Scale, number};
use crate::source::{self, Reading, SourceError, steps};

/// What is to be fitted.
#[derive(Debug, Clone, Copy)]
pub struct FitPlan<'a> {
    /// Tables of steps, or results of load tests.
    pub paths: &'a SuitePaths,
    /// The tag that carries the concurrency, for results of load tests.
    pub concurrency_from: Option<&'a str>,
    /// How intervals are made.
    pub resampling: Resampling,
}

/// What the notices of a fit are filed under while the runs are read.
const NAME: &str = "fit";

/// The mean time of an iteration for each of its requests, where a row's statistics have it.
use crate::source::k6::ITERATION;

/// Reads the steps, checks each by Little's law, and fits both models.
///
/// # Errors
/// A path cannot be read, no request carries the tag, or there are too few steps to fit.
pub fn capacity_fit(plan: &FitPlan<'_>) -> Result<FitReport, Error> {
    let taken = match plan.concurrency_from {
        Some(tag) => from_runs(plan.paths, tag)?,
        None => from_tables(plan.paths)?,
    };
    let fit = fit::fit(&taken.steps, plan.resampling)?;
    let mut notices = taken.notices;
    notices.extend(fit.steps.iter().filter_map(unaccounted));
    Ok(FitReport { fit, sources: taken.sources, notices })
}

/// What was read.
#[derive(Default)]
struct Taken {
    steps: Vec<Step>,
    sources: Vec<FitSource>,
    notices: Vec<Notice>,
}

fn from_tables(paths: &SuitePaths) -> Result<Taken, Error> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in &paths.patterns {
        found.extend(source::find(pattern, &paths.dir)?);
    }
    found.sort();
    found.dedup();
    let mut taken = Taken::default();
    for path in found {
        let lines = steps::read(&path)?;
        taken.steps.extend(lines.into_iter().map(|line| Step {
            concurrency: line.concurrency,
            per_s: line.per_s,
            latency_s: line.latency_ms.map(|ms| ms / 1e3),
            iteration_s: line.iteration_ms.map(|ms| ms / 1e3),
        }));
        let path = path.display().to_string();
        taken.sources.push(FitSource { path, commit: None, machine: None, time: None });
    }
    Ok(taken)
}

fn from_runs(paths: &SuitePaths, tag: &str) -> Result<Taken, Error> {
    let group_by = Some(vec![tag.to_owned()]);
    let reading = Reading { group_by, ..Reading::default() };
    let (runs, copies) = read_runs(NAME, paths, &reading)?;
    let mut taken = Taken::default();
    let told = copies.into_iter().chain(notices::of_runs(NAME, &runs));
    taken.notices.extend(told.map(|notice| Notice { suite: None, ..notice }));
    for run in &runs {
        for row in run.rows.iter().filter(|row| row.n > 0) {
            match concurrency(run, row, tag)? {
                Some(concurrency) => taken.add(row, concurrency),
                None => taken.notices.push(notice(
                    Severity::Notice,
                    "untagged-requests",
                    format!("{} requests without the tag {tag} are left out ({})", row.n, run.path),
                )),
            }
        }
        taken.sources.push(source_of(run));
    }
    match (taken.steps.is_empty(), runs.first()) {
        (true, Some(run)) => Err(Error::Source(SourceError::Unreadable {
            path: PathBuf::from(&run.path),
            found: format!("no usable step by the tag {tag}"),
            expected: format!("requests with the tag {tag}, a number"),
            hint:
                "see `tailguard inspect --group-by TAG`; a scenario's `tags` are its requests' too"
                    .to_owned(),
        })),
        _ => Ok(taken),
    }
}

/// The concurrency that a row's tag tells; `None` where its requests carry no such tag.
fn concurrency(run: &Run, row: &Row, tag: &str) -> Result<Option<f64>, Error> {
    let Some(text) = row.tags.get(tag).filter(|text| !text.is_empty()) else { return Ok(None) };
    match text.trim().parse::<f64>() {
        Ok(concurrency) if concurrency.is_finite() && concurrency >= 1.0 => Ok(Some(concurrency)),
        _ => Err(Error::Source(SourceError::Unreadable {
            path: PathBuf::from(&run.path),
            found: format!("the tag {tag} with the value {text:?}"),
            expected: "a number from 1, the concurrency of the step".to_owned(),
            hint: "name the tag that carries the concurrency with --concurrency-from".to_owned(),
        })),
    }
}

impl Taken {
    /// Takes a row as a step, unless it has no throughput or lost a part of its data; the run's
    /// problems tell that.
    fn add(&mut self, row: &Row, concurrency: f64) {
        let throughput = row.figures.get(&Metric::Throughput).map(|figure| figure.value());
        let Some(per_s) = throughput.filter(|_| !row.damaged) else { return };
        let seconds = |name: &str| {
            let value = row.statistics.get(name).copied()?;
            Some(value * row.unit.nanoseconds()? / 1e9)
        };
        let (latency_s, iteration_s) = (seconds("mean"), seconds(ITERATION));
        self.steps.push(Step { concurrency, per_s, latency_s, iteration_s });
        let failed = row.figures.get(&Metric::ErrorRate).map_or(0.0, |figure| figure.value());
        if failed > 0.0 {
            let message = format!(
                "at a concurrency of {}, {} of the requests failed; throughput counts them too",
                number::chosen(concurrency),
                number::value(failed, Metric::ErrorRate.unit(row.unit))
            );
            self.notices.push(notice(Severity::Warning, "failed-requests", message));
        }
    }
}

fn source_of(run: &Run) -> FitSource {
    let provenance = &run.provenance;
    FitSource {
        path: run.path.clone(),
        commit: provenance.commit.clone(),
        machine: provenance.machine.as_ref().map(|machine| machine.key().to_string()),
        time: provenance.time.clone(),
    }
}

/// A step that contradicts Little's law.
fn unaccounted(step: &Step) -> Option<Notice> {
    let check = little::check(step).filter(|check| !check.agrees())?;
    let reason = match (check.off < 0.0, check.think_s) {
        (true, None) => "users think between requests, or the generator could not keep up",
        (true, Some(_)) => {
            "the generator could not keep up, or time was spent outside the requests"
        }
        (false, _) => "more was in flight than the step says, or the times are of other requests",
    };
    let message = format!(
        "at a concurrency of {}, throughput and times account for {} ({}): {reason}",
        number::chosen(step.concurrency),
        number::value(check.accounted, Unit::Count),
        number::change(check.off, Scale::Relative),
    );
    Some(notice(Severity::Warning, "little", message))
}

fn notice(severity: Severity, code: &str, message: String) -> Notice {
    Notice { severity, code: code.to_owned(), suite: None, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(per_s: f64, latency_s: Option<f64>) -> Step {
        Step { concurrency: 10.0, per_s, latency_s, iteration_s: None }
    }

    #[test]
    fn only_a_step_that_contradicts_the_law_is_told() {
        assert_eq!(unaccounted(&step(100.0, None)), None);
        assert_eq!(unaccounted(&step(100.0, Some(0.1))), None);
        let told = unaccounted(&step(100.0, Some(0.07))).unwrap();
        assert_eq!((told.code.as_str(), told.severity), ("little", Severity::Warning));
        assert!(told.message.contains("account for 7.00 (-30.0%)"), "{}", told.message);
        let more = unaccounted(&step(100.0, Some(0.2))).unwrap();
        assert!(more.message.contains("more was in flight"), "{}", more.message);
    }
}
