//! How much a text may hold before anything is built of it.
//!
//! A reader of JSON makes values of many bytes from few bytes of text. Here the text is only walked
//! through, without taking any memory; whatever a reader then builds of the same text, it builds no
//! more texts, values and levels than were counted.

use crate::baseline::FormError;

/// How much a text may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    /// Bytes of the whole.
    pub(super) bytes: u64,
    /// Lists and objects inside each other.
    pub(super) levels: u64,
    /// Numbers, texts, lists, objects and other values, in all.
    pub(super) values: u64,
    /// Characters of a text, names of members included.
    pub(super) characters: u64,
}

/// Whether a JSON text stays within an outline. Whether it is JSON is not asked.
///
/// # Errors
/// [`FormError::TooLarge`] or [`FormError::TooMany`].
pub(super) fn within(text: &[u8], outline: &Outline) -> Result<(), FormError> {
    if text.len() as u64 > outline.bytes {
        return Err(FormError::TooLarge { limit: outline.bytes });
    }
    let few = |count: u64, limit: u64, what| match count > limit {
        true => Err(FormError::TooMany { what, limit }),
        false => Ok(()),
    };
    let (mut level, mut values) = (0_u64, 0_u64);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => few(characters(&mut bytes), outline.characters, "characters in one text")?,
            b'[' | b'{' => {
                level += 1;
                values += 1;
                few(level, outline.levels, "levels of nesting")?;
            }
            b']' | b'}' => level = level.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        few(values, outline.values, "values")?;
    }
    Ok(())
}

/// Walks to the end of a text, and counts its characters. Four digits after `\u` are counted as
/// one character each: it takes an odd writer to have more than a few of those.
fn characters(bytes: &mut std::slice::Iter<'_, u8>) -> u64 {
    let mut count = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => {
                bytes.next();
                count += 1;
            }
            // The later bytes of a character.
            0x80..=0xbf => {}
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Outline, within};

    const SMALL: Outline = Outline { bytes: 100, levels: 3, values: 5, characters: 4 };

    #[test]
    fn what_is_within_each_limit_passes_and_one_more_does_not() {
        for (text, why) in [
            (r#"{"a":[[1]]}"#, None),
            (r#"{"a":[[[]]]}"#, Some("more than 3 levels of nesting")),
            ("[1,2,3,4,5]", None),
            ("[1,2,3,4,5,6]", Some("more than 5 values")),
            (r#"["\"\\äö"]"#, None),
            (r#"["12345"]"#, Some("more than 4 characters in one text")),
            (r#"{"12345":1}"#, Some("more than 4 characters in one text")),
            // Neither an escaped quote nor one after an escaped backslash.
            (r#"["\",,,", "\\", "[,,]"]"#, None),
            ("[1,\"12", None),
            ("]]]]{}", None),
        ] {
            let message = within(text.as_bytes(), &SMALL).err().map(|e| e.to_string());
            assert_eq!(message.as_deref(), why, "{text}");
        }
        let long = " ".repeat(101);
        assert!(within(long.as_bytes(), &SMALL).is_err());
    }
}
