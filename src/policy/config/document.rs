//! A TOML text as sections and fields that know their place, so that every refusal names it.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigError;
use crate::policy::quantity::{QuantityError, shown};

/// The text of a configuration and where it came from.
#[derive(Clone, Copy)]
pub(super) struct Document<'t> {
    path: &'t Path,
    /// Where lines end, in bytes: looked up once a section, of which a file can have very many.
    line_ends: &'t [usize],
}

/// A table whose keys are all known.
#[derive(Clone, Copy)]
pub(super) struct Section<'t> {
    document: Document<'t>,
    table: &'t DeTable<'t>,
    name: &'static str,
    /// Where the section begins, from 1.
    pub(super) line: usize,
}

/// One value of a section.
#[derive(Clone, Copy)]
pub(super) struct Field<'t> {
    section: Section<'t>,
    key: &'t str,
    value: &'t Spanned<DeValue<'t>>,
}

/// What a field takes: for messages.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// What is expected, with its article.
    pub(super) expected: &'static str,
    /// A value that would be taken, in TOML.
    pub(super) example: &'static str,
}

impl<'t> Document<'t> {
    pub(super) fn new(path: &'t Path, line_ends: &'t [usize]) -> Self {
        Self { path, line_ends }
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        1 + self.line_ends.partition_point(|end| *end < at)
    }

    pub(super) fn refuse(&self, line: usize, message: String, hint: String) -> ConfigError {
        ConfigError::Invalid { path: self.path.to_owned(), line, message, hint }
    }

    /// The table at `span` as a section that knows `keys`.
    pub(super) fn section(
        self,
        name: &'static str,
        table: &'t DeTable<'t>,
        span: Range<usize>,
        keys: &[&str],
    ) -> Result<Section<'t>, ConfigError> {
        let section = Section { document: self, table, name, line: self.line(span.start) };
        // The table is sorted by key; the first mistake of the file is the one to name.
        let unknown = table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref()));
        match unknown.min_by_key(|key| key.span().start) {
            None => Ok(section),
            Some(key) => {
                let word = key.get_ref();
                let line = self.line(key.span().start);
                let message = format!("unknown key '{}' {}", shown(word), placed(name));
                Err(self.refuse(line, message, suggestion(word, keys, "known keys")))
            }
        }
    }
}

impl<'t> Section<'t> {
    /// The value of a key, if the section has it.
    pub(super) fn get(&self, key: &str) -> Option<Field<'t>> {
        self.fields().find(|field| field.key == key)
    }

    /// The value of a key that the section must have.
    pub(super) fn need(&self, key: &'static str, form: Form) -> Result<Field<'t>, ConfigError> {
        self.get(key).ok_or_else(|| {
            let message = format!("{} has no '{key}'", self.name);
            self.refuse(message, format!("write {key} = {}", form.example))
        })
    }

    /// Every key and value.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field<'t>> {
        let section = *self;
        self.table.iter().map(move |(key, value)| Field { section, key: key.get_ref(), value })
    }

    /// An error about the section as a whole.
    pub(super) fn refuse(&self, message: String, hint: String) -> ConfigError {
        self.document.refuse(self.line, message, hint)
    }
}

