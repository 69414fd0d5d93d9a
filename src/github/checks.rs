//! Check runs: the verdict on a commit with annotations on its files.

mod publish;

use serde::{Deserialize, Serialize};

use super::call::{Call, encode};
use super::{Client, Error, Repository};

pub use publish::publish;

pub(super) const NEEDS: &str = "checks: write";

/// The verdict, as GitHub knows it. `Neutral` counts as passing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// The commit passes.
    Success,
    /// It does not.
    Failure,
    /// It passes, with something to say.
    Neutral,
    /// Somebody has to decide.
    ActionRequired,
}

/// How grave an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For information.
    Notice,
    /// To be looked at.
    Warning,
    /// What fails the check.
    Failure,
}

/// A remark on one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The file, from the root of the repository.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// How grave it is.
    pub level: Level,
    /// Its headline; GitHub takes 255 characters.
    pub title: String,
    /// Its text; GitHub takes 64 KB.
    pub message: String,
}

/// A check run that is to stand on a commit.
#[derive(Debug, Clone, Copy)]
pub struct CheckRun<'a> {
    /// The stable name that branch protection requires.
    pub name: &'a str,
    /// The commit: of a pull request its head, never the merge commit.
    pub head_sha: &'a str,
    /// What tells our check runs from those of others of the same name; it begins the external id.
    pub key: &'a str,
    /// A word for what the check run says, part of its external id too: without a colon.
    pub kind: &'a str,
    /// The verdict.
    pub conclusion: Conclusion,
    /// The headline.
    pub title: &'a str,
    /// The text, Markdown; GitHub takes 65,535 characters.
    pub summary: &'a str,
    /// The page with the details.
    pub details_url: Option<&'a str>,
    /// Remarks on files, any number.
    pub annotations: &'a [Annotation],
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// The newest of ours says something else, or there is none.
    Created {
        /// Its number on GitHub.
        id: u64,
        /// Its page.
        url: String,
    },
    /// The newest of ours says the same already.
    Unchanged {
        /// Its number on GitHub.
        id: u64,
        /// Its page.
        url: String,
    },
}

/// A check run that is there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seen {
    /// Its number on GitHub; newer ones are greater.
    pub id: u64,
    /// What its maker calls it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// `queued`, `in_progress`, `completed`, and some more.
    pub status: String,
    /// The verdict once it is completed.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// When it was completed, RFC 3339.
    #[serde(default)]
    pub completed_at: Option<String>,
    /// Its page; empty where GitHub tells none.
    #[serde(default, rename = "html_url", deserialize_with = "or_empty")]
    pub url: String,
    /// How many annotations it has, where GitHub tells.
    #[serde(default, rename = "output", deserialize_with = "annotations")]
    pub annotations: Option<u64>,
}

/// All check runs of a name on a commit, those of earlier suites too, in GitHub's order.
///
/// # Errors
/// Everything the API refuses.
pub fn seen(
    client: &Client,
    repository: &Repository,
    sha: &str,
    name: &str,
) -> Result<Vec<Seen>, Error> {
    #[derive(Deserialize)]
    struct Page {
        check_runs: Vec<Seen>,
    }
    let path = repository.path(&format!(
        "commits/{}/check-runs?check_name={}&filter=all&per_page=100",
        encode(sha),
        encode(name)
    ));
    let doing = format!("read the check runs of {repository}@{sha}");
    let mut all = Vec::new();
    client.each_page(Call::get(path, "checks: read", doing), |page: Page| {
        all.extend(page.check_runs);
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(all)
}

fn or_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.unwrap_or_default())
}

fn annotations<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Output {
        #[serde(default)]
        annotations_count: Option<u64>,
    }
    Ok(Option::<Output>::deserialize(from)?.and_then(|output| output.annotations_count))
}
