//! The one comment of ours on a pull request: found by marker and author, updated in place.

use std::ops::ControlFlow;

use serde::Deserialize;
use serde_json::json;

use super::call::Call;
use super::{Client, Error, Guard, Repository};

const NEEDS: &str = "pull-requests: write";

/// The comment that is to stand.
#[derive(Debug, Clone, Copy)]
pub struct Sticky<'a> {
    /// The first line of the comment, which tells it from others. It is put in front of a body that
    /// does not begin with it.
    pub marker: &'a str,
    /// Whose comments are ours: the login, `NAME[bot]` for an App. Anybody can paste the marker.
    pub author: &'a str,
    /// The text, Markdown.
    pub body: &'a str,
    /// Whether a comment is made where there is none.
    pub create: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// There was none. Where its author is not [`Sticky::author`], it will not be found next time.
    Created(Comment),
    /// It said something else.
    Updated(Comment),
    /// It said the same already; nothing was sent.
    Unchanged(Comment),
    /// There is none, and none was to be made.
    Withheld,
}

/// A comment on a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number on GitHub.
    pub id: u64,
    /// Its page.
    pub url: String,
    /// The login of who wrote it; empty where the account is gone.
    pub author: String,
}

/// Brings our comment on a pull request up to date. Of several that are ours, the oldest counts.
///
/// # Errors
/// Everything the API or `guard` refuses. A creation that ended in doubt is looked for before it is
/// tried again, so that no second comment appears.
pub fn upsert(
    client: &Client,
    repository: &Repository,
    pull: u64,
    sticky: &Sticky<'_>,
    guard: Guard<'_>,
) -> Result<Posted, Error> {
    let body = marked(sticky);
    let find = || find(client, repository, pull, sticky);
    let Some(found) = find()? else {
        if !sticky.create {
            return Ok(Posted::Withheld);
        }
        let path = repository.path(&format!("issues/{pull}/comments"));
        let doing = format!("comment on {repository}#{pull}");
        let call = Call::post(path, json!({ "body": body }), NEEDS, doing);
        let made: Found = client.create(&call, guard, &find)?;
        return Ok(Posted::Created(made.into()));
    };
    if plain(found.body.as_deref().unwrap_or_default()) == plain(&body) {
        return Ok(Posted::Unchanged(found.into()));
    }
    let path = repository.path(&format!("issues/comments/{}", found.id));
    let doing = format!("update the comment on {repository}#{pull}");
    let call = Call::patch(path, json!({ "body": body }), NEEDS, doing);
    let updated: Found = client.send(&call, Some(guard))?.read(&call)?;
    Ok(Posted::Updated(updated.into()))
}

/// The oldest comment that is ours.
fn find(
    client: &Client,
    repository: &Repository,
    pull: u64,
    sticky: &Sticky<'_>,
) -> Result<Option<Found>, Error> {
    // Ascending by age is how GitHub lists them.
    let path = repository.path(&format!("issues/{pull}/comments?per_page=100"));
    let doing = format!("read the comments on {repository}#{pull}");
    let mut found = None;
    client.each_page(Call::get(path, "pull-requests: read", doing), |page: Vec<Found>| {
        found = page.into_iter().find(|comment| comment.is_ours(sticky));
        if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

#[derive(Deserialize)]
struct Found {
    id: u64,
    html_url: String,
    body: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

impl Found {
    fn is_ours(&self, sticky: &Sticky<'_>) -> bool {
        let ours = |user: &User| user.login.eq_ignore_ascii_case(sticky.author);
        self.user.as_ref().is_some_and(ours)
            && self.body.as_deref().is_some_and(|body| first_line(body) == sticky.marker.trim())
    }
}

impl From<Found> for Comment {
    fn from(found: Found) -> Self {
        let author = found.user.map(|user| user.login).unwrap_or_default();
        Self { id: found.id, url: found.html_url, author }
    }
}

fn marked(sticky: &Sticky<'_>) -> String {
    if first_line(sticky.body) == sticky.marker.trim() {
        sticky.body.to_owned()
    } else {
        format!("{}\n{}", sticky.marker.trim(), sticky.body)
    }
}

fn first_line(body: &str) -> &str {
    body.lines().next().unwrap_or_default().trim_end()
}

/// A body as it compares: GitHub may hand it back with other line ends, and trimmed.
fn plain(body: &str) -> String {
    body.replace("\r\n", "\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_put_first_once() {
        let sticky = |body| Sticky { marker: "<!-- m -->", author: "a", body, create: true };
        assert_eq!(marked(&sticky("text")), "<!-- m -->\ntext");
        assert_eq!(marked(&sticky("<!-- m -->\ntext")), "<!-- m -->\ntext");
    }

    #[test]
    fn line_ends_and_trailing_space_make_no_difference() {
        assert_eq!(plain("a\r\nb\r\n"), plain("a\nb"));
        assert_ne!(plain("a\nb"), plain("a b"));
    }
}
