//! Named queries in a file: `-- name: day` above each.

use super::Error;

/// A query to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedQuery {
    /// Its name.
    pub name: String,
    /// Its text, one statement.
    pub sql: String,
}

/// The most queries of a file.
const MOST: usize = 200;

const HINT: &str = "write a line `-- name: NAME` above each query, with letters, digits, '-', '_' and \
                    '.' in the name";

/// Reads named queries.
///
/// # Errors
/// There is none, one has no name or no text, or a name comes twice.
pub fn queries(text: &str) -> Result<Vec<NamedQuery>, Error> {
    let mut queries: Vec<NamedQuery> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let refuse = |what: &str| {
            Err(Error::usage(format!("--explain got {what} in line {}", at + 1), HINT))
        };
        if let Some(name) = name(line) {
            if !is_name(name) {
                return refuse("a name that is none");
            }
            if queries.iter().any(|query| query.name == name) {
                return refuse("a name for the second time");
            }
            queries.push(NamedQuery { name: name.to_owned(), sql: String::new() });
        } else if let Some(query) = queries.last_mut() {
            query.sql.push_str(line);
            query.sql.push('\n');
        } else if !line.trim().is_empty() && !line.trim_start().starts_with("--") {
            return refuse("a query without a name");
        }
    }
    for query in &mut queries {
        let end = query.sql.trim_end().trim_end_matches(';').trim_end().len();
        query.sql.truncate(end);
        let start = query.sql.len() - query.sql.trim_start().len();
        query.sql.drain(..start);
    }
    if let Some(empty) = queries.iter().find(|query| query.sql.is_empty()) {
        return Err(Error::usage(format!("--explain got no query for {:?}", empty.name), HINT));
    }
    if queries.is_empty() || queries.len() > MOST {
        let message =
            format!("--explain got {} named queries, expected 1 to {MOST}", queries.len());
        return Err(Error::usage(message, HINT));
    }
    queries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(queries)
}

fn name(line: &str) -> Option<&str> {
    let comment = line.trim().strip_prefix("--")?.trim_start();
    comment.strip_prefix("name:").map(str::trim)
}

fn is_name(name: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 100 && name.chars().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_have_names() {
        let text = "-- all of them\n\n-- name: b\nselect 1\n  from t;\n\n--name: a\nselect 2\n";
        let queries = queries(text).unwrap();
        let pairs: Vec<_> = queries.iter().map(|q| (q.name.as_str(), q.sql.as_str())).collect();
        assert_eq!(pairs, [("a", "select 2"), ("b", "select 1\n  from t")]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, why) in [
            ("", "got 0 named queries"),
            ("select 1", "a query without a name in line 1"),
            ("-- name: a\n;", "no query for \"a\""),
            ("-- name: a\nselect 1\n-- name: a\nselect 2", "the second time in line 3"),
            ("-- name: a b\nselect 1", "a name that is none in line 1"),
        ] {
            let message = queries(text).unwrap_err().to_string();
            assert!(message.contains(why) && message.contains("\nhint: "), "{message}");
        }
    }
}
