//! What is asked of GitHub: one request, and the words for it.

use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::clean::clean;

/// The longest answer that is read where a call says nothing else, in bytes.
pub(super) const ANSWER_LIMIT: u64 = 16 << 20;

/// One request. `doing` completes "cannot …"; `needs` is the permission it takes, in the words of a
/// workflow file.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) doing: String,
    pub(super) needs: &'static str,
    pub(super) limit: u64,
}

impl Call {
    pub(super) fn get(path: String, needs: &'static str, doing: String) -> Self {
        Self::new(Method::GET, path, None, needs, &doing)
    }

    pub(super) fn post(path: String, body: Value, needs: &'static str, doing: String) -> Self {
        Self::new(Method::POST, path, Some(body), needs, &doing)
    }

    pub(super) fn patch(path: String, body: Value, needs: &'static str, doing: String) -> Self {
        Self::new(Method::PATCH, path, Some(body), needs, &doing)
    }

    /// The longest answer of this status that is read: a limit on an artifact is none on the words
    /// of a refusal.
    pub(super) fn limit_of(&self, status: StatusCode) -> u64 {
        if status.is_success() { self.limit } else { ANSWER_LIMIT }
    }

    fn new(
        method: Method,
        path: String,
        body: Option<Value>,
        needs: &'static str,
        doing: &str,
    ) -> Self {
        // It names branches and files, whose names others choose.
        Self { method, path, body, doing: clean(doing), needs, limit: ANSWER_LIMIT }
    }
}

/// What RFC 3986 leaves unreserved; everything else in a path part or a value is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One part of a path, or one value of a query.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_query_marks_in_names_stay_names() {
        assert_eq!(encode("feature/a b?c#d&e%é"), "feature%2Fa%20b%3Fc%23d%26e%25%C3%A9");
        assert_eq!(encode("v1.0-rc_2~x"), "v1.0-rc_2~x");
    }
}
