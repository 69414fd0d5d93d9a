//! What a command is told of the rows that have to be measured again.

use std::collections::BTreeSet;

/// A regular expression that fits exactly these rows' names: for `$TAILGUARD_FILTER`, which is empty
/// where every row is wanted. criterion takes such a filter as its first argument.
pub(super) fn filter<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: BTreeSet<String> = names.map(|name| escaped(name)).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("^({})$", names.into_iter().collect::<Vec<_>>().join("|")),
    }
}

fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_literally() {
        assert_eq!(filter([].iter()), "");
        let names = ["b/2 (x)".to_owned(), "a".to_owned(), "a".to_owned()];
        assert_eq!(filter(names.iter()), r"^(a|b/2 \(x\))$");
    }
}
