//! Where a page leads, and where one can lead inside it.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// The links and anchors of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) links: Vec<Link>,
    /// What may stand behind a `#`.
    pub(super) anchors: BTreeSet<String>,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// The line, from 1.
    pub(super) line: usize,
    /// As it was written.
    pub(super) target: String,
}

/// Reads a page as GitHub does, as far as links and headings go. Links in raw HTML are not read.
pub(super) fn outline(text: &str) -> Outline {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut outline = Outline::default();
    let mut heading: Option<String> = None;
    for (event, place) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(
                Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. },
            ) if link_type != LinkType::Email => {
                let before = text.get(..place.start).unwrap_or(text);
                let line = 1 + before.matches('\n').count();
                outline.links.push(Link { line, target: dest_url.to_string() });
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                if let Some(words) = heading.take() {
                    add(&mut outline.anchors, &words);
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(heading) = &mut heading {
                    heading.push(' ');
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => outline.anchors.extend(named(&html)),
            _ => {}
        }
    }
    outline
}

/// A link that leads to a file or to a heading, apart from the web: the file, which is empty for the
/// page itself, and the anchor.
pub(super) fn relative(target: &str) -> Option<(String, Option<String>)> {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    });
    // What begins with a slash depends on where the page is served.
    if scheme || target.starts_with('/') || target.is_empty() {
        return None;
    }
    let (file, anchor) = match target.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (target, None),
    };
    let file = file.split_once('?').map_or(file, |(file, _)| file);
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((decoded(file), anchor.filter(|anchor| !anchor.is_empty()).map(decoded)))
}

/// The anchor that GitHub gives a heading: lower case, without punctuation, `-` for spaces; with a
/// number where it was given before.
fn add(anchors: &mut BTreeSet<String>, heading: &str) {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let lower = heading.trim().to_lowercase();
    let plain: String =
        lower.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect();
    let mut anchor = plain.clone();
    let mut again = 0;
    while !anchors.insert(anchor) {
        again += 1;
        anchor = format!("{plain}-{again}");
    }
}

/// The ids and names of HTML elements.
fn named(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (lead, quote) in [(" id=\"", '"'), (" name=\"", '"'), (" id='", '\''), (" name='", '\'')] {
        for (at, _) in html.match_indices(lead) {
            let rest = html.get(at + lead.len()..).unwrap_or_default();
            found.extend(rest.split_once(quote).map(|(name, _)| name.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Service levels: *p95* & `more`\n\n[a](slos.md#targets) ![b](figures/b.svg)\n\
        \n```\n[no](code.md)\n```\n\n`[no](code.md)`\n\n| x |\n| --- |\n| [c][ref] |\n\n[ref]: \
        <d e.md>\n\n## Again\n\n## Again\n\n<a id=\"own\"></a> <x@example.com>\n";

    #[test]
    fn links_and_headings_are_found_where_they_are_no_code() {
        let outline = outline(PAGE);
        let links: Vec<(usize, &str)> =
            outline.links.iter().map(|link| (link.line, link.target.as_str())).collect();
        assert_eq!(links, [(3, "slos.md#targets"), (3, "figures/b.svg"), (13, "d e.md")]);
        let anchors: Vec<&str> = outline.anchors.iter().map(String::as_str).collect();
        assert_eq!(anchors, ["again", "again-1", "own", "service-levels-p95--more"]);
    }

    #[test]
    fn only_what_lies_in_the_repository_is_relative() {
        let cases = [
            ("slos.md", Some(("slos.md", None))),
            ("slos.md#targets", Some(("slos.md", Some("targets")))),
            ("#targets", Some(("", Some("targets")))),
            ("a%20b.md?x=1#y%C3%A4", Some(("a b.md", Some("yä")))),
            ("../a:b.md", Some(("../a:b.md", None))),
            ("https://example.com/slos.md", None),
            ("mailto:x@example.com", None),
            ("/slos.md", None),
            ("//example.com", None),
            ("", None),
        ];
        for (target, expected) in cases {
            let found = relative(target);
            let found = found.as_ref().map(|(file, anchor)| (file.as_str(), anchor.as_deref()));
            assert_eq!(found, expected, "{target}");
        }
    }
}
