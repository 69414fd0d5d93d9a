//! The CI job that this process runs in.

/// A session id from the CI's own words: run id, attempt, job and runner name. `None` outside CI.
///
/// `variable` looks an environment variable up; empty values count as unset.
#[must_use]
pub fn session_of_job(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let get = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(run) = get("GITHUB_RUN_ID") {
        let rest = ["GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "RUNNER_NAME"];
        return Some(joined("github", run, rest.iter().filter_map(|name| get(name))));
    }
    if let Some(job) = get("CI_JOB_ID") {
        let rest = ["CI_RUNNER_ID"];
        return Some(joined("gitlab", job, rest.iter().filter_map(|name| get(name))));
    }
    None
}

fn joined(kind: &str, first: String, rest: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> =
        std::iter::once(kind.to_owned()).chain(std::iter::once(first)).chain(rest).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::session_of_job;

    #[test]
    fn a_rerun_of_a_job_is_another_session() {
        let first = |name: &str| match name {
            "GITHUB_RUN_ID" => Some("17".to_owned()),
            "GITHUB_RUN_ATTEMPT" => Some("1".to_owned()),
            "GITHUB_JOB" => Some("perf".to_owned()),
            _ => None,
        };
        let second = |name: &str| match name {
            "GITHUB_RUN_ATTEMPT" => Some("2".to_owned()),
            other => first(other),
        };
        assert_eq!(session_of_job(&first).as_deref(), Some("github-17-1-perf"));
        assert_ne!(session_of_job(&first), session_of_job(&second));
        assert_eq!(session_of_job(&|_| None), None);
        assert_eq!(session_of_job(&|_| Some(String::new())), None);
    }
}
