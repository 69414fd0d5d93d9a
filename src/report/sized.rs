//! A document of whole lines that fits a limit: lines are left out by priority, never broken.

use super::number::count;

/// A stretch of lines between an opening and a closing, both of which go with the last line.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// What stands before the lines, with its line breaks.
    pub(super) open: String,
    /// The lines, without line breaks; the last are left out first.
    pub(super) lines: Vec<String>,
    /// What stands after the lines, with its line breaks.
    pub(super) close: String,
    /// What one line is, to count what was left out: `row`.
    pub(super) thing: &'static str,
    /// What all lines have in common, if the count should say so: `without need for action`.
    pub(super) kind: &'static str,
    /// The order in which parts give way: low goes first.
    pub(super) rank: u8,
    /// Lines that stay until every part is down to what it keeps.
    pub(super) keep: usize,
}

/// The document: `head`, then the parts in order, in at most `limit` bytes. `more` says where what
/// was left out can be found, as Markdown.
///
/// Bytes of UTF-8 bound characters and UTF-16 units as well. `None` where not even the head fits.
pub(super) fn fit(head: &str, parts: &[Part], limit: usize, more: &str) -> Option<String> {
    let mut kept: Vec<Kept> = parts.iter().map(Kept::all).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| parts.get(*at).map(|part| part.rank));
    let mut size = head.len();
    size += parts.iter().zip(&kept).map(|(part, kept)| kept.size(part, more)).sum::<usize>();
    for last_resort in [false, true] {
        for at in &order {
            let (Some(part), Some(kept)) = (parts.get(*at), kept.get_mut(*at)) else { continue };
            let least = if last_resort { 0 } else { part.keep };
            while size > limit && kept.lines > least {
                size -= kept.size(part, more);
                kept.drop_last(part);
                size += kept.size(part, more);
            }
        }
    }
    if size > limit {
        return None;
    }
    let mut out = String::with_capacity(size);
    out.push_str(head);
    for (part, kept) in parts.iter().zip(&kept) {
        kept.write(part, more, &mut out);
    }
    Some(out)
}

/// How much of a part is shown.
struct Kept {
    lines: usize,
    /// Bytes of these lines with their line breaks.
    bytes: usize,
}

impl Kept {
    fn all(part: &Part) -> Self {
        Self { lines: part.lines.len(), bytes: part.lines.iter().map(|line| line.len() + 1).sum() }
    }

    fn drop_last(&mut self, part: &Part) {
        self.lines = self.lines.saturating_sub(1);
        self.bytes -= part.lines.get(self.lines).map_or(0, |line| line.len() + 1);
    }

    fn size(&self, part: &Part, more: &str) -> usize {
        let shown =
            if self.lines == 0 { 0 } else { part.open.len() + self.bytes + part.close.len() };
        shown + self.left_out(part, more).len()
    }

    fn write(&self, part: &Part, more: &str, out: &mut String) {
        if self.lines > 0 {
            out.push_str(&part.open);
            for line in part.lines.iter().take(self.lines) {
                out.push_str(line);
                out.push('\n');
            }
            out.push_str(&part.close);
        }
        out.push_str(&self.left_out(part, more));
    }

    /// The paragraph that counts what was left out; nothing where nothing was.
    fn left_out(&self, part: &Part, more: &str) -> String {
        match part.lines.len().saturating_sub(self.lines) {
            0 => String::new(),
            n if part.kind.is_empty() => format!("\n{} more{more}\n", count(n, part.thing)),
            n => format!("\n{} more {}{more}\n", count(n, part.thing), part.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: usize, rank: u8, keep: usize) -> Part {
        Part {
            open: "\n<\n".to_owned(),
            lines: (0..n).map(|at| format!("row {at} of {rank}")).collect(),
            close: ">\n".to_owned(),
            thing: "row",
            rank,
            keep,
            ..Part::default()
        }
    }

    #[test]
    fn lines_give_way_in_order_of_rank_and_from_the_end() {
        let parts = [rows(3, 2, 1), rows(3, 1, 0)];
        let whole = fit("head\n", &parts, 1000, "").unwrap();
        assert_eq!(whole.len(), "head\n".len() + 2 * ("\n<\n>\n".len() + 3 * "row 0 of 2\n".len()));
        let less = fit("head\n", &parts, whole.len() - 1, "").unwrap();
        assert_eq!(
            less,
            "head\n\n<\nrow 0 of 2\nrow 1 of 2\nrow 2 of 2\n>\n\n<\nrow 0 of 1\n>\n\n2 rows more\n"
        );
        let least = fit("head\n", &parts, 61, ": there").unwrap();
        assert_eq!(least, "head\n\n<\nrow 0 of 2\n>\n\n2 rows more: there\n\n3 rows more: there\n");
    }

    #[test]
    fn no_limit_is_ever_exceeded() {
        let parts = [rows(40, 2, 5), rows(30, 1, 0), rows(20, 3, 20)];
        for limit in 0..1500 {
            match fit("head\n", &parts, limit, ": there") {
                Some(text) => assert!(text.len() <= limit, "{limit}: {}", text.len()),
                None => assert!(limit < 80, "{limit}"),
            }
        }
    }
}
