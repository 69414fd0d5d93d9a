//! Text into lines, all of a paragraph's at once, so that no line is much looser than its neighbours
//! (Knuth and Plass, "Breaking Paragraphs into Lines", without hyphenation).

use std::ops::Range;

use super::font::{Font, encode};

/// A line of a paragraph.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    /// Encoded text, words separated by one space.
    pub(super) text: Vec<u8>,
    /// What each space is wider for the line to be full, in points. The last line is not filled.
    pub(super) stretch: f32,
}

/// Breaks text into lines of a width in points. Every line break in the text is one in the result.
pub(super) fn lines(text: &str, font: Font, size: f32, width: f32) -> Vec<Line> {
    let mut all = Vec::new();
    for part in text.lines() {
        all.extend(part_lines(part, font, size, width));
    }
    all
}

struct Word {
    text: Vec<u8>,
    width: f32,
}

fn part_lines(text: &str, font: Font, size: f32, width: f32) -> Vec<Line> {
    let scale = size / 1000.0;
    let space = font.width(b" ") as f32 * scale;
    let words = words(text, font, scale, width);
    let ranges = breaks(&words, space, width);
    let last = ranges.len().saturating_sub(1);
    let line = |(index, range): (usize, Range<usize>)| {
        let words = words.get(range).unwrap_or_default();
        let natural = natural(words, space);
        let gaps = words.len().saturating_sub(1);
        let full = index < last && gaps > 0;
        let stretch = if full { (width - natural).max(0.0) / gaps as f32 } else { 0.0 };
        let texts: Vec<&[u8]> = words.iter().map(|word| word.text.as_slice()).collect();
        Line { text: texts.join(&b' '), stretch }
    };
    ranges.into_iter().enumerate().map(line).collect()
}

/// The words; one that is wider than a line is cut into such as are not.
fn words(text: &str, font: Font, scale: f32, width: f32) -> Vec<Word> {
    let mut words = Vec::new();
    let measure = |text: &[u8]| font.width(text) as f32 * scale;
    for word in text.split_whitespace() {
        let mut rest = encode(word);
        while measure(&rest) > width {
            let fitting = (1..rest.len()).take_while(|end| measure(&rest[..*end]) <= width).last();
            let tail = rest.split_off(fitting.unwrap_or(1));
            words.push(Word { width: measure(&rest), text: rest });
            rest = tail;
        }
        words.push(Word { width: measure(&rest), text: rest });
    }
    words
}

fn natural(words: &[Word], space: f32) -> f32 {
    let gaps = words.len().saturating_sub(1) as f32;
    words.iter().map(|word| word.width).sum::<f32>() + gaps * space
}

/// The ranges of words whose lines leave the least room, squared, in sum.
fn breaks(words: &[Word], space: f32, width: f32) -> Vec<Range<usize>> {
    // Best cost of the words up to here, and where the last line of them starts.
    let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
    for end in 1..=words.len() {
        let mut least = (f32::INFINITY, end - 1);
        let mut used = 0.0;
        for start in (0..end).rev() {
            used += words[start].width + if start + 1 < end { space } else { 0.0 };
            if used > width && start + 1 < end {
                break;
            }
            let left = if end == words.len() { 0.0 } else { (width - used).max(0.0) };
            let cost = best[start].0 + left * left;
            if cost < least.0 {
                least = (cost, start);
            }
        }
        best.push(least);
    }
    let mut ranges = Vec::new();
    let mut end = words.len();
    while end > 0 {
        let start = best[end].1;
        ranges.push(start..end);
        end = start;
    }
    ranges.reverse();
    ranges
}
