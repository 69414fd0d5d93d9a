//! From a k6 file to a run.

use std::io::Read;
use std::path::Path;

use super::fault::Fault;
use super::grouping::Grouping;
use super::instant;
use super::shape::Shape;
use super::stream::Stream;
use super::summary::Summary;
use super::tally::Tally;
use super::{csv, document, export, ndjson, rows, summary_rows, typed};
use crate::measure::{Problem, Provenance, Row, Run, Severity, Tool};
use crate::source::latencies::EXACT;
use crate::source::{Reading, SourceError};

/// Reads a k6 file of a known shape. `input` gives the content, already decompressed; a byte order
/// mark at its start is skipped. A broken stream (as decoders report it: unexpected end, invalid
/// data) gives a run with damaged rows and the problem `truncated`.
///
/// # Errors
///
/// When the content is not of that shape, holds no measurement at all, or would make more rows
/// than anybody could judge; and when `input` fails for other reasons than a broken stream.
pub fn read(
    path: &Path,
    shape: Shape,
    input: &mut dyn Read,
    reading: &Reading,
) -> Result<Run, SourceError> {
    let run = match shape {
        Shape::Ndjson | Shape::Csv => read_stream(shape, input, reading),
        Shape::SummaryExport | Shape::HandleSummary | Shape::MachineReadable => {
            read_summary(shape, input, reading)
        }
    };
    run.map(|run| Run { path: path.display().to_string(), ..run }).map_err(|fault| fault.at(path))
}

fn read_stream(shape: Shape, input: &mut dyn Read, reading: &Reading) -> Result<Run, Fault> {
    let tally = Tally::new(Grouping::new(reading.group_by.as_deref()), EXACT);
    let stream = match shape {
        Shape::Csv => csv::read(input, tally)?,
        _ => ndjson::read(input, tally)?,
    };
    refuse_rubbish(&stream)?;
    let (rows, mut problems) = rows::build(&stream.tally, reading.detail, stream.damage.is_some());
    if rows.is_empty() {
        return Err(empty(&stream));
    }
    problems.extend(stream_problems(&stream));
    let time = stream.tally.earliest.and_then(instant::display);
    Ok(run(shape, reading, Provenance { time, ..Provenance::default() }, rows, problems))
}

fn parse_summary(shape: Shape, input: &mut dyn Read) -> Result<Summary, Fault> {
    let document = document::parse(input)?;
    match shape {
        Shape::SummaryExport => export::summary(&document),
        Shape::MachineReadable => typed::machine_readable(&document),
        _ => typed::handle_summary(&document),
    }
}

fn read_summary(shape: Shape, input: &mut dyn Read, reading: &Reading) -> Result<Run, Fault> {
    let summary = parse_summary(shape, input)?;
    let (rows, problems) = summary_rows::build(&summary, reading.group_by.as_deref())?;
    let provenance = Provenance { time: summary.time, ..Provenance::default() };
    let tool_version = summary.tool_version;
    Ok(Run { tool_version, ..run(shape, reading, provenance, rows, problems) })
}

fn run(
    shape: Shape,
    reading: &Reading,
    provenance: Provenance,
    rows: Vec<Row>,
    problems: Vec<Problem>,
) -> Run {
    Run {
        id: String::new(),
        path: String::new(),
        tool: Tool::K6,
        format: shape.format(),
        tool_version: None,
        workload: reading.workload,
        provenance,
        rows,
        problems,
    }
}

/// A file of which most lines are not k6's is not k6's, whatever the others say.
fn refuse_rubbish(stream: &Stream) -> Result<(), Fault> {
    match &stream.first_bad {
        Some((line, why)) if stream.bad_lines * 2 > stream.lines => Err(Fault::content(
            format!(
                "bad lines: {} of {}, the first is line {line}: {why}",
                stream.bad_lines, stream.lines
            ),
            "k6 lines, one point each",
            "write the file with `k6 run --out json=FILE` or `--out csv=FILE`",
        )),
        _ => Ok(()),
    }
}

fn empty(stream: &Stream) -> Fault {
    let mut found = format!("{} lines without a request, check or iteration", stream.lines);
    if stream.tally.setup_requests > 0 {
        found += &format!(" ({} requests of setup() or teardown())", stream.tally.setup_requests);
    }
    if !stream.names.is_empty() {
        found += &format!(" (metrics: {})", stream.names.join(", "));
    }
    if let Some(damage) = &stream.damage {
        found += &format!(" before the stream broke off: {damage}");
    }
    Fault::content(
        found,
        "points of http_req_duration",
        "check that the script sends HTTP requests and that k6 ran to its end",
    )
}

fn stream_problems(stream: &Stream) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut push = |severity, code, message| {
        problems.push(Problem { severity, code, row: None, message });
    };
    if let Some(damage) = &stream.damage {
        let message = format!("the file breaks off after {} lines: {damage}", stream.lines);
        push(Severity::Error, "truncated", message);
    }
    if stream.cut {
        let message = "the last line is cut and left out: k6 was killed while it wrote";
        push(Severity::Warning, "truncated-line", message.to_owned());
    }
    if let Some((line, why)) = &stream.first_bad {
        let message =
            format!("bad lines left out: {}, the first is line {line}: {why}", stream.bad_lines);
        push(Severity::Warning, "bad-line", message);
    }
    if stream.tally.setup_requests > 0 {
        let n = stream.tally.setup_requests;
        let message = format!("{n} requests of setup() or teardown() are no load and left out");
        push(Severity::Notice, "setup-requests", message);
    }
    problems
}
