//! How the regressions of a report can be accepted: a label, or waivers ready to paste.

use super::accept::patterns;
use super::escape;
use super::markdown::bullets;
use super::setting::{LabelOffer, Setting};
use super::sized::Part;
use super::text::Text;
use super::{Report, ReportRow, Scale};
use crate::policy::{Level, Pattern, Verdict};

/// The largest ceiling that the configuration takes, in percent.
const HIGHEST_PERCENT: f64 = 1000.0;

/// The same for proportions, in percentage points.
const HIGHEST_POINTS: f64 = 100.0;

/// The fold that tells how; nothing where nothing regressed.
pub(super) fn how(report: &Report, setting: &Setting<'_>) -> Option<Part> {
    let regressed: Vec<_> = report
        .rows
        .iter()
        .filter(|row| row.level == Level::Deny && row.verdict == Verdict::Regressed)
        .collect();
    if regressed.is_empty() {
        return None;
    }
    let mut lines: Vec<String> =
        regressed.iter().filter_map(|row| waiver(row, setting.expires)).collect();
    lines.iter_mut().skip(1).for_each(|waiver| waiver.insert(0, '\n'));
    match regressed.len() - lines.len() {
        0 => {}
        1 => lines.push("# 1 row cannot be named here: its name or change is too large".to_owned()),
        n => lines.push(format!("# {n} rows cannot be named here: name or change is too large")),
    }
    Some(Part {
        open: format!(
            "\n<details><summary>How to accept this regression</summary>\n{}\n```toml\n",
            introduction(setting)
        ),
        lines,
        close: "```\n\n</details>\n".to_owned(),
        thing: "waiver",
        rank: 1,
        keep: 3,
        ..Part::default()
    })
}

fn introduction(setting: &Setting<'_>) -> String {
    let mut text = String::from("\n");
    let offers = bullets(setting.offers.iter().map(offer).collect());
    if !offers.is_empty() {
        text.push_str("For this head only: a label, set after this verdict by somebody with write permission.\n\n");
        for offer in &offers {
            text.push_str(offer);
            text.push('\n');
        }
        text.push_str("\nFor longer: a waiver. ");
    }
    text.push_str("Fill in the reason and add this to `tailguard.toml` ");
    text.push_str(match setting.commits.is_some_and(|commits| commits.fork.is_some()) {
        true => "on the base branch; in a pull request from a fork it is shown, not applied.\n",
        false => "in this pull request.\n",
    });
    text
}

fn offer<'a>(offer: &LabelOffer<'a>) -> Text<'a> {
    let line = Text::new().name(offer.label).words(" accepts ");
    patterns(line, offer.rows).words(" up to ").name(offer.up_to)
}

/// A `[[waiver]]` for exactly one row and metric, but for the reason, which is left to people.
fn waiver(row: &ReportRow, expires: Option<&str>) -> Option<String> {
    let string = escape::toml_string;
    Some(format!(
        "[[waiver]]\nsuite = {}\nrow = {}\nmetric = \"{}\"\nup-to = \"{}\"\nexpires = {}\n\
         reason = \"\"",
        string(&row.suite),
        string(&pattern(&row.id)?),
        row.metric.name(),
        ceiling(row)?,
        day(expires),
    ))
}

/// A pattern of the configuration that matches the row.
fn pattern(id: &str) -> Option<String> {
    if Pattern::new(id).is_ok() {
        return Some(id.to_owned());
    }
    // What is no glob as it stands, such as an unclosed bracket, is quoted sign by sign.
    let quoted: String = id
        .chars()
        .map(|c| match c {
            '[' | ']' | '{' | '}' | '*' | '?' => format!("[{c}]"),
            '\\' => "\\\\".to_owned(),
            c => c.to_string(),
        })
        .collect();
    Pattern::new(&quoted).is_ok_and(|quoted| quoted.matches(id)).then_some(quoted)
}

/// The worst that the interval allows, rounded up: a ceiling that a second measurement of the same
/// code rarely exceeds.
fn ceiling(row: &ReportRow) -> Option<String> {
    let worsening = row
        .interval
        .into_iter()
        .flatten()
        .chain(row.change)
        .map(|change| row.better.worsening(change))
        .filter(|worsening| worsening.is_finite())
        .max_by(f64::total_cmp)?;
    let up = |steps: f64| ((worsening * 100.0 * steps - 1e-6).ceil() / steps).max(1.0 / steps);
    match row.scale {
        Scale::Relative => {
            Some(up(1.0)).filter(|it| *it <= HIGHEST_PERCENT).map(|it| format!("{it}%"))
        }
        Scale::Absolute => {
            Some(up(10.0)).filter(|it| *it <= HIGHEST_POINTS).map(|it| format!("{it}pp"))
        }
    }
}

/// A day as TOML has it; other text, or none, as a text that the configuration refuses.
fn day(expires: Option<&str>) -> String {
    let is_day = |text: &str| {
        text.len() == 10
            && text.bytes().enumerate().all(|(at, b)| match at {
                4 | 7 => b == b'-',
                _ => b.is_ascii_digit(),
            })
    };
    match expires {
        Some(day) if is_day(day) => day.to_owned(),
        other => escape::toml_string(other.unwrap_or("YYYY-MM-DD")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_their_row_whatever_brackets_it_has() {
        for id in ["read", "sum[1]", "sum[1", "a{b", "a\\", "*[", "読み取り"] {
            let pattern = pattern(id).unwrap();
            assert!(Pattern::new(&pattern).unwrap().matches(id), "{id} {pattern}");
        }
        assert_eq!(pattern(&"x".repeat(Pattern::LONGEST + 1)), None);
    }

    #[test]
    fn a_day_is_a_date_and_all_else_a_text() {
        assert_eq!(day(Some("2027-01-31")), "2027-01-31");
        assert_eq!(day(Some("2027-01-31\n[[x]]")), "\"2027-01-31\\u000a[[x]]\"");
        assert_eq!(day(None), "\"YYYY-MM-DD\"");
    }
}
