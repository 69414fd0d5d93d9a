//! Which rows an entry of the configuration is about.

use std::collections::BTreeMap;
use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use crate::measure::{Metric, Tags, Tool, Unit};

/// One metric of one row, as entries of the configuration see it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The suite's name.
    pub suite: &'a str,
    /// The tool that measured the row.
    pub tool: Tool,
    /// The row's display id.
    pub id: &'a str,
    /// The row's tags.
    pub tags: &'a Tags,
    /// The metric.
    pub metric: Metric,
    /// The unit of the row's times; other metrics have their own, see [`Metric::unit`].
    pub unit: Unit,
}

/// Which rows and metrics an entry is about. Whatever is left out leaves nothing out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scope {
    /// The suite, by its exact name.
    pub suite: Option<String>,
    /// The display id.
    pub row: Option<Pattern>,
    /// Tags that a row must have, with these values.
    pub tags: BTreeMap<String, Pattern>,
    /// Metrics; every one where empty.
    pub metrics: Vec<Metric>,
    /// Texts or globs over `SUITE/ROW`, of which one must match; every row where empty.
    pub rows: Vec<Pattern>,
}

impl Scope {
    /// Whether the entry is about this metric of this row.
    #[must_use]
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        self.suite.as_deref().is_none_or(|suite| suite == subject.suite)
            && self.row.as_ref().is_none_or(|row| row.matches(subject.id))
            && (self.metrics.is_empty() || self.metrics.contains(&subject.metric))
            && (self.rows.is_empty() || {
                let path = format!("{}/{}", subject.suite, subject.id);
                self.rows.iter().any(|row| row.matches(&path))
            })
            && self.tags.iter().all(|(key, wanted)| {
                subject.tags.get(key).is_some_and(|value| wanted.matches(value))
            })
    }
}

/// An exact text or a glob. In a glob `*` stands for any text, `/` included: row ids are not paths.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// The longest pattern, in bytes. It bounds the size of the compiled matcher.
    pub const LONGEST: usize = 1000;

    /// Compiles a pattern.
    ///
    /// # Errors
    /// Why the text is not a glob: a lowercase fragment.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > Self::LONGEST {
            return Err(format!("a pattern of {} bytes", text.len()));
        }
        let glob = GlobBuilder::new(text)
            .literal_separator(false)
            .backslash_escape(true)
            .empty_alternates(true)
            .build()
            .map_err(|error| error.kind().to_string())?;
        Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// Whether the text has nothing in it that a glob takes for more than itself.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.text.contains(['*', '?', '[', '{', '\\'])
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `text` is the pattern's own text, or what the glob describes. The first makes an id
    /// that was copied from a report match itself, whatever brackets it has.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.text == text || self.matcher.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
