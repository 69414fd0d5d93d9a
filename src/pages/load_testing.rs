//! `load-testing.md`: scenarios, where the service breaks, what limits it, what to do about it.

use super::blocks::Blocks;
use super::model::{
    Breakpoint, Fit, Limit, LimitKind, LoadTests, Model, Reached, Recommendation, Scenario, Tried,
};
use super::plot::{self, Figures};
use super::sources::{self, Sources, Way};
use super::table::{Side, Table};
use super::words;
use crate::report::{number, prose};

pub(super) fn blocks(model: &Model, way: &Way, figures: &mut Figures) -> Blocks {
    let load = &model.load;
    Blocks::from([
        ("scenarios", scenarios(&load.scenarios, way)),
        ("breaking-point", breaking_points(load, way, figures)),
        ("bottlenecks", bottlenecks(load, way)),
        ("scalability", scalability(load, way, figures)),
        ("recommendations", recommendations(&load.recommendations, way)),
    ])
}

fn scenarios(scenarios: &[Scenario], way: &Way) -> String {
    let mut table = Table::new(&[
        ("scenario", Side::Left),
        ("asks", Side::Left),
        ("model", Side::Left),
        ("load", Side::Left),
        ("requests, all runs", Side::Right),
        ("slowest p95", Side::Right),
        ("error rate", Side::Right),
        ("dropped", Side::Right),
        ("source", Side::Left),
    ]);
    let mut sources = Sources::default();
    for scenario in scenarios {
        let mut cells = vec![
            prose::code(&scenario.name),
            prose::words(&scenario.asks),
            prose::words(&scenario.model),
            prose::words(&scenario.load),
        ];
        match &scenario.result {
            Some(result) => cells.extend([
                number::whole(result.requests as f64),
                words::maybe(result.p95.as_ref()),
                words::maybe(result.error_rate.as_ref()),
                words::maybe(result.dropped.as_ref()),
                sources.mark(Some(&result.source)),
            ]),
            None => {
                cells.push("not run".to_owned());
                cells.resize(9, String::new());
            }
        }
        table.row(cells);
    }
    words::or(table.markdown() + &sources.list(way), "Not measured: no scenario is configured.\n")
}

fn breaking_points(load: &LoadTests, way: &Way, figures: &mut Figures) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for ramp in &load.breakpoints {
        text.push_str(&format!("### {}\n\n", prose::code(&ramp.name)));
        text.push_str(&limits(ramp));
        let by_generator = match ramp.generator_limited {
            true => {
                "The generator took part: arrivals were dropped, or no user was free for them. \
                     Where a limit says \"at least\", the service showed no limit of its own."
            }
            false => "The generator had users to spare: the limits are the service's.",
        };
        let source = sources.mark(Some(&ramp.source));
        text.push_str(&format!("{by_generator} (Source {source})\n\n"));
        text.push_str(&figures.show(plot::latency_by_load(ramp)));
        text.push_str(&figures.show(plot::achieved_against_offered(ramp)));
    }
    words::or(text + &sources.list(way), "Not measured: no ramp was recorded.\n")
}

fn limits(ramp: &Breakpoint) -> String {
    let mut table = Table::new(&[
        ("limit", Side::Left),
        ("from", Side::Right),
        ("offered", Side::Right),
        ("achieved", Side::Right),
    ]);
    for limit in &ramp.limits {
        let [from, offered, achieved] = reached(limit);
        table.row(vec![kind_of(limit), from, offered, achieved]);
    }
    words::or(table.markdown(), "No limit was looked for.\n\n")
}

/// When, offered, achieved.
fn reached(limit: &Limit) -> [String; 3] {
    match &limit.reached {
        Reached::At(crossing) => [
            format!("{} s", number::tick(crossing.at_seconds)),
            words::amount(&crossing.offered),
            words::amount(&crossing.achieved),
        ],
        Reached::Not(most) => {
            let upto = format!("not reached up to {}", words::amount(most));
            ["-".to_owned(), upto, "-".to_owned()]
        }
        Reached::NoTarget => ["-".to_owned(), "no target is set".to_owned(), "-".to_owned()],
        Reached::NotKnown => ["-".to_owned(), "not known".to_owned(), "-".to_owned()],
    }
}

/// What a limit says, in words.
fn kind(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::AchievedBehindOffered => "achieved falls behind offered",
        LimitKind::Drops => "arrivals are dropped",
        LimitKind::P95OverTarget => "p95 leaves its target",
        LimitKind::ErrorsOverBudget => "errors leave their budget",
    }
}

