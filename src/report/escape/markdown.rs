//! Text in GitHub-flavoured Markdown.

use super::visible::{LONGEST_NAME, visible};

/// The longest address that becomes a link, in bytes.
const LONGEST_ADDRESS: usize = 500;

/// A foreign name in Markdown: inside `<code>`, with nothing left in it that Markdown or GitHub takes for
/// markup, a mention, a reference or a link.
///
/// GitHub resolves mentions and references on decoded text, where entities no longer help; a
/// zero-width space after the sign does.
pub(in crate::report) fn markdown_code(text: &str, longest: usize) -> String {
    let mut out = String::from("<code>");
    let shown = visible(text, longest);
    let mut rest = shown.as_str();
    while let Some(c) = rest.chars().next() {
        if starts_www(rest) {
            out.push_str("www\u{200b}");
            rest = rest.get(3..).unwrap_or("");
            continue;
        }
        match c {
            '@' => out.push_str("@\u{200b}"),
            '#' => out.push_str("#\u{200b}"),
            ':' => out.push_str("&#58;\u{200b}"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '`' | '*' | '_' | '~' | '\\' | '[' | ']' | '!' | '$' => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            c => out.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
    out.push_str("</code>");
    out
}

/// Words of ours in Markdown: numbers and punctuation that must not turn into markup.
///
/// They hold no names, but reasons that people wrote may be among them; what could notify someone
/// or become a link is broken there too.
pub(in crate::report) fn markdown_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let shown = visible(text, usize::MAX);
    let mut chars = shown.chars().peekable();
    while let Some(c) = chars.next() {
        let within_word =
            before.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric());
        match c {
            '@' => out.push_str("@\u{200b}"),
            '#' => out.push_str("#\u{200b}"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            ':' if chars.peek() == Some(&'/') => out.push_str(":\u{200b}"),
            '.' if before == 'w' || before == 'W' => out.push_str("\u{200b}."),
            '(' if before == ']' => out.push_str("&#40;"),
            '_' if within_word => out.push('_'),
            '|' | '`' | '*' | '~' | '\\' | '_' | '$' => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// A link of ours in Markdown, or, where the address is not plainly one, the address as a foreign name.
pub(in crate::report) fn markdown_link(words: &str, address: &str) -> String {
    if is_address(address) {
        format!("[{words}](<{}>)", address.replace('&', "&amp;"))
    } else {
        format!("{words}: {}", markdown_code(address, LONGEST_NAME))
    }
}

/// A fence that none of the lines can close.
pub(in crate::report) fn fence(lines: &[String]) -> String {
    let longest =
        lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}

/// Whether an address can stand in a link as it is.
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:?&=%+#".contains(c);
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty())
        && text.len() <= LONGEST_ADDRESS
        && text.chars().all(plain)
}

/// GitHub links whatever starts with `www.`, in any case.
fn starts_www(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_mentions_references_and_links_are_disarmed() {
        assert_eq!(
            markdown_code("a|b`c</code> @me #1", LONGEST_NAME),
            "<code>a&#124;b&#96;c&lt;/code&gt; @\u{200b}me #\u{200b}1</code>"
        );
        assert_eq!(markdown_code("http://x", LONGEST_NAME), "<code>http&#58;\u{200b}//x</code>");
        assert_eq!(markdown_code("Www.x", LONGEST_NAME), "<code>www\u{200b}.x</code>");
        assert_eq!(
            markdown_code("[a](b) **c**", LONGEST_NAME),
            "<code>&#91;a&#93;(b) &#42;&#42;c&#42;&#42;</code>"
        );
    }

    #[test]
    fn only_plain_addresses_become_links() {
        assert_eq!(
            markdown_link("run", "https://x.org/a?b=1&c=2"),
            "[run](<https://x.org/a?b=1&amp;c=2>)"
        );
        for odd in
            ["javascript:alert(1)", "https://", "https://x.org/>)", "https://x.org/ y", "//x.org"]
        {
            assert!(markdown_link("run", odd).starts_with("run: <code>"), "{odd}");
        }
    }

    #[test]
    fn no_line_closes_its_fence() {
        assert_eq!(fence(&["a".to_owned()]), "```");
        assert_eq!(fence(&["`````".to_owned(), "x ````".to_owned()]), "``````");
    }
}
