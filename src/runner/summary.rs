//! The summary of a step: Markdown, appended to a file that the runner shows on the run's page.

use std::path::Path;

use super::append::Log;
use super::error::Error;

/// The most that the file may hold after this, in bytes. The runner drops a whole summary of more
/// than 1024 * 1024 bytes and marks the step with an error; other programs of the step append too.
const BUDGET: u64 = 1_000_000;

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// All of it was appended.
    Whole,
    /// This many bytes at its end did not fit; a line in their place says so, where even that fits.
    Cut {
        /// In bytes.
        left_out: usize,
    },
}

/// Appends Markdown to the step's summary, as whole lines, within 1,000,000 bytes for the file.
///
/// Where the text is cut, what it had opened (`<details>`, a code fence) is closed.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn append_summary(path: &Path, markdown: &str) -> Result<Appended, Error> {
    let failed =
        |source| Error::Write { variable: "GITHUB_STEP_SUMMARY", path: path.to_owned(), source };
    let log = Log::open(path).map_err(failed)?;
    // A blank line, or the first line would belong to what was written before.
    let gap = match (log.size, log.at_line_start) {
        (0, _) => "",
        (_, true) => "\n",
        (_, false) => "\n\n",
    };
    let room = BUDGET.saturating_sub(log.size).saturating_sub(gap.len() as u64);
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let (text, appended) = fitted(markdown, room);
    if !text.is_empty() {
        log.append(&format!("{gap}{text}")).map_err(failed)?;
    }
    Ok(appended)
}

/// The text with a line's end, or as many of its lines as fit with a line that says so.
fn fitted(markdown: &str, room: usize) -> (String, Appended) {
    let whole = markdown.trim_end_matches('\n');
    if whole.is_empty() {
        return (String::new(), Appended::Whole);
    }
    if whole.len() < room {
        return (format!("{whole}\n"), Appended::Whole);
    }
    let mut kept = 0;
    let mut open = Open::default();
    let mut ending = ending(open, whole.len());
    for line in whole.split_inclusive('\n') {
        let next = open.after(line);
        let next_ending = self::ending(next, whole.len() - kept - line.len());
        if kept + line.len() + next_ending.len() > room {
            break;
        }
        (kept, open, ending) = (kept + line.len(), next, next_ending);
    }
    let appended = Appended::Cut { left_out: whole.len() - kept };
    if kept + ending.len() > room {
        return (String::new(), appended);
    }
    let (kept, _) = whole.split_at(kept);
    (format!("{kept}{ending}"), appended)
}

/// What a text has opened and not closed. Names from results cannot open anything: they are
/// written with entities.
#[derive(Clone, Copy, Default)]
struct Open {
    folds: usize,
    fence: bool,
}

impl Open {
    fn after(self, line: &str) -> Self {
        if line.trim_start().starts_with("```") {
            return Self { fence: !self.fence, ..self };
        }
        if self.fence {
            return self;
        }
        let opened = line.matches("<details").count();
        let closed = line.matches("</details>").count();
        Self { folds: (self.folds + opened).saturating_sub(closed), ..self }
    }
}

fn ending(open: Open, left_out: usize) -> String {
    let fence = if open.fence { "```\n" } else { "" };
    let folds = "\n</details>\n".repeat(open.folds);
    format!(
        "{fence}{folds}\n_The summary of a step has to be short: {left_out} more bytes were left out here._\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Appended, BUDGET, append_summary, fitted};
    use std::fs;

    #[test]
    fn texts_are_appended_apart_from_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary");
        fs::write(&path, "another program").unwrap();
        assert_eq!(append_summary(&path, "# one\n").unwrap(), Appended::Whole);
        assert_eq!(append_summary(&path, "# two").unwrap(), Appended::Whole);
        assert_eq!(append_summary(&path, "\n").unwrap(), Appended::Whole);
        assert_eq!(fs::read_to_string(&path).unwrap(), "another program\n\n# one\n\n# two\n");
    }

    #[test]
    fn what_does_not_fit_is_said_and_the_file_stays_within_the_budget() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary");
        fs::write(&path, "x".repeat(999_000)).unwrap();
        let row = "| a row with an ü | 1 |\n";
        let cut = append_summary(&path, &row.repeat(100)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.len() as u64 <= BUDGET, "{}", text.len());
        let kept = text.matches(row).count();
        assert!(kept > 30, "{kept} rows of {} bytes were kept", row.len());
        let left_out = row.len() * (100 - kept) - 1;
        assert_eq!(cut, Appended::Cut { left_out });
        assert!(text.ends_with(&format!("\n_The summary of a step has to be short: {left_out} more bytes were left out here._\n")), "{}", &text[text.len() - 200..]);
        // Full: not even the line fits, and nothing is written.
        fs::write(&path, "x".repeat(1_000_000)).unwrap();
        assert_eq!(append_summary(&path, "more").unwrap(), Appended::Cut { left_out: 4 });
        assert_eq!(fs::metadata(&path).unwrap().len(), 1_000_000);
    }

    #[test]
    fn a_cut_closes_what_was_open() {
        let text = format!(
            "<details><summary>all</summary>\n\n```\n{}```\n</details>\n",
            "<details>\n".repeat(100)
        );
        let (cut, _) = fitted(&text, 400);
        assert!(cut.len() <= 400);
        assert_eq!(cut.matches("```").count(), 2);
        assert!(cut.contains("```\n\n</details>\n\n_The summary"), "{cut}");
    }
}
