//! Where the numbers of a block came from: numbered where they stand, listed below.

use std::collections::BTreeSet;

use super::model::Source;
use crate::report::prose;

/// How a page leads to the files of the repository: `../../`; `None` where it cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way(pub(super) Option<String>);

/// The sources of one block, in the order in which they are first named.
#[derive(Debug, Default)]
pub(super) struct Sources<'a>(Vec<&'a Source>);

impl<'a> Sources<'a> {
    /// The number of a source; nothing without one.
    pub(super) fn mark(&mut self, source: Option<&'a Source>) -> String {
        self.marks(source)
    }

    /// The numbers of some sources: `1, 3`.
    pub(super) fn marks(&mut self, sources: impl IntoIterator<Item = &'a Source>) -> String {
        let mut numbers: Vec<usize> =
            sources.into_iter().map(|source| self.number(source)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// ` (source 1, 3)`; nothing without sources.
    pub(super) fn cited(&mut self, sources: impl IntoIterator<Item = &'a Source>) -> String {
        let marks = self.marks(sources);
        if marks.is_empty() { marks } else { format!(" (source {marks})") }
    }

    fn number(&mut self, source: &'a Source) -> usize {
        match self.0.iter().position(|known| is_same(known, source)) {
            Some(at) => at + 1,
            None => {
                self.0.push(source);
                self.0.len()
            }
        }
    }

    /// The list; nothing where nothing was named.
    pub(super) fn list(&self, way: &Way) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut text = String::from("Sources:\n\n");
        for (at, source) in self.0.iter().enumerate() {
            text.push_str(&format!("{}. {}\n", at + 1, described(source, way)));
        }
        text.push('\n');
        text
    }
}

/// One file of the same measurements, whatever the order of its commits and the words for its machine.
fn is_same(a: &Source, b: &Source) -> bool {
    let of = |source: &Source| -> BTreeSet<String> { source.commits.iter().cloned().collect() };
    a.file == b.file && a.date == b.date && of(a) == of(b)
}

/// A source in one line: its file as a link, commits, machine, day.
pub(super) fn described(source: &Source, way: &Way) -> String {
    let mut facts = Vec::new();
    match source.commits.as_slice() {
        [] => facts.push("commit not recorded".to_owned()),
        [one] => facts.push(format!("commit {}", prose::commit(one))),
        several => {
            let names: Vec<String> = several.iter().map(|name| prose::commit(name)).collect();
            facts.push(format!("commits {}", names.join(", ")));
        }
    }
    facts.push(source.machine.as_deref().map_or("machine not recorded".into(), prose::words));
    facts.push(source.date.as_deref().map_or("day not recorded".into(), prose::words));
    format!("{}: {}", file(&source.file, way), facts.join("; "))
}

/// A file as a link.
pub(super) fn file(file: &str, way: &Way) -> String {
    let name = prose::path(file);
    // What would have to be quoted in a link is only named.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
    match &way.0 {
        Some(way) if !file.is_empty() && !file.starts_with('/') && file.chars().all(plain) => {
            format!("[{name}]({way}{file})")
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(file: &str) -> Source {
        Source {
            file: file.to_owned(),
            commits: vec!["eef069aef6b8affa7d998653ade2b03e11c3b183".to_owned()],
            machine: Some("linux, 2 cores".to_owned()),
            date: Some("2026-11-25".to_owned()),
        }
    }

    #[test]
    fn a_source_has_one_number() {
        let (a, b) = (source("a.json"), source("b c.json"));
        let both = [b.clone(), a.clone()];
        let mut sources = Sources::default();
        assert_eq!(sources.mark(Some(&a)), "1");
        assert_eq!(sources.mark(None), "");
        assert_eq!(sources.marks(&both), "1, 2");
        assert_eq!(sources.cited(&both), " (source 1, 2)");
        assert_eq!(sources.cited([]), "");
        let same = Source { machine: Some("linux-2c".to_owned()), ..a.clone() };
        assert_eq!(sources.mark(Some(&same)), "1");
        let way = Way(Some("../../".to_owned()));
        assert_eq!(
            sources.list(&way),
            "Sources:\n\n1. [`a.json`](../../a.json): commit `eef069aef6`; linux, 2 cores; \
             2026-11-25\n2. `b c.json`: commit `eef069aef6`; linux, 2 cores; 2026-11-25\n\n"
        );
    }

    #[test]
    fn what_is_not_known_is_said() {
        let bare = Source { file: "x".to_owned(), ..Source::default() };
        assert_eq!(
            described(&bare, &Way(None)),
            "`x`: commit not recorded; machine not recorded; day not recorded"
        );
    }
}
