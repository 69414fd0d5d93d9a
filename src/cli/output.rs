//! Where reports go: stdout, files, several of each.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::args::{Color, Format, Global};
use crate::atomic;
use crate::gate::Error;
use crate::report::{self, Dialect, Layout};

/// Columns of a terminal report that goes to no terminal.
const DEFAULT_WIDTH: usize = 100;

/// Writes what `render` makes, in every format and to every place that was asked for. A reader who
/// closes the pipe early has seen enough: that is no error.
pub(super) fn publish(
    global: &Global,
    render: &dyn Fn(Dialect, &mut dyn io::Write) -> io::Result<()>,
) -> Result<(), Error> {
    let bytes = |dialect: Dialect| {
        let mut bytes = Vec::new();
        render(dialect, &mut bytes).map(|()| bytes)
    };
    let copies = global.report.iter().map(|(format, path)| (*format, Some(path)));
    for (format, path) in copies.chain([(global.format, global.output.as_ref())]) {
        let dialect = dialect(global, format, path);
        let target = path.cloned().unwrap_or_else(|| PathBuf::from("stdout"));
        let result = bytes(dialect).and_then(|bytes| match path {
            Some(path) => write_file(path, &bytes),
            None => to_stdout(&bytes),
        });
        result.map_err(|source| Error::Write { path: target, source })?;
    }
    Ok(())
}

/// A page of plain text for stdout, and the exit code of success.
pub(super) fn page(text: &str) -> Result<u8, Error> {
    stdout(report::page(text).as_bytes())
}

/// Text for stdout, and the exit code of success.
pub(super) fn stdout(bytes: &[u8]) -> Result<u8, Error> {
    to_stdout(bytes).map_err(|source| Error::Write { path: "stdout".into(), source })?;
    Ok(0)
}

/// Text for stdout; a closed pipe is success.
pub(super) fn to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Talk goes to stderr, unless it is to be quiet.
pub(super) fn say(global: &Global, line: &str) {
    if !global.quiet {
        // Nobody can be told that stderr is closed.
        let _ = writeln!(io::stderr(), "{}", report::said(line));
    }
}

/// An error that does not end the command, or that has an exit code of its own.
pub(super) fn complain(error: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{}", report::error(&error.to_string()));
}

/// Replaces a file, or writes to what can only be written to. What the system calls stdout is
/// stdout, so that reports to both follow each other.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match path.to_str() {
        Some("/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => to_stdout(bytes),
        _ => atomic::replace(path, bytes),
    }
}

fn dialect(global: &Global, format: Format, path: Option<&PathBuf>) -> Dialect {
    match format {
        Format::Markdown => Dialect::Markdown,
        Format::Json => Dialect::Json,
        Format::Junit => Dialect::Junit,
        Format::Html => Dialect::Html,
        Format::Terminal => {
            let terminal = path.is_none() && io::stdout().is_terminal();
            let color = match global.color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => {
                    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                }
            };
            Dialect::Terminal(Layout { color, width: width(terminal), all: global.verbose })
        }
    }
}

fn width(terminal: bool) -> usize {
    let columns = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok();
    let size = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let asked = if terminal { size().or_else(columns) } else { columns() };
    asked.filter(|width| *width >= 40).unwrap_or(DEFAULT_WIDTH)
}
