//! Text as a string of TOML.

use super::visible::is_invisible;

/// A text as a basic string of TOML, in characters that stand for themselves in Markdown: others are
/// escaped, so that it reads back as the very text.
pub(in crate::report) fn toml_string(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_names_read_back_from_toml() {
        let hostile = "a\"b\\c\n```\u{202e}@me #1 <b> & 読み取り 🚀 \u{1b}";
        let quoted = toml_string(hostile);
        assert!(!quoted.contains(['`', '@', '#', '<', '&', '\n', '\u{202e}']), "{quoted}");
        let read: toml::Table = toml::from_str(&format!("x = {quoted}")).unwrap();
        assert_eq!(read["x"].as_str(), Some(hostile));
    }
}
