//! A fit as `tailguard.fit/v1`: structs of their own, so that the model can move.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::capacity::fit::{Fit, Model, Peak, Quality};
use crate::capacity::{Estimate, LEVEL, little};

use super::cells::fit_because;
use super::{FitReport, FitSource};
use crate::report::Notice;

/// The schema word.
const SCHEMA: &str = "tailguard.fit/v1";

pub(super) fn write(report: &FitReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &FileV1::of(report))?;
    writeln!(out)
}

#[derive(Serialize)]
struct FileV1<'a> {
    schema: &'static str,
    model: &'static str,
    chosen_because: String,
    weight: f64,
    measured: [f64; 2],
    models: [ModelV1; 2],
    most: MostV1,
    steps: Vec<StepV1>,
    curve: Vec<CurveV1>,
    resampling: ResamplingV1,
    sources: Vec<SourceV1<'a>>,
    notices: &'a [Notice],
}

/// Where the most was measured.
#[derive(Serialize)]
struct MostV1 {
    concurrency: f64,
    per_s: f64,
    falls: bool,
}

#[derive(Serialize)]
struct ModelV1 {
    name: &'static str,
    parameters: BTreeMap<&'static str, f64>,
    intervals: BTreeMap<&'static str, [f64; 2]>,
    /// Parameters whose interval is one-sided, because the fit holds them at their bound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    at_bound: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak: Option<PeakV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r2: Option<f64>,
    aicc: f64,
}

#[derive(Serialize)]
struct PeakV1 {
    concurrency: u64,
    per_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency_interval: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_s_interval: Option<[f64; 2]>,
    extrapolated: bool,
}

/// The chosen model over the measured concurrencies.
#[derive(Serialize)]
struct CurveV1 {
    concurrency: f64,
    per_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_per_s: Option<[f64; 2]>,
}

#[derive(Serialize)]
struct StepV1 {
    concurrency: f64,
    per_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration_s: Option<f64>,
    /// Measured less fitted throughput, by the name of the model.
    residuals_per_s: BTreeMap<&'static str, f64>,
    little: LittleV1,
}

#[derive(Serialize)]
struct LittleV1 {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    accounted: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    off: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    think_s: Option<f64>,
}

#[derive(Serialize)]
struct ResamplingV1 {
    method: &'static str,
    level: f64,
    replicates: usize,
    seed: u64,
}

#[derive(Serialize)]
struct SourceV1<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
}

impl<'a> FileV1<'a> {
    fn of(report: &'a FitReport) -> Self {
        let fit = &report.fit;
        let (least, most) = fit.range();
        let how = fit.resampling;
        Self {
            schema: SCHEMA,
            model: fit.model.name(),
            chosen_because: fit_because(fit),
            weight: fit.weight,
            measured: [least, most],
            models: [usl(fit), hard_limit(fit)],
            most: MostV1 {
                concurrency: fit.most.concurrency,
                per_s: fit.most.per_s,
                falls: fit.most.falls,
            },
            steps: steps(fit),
            curve: fit
                .curve
                .iter()
                .map(|point| CurveV1 {
                    concurrency: point.concurrency,
                    per_s: point.per_s.value,
                    interval_per_s: ends(&point.per_s),
                })
                .collect(),
            resampling: ResamplingV1 {
                method: "wild-bootstrap",
                level: LEVEL,
                replicates: how.replicates,
                seed: how.seed,
            },
            sources: report.sources.iter().map(SourceV1::from).collect(),
            notices: &report.notices,
        }
    }
}

impl<'a> From<&'a FitSource> for SourceV1<'a> {
    fn from(source: &'a FitSource) -> Self {
        Self {
            path: &source.path,
            commit: source.commit.as_deref(),
            machine: source.machine.as_deref(),
            time: source.time.as_deref(),
        }
    }
}

impl ModelV1 {
    fn new(model: Model, parameters: &[(&'static str, Option<Estimate>)], of: &Quality) -> Self {
        let known = || parameters.iter().filter_map(|(name, estimate)| Some((*name, (*estimate)?)));
        Self {
            name: model.name(),
            parameters: known().map(|(name, estimate)| (name, estimate.value)).collect(),
            intervals: known()
                .filter_map(|(name, estimate)| Some((name, ends(&estimate)?)))
                .collect(),
            at_bound: Vec::new(),
            peak: None,
            r2: of.r2,
            aicc: of.aicc,
        }
    }
}

fn usl(fit: &Fit) -> ModelV1 {
    let usl = &fit.usl;
    let parameters =
        [("sigma", Some(usl.sigma)), ("kappa", Some(usl.kappa)), ("lambda", Some(usl.lambda))];
    let held = [("sigma", usl.held.sigma), ("kappa", usl.held.kappa)];
    ModelV1 {
        at_bound: held.into_iter().filter_map(|(name, held)| held.then_some(name)).collect(),
        peak: usl.peak.as_ref().map(PeakV1::from),
        ..ModelV1::new(Model::Usl, &parameters, &usl.quality)
    }
}

fn hard_limit(fit: &Fit) -> ModelV1 {
    let limit = &fit.hard_limit;
    let parameters =
        [("r0_s", limit.r0_s), ("limit_per_s", limit.limit_per_s), ("knee", limit.knee)];
    ModelV1::new(Model::HardLimit, &parameters, &limit.quality)
}

impl From<&Peak> for PeakV1 {
    fn from(peak: &Peak) -> Self {
        Self {
            // At least 1 and at most twice the largest concurrency that is believed.
            concurrency: peak.concurrency.value as u64,
            per_s: peak.per_s.value,
            concurrency_interval: ends(&peak.concurrency),
            per_s_interval: ends(&peak.per_s),
            extrapolated: peak.extrapolated,
        }
    }
}

fn ends(estimate: &Estimate) -> Option<[f64; 2]> {
    estimate.interval.map(|(low, high)| [low, high])
}

fn steps(fit: &Fit) -> Vec<StepV1> {
    let residuals = fit.usl.quality.residuals.iter().zip(&fit.hard_limit.quality.residuals);
    fit.steps
        .iter()
        .zip(residuals)
        .map(|(step, (usl, limit))| StepV1 {
            concurrency: step.concurrency,
            per_s: step.per_s,
            latency_s: step.latency_s,
            iteration_s: step.iteration_s,
            residuals_per_s: [(Model::Usl.name(), *usl), (Model::HardLimit.name(), *limit)].into(),
            little: match little::check(step) {
                Some(check) => LittleV1 {
                    state: if check.agrees() { "agrees" } else { "differs" },
                    accounted: Some(check.accounted),
                    off: Some(check.off),
                    think_s: check.think_s,
                },
                None => {
                    LittleV1 { state: "not-checked", accounted: None, off: None, think_s: None }
                }
            },
        })
        .collect()
}
