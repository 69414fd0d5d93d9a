//! `docs`: the pages, written or compared.

use super::args::{Docs, Format, Global};
use super::output::{complain, page, say};
use super::plan::load_config;
use crate::gate::{self, DocsPlan, Error};
use crate::pages::told;
use crate::policy::Outcome;

pub(super) fn run(global: &Global, args: &Docs) -> Result<u8, Error> {
    let plain = matches!(global.format, Format::Terminal);
    if !plain || !global.report.is_empty() || global.output.is_some() {
        let hint = "hint: leave --format, --report and --output out";
        return Err(Error::Usage(format!("docs writes pages, and plain text about them\n{hint}")));
    }
    let config = load_config(global.config.as_deref())?;
    let docs = gate::docs(&DocsPlan { config: &config, dir: &args.dir })?;
    if args.check { check(global, &docs) } else { write(global, &docs) }
}

fn check(global: &Global, docs: &gate::Docs) -> Result<u8, Error> {
    let drift = docs.drift()?;
    if drift.is_none() {
        say(global, &format!("{} says what the data say", docs.name));
        return Ok(0);
    }
    page(&told(&drift, &docs.name))?;
    let stale = !drift.pages.is_empty() || !drift.figures.is_empty();
    let hint = match stale {
        true => "run `tailguard docs`, and commit what it writes",
        false => "remove what nothing generates, and mend the links",
    };
    complain(&format!("{} is not what the data give\nhint: {hint}", docs.name));
    Ok(Outcome::Undecided.exit_code())
}

fn write(global: &Global, docs: &gate::Docs) -> Result<u8, Error> {
    let written = docs.write()?;
    let lines: String = written.iter().map(|file| format!("{}/{file}\n", docs.name)).collect();
    let code = page(&lines)?;
    if written.is_empty() {
        say(global, "nothing to write: every page says what the data say");
    }
    // What writing cannot mend.
    for line in told(&docs.drift()?, &docs.name).lines() {
        say(global, &format!("warning: {line}"));
    }
    Ok(code)
}
