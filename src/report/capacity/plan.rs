//! The capacity plan: answers first, then how each is computed and what all of it rests on.

use std::io::{self, Write};

use serde::Serialize;

use crate::capacity::figure::Planned;
use crate::capacity::plan::{Reserve, named};
use crate::measure::{Severity, Unit};

use super::json::{self, FigureV1};
use super::words::{both, formula_in_names, formula_in_numbers, ground, interval, value};
use crate::report::sheet::{Section, Sheet};
use crate::report::{Dialect, number};

/// The schema word.
const SCHEMA: &str = "tailguard.plan/v1";

/// A plan, and what was changed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanReport {
    /// Every figure, in the order in which they follow from each other.
    pub figures: Vec<Planned>,
    /// Instances and headroom.
    pub reserve: Reserve,
    /// Users of an ordinary organisation.
    pub users_per_organisation: f64,
    /// Numbers that were changed for one question, as they were written.
    pub changes: Vec<String>,
    /// What to be warned of, a sentence each without its full stop.
    pub warnings: Vec<String>,
}

/// Writes a plan. The same plan gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for `JUnit` and HTML.
pub fn render_plan(report: &PlanReport, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => sheet(report).terminal(layout, out),
        Dialect::Markdown => sheet(report).markdown(out),
        Dialect::Json => json::write(&PlanV1::of(report), out),
        Dialect::Junit | Dialect::Html => Err(unsupported("a plan")),
    }
}

/// What is said of a form that a report does not have.
pub(super) fn unsupported(what: &str) -> io::Error {
    let message = format!("{what} has no such form\nhint: use --format terminal, markdown or json");
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// What a plan says, in one line.
#[must_use]
pub fn plan_headline(report: &PlanReport) -> String {
    let Reserve { instances, spare, .. } = report.reserve;
    let instances = number::count(instances as usize, "instance");
    let spare = match spare {
        0 => String::new(),
        spare => format!(", {spare} of them spare,"),
    };
    let size = number::whole(report.users_per_organisation);
    let organisations = named(&report.figures, "organisations").map(|figure| &figure.amount);
    let changed = match report.changes.as_slice() {
        [] => String::new(),
        changes => format!(" with {}", changes.join(", ")),
    };
    match organisations {
        Some(Ok(amount)) => format!(
            "{instances}{spare} carry {} organisations of {size} users{changed}",
            both(*amount, Unit::Count)
        ),
        Some(Err(why)) => {
            format!(
                "how many organisations {instances}{spare} carry is not measured{changed}: {why}"
            )
        }
        None => "there is no plan".to_owned(),
    }
}

fn sheet(report: &PlanReport) -> Sheet {
    let free = number::term(report.reserve.headroom, Unit::Ratio);
    let how = format!(
        "for the busiest minute; {free} of every measured limit stays free; intervals carry the 95% \
         intervals of what was measured through to the end"
    );
    let answers = report.figures.iter().filter(|figure| figure.answer);
    let mut sections = vec![
        Section::Item(how, Vec::new()),
        Section::Table(vec!["figure", "value", "interval", "bound by"], answers.map(row).collect()),
    ];
    let warned = report.warnings.iter().cloned();
    sections.extend(warned.map(|warning| Section::Remark(Severity::Warning, warning)));
    let missing: Vec<_> = report.figures.iter().filter_map(unmeasured).collect();
    if !missing.is_empty() {
        sections.push(Section::Title("not measured"));
        sections.extend(missing);
    }
    sections.push(Section::Title("how each is computed"));
    sections.extend(report.figures.iter().filter_map(computed));
    sections.push(Section::Title("what it rests on"));
    let rows = ground(&report.figures)
        .into_iter()
        .map(|[basis, name, value, from]| vec![name, basis, value, from]);
    sections.push(Section::Table(vec!["input", "basis", "value", "from"], rows.collect()));
    Sheet { headline: plan_headline(report), sections }
}

fn row(figure: &Planned) -> Vec<String> {
    let (shown, between) = match &figure.amount {
        Ok(amount) => (value(*amount, figure.unit), interval(*amount, figure.unit)),
        Err(_) => ("not measured".to_owned(), String::new()),
    };
    let binding = figure.amount.as_ref().ok().and(figure.binding.clone()).unwrap_or_default();
    vec![figure.name.clone(), shown, between, binding]
}

fn unmeasured(figure: &Planned) -> Option<Section> {
    let why = figure.amount.as_ref().err().filter(|_| figure.answer)?;
    Some(Section::Item(format!("{}: {why}", figure.name), Vec::new()))
}

/// A formula in names, and with numbers put in.
pub(super) fn computed(figure: &Planned) -> Option<Section> {
    let formula = formula_in_names(figure);
    if formula.is_empty() {
        return None;
    }
    let filled = formula_in_numbers(figure).zip(figure.amount.as_ref().ok());
    let result =
        filled.map(|(filled, amount)| format!("= {filled} = {}", value(*amount, figure.unit)));
    Some(Section::Item(format!("{} = {formula}", figure.name), result.into_iter().collect()))
}

#[derive(Serialize)]
struct PlanV1<'a> {
    schema: &'static str,
    instances: u32,
    spare: u32,
    headroom: f64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    changes: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
    figures: Vec<FigureV1<'a>>,
}

