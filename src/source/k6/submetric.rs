//! Names of metrics and sub-metrics: `http_req_duration{category:read,method:GET}`.

/// A metric's name, and the tags that select part of its samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MetricName {
    pub(super) metric: String,
    /// In the order of the file; empty for the whole metric.
    pub(super) tags: Vec<(String, String)>,
}

/// Takes a name apart as k6 does: pairs end at a comma, a key ends at its first colon, and spaces
/// and quotes around either do not count. Values may hold braces, slashes and further colons. A
/// part without a colon is taken as the rest of a value with a comma.
pub(super) fn parse(name: &str) -> MetricName {
    let selection = name.strip_suffix('}').and_then(|name| name.split_once('{'));
    let Some((metric, selection)) = selection else {
        return MetricName { metric: name.to_owned(), tags: Vec::new() };
    };
    let mut parts: Vec<(&str, String)> = Vec::new();
    for part in selection.split(',') {
        match (part.split_once(':'), parts.last_mut()) {
            (Some((key, value)), _) => parts.push((bare(key), value.to_owned())),
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(part);
            }
            (None, None) if bare(part).is_empty() => {}
            (None, None) => parts.push((bare(part), String::new())),
        }
    }
    let tags = parts.into_iter().map(|(k, v)| (k.to_owned(), bare(&v).to_owned())).collect();
    MetricName { metric: metric.to_owned(), tags }
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(name: &str) -> Vec<(String, String)> {
        parse(name).tags
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn values_may_hold_almost_anything() {
        assert_eq!(tags("d"), []);
        assert_eq!(tags("d{scenario:slow}"), pairs(&[("scenario", "slow")]));
        assert_eq!(tags("d{a:x, b : \"y z\"}"), pairs(&[("a", "x"), ("b", "y z")]));
        assert_eq!(tags("d{name:Fast Page / é}"), pairs(&[("name", "Fast Page / é")]));
        assert_eq!(tags("d{url:http://h:80/{id}}"), pairs(&[("url", "http://h:80/{id}")]));
        assert_eq!(tags("d{name:a,b,m:GET}"), pairs(&[("name", "a,b"), ("m", "GET")]));
        assert_eq!(tags("d{status:>=500}"), pairs(&[("status", ">=500")]));
        assert_eq!(tags("d{}"), []);
        assert_eq!(parse("d{x:{y}").metric, "d");
        assert_eq!(parse("}{").metric, "}{");
    }
}
