//! Pages of the documentation: text of people, with blocks between markers that are generated.

/// A page with another text in its block of that name; `None` where it lacks the block's markers.
#[must_use]
pub fn replaced(page: &str, name: &str, block: &str) -> Option<String> {
    let (begin, end) =
        (format!("<!-- tailguard:begin {name} -->"), format!("<!-- tailguard:end {name} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{block}{end}{after}"))
}

/// Text of a result file as a cell of a table.
#[must_use]
pub fn plain(text: &str) -> String {
    let odd = |c: char| c.is_control() || "|<>[]`*\\".contains(c);
    text.chars().map(|c| if odd(c) { ' ' } else { c }).collect()
}
