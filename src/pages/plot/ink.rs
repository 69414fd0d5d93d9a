//! Colours, in light and dark. Contrast with the paper is at least 4.5 : 1 for text and 3 : 1 for
//! lines in both (WCAG 2.1, 1.4.3 and 1.4.11), but for the grid, which says nothing.

use plotters::style::RGBColor;

/// What is drawn in its own colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hue {
    /// The first series.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// A target or limit: dashed too.
    Limit,
    /// What is there to compare with: dashed too.
    Reference,
}

/// Behind everything.
pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
/// Lines that only guide the eye.
pub(super) const GRID: RGBColor = RGBColor(0xd1, 0xd9, 0xe0);

const FIRST: RGBColor = RGBColor(0x09, 0x69, 0xda);
const SECOND: RGBColor = RGBColor(0xbc, 0x4c, 0x00);
const THIRD: RGBColor = RGBColor(0x1a, 0x7f, 0x37);
const LIMIT: RGBColor = RGBColor(0xcf, 0x22, 0x2e);
const REFERENCE: RGBColor = RGBColor(0x59, 0x63, 0x6e);

/// Each colour, and what it is in the dark.
pub(super) const DARK: [(RGBColor, &str); 8] = [
    (PAPER, "#0D1117"),
    (INK, "#E6EDF3"),
    (GRID, "#30363D"),
    (FIRST, "#58A6FF"),
    (SECOND, "#F0883E"),
    (THIRD, "#3FB950"),
    (LIMIT, "#FF7B72"),
    (REFERENCE, "#9198A1"),
];

/// The colours of dashed lines.
pub(super) const DASHED: [RGBColor; 2] = [LIMIT, REFERENCE];

/// The colour in the light.
pub(super) fn colour(hue: Hue) -> RGBColor {
    match hue {
        Hue::First => FIRST,
        Hue::Second => SECOND,
        Hue::Third => THIRD,
        Hue::Limit => LIMIT,
        Hue::Reference => REFERENCE,
    }
}

/// As the SVG backend writes it: `#1F2328`
pub(super) fn hexadecimal(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.1).
    fn luminance([red, green, blue]: [u8; 3]) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn channels(hex: &str) -> [u8; 3] {
        [1, 3, 5].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
    }

    #[test]
    fn everything_that_says_something_can_be_read_in_light_and_dark() {
        let papers = [hexadecimal(PAPER), DARK[0].1.to_owned()];
        for (light, dark) in DARK.iter().filter(|(light, _)| ![PAPER, GRID].contains(light)) {
            let least = if *light == INK { 4.5 } else { 3.0 };
            for (colour, paper) in [hexadecimal(*light), (*dark).to_owned()].iter().zip(&papers) {
                let contrast = contrast(channels(colour), channels(paper));
                assert!(contrast >= least, "{colour} on {paper}: {contrast}");
            }
        }
    }

    #[test]
    fn no_two_roles_share_a_colour() {
        let mut colours: Vec<String> = DARK.iter().map(|(c, _)| hexadecimal(*c)).collect();
        colours.sort();
        colours.dedup();
        assert_eq!(colours.len(), DARK.len());
    }
}
