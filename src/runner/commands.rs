//! Annotations as workflow commands: lines on stdout that the runner understands.

/// How many annotations of a kind the runner takes from one step; it drops the others.
const MOST: usize = 10;
/// The longest message, in characters; the runner cuts what is longer.
const LONGEST_MESSAGE: usize = 4096;
/// The longest property, in characters.
const LONGEST_PROPERTY: usize = 1024;

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Makes the step look failed.
    Error,
    /// Something to look at.
    Warning,
    /// Something to know.
    Notice,
}

/// A message at a line of a file, or at the workflow itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// How loud.
    pub level: Level,
    /// A path from the repository's root.
    pub file: Option<String>,
    /// A line of it, from 1.
    pub line: Option<u64>,
    /// What stands above the message.
    pub title: String,
    /// May have several lines.
    pub message: String,
}

/// The annotations as lines for stdout, in their order: at most 10 of each level, and one line that
/// counts the others.
///
/// Escaped as `actions/runner` takes it apart: `%`, CR and LF in messages; `:` and `,` too in
/// properties. Other control characters, and those that turn the direction of text, are dropped.
#[must_use]
pub fn commands(annotations: &[Annotation]) -> String {
    let mut text = String::new();
    let mut left_out = Vec::new();
    let mut shown = [0_usize; 3];
    for annotation in annotations {
        let (kind, place) = match annotation.level {
            Level::Error => ("error", 0),
            Level::Warning => ("warning", 1),
            Level::Notice => ("notice", 2),
        };
        shown[place] += 1;
        if shown[place] > MOST {
            continue;
        }
        text.push_str(&command(kind, annotation));
    }
    for (kind, count) in ["error", "warning", "notice"].into_iter().zip(shown) {
        match count.saturating_sub(MOST) {
            0 => {}
            1 => left_out.push(format!("1 more {kind}")),
            more => left_out.push(format!("{more} more {kind}s")),
        }
    }
    if !left_out.is_empty() {
        let left_out = left_out.join(", ");
        text.push_str(&format!("{left_out}: a step can show {MOST} annotations of a kind\n"));
    }
    text
}

fn command(kind: &str, annotation: &Annotation) -> String {
    let line = annotation.line.map(|line| line.to_string());
    let properties = [
        ("file", annotation.file.as_deref()),
        // A line of no file would point into the workflow.
        ("line", line.as_deref().filter(|_| annotation.file.is_some())),
        ("title", Some(annotation.title.as_str())),
    ];
    let properties: Vec<String> = properties
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| (name, escaped(value, LONGEST_PROPERTY, of_property)))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let gap = if properties.is_empty() { "" } else { " " };
    let message = escaped(&annotation.message, LONGEST_MESSAGE, of_data);
    format!("::{kind}{gap}{}::{message}\n", properties.join(","))
}

/// At most `most` characters, escapes counted as they are written; none of them is cut in two.
fn escaped(text: &str, most: usize, escape: fn(char) -> Option<&'static str>) -> String {
    let mut escaped = String::new();
    let mut length = 0;
    // How much of it leaves room for the sign that something was cut.
    let mut keep = 0;
    for character in text.chars().filter(|c| !is_unseen(*c)) {
        match escape(character) {
            Some(code) => {
                escaped.push_str(code);
                length += code.len();
            }
            None => {
                escaped.push(character);
                length += 1;
            }
        }
        if length < most {
            keep = escaped.len();
        }
        if length > most {
            escaped.truncate(keep);
            escaped.push('…');
            break;
        }
    }
    escaped
}

fn of_data(character: char) -> Option<&'static str> {
    match character {
        '%' => Some("%25"),
        '\r' => Some("%0D"),
        '\n' => Some("%0A"),
        _ => None,
    }
}

fn of_property(character: char) -> Option<&'static str> {
    match character {
        ':' => Some("%3A"),
        ',' => Some("%2C"),
        other => of_data(other),
    }
}

fn is_unseen(character: char) -> bool {
    (character.is_control() && !matches!(character, '\r' | '\n' | '\t'))
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::{Annotation, Level, commands};

    fn annotation(level: Level, title: &str, message: &str) -> Annotation {
        Annotation {
            level,
            file: None,
            line: None,
            title: title.to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn properties_and_messages_are_escaped_apart() {
        let text = commands(&[Annotation {
            level: Level::Error,
            file: Some("load/a,b.js".to_owned()),
            line: Some(3),
            title: "api: 100%\nslower".to_owned(),
            message: "read, write: 50%\r\n::stop-commands::x\u{202e}\u{1b}[31m".to_owned(),
        }]);
        assert_eq!(
            text,
            "::error file=load/a%2Cb.js,line=3,title=api%3A 100%25%0Aslower::read, write: 50%25%0D%0A::stop-commands::x[31m\n"
        );
    }

    #[test]
    fn what_is_not_there_is_not_named() {
        let mut bare = annotation(Level::Notice, "", "steady");
        bare.line = Some(1);
        assert_eq!(commands(&[bare]), "::notice::steady\n");
        assert_eq!(commands(&[]), "");
    }

    #[test]
    fn the_eleventh_of_a_kind_is_counted() {
        let many: Vec<Annotation> = (0..25)
            .map(|i| match i {
                0..12 => annotation(Level::Error, "e", "m"),
                12..24 => annotation(Level::Warning, "w", "m"),
                _ => annotation(Level::Notice, "n", "m"),
            })
            .collect();
        let text = commands(&many);
        assert_eq!(text.matches("::error ").count(), 10);
        assert_eq!(text.matches("::warning ").count(), 10);
        assert_eq!(text.matches("::notice ").count(), 1);
        assert!(
            text.ends_with(
                "2 more errors, 2 more warnings: a step can show 10 annotations of a kind\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_long_message_is_cut_between_escapes() {
        for length in 4090..4100 {
            let message = format!("{}{}", "a".repeat(length % 3), "%".repeat(length));
            let text = commands(&[annotation(Level::Error, "", &message)]);
            let shown = text.trim_end().strip_prefix("::error::").unwrap();
            assert!((4090..=4096).contains(&shown.chars().count()), "{}", shown.chars().count());
            let body = shown.strip_suffix('…').unwrap().trim_start_matches('a');
            assert!(body.as_bytes().chunks(3).all(|escape| escape == b"%25"), "{body}");
        }
        let exact = "ü".repeat(4096);
        assert_eq!(
            commands(&[annotation(Level::Error, "", &exact)]),
            format!("::error::{exact}\n")
        );
    }
}
