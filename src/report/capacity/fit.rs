//! A fit of throughput by concurrency: what it means first, then what it rests on.

use std::io::{self, Write};

use crate::capacity::fit::Fit;
use crate::capacity::little;
use crate::measure::Unit;

use crate::report::sign::{self, Tone};
use crate::report::text::Text;
use crate::report::{Dialect, Layout, Notice, columns, markdown, number, terminal};
use cells::{PARAMETERS, STEPS, parameters, steps};

mod cells;
mod json;

pub use cells::{fit_because, fit_headline};

/// Fitted models with what they were fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct FitReport {
    /// Both models, and the chosen one.
    pub fit: Fit,
    /// What was read.
    pub sources: Vec<FitSource>,
    /// What a reader should know about the steps.
    pub notices: Vec<Notice>,
}

/// A file with steps, and what is known of their measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitSource {
    /// The file. A foreign name.
    pub path: String,
    /// The commit that was measured.
    pub commit: Option<String>,
    /// The environment key of the machine that measured.
    pub machine: Option<String>,
    /// When, as an RFC 3339 time.
    pub time: Option<String>,
}

/// Writes a fit. The same fit gives the same bytes.
///
/// # Errors
/// What the writer says; [`io::ErrorKind::Unsupported`] for JUnit and HTML.
pub fn render_fit(report: &FitReport, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Terminal(layout) => as_terminal(report, layout, out),
        Dialect::Markdown => as_markdown(report, out),
        Dialect::Json => json::write(report, out),
        Dialect::Junit | Dialect::Html => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "a fit has no such form\nhint: use --format terminal, markdown or json",
        )),
    }
}

/// How it was made, and of what.
fn footer(report: &FitReport) -> Vec<Text<'_>> {
    let how = report.fit.resampling;
    let made = format!(
        "unweighted least squares on throughput, sigma and kappa at least 0; intervals by the wild \
         bootstrap: {} refits, seed {}",
        how.replicates, how.seed
    );
    let law = format!(
        "Little's law agrees within {}; where no iteration time was measured, Z is taken as 0",
        number::value(little::AGREES_WITHIN, Unit::Ratio)
    );
    let sources = report.sources.iter().map(|source| {
        let mut line = Text::from("read ").name(&source.path);
        let known =
            [(" at commit ", &source.commit), (" on ", &source.machine), (" at ", &source.time)];
        for (words, name) in known {
            if let Some(name) = name {
                line = line.words(words).name(name);
            }
        }
        line
    });
    [Text::from(made), Text::from(law)].into_iter().chain(sources).collect()
}

