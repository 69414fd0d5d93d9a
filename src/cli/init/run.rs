//! The command: every file or none.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::{CONFIG, config, script, script_path, workflows};
use super::look::{Found, look_around};
use crate::cli::args::{Global, Init, Part};
use crate::cli::output::{say, write_file};
use crate::cli::plan::here;
use crate::gate::Error;

/// The branch that pushes are measured on, where git knows no other.
const BRANCH: &str = "main";

pub(in crate::cli) fn run(global: &Global, args: &Init) -> Result<u8, Error> {
    let dir = here();
    let found = look_around(&dir);
    let no_workflows = why_no_workflows(global, &dir, &found);
    if args.only == Some(Part::Workflows)
        && let Some(why) = &no_workflows
    {
        return Err(Error::Usage(why.clone()));
    }
    let mut files = Vec::new();
    if args.only != Some(Part::Workflows) {
        let path = global.config.clone().unwrap_or_else(|| dir.join(CONFIG));
        files.push((path, config(&found)));
        files.extend(found.script.iter().map(|k6| (dir.join(script_path(k6)), script(k6))));
    }
    let with_workflows = args.only != Some(Part::Config) && no_workflows.is_none();
    if with_workflows {
        let texts = workflows(&found, args.action.as_ref(), &branch(&dir));
        files.extend(texts.into_iter().map(|(name, text)| (dir.join(name), text)));
    }

    let existing: Vec<&PathBuf> =
        files.iter().map(|(path, _)| path).filter(|path| exists(path)).collect();
    if !existing.is_empty() && !args.force {
        return Err(refusal(&existing, &dir));
    }
    // What can go wrong goes wrong before the first file is written.
    for (path, _) in &files {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::create_dir_all(parent.unwrap_or(Path::new(".")))
            .map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    for (path, text) in &files {
        let replaced = exists(path);
        write_file(path, text.as_bytes())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
        let done = if replaced { "replaced" } else { "wrote" };
        say(global, &format!("{done} {}", shown(path, &dir)));
    }
    advise(global, args, &found, with_workflows);
    let ignored = fs::read_to_string(dir.join(".gitignore")).unwrap_or_default();
    if !ignored.lines().any(|line| line.trim_matches('/') == "perf") {
        say(global, "add to .gitignore: /perf and /measurement.json");
    }
    if with_workflows {
        say(
            global,
            "next: commit, and once this is on the default branch, open a pull request and require \
             the check `tailguard`",
        );
        return Ok(0);
    }
    if args.only.is_none()
        && let Some(why) = no_workflows
    {
        say(global, &format!("note: {}", why.replace("\nhint: ", "; ")));
    }
    say(global, "next: `tailguard baseline refresh --run`, and commit `baselines/`");
    Ok(0)
}

/// Why there are no workflows to write, if so.
fn why_no_workflows(global: &Global, dir: &Path, found: &Found) -> Option<String> {
    if found.criterion.is_none() && found.script.is_none() {
        return Some(
            "no workflows: neither criterion nor a k6 script was found here\nhint: once there is \
             one, `tailguard init --only workflows`"
                .to_owned(),
        );
    }
    // Workflows lie at the root of a repository, and find the configuration there.
    let elsewhere = "no workflows: they go with a configuration at the root of the repository";
    if global.config.as_ref().is_some_and(|path| dir.join(path) != dir.join(CONFIG)) {
        return Some(format!("{elsewhere}\nhint: run `tailguard init` there, without --config"));
    }
    let root = dir.ancestors().find(|dir| dir.join(".git").exists())?;
    (root != dir).then(|| {
        format!("{elsewhere}, which is {}\nhint: run `tailguard init` there", root.display())
    })
}

/// What people have to complete.
fn advise(global: &Global, args: &Init, found: &Found, with_workflows: bool) {
    if with_workflows && args.action.is_none() {
        say(
            global,
            "fill in: the action and its commit, in the line `uses: OWNER/REPO@SHA` of each of the \
             three workflows",
        );
    }
    if let (Some(k6), true) = (&found.script, args.only != Some(Part::Workflows)) {
        let script = script_path(k6);
        say(global, &format!("fill in: how the service is started, where {script} says FILL IN"));
        if !found.cargo {
            say(global, "fill in: how it is built, where the configuration says FILL IN");
        }
    }
}

fn refusal(existing: &[&PathBuf], dir: &Path) -> Error {
    let names: Vec<String> = existing.iter().map(|path| shown(path, dir)).collect();
    let (exist, it) = if names.len() == 1 { ("exists", "it") } else { ("exist", "them") };
    Error::Usage(format!(
        "{} {exist} already; nothing was written\nhint: edit {it}, or overwrite {it} with --force; \
         --only config and --only workflows leave the other part alone",
        names.join(", ")
    ))
}

/// Also a link that leads nowhere.
fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn shown(path: &Path, dir: &Path) -> String {
    path.strip_prefix(dir).unwrap_or(path).display().to_string()
}

/// The branch that pull requests go to: what the remote calls its head, else `main`, else `master`
/// where that is all there is.
fn branch(dir: &Path) -> String {
    let git = dir.join(".git");
    let text = fs::read_to_string(git.join("refs/remotes/origin/HEAD")).unwrap_or_default();
    let named = text.trim().strip_prefix("ref: refs/remotes/origin/").map(str::to_owned);
    // Not every name of a branch can stand in YAML, or in a filter, as it is.
    let plain = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._/".contains(c))
    };
    let has = |name: &str| git.join("refs/heads").join(name).exists();
    let only_master = !has(BRANCH) && has("master");
    let usual = || if only_master { "master" } else { BRANCH }.to_owned();
    named.filter(plain).unwrap_or_else(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_what_the_remote_calls_its_head() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(branch(dir.path()), "main");
        let write = |name: &str, text: &str| {
            let path = dir.path().join(".git").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("refs/heads/master", "0\n");
        assert_eq!(branch(dir.path()), "master");
        write("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/dev/next\n");
        assert_eq!(branch(dir.path()), "dev/next");
        write("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/x]\n");
        assert_eq!(branch(dir.path()), "master");
    }
}
