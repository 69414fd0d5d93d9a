//! Baselines by pull request: one branch, one commit a refresh, one open pull request.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::base::{self, Base};
use super::target::short;
use super::{Error, words};
use crate::gate::{self, Host, RefreshPlan, Refreshed, SuitePaths};
use crate::github::git::NewCommit;
use crate::github::pulls::{NewPull, PullRequest};
use crate::github::{Client, Repository, git, pulls};
use crate::policy::config::{Config, Gate};
use crate::report::{self, Change};

/// The title of the commit and of the pull request.
const TITLE: &str = "perf: refresh baselines";

/// The trailer by which our commits are known; the configuration's id follows.
const TRAILER: &str = "Tailguard-Refresh:";

/// What a refresh by pull request is asked to do.
pub struct RefreshPull<'a> {
    /// The way to GitHub.
    pub client: &'a Client,
    /// The repository.
    pub repository: &'a Repository,
    /// The branch that the pull request goes into.
    pub base: &'a str,
    /// The branch that carries it.
    pub branch: &'a str,
    /// The configuration's path in the repository.
    pub config_path: &'a str,
    /// The configuration here, whose paths lead to the fresh results.
    pub config: &'a Config,
    /// Where this runs.
    pub host: &'a Host,
    /// The suites to refresh, and where their fresh results lie; empty for every suite.
    pub fresh: &'a BTreeMap<String, SuitePaths>,
    /// Only rows whose display id this accepts.
    pub matches: &'a dyn Fn(&str) -> bool,
    /// Why results are taken in although they regress.
    pub accept_regression: Option<&'a str>,
    /// Rows that the fresh results lack are forgotten.
    pub forget_missing: bool,
    /// The date by which waivers expire.
    pub today: jiff::civil::Date,
}

/// What came of it.
#[derive(Debug)]
pub enum Opened {
    /// The fresh results must not become a baseline; nothing was written.
    Refused(Box<Refreshed>),
    /// Everything is stored already; nothing was written.
    Nothing(Box<Refreshed>),
    /// A new pull request.
    Created(Box<Refreshed>, PullRequest),
    /// One more commit on the pull request that was open.
    Updated(Box<Refreshed>, PullRequest),
}

/// Where the refresh goes on from.
struct Start {
    /// The commit.
    commit: String,
    /// The open pull request.
    open: Option<PullRequest>,
    /// Where the branch stands, if it exists.
    tip: Option<String>,
}

/// Takes fresh results into the baselines of the base branch, or of the refresh that is open, and
/// proposes them.
///
/// # Errors
/// Where results cannot be read, GitHub cannot be asked, or people have committed to the branch.
pub fn refresh(plan: &RefreshPull<'_>) -> Result<Opened, Error> {
    let (client, repository) = (plan.client, plan.repository);
    if plan.branch == plan.base || plan.branch == git::default_branch(client, repository)? {
        return Err(Error::Usage(format!(
            "the branch {} is what a refresh goes into\nhint: name one of its own with --branch",
            plan.branch
        )));
    }
    let suites: Vec<&str> = plan.config.suites.iter().map(|s| s.name.as_str()).collect();
    let base = base::read(client, repository, plan.base, plan.config_path)?;
    base::baselines(client, repository, &base, &suites, false)?;
    let start = start(plan, &base)?;
    let from = base::at(client, repository, plan.base, start.commit.clone(), plan.config_path)?;
    base::baselines(client, repository, &from, &suites, true)?;
    let before = files(&from.root().join(&from.shelf))?;
    let config = shelved(plan.config, &from);
    let done = Box::new(gate::refresh(&RefreshPlan {
        config: &config,
        host: plan.host,
        fresh: plan.fresh,
        matches: plan.matches,
        accept_regression: plan.accept_regression,
        forget_missing: plan.forget_missing,
        dry_run: false,
        today: plan.today,
    })?);
    if done.refused.is_some() {
        return Ok(Opened::Refused(done));
    }
    let changed = changed(&before, &from)?;
    if changed.is_empty() {
        return Ok(Opened::Nothing(done));
    }
    commit(plan, &start, &changed)?;
    let changes = gate::between(&shelved(plan.config, &base), &config, &suites)?;
    let body = body_of(plan, &base, &changes);
    let still = || Ok(());
    match start.open {
        Some(pull) => {
            pulls::edit(client, repository, pull.number, &body, &still)?;
            Ok(Opened::Updated(done, pull))
        }
        None => {
            let new = NewPull { title: TITLE, head: plan.branch, base: plan.base, body: &body };
            Ok(Opened::Created(done, pulls::open(client, repository, &new, &still)?))
        }
    }
}

/// The open refresh, the remains of an older one, or nothing.
fn start(plan: &RefreshPull<'_>, base: &Base) -> Result<Start, Error> {
    let (client, repository) = (plan.client, plan.repository);
    let tip = git::tip(client, repository, plan.branch)?;
    let open = pulls::open_with_head(client, repository, &repository.owner, plan.branch)?;
    let here = repository.to_string();
    let ours = |pull: &PullRequest| {
        pull.head_repo.as_deref().is_some_and(|head| head.eq_ignore_ascii_case(&here))
    };
    let (open, elsewhere): (Vec<_>, Vec<_>) =
        open.into_iter().filter(ours).partition(|pull| pull.base_ref == plan.base);
    if let Some(other) = elsewhere.first() {
        return Err(Error::Base(format!(
            "the branch {} carries the refresh of {} in {}\nhint: merge or close that one first, or \
             name another branch with --branch",
            plan.branch, other.base_ref, other.url
        )));
    }
    if let Some(pull) = open.into_iter().next() {
        for commit in pulls::commits(client, repository, pull.number)? {
            let by_author = commit.author.as_deref().is_none_or(|author| author == pull.author);
            if !(is_ours(&commit.message, plan) && by_author) {
                return Err(theirs(plan, &commit.sha, commit.author.as_deref()));
            }
        }
        return Ok(Start { commit: pull.head_sha.clone(), open: Some(pull), tip });
    }
    if let Some(tip) = &tip {
        remains_are_ours(plan, base, tip)?;
    }
    Ok(Start { commit: base.commit.clone(), open: None, tip })
}

