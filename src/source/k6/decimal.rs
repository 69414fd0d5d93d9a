//! Decimal numbers as k6 writes them.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The most digits that surely stay under 2^53.
const DIGITS: usize = 15;

/// A plain JSON number without sign and exponent, of at most 15 digits: `None` for anything else,
/// which is left to a full parser. An integer below 2^53 divided by an exact power of ten is
/// rounded once, so the result is the nearest double (Clinger, "How to Read Floating Point Numbers
/// Accurately", 1990).
pub(super) fn plain(text: &[u8]) -> Option<f64> {
    let mut mantissa = 0u64;
    let mut digits = 0;
    let mut fraction = None;
    for (i, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                digits += 1;
                if digits > DIGITS {
                    return None;
                }
            }
            b'.' if fraction.is_none() && i > 0 => fraction = Some(digits),
            _ => return None,
        }
    }
    let whole = fraction.unwrap_or(digits);
    let leading_zero = whole > 1 && text.first() == Some(&b'0');
    let scale = digits - whole;
    if whole == 0 || leading_zero || (fraction.is_some() && scale == 0) {
        return None;
    }
    Some(mantissa as f64 / POWERS.get(scale)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_plain_json_number_is_left_alone() {
        for text in
            ["", ".", "1.", ".5", "01", "00", "-1", "1e5", "1.2.3", "+1", "1234567890123456"]
        {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
        assert_eq!(plain(b"0"), Some(0.0));
        assert_eq!(plain(b"50.430775"), Some(50.430775));
    }

    proptest! {
        #[test]
        fn the_nearest_double_is_met(whole in 0u64..100_000_000, fraction in "[0-9]{1,7}") {
            let text = format!("{whole}.{fraction}");
            let read = plain(text.as_bytes()).unwrap();
            prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits());
        }
    }
}
