//! The files that are written: templates with their marked places filled.

use super::action::Action;
use super::look::{Found, Packages};

/// The configuration's file.
pub(super) const CONFIG: &str = "tailguard.toml";

/// The file that people have to complete for load tests.
pub(super) const SCRIPT: &str = ".github/tailguard/measure.sh";

/// Stands where the action is to be named; no repository can be called so.
const NO_ACTION: &str =
    "OWNER/REPO@SHA # FILL IN: tailguard's repository and the commit of a release";

/// What a file is, relative to the root of the repository, and its text.
pub(super) type Written = (&'static str, String);

/// The configuration.
pub(super) fn config(found: &Found) -> String {
    let neither = found.criterion.is_none() && found.script.is_none();
    let mut suites = Vec::new();
    if found.criterion.is_some() || neither {
        let file = file_key(found.bench.as_deref());
        suites.push(filled(include_str!("template/suite-criterion.toml.in"), &[("file", &file)]));
    }
    if found.script.is_some() || neither {
        let script = found.script.as_deref().unwrap_or("load/steady.js");
        let word = shell_word(script);
        let command = format!("k6 run --out json=$TAILGUARD_OUT/results.json.gz {word}");
        let marks = [
            ("script", &*word),
            ("command", &*quoted(&command)),
            ("file", &*file_key(found.script.as_deref())),
        ];
        suites.push(filled(include_str!("template/suite-k6.toml.in"), &marks));
    }
    let suite = if found.script.is_some() || neither { "api" } else { "micro" };
    let suites = suites.join("\n");
    let marks = [("suites", suites.trim_end()), ("suite", suite)];
    filled(include_str!("template/tailguard.toml.in"), &marks)
}

/// The workflows and the script that they share.
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
        (SCRIPT, script(found)),
    ]
}

/// The script that measures both sides.
fn script(found: &Found) -> String {
    let (mut suites, mut build, mut measure) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(packages) = found.criterion {
        let whose = if packages == Packages::Workspace { " --workspace" } else { "" };
        suites.push("'micro=*'");
        build.push(format!("  cargo bench{whose} --no-run"));
        measure.push(format!("  CRITERION_HOME=$1/micro/$2 cargo bench{whose}"));
    }
    if let Some(script) = &found.script {
        suites.push("'api=*.json.gz'");
        build.push(if found.cargo {
            "  cargo build --release".to_owned()
        } else {
            format!("  # FILL IN\n  say \"fill in build in {SCRIPT}\"\n  return 1")
        });
        let marks = [("script", &*shell_word(script))];
        measure.push(filled(include_str!("template/measure-k6.sh.in"), &marks));
    }
    let service = if found.script.is_some() { include_str!("template/service.sh.in") } else { "" };
    let (suites, build, measure) = (suites.join(" "), build.join("\n"), measure.join("\n"));
    let marks = [
        ("suites", &*suites),
        ("build", &build),
        ("service", service.trim_end()),
        ("measure", measure.trim_end()),
        ("machinery", include_str!("template/machinery.sh.in").trim_end()),
    ];
    filled(include_str!("template/measure.sh.in"), &marks)
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
