//! Generated blocks inside pages that people write around.
//!
//! A block stands between `<!-- tailguard:begin NAME -->` and `<!-- tailguard:end NAME -->`, each
//! alone on a line that it begins. What is between is replaced as a whole; everything else, line
//! ends included, stays byte for byte. Whatever looks like a marker and is none is refused, so that a
//! block never goes stale because a typing mistake hides it.

use std::collections::BTreeMap;

const BEGIN: &str = "<!-- tailguard:begin ";
const END: &str = "<!-- tailguard:end ";
const CLOSE: &str = " -->";

/// How every marker begins, and no other line may.
const COMMENT: &str = "<!--";
const OURS: &str = "tailguard:";

/// The text of each block, by its name.
pub type Blocks = BTreeMap<&'static str, String>;

/// What is wrong with the markers of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line that looks like a marker.
    #[error(
        "line {line} is no marker\nhint: a marker is alone on its line, without indentation: <!-- tailguard:begin NAME -->"
    )]
    Malformed {
        /// The line, from 1.
        line: usize,
    },
    /// A block that this page does not have.
    #[error(
        "line {line} begins block {name:?}, which this page does not have\nhint: its blocks are: {known}"
    )]
    Unknown {
        /// The line, from 1.
        line: usize,
        /// Its name.
        name: String,
        /// The blocks that it has.
        known: String,
    },
    /// A block that the page has twice.
    #[error(
        "line {line} begins block {name:?} again\nhint: the first is in line {first}; keep one"
    )]
    Repeated {
        /// The line, from 1.
        line: usize,
        /// Its name.
        name: String,
        /// The line of the first, from 1.
        first: usize,
    },
    /// A block inside another.
    #[error(
        "line {line} begins block {name:?} inside block {outer:?}\nhint: end {outer:?}, which begins in line {first}, before it"
    )]
    Nested {
        /// The line, from 1.
        line: usize,
        /// Its name.
        name: String,
        /// The block around it.
        outer: String,
        /// The line of the outer one, from 1.
        first: usize,
    },
    /// An end without its beginning.
    #[error(
        "line {line} ends block {name:?}, which does not begin before it\nhint: write <!-- tailguard:begin {name} --> above it, or remove it"
    )]
    Stray {
        /// The line, from 1.
        line: usize,
        /// Its name.
        name: String,
    },
    /// A block without an end.
    #[error(
        "block {name:?} of line {line} does not end\nhint: write <!-- tailguard:end {name} --> below it"
    )]
    Unclosed {
        /// The line, from 1.
        line: usize,
        /// Its name.
        name: String,
    },
    /// A block that the page lacks.
    #[error(
        "block {name:?} is missing\nhint: write <!-- tailguard:begin {name} --> and <!-- tailguard:end {name} --> where it belongs"
    )]
    Missing {
        /// Its name.
        name: String,
    },
}

/// The page with each of its blocks replaced.
///
/// # Errors
/// The first thing that is wrong with its markers; then nothing is replaced.
pub fn fill(page: &str, blocks: &Blocks) -> Result<String, Fault> {
    let mut filled = String::with_capacity(page.len());
    let mut begun: BTreeMap<&str, usize> = BTreeMap::new();
    let mut open: Option<(&str, usize)> = None;
    for (at, text) in page.split_inclusive('\n').enumerate() {
        let line = at + 1;
        match (mark(text, line)?, open) {
            (None, None) => filled.push_str(text),
            // What stood in the block.
            (None, Some(_)) => {}
            (Some(Mark::Begin(name)), Some((outer, first))) => {
                let (name, outer) = (name.to_owned(), outer.to_owned());
                return Err(Fault::Nested { line, name, outer, first });
            }
            (Some(Mark::Begin(name)), None) => {
                let Some(block) = blocks.get(name) else {
                    let known = blocks.keys().copied().collect::<Vec<_>>().join(", ");
                    return Err(Fault::Unknown { line, name: name.to_owned(), known });
                };
                if let Some(first) = begun.insert(name, line) {
                    return Err(Fault::Repeated { line, name: name.to_owned(), first });
                }
                filled.push_str(text);
                push(&mut filled, block, line_end(text));
                open = Some((name, line));
            }
            (Some(Mark::End(name)), Some((opened, _))) if name == opened => {
                filled.push_str(text);
                open = None;
            }
            (Some(Mark::End(name)), _) => {
                return Err(Fault::Stray { line, name: name.to_owned() });
            }
        }
    }
    if let Some((name, line)) = open {
        return Err(Fault::Unclosed { line, name: name.to_owned() });
    }
    match blocks.keys().find(|name| !begun.contains_key(**name)) {
        Some(name) => Err(Fault::Missing { name: (*name).to_owned() }),
        None => Ok(filled),
    }
}

