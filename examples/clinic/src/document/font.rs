//! Helvetica as every reader of PDF has it: encoding and widths.
//!
//! Widths are those of Adobe's Core 14 AFM files, in thousandths of the font's size.

/// A weight of Helvetica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Regular,
    Bold,
}

/// Of the codes from 32 to 126.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Of the codes from 32 to 126.
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// What the letters from 192 to 255 look like without their accents: their width is the same.
const BASES: &[u8; 64] = b"AAAAAAACEEEEIIIIDNOOOOO+OUUUUYPsaaaaaaaceeeeiiiionooooo+ouuuuypy";

impl Font {
    /// The width of encoded text, in thousandths of the font's size.
    pub(super) fn width(self, text: &[u8]) -> u32 {
        let widths = match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        };
        let width = |byte: &u8| {
            let base = match byte {
                192.. => BASES.get(usize::from(byte - 192)).copied().unwrap_or(b'n'),
                _ => *byte,
            };
            u32::from(widths.get(usize::from(base.wrapping_sub(32))).copied().unwrap_or(556))
        };
        text.iter().map(width).sum()
    }
}

/// Text in WinAnsiEncoding (ISO 32000-1, annex D). The standard fonts have no other letters: those of
/// neighbouring alphabets lose their accents, and what is left becomes a question mark.
pub(super) fn encode(text: &str) -> Vec<u8> {
    text.chars().map(code).collect()
}

fn code(character: char) -> u8 {
    match character {
        ' '..='~' => character as u8,
        '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(character)).unwrap_or(b'?'),
        '€' => 0x80,
        '…' => 0x85,
        'Š' => 0x8a,
        'Œ' => 0x8c,
        'Ž' => 0x8e,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        'š' => 0x9a,
        'œ' => 0x9c,
        'ž' => 0x9e,
        'Ÿ' => 0x9f,
        'ą' | 'ă' | 'ā' => b'a',
        'ć' | 'č' => b'c',
        'ď' => b'd',
        'ę' | 'ě' | 'ė' => b'e',
        'ğ' => b'g',
        'ı' => b'i',
        'İ' => b'I',
        'ł' => b'l',
        'Ł' => b'L',
        'ń' | 'ň' => b'n',
        'ő' => b'o',
        'ř' => b'r',
        'ś' | 'ş' | 'ș' => b's',
        'Ś' | 'Ş' | 'Ș' => b'S',
        'ť' | 'ț' => b't',
        'ű' | 'ů' => b'u',
        'ź' | 'ż' => b'z',
        'Ź' | 'Ż' => b'Z',
        _ => b'?',
    }
}
