//! Columns of text that line up whatever the width of their characters.

use unicode_width::UnicodeWidthStr;

/// On which side a column's cells are padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// The gap between two columns.
pub(super) const GAP: usize = 2;

/// Columns a text takes in a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The widest of some texts.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(width).max().unwrap_or(0)
}

/// A text of exactly `columns`: padded, or cut with `…`.
pub(super) fn fit(text: &str, columns: usize, align: Align) -> String {
    let text = cut(text, columns);
    let padding = " ".repeat(columns.saturating_sub(width(&text)));
    match align {
        Align::Left => text + &padding,
        Align::Right => padding + &text,
    }
}

/// The least that a name is cut to.
const LEAST_NAME: usize = 12;

/// No number is longer: what is, are words, which are cut before names are.
const LONGEST_NUMBER: usize = 32;

/// A grid as lines: names left and numbers right, the latter whole. Where lines would be too long, other
/// words are cut first, then names.
pub(super) fn aligned(grid: &[Vec<String>], total: usize) -> Vec<String> {
    let columns = grid.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| widest(grid.iter().filter_map(|r| r.get(at)).map(String::as_str));
    let mut widths: Vec<_> = (0..columns).map(width).collect();
    let excess = |widths: &[usize]| {
        let gaps = GAP * widths.len().saturating_sub(1) + 2;
        (widths.iter().sum::<usize>() + gaps).saturating_sub(total)
    };
    for column in 1..columns {
        let words = widths[column].max(LONGEST_NUMBER);
        let cut = excess(&widths).min(words - LONGEST_NUMBER);
        widths[column] -= cut;
    }
    let name_excess = excess(&widths);
    if let Some(name) = widths.first_mut() {
        *name = (*name).min(name.saturating_sub(name_excess).max(LEAST_NAME));
    }
    grid.iter()
        .map(|row| {
            let cells: Vec<_> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(at, (cell, &width))| {
                    fit(cell, width, if at == 0 { Align::Left } else { Align::Right })
                })
                .collect();
            cells.join(&" ".repeat(GAP)).trim_end().to_owned()
        })
        .collect()
}

/// Words laid out in lines of at most `columns`, each indented; a longer word has its own line.
pub(super) fn wrap(text: &str, columns: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = width(word);
        if used > 0 && used + 1 + needed <= columns {
            out.push(' ');
            used += 1 + needed;
        } else {
            if used > 0 {
                out.push('\n');
            }
            out.push_str(&" ".repeat(indent));
            used = indent + needed;
        }
        out.push_str(word);
    }
    out
}

fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        // The width of the whole text counts, because characters can join.
        if width(&out) + 1 > columns {
            out.pop();
            break;
        }
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_before_names_and_numbers_never() {
        let row = |name: &str, number: &str, words: &str| {
            vec![name.to_owned(), number.to_owned(), words.to_owned()]
        };
        let grid = [row("organisations per instance", "at least 140", &"why ".repeat(20))];
        let line = &aligned(&grid, 80)[0];
        assert!(width(line) <= 80 && line.contains("organisations per instance"), "{line}");
        assert!(line.contains("at least 140") && line.ends_with('…'), "{line}");
        let line = &aligned(&grid, 60)[0];
        assert!(line.starts_with("organis") && line.contains("at least 140"), "{line}");
    }

    #[test]
    fn wide_characters_keep_columns_aligned() {
        for text in ["読み取り", "read", "🚀🚀🚀🚀🚀", "é", "", "a\u{301}bcdefghij"]
        {
            assert_eq!(width(&fit(text, 7, Align::Left)), 7, "{text}");
            assert_eq!(width(&fit(text, 7, Align::Right)), 7, "{text}");
        }
        assert_eq!(fit("読み取り", 6, Align::Left), "読み… ");
    }

    #[test]
    fn words_wrap_and_long_words_stay_whole() {
        assert_eq!(wrap("a bb ccc", 6, 2), "  a bb\n  ccc");
        assert_eq!(wrap("incomprehensible a", 6, 2), "  incomprehensible\n  a");
        assert_eq!(wrap("", 6, 2), "");
    }
}
