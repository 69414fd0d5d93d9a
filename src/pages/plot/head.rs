//! The head of a figure: words for who cannot see it, colours for the dark.

use plotters::style::RGBColor;

use super::chart::Chart;
use super::ink;
use crate::report::prose;

/// What the SVG backend writes before the size of a font.
const FONT_SIZE: &str = "font-size=\"";

/// The drawing with title, description and colours. Elements keep the colours of the light, so that
/// a viewer without style sheets shows those.
pub(super) fn dressed(drawn: &str, chart: &Chart, (width, height): (u32, u32)) -> String {
    // The backend's own opening tag ends at the first `>`: attributes are escaped.
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    let name = &chart.name;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{name}-title {name}-desc\">\n\
         <title id=\"{name}-title\">{}</title>\n\
         <desc id=\"{name}-desc\">{}</desc>\n\
         <style>{}</style>{}",
        prose::xml(&chart.title),
        prose::xml(&chart.description),
        style(),
        whole_sizes(body)
    )
}

fn style() -> String {
    let mut rules = String::from("text{font-family:system-ui,sans-serif}");
    for colour in ink::DASHED {
        let light = ink::hexadecimal(colour);
        rules.push_str(&format!("[stroke=\"{light}\"]{{stroke-dasharray:6 4}}"));
    }
    rules.push_str("@media (prefers-color-scheme:dark){");
    for (colour, dark) in ink::DARK {
        for property in ["fill", "stroke"] {
            rules.push_str(&rule(property, colour, dark));
        }
    }
    rules + "}"
}

/// Elements are told apart by their colour in the light, which is one a role.
fn rule(property: &str, light: RGBColor, dark: &str) -> String {
    format!("[{property}=\"{}\"]{{{property}:{dark}}}", ink::hexadecimal(light))
}

/// Sizes of fonts are divided by a constant of the backend, and come with the noise of that.
fn whole_sizes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(FONT_SIZE) {
        let (size, tail) = after.split_once('"').unwrap_or((after, ""));
        let size = size.parse::<f64>().map_or_else(|_| size.to_owned(), |n| format!("{n:.0}"));
        out.push_str(before);
        out.push_str(FONT_SIZE);
        out.push_str(&size);
        out.push('"');
        rest = tail;
    }
    out + rest
}