impl<'a> PlanV1<'a> {
    fn of(report: &'a PlanReport) -> Self {
        Self {
            schema: SCHEMA,
            instances: report.reserve.instances,
            spare: report.reserve.spare,
            headroom: report.reserve.headroom,
            changes: &report.changes,
            warnings: &report.warnings,
            figures: report.figures.iter().map(FigureV1::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::figure::{Input, Known};
    use crate::report::Layout;

    fn report(limit: Known) -> PlanReport {
        let amount = limit.amount.clone().map(|n| n.rising(|n| 0.7 * n).or_more());
        let figure = |key: &str, name: &str, amount| Planned {
            key: key.to_owned(),
            name: name.to_owned(),
            unit: Unit::Count,
            answer: true,
            amount,
            formula: "[limit of mixed | load] x (1 - [headroom])".to_owned(),
            inputs: vec![
                Input::measured("limit of mixed | load", &limit, Unit::PerSecond),
                Input::policy("headroom", 0.3, Unit::Ratio, "capacity.headroom"),
            ],
            binding: Some("mixed | load".to_owned()),
        };
        PlanReport {
            figures: vec![figure("organisations", "organisations in all", amount)],
            reserve: Reserve { headroom: 0.3, instances: 2, spare: 1 },
            users_per_organisation: 25.0,
            changes: vec!["peak_factor=3".to_owned()],
            warnings: vec!["no stored run has an endpoint 'dayy' of 'read'".to_owned()],
        }
    }

    fn text(report: &PlanReport, dialect: Dialect) -> String {
        let mut bytes = Vec::new();
        render_plan(report, dialect, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_tired_reader_finds_the_answer_and_where_it_comes_from() {
        let layout = Layout { color: false, width: 80, all: false };
        let plan = report(Known::policy(1000.0, "ramp.json"));
        let text = text(&plan, Dialect::Terminal(layout));
        for part in [
            "2 instances, 1 of them spare, carry at least 700 organisations of 25 users",
            "= limit of mixed | load x (1 - headroom)",
            "= 1,000/s x (1 - 30%) = at least 700",
            "ramp.json",
            "warning: no stored run has an endpoint 'dayy' of 'read'",
        ] {
            let found = text.contains(part) || text.replace("\n    ", " ").contains(part);
            assert!(found, "{part:?} is not in\n{text}");
        }
    }

    #[test]
    fn what_is_not_measured_is_no_number_in_any_dialect() {
        let plan = report(Known::missing("there is no ramp.json"));
        let layout = Layout { color: false, width: 80, all: false };
        for dialect in [Dialect::Terminal(layout), Dialect::Markdown] {
            let text = text(&plan, dialect).replace('\n', " ");
            assert!(text.contains("is not measured with peak"), "{text}");
            assert!(text.contains("there is no ramp.json") && !text.contains("700"), "{text}");
        }
        let json = text(&plan, Dialect::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let figure = &json["figures"][0];
        assert_eq!(figure["not_measured"], "there is no ramp.json");
        assert!(figure.get("value").is_none() && figure.get("filled").is_none());
    }

    #[test]
    fn names_of_the_configuration_do_not_break_a_table() {
        let plan = report(Known::policy(1000.0, "ramp.json"));
        let text = text(&plan, Dialect::Markdown);
        let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert!(rows.iter().all(|row| row.matches(" |").count() == 4), "{text}");
        let json = render_plan(&plan, Dialect::Html, &mut Vec::new());
        assert_eq!(json.unwrap_err().kind(), io::ErrorKind::Unsupported);
    }
}