impl<'t> Field<'t> {
    pub(super) fn key(&self) -> &'t str {
        self.key
    }

    /// A text.
    pub(super) fn text(&self, form: Form) -> Result<&'t str, ConfigError> {
        self.value.get_ref().as_str().ok_or_else(|| self.unfit(form))
    }

    /// A text that says something: not empty, not blank.
    pub(super) fn words(&self, form: Form) -> Result<String, ConfigError> {
        let text = self.text(form)?;
        if text.trim().is_empty() { Err(self.unfit(form)) } else { Ok(text.to_owned()) }
    }

    /// A text that `parse` takes.
    pub(super) fn parsed<T>(
        &self,
        form: Form,
        parse: impl Fn(&str) -> Result<T, QuantityError>,
    ) -> Result<T, ConfigError> {
        parse(self.text(form)?).map_err(|_| self.unfit(form))
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(
        &self,
        form: Form,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let text = self.text(form)?;
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        chosen.ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.refuse(
                &format!("found {}, expected {}", found(self.value.get_ref()), form.expected),
                suggestion(text, &words, "known words"),
            )
        })
    }

    /// A text, or a list of texts: each as a field of its own, so that errors name its line.
    pub(super) fn one_or_more(&self) -> Vec<Self> {
        match self.value.get_ref().as_array() {
            Some(array) => array.iter().map(|value| Self { value, ..*self }).collect(),
            None => vec![*self],
        }
    }

    /// A list of texts.
    pub(super) fn list(&self, form: Form) -> Result<Vec<Self>, ConfigError> {
        self.value.get_ref().as_array().ok_or_else(|| self.unfit(form))?;
        Ok(self.one_or_more())
    }

    /// A switch.
    pub(super) fn flag(&self, form: Form) -> Result<bool, ConfigError> {
        self.value.get_ref().as_bool().ok_or_else(|| self.unfit(form))
    }

    /// A plain number, integer or not.
    pub(super) fn number(&self, form: Form) -> Result<f64, ConfigError> {
        let number = match self.value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.unfit(form))
    }

    /// A whole number from 1 to `most`.
    pub(super) fn count(&self, most: usize, form: Form) -> Result<usize, ConfigError> {
        let count = match self.value.get_ref() {
            DeValue::Integer(i) => usize::from_str_radix(i.as_str(), i.radix()).ok(),
            _ => None,
        };
        count.filter(|n| (1..=most).contains(n)).ok_or_else(|| self.unfit(form))
    }

    /// A TOML date without a time, or a text.
    pub(super) fn date_text(&self, form: Form) -> Result<String, ConfigError> {
        match self.value.get_ref() {
            DeValue::Datetime(date) => Ok(date.to_string()),
            _ => self.text(form).map(str::to_owned),
        }
    }

    /// A table.
    pub(super) fn table(
        &self,
        name: &'static str,
        form: Form,
        keys: &[&str],
    ) -> Result<Section<'t>, ConfigError> {
        let table = self.value.get_ref().as_table().ok_or_else(|| self.unfit(form))?;
        self.section.document.section(name, table, self.value.span(), keys)
    }

    /// The tables of a list.
    pub(super) fn tables(
        &self,
        name: &'static str,
        form: Form,
        keys: &[&str],
    ) -> Result<Vec<Section<'t>>, ConfigError> {
        self.list(form)?.iter().map(|field| field.table(name, form, keys)).collect()
    }

    /// The table of a field whose keys are the user's to choose.
    pub(super) fn open_table(
        &self,
        name: &'static str,
        form: Form,
    ) -> Result<Section<'t>, ConfigError> {
        let table = self.value.get_ref().as_table().ok_or_else(|| self.unfit(form))?;
        let document = self.section.document;
        let line = document.line(self.value.span().start);
        Ok(Section { document, table, name, line })
    }

    /// An error for a value that is not of the form.
    pub(super) fn unfit(&self, form: Form) -> ConfigError {
        let message = format!("found {}, expected {}", found(self.value.get_ref()), form.expected);
        self.refuse(&message, format!("write {}", self.written(form)))
    }

    /// An error about the value.
    pub(super) fn refuse(&self, what: &str, hint: String) -> ConfigError {
        let document = self.section.document;
        let message = format!("'{}' {}: {what}", shown(self.key), placed(self.section.name));
        document.refuse(document.line(self.value.span().start), message, hint)
    }

    fn written(&self, form: Form) -> String {
        let header = form.example.starts_with('[') && form.expected.contains("table");
        if header {
            form.example.to_owned()
        } else {
            format!("{} = {}", shown(self.key), form.example)
        }
    }
}

/// The name of the root table.
pub(super) const TOP_LEVEL: &str = "the top level";

fn placed(section: &str) -> String {
    let preposition = if section == TOP_LEVEL { "at" } else { "in" };
    format!("{preposition} {section}")
}

/// The nearest of some words, or all of them where none is near.
pub(super) fn suggestion(word: &str, known: &[&str], all: &str) -> String {
    // 0.6 is difflib's customary bound for a near match.
    match similar::get_close_matches(word, known, 1, 0.6).first() {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("{all}: {}", known.join(", ")),
    }
}

fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("'{}'", shown(text)),
        DeValue::Integer(number) => format!("the number {}", shown(number.as_str())),
        DeValue::Float(number) => format!("the number {}", shown(number.as_str())),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
