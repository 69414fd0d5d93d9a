//! The `baseline` commands.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::{Baseline, Diff, Format, Global, Refresh, RefreshRows, Suites};
use super::measure::measured;
use super::output::{complain, page, publish, say};
use super::plan::{host, load_config, named_paths, row_matcher, suites_only, today};
use crate::baseline::{Shelf, verify};
use crate::gate::{self, Error, Host, RefreshPlan, Refreshed, Refusal, Rounds, SuitePaths};
use crate::measure::Severity;
use crate::policy::Outcome;
use crate::policy::config::Config;
use crate::report;

pub(super) fn run(global: &Global, command: &Baseline) -> Result<u8, Error> {
    if !matches!(global.format, Format::Terminal) || !global.report.is_empty() {
        let hint = "hint: leave --format and --report out, or use `tailguard check`";
        return Err(Error::Usage(format!("baseline commands write plain text only\n{hint}")));
    }
    let config = load_config(global.config.as_deref())?;
    match command {
        Baseline::Refresh(args) => refresh(global, &config, args),
        Baseline::Show(args) => show(&config, args),
        Baseline::Diff(args) => diff(&config, args),
        Baseline::Verify(args) => verify_all(&config, args),
    }
}

fn refresh(global: &Global, config: &Config, args: &Refresh) -> Result<u8, Error> {
    let asked = Asked::of(global, config, &args.rows)?;
    let plan = RefreshPlan {
        config,
        host: &asked.host,
        fresh: &asked.fresh,
        matches: &*asked.matches,
        accept_regression: args.rows.accept_regression.as_deref(),
        forget_missing: args.rows.forget_missing,
        dry_run: args.dry_run,
        today: today(),
    };
    let result = gate::refresh(&plan);
    asked.settle(global, matches!(&result, Ok(refreshed) if refreshed.refused.is_none()));
    let refreshed = result?;
    tell_notices(global, &refreshed);
    match &refreshed.refused {
        None => accepted(global, args, &refreshed),
        Some(refusal) => refused(global, refusal),
    }
}

/// How to take measured rounds in without measuring them again.
fn words(rounds: &Rounds) -> String {
    let places = rounds.results.iter().map(|(suite, paths)| {
        let place = paths.dir.join(paths.patterns.first().map_or("", String::as_str));
        format!("--fresh {suite}='{}'", place.display())
    });
    places.collect::<Vec<_>>().join(" ")
}

/// What a refresh is asked to take in.
pub(super) struct Asked {
    pub(super) host: Host,
    pub(super) fresh: BTreeMap<String, SuitePaths>,
    pub(super) matches: Box<dyn Fn(&str) -> bool>,
    rounds: Option<Rounds>,
}

impl Asked {
    /// Measures first where that is asked for.
    pub(super) fn of(global: &Global, config: &Config, rows: &RefreshRows) -> Result<Self, Error> {
        if rows.accept_regression.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
            let hint = "hint: write --accept-regression \"why this is the new normal\"";
            return Err(Error::Usage(format!("--accept-regression got no reason\n{hint}")));
        }
        let host = host(&rows.origin, &config.dir);
        let mut fresh = suites_only(config, named_paths("fresh", &rows.fresh)?, &rows.suite)?;
        let matches = Box::new(row_matcher(rows.matches.as_deref())?);
        let rounds = match rows.run {
            true => Some(measured(global, config, &host, &rows.suite, rows.rounds)?),
            false => None,
        };
        if let Some(rounds) = &rounds {
            fresh = rounds.results.iter().cloned().collect();
            rounds.notices.iter().for_each(|notice| say(global, &report::notice_line(notice)));
        }
        Ok(Self { host, fresh, matches, rounds })
    }

    /// Removes the rounds that were measured and taken in, or says where they are.
    pub(super) fn settle(self, global: &Global, taken_in: bool) {
        match self.rounds {
            Some(rounds) if taken_in => rounds.done(),
            Some(rounds) => say(global, &format!("the rounds are kept: {}", words(&rounds))),
            None => {}
        }
    }
}

