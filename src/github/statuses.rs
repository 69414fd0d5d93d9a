//! The commit status: the verdict in one line, where a check run cannot be made.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::{Call, encode};
use super::{Client, Error, Guard, Repository};

/// The longest description that GitHub takes, in characters.
const DESCRIPTION: usize = 140;

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The commit passes.
    Success,
    /// It does not.
    Failure,
    /// It could not be judged.
    Error,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
        }
    }
}

/// One status; among those of one context the newest counts.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// The verdict.
    pub state: State,
    /// The stable name under which branch protection knows it.
    pub context: &'a str,
    /// One line; what is over 140 characters is cut.
    pub description: &'a str,
    /// The page with the details.
    pub target_url: Option<&'a str>,
}

/// Sets a status on a commit.
///
/// # Errors
/// Everything the API or `guard` refuses.
pub fn set(
    client: &Client,
    repository: &Repository,
    sha: &str,
    status: &Status<'_>,
    guard: Guard<'_>,
) -> Result<(), Error> {
    let description = cut(status.description);
    let mut body = Map::new();
    body.insert("state".to_owned(), json!(status.state.word()));
    body.insert("context".to_owned(), json!(status.context));
    body.insert("description".to_owned(), json!(description));
    if let Some(url) = status.target_url {
        body.insert("target_url".to_owned(), json!(url));
    }
    let path = repository.path(&format!("statuses/{}", encode(sha)));
    let doing = format!("set the status of {repository}@{sha}");
    let call = Call::post(path, Value::Object(body), "statuses: write", doing);
    let look = || {
        let path = repository.path(&format!("commits/{}/statuses?per_page=100", encode(sha)));
        let doing = format!("read the statuses of {repository}@{sha}");
        // Newest first: only what stands on top of this context counts.
        let all: Vec<Set> = client.fetch(&Call::get(path, "statuses: read", doing))?;
        let newest = all.into_iter().find(|set| set.context == status.context);
        Ok(newest.filter(|set| {
            set.state == status.state.word()
                && set.description.as_deref() == Some(&*description)
                && set.target_url.as_deref() == status.target_url
        }))
    };
    client.create(&call, guard, &look).map(|_: Set| ())
}

#[derive(Deserialize)]
struct Set {
    state: String,
    context: String,
    description: Option<String>,
    target_url: Option<String>,
}

fn cut(description: &str) -> String {
    if description.chars().count() <= DESCRIPTION {
        return description.to_owned();
    }
    let mut cut: String = description.chars().take(DESCRIPTION - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_cut_at_140_characters() {
        assert_eq!(cut(&"ä".repeat(140)), "ä".repeat(140));
        assert_eq!(cut(&"ä".repeat(141)).chars().count(), 140);
    }
}
