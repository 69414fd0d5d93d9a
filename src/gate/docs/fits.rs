//! How throughput grows with concurrency, as the pages show it.

use super::load::{source, stem};
use crate::pages::{Curve, Fit, FitModel, Most, Parameter, Peak};
use crate::source::limits::{Scaling, ScalingModel, ScalingPoint};

pub(super) fn of_fit(file: &str, fit: &Scaling) -> Fit {
    let states = || fit.steps.iter().filter_map(|step| step.little.as_ref());
    let checked = states().filter(|little| little.state != "not-checked").count();
    let agrees = states().filter(|little| little.state == "agrees").count();
    let little = match checked {
        0 => "not checked, for no step has times".to_owned(),
        of => format!("{agrees} of {of} steps agree with it"),
    };
    Fit {
        name: stem(file),
        chosen: name_of_model(&fit.model).to_owned(),
        because: fit.chosen_because.trim_end_matches('.').to_owned(),
        most: most(fit),
        models: fit.models.iter().map(model).collect(),
        points: fit.steps.iter().map(|step| (step.concurrency, step.per_s)).collect(),
        curve: fit.curve.iter().map(curve).collect(),
        little,
        source: source(file, &fit.sources),
    }
}

/// Where the most was measured. What was written before that was told still has its steps, but not what
/// they show.
fn most(fit: &Scaling) -> Option<Most> {
    if let Some(most) = fit.most {
        let falls = Some(most.falls);
        return Some(Most { concurrency: most.concurrency, per_s: most.per_s, falls });
    }
    let at = |n: f64| fit.steps.iter().filter(move |step| step.concurrency.total_cmp(&n).is_eq());
    let mean = |n: f64| at(n).map(|step| step.per_s).sum::<f64>() / at(n).count() as f64;
    let means = fit.steps.iter().map(|step| (step.concurrency, mean(step.concurrency)));
    let best = means.reduce(|best, at| if at.1 > best.1 { at } else { best });
    best.map(|(concurrency, per_s)| Most { concurrency, per_s, falls: None })
}

fn curve(point: &ScalingPoint) -> Curve {
    Curve { concurrency: point.concurrency, per_s: point.per_s, band: point.interval_per_s }
}

fn model(model: &ScalingModel) -> FitModel {
    FitModel {
        name: name_of_model(&model.name).to_owned(),
        parameters: model
            .parameters
            .iter()
            .map(|(name, value)| Parameter {
                name: in_words(name).to_owned(),
                value: *value,
                interval: model.intervals.get(name).copied(),
            })
            .collect(),
        peak: model.peak.map(|peak| Peak {
            concurrency: peak.concurrency,
            concurrency_interval: peak.concurrency_interval,
            per_s: peak.per_s,
            per_s_interval: peak.per_s_interval,
            extrapolated: peak.extrapolated,
        }),
        r2: model.r2,
    }
}

/// A parameter with its meaning and unit.
fn in_words(parameter: &str) -> &str {
    match parameter {
        "lambda" => "lambda, requests a second with one in flight",
        "sigma" => "sigma, the share of a request that waits its turn",
        "kappa" => "kappa, the share of a request that each pair in flight costs",
        "knee" => "knee, requests in flight",
        "limit_per_s" => "limit, requests a second",
        "r0_s" => "R0, seconds of a request alone",
        other => other,
    }
}

fn name_of_model(word: &str) -> &str {
    match word {
        "usl" => "Universal Scalability Law",
        "hard-limit" => "hard limit",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaling(most: &str) -> Scaling {
        let step = |(n, per_s)| format!(r#"{{"concurrency":{n},"per_s":{per_s}}}"#);
        let steps = [(1, 100.0), (24, 340.0), (24, 320.0), (32, 250.0), (32, 360.0)].map(step);
        let text = format!(
            r#"{{"schema":"tailguard.fit/v1","model":"usl","chosen_because":"x",{most}"models":[
            {{"name":"usl","parameters":{{}},"intervals":{{}}}}],"steps":[{}]}}"#,
            steps.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_fit_without_a_peak_tells_where_the_most_was_measured() {
        let told = scaling(r#""most":{"concurrency":24.0,"per_s":330.0,"falls":true},"#);
        let fit = of_fit("steps.json", &told);
        let expected = Most { concurrency: 24.0, per_s: 330.0, falls: Some(true) };
        assert_eq!((fit.most, &fit.models[0].peak), (Some(expected), &None));
        // Written before it was told: the best mean, and nothing of what the steps show.
        let fit = of_fit("steps.json", &scaling(""));
        assert_eq!(fit.most, Some(Most { falls: None, ..expected }));
    }
}
