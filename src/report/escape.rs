//! Names from result files are hostile text. Each dialect has its own way to disarm them.

/// The longest name that a person is asked to read, in characters.
pub(super) const LONGEST_NAME: usize = 120;

/// The longest message with names in it.
pub(super) const LONGEST_MESSAGE: usize = 600;

/// The longest address that becomes a link, in bytes.
const LONGEST_ADDRESS: usize = 500;

/// What stands for a name of which nothing can be shown.
const NAMELESS: &str = "(no name)";

/// A part of a line for a terminal: no control, escape or invisible characters.
pub(super) fn terminal(text: &str, longest: usize) -> String {
    visible(text, longest)
}

/// A whole line for a terminal, made of escaped parts, in which CI logs find no command.
///
/// They take `##[` anywhere and `::` at the start of a line for one. The latter is quoted at the
/// start of every word, because a word may come to start a line.
pub(super) fn no_command(line: &str) -> String {
    let words: Vec<_> = line
        .split(' ')
        .map(|word| if word.starts_with("::") { format!("'{word}") } else { word.to_owned() })
        .collect();
    words.join(" ").replace("##[", "# #[")
}

/// A foreign name in Markdown: inside `<code>`, with nothing left in it that Markdown or GitHub takes for
/// markup, a mention, a reference or a link.
///
/// GitHub resolves mentions and references on decoded text, where entities no longer help; a
/// zero-width space after the sign does.
pub(super) fn markdown_code(text: &str, longest: usize) -> String {
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
pub(super) fn markdown_words(text: &str) -> String {
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
pub(super) fn markdown_link(words: &str, address: &str) -> String {
    if is_address(address) {
        format!("[{words}](<{}>)", address.replace('&', "&amp;"))
    } else {
        format!("{words}: {}", markdown_code(address, LONGEST_NAME))
    }
}

/// A fence that none of the lines can close.
pub(super) fn fence(lines: &[String]) -> String {
    let longest =
        lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}

/// Text where no markup is read: a line of a code block, the title of a check. It is visible, and
/// mentions nobody.
pub(super) fn plain(text: &str, longest: usize) -> String {
    unmentioned(&visible(text, longest))
}

/// A text as a basic string of TOML, in characters that stand for themselves in Markdown: others are
/// escaped, so that it reads back as the very text.
pub(super) fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        let plain = c == ' ' || c.is_alphanumeric() || "!$%'()*+,-./:;=?[]^_{}".contains(c);
        match c {
            '\\' | '"' => out.extend(['\\', c]),
            c if plain && !is_invisible(c) => out.push(c),
            c => out.push_str(&match u32::from(c) {
                short @ ..=0xffff => format!("\\u{short:04x}"),
                long => format!("\\U{long:08x}"),
            }),
        }
    }
    out.push('"');
    out
}

fn unmentioned(text: &str) -> String {
    text.replace('@', "@\u{200b}").replace('#', "#\u{200b}")
}

/// Whether an address can stand in a link as it is.
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:?&=%+#".contains(c);
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty())
        && text.len() <= LONGEST_ADDRESS
        && text.chars().all(plain)
}

/// Text for XML or HTML, in content or in a quoted attribute.
pub(super) fn xml(text: &str, longest: usize) -> String {
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

/// What can be seen of a text, on one line, at most `longest` characters, the last of them `…`
/// where something was cut.
fn visible(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in text.chars() {
        let c = if is_space(c) { ' ' } else { c };
        if is_invisible(c) {
            continue;
        }
        if length == longest {
            out.pop();
            out.push('…');
            break;
        }
        out.push(c);
        length += 1;
    }
    if out.is_empty() && !text.is_empty() { NAMELESS.to_owned() } else { out }
}

fn is_space(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Control, bidirectional, zero-width and tag characters, and code points that are none.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// GitHub links whatever starts with `www.`, in any case.
fn starts_www(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        let hostile = "a\u{1b}[31mb\u{202e}c\u{200b}d\ne\u{7}\u{9b}f\u{ffff}";
        assert_eq!(terminal(hostile, LONGEST_NAME), "a[31mbcd ef");
        assert_eq!(terminal("\u{1b}\u{202e}", LONGEST_NAME), "(no name)");
    }

    #[test]
    fn ci_logs_find_no_command() {
        assert_eq!(no_command("##[error]x"), "# #[error]x");
        assert_eq!(no_command("::error::x a::b :::c"), "'::error::x a::b ':::c");
    }

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
    fn quoted_names_read_back_from_toml() {
        let hostile = "a\"b\\c\n```\u{202e}@me #1 <b> & 読み取り 🚀 \u{1b}";
        let quoted = toml_string(hostile);
        assert!(!quoted.contains(['`', '@', '#', '<', '&', '\n', '\u{202e}']), "{quoted}");
        let read: toml::Table = toml::from_str(&format!("x = {quoted}")).unwrap();
        assert_eq!(read["x"].as_str(), Some(hostile));
    }

    #[test]
    fn no_line_closes_its_fence() {
        assert_eq!(fence(&["a".to_owned()]), "```");
        assert_eq!(fence(&["`````".to_owned(), "x ````".to_owned()]), "``````");
    }

    #[test]
    fn long_names_are_cut_visibly() {
        let cut = terminal(&"ä".repeat(10_000), 120);
        assert_eq!(cut.chars().count(), 120);
        assert!(cut.ends_with("ä…"));
        assert_eq!(terminal(&"ä".repeat(120), 120).chars().last(), Some('ä'));
    }

    #[test]
    fn xml_has_only_legal_characters_and_entities() {
        assert_eq!(
            xml("<a b=\"c\">\u{0}\u{fffe}&'", LONGEST_NAME),
            "&lt;a b=&quot;c&quot;&gt;&amp;&#39;"
        );
    }
}