/// How far back the remains of an older refresh are looked at, in commits.
const FAR: usize = 100;

/// A branch without a pull request is replaced, so everything on it has to be ours, back to a commit
/// of the base branch.
fn remains_are_ours(plan: &RefreshPull<'_>, base: &Base, tip: &str) -> Result<(), Error> {
    let read = |sha: &str| git::commit(plan.client, plan.repository, sha);
    let mut root = tip.to_owned();
    for _ in 0..FAR {
        let commit = read(&root)?;
        match commit.parents.first().filter(|_| is_ours(&commit.message, plan)) {
            Some(parent) => root.clone_from(parent),
            None => break,
        }
    }
    let mut on_base = base.commit.clone();
    for _ in 0..FAR {
        if on_base == root {
            return Ok(());
        }
        match read(&on_base)?.parents.into_iter().next() {
            Some(parent) => on_base = parent,
            None => break,
        }
    }
    Err(theirs(plan, &root, None))
}

fn is_ours(message: &str, plan: &RefreshPull<'_>) -> bool {
    let last = message.trim_end().lines().next_back().unwrap_or_default();
    last.strip_prefix(TRAILER).is_some_and(|id| id.trim() == plan.config.github.id)
}

fn theirs(plan: &RefreshPull<'_>, commit: &str, author: Option<&str>) -> Error {
    let by = author.map_or_else(String::new, |author| format!(" by {author}"));
    Error::Base(format!(
        "the branch {} has commit {}{by}, which no refresh made\nhint: merge or close its pull \
         request and delete the branch, or name another with --branch",
        plan.branch,
        short(commit)
    ))
}

/// The configuration here, with the baselines of a commit.
fn shelved(config: &Config, at: &Base) -> Config {
    let baselines = at.root().join(&at.shelf);
    Config { gate: Gate { baselines, ..config.gate.clone() }, ..config.clone() }
}

/// Every file below a directory, by path.
fn files(dir: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let failed = |path: &Path, source| Error::File { verb: "read", path: path.to_owned(), source };
    let mut files = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(&dir, error)),
        };
        for entry in entries {
            let path = entry.map_err(|e| failed(&dir, e))?.path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                let bytes = fs::read(&path).map_err(|e| failed(&path, e))?;
                files.insert(path, bytes);
            }
        }
    }
    Ok(files)
}

/// The baselines that the refresh wrote, by their path in the repository.
fn changed(
    before: &BTreeMap<PathBuf, Vec<u8>>,
    from: &Base,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let now = files(&from.root().join(&from.shelf))?;
    let changed = now.into_iter().filter(|(path, bytes)| before.get(path) != Some(bytes));
    Ok(changed
        .filter_map(|(path, bytes)| {
            let name = path.strip_prefix(from.root()).ok()?.to_str()?.replace('\\', "/");
            // The lock lies among the baselines and is not one.
            name.contains(".json").then_some((name, bytes))
        })
        .collect())
}

/// One commit with all files, and the branch on it. Nobody sees anything before the branch moves.
fn commit(plan: &RefreshPull<'_>, start: &Start, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let (client, repository) = (plan.client, plan.repository);
    let expected = start.tip.as_deref();
    let still = || match git::tip(client, repository, plan.branch)? {
        tip if tip.as_deref() == expected => Ok(()),
        tip => Err(crate::github::Error::Moved {
            was: expected.unwrap_or("absent").to_owned(),
            is: tip.unwrap_or_else(|| "absent".to_owned()),
        }),
    };
    let parent = git::commit(client, repository, &start.commit)?;
    let reason = plan.accept_regression.map_or_else(String::new, |reason| format!("{reason}\n\n"));
    let message = format!("{TITLE}\n\n{reason}{TRAILER} {}\n", plan.config.github.id);
    let new = NewCommit {
        parents: std::slice::from_ref(&start.commit),
        base_tree: &parent.tree,
        message: &message,
        files,
        removed: &[],
    };
    let made = git::commit_files(client, repository, &new, &still)?;
    match &start.tip {
        None => git::create_branch(client, repository, plan.branch, &made, &still)?,
        // An open refresh only grows; the remains of an older one are replaced.
        Some(_) => {
            git::move_branch(client, repository, plan.branch, &made, start.open.is_none(), &still)?;
        }
    }
    Ok(())
}

/// The body of a refresh pull request: what changes, and what to know before merging.
fn body_of(plan: &RefreshPull<'_>, base: &Base, changes: &[Change]) -> String {
    report::proposal(
        &report::Proposal {
            id: &plan.config.github.id,
            base: &base.branch,
            commit: &base.commit,
            reason: plan.accept_regression,
        },
        changes,
        words::LONGEST_COMMENT,
    )
}
