//! The report as `tailguard.report/v1`.
//!
//! [`Report`] is the frozen shape itself: a key is only ever added with a new version. Floats are
//! printed with the fewest digits that read back as the same number. JSON has no word for what is
//! not finite, so such a number is left out like one that was never measured.

use std::io::{self, Write};

use crate::measure::Machine;

use super::{Environment, Report, ReportRow, Side, SloResult, SloSource};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let finite = Report {
        rows: report.rows.iter().map(finite_row).collect(),
        slo: report.slo.iter().map(finite_limit).collect(),
        environment: Environment {
            same: report.environment.same,
            base: finite_machine(&report.environment.base),
            fresh: finite_machine(&report.environment.fresh),
        },
        ..report.clone()
    };
    serde_json::to_writer_pretty(&mut *out, &finite)?;
    writeln!(out)
}

fn finite_row(row: &ReportRow) -> ReportRow {
    ReportRow {
        base: row.base.filter(finite_side),
        fresh: row.fresh.filter(finite_side),
        change: finite(row.change),
        interval: row.interval.filter(|[low, high]| low.is_finite() && high.is_finite()),
        p: finite(row.p),
        p_adjusted: finite(row.p_adjusted),
        detectable: finite(row.detectable),
        ..row.clone()
    }
}

fn finite_limit(limit: &SloResult) -> SloResult {
    let limit = limit.finite();
    let source =
        limit.source.map(|source| SloSource { machine: finite_machine(&source.machine), ..source });
    SloResult { source, ..limit }
}

pub(super) fn finite_machine(machine: &Machine) -> Machine {
    Machine { load: finite(machine.load), cpu_limit: finite(machine.cpu_limit), ..machine.clone() }
}

fn finite_side(side: &Side) -> bool {
    side.value.is_finite()
}

fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite())
}
