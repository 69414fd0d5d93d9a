//! What a comment or a check run says beside the report: plain data, all of it optional.
//!
//! Every string may be hostile and is disarmed where it is printed. Addresses become links only
//! if they are plain `http` or `https` addresses.

/// Everything beside the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting<'a> {
    /// The configuration's id, part of the marker. Empty: `default`.
    pub id: &'a str,
    /// What was measured, and by which state of the base branch it is judged.
    pub commits: Option<Commits<'a>>,
    /// Whether the base side came with the measurement, from the pull request's own job.
    pub both_sides_measured: bool,
    /// The baselines that were compared with, one entry a suite.
    pub baselines: &'a [BaselineAge<'a>],
    /// Files of the gate that the pull request changes, without effect on its own verdict.
    pub changed: &'a [ChangedFile<'a>],
    /// Regressions that people accepted, or tried to.
    pub acceptances: &'a [Acceptance<'a>],
    /// Labels that would accept a regression.
    pub offers: &'a [LabelOffer<'a>],
    /// The last day proposed for a waiver, `2027-01-31`.
    pub expires: Option<&'a str>,
    /// Shell commands that repeat the measurement and the verdict, one a line.
    pub reproduce: &'a [&'a str],
    /// The address of the run that measured.
    pub run_url: Option<&'a str>,
    /// The address of the run whose summary has every row.
    pub summary_url: Option<&'a str>,
}

/// The commits that a verdict speaks of, as full hexadecimal names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Commits<'a> {
    /// The head of the pull request, or of the merge group.
    pub head: &'a str,
    /// `owner/name` of the repository that the head comes from, where it is a fork.
    pub fork: Option<&'a str>,
    /// Whether the head is that of a group in the merge queue.
    pub merge_group: bool,
    /// The merge commit that was measured; `None` where the head itself was.
    pub merge: Option<&'a str>,
    /// The branch that the pull request goes to.
    pub base_ref: Option<&'a str>,
    /// The commit of the base branch that the measured commit contains.
    pub base: Option<&'a str>,
    /// The commit of the base branch whose configuration and baselines judge.
    pub judged_by: Option<&'a str>,
}

/// How old the baseline of one suite is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineAge<'a> {
    /// The suite's name.
    pub suite: &'a str,
    /// Sessions in the baseline.
    pub sessions: usize,
    /// The newest session.
    pub newest: StoredSession<'a>,
    /// The oldest session.
    pub oldest: StoredSession<'a>,
}

/// One session of a baseline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoredSession<'a> {
    /// When it was measured.
    pub time: Option<&'a str>,
    /// Whole days between then and the verdict.
    pub days: Option<u64>,
    /// The commit that was measured.
    pub commit: Option<&'a str>,
}

/// A file that the pull request changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedFile<'a> {
    /// Its path in the repository.
    pub path: &'a str,
    /// GitHub's word for what was done to it: `added`, `modified`, `removed`, `renamed`. Another
    /// word is not shown.
    pub status: &'a str,
    /// The path before it was renamed.
    pub previous: Option<&'a str>,
}

/// A regression that somebody accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptance<'a> {
    /// By which means.
    pub by: AcceptedBy<'a>,
    /// Whether it counts.
    pub standing: Standing<'a>,
    /// The rows that it names, as written: ids or patterns.
    pub rows: &'a [&'a str],
    /// The ceiling, as written: `20%`.
    pub up_to: &'a str,
    /// Why, in the words of who accepted.
    pub reason: Option<&'a str>,
}

/// By which means a regression is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptedBy<'a> {
    /// A label on the pull request.
    Label {
        /// Its name.
        name: &'a str,
        /// The login of who set it.
        actor: Option<&'a str>,
        /// When.
        at: Option<&'a str>,
    },
    /// A `[[waiver]]`.
    Waiver {
        /// Whether the pull request adds it; otherwise the base branch has it.
        added: bool,
        /// Its last day.
        expires: &'a str,
    },
}

/// Whether an acceptance counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It holds for the rows it names, up to its ceiling.
    Applied,
    /// A fork proposes it; it counts once the base branch has it.
    Proposed,
    /// It does not count, for this reason.
    Void(&'a str),
}

/// A label that would accept a regression, as the configuration has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelOffer<'a> {
    /// Its name.
    pub label: &'a str,
    /// The rows that it speaks of: patterns over `SUITE/ROW`.
    pub rows: &'a [&'a str],
    /// The ceiling: `20%`.
    pub up_to: &'a str,
}
