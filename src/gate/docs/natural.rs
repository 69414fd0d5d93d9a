//! The order in which people count: 2 before 12, as numbers and within texts.

use std::cmp::Ordering;

use crate::measure::Tags;

/// The natural order of tags, by their names and then by their values.
pub(super) fn tags(a: &Tags, b: &Tags) -> Ordering {
    let values = a.iter().zip(b).map(|(a, b)| a.0.cmp(b.0).then_with(|| texts(a.1, b.1)));
    values.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
}

/// The natural order of texts: numbers by their size and before all else; of other texts their digits
/// by the number that they make. Different texts are never equal.
pub(super) fn texts(a: &str, b: &str) -> Ordering {
    let order = match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => parts(a).cmp(parts(b)),
    };
    order.then_with(|| a.cmp(b))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A part of a text: all digits, or none.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// Without zeros in front, so that more digits are a larger number.
    Number(usize, &'a str),
    Words(&'a str),
}

fn parts(mut text: &str) -> impl Iterator<Item = Part<'_>> {
    std::iter::from_fn(move || {
        let digits = text.chars().next()?.is_ascii_digit();
        let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
        let (part, rest) = text.split_at(end);
        text = rest;
        let significant = part.trim_start_matches('0');
        Some(match digits {
            true => Part::Number(significant.len(), significant),
            false => Part::Words(part),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut of: Vec<&str>) -> Vec<&str> {
        of.sort_by(|a, b| texts(a, b));
        of
    }

    #[test]
    fn numbers_are_in_the_order_of_their_size() {
        let texts = vec!["1", "12", "16", "2", "24", "3", "1.5", "-1", "1e3", "x"];
        assert_eq!(sorted(texts), ["-1", "1", "1.5", "2", "3", "12", "16", "24", "1e3", "x"]);
        let rows = vec!["2000 rows", "500 rows, 10 v 10", "12 rows", "500 rows, 5 v 5", "rows"];
        let expected = ["12 rows", "500 rows, 5 v 5", "500 rows, 10 v 10", "2000 rows", "rows"];
        assert_eq!(sorted(rows), expected);
    }

    #[test]
    fn different_texts_are_never_equal() {
        for (a, b) in [("1", "01"), ("1", "1.0"), ("a1", "a01"), ("", "0")] {
            assert_ne!(texts(a, b), Ordering::Equal, "{a} {b}");
            assert_eq!(texts(a, b), texts(b, a).reverse());
        }
        assert_eq!(texts("a 7", "a 7"), Ordering::Equal);
    }

    #[test]
    fn tags_are_compared_by_their_names_first() {
        let of = |tags: &[(&str, &str)]| -> Tags {
            tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let (two, twelve) = (of(&[("n", "2"), ("z", "b")]), of(&[("n", "12"), ("z", "a")]));
        assert_eq!(tags(&two, &twelve), Ordering::Less);
        assert_eq!(tags(&of(&[("a", "9")]), &two), Ordering::Less);
        assert_eq!(tags(&of(&[("n", "2")]), &two), Ordering::Less);
        assert_eq!(tags(&two, &two), Ordering::Equal);
    }
}
