//! A chart as SVG, laid out by `plotters`.

use std::io;

use plotters::backend::SVGBackend;
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, Cross, PathElement, Polygon, TriangleMarker};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, TRANSPARENT, TextStyle};

use super::chart::{Chart, Layer, Mark, Shape};
use super::{head, ink};
use crate::pages::PageError;
use crate::report::prose;

/// Pixels.
const SIZE: (u32, u32) = (760, 440);
const EDGE: i32 = 16;
const TITLE: i32 = 28;
const LEGEND: i32 = 22;
const X_LABELS: i32 = 52;
const Y_LABELS: i32 = 76;

/// Legend entries side by side.
const COLUMNS: usize = 3;

/// Characters of a title, and of a legend entry, that fit.
const LONGEST_TITLE: usize = 90;
const LONGEST_ENTRY: usize = 30;

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;

/// The chart as a document that stands for itself.
///
/// # Errors
/// What the plotting library says.
pub(in crate::pages) fn svg(chart: &Chart) -> Result<String, PageError> {
    let mut drawn = String::new();
    let outcome = {
        let root = SVGBackend::with_string(&mut drawn, SIZE).into_drawing_area();
        picture(chart, &root).and_then(|()| root.present())
    };
    match outcome {
        Ok(()) => Ok(head::dressed(&drawn, chart, SIZE)),
        Err(error) => {
            Err(PageError::Draw { file: format!("{}.svg", chart.name), message: error.to_string() })
        }
    }
}

fn picture(chart: &Chart, root: &Canvas<'_>) -> Drawn {
    root.fill(&ink::PAPER)?;
    let title = prose::line(&chart.title, LONGEST_TITLE);
    root.draw_text(&title, &text(18.0), (EDGE, EDGE))?;
    let rows = i32::try_from(chart.layers.len().div_ceil(COLUMNS)).unwrap_or(1);
    let (x, y) = (&chart.x, &chart.y);
    let mut plane = ChartBuilder::on(root)
        .margin(EDGE)
        .margin_top(EDGE + TITLE + rows * LEGEND)
        .x_label_area_size(X_LABELS)
        .y_label_area_size(Y_LABELS)
        .build_cartesian_2d(x.from..x.to, y.from..y.to)?;
    plane
        .configure_mesh()
        .x_labels(x.marks)
        .y_labels(y.marks)
        .x_desc(x.title.as_str())
        .y_desc(y.title.as_str())
        .x_label_formatter(&|place: &f64| x.mark(*place))
        .y_label_formatter(&|place: &f64| y.mark(*place))
        .label_style(text(14.0))
        .axis_desc_style(text(15.0))
        .axis_style(ink::INK)
        .bold_line_style(ink::GRID)
        .light_line_style(TRANSPARENT)
        .draw()?;
    let pixel = |x: f64, y: f64| plane.plotting_area().map_coordinate(&(x, y));
    for (at, layer) in chart.layers.iter().enumerate() {
        shape(chart, layer, &pixel, root)?;
        entry(at, layer, root)?;
    }
    Ok(())
}

fn shape(
    chart: &Chart,
    layer: &Layer,
    pixel: &dyn Fn(f64, f64) -> (i32, i32),
    root: &Canvas<'_>,
) -> Drawn {
    let (x, y) = (&chart.x, &chart.y);
    let colour = ink::colour(layer.hue);
    let placed = |points: &[(f64, f64)]| -> Vec<(i32, i32)> {
        let on = points.iter().filter_map(|(at, value)| Some((x.place(*at)?, y.place(*value)?)));
        on.map(|(x, y)| pixel(x, y)).collect()
    };
    match &layer.shape {
        Shape::Line(points, mark) => {
            let points = placed(points);
            root.draw(&PathElement::new(points.clone(), colour.stroke_width(2)))?;
            points.into_iter().try_for_each(|at| dot(at, *mark, colour, root))
        }
        Shape::Dots(points, mark) => {
            placed(points).into_iter().try_for_each(|at| dot(at, *mark, colour, root))
        }
        Shape::Band(points) => {
            let on = points.iter().filter_map(|p| Some((x.place(p.0)?, p.1, p.2)));
            let within: Vec<(f64, f64, f64)> = on.collect();
            let upper = within.iter().map(|(x, _, high)| pixel(*x, y.nearest(*high)));
            let lower = within.iter().rev().map(|(x, low, _)| pixel(*x, y.nearest(*low)));
            band(upper.collect(), lower.collect(), colour, root)
        }
        Shape::Level(value) => match y.place(*value) {
            Some(y) => line([pixel(x.from, y), pixel(x.to, y)], colour, root),
            None => Ok(()),
        },
        Shape::Edge(value) => match x.place(*value) {
            Some(x) => line([pixel(x, y.from), pixel(x, y.to)], colour, root),
            None => Ok(()),
        },
    }
}

/// One entry of the legend: the shape in small, and its name.
fn entry(at: usize, layer: &Layer, root: &Canvas<'_>) -> Drawn {
    let place = |n: usize| i32::try_from(n).unwrap_or(0);
    let width = (i32::try_from(SIZE.0).unwrap_or(0) - 2 * EDGE) / place(COLUMNS);
    let left = EDGE + place(at % COLUMNS) * width;
    let middle = EDGE + TITLE + place(at / COLUMNS) * LEGEND + LEGEND / 2;
    let colour = ink::colour(layer.hue);
    let (from, to) = ((left, middle), (left + 26, middle));
    match &layer.shape {
        Shape::Line(_, mark) => {
            line([from, to], colour, root)?;
            dot((left + 13, middle), *mark, colour, root)?;
        }
        Shape::Dots(_, mark) => dot((left + 13, middle), *mark, colour, root)?,
        Shape::Band(_) => {
            let upper = vec![(left, middle - 7), (left + 26, middle - 7)];
            let lower = vec![(left + 26, middle + 7), (left, middle + 7)];
            band(upper, lower, colour, root)?;
        }
        Shape::Level(_) | Shape::Edge(_) => line([from, to], colour, root)?,
    }
    let style = text(14.0).pos(Pos::new(HPos::Left, VPos::Center));
    root.draw_text(&prose::line(&layer.name, LONGEST_ENTRY), &style, (left + 34, middle))
}

