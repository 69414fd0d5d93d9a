//! The job that this process runs in.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use super::error::{Error, Unfit};
use super::event::Event;
use super::{payload, shape};

/// The largest payload that is read, in bytes; GitHub sends none over 25 MB.
const LARGEST_PAYLOAD: u64 = 32 << 20;

/// The job, as its environment tells it; outside GitHub Actions, nearly everything is `None`.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// Where the REST API is, without a slash at the end.
    pub api_url: String,
    /// Where the pages are, without a slash at the end.
    pub server_url: String,
    /// The repository whose workflow this is, `owner/name`.
    pub repository: Option<String>,
    /// The id of the workflow's run.
    pub run_id: Option<u64>,
    /// Which try of it this is, from 1.
    pub run_attempt: Option<u64>,
    /// The commit that the workflow runs for: of a pull request, the merge commit.
    pub sha: Option<String>,
    /// The branch that the workflow runs for, where it runs for a branch.
    pub branch: Option<String>,
    /// What started it.
    pub event: Event,
    /// The file to which this step's summary is appended.
    pub summary: Option<PathBuf>,
    /// The file to which this step's outputs are appended.
    pub output: Option<PathBuf>,
    /// The token of `GITHUB_TOKEN`, else of `GH_TOKEN`.
    pub token: Option<String>,
    /// Whether GitHub Actions runs this process and reads its lines for commands.
    pub in_actions: bool,
}

/// The job as the environment tells it.
///
/// `variable` looks an environment variable up; empty values count as unset.
///
/// # Errors
///
/// A variable or a field of the payload that has not the shape of what it stands for, and a
/// payload that is not there, cannot be read, or is another event's.
pub fn job(variable: &dyn Fn(&str) -> Option<String>) -> Result<Job, Error> {
    let get = |name: &str| variable(name).filter(|value| !value.is_empty());
    Ok(Job {
        api_url: checked(&get, "GITHUB_API_URL", shape::address)?
            .unwrap_or_else(|| "https://api.github.com".to_owned()),
        server_url: checked(&get, "GITHUB_SERVER_URL", shape::address)?
            .unwrap_or_else(|| "https://github.com".to_owned()),
        repository: checked(&get, "GITHUB_REPOSITORY", shape::repository)?,
        run_id: checked(&get, "GITHUB_RUN_ID", shape::ordinal_text)?,
        run_attempt: checked(&get, "GITHUB_RUN_ATTEMPT", shape::ordinal_text)?,
        sha: checked(&get, "GITHUB_SHA", shape::sha)?,
        branch: checked(&get, "GITHUB_REF", shape::branch_of)?.flatten(),
        event: match checked(&get, "GITHUB_EVENT_NAME", shape::word)? {
            None => Event::None,
            Some(name) => event(name, get("GITHUB_EVENT_PATH").map(PathBuf::from))?,
        },
        summary: get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        output: get("GITHUB_OUTPUT").map(PathBuf::from),
        token: get("GITHUB_TOKEN").or_else(|| get("GH_TOKEN")),
        in_actions: get("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
    })
}

/// Shows everything but the token.
impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("api_url", &self.api_url)
            .field("server_url", &self.server_url)
            .field("repository", &self.repository)
            .field("run_id", &self.run_id)
            .field("run_attempt", &self.run_attempt)
            .field("sha", &self.sha)
            .field("branch", &self.branch)
            .field("event", &self.event)
            .field("summary", &self.summary)
            .field("output", &self.output)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .field("in_actions", &self.in_actions)
            .finish()
    }
}

fn checked<T>(
    get: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    check: fn(&'static str, &str) -> Result<T, Unfit>,
) -> Result<Option<T>, Error> {
    get(name)
        .map(|value| check("it", &value))
        .transpose()
        .map_err(|unfit| Error::Variable { name, unfit })
}

fn event(name: String, path: Option<PathBuf>) -> Result<Event, Error> {
    let Some(read) = payload::reader(&name) else {
        return Ok(match name.as_str() {
            "workflow_dispatch" => Event::Dispatch,
            "schedule" => Event::Schedule,
            _ => Event::Other(name),
        });
    };
    let Some(path) = path else { return Err(Error::NoPayload { event: name }) };
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(LARGEST_PAYLOAD + 1).read_to_end(&mut bytes))
        .map_err(|source| Error::Read { path: path.clone(), source })?;
    let event = if bytes.len() as u64 > LARGEST_PAYLOAD {
        Err(Unfit::TooLarge { limit: LARGEST_PAYLOAD })
    } else {
        read(&bytes)
    };
    event.map_err(|unfit| Error::Payload { path, event: name, unfit })
}
