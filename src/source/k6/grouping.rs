//! Which tags make a row, and how a row is called.

use crate::measure::Tags;

/// Shown in a row's id where a request lacks a grouping tag.
const NONE: &str = "(none)";

/// Shown as the id of a row that no tag distinguishes.
pub(super) const ALL: &str = "(all)";

/// The tag that names a scenario.
pub(super) const SCENARIO: &str = "scenario";

const NAME: &str = "name";
const CATEGORY: &str = "category";

/// Which tags make a row.
#[derive(Debug, Clone)]
pub(super) struct Grouping {
    /// In the order of display. All are part of every row, but for an absent [`CATEGORY`] where
    /// the user named none.
    keys: Vec<String>,
    named_by_user: bool,
}

impl Grouping {
    /// The user's tags, else scenario and name, plus category where present.
    pub(super) fn new(group_by: Option<&[String]>) -> Self {
        let mut keys: Vec<String> = Vec::new();
        for key in group_by.unwrap_or(&[SCENARIO, NAME, CATEGORY].map(str::to_owned)) {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        Self { keys, named_by_user: group_by.is_some() }
    }

    /// The keys that the user named, in the order of display.
    pub(super) fn named_keys(&self) -> &[String] {
        if self.named_by_user { &self.keys } else { &[] }
    }

    /// The tags of a request's row.
    pub(super) fn of_request(&self, tags: &Tags) -> Tags {
        let value = |key: &String| match tags.get(key) {
            Some(value) => Some(value.clone()),
            None if !self.named_by_user && key == CATEGORY => None,
            None => Some(String::new()),
        };
        self.keys.iter().filter_map(|key| Some((key.clone(), value(key)?))).collect()
    }

    /// The grouping tags that a point carries which belongs to no request.
    pub(super) fn of_other(&self, tags: &Tags) -> Tags {
        let keys = self.keys.iter();
        keys.filter_map(|key| Some((key.clone(), tags.get(key)?.clone()))).collect()
    }

    /// The id of a row: its values joined by ` / ` in the order of display.
    pub(super) fn id(&self, tags: &Tags) -> String {
        join(self.keys.iter().filter_map(|key| tags.get(key)))
    }
}

/// Values joined by ` / `, with words for an empty value and for no value at all.
pub(super) fn join<'a>(values: impl Iterator<Item = &'a String>) -> String {
    let shown: Vec<&str> = values.map(|v| if v.is_empty() { NONE } else { v.as_str() }).collect();
    if shown.is_empty() { ALL.to_owned() } else { shown.join(" / ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn category_joins_the_default_only_where_present() {
        let grouping = Grouping::new(None);
        let bare = grouping.of_request(&tags(&[("scenario", "s"), ("name", "n"), ("url", "u")]));
        assert_eq!(grouping.id(&bare), "s / n");
        let full = grouping.of_request(&tags(&[("scenario", "s"), ("category", "read")]));
        assert_eq!(grouping.id(&full), "s / (none) / read");
    }

    #[test]
    fn named_keys_keep_their_order_and_stand_for_absent_tags() {
        let keys = ["status".to_owned(), "method".to_owned(), "status".to_owned()];
        let grouping = Grouping::new(Some(&keys));
        let row = grouping.of_request(&tags(&[("status", "200")]));
        assert_eq!(row, tags(&[("method", ""), ("status", "200")]));
        assert_eq!(grouping.id(&row), "200 / (none)");
        assert_eq!(grouping.of_other(&tags(&[("check", "c")])), Tags::new());
        assert_eq!(Grouping::new(Some(&[])).id(&Tags::new()), "(all)");
    }
}