/// The same, with the target that is left.
pub(super) fn kind_of(limit: &Limit) -> String {
    match limit.target.as_str() {
        "" => kind(limit.kind).to_owned(),
        target => format!("{} of {}", kind(limit.kind), prose::words(target)),
    }
}

fn bottlenecks(load: &LoadTests, way: &Way) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for ramp in &load.breakpoints {
        text.push_str(&format!("### Of {}\n\n", prose::code(&ramp.name)));
        if ramp.bottlenecks.is_empty() {
            text.push_str(
                "Not known: nothing that was captured beside the ramp speaks for one.\n\n",
            );
            continue;
        }
        for (at, bottleneck) in ramp.bottlenecks.iter().enumerate() {
            text.push_str(&format!(
                "{}. **{}**{}\n",
                at + 1,
                prose::words(&bottleneck.name),
                sources.cited(&bottleneck.sources)
            ));
            for evidence in &bottleneck.evidence {
                text.push_str(&format!("   * {}\n", prose::words(evidence)));
            }
        }
        text.push('\n');
    }
    words::or(text + &sources.list(way), "Not known: no ramp was recorded.\n")
}

fn scalability(load: &LoadTests, way: &Way, figures: &mut Figures) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for fit in &load.fits {
        let source = sources.mark(Some(&fit.source));
        text.push_str(&format!(
            "### {}\n\n**{}**: {}. Little's law: {}. (Source {source})\n\n",
            prose::code(&fit.name),
            prose::words(&fit.chosen),
            prose::words(&fit.because),
            prose::words(&fit.little),
        ));
        text.push_str(&parameters(fit));
        for model in &fit.models {
            let fits =
                model.r2.map_or_else(String::new, |r2| format!("; R² {}", number::plain(r2)));
            let found = match model.name == fit.chosen {
                true => words::highest(fit),
                false => "not chosen".to_owned(),
            };
            text.push_str(&format!("* {}: {found}{fits}\n", prose::words(&model.name)));
        }
        text.push('\n');
        text.push_str(&figures.show(plot::throughput_by_concurrency(fit)));
    }
    words::or(text + &sources.list(way), "Not measured: no series of steps was recorded.\n")
}

fn parameters(fit: &Fit) -> String {
    let mut table = Table::new(&[
        ("model", Side::Left),
        ("parameter", Side::Left),
        ("value", Side::Right),
        ("95% interval", Side::Left),
    ]);
    for model in &fit.models {
        for parameter in &model.parameters {
            let interval = parameter.interval.map_or_else(
                || "not known".to_owned(),
                |(low, high)| format!("[{}, {}]", number::plain(low), number::plain(high)),
            );
            table.row(vec![
                prose::words(&model.name),
                prose::words(&parameter.name),
                number::plain(parameter.value),
                interval,
            ]);
        }
    }
    table.markdown()
}

fn recommendations(recommendations: &[Recommendation], way: &Way) -> String {
    let mut text = String::new();
    let mut sources = Sources::default();
    for (at, advice) in recommendations.iter().enumerate() {
        text.push_str(&format!(
            "### {}. {}\n\n* Rule: {}\n* Evidence: {}{}\n",
            at + 1,
            prose::words(&advice.advice),
            prose::words(&advice.rule),
            prose::words(&advice.evidence),
            sources.cited(&advice.sources)
        ));
        match &advice.tried {
            None => text.push_str("* Not tried\n\n"),
            Some(tried) => text.push_str(&outcome(tried, &mut sources, way)),
        }
    }
    words::or(text + &sources.list(way), "None: no measurement meets the rule of one.\n")
}

/// What came of a trial.
fn outcome<'a>(tried: &'a Tried, sources: &mut Sources<'a>, way: &Way) -> String {
    let mut text = format!(
        "* Tried: {} went from {} to {}, {}: {}{}\n",
        prose::words(&tried.what),
        words::amount(&tried.before),
        words::amount(&tried.after),
        prose::words(&tried.verdict),
        prose::words(&tried.because),
        sources.cited([&tried.source])
    );
    for other in &tried.beside {
        text.push_str(&format!(
            "* Beside it: {} went from {} to {}, {}: {}\n",
            prose::words(&other.what),
            words::amount(&other.before),
            words::amount(&other.after),
            prose::words(&other.verdict),
            prose::words(&other.because)
        ));
    }
    match &tried.change {
        Some(change) => text.push_str(&format!("* The change: {}\n", sources::file(change, way))),
        None if tried.uncommitted => text.push_str(
            "* Measured with changes that no commit has: the trial cannot be checked out\n",
        ),
        None => {}
    }
    text + "\n"
}

#[cfg(test)]
mod tests;
