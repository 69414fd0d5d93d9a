//! Text of which every dialect knows what is ours and what comes from result files.

use std::borrow::Cow;

/// A line made of our words and of foreign names, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text<'a>(Vec<Piece<'a>>);

/// A part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Words and numbers of ours.
    Words(Cow<'a, str>),
    /// A name from a result file.
    Name(&'a str),
    /// A sentence with names from result files in it.
    Message(&'a str),
}

impl<'a> Text<'a> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds words of ours.
    #[must_use]
    pub(super) fn words(mut self, words: impl Into<Cow<'a, str>>) -> Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    /// Adds a foreign name.
    #[must_use]
    pub(super) fn name(mut self, name: &'a str) -> Self {
        self.0.push(Piece::Name(name));
        self
    }

    /// Adds a sentence with foreign names in it.
    #[must_use]
    pub(super) fn message(mut self, message: &'a str) -> Self {
        self.0.push(Piece::Message(message));
        self
    }

    /// Adds another text.
    #[must_use]
    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The text in a dialect, which disarms each piece as it must.
    pub(super) fn write(&self, mut disarm: impl FnMut(&Piece<'a>) -> String) -> String {
        self.0.iter().map(&mut disarm).collect()
    }
}

impl<'a, S: Into<Cow<'a, str>>> From<S> for Text<'a> {
    fn from(words: S) -> Self {
        Self::new().words(words)
    }
}
