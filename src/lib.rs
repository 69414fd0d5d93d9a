//! A performance gate that is honest about noise.
//!
//! tailguard compares fresh criterion and k6 results with baselines committed in the repository, and
//! says for each row: regressed, improved, steady, or "I cannot tell, and this is what it takes".
//! This crate is the program behind the command; its modules are the rooms of one pipeline, and each
//! imports only rooms further up in this list (a test holds that):
//!
//! | room | what it holds |
//! | --- | --- |
//! | [`atomic`] | files that are replaced as a whole |
//! | [`measure`] | the vocabulary: runs, rows, figures, metrics, machines |
//! | [`stats`] | the maths: quantiles, moderated t, exact ranks, Holm, priors |
//! | [`text_diff`] | two texts as a unified diff |
//! | [`github`] | the post office: text to and from GitHub |
//! | [`runner`] | the GitHub Actions job: its event, summary, outputs, annotations |
//! | [`host`] | this machine, this CI job, this commit |
//! | [`source`] | the doors: one foreign format each, into a run |
//! | [`postgres`] | the line to a database: what it counted, in one read-only transaction |
//! | [`rounds`] | the stopwatch: commands that measure, started in turn, watched, kept |
//! | [`capacity`] | the curves: how much a service carries, from what was measured |
//! | [`compare`] | the scales: what pairs, what is a repetition, estimate and error |
//! | [`baseline`] | the shelf: committed measurements, merged and replaced atomically |
//! | [`policy`] | the judge: configuration, tolerance, verdict, and the rule that decided |
//! | [`calibrate`] | the gate held against itself: unchanged measurements with the noise of stored ones |
//! | [`slo`] | targets against what was measured at their load; error budgets; `OpenSLO` |
//! | [`report`] | the press: one report, several dialects, one place for numbers |
//! | [`pages`] | the pages: what is committed as Markdown that cannot drift, and its figures |
//! | [`gate`] | the story of each command, from a plan to a result |
//! | [`pull`] | the stories of a pull request: a verdict on it, baselines by it |
//! | [`cli`] | the command line: words into a plan, reports out |
//!
//! ```text
//! results ──source──▶ runs ─┐
//!                           ├─compare──▶ comparisons ──policy──▶ findings ──report──▶ text
//! baselines ─baseline─▶ runs ┘                                       └──▶ outcome, exit code
//! ```
//!
//! What holds everywhere: nothing compared, or too little evidence, is never a pass; verdicts are
//! made once, before any renderer; what comes from a result file is hostile; the same input gives
//! the same bytes.

pub mod atomic;
pub mod baseline;
pub mod calibrate;
pub mod capacity;
pub mod cli;
pub mod compare;
pub mod gate;
pub mod github;
pub mod history;
pub mod host;
pub mod measure;
pub mod pages;
pub mod policy;
pub mod postgres;
pub mod pull;
pub mod report;
pub mod rounds;
pub mod runner;
pub mod slo;
pub mod source;
pub mod stats;
pub mod text_diff;
