//! Text in XML and HTML.

use super::visible::visible;

/// Text for XML or HTML, in content or in a quoted attribute.
pub(in crate::report) fn xml(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for c in visible(text, longest).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out.replace("##[", "##&#91;")
}

#[cfg(test)]
mod tests {
    use super::super::LONGEST_NAME;
    use super::*;

    #[test]
    fn xml_has_only_legal_characters_and_entities() {
        assert_eq!(
            xml("<a b=\"c\">\u{0}\u{fffe}&'", LONGEST_NAME),
            "&lt;a b=&quot;c&quot;&gt;&amp;&#39;"
        );
    }
}
