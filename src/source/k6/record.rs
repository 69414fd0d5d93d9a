//! Records of a CSV file as RFC 4180 has them: quoted fields may hold commas, quotes and newlines.

use std::borrow::Cow;

use memchr::memchr2;

/// The first record of `bytes` without its end, and what follows. `None` while its end is not in
/// sight; with `ended`, what is left is a record of its own.
pub(super) fn split_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        let found = at + memchr2(b'\n', b'"', bytes.get(at..)?)?;
        if bytes.get(found) == Some(&b'\n') {
            let record = bytes.get(..found)?;
            return Some((record.strip_suffix(b"\r").unwrap_or(record), bytes.get(found + 1..)?));
        }
        // A doubled quote inside a quoted field leaves and enters it at once, so counting quotes
        // one by one comes to the same.
        at = found + 2 + memchr::memchr(b'"', bytes.get(found + 1..)?)?;
    }
}

/// The fields of a record.
pub(super) fn fields(record: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let mut fields = Vec::new();
    let mut rest = Some(record);
    while let Some(text) = rest {
        let (field, after) = if text.first() == Some(&b'"') { quoted(text) } else { bare(text) };
        fields.push(field);
        rest = after;
    }
    fields
}

fn bare(text: &[u8]) -> (Cow<'_, [u8]>, Option<&[u8]>) {
    match memchr::memchr(b',', text) {
        Some(comma) => (text.get(..comma).unwrap_or_default().into(), text.get(comma + 1..)),
        None => (text.into(), None),
    }
}

fn quoted(text: &[u8]) -> (Cow<'_, [u8]>, Option<&[u8]>) {
    let mut value = Vec::new();
    let mut rest = text.get(1..).unwrap_or_default();
    while let Some(quote) = memchr::memchr(b'"', rest) {
        value.extend_from_slice(rest.get(..quote).unwrap_or_default());
        rest = rest.get(quote + 1..).unwrap_or_default();
        let Some(after) = rest.strip_prefix(b"\"") else {
            let (tail, after) = bare(rest);
            value.extend_from_slice(&tail);
            return (value.into(), after);
        };
        value.push(b'"');
        rest = after;
    }
    value.extend_from_slice(rest);
    (value.into(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(record: &[u8]) -> Vec<String> {
        fields(record).iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect()
    }

    #[test]
    fn quotes_hide_commas_quotes_and_newlines() {
        let text = b"a,\"b,\"\"c\"\"\nd\",e\r\nnext\n";
        let (record, rest) = split_record(text).unwrap();
        assert_eq!(texts(record), ["a", "b,\"c\"\nd", "e"]);
        assert_eq!(split_record(rest).unwrap().0, b"next");
        assert_eq!(split_record(b"open \"quote\n"), None);
        assert_eq!(split_record(b"no end"), None);
    }

    #[test]
    fn empty_fields_count() {
        assert_eq!(texts(b",,"), ["", "", ""]);
        assert_eq!(texts(b""), [""]);
        assert_eq!(texts(b"\"\",x"), ["", "x"]);
    }
}
