//! The `github` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::RefreshRows;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Github {
    /// Judge a measurement by the base branch's rules; post one comment and one check
    Comment(Comment),
    /// Take fresh results into the baselines by a pull request
    RefreshPr(RefreshPr),
}

/// Where on GitHub. The token is read from GITHUB_TOKEN or GH_TOKEN.
#[derive(Debug, Args)]
pub(in crate::cli) struct Where {
    /// The repository [default: that of the workflow]
    #[arg(long, value_name = "OWNER/NAME")]
    pub(in crate::cli) repo: Option<String>,
    /// The base branch: it judges, or is refreshed [default: the event's]
    #[arg(long, value_name = "BRANCH")]
    pub(in crate::cli) base: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Comment {
    /// A report to post as it is, or a measurement to judge [default: the artifact of the run]
    #[arg(value_name = "FILE", conflicts_with = "run_id")]
    pub(in crate::cli) file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) place: Where,
    /// The workflow run that measured [default: that of a workflow_run event]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) run_id: Option<u64>,
    /// The attempt of that run [default: the last]
    #[arg(long, value_name = "N", requires = "run_id")]
    pub(in crate::cli) attempt: Option<u64>,
    /// The pull request [default: the event's]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) pr: Option<u64>,
    /// The commit that the verdict is about [default: the pull request's head]
    #[arg(long, value_name = "SHA")]
    pub(in crate::cli) sha: Option<String>,
    /// The file of the measuring workflow, whose last run is judged again when a label is set
    #[arg(long, value_name = "FILE", default_value = "perf.yml")]
    pub(in crate::cli) workflow: String,
    /// Fail with exit code 1 where the verdict cannot be posted
    #[arg(long)]
    pub(in crate::cli) require_comment: bool,
    /// Judge, print the comment, and post nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RefreshPr {
    #[command(flatten)]
    pub(in crate::cli) place: Where,
    /// The branch that carries the refresh
    #[arg(long, value_name = "NAME", default_value = "tailguard-refresh-baselines")]
    pub(in crate::cli) branch: String,
    #[command(flatten)]
    pub(in crate::cli) rows: RefreshRows,
}
