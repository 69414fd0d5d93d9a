//! No verdict: why there is none, and what to do.

use super::markdown;
use super::text::Text;

/// Why a pull request has no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVerdict<'a> {
    /// The measuring run failed.
    RunFailed,
    /// The measuring run was cancelled.
    RunCancelled,
    /// The measuring run took longer than it may.
    RunTimedOut,
    /// The measuring run ended well and left no measurement.
    NothingLeft,
    /// What it left cannot be read, for this reason.
    Unreadable(&'a str),
    /// The measurement could not be judged, for this reason: the configuration or the baselines of
    /// the base branch, not the pull request.
    NotJudged(&'a str),
    /// Nothing was measured for this head, for this reason.
    NotMeasured(&'a str),
}

impl<'a> NoVerdict<'a> {
    /// The first lines of a comment, as Markdown.
    pub(super) fn head(&self) -> String {
        format!(
            "**❌ NO VERDICT: {}**\n\nWhat to do: {}.\n",
            markdown::text(&self.what()),
            markdown::text(&self.advice().into())
        )
    }

    /// What happened, as part of a sentence.
    pub(super) fn what(&self) -> Text<'a> {
        match *self {
            Self::RunFailed => "the measuring run failed".into(),
            Self::RunCancelled => "the measuring run was cancelled".into(),
            Self::RunTimedOut => "the measuring run took too long and was stopped".into(),
            Self::NothingLeft => "the measuring run left no measurement".into(),
            Self::Unreadable(why) => Text::from("the measurement cannot be read: ").message(why),
            Self::NotJudged(why) => Text::from("the measurement cannot be judged: ").message(why),
            Self::NotMeasured(why) => Text::from("nothing was measured: ").message(why),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::RunFailed => {
                "open the run, repair the step that failed, and push or run it again; the verdict \
                 follows by itself"
            }
            Self::RunCancelled => {
                "nothing, if a newer commit was pushed, for it has a run of its own; else run it \
                 again"
            }
            Self::RunTimedOut => {
                "run it again; if it happens again, measure less or raise the time limit of the job"
            }
            Self::NothingLeft => {
                "where only its failed jobs were run again, run all of them; else see that it \
                 measured with --save measurement.json and uploaded that file as the artifact \
                 tailguard-measurement"
            }
            Self::Unreadable(_) => {
                "run it again; if it happens again, measure with the version of tailguard that \
                 judges"
            }
            Self::NotJudged(_) => {
                "repair what it names on the base branch, then run this check again; nothing in \
                 this pull request can"
            }
            Self::NotMeasured(_) => "run the measuring workflow for this head",
        }
    }
}
