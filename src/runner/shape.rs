//! The shapes of what a job and an event name: commits, repositories, branches, words.

use super::error::Unfit;

/// How much of a wrong value an error shows, in characters.
const SHOWN: usize = 80;

/// A commit: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits, in lower case.
pub(super) fn sha(field: &'static str, text: &str) -> Result<String, Unfit> {
    let fits = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if fits {
        return Ok(text.to_ascii_lowercase());
    }
    Err(unfit(field, text, "a commit of 40 or 64 hexadecimal digits"))
}

/// A repository's full name, `owner/name`.
pub(super) fn repository(field: &'static str, text: &str) -> Result<String, Unfit> {
    let part = |part: &str| {
        (1..=100).contains(&part.len())
            && !matches!(part, "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    match text.split_once('/') {
        Some((owner, name)) if part(owner) && part(name) => Ok(text.to_owned()),
        _ => Err(unfit(field, text, "a repository as owner/name")),
    }
}

/// A branch, as it is: git allows nearly everything in its name but control characters.
pub(super) fn branch(field: &'static str, text: &str) -> Result<String, Unfit> {
    line(field, text, 1024, "the name of a branch")
}

/// The branch of a full reference; `None` for a tag or anything else.
pub(super) fn branch_of(field: &'static str, reference: &str) -> Result<Option<String>, Unfit> {
    match reference.strip_prefix("refs/heads/") {
        Some(name) => branch(field, name).map(Some),
        None => line(field, reference, 1024, "a reference").map(|_| None),
    }
}

/// A label's name, as it is.
pub(super) fn label(field: &'static str, text: &str) -> Result<String, Unfit> {
    line(field, text, 256, "the name of a label")
}

/// A word of GitHub's own, such as `pull_request` or `timed_out`.
pub(super) fn word(field: &'static str, text: &str) -> Result<String, Unfit> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits { Ok(text.to_owned()) } else { Err(unfit(field, text, "a word of lower-case letters")) }
}

/// A number that counts from 1: of a pull request, a run, an attempt.
pub(super) fn ordinal(field: &'static str, number: u64) -> Result<u64, Unfit> {
    if number > 0 { Ok(number) } else { Err(unfit(field, "0", "a number from 1 up")) }
}

/// The same, written out.
pub(super) fn ordinal_text(field: &'static str, text: &str) -> Result<u64, Unfit> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(unfit(field, text, "a number from 1 up")),
    }
}

/// The address of a server, without the slash at its end.
pub(super) fn address(field: &'static str, text: &str) -> Result<String, Unfit> {
    let fits = (text.starts_with("https://") || text.starts_with("http://"))
        && text.len() <= 2048
        && text.bytes().all(|b| b.is_ascii_graphic());
    if fits {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err(unfit(field, text, "an address that starts with https:// or http://"))
}

fn line(
    field: &'static str,
    text: &str,
    most: usize,
    expected: &'static str,
) -> Result<String, Unfit> {
    let fits = (1..=most).contains(&text.len()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(unfit(field, text, expected)) }
}

fn unfit(field: &'static str, text: &str, expected: &'static str) -> Unfit {
    let mut found: String = text.chars().take(SHOWN).collect();
    if found.len() < text.len() {
        found.push('…');
    }
    Unfit::Shape { field, found, expected }
}

#[cfg(test)]
mod tests {
    use super::{branch, branch_of, label, ordinal_text, repository, sha, word};

    #[test]
    fn commits_have_40_or_64_hexadecimal_digits() {
        for good in ["0".repeat(40), "f".repeat(64)] {
            assert_eq!(sha("it", &good).unwrap(), good);
        }
        assert_eq!(sha("it", &"AB".repeat(20)).unwrap(), "ab".repeat(20));
        for bad in ["", "HEAD", &"0".repeat(41), &"g".repeat(40), &format!("{}\n", "0".repeat(39))]
        {
            assert!(sha("it", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn repositories_are_an_owner_and_a_name() {
        for good in ["octo-org/octo-repo", "a/b.c_d", "Some_Body/.github"] {
            assert_eq!(repository("it", good).unwrap(), good);
        }
        let long = format!("a/{}", "b".repeat(101));
        for bad in ["", "a", "a/", "/b", "a/b/c", "a/..", "../b", "a/b?c", "a/b c", "a/ü", &long] {
            assert!(repository("it", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn branches_keep_every_character_but_control_characters() {
        for good in ["main", "feature/a#1", "-rf", "$(touch x)", "名前", "a\u{202e}b"] {
            assert_eq!(branch("it", good).unwrap(), good);
        }
        for bad in ["", "a\nb", "a\rb", "a\0b", "a\u{1b}[31m", "a\u{85}b", &"x".repeat(1025)] {
            assert!(branch("it", bad).is_err(), "{bad:?}");
        }
        assert_eq!(branch_of("it", "refs/heads/a/b").unwrap().as_deref(), Some("a/b"));
        assert_eq!(branch_of("it", "refs/tags/v1").unwrap(), None);
        assert!(branch_of("it", "refs/tags/v1\n").is_err());
    }

    #[test]
    fn words_labels_and_numbers_are_checked() {
        assert_eq!(word("it", "timed_out").unwrap(), "timed_out");
        assert!(word("it", "::error::").is_err());
        assert_eq!(label("it", "perf accepted ✓").unwrap(), "perf accepted ✓");
        assert!(label("it", "a\tb").is_err());
        assert_eq!(ordinal_text("it", "17").unwrap(), 17);
        for bad in ["", "0", "-1", "1e3", "18446744073709551616"] {
            assert!(ordinal_text("it", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_error_shows_the_beginning_of_a_wrong_value_without_its_control_characters() {
        let message = branch("head.ref", &"a\n".repeat(1000)).unwrap_err().to_string();
        assert!(message.len() < 300, "{message}");
        assert!(!message.contains('\n'), "{message}");
        assert!(message.starts_with("head.ref is \"a\\na"), "{message}");
    }
}
