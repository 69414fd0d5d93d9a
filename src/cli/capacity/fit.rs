//! `capacity fit`: from words to a fit, and its report out.

use super::super::args::{CapacityFit, Format, Global};
use super::super::output::publish;
use super::super::plan::paths;
use crate::capacity::bootstrap::Resampling;
use crate::gate::{self, Error, FitPlan};
use crate::report;

pub(super) fn run(global: &Global, args: &CapacityFit) -> Result<u8, Error> {
    let mut formats = global.report.iter().map(|(format, _)| *format).chain([global.format]);
    if formats.any(|format| matches!(format, Format::Junit | Format::Html)) {
        let message = "a fit has no such report format\nhint: use terminal, markdown or json";
        return Err(Error::Usage(message.to_owned()));
    }
    let report = gate::capacity_fit(&FitPlan {
        paths: &paths(&args.paths),
        concurrency_from: args.concurrency_from.as_deref(),
        resampling: Resampling { replicates: args.refits, seed: args.seed },
    })?;
    publish(global, &|dialect, out| report::render_fit(&report, dialect, out))?;
    Ok(0)
}
