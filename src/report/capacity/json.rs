//! The parts that the JSON of plan, pools and triggers share: structs of their own, so that the model
//! can move.

use std::io::{self, Write};

use serde::Serialize;

use crate::capacity::figure::{Amount, Input, Known, Limited, Planned, Source};
use crate::measure::Unit;

use super::words::{formula_in_names, formula_in_numbers};

/// A number, or why there is none.
#[derive(Serialize)]
pub(super) struct NumberV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<[f64; 2]>,
    /// Absent where the number is exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_measured: Option<&'a str>,
}

/// Where a number comes from.
#[derive(Serialize)]
pub(super) struct SourceV1<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    commits: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
}

/// A number of a formula.
#[derive(Serialize)]
pub(super) struct InputV1<'a> {
    name: &'a str,
    unit: Unit,
    basis: &'static str,
    #[serde(flatten)]
    number: NumberV1<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceV1<'a>>,
}

/// A computed figure.
#[derive(Serialize)]
pub(super) struct FigureV1<'a> {
    key: &'a str,
    name: &'a str,
    unit: Unit,
    answer: bool,
    #[serde(flatten)]
    number: NumberV1<'a>,
    #[serde(skip_serializing_if = "String::is_empty")]
    formula: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    filled: Option<String>,
    inputs: Vec<InputV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<&'a str>,
}

/// Writes a report as JSON that people can read.
pub(super) fn write(report: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

impl<'a> NumberV1<'a> {
    pub(super) fn of(amount: &'a Result<Amount, String>) -> Self {
        let number = amount.as_ref().ok().filter(|amount| amount.value().is_finite());
        Self {
            value: number.map(|amount| amount.value()),
            interval: number
                .and_then(|amount| amount.estimate.interval)
                .filter(|(low, high)| low.is_finite() && high.is_finite())
                .map(|(low, high)| [low, high]),
            bound: number.and_then(|amount| bound(amount.bound)),
            not_measured: amount.as_ref().err().map(String::as_str),
        }
    }
}

pub(super) fn bound(bound: Limited) -> Option<&'static str> {
    match bound {
        Limited::Exact => None,
        Limited::AtLeast => Some("at-least"),
        Limited::AtMost => Some("at-most"),
    }
}

/// Where a number comes from; `None` for what follows from other numbers.
pub(super) fn source(source: &Source) -> Option<SourceV1<'_>> {
    let times = source.times.as_ref();
    (!source.file.is_empty()).then(|| SourceV1 {
        file: &source.file,
        commits: &source.commits,
        machine: source.machine.as_deref(),
        from: times.map(|(from, _)| from.as_str()),
        to: times.map(|(_, to)| to.as_str()),
    })
}

/// A number that was looked up, with its source.
#[derive(Serialize)]
pub(super) struct KnownV1<'a> {
    #[serde(flatten)]
    number: NumberV1<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceV1<'a>>,
}

impl<'a> From<&'a Known> for KnownV1<'a> {
    fn from(known: &'a Known) -> Self {
        Self { number: NumberV1::of(&known.amount), source: source(&known.source) }
    }
}

impl<'a> From<&'a Input> for InputV1<'a> {
    fn from(input: &'a Input) -> Self {
        Self {
            name: &input.name,
            unit: input.unit,
            basis: input.basis.name(),
            number: NumberV1::of(&input.known.amount),
            source: source(&input.known.source),
        }
    }
}

impl<'a> From<&'a Planned> for FigureV1<'a> {
    fn from(figure: &'a Planned) -> Self {
        Self {
            key: &figure.key,
            name: &figure.name,
            unit: figure.unit,
            answer: figure.answer,
            number: NumberV1::of(&figure.amount),
            formula: formula_in_names(figure),
            filled: formula_in_numbers(figure),
            inputs: figure.inputs.iter().map(InputV1::from).collect(),
            // Nothing holds down what was not measured.
            binding: figure.binding.as_deref().filter(|_| figure.amount.is_ok()),
        }
    }
}
