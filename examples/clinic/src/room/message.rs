//! What participants and the service say to each other.

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};

/// What a participant says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Incoming {
    /// Let me in.
    Join,
    /// Pass this on, to one of the others or to all.
    Signal {
        /// Whose number.
        to: Option<u32>,
        /// What. The service does not look at it.
        payload: serde_json::Value,
    },
    /// Goodbye.
    Leave,
}

/// What the service says: text that is made once, for however many it is sent to.
#[derive(Debug, Clone)]
pub struct Outgoing(pub Utf8Bytes);

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Body<'a> {
    Joined {
        #[serde(skip_serializing_if = "Option::is_none")]
        you: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        others: Option<Vec<u32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<u32>,
    },
    Signal {
        from: u32,
        payload: &'a serde_json::Value,
    },
    Left {
        from: u32,
    },
    Error {
        error: &'a str,
    },
}

impl Outgoing {
    /// You are in, and so are these.
    pub(super) fn welcome(you: u32, others: Vec<u32>) -> Self {
        Self::of(&Body::Joined { you: Some(you), others: Some(others), from: None })
    }

    /// Somebody came.
    pub(super) fn joined(from: u32) -> Self {
        Self::of(&Body::Joined { you: None, others: None, from: Some(from) })
    }

    /// Somebody says this.
    pub(super) fn signal(from: u32, payload: &serde_json::Value) -> Self {
        Self::of(&Body::Signal { from, payload })
    }

    /// Somebody went.
    pub(super) fn left(from: u32) -> Self {
        Self::of(&Body::Left { from })
    }

    /// What you said was not understood, or cannot be done.
    #[must_use]
    pub fn error(error: &str) -> Self {
        Self::of(&Body::Error { error })
    }

    fn of(body: &Body<'_>) -> Self {
        Self(serde_json::to_string(body).unwrap_or_default().into())
    }
}
