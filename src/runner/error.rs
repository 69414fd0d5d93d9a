//! Why the job around this process could not be understood or answered.

use std::io;
use std::path::PathBuf;

/// Why the job could not be understood, or a file of it not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable of the environment that has not the shape of what it stands for.
    #[error(
        "cannot use the environment variable {name}: {unfit}\nhint: GitHub Actions sets it; outside Actions, unset it and use --repo, --pr and --sha"
    )]
    Variable {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        unfit: Unfit,
    },
    /// An event that has a payload, and no file that holds it.
    #[error(
        "no payload of the event {event:?}: GITHUB_EVENT_PATH names no file\nhint: GitHub Actions sets it; outside Actions, unset GITHUB_EVENT_NAME and use --repo, --pr and --sha"
    )]
    NoPayload {
        /// The event's name.
        event: String,
    },
    /// The file of the payload could not be read.
    #[error(
        "cannot read the event's payload {}: {source}\nhint: GITHUB_EVENT_PATH has to name the file that the runner wrote; in a container, it has to be mounted",
        path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file of the payload is none of this event.
    #[error(
        "cannot use the event's payload {}: {unfit}\nhint: GITHUB_EVENT_NAME says {event:?}; GITHUB_EVENT_PATH has to name the payload of that event",
        path.display()
    )]
    Payload {
        /// The file.
        path: PathBuf,
        /// The event's name.
        event: String,
        /// What is wrong with it.
        unfit: Unfit,
    },
    /// A file through which a step answers could not be written.
    #[error("cannot write {}: {source}\nhint: {variable} has to name a file that this job may write", path.display())]
    Write {
        /// The variable of the environment that names it.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An output of a step that cannot be written as one.
    #[error(
        "cannot write the output {name:?}: {reason}\nhint: this is a mistake in tailguard; please report it"
    )]
    Output {
        /// Its name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
}

/// What is wrong with a text that came from outside.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// Not the JSON that was expected.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// More than is read.
    #[error("it holds more than {} MiB", limit >> 20)]
    TooLarge {
        /// In bytes.
        limit: u64,
    },
    /// A value of another shape.
    #[error("{field} is {found:?}, not {expected}")]
    Shape {
        /// Where it stood; for a variable, `it`.
        field: &'static str,
        /// Its beginning.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A value that has to be there.
    #[error("{field} is missing")]
    Missing {
        /// Where it should stand.
        field: &'static str,
    },
}
