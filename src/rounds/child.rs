//! One command: started, watched, ended.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::generator::{GeneratorLoad, Watch};
use super::{RoundError, Stop, processes};

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What a command gets to end itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(15);

/// Lines of a failed command that are shown.
const LINES: usize = 20;

/// What is read of the end of a log, in bytes.
const TAIL: u64 = 16 << 10;

/// What may write to the repository is not for what is measured, which is code under test.
const SECRETS: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

/// A command to run through the shell.
#[derive(Debug)]
pub struct Command<'a> {
    /// For `sh -c`.
    pub line: &'a str,
    /// Its working directory.
    pub dir: &'a Path,
    /// Added to this process's environment.
    pub variables: &'a [(&'a str, &'a OsStr)],
    /// Takes what it prints, on both channels.
    pub log: &'a Path,
    /// After this long it hangs.
    pub limit: Duration,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal that this process did not send.
    Killed(i32),
    /// It took longer than its limit, and was ended.
    TimedOut,
}

/// A command that ended.
#[derive(Debug)]
pub struct Finished {
    /// How.
    pub ended: Ended,
    /// Its last lines.
    pub tail: Vec<String>,
    /// How long it took.
    pub took: Duration,
    /// What a load generator below it used of the machine, where one was seen.
    pub generator: Option<GeneratorLoad>,
}

impl Ended {
    /// In words: `exited with 1`.
    #[must_use]
    pub fn in_words(self, limit: Duration) -> String {
        match self {
            Self::Exited(code) => format!("exited with {code}"),
            Self::Killed(signal) => format!("was killed by signal {signal}"),
            Self::TimedOut => format!("took longer than {} s and was ended", limit.as_secs()),
        }
    }
}

/// Runs a command to its end in a process group of its own. Whatever it started is gone when this
/// returns, also what went to the background or into a session of its own (on Linux).
///
/// # Errors
/// Where it cannot be started, its log cannot be written, or somebody asks to stop.
pub fn execute(command: &Command<'_>, stop: &Stop) -> Result<Finished, RoundError> {
    let write = || RoundError::file("write", command.log, "is there space left on the disk?");
    let log = File::create(command.log).map_err(write())?;
    let errors = log.try_clone().map_err(write())?;
    if let Some(signal) = stop.asked() {
        return Err(RoundError::Interrupted { signal });
    }
    processes::adopt_orphans();
    let begun = Instant::now();
    let mut shell = std::process::Command::new("sh");
    SECRETS.iter().for_each(|name| {
        shell.env_remove(name);
    });
    let mut child = shell
        .arg("-c")
        .arg(command.line)
        .current_dir(command.dir)
        .envs(command.variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // A group of its own, so that Ctrl-C on a terminal reaches this process alone, which then
        // ends the group in order.
        .process_group(0)
        .spawn()
        .map_err(|source| RoundError::Start {
            command: command.line.to_owned(),
            dir: command.dir.to_owned(),
            source,
        })?;
    let mut watch = Watch::new();
    let ended = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(how(status)),
            Ok(None) => {}
            Err(source) => {
                let hint = "nothing else may wait for the command";
                break Err(RoundError::file("wait for", "the command", hint)(source));
            }
        }
        if let Some(signal) = stop.asked() {
            break Err(RoundError::Interrupted { signal });
        }
        if begun.elapsed() > command.limit {
            break Ok(Ended::TimedOut);
        }
        watch.look();
        std::thread::sleep(LOOK);
    };
    let took = begun.elapsed();
    processes::end(&mut child, GRACE);
    Ok(Finished { ended: ended?, tail: tail(command.log), took, generator: watch.load() })
}

fn how(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(code),
        (None, signal) => Ended::Killed(signal.unwrap_or(0)),
    }
}

/// The last lines of a log; a file that cannot be read has none.
fn tail(log: &Path) -> Vec<String> {
    let read = || {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // A progress bar rewrites its line; what stands there last is what counts.
    let shown = |line: &str| line.trim_end().rsplit('\r').next().unwrap_or_default().to_owned();
    let lines: Vec<String> =
        text.lines().map(shown).filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].to_vec()
}
