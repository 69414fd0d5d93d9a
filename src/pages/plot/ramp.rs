//! A ramp: latency by load, and achieved against offered.

use super::axis::Axis;
use super::chart::{Chart, Layer, Mark, Shape, slug};
use super::ink::Hue;
use crate::measure::Unit;
use crate::pages::model::{Breakpoint, Crossing, LimitKind, Reached, Window};
use crate::report::number;

const OFFERED: &str = "offered, requests a second";

/// Percentiles of the ramp's windows by what was offered in them. `None` without latencies.
pub(in crate::pages) fn latency_by_load(ramp: &Breakpoint) -> Option<Chart> {
    let by = |latency: fn(&Window) -> Option<f64>| -> Vec<(f64, f64)> {
        let points = ramp.windows.iter().filter_map(|w| Some((w.offered, latency(w)?)));
        sorted(points.collect())
    };
    let (p50, p95, p99) = (by(|w| w.p50), by(|w| w.p95), by(|w| w.p99));
    let every = [&p50, &p95, &p99].into_iter().flatten().map(|(_, latency)| *latency);
    let y = Axis::decades("latency, ms", every.chain(ramp.p95_target))?;
    let description = format!(
        "Latency by load of {}: {}.{}",
        ramp.name,
        from_and_to(&p95, "p95", Unit::Ms)?,
        broken(ramp)
    );
    let mut layers = Vec::new();
    for (name, hue, mark, points) in [
        ("p99", Hue::Third, Mark::Cross, p99),
        ("p95", Hue::First, Mark::Circle, p95),
        ("p50", Hue::Second, Mark::Triangle, p50),
    ] {
        if !points.is_empty() {
            layers.push(Layer { name: name.to_owned(), hue, shape: Shape::Dots(points, mark) });
        }
    }
    if let Some(target) = ramp.p95_target {
        let name = format!("target of p95: {}", number::value(target, Unit::Ms));
        layers.push(Layer { name, hue: Hue::Limit, shape: Shape::Level(target) });
    }
    layers.extend(edge(ramp));
    Some(Chart {
        name: slug(&[&ramp.name, "latency"]),
        title: format!("{}: latency by load", ramp.name),
        description,
        x: Axis::from_zero(OFFERED, ramp.windows.iter().map(|w| w.offered)),
        y,
        layers,
    })
}

/// What was completed in each window by what was offered. `None` without windows.
pub(in crate::pages) fn achieved_against_offered(ramp: &Breakpoint) -> Option<Chart> {
    let points = sorted(ramp.windows.iter().map(|w| (w.offered, w.achieved)).collect());
    let most = points.iter().map(|(offered, _)| *offered).fold(0.0, f64::max);
    let description = format!(
        "Achieved against offered of {}: {}.{}",
        ramp.name,
        from_and_to(&points, "achieved", Unit::PerSecond)?,
        broken(ramp)
    );
    let mut layers = vec![
        Layer {
            name: "all that is offered".to_owned(),
            hue: Hue::Reference,
            shape: Shape::Line(vec![(0.0, 0.0), (most, most)], Mark::None),
        },
        Layer {
            name: "achieved".to_owned(),
            hue: Hue::First,
            shape: Shape::Dots(points.clone(), Mark::Circle),
        },
    ];
    layers.extend(edge(ramp));
    let achieved = points.iter().map(|(_, achieved)| *achieved);
    Some(Chart {
        name: slug(&[&ramp.name, "throughput"]),
        title: format!("{}: achieved against offered", ramp.name),
        description,
        x: Axis::from_zero(OFFERED, std::iter::once(most)),
        y: Axis::from_zero("achieved, requests a second", achieved.chain([most])),
        layers,
    })
}

/// Where the service falls behind, as a line from bottom to top.
fn edge(ramp: &Breakpoint) -> Option<Layer> {
    let at = behind(ramp)?;
    let name = format!("falls behind: {}", number::value(at.offered.value, Unit::PerSecond));
    Some(Layer { name, hue: Hue::Reference, shape: Shape::Edge(at.offered.value) })
}

/// The same in words.
fn broken(ramp: &Breakpoint) -> String {
    behind(ramp).map_or_else(String::new, |at| {
        let offered = number::value(at.offered.value, Unit::PerSecond);
        format!(" It falls behind at {offered} offered.")
    })
}

fn behind(ramp: &Breakpoint) -> Option<&Crossing> {
    ramp.limits.iter().find_map(|limit| match &limit.reached {
        Reached::At(crossing) if limit.kind == LimitKind::AchievedBehindOffered => Some(crossing),
        _ => None,
    })
}

/// `p95 is 2.21 ms at 50.0/s offered and 1.20 s at 520/s`; `None` without points.
fn from_and_to(points: &[(f64, f64)], what: &str, unit: Unit) -> Option<String> {
    let (first, last) = (points.first()?, points.last()?);
    let at = |(offered, value): &(f64, f64)| {
        (number::value(*value, unit), number::value(*offered, Unit::PerSecond))
    };
    let ((value, offered), (last_value, last_offered)) = (at(first), at(last));
    Some(format!("{what} is {value} at {offered} offered and {last_value} at {last_offered}"))
}

fn sorted(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.retain(|(x, y)| x.is_finite() && y.is_finite());
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points
}

#[cfg(test)]
mod tests {
    use super::super::svg;
    use super::*;
    use crate::pages::model::{Amount, Limit, Source};

    fn ramp(windows: usize) -> Breakpoint {
        let window = |at: usize| Window {
            at_seconds: at as f64,
            offered: 50.0 * (at + 1) as f64,
            achieved: (50.0 * (at + 1) as f64).min(240.0),
            p50: Some(2.0),
            p95: Some(if at < 4 { 5.0 } else { 900.0 }),
            p99: None,
        };
        let rate = |value| Amount::new(value, Unit::PerSecond);
        Breakpoint {
            name: "ramp".to_owned(),
            windows: (0..windows).map(window).collect(),
            limits: vec![Limit {
                kind: LimitKind::AchievedBehindOffered,
                target: String::new(),
                reached: Reached::At(Crossing {
                    at_seconds: 4.0,
                    offered: rate(250.0),
                    achieved: rate(240.0),
                }),
            }],
            generator_limited: false,
            p95_target: Some(60.0),
            bottlenecks: Vec::new(),
            source: Source::default(),
        }
    }

    #[test]
    fn a_ramp_is_told_in_words_too() {
        let latency = latency_by_load(&ramp(6)).unwrap();
        assert_eq!(
            latency.description,
            "Latency by load of ramp: p95 is 5.00 ms at 50.0/s offered and 900 ms at 300/s. It \
             falls behind at 250/s offered."
        );
        let names: Vec<&str> = latency.layers.iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(names, ["p95", "p50", "target of p95: 60.0 ms", "falls behind: 250/s"]);
        let throughput = achieved_against_offered(&ramp(6)).unwrap();
        assert!(throughput.description.contains("achieved is 50.0/s at 50.0/s offered"));
        for chart in [latency, throughput] {
            assert!(svg(&chart).unwrap().contains("<polyline"));
        }
    }

    #[test]
    fn nothing_measured_is_no_figure() {
        assert_eq!(latency_by_load(&ramp(0)), None);
        assert_eq!(achieved_against_offered(&ramp(0)), None);
    }
}
