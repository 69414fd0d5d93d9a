//! `slo`: targets judged, and targets in other forms.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::args::{Format, Global, Slo, SloForm, SloImport, SloPart, SloUnit};
use super::commands::Failure;
use super::output::{publish, say, to_stdout, write_file};
use super::plan::{host, load_config, named_paths};
use crate::gate::{self, Error, SloPlan};
use crate::measure::Unit;
use crate::policy::Load;
use crate::report;
use crate::slo::openslo::Import;

/// The most of a file that is read, in bytes: one more than is taken.
const LARGEST: u64 = (1 << 20) + 1;

pub(super) fn run(global: &Global, args: &Slo) -> Result<u8, Failure> {
    let Some(part) = &args.part else { return judge(global, args) };
    if !args.fresh.is_empty() || args.committed {
        let message = "nothing is judged here\nhint: leave out --fresh and --committed";
        return Err(Error::Usage(message.to_owned()).into());
    }
    if global.format != Format::Terminal || !global.report.is_empty() {
        let message = "the form is the command's own\nhint: leave out --format and --report";
        return Err(Error::Usage(message.to_owned()).into());
    }
    match part {
        SloPart::Import(args) => import(global, args),
        SloPart::Export { form } => export(global, *form),
    }
}

fn judge(global: &Global, args: &Slo) -> Result<u8, Failure> {
    let formats = global.report.iter().map(|(format, _)| *format).chain([global.format]);
    if formats.into_iter().any(|format| matches!(format, Format::Junit | Format::Html)) {
        let hint = "hint: slo writes terminal, markdown or json; check writes all, with targets";
        return Err(Error::Usage(format!("slo has no such report format\n{hint}")).into());
    }
    let config = load_config(global.config.as_deref())?;
    let host = host(&args.origin, &config.dir);
    let fresh = named_paths("fresh", &args.fresh)?;
    let plan = SloPlan { config: &config, host: &host, fresh: &fresh, committed: args.committed };
    let judged = gate::slo(&plan)?;
    publish(global, &|dialect, out| report::render_slo(&judged, dialect, out))?;
    Ok(judged.outcome.exit_code())
}

fn import(global: &Global, args: &SloImport) -> Result<u8, Failure> {
    let at = args.at.as_deref().map(Load::parse).transpose().map_err(|error| {
        Error::Usage(format!("--at got a wrong load: {error}\nhint: write --at 200/s"))
    })?;
    let unit = args.unit.map(|unit| match unit {
        SloUnit::Ns => Unit::Ns,
        SloUnit::Us => Unit::Us,
        SloUnit::Ms => Unit::Ms,
        SloUnit::S => Unit::S,
    });
    let text = text_of(&args.file)?;
    let how = Import { at, suite: args.suite.as_deref(), unit };
    let (entries, notes) = gate::import_slos(&text, &how)?;
    tell(global, &notes);
    write(global, &entries)
}

fn export(global: &Global, form: SloForm) -> Result<u8, Failure> {
    let config = load_config(global.config.as_deref())?;
    match form {
        SloForm::Openslo => {
            let (documents, notes) = gate::export_openslo(&config)?;
            tell(global, &notes);
            write(global, &documents)
        }
        SloForm::Prometheus => write(global, &gate::export_prometheus(&config)?),
    }
}

fn tell(global: &Global, notes: &[String]) {
    notes.iter().for_each(|note| say(global, &format!("note: {note}")));
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) => {
            let message = format!(
                "cannot read {}: {error}\nhint: name a file of OpenSLO v1 documents",
                path.display()
            );
            Err(Failure { message, last_lines: Vec::new(), exit_code: 1 })
        }
    }
}

fn write(global: &Global, text: &str) -> Result<u8, Failure> {
    let written = match &global.output {
        Some(path) => write_file(path, text.as_bytes()),
        None => to_stdout(text.as_bytes()),
    };
    let path = global.output.clone().unwrap_or_else(|| "stdout".into());
    written.map_err(|source| Error::Write { path, source })?;
    Ok(0)
}
