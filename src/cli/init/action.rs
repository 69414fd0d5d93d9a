//! Which action the workflows use.

use std::fmt;
use std::str::FromStr;

/// An action pinned to a commit: `OWNER/REPO@SHA`. A tag can be moved to other code, a commit cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Action(String);

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            "expected OWNER/REPO@SHA, where SHA is a full commit hash of 40 hexadecimal digits"
                .to_owned()
        };
        let (repository, sha) = text.split_once('@').ok_or_else(wrong)?;
        let (owner, name) = repository.split_once('/').ok_or_else(wrong)?;
        let is_name = |text: &str, others: &str| {
            (1..=100).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
        };
        let is_sha = sha.len() == 40 && sha.chars().all(|c| c.is_ascii_hexdigit());
        if !is_name(owner, "-") || !is_name(name, "-._") || matches!(name, "." | "..") || !is_sha {
            return Err(wrong());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Action;

    #[test]
    fn only_a_full_commit_of_a_repository_is_an_action() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let known = format!("some-org/tailguard.rs@{sha}");
        assert_eq!(known.parse::<Action>().unwrap().to_string(), known);
        for wrong in [
            String::new(),
            "tailguard".to_owned(),
            format!("tailguard@{sha}"),
            "o/r@v1".to_owned(),
            format!("o/r@{}", &sha[1..]),
            format!("o/r@{sha}0"),
            format!("o/r@{}g", &sha[1..]),
            format!("o/..@{sha}"),
            format!("o/r/sub@{sha}"),
            format!("o/r # x\n  run: y@{sha}"),
            format!("o/r@{sha}\n"),
            format!(" o/r@{sha}"),
            format!("o r/r@{sha}"),
        ] {
            assert!(wrong.parse::<Action>().is_err(), "{wrong:?}");
        }
    }
}
