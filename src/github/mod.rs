//! The post office: the only room that speaks to the network, and the only asynchronous one. It
//! carries text to and from GitHub and knows nothing of benchmarks.
//!
//! Everything it exports blocks: a [`Client`] owns a runtime of one thread. It must not be used from
//! inside another runtime.
//!
//! | module | what it carries |
//! | --- | --- |
//! | [`comments`] | the one comment of ours on a pull request |
//! | [`checks`], [`statuses`] | the verdict on a commit |
//! | [`pulls`], [`labels`] | pull requests, what they change, who labelled them |
//! | [`runs`] | workflow runs and their artifacts |
//! | [`git`] | commits, trees, blobs, branches: no checkout, no push |
//! | [`identity`] | whose token it is |
//!
//! How it behaves when GitHub does not: reads and repeatable writes are tried again with growing,
//! jittered pauses; a creation is tried again only when it was certainly refused, or when looking
//! shows that nothing was made. All waiting of one client together stays under
//! [`Settings::patience`].

mod answer;
mod call;
pub mod checks;
mod clean;
mod client;
pub mod comments;
mod dial;
mod error;
mod failure;
pub mod git;
pub mod identity;
pub mod labels;
mod limit;
mod link;
mod pages;
pub mod pulls;
mod retry;
pub mod runs;
mod settings;
pub mod statuses;
mod transport;

pub use client::Client;
pub use error::Error;
pub use settings::{Repository, Settings, Token};

/// Asked right before each write, and again before each repetition of it; an error stops it.
pub type Guard<'a> = &'a dyn Fn() -> Result<(), Error>;
