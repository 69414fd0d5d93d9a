//! The files that are written: templates with their marked places filled.

use super::action::Action;
use super::look::{Found, Packages};

/// The configuration's file.
pub(super) const CONFIG: &str = "tailguard.toml";

/// Stands where the action is to be named; no repository can be called so.
const NO_ACTION: &str =
    "OWNER/REPO@SHA # FILL IN: tailguard's repository and the commit of a release";

/// What a file is, relative to the root of the repository, and its text.
pub(super) type Written = (&'static str, String);

/// The script that people have to complete for load tests, beside the one of k6.
pub(super) fn script_path(k6: &str) -> String {
    let folder = k6.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    format!("{folder}measure.sh")
}

/// The configuration.
pub(super) fn config(found: &Found) -> String {
    let neither = found.criterion.is_none() && found.script.is_none();
    let mut suites = Vec::new();
    if found.criterion.is_some() || neither {
        let whose = if found.criterion == Some(Packages::Workspace) { " --workspace" } else { "" };
        let file = file_key(found.bench.as_deref());
        let marks = [("file", &*file), ("whose", whose)];
        suites.push(filled(include_str!("template/suite-criterion.toml.in"), &marks));
    }
    if found.script.is_some() || neither {
        let k6 = found.script.as_deref().unwrap_or("load/steady.js");
        let script = shell_word(&script_path(k6));
        // A base that is older than the script has nothing to be measured by it.
        let is_there = format!("test -e {script}");
        let build = match found.cargo || neither {
            true => {
                format!("{} # once a side", quoted(&format!("{is_there} && cargo build --release")))
            }
            false => format!("{} # FILL IN: && how the service is built", quoted(&is_there)),
        };
        let marks = [
            ("script", &*shell_word(k6)),
            ("build", &*build),
            ("command", &*quoted(&format!("bash {script}"))),
            ("file", &*file_key(found.script.as_deref())),
        ];
        suites.push(filled(include_str!("template/suite-k6.toml.in"), &marks));
    }
    let suite = if found.script.is_some() || neither { "api" } else { "micro" };
    let suites = suites.join("\n");
    let marks = [("suites", suites.trim_end()), ("suite", suite)];
    filled(include_str!("template/tailguard.toml.in"), &marks)
}

/// One run of the load test, around a k6 script.
pub(super) fn script(k6: &str) -> String {
    let marks = [("script", &*shell_word(k6)), ("file", &*shell_word(&script_path(k6)))];
    filled(include_str!("template/measure.sh.in"), &marks)
}

/// The workflows.
pub(super) fn workflows(found: &Found, action: Option<&Action>, branch: &str) -> Vec<Written> {
    let action = action.map_or_else(|| NO_ACTION.to_owned(), Action::to_string);
    let tools = if found.script.is_some() { include_str!("template/tools-k6.yml.in") } else { "" };
    let fill = |text| {
        let marks = [("action", &*action), ("tools", tools.trim_end()), ("branch", branch)];
        filled(text, &marks)
    };
    vec![
        (".github/workflows/perf.yml", fill(include_str!("template/perf.yml.in"))),
        (".github/workflows/perf-comment.yml", fill(include_str!("template/perf-comment.yml.in"))),
        (
            ".github/workflows/baseline-refresh.yml",
            fill(include_str!("template/baseline-refresh.yml.in")),
        ),
    ]
}

/// Fills the marked places `{{name}}` of a template, line by line. A line that holds nothing but a
/// place that is filled with nothing goes, and so does an empty line after it.
fn filled(template: &str, marks: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut gone = false;
    for line in template.lines() {
        if std::mem::take(&mut gone) && line.is_empty() {
            continue;
        }
        let line = marks.iter().fold(line.to_owned(), |line, (name, value)| {
            gone |= value.is_empty() && line == format!("{{{{{name}}}}}");
            line.replace(&format!("{{{{{name}}}}}"), value)
        });
        if !gone {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn file_key(file: Option<&str>) -> String {
    file.map_or_else(String::new, |file| {
        format!("file = {}  # where annotations of its rows point", quoted(file))
    })
}

/// Quoted as TOML's basic string, whose escapes are JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// One word to a shell, whatever characters are in it.
fn shell_word(text: &str) -> String {
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "-._/".contains(c)) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_without_content_leaves_no_gap() {
        let template = "a\n\n{{none}}\n\nb {{some}}\n{{none}}\nc\n";
        let marks = [("none", ""), ("some", "x\ny")];
        assert_eq!(filled(template, &marks), "a\n\nb x\ny\nc\n");
    }

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(shell_word("load/steady-1.js"), "load/steady-1.js");
        assert_eq!(shell_word("load/it's $(x).js"), r"'load/it'\''s $(x).js'");
        assert_eq!(shell_word("-rf.js"), "./-rf.js");
    }
}
