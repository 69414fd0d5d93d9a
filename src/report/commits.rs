//! Which commits a verdict speaks of, in plain words, and how old what it compares with is.

use super::number::count;
use super::setting::{BaselineAge, ChangedFile, Commits, Setting, StoredSession};
use super::text::Text;

/// Changed files that are named; the others are counted.
const MOST_FILES: usize = 20;

/// What was measured, what judges it, who measured, and what the pull request changes of the gate.
pub(super) fn judged<'a>(setting: &Setting<'a>) -> Vec<Text<'a>> {
    let mut lines = Vec::new();
    if let Some(commits) = &setting.commits {
        lines.push(Text::from("measured: ").then(names(commits)));
        let what = match setting.both_sides_measured {
            true => "judged by: tailguard.toml of ",
            false => "judged by: tailguard.toml and baselines of ",
        };
        lines.extend(judge(commits).map(|judge| Text::from(what).then(judge)));
    }
    lines.extend(who_measured(setting));
    lines.extend(changed(setting.changed));
    lines
}

/// What there is no verdict on, what would have judged it, and what the pull request changes.
pub(super) fn unjudged<'a>(setting: &Setting<'a>) -> Vec<Text<'a>> {
    let mut lines = Vec::new();
    if let Some(commits) = &setting.commits {
        lines.push(Text::from("no verdict on: ").then(names(commits)));
        let what = "to be judged by: tailguard.toml and baselines of ";
        lines.extend(judge(commits).map(|judge| Text::from(what).then(judge)));
    }
    lines.extend(changed(setting.changed));
    lines
}

/// One line a suite.
pub(super) fn baselines<'a>(setting: &Setting<'a>) -> Vec<Text<'a>> {
    setting.baselines.iter().map(age).collect()
}

/// The start of a commit's name, long enough to tell it apart; other text whole.
pub(super) fn short(commit: &str) -> &str {
    let is_hash = commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hash { commit.get(..10).unwrap_or(commit) } else { commit }
}

/// `merge commit abc of head def into main at 012`
fn names<'a>(commits: &Commits<'a>) -> Text<'a> {
    let mut line = match commits.merge {
        Some(merge) => Text::from("merge commit ").name(short(merge)).words(" of "),
        None => Text::new(),
    };
    line = line.words(if commits.merge_group { "merge group " } else { "head " });
    line = line.name(short(commits.head));
    if let Some(fork) = commits.fork {
        line = line.words(" of the fork ").name(fork);
    }
    match (commits.base_ref, commits.base) {
        (Some(name), Some(base)) => line.words(" into ").name(name).words(" at ").name(short(base)),
        (Some(name), None) => line.words(" for ").name(name),
        (None, Some(base)) => line.words(" on top of ").name(short(base)),
        (None, None) => line,
    }
}

/// `main at 89a`
fn judge<'a>(commits: &Commits<'a>) -> Option<Text<'a>> {
    let tip = short(commits.judged_by?);
    Some(match commits.base_ref {
        Some(name) => Text::new().name(name).words(" at ").name(tip),
        None => Text::new().name(tip),
    })
}

fn who_measured<'a>(setting: &Setting<'a>) -> Option<Text<'a>> {
    let fork = setting.commits.as_ref().and_then(|commits| commits.fork);
    let line = match (setting.both_sides_measured, fork) {
        (true, _) => "both sides were measured by the pull request's own CI, in one job",
        (false, Some(_)) => "the fresh side was measured by the fork's own CI",
        (false, None) => return None,
    };
    Some(line.into())
}

fn changed<'a>(files: &[ChangedFile<'a>]) -> Option<Text<'a>> {
    if files.is_empty() {
        return None;
    }
    let mut line = Text::from(
        "this pull request changes the gate (listed, without effect on its own verdict): ",
    );
    for (at, file) in files.iter().take(MOST_FILES).enumerate() {
        line = if at == 0 { line } else { line.words(", ") }.name(file.path);
        line = match (done(file.status), file.previous) {
            (Some("renamed"), Some(previous)) => line.words(" renamed from ").name(previous),
            (Some(done), _) => line.words(" ").words(done),
            (None, _) => line,
        };
    }
    Some(match files.len().saturating_sub(MOST_FILES) {
        0 => line,
        n => line.words(format!(", and {} more", count(n, "file"))),
    })
}

/// GitHub's words for what was done to a file.
fn done(status: &str) -> Option<&'static str> {
    ["added", "modified", "removed", "renamed", "copied", "changed"]
        .into_iter()
        .find(|known| *known == status)
}

fn age<'a>(baseline: &BaselineAge<'a>) -> Text<'a> {
    let lead = Text::from("baseline of ")
        .name(baseline.suite)
        .words(format!(": {}, ", count(baseline.sessions, "session")));
    match baseline.sessions {
        1 => lead.then(session("measured ", &baseline.newest)),
        _ => lead
            .then(session("the newest ", &baseline.newest))
            .words("; the oldest ")
            .then(session("", &baseline.oldest)),
    }
}

/// A time as people read it, or the text as it is.
pub(super) fn moment(time: &str) -> Text<'_> {
    let digits_where = |shape: &str| {
        let fits = |(c, s): (u8, u8)| if s == b'0' { c.is_ascii_digit() } else { c == s };
        time.len() >= shape.len() && time.bytes().zip(shape.bytes()).all(fits)
    };
    let whole = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match (time.get(..10), time.get(11..16), time.get(19..).and_then(|rest| rest.strip_suffix('Z')))
    {
        (Some(day), Some(minute), Some(rest))
            if digits_where("0000-00-00T00:00:00") && whole(rest) =>
        {
            Text::from(format!("{day} {minute} UTC"))
        }
        _ => Text::new().name(time),
    }
}

/// `3 days ago (2026-11-20 09:30 UTC) at abc1234567`
fn session<'a>(lead: &'static str, session: &StoredSession<'a>) -> Text<'a> {
    let line = Text::from(lead);
    let line = match (session.days, session.time) {
        (Some(days), Some(time)) => line.words(ago(days)).words(" (").then(moment(time)).words(")"),
        (Some(days), None) => line.words(ago(days)),
        (None, Some(time)) => line.words("of ").then(moment(time)),
        (None, None) => line.words("at a time not recorded"),
    };
    match session.commit {
        Some(commit) => line.words(" at ").name(short(commit)),
        None => line,
    }
}

fn ago(days: u64) -> String {
    match days {
        0 => "today".to_owned(),
        days => format!("{} ago", count(usize::try_from(days).unwrap_or(usize::MAX), "day")),
    }
}
