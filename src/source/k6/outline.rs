//! The keys in the first bytes of a JSON document, which may be cut anywhere.

/// The deepest keys that are of interest.
const DEEPEST: usize = 4;

/// The bytes of a key that are kept.
const LONGEST_KEY: usize = 64;

/// The paths of the keys met, outermost first. An array adds one level, with an empty key.
pub(super) fn paths(head: &[u8]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut stack: Vec<(bool, String)> = Vec::new();
    let mut rest = head;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'{' => stack.push((true, String::new())),
            b'[' => stack.push((false, String::new())),
            b'}' | b']' => drop(stack.pop()),
            b'"' => {
                let Some(length) = string_length(rest) else { break };
                let (text, after) = rest.split_at(length);
                rest = after.get(1..).unwrap_or_default();
                let is_key = rest.trim_ascii_start().first() == Some(&b':');
                if let Some((true, key)) = stack.last_mut()
                    && is_key
                {
                    let text = text.get(..LONGEST_KEY).unwrap_or(text);
                    *key = String::from_utf8_lossy(text).into_owned();
                    if stack.len() <= DEEPEST {
                        paths.push(stack.iter().map(|(_, key)| key.clone()).collect());
                    }
                }
            }
            _ => {}
        }
    }
    paths
}

/// Bytes up to the closing quote.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_paths_even_in_a_cut_document() {
        let found = paths(br#" {"a":{"b \" c":[{"d":1}],"e":"v"},"f":{"g"#);
        let shown: Vec<String> = found.iter().map(|path| path.join("/")).collect();
        assert_eq!(shown, ["a", r#"a/b \" c"#, r#"a/b \" c//d"#, "a/e", "f"]);
    }

    #[test]
    fn rubbish_has_no_keys() {
        for head in [&b"]]}}"[..], b"\"", b"\"\\", b"[[[[[[", b"\x00\xff", b""] {
            assert!(paths(head).is_empty());
        }
    }
}