fn as_terminal(report: &FitReport, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let headline = columns::wrap(&fit_headline(&report.fit), layout.width, 0);
    writeln!(out, "{}", terminal::paint(&headline, Tone::Plain, layout))?;
    writeln!(out, "{}", columns::wrap(&fit_because(&report.fit), layout.width, 0))?;
    for grid in [grid(&PARAMETERS, parameters(&report.fit)), grid(&STEPS, steps(&report.fit))] {
        writeln!(out)?;
        for line in columns::aligned(&grid, layout.width.saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
    }
    if !report.notices.is_empty() {
        writeln!(out)?;
    }
    for notice in &report.notices {
        let message = terminal::text(&Text::new().message(&notice.message));
        let sign = sign::of_severity(notice.severity);
        writeln!(out, "{}", terminal::remark(sign, &message, layout))?;
    }
    writeln!(out)?;
    for line in footer(report) {
        let line = columns::wrap(&terminal::text(&line), layout.width, 0);
        writeln!(out, "{}", terminal::paint(&line, Tone::Quiet, layout))?;
    }
    Ok(())
}

fn as_markdown(report: &FitReport, out: &mut dyn Write) -> io::Result<()> {
    let words = |words: String| markdown::text(&Text::from(words));
    writeln!(out, "**{}**\n", words(fit_headline(&report.fit)))?;
    writeln!(out, "{}", words(fit_because(&report.fit)))?;
    for grid in [grid(&PARAMETERS, parameters(&report.fit)), grid(&STEPS, steps(&report.fit))] {
        writeln!(out)?;
        for (at, row) in grid.into_iter().enumerate() {
            let cells: Vec<String> = row.into_iter().map(words).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
            if at == 0 {
                writeln!(out, "| :-- |{}", " --: |".repeat(cells.len().saturating_sub(1)))?;
            }
        }
    }
    writeln!(out)?;
    for notice in &report.notices {
        let sign = sign::of_severity(notice.severity);
        let message = markdown::text(&Text::new().message(&notice.message));
        writeln!(out, "- {} {}: {message}", sign.emoji, sign.word)?;
    }
    for line in markdown::bullets(footer(report)) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// A heading and rows, as lines of cells.
fn grid<const N: usize>(heading: &[&str; N], rows: Vec<[String; N]>) -> Vec<Vec<String>> {
    let heading = heading.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(heading).chain(rows.into_iter().map(Vec::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Step;
    use crate::capacity::bootstrap::Resampling;
    use crate::capacity::fit::fit;

    fn report(curve: impl Fn(f64) -> f64) -> FitReport {
        let levels = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0];
        let noise = [0.004, -0.01, 0.007, -0.002, 0.009, -0.006, 0.001, -0.008, 0.01, -0.005];
        let steps: Vec<Step> = levels
            .iter()
            .zip(noise)
            .map(|(&concurrency, off)| Step {
                concurrency,
                per_s: curve(concurrency) * (1.0 + off),
                latency_s: (concurrency < 8.0).then(|| concurrency / curve(concurrency)),
                iteration_s: None,
            })
            .collect();
        let source = FitSource {
            path: "steps|.csv".to_owned(),
            commit: Some("0123456".to_owned()),
            machine: None,
            time: None,
        };
        let resampling = Resampling { replicates: 199, seed: 1 };
        FitReport { fit: fit(&steps, resampling).unwrap(), sources: vec![source], notices: vec![] }
    }

    fn law(kappa: f64) -> impl Fn(f64) -> f64 {
        move |n| 100.0 * n / (1.0 + 0.05 * (n - 1.0) + kappa * n * (n - 1.0))
    }

    #[test]
    fn a_maximum_that_nobody_saw_is_called_extrapolated() {
        let headline = |kappa| fit_headline(&report(law(kappa)).fit);
        let seen = headline(0.003);
        assert!(seen.contains("at most ") && !seen.contains("extrapolated"), "{seen}");
        assert!(seen.contains(" at a concurrency of 17 ["), "{seen}");
        assert!(
            headline(0.0006).contains("no maximum observed from a concurrency of 1 to 32; extra"),
            "{}",
            headline(0.0006)
        );
        let none = headline(0.0);
        let end = " at a concurrency of 32 was the most of what was measured, and no fall is shown up to 32";
        assert!(none.contains("no maximum observed; ") && none.ends_with(end), "{none}");
    }

    #[test]
    fn limits_are_told_as_far_as_they_were_observed() {
        let headline = |curve: fn(f64) -> f64| fit_headline(&report(curve).fit);
        let limit = headline(|n| 100.0 * n.min(6.5));
        assert!(
            limit.starts_with("hard limit: 649/s [") && limit.contains("only waits"),
            "{limit}"
        );
        let none = headline(|n| 100.0 * n);
        assert!(none.starts_with("no limit observed"), "{none}");
    }

    #[test]
    fn the_terminal_keeps_to_its_width_and_says_what_was_not_checked() {
        let layout = Layout { color: false, width: 80, all: false };
        let mut bytes = Vec::new();
        render_fit(&report(law(0.003)), Dialect::Terminal(layout), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("agrees ") && text.contains("not checked"), "{text}");
        assert!(text.contains("seed 1") && text.contains("read steps|.csv at commit 0123456"));
        let widest = text.lines().map(columns::width).max().unwrap();
        assert!(widest <= 80, "{widest}:\n{text}");
    }

    #[test]
    fn markdown_tables_hold_against_their_names() {
        let mut bytes = Vec::new();
        render_fit(&report(law(0.003)), Dialect::Markdown, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("| parameter | value | 95% interval |"), "{text}");
        assert!(text.contains("steps&#124;.csv"), "{text}");
        let cells: Vec<usize> = text
            .lines()
            .filter(|line| line.starts_with("| "))
            .map(|line| line.matches(" |").count())
            .collect();
        assert!(cells.iter().all(|n| *n == 3 || *n == 6), "{text}");
    }
}
