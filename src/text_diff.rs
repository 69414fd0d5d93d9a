//! Two versions of a text as a unified diff.

use similar::TextDiff;

/// Which texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions<'a> {
    /// What both are called, usually a path relative to the repository.
    pub name: &'a str,
    /// The text as it is.
    pub old: &'a str,
    /// The text as it would be.
    pub new: &'a str,
}

/// Unchanged lines shown around each change.
const CONTEXT: usize = 3;

/// The unified diff of two versions, with a header of `a/NAME` and `b/NAME`; empty if they are the
/// same.
#[must_use]
pub fn unified(versions: Versions<'_>) -> String {
    let Versions { name, old, new } = versions;
    if old == new {
        return String::new();
    }
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(unified(Versions { name: "x", old: "a\n", new: "a\n" }), "");
    }

    #[test]
    fn changes_stand_in_three_lines_of_context() {
        // As `diff -u` prints it, but for the names in the header.
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        let expected = "--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(unified(Versions { name: "x", old, new }), expected);
    }

    #[test]
    fn a_missing_newline_at_the_end_is_told() {
        let diff = unified(Versions { name: "x", old: "a\n", new: "a" });
        assert!(diff.contains("\\ No newline at end of file"), "{diff}");
    }
}
