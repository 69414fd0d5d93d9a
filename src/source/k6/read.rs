//! From a k6 file to a run.

use std::io::Read;
use std::path::Path;

use super::fault::Fault;
use super::grouping::Grouping;
use super::instant;
use super::shape::Shape;
use super::stream::about_setup;
use super::summary::Summary;
use super::tally::Tally;
use super::{csv, document, export, ndjson, rows, summary_rows, typed};
use crate::measure::{Problem, Provenance, Row, Run, Tool};
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
    stream.refuse_rubbish()?;
    let (rows, mut problems) = rows::build(&stream.tally, reading.detail, stream.damage.is_some());
    if rows.is_empty() {
        let wanted = "a request, check or iteration";
        return Err(stream.empty(wanted, stream.tally.setup_requests));
    }
    problems.extend(stream.problems());
    problems.extend(about_setup(stream.tally.setup_requests));
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