/// An area between two lines, the lower one from its end. Its edges are drawn too: where they meet,
/// the area alone could not be seen.
fn band(
    upper: Vec<(i32, i32)>,
    lower: Vec<(i32, i32)>,
    colour: RGBColor,
    root: &Canvas<'_>,
) -> Drawn {
    let around: Vec<(i32, i32)> = upper.iter().chain(&lower).copied().collect();
    root.draw(&Polygon::new(around, colour.mix(0.2)))?;
    root.draw(&PathElement::new(upper, colour.stroke_width(1)))?;
    root.draw(&PathElement::new(lower, colour.stroke_width(1)))
}

fn line(ends: [(i32, i32); 2], colour: RGBColor, root: &Canvas<'_>) -> Drawn {
    root.draw(&PathElement::new(ends.to_vec(), colour.stroke_width(2)))
}

fn dot(at: (i32, i32), mark: Mark, colour: RGBColor, root: &Canvas<'_>) -> Drawn {
    match mark {
        Mark::None => Ok(()),
        Mark::Circle => root.draw(&Circle::new(at, 4, colour.filled())),
        Mark::Triangle => root.draw(&TriangleMarker::new(at, 5, colour.filled())),
        Mark::Cross => root.draw(&Cross::new(at, 4, colour.stroke_width(2))),
    }
}

fn text(size: f64) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&ink::INK)
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::super::ink::Hue;
    use super::*;

    fn chart() -> Chart {
        let points = vec![(1.0, 0.1 + 0.2), (2.0, 250.0), (3.0, 1.0 / 3.0), (f64::NAN, 1.0)];
        let layer = |name: &str, hue, shape| Layer { name: name.to_owned(), hue, shape };
        Chart {
            name: "a-chart".to_owned(),
            title: "Latency & <load> of `x`\u{1b}".to_owned(),
            description: "p95 rises \"late\" ]]>".to_owned(),
            x: Axis::from_zero("offered, /s", [3.0].into_iter()),
            y: Axis::decades("latency, ms", [0.3, 250.0].into_iter()).unwrap(),
            layers: vec![
                layer("band", Hue::First, Shape::Band(vec![(1.0, 0.0, 400.0), (3.0, 1.0, 2.0)])),
                layer("p95", Hue::First, Shape::Line(points.clone(), Mark::Circle)),
                layer("p50", Hue::Second, Shape::Dots(points, Mark::Triangle)),
                layer("target <x>", Hue::Limit, Shape::Level(100.0)),
                layer("limit", Hue::Reference, Shape::Edge(2.0)),
                layer("beyond", Hue::Third, Shape::Level(1e9)),
            ],
        }
    }

    #[test]
    fn a_chart_is_a_document_with_words() {
        let text = svg(&chart()).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let child = |name: &str| {
            let found = root.children().find(|node| node.has_tag_name(name));
            found.and_then(|node| node.text()).unwrap().to_owned()
        };
        assert_eq!(child("title"), "Latency & <load> of `x`");
        assert_eq!(child("desc"), "p95 rises \"late\" ]]>");
        let labelled = root.attribute("aria-labelledby").unwrap();
        for id in labelled.split(' ') {
            assert!(root.descendants().any(|node| node.attribute("id") == Some(id)), "{id}");
        }
        assert!(child("style").contains("prefers-color-scheme:dark"));
        let drawn: Vec<&str> = root.descendants().filter_map(|node| node.text()).collect();
        for word in ["offered, /s", "latency, ms", "0.1", "1,000", "target <x>"] {
            assert!(drawn.iter().any(|text| text.trim() == word), "{word}: {drawn:?}");
        }
    }

    #[test]
    fn the_same_chart_gives_the_same_bytes_without_noise() {
        let text = svg(&chart()).unwrap();
        assert_eq!(text, svg(&chart()).unwrap());
        let document = roxmltree::Document::parse(&text).unwrap();
        for node in document.descendants() {
            for attribute in node.attributes() {
                let mut decimals = attribute.value().split('.').skip(1);
                let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).count();
                assert!(decimals.all(|part| digits(part) <= 2), "{attribute:?}");
            }
        }
    }

    #[test]
    fn a_band_without_height_is_seen_by_its_edges() {
        let shape = Shape::Band(vec![(1.0, 3.0, 3.0), (3.0, 3.0, 3.0)]);
        let layer = Layer { name: "band".to_owned(), hue: Hue::Second, shape };
        let text = svg(&Chart { layers: vec![layer], ..chart() }).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let stroke = ink::hexadecimal(ink::colour(Hue::Second));
        let edges = document.descendants().filter(|node| {
            node.has_tag_name("polyline") && node.attribute("stroke") == Some(stroke.as_str())
        });
        assert_eq!(edges.count(), 4, "two in the plane, two in the legend");
    }

    #[test]
    fn every_colour_has_one_for_the_dark() {
        let text = svg(&chart()).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        for node in document.descendants() {
            for name in ["fill", "stroke"] {
                let Some(colour) = node.attribute(name).filter(|colour| *colour != "none") else {
                    continue;
                };
                assert!(text.contains(&format!("[{name}=\"{colour}\"]{{{name}:")), "{colour}");
            }
        }
    }
}
