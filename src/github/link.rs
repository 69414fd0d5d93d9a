//! The next page of a list, as the `Link` header names it (RFC 8288).

use http::{HeaderMap, Uri};

/// The address of the next page, if there is one.
pub(super) fn next(headers: &HeaderMap) -> Option<&str> {
    headers.get_all("link").iter().filter_map(|value| value.to_str().ok()).find_map(next_in)
}

fn next_in(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some((_, from)) = rest.split_once('<') {
        let (address, after) = from.split_once('>')?;
        let parameters = after.split('<').next().unwrap_or_default();
        let is_next = parameters.split([';', ',']).any(|parameter| {
            parameter.trim().strip_prefix("rel=").is_some_and(|rel| {
                rel.trim_matches('"').split_ascii_whitespace().any(|rel| rel == "next")
            })
        });
        if is_next {
            return Some(address);
        }
        rest = after;
    }
    None
}

/// Whether two addresses are at the same place: scheme, host and port.
pub(super) fn same_place(a: &Uri, b: &Uri) -> bool {
    match (a.host(), b.host()) {
        (Some(host), Some(other)) => {
            a.scheme() == b.scheme() && host.eq_ignore_ascii_case(other) && port(a) == port(b)
        }
        _ => false,
    }
}

/// The place alone, for messages: paths and queries may hold secrets.
pub(super) fn place(uri: &Uri) -> String {
    let host = uri.host().unwrap_or("nowhere");
    let port = uri.port_u16().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{host}{port}", uri.scheme_str().unwrap_or("unknown"))
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or(match uri.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let value = r#"<https://h/a?page=1>; rel="prev", <https://h/a?x=1,2&page=3>; rel="next", <https://h/a?page=9>; rel="last""#;
        assert_eq!(next_in(value), Some("https://h/a?x=1,2&page=3"));
        assert_eq!(next_in(r#"<https://h/a>; rel="last""#), None);
        assert_eq!(next_in(r#"<https://h/a>; title="next"; rel=next"#), Some("https://h/a"));
        assert_eq!(next_in("<broken"), None);
        assert_eq!(next_in(""), None);
    }

    #[test]
    fn places_differ_by_scheme_host_and_port() {
        let same = |a: &str, b: &str| same_place(&a.parse().unwrap(), &b.parse().unwrap());
        assert!(same("https://Api.github.com/x", "https://api.github.com:443/y"));
        assert!(!same("https://api.github.com", "http://api.github.com"));
        assert!(!same("https://api.github.com", "https://api.github.com.evil.example"));
        assert!(!same("http://127.0.0.1:1", "http://127.0.0.1:2"));
        assert!(!same("https://api.github.com", "https://api.github.com@evil.example/"));
        assert!(!same("/a", "/a"));
    }
}
