//! The outputs of a step, appended to a file that the runner reads when the step has ended.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::Path;

use super::append::Log;
use super::error::Error;

/// The most that one value may hold, in bytes; the runner takes no more than this of one output.
const LARGEST_VALUE: usize = 1 << 20;

/// Appends outputs, each a name and a value that may have several lines.
///
/// Every value stands between lines of a random delimiter that does not occur in it, so that no
/// value can end itself and name another output.
///
/// # Errors
///
/// The file cannot be written, a name is not one of letters, digits, `-` and `_`, or a value has
/// more than 1 MiB.
pub fn write_outputs(path: &Path, outputs: &[(&str, &str)]) -> Result<(), Error> {
    let mut text = String::new();
    for (name, value) in outputs {
        let refused = |reason| Error::Output { name: (*name).to_owned(), reason };
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || !name.bytes().all(is_plain) {
            return Err(refused("its name has other characters than letters, digits, - and _"));
        }
        if value.len() > LARGEST_VALUE {
            return Err(refused("its value has more than 1 MiB"));
        }
        let delimiter = delimiter(value);
        text.push_str(&format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
    }
    let failed = |source| Error::Write { variable: "GITHUB_OUTPUT", path: path.to_owned(), source };
    let log = Log::open(path).map_err(failed)?;
    let gap = if log.at_line_start { "" } else { "\n" };
    log.append(&format!("{gap}{text}")).map_err(failed)
}

/// A line that nobody can guess and that does not occur in the value.
fn delimiter(value: &str) -> String {
    loop {
        // The standard library seeds each of these from the system's own source of randomness.
        let random = || RandomState::new().build_hasher().finish();
        let delimiter = format!("tailguard_{:016x}{:016x}", random(), random());
        if !value.contains(&delimiter) {
            return delimiter;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::write_outputs;
    use std::fs;
    use std::path::Path;

    /// As the runner reads the file: `name<<DELIMITER`, lines, `DELIMITER`; or `name=value`.
    fn read(path: &Path) -> Vec<(String, String)> {
        let text = fs::read_to_string(path).unwrap();
        let mut lines = text.lines();
        let mut outputs = Vec::new();
        while let Some(line) = lines.next() {
            let equals = line.find('=').unwrap_or(usize::MAX);
            match line.find("<<").filter(|at| *at < equals) {
                Some(at) => {
                    let delimiter = &line[at + 2..];
                    let value: Vec<&str> = lines.by_ref().take_while(|l| *l != delimiter).collect();
                    outputs.push((line[..at].to_owned(), value.join("\n")));
                }
                None => outputs.push((line[..equals].to_owned(), line[equals + 1..].to_owned())),
            }
        }
        outputs
    }

    #[test]
    fn values_of_several_lines_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        fs::write(&path, "before=1").unwrap();
        let hostile = "x\ntailguard_\nEOF\nbin=/tmp/evil\nbin<<EOF\n::error::";
        write_outputs(&path, &[("outcome", "fail"), ("report", hostile), ("empty", "")]).unwrap();
        let wanted = [("before", "1"), ("outcome", "fail"), ("report", hostile), ("empty", "")];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read(&path), wanted);
    }

    #[test]
    fn delimiters_differ() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        write_outputs(&path, &[("a", "1"), ("b", "2")]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let delimiters: Vec<&str> =
            text.lines().filter_map(|line| line.split_once("<<")).map(|(_, d)| d).collect();
        assert_eq!(delimiters.len(), 2);
        assert_ne!(delimiters[0], delimiters[1]);
    }

    #[test]
    fn a_name_that_could_be_more_than_a_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        for name in ["", "a=b", "a<<b", "a\nb"] {
            assert!(write_outputs(&path, &[("good", "1"), (name, "2")]).is_err(), "{name:?}");
        }
        assert!(write_outputs(&path, &[("a", &"x".repeat((1 << 20) + 1))]).is_err());
        assert!(!path.exists(), "nothing is written where anything is refused");
    }
}
