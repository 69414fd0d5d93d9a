//! How latencies are distributed, from the sketches of stored runs.

use hdrhistogram::Histogram;

use super::detail::Details;
use super::{BaselineError, Shelf};
use crate::measure::{EnvironmentKey, Run, Tags, Tool, Unit};

/// Steps of a benchmark's sketch in one of its row's unit; see [`Detail`](crate::measure::Detail).
const STEPS: f64 = 1000.0;

/// The sketches of one suite and environment.
#[derive(Debug)]
pub struct Sketches(Details);

impl Shelf {
    /// The sketches beside a baseline; none where their file is not there.
    ///
    /// # Errors
    /// Where the file is there but cannot be read.
    pub fn sketches(
        &self,
        suite: &str,
        environment: &EnvironmentKey,
    ) -> Result<Sketches, BaselineError> {
        self.details(&self.detail_file(suite, environment)).map(Sketches)
    }
}

impl Sketches {
    /// Quantiles of a row over the requests of some runs together, in the row's unit and to 1 %.
    /// `None` without runs, and where one of them has no sketch of the row.
    #[must_use]
    pub fn quantiles(
        &self,
        runs: &[&Run],
        tags: &Tags,
        unit: Unit,
        quantiles: &[f64],
    ) -> Option<Vec<f64>> {
        let tool = runs.first()?.tool;
        let steps = match tool {
            Tool::Criterion => STEPS,
            Tool::K6 | Tool::Postgres => unit.nanoseconds()?,
        };
        let mut sum: Option<Histogram<u64>> = None;
        for run in runs.iter().filter(|run| run.tool == tool) {
            let histogram = self.0.histogram(&run.id, tool, tags)?;
            match &mut sum {
                Some(sum) => sum.add(&histogram).ok()?,
                None => {
                    let mut first = histogram;
                    first.auto(true);
                    sum = Some(first);
                }
            }
        }
        let sum = sum?;
        let at = |quantile: &f64| sum.median_equivalent(sum.value_at_quantile(*quantile)) as f64;
        Some(quantiles.iter().map(|quantile| at(quantile) / steps).collect())
    }
}

#[cfg(test)]
mod tests {
    use hdrhistogram::serialization::{Serializer, V2Serializer};

    use super::*;
    use crate::measure::{Detail, Evidence, Provenance, Row};

    fn run(id: char, tool: Tool, values: &[u64]) -> Run {
        let mut histogram = Histogram::<u32>::new(2).unwrap();
        values.iter().for_each(|value| histogram.record(*value).unwrap());
        let mut sketch = Vec::new();
        V2Serializer::new().serialize(&histogram, &mut sketch).unwrap();
        let mut row = Row::empty("r".to_owned(), Tags::new(), Unit::Ms, Evidence::Requests);
        row.detail = Some(Detail { sketch, windows: Vec::new() });
        Run {
            id: id.to_string().repeat(64),
            path: String::new(),
            tool,
            format: "csv",
            tool_version: None,
            workload: None,
            provenance: Provenance::default(),
            rows: vec![row],
            problems: Vec::new(),
        }
    }

    fn sketches(runs: &[Run]) -> Sketches {
        let mut details = Details::empty();
        details.add(runs);
        Sketches(details)
    }

    #[test]
    fn runs_are_looked_at_together_in_the_unit_of_the_row() {
        // A ms is 1,000,000 ns.
        let runs = [
            run('a', Tool::K6, &[1_000_000, 2_000_000, 3_000_000]),
            run('b', Tool::K6, &[4_000_000, 900_000_000]),
        ];
        let both: Vec<&Run> = runs.iter().collect();
        let found =
            sketches(&runs).quantiles(&both, &Tags::new(), Unit::Ms, &[0.2, 0.6, 1.0]).unwrap();
        for (found, expected) in found.iter().zip([1.0, 3.0, 900.0]) {
            assert!((found / expected - 1.0_f64).abs() < 0.01, "{found} for {expected}");
        }
    }

    #[test]
    fn a_benchmark_has_steps_of_its_own() {
        let runs = [run('a', Tool::Criterion, &[2_500])];
        let found = sketches(&runs).quantiles(&[&runs[0]], &Tags::new(), Unit::Ns, &[0.5]).unwrap();
        assert!((found[0] / 2.5 - 1.0).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn a_run_without_a_sketch_gives_nothing() {
        let runs = [run('a', Tool::K6, &[1]), run('b', Tool::K6, &[1])];
        let one = sketches(&runs[..1]);
        let both: Vec<&Run> = runs.iter().collect();
        assert_eq!(one.quantiles(&both, &Tags::new(), Unit::Ms, &[0.5]), None);
        assert_eq!(one.quantiles(&[], &Tags::new(), Unit::Ms, &[0.5]), None);
    }
}
