//! Several series over one axis, told apart by colour, mark and name.

use super::axis::Axis;
use super::chart::{Chart, Layer, Mark, Shape, slug};
use super::draw::svg;
use super::ink::Hue;
use crate::pages::PageError;

/// How series look, the first one first; beyond the last the looks begin anew.
const LOOKS: [(Hue, Mark); 5] = [
    (Hue::First, Mark::Circle),
    (Hue::Second, Mark::Triangle),
    (Hue::Third, Mark::Cross),
    (Hue::Reference, Mark::Circle),
    (Hue::Limit, Mark::Triangle),
];

/// A name, and points from left to right.
pub type Series = (String, Vec<(f64, f64)>);

/// What a figure of several series shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves<'a> {
    /// One line above it.
    pub title: &'a str,
    /// The same in words, for who cannot see it.
    pub description: &'a str,
    /// The title of the horizontal axis, with its unit. Both axes begin at zero.
    pub x: &'a str,
    /// The title of the vertical axis, with its unit.
    pub y: &'a str,
    /// A name and points each.
    pub series: Vec<Series>,
}

/// The figure as an SVG document that stands for itself, readable in light and dark.
///
/// # Errors
/// What the plotting library says.
pub fn curves(figure: &Curves<'_>) -> Result<String, PageError> {
    let points = || figure.series.iter().flat_map(|(_, points)| points);
    let layer = |(series, (hue, mark)): (&Series, &(Hue, Mark))| Layer {
        name: series.0.clone(),
        hue: *hue,
        shape: Shape::Line(series.1.clone(), *mark),
    };
    svg(&Chart {
        name: slug(&[figure.title]),
        title: figure.title.to_owned(),
        description: figure.description.to_owned(),
        x: Axis::from_zero(figure.x, points().map(|(x, _)| *x)),
        y: Axis::from_zero(figure.y, points().map(|(_, y)| *y)),
        layers: figure.series.iter().zip(LOOKS.iter().cycle()).map(layer).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_is_named_and_told_in_words() {
        let series = ["one", "two"].map(|name| (name.to_owned(), vec![(0.0, 1.0), (10.0, 90.0)]));
        let figure = Curves {
            title: "found by size",
            description: "Both rise from 1 to 90 %.",
            x: "slowdown, %",
            y: "found, %",
            series: series.to_vec(),
        };
        let drawn = curves(&figure).unwrap();
        for part in ["one", "two", "Both rise", "slowdown, %"] {
            assert!(drawn.contains(part), "{part}");
        }
        assert_eq!(curves(&figure).unwrap(), drawn);
        let empty = Curves { series: Vec::new(), ..figure };
        assert!(curves(&empty).is_ok());
    }
}