pub(super) fn tell_notices(global: &Global, refreshed: &Refreshed) {
    for notice in &refreshed.notices {
        match notice.severity {
            Severity::Error => complain(&report::notice_line(notice)),
            _ => say(global, &report::notice_line(notice)),
        }
    }
}

/// Why nothing was written, and the exit code that follows.
pub(super) fn refused(global: &Global, refusal: &Refusal) -> Result<u8, Error> {
    match refusal {
        Refusal::NoData => {
            complain(&"the fresh results are not fit to be a baseline; nothing was written");
            Ok(Outcome::Undecided.exit_code())
        }
        Refusal::Regressed(judged) => {
            let report = gate::report(judged);
            publish(global, &|dialect, out| report::render(&report, dialect, out))?;
            complain(
                &"the fresh results regress against the stored baseline; nothing was written\nhint: \
                  fix it, or record why this is the new normal: --accept-regression REASON",
            );
            Ok(Outcome::Fail.exit_code())
        }
    }
}

fn accepted(global: &Global, args: &Refresh, refreshed: &Refreshed) -> Result<u8, Error> {
    if refreshed.changes.is_empty() {
        say(global, "nothing to change: the baselines are as they would be");
        return Ok(0);
    }
    let mut text = report::changes(&refreshed.changes);
    if args.dry_run {
        text.push('\n');
        text.push_str(&refreshed.diff);
    }
    let code = page(&text)?;
    say(global, if args.dry_run { "dry run: nothing was written" } else { "baselines written" });
    Ok(code)
}

fn show(config: &Config, args: &Suites) -> Result<u8, Error> {
    known(config, &args.suite)?;
    let stored = gate::show(config, &args.suite)?;
    let sections: Vec<String> = stored
        .iter()
        .map(|(path, baseline)| {
            let rows = gate::as_stored(baseline);
            report::stored(&one_line(path), baseline, &rows)
        })
        .collect();
    let mut text = sections.join("\n");
    if stored.is_empty() {
        text = format!(
            "no baselines in {}\nhint: measure, then take the results in with `tailguard baseline \
             refresh`\n",
            one_line(&config.baselines())
        );
    }
    page(&text)
}

fn diff(config: &Config, args: &Diff) -> Result<u8, Error> {
    known(config, &args.suite)?;
    let (found, text) = match &args.rev {
        Some(revision) => gate::against_revision(config, &args.suite, revision)?,
        None => {
            let fresh = suites_only(config, named_paths("fresh", &args.fresh)?, &args.suite)?;
            let host = host(&args.origin, &config.dir);
            (gate::against_fresh(config, &host, &fresh)?, String::new())
        }
    };
    match (report::changes(&found), text) {
        (rows, text) if rows.is_empty() && text.is_empty() => page("no difference\n"),
        (rows, text) if rows.is_empty() || text.is_empty() => page(&format!("{rows}{text}")),
        (rows, text) => page(&format!("{rows}\n{text}")),
    }
}

fn verify_all(config: &Config, args: &Suites) -> Result<u8, Error> {
    known(config, &args.suite)?;
    let (whole, faults) = verify(&Shelf::new(config.baselines()), &args.suite)?;
    let text: String = whole.iter().map(|path| format!("whole: {}\n", one_line(path))).collect();
    let code = page(&text)?;
    for fault in &faults {
        complain(&fault.error);
    }
    if whole.is_empty() && faults.is_empty() {
        complain(&format!(
            "no baselines in {}\nhint: take results in with `tailguard baseline refresh`",
            config.baselines().display()
        ));
        return Ok(1);
    }
    Ok(if faults.is_empty() { code } else { 1 })
}

/// A path of which nothing ends the line.
fn one_line(path: &Path) -> String {
    report::said(&path.display().to_string())
}

/// # Errors
/// Where a named suite is not configured.
fn known(config: &Config, suites: &[String]) -> Result<(), Error> {
    suites_only(config, BTreeMap::new(), suites).map(|_| ())
}
