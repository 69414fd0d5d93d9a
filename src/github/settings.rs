//! Where the API is, whose token opens it, and how long to wait for it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Error;

/// What a client needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API's address: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise
    /// server. Plain `http` is taken too.
    pub api: String,
    /// The token, if there is one.
    pub token: Option<Token>,
    /// The longest time that waiting and failed attempts may take, over all calls of one client.
    pub patience: Duration,
    /// The longest time that one answer may take, its body included.
    pub stall: Duration,
}

impl Settings {
    /// Two minutes of patience in all, half a minute for each answer.
    pub fn new(api: impl Into<String>, token: Option<Token>) -> Self {
        Self {
            api: api.into(),
            token,
            patience: Duration::from_secs(120),
            stall: Duration::from_secs(30),
        }
    }
}

/// A secret: never printed, not even by `Debug`.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Surrounding white space, which secrets pasted by hand often carry, is dropped.
    pub fn new(secret: String) -> Self {
        let trimmed = secret.trim();
        if trimmed.len() == secret.len() { Self(secret) } else { Self(trimmed.to_owned()) }
    }

    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// A repository by owner and name; written `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Repository {
    /// The user or organisation.
    pub owner: String,
    /// The name without the owner.
    pub name: String,
}

impl Repository {
    /// The API's path of this repository.
    pub(super) fn root(&self) -> String {
        let encode = super::call::encode;
        format!("/repos/{}/{}", encode(&self.owner), encode(&self.name))
    }

    /// The API's path of something in this repository; `rest` is encoded already.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}/{rest}", self.root())
    }
}

impl FromStr for Repository {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let plain = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        match text.split_once('/') {
            Some((owner, name)) if plain(owner) && plain(name) => {
                Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
            }
            _ => Err(Error::Settings {
                message: format!("{text:?} is not a repository"),
                hint: "write it as OWNER/NAME".to_owned(),
            }),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_owner_slash_name() {
        let repository: Repository = "octo-org/hello.world_1".parse().unwrap();
        assert_eq!((&*repository.owner, &*repository.name), ("octo-org", "hello.world_1"));
        assert_eq!(repository.to_string(), "octo-org/hello.world_1");
        for wrong in ["", "a", "a/", "/b", "a/b/c", "a/..", "a/b?c", "a/b%2f", "a b/c"] {
            assert!(wrong.parse::<Repository>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let settings = Settings::new("https://h", Some(Token::new(" secret\n".to_owned())));
        assert!(!format!("{settings:?}").contains("secret"));
        assert_eq!(settings.token.unwrap().secret(), "secret");
    }
}
