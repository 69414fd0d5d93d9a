//! A series of steps: throughput by concurrency, and the model that explains it.

use super::axis::Axis;
use super::chart::{Chart, Layer, Mark, Shape, slug};
use super::ink::Hue;
use crate::measure::Unit;
use crate::pages::model::{Fit, Peak};
use crate::pages::words;
use crate::report::number;

/// What was measured, the chosen model with its band, and its peak. `None` without points.
pub(in crate::pages) fn throughput_by_concurrency(fit: &Fit) -> Option<Chart> {
    let mut points = fit.points.clone();
    points.retain(|(n, x)| n.is_finite() && x.is_finite());
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (first, last) = (points.first()?, points.last()?);
    // One of several steps may be higher than the most in the mean.
    let mean = |n: f64| {
        let at = || points.iter().filter(|(at, _)| at.total_cmp(&n).is_eq()).map(|(_, x)| *x);
        number::value(at().sum::<f64>() / at().count() as f64, Unit::PerSecond)
    };
    let description = format!(
        "Throughput by concurrency of {}: {} with {} in flight and {} with {}. The curve is the \
         model {}: {}.",
        fit.name,
        mean(first.0),
        number::tick(first.0),
        mean(last.0),
        number::tick(last.0),
        fit.chosen,
        words::highest(fit)
    );
    let band: Vec<(f64, f64, f64)> = fit
        .curve
        .iter()
        .filter_map(|at| at.band.map(|(low, high)| (at.concurrency, low, high)))
        .collect();
    let curve: Vec<(f64, f64)> = fit.curve.iter().map(|at| (at.concurrency, at.per_s)).collect();
    let concurrencies = points.iter().chain(&curve).map(|(n, _)| *n);
    let rates = points.iter().chain(&curve).map(|(_, x)| *x).chain(band.iter().map(|b| b.2));
    let (x, y) = (
        Axis::from_zero("requests in flight", concurrencies),
        Axis::from_zero("throughput, requests a second", rates),
    );
    let layer = |name: &str, hue, shape| Layer { name: name.to_owned(), hue, shape };
    let mut layers = Vec::new();
    if !band.is_empty() {
        layers.push(layer("95% interval", Hue::First, Shape::Band(band)));
    }
    if !curve.is_empty() {
        layers.push(layer(&fit.chosen, Hue::First, Shape::Line(curve, Mark::None)));
    }
    layers.push(layer("measured", Hue::Second, Shape::Dots(points, Mark::Triangle)));
    if let Some(peak) = peak(fit).filter(|peak| !peak.extrapolated) {
        let name = format!("peak: {} in flight", number::tick(peak.concurrency));
        layers.push(layer(&name, Hue::Reference, Shape::Edge(peak.concurrency)));
    }
    Some(Chart {
        name: slug(&[&fit.name, "fit"]),
        title: format!("{}: throughput by concurrency", fit.name),
        description,
        x,
        y,
        layers,
    })
}

fn peak(fit: &Fit) -> Option<&Peak> {
    fit.models.iter().find(|model| model.name == fit.chosen)?.peak.as_ref()
}

#[cfg(test)]
mod tests {
    use super::super::svg;
    use super::*;
    use crate::pages::model::{Curve, FitModel, Most, Source};

    fn fit(peak: Option<Peak>) -> Fit {
        Fit {
            name: "steps".to_owned(),
            chosen: "usl".to_owned(),
            because: String::new(),
            most: Some(Most { concurrency: 8.0, per_s: 760.0, falls: Some(false) }),
            models: vec![FitModel {
                name: "usl".to_owned(),
                parameters: Vec::new(),
                peak,
                r2: None,
            }],
            points: vec![(8.0, 740.0), (1.0, 104.0), (4.0, f64::NAN), (8.0, 780.0)],
            curve: [1.0, 8.0]
                .map(|n| (n, Some((90.0 * n, 110.0 * n))))
                .map(|(n, band)| Curve { concurrency: n, per_s: 100.0 * n, band })
                .to_vec(),
            little: String::new(),
            source: Source::default(),
        }
    }

    #[test]
    fn a_fit_is_told_in_words_too() {
        let peak = Peak {
            concurrency: 6.0,
            concurrency_interval: Some((5.2, 7.9)),
            per_s: 770.0,
            per_s_interval: Some((755.0, 790.0)),
            extrapolated: false,
        };
        let chart = throughput_by_concurrency(&fit(Some(peak))).unwrap();
        assert_eq!(
            chart.description,
            "Throughput by concurrency of steps: 104/s with 1 in flight and 760/s with 8. The \
             curve is the model usl: highest at 770/s [755, 790] with 6 [5.20, 7.90] in flight."
        );
        assert_eq!(chart.layers.len(), 4);
        assert!(svg(&chart).unwrap().contains("<polygon"));
    }

    #[test]
    fn no_peak_is_drawn_that_was_not_measured() {
        let beyond = Peak {
            concurrency: 60.0,
            concurrency_interval: None,
            per_s: 770.0,
            per_s_interval: None,
            extrapolated: true,
        };
        let most =
            "760/s with 8 in flight was the most of what was measured; no fall is shown up to 8.";
        let far = "highest at 770/s with 60 in flight, extrapolated beyond what was measured.";
        for (peak, words) in [(None, most), (Some(beyond), far)] {
            let chart = throughput_by_concurrency(&fit(peak)).unwrap();
            assert_eq!(chart.layers.len(), 3);
            assert!(chart.description.ends_with(words), "{}", chart.description);
        }
        let none = Fit { points: Vec::new(), ..fit(None) };
        assert_eq!(throughput_by_concurrency(&none), None);
    }
}