enum Mark<'a> {
    Begin(&'a str),
    End(&'a str),
}

fn mark(text: &str, line: usize) -> Result<Option<Mark<'_>>, Fault> {
    let bare = text.trim_end_matches(['\r', '\n']);
    let looks = bare.trim_start();
    if !looks.starts_with(COMMENT) || !looks.contains(OURS) {
        return Ok(None);
    }
    let name = |lead: &str| bare.strip_prefix(lead)?.strip_suffix(CLOSE).filter(|n| is_name(n));
    match (name(BEGIN), name(END)) {
        (Some(name), _) => Ok(Some(Mark::Begin(name))),
        (None, Some(name)) => Ok(Some(Mark::End(name))),
        (None, None) => Err(Fault::Malformed { line }),
    }
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(plain)
}

/// Adds a block in the line ends of the page, the last one included.
fn push(filled: &mut String, block: &str, end: &str) {
    for line in block.lines() {
        filled.push_str(line);
        filled.push_str(end);
    }
}

fn line_end(text: &str) -> &'static str {
    if text.ends_with("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Blocks {
        BTreeMap::from([("one", "new\n".to_owned()), ("two", String::new())])
    }

    const PAGE: &str = "# Ä\n\n<!-- tailguard:begin one -->\nold\n<!-- tailguard:end one -->\n  text \
                        \n<!-- tailguard:begin two -->\n<!-- tailguard:end two -->\nlast";

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let filled = fill(PAGE, &blocks()).unwrap();
        assert_eq!(filled, PAGE.replace("\nold\n", "\nnew\n"));
        assert_eq!(fill(&filled, &blocks()).unwrap(), filled, "filling twice changes nothing");
    }

    #[test]
    fn line_ends_stay_as_the_page_has_them() {
        let windows = PAGE.replace('\n', "\r\n");
        let filled = fill(&windows, &blocks()).unwrap();
        assert_eq!(filled, windows.replace("old", "new"));
    }

    #[test]
    fn markers_that_are_not_in_order_are_refused() {
        let begin = |name: &str| format!("<!-- tailguard:begin {name} -->\n");
        let end = |name: &str| format!("<!-- tailguard:end {name} -->\n");
        let one = begin("one") + &end("one");
        let two = begin("two") + &end("two");
        let cases = [
            (begin("three"), "line 1 begins block \"three\", which this page does not have"),
            (format!("{one}{two}{one}"), "line 5 begins block \"one\" again"),
            (begin("one") + &two, "line 2 begins block \"two\" inside block \"one\""),
            (begin("one") + "text", "block \"one\" of line 1 does not end"),
            (begin("one") + &end("two"), "line 2 ends block \"two\""),
            (end("one"), "line 1 ends block \"one\", which does not begin"),
            (one.clone(), "block \"two\" is missing"),
            (one.replace("<!-- t", "  <!-- t"), "line 1 is no marker"),
            (one.replace("<!-- t", "<!--t"), "line 1 is no marker"),
            (one.replace("begin one -->", "begin one --> text"), "line 1 is no marker"),
            (one.replace("begin one", "begin One"), "line 1 is no marker"),
            (one.replace("begin", "start"), "line 1 is no marker"),
            (one.replace(" -->", " --> "), "line 1 is no marker"),
        ];
        for (page, expected) in cases {
            let message = fill(&page, &blocks()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{page:?}: {message}");
            assert!(message.contains("\nhint: "), "{message}");
        }
    }

    #[test]
    fn a_marker_inside_a_sentence_is_text() {
        let page = format!("Write `<!-- tailguard:begin one -->`.\n<!-- a comment -->\n{PAGE}");
        assert!(
            fill(&page, &blocks()).unwrap().starts_with("Write `<!-- tailguard:begin one -->`.")
        );
    }
}
