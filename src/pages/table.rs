//! Tables in Markdown.

/// On which side a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A table: heads, and rows of as many cells that are Markdown already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    heads: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heads: &[(&str, Side)]) -> Self {
        let heads = heads.iter().map(|(head, side)| ((*head).to_owned(), *side)).collect();
        Self { heads, rows: Vec::new() }
    }

    pub(super) fn add(&mut self, head: &str, side: Side) {
        self.heads.push((head.to_owned(), side));
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table, and an empty line below it; nothing without rows.
    pub(super) fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let heads: Vec<&str> = self.heads.iter().map(|(head, _)| head.as_str()).collect();
        let rules = self.heads.iter().map(|(_, side)| match side {
            Side::Left => "---",
            Side::Right => "---:",
        });
        let mut text = line(&heads) + &line(&rules.collect::<Vec<_>>());
        for cells in &self.rows {
            text.push_str(&line(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        text.push('\n');
        text
    }
}

fn line(cells: &[&str]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(cell);
        if !cell.is_empty() {
            line.push(' ');
        }
        line.push('|');
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_their_heads() {
        let mut table = Table::new(&[("row", Side::Left)]);
        assert_eq!(table.markdown(), "");
        table.add("p95", Side::Right);
        table.row(vec!["`a`".to_owned(), "1.00 ms".to_owned()]);
        table.row(vec!["`b`".to_owned(), String::new()]);
        assert_eq!(
            table.markdown(),
            "| row | p95 |\n| --- | ---: |\n| `a` | 1.00 ms |\n| `b` | |\n\n"
        );
    }
}
