//! How latencies are distributed: the newest session against the earlier ones.

use super::axis::Axis;
use super::chart::{Chart, Layer, Mark, Shape, slug};
use super::ink::Hue;
use crate::measure::Unit;
use crate::pages::model::{Distribution, QuantilePoint};
use crate::report::number;

/// Percentiles that the words tell.
const TOLD: [&str; 3] = ["p50", "p95", "p99"];

/// Latency by percentile. `None` without percentiles.
pub(in crate::pages) fn distribution(suite: &str, group: &str, of: &Distribution) -> Option<Chart> {
    let points = &of.points;
    let ends = points.iter().filter_map(|point| point.earlier);
    let every = points.iter().map(|p| p.newest).chain(ends.flat_map(|(low, high)| [low, high]));
    let y = Axis::decades(&format!("latency, {}", unit(of)), every)?;
    let told: Vec<String> =
        points.iter().filter(|p| TOLD.contains(&p.name.as_str())).map(|p| words(p, of)).collect();
    let against = match of.earlier {
        0 => "the newest session alone".to_owned(),
        n => format!("the newest session against {}", number::count(n as usize, "earlier one")),
    };
    let band: Vec<(f64, f64, f64)> = points
        .iter()
        .enumerate()
        .filter_map(|(at, point)| point.earlier.map(|(low, high)| (at as f64, low, high)))
        .collect();
    let mut layers = Vec::new();
    layers.extend(before(of.earlier, band));
    let newest = points.iter().enumerate().map(|(at, point)| (at as f64, point.newest)).collect();
    layers.push(Layer {
        name: "newest session".to_owned(),
        hue: Hue::First,
        shape: Shape::Line(newest, Mark::Circle),
    });
    Some(Chart {
        name: slug(&[suite, group]),
        title: format!("{suite}: latency of {}", of.id),
        description: format!("Latency of {}, {against}: {}.", of.id, told.join("; ")),
        x: Axis::names("percentile", points.iter().map(|point| point.name.clone()).collect()),
        y,
        layers,
    })
}

/// The earlier sessions: a band from the least to the most, or the line of the only one, of which a
/// band would have no height. `None` without any.
fn before(sessions: u32, band: Vec<(f64, f64, f64)>) -> Option<Layer> {
    let (name, shape) = match sessions {
        _ if band.is_empty() => return None,
        0 | 1 => {
            let line = band.iter().map(|(at, low, _)| (*at, *low)).collect();
            ("earlier session", Shape::Line(line, Mark::Triangle))
        }
        _ => ("earlier sessions", Shape::Band(band)),
    };
    Some(Layer { name: name.to_owned(), hue: Hue::Second, shape })
}

/// `p95 5.83 ms (5.60 to 6.10 ms before)`
fn words(point: &QuantilePoint, of: &Distribution) -> String {
    let newest = number::value(point.newest, of.unit);
    match point.earlier {
        Some((low, high)) => {
            format!("{} {newest} ({} before)", point.name, number::range(low, high, of.unit))
        }
        None => format!("{} {newest}", point.name),
    }
}

fn unit(of: &Distribution) -> &'static str {
    match of.unit {
        Unit::Ns => "ns",
        Unit::Us => "µs",
        Unit::Ms => "ms",
        Unit::S => "s",
        Unit::Bytes => "bytes",
        Unit::Count | Unit::Ratio | Unit::PerSecond => "in the row's unit",
    }
}

#[cfg(test)]
mod tests {
    use super::super::svg;
    use super::*;

    fn of(earlier: Option<(f64, f64)>) -> Distribution {
        let point = |name: &str, newest| QuantilePoint { name: name.to_owned(), newest, earlier };
        Distribution {
            id: "read / client".to_owned(),
            unit: Unit::Ms,
            newest: "s5".to_owned(),
            earlier: if earlier.is_some() { 4 } else { 0 },
            points: vec![point("p50", 1.0), point("p90", 2.0), point("p95", 3.0)],
        }
    }

    #[test]
    fn the_newest_session_stands_against_the_earlier_ones() {
        let chart = distribution("clinic", "read", &of(Some((1.1, 3.5)))).unwrap();
        assert_eq!(
            chart.description,
            "Latency of read / client, the newest session against 4 earlier ones: p50 1.00 ms \
             (1.10 to 3.50 ms before); p95 3.00 ms (1.10 to 3.50 ms before)."
        );
        assert_eq!(chart.name, "clinic-read");
        assert!(svg(&chart).unwrap().contains("earlier sessions"));
    }

    #[test]
    fn one_earlier_session_is_a_line_that_can_be_seen() {
        let one = Distribution { earlier: 1, ..of(Some((2.5, 2.5))) };
        let chart = distribution("clinic", "read", &one).unwrap();
        let expected = "Latency of read / client, the newest session against 1 earlier one: p50 1.00 ms \
                        (2.50 ms before); p95 3.00 ms (2.50 ms before).";
        assert_eq!(chart.description, expected);
        let layer = chart.layers.iter().find(|layer| layer.name == "earlier session").unwrap();
        let line = vec![(0.0, 2.5), (1.0, 2.5), (2.0, 2.5)];
        assert_eq!(layer.shape, Shape::Line(line, Mark::Triangle));
    }

    #[test]
    fn one_session_has_nothing_to_stand_against() {
        let chart = distribution("clinic", "read", &of(None)).unwrap();
        assert_eq!(
            chart.description,
            "Latency of read / client, the newest session alone: p50 1.00 ms; p95 3.00 ms."
        );
        assert_eq!(chart.layers.len(), 1);
        let empty = Distribution { points: Vec::new(), ..of(None) };
        assert_eq!(distribution("clinic", "read", &empty), None);
    }
}
