//! What a figure shows.

use super::axis::Axis;
use super::ink::Hue;

/// What a figure shows.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pages) struct Chart {
    /// The file's name without its end, of letters, digits and `-`.
    pub(in crate::pages) name: String,
    /// One line above it. Foreign names may be in it.
    pub(in crate::pages) title: String,
    /// The same in words, for who cannot see it. Foreign names may be in it.
    pub(in crate::pages) description: String,
    /// From left to right.
    pub(super) x: Axis,
    /// From bottom to top.
    pub(super) y: Axis,
    /// What is drawn, the first at the bottom.
    pub(super) layers: Vec<Layer>,
}

/// One thing that is drawn, and what the legend calls it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) hue: Hue,
    pub(super) shape: Shape,
}

/// A shape, in the units of the axes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// Points joined by a line, each with a mark.
    Line(Vec<(f64, f64)>, Mark),
    /// Points with a mark.
    Dots(Vec<(f64, f64)>, Mark),
    /// An area: at each x from low to high.
    Band(Vec<(f64, f64, f64)>),
    /// A line from left to right.
    Level(f64),
    /// A line from bottom to top.
    Edge(f64),
}

/// The marks of points: different shapes, since colours alone do not tell series apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    Circle,
    Triangle,
    Cross,
}

/// A name as part of a file's name: small letters and digits, all else as one `-`.
pub(super) fn slug(parts: &[&str]) -> String {
    let mut slug = String::new();
    for c in parts.join("-").chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    // A file's name has room for so many bytes and more.
    slug.truncate(80);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "figure".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_gives_a_file_s_name() {
        assert_eq!(slug(&["clinic", "read / Client"]), "clinic-read-client");
        assert_eq!(slug(&["../..", "é"]), "figure");
        assert_eq!(slug(&[&"x".repeat(300)]).len(), 80);
    }
}
