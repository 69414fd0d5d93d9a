//! From k6 files to a timeline.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::moments::Moments;
use super::shape::Shape;
use super::stream::{Stream, about_setup};
use super::{csv, ndjson, windows};
use crate::measure::timeline::{Timeline, Window};
use crate::measure::{Problem, Severity};
use crate::source::SourceError;

/// The most points that are kept, of all files together: 16 bytes each.
const MOST_POINTS: usize = 16_000_000;

/// So far back a request may stand in a file behind one that ended later, in ns: k6 writes in
/// batches, and not in order.
const STEP_BACK: i64 = 5_000_000_000;

/// So many seconds without anything are worth a word.
const GAP: usize = 10;

/// One file of a load test.
pub(crate) struct Input {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it is: a stream.
    pub(crate) shape: Shape,
    /// Its text, decompressed.
    pub(crate) text: Box<dyn Read + Send>,
}

/// The timeline of one load test, of which every generator wrote a file. `only` is the tag and the
/// value that requests and iterations must have.
///
/// # Errors
/// A file is no stream of k6, holds no request of the kind, or too many points; or the files were
/// not written by generators that ran at the same time.
pub(crate) fn timeline(
    inputs: Vec<Input>,
    only: Option<&(String, String)>,
) -> Result<Timeline, SourceError> {
    let several = inputs.len() > 1;
    let (mut paths, mut files, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    let mut room = MOST_POINTS;
    let mut without = None;
    for mut input in inputs {
        let stream =
            match read(&mut input, only, &mut room).map_err(|fault| fault.at(&input.path))? {
                Found::Requests(stream) => stream,
                // Not every generator sends requests of every kind.
                Found::Others(fault) => {
                    without.get_or_insert_with(|| fault.at(&input.path));
                    continue;
                }
            };
        let shown = several.then_some(input.path.as_path());
        problems.extend(about(&stream, only).into_iter().map(|problem| told(problem, shown)));
        files.push(stream.tally);
        paths.push(input.path);
    }
    if let (true, Some(none)) = (files.is_empty(), without) {
        return Err(none);
    }
    let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
    refuse_strangers(&paths, &files)?;
    let (start_ns, windows) = windows::build(&files).map_err(|fault| fault.at(first))?;
    problems.extend(gaps(&windows));
    let paths = paths.iter().map(|path| path.display().to_string()).collect();
    Ok(Timeline { paths, start_ns, only: only.cloned(), windows, problems })
}

fn read(
    input: &mut Input,
    only: Option<&(String, String)>,
    room: &mut usize,
) -> Result<Found, Fault> {
    let moments = Moments::new(only.cloned(), *room);
    let stream = match input.shape {
        Shape::Csv => csv::read(&mut input.text, moments)?,
        _ => ndjson::read(&mut input.text, moments)?,
    };
    stream.refuse_rubbish()?;
    *room = stream.tally.room_left().ok_or_else(|| {
        Fault::content(
            format!("more than {MOST_POINTS} requests, iterations and their times"),
            "one ramp, of minutes or hours",
            "give a shorter ramp, or cut the file",
        )
    })?;
    if stream.tally.requests.is_empty() {
        return match only {
            Some((key, value)) if stream.tally.carried => Ok(Found::Others(Fault::content(
                format!("no request whose tag `{key}` is `{value}`"),
                "requests with that tag",
                "see the values with `tailguard inspect --group-by TAG FILE`",
            ))),
            Some((key, _)) if stream.tally.start.is_some() => Ok(Found::Others(Fault::content(
                format!("no request with a tag `{key}`"),
                "requests with that tag",
                "tag the requests, or their scenario, in the script",
            ))),
            _ => Err(stream.empty("a request", stream.tally.setup_requests)),
        };
    }
    Ok(Found::Requests(Box::new(stream)))
}

/// What a file holds.
enum Found {
    /// Requests of the kind that is asked for.
    Requests(Box<Stream<Moments>>),
    /// None of them, but others; the fault is one where no file has any.
    Others(Fault),
}

/// What should be known about one file.
fn about(stream: &Stream<Moments>, only: Option<&(String, String)>) -> Vec<Problem> {
    let moments = &stream.tally;
    let mut problems = stream.problems();
    let mut push = |severity, code, message: &str| {
        problems.push(Problem { severity, code, row: None, message: message.to_owned() });
    };
    if moments.step_back > STEP_BACK {
        let seconds = moments.step_back / 1_000_000_000;
        push(
            Severity::Error,
            "clock-jump",
            &format!(
                "times go back by {seconds} s within the file: the clock was set, or it holds two \
                 tests; some seconds count requests of both"
            ),
        );
    }
    if moments.digits == 0 {
        let message = "times are whole seconds, so that moments are one second uncertain; \
                       K6_CSV_TIME_FORMAT=unix_milli makes them finer";
        push(Severity::Notice, "whole-seconds", message);
    }
    if !moments.judged {
        push(Severity::Notice, "no-failures", "the file does not say which requests failed");
    }
    if !moments.tells_iterations() {
        let message = match only {
            Some((key, _)) => format!(
                "iterations, or those that were dropped, have no tag `{key}`, so that nobody knows \
                 what was offered: set it in the scenario's `tags`, or give --offered"
            ),
            None => "the file has no iterations, so that nobody knows what was offered: give \
                     --offered"
                .to_owned(),
        };
        push(Severity::Warning, "no-iterations", &message);
    }
    if moments.users.is_empty() || moments.most_users.is_empty() {
        push(Severity::Notice, "no-users", "the file does not count users (`vus`, `vus_max`)");
    } else if only.is_some() {
        let message = "users are counted for all load together: k6 does not tell whose they are";
        push(Severity::Notice, "shared-users", message);
    }
    problems.extend(about_setup(moments.setup_requests));
    problems
}

/// A problem with its file, where there are several.
fn told(problem: Problem, path: Option<&Path>) -> Problem {
    match path {
        Some(path) => {
            Problem { message: format!("{}: {}", path.display(), problem.message), ..problem }
        }
        None => problem,
    }
}

/// Files are of one test where they overlap for most of their time, and are not the same numbers
/// twice.
fn refuse_strangers(paths: &[PathBuf], files: &[Moments]) -> Result<(), SourceError> {
    let refuse = |at: usize, what: String, hint: &str| {
        let path = paths.get(at).map_or(Path::new(""), PathBuf::as_path);
        Err(Fault::content(what, "one file a load generator, of one test", hint).at(path))
    };
    for (at, file) in files.iter().enumerate() {
        for (before, other) in files.iter().enumerate().take(at) {
            let name = paths.get(before).map(|p| p.display().to_string()).unwrap_or_default();
            if is_copy(file, other) {
                let what = format!("the same test as in {name}");
                return refuse(at, what, "give one of the two: a copy would count twice");
            }
            if !overlap(file, other) {
                let what =
                    format!("another test than in {name}: they did not run at the same time");
                return refuse(at, what, "give the files of one ramp; look at each ramp by itself");
            }
        }
    }
    Ok(())
}

/// Whether two files are one test, maybe in two formats, which round numbers differently.
fn is_copy(a: &Moments, b: &Moments) -> bool {
    const ROUNDED: f64 = 1e-5;
    let (ms, other) = (a.total_ms(), b.total_ms());
    a.counts() == b.counts() && (ms - other).abs() <= ROUNDED * ms.max(other)
}

/// Whether they share half of the shorter one's time.
fn overlap(a: &Moments, b: &Moments) -> bool {
    let (Some(a), Some(b)) = (a.span(), b.span()) else { return false };
    let length = |(start, end): (i64, i64)| end.saturating_sub(start);
    let shared = a.1.min(b.1).saturating_sub(a.0.max(b.0));
    shared >= 0 && shared >= length(a).min(length(b)) / 2
}

/// Stretches in which nothing happened at all.
fn gaps(windows: &[Window]) -> Option<Problem> {
    let silent = |w: &Window| {
        let idle = w.iterations.is_none_or(|i| i.completed == 0 && i.dropped == 0);
        w.requests == 0 && idle
    };
    let mut longest = 0..0;
    let mut begin = 0;
    for (at, window) in windows.iter().enumerate() {
        if !silent(window) {
            begin = at + 1;
        } else if at + 1 - begin > longest.len() {
            longest = begin..at + 1;
        }
    }
    (longest.len() >= GAP).then(|| Problem {
        severity: Severity::Warning,
        code: "gap",
        row: None,
        message: format!(
            "nothing ended from second {} to second {}: the load paused, the service stood still, or \
             the clock was set",
            longest.start, longest.end
        ),
    })
}
