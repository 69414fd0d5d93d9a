//! Labels of a pull request, who put them there, and what that person may do.

use serde::Deserialize;

use super::call::{Call, encode};
use super::{Client, Error, Repository};

/// A label that was put on or taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelEvent {
    /// The label's name.
    pub label: String,
    /// Put on, or taken off.
    pub added: bool,
    /// The login of who did it; none where the account is gone.
    pub actor: Option<String>,
    /// Whether a person did it: a user's account, and no App on its behalf.
    pub is_person: bool,
    /// When, RFC 3339.
    pub at: String,
}

/// The names of the labels that a pull request has now.
///
/// # Errors
/// Everything the API refuses.
pub fn on(client: &Client, repository: &Repository, pull: u64) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Label {
        name: String,
    }
    let path = repository.path(&format!("issues/{pull}/labels?per_page=100"));
    let doing = format!("read the labels of {repository}#{pull}");
    let labels: Vec<Label> = client.list(Call::get(path, "pull-requests: read", doing))?;
    Ok(labels.into_iter().map(|label| label.name).collect())
}

/// The labelling of a pull request, oldest first.
///
/// # Errors
/// Everything the API refuses.
pub fn events(
    client: &Client,
    repository: &Repository,
    pull: u64,
) -> Result<Vec<LabelEvent>, Error> {
    let path = repository.path(&format!("issues/{pull}/events?per_page=100"));
    let doing = format!("read who labelled {repository}#{pull}");
    let events: Vec<Event> = client.list(Call::get(path, "pull-requests: read", doing))?;
    Ok(events.into_iter().filter_map(Event::labelling).collect())
}

/// Whether somebody may push to the repository.
///
/// # Errors
/// Everything the API refuses, except that somebody unknown may not.
pub fn may_write(client: &Client, repository: &Repository, login: &str) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Permission {
        permission: String,
    }
    let path = repository.path(&format!("collaborators/{}/permission", encode(login)));
    let doing = format!("read what {login} may do in {repository}");
    match client.fetch::<Permission>(&Call::get(path, "metadata: read", doing)) {
        // "maintain" is told as "write", "triage" as "read"; some servers tell the role itself.
        Ok(is) => Ok(matches!(&*is.permission, "admin" | "maintain" | "write")),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct Event {
    event: String,
    actor: Option<Actor>,
    label: Option<Label>,
    created_at: String,
    #[serde(default)]
    performed_via_github_app: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Actor {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Label {
    name: Option<String>,
}

impl Event {
    fn labelling(self) -> Option<LabelEvent> {
        let added = match &*self.event {
            "labeled" => true,
            "unlabeled" => false,
            _ => return None,
        };
        let is_person = self.performed_via_github_app.is_none()
            && self.actor.as_ref().is_some_and(|actor| actor.kind == "User");
        Some(LabelEvent {
            label: self.label?.name?,
            added,
            actor: self.actor.map(|actor| actor.login),
            is_person,
            at: self.created_at,
        })
    }
}
