//! Good archives with wrong bytes: what is accepted is what was written, or another whole
//! measurement, never a mixture that nobody wrote.

use proptest::prelude::*;
use tailguard::gate::{Measurement, only_file};

use crate::zip::{Entry, archive};
use crate::{LIMIT, NAME, honest};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// A checksum and two sizes guard the content: with any bytes of the archive changed, what is
    /// read is the content or nothing.
    #[test]
    fn a_damaged_archive_gives_the_content_or_nothing(
        packed in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let text = &*TEXT;
        let entry = if packed { Entry::deflated(NAME, text) } else { Entry::stored(NAME, text) };
        let mut bytes = archive(&[entry]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = only_file(&bytes, NAME, LIMIT) {
            prop_assert!(read == *text);
        }
    }

    /// What is accepted of a changed text says just what the text says, member by member.
    #[test]
    fn a_changed_measurement_is_read_as_it_stands_or_refused(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..4, any::<u8>()), 1..4),
    ) {
        let mut text = TEXT.clone();
        for (at, cut, byte) in changes {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            // Something is overwritten, left out or put in.
            text.splice(at..end, std::iter::once(byte).take(cut % 2 + 1));
        }
        if let Ok(read) = Measurement::parse(&text) {
            let written: serde_json::Value = serde_json::from_slice(&text).expect("it was read");
            let again: serde_json::Value =
                serde_json::from_slice(&read.bytes().expect("bytes")).expect("JSON");
            prop_assert_eq!(sorted(written), sorted(again));
        }
    }
}

static TEXT: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(honest);

/// Members in an order that does not matter, without those that say what is so anyway.
fn sorted(value: serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .into_iter()
                .filter(|(_, value)| !matches!(value, Value::Null | Value::Bool(false)))
                .map(|(key, value)| format!("{key:?}:{}", sorted(value)))
                .collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.into_iter().map(sorted).collect::<Vec<_>>().join(","))
        }
        Value::Number(number) => format!("{:?}", number.as_f64()),
        other => other.to_string(),
    }
}
