"""What action.yml promises, each promise run through `composite.py`.

A stand-in for tailguard records how it was called and exits as it is told. Where TAILGUARD_BIN names
the real one, it judges the quickstart too, for both outcomes.
"""

import atexit
import functools
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
import traceback

from ruamel.yaml import YAML

from composite import Refused, parsed, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = "x86_64-unknown-linux-musl"
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
ARCHIVE = f"tailguard-{VERSION}-{TARGET}.tar.gz"

STAND_IN = """#!/usr/bin/env bash
# Stands in for tailguard: writes what it was given to $CALLS, and what it is told to write.
set -eu
[ "${1:-}" = --version ] && { echo "tailguard 1.2.3"; exit 0; }
{
  printf '%s\\n' "$@"
  echo "GITHUB_TOKEN=${GITHUB_TOKEN-unset} INPUT_TOKEN=${INPUT_TOKEN-unset}"
} >"$CALLS"
for argument in "$@"; do
  case $argument in
    json=*) [ -z "${REPORT:-}" ] || cp "$REPORT" "${argument#json=}" ;;
    markdown=*) [ -z "${MARKDOWN:-}" ] || cp "$MARKDOWN" "${argument#markdown=}" ;;
    measurement.json) echo '{}' >measurement.json ;;
  esac
done
if [ -n "${OWN_OUTCOME:-}" ]; then
  printf 'outcome<<x\\n%s\\nx\\n' "$OWN_OUTCOME" >>"$GITHUB_OUTPUT"
fi
exit "${EXIT:-0}"
"""

# Builds the stand-in, as `cargo install --root DIR` would build tailguard.
CARGO = """#!/usr/bin/env bash
set -eu
echo "cargo $* in $PWD"
while [ "$1" != --root ]; do shift; done
mkdir -p "$2/bin"
cp "$STAND_IN" "$2/bin/tailguard"
"""


class Place:
    """A folder of one test: an action as the runner checks one out, binaries, what was called."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tailguard-action-"))
        atexit.register(shutil.rmtree, self.root, ignore_errors=True)
        self.action = self.root / "_actions/octo-org/tailguard/v1"
        self.action.mkdir(parents=True)
        shutil.copy(ROOT / "action.yml", self.action)
        shutil.copytree(ROOT / "action", self.action / "action")
        self.calls = self.root / "calls"
        self.stand_in = self.program("stand-in/tailguard", STAND_IN)
        self.tools = self.program("tools/cargo", CARGO).parent
        self.temp = self.root / "temp"
        self.workspace = self.root / "workspace"

    def program(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def release(self, checksum=None):
        """Puts the stand-in where a release has it, and its checksum into the action, both by the
        script that releases."""
        dist = self.root / "releases" / f"v{VERSION}"
        self.script("pack", TARGET, self.stand_in, dist)
        lines = self.script("checksums", dist)
        assert lines == f"{sha256(dist / ARCHIVE)}  {ARCHIVE}\n", lines
        if checksum:
            lines = f"{checksum}  {ARCHIVE}\n"
        with open(self.action / "action/checksums.txt", "a", encoding="utf-8") as checksums:
            checksums.write(lines)
        return dist / ARCHIVE

    def script(self, *arguments):
        return subprocess.run(["bash", ROOT / "action/release.sh", *map(str, arguments)],
                              stdout=subprocess.PIPE, text=True, check=True).stdout

    @property
    def base(self):
        return f"file://{self.root}/releases"

    def run(self, inputs, **env):
        env = {name: str(value) for name, value in env.items()}
        env.setdefault("PATH", f"{self.tools}:{os.environ['PATH']}")
        env |= {"CALLS": str(self.calls), "STAND_IN": str(self.stand_in)}
        return run(self.action, inputs, env=env, temp=self.temp, workspace=self.workspace)

    def called(self):
        return self.calls.read_text().splitlines()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def a_release_is_downloaded_verified_and_put_on_the_path():
    place = Place()
    place.release()
    ran = place.run({"stage": "install", "download-base": place.base})
    assert ran.ok, ran.log
    assert "cargo" not in ran.log, ran.log
    found = subprocess.run(
        ["tailguard", "--version"], env={"PATH": f"{ran.path[0]}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=True,
    )
    assert found.stdout == "tailguard 1.2.3\n", found
    assert pathlib.Path(ran.outputs["bin"]).read_text() == STAND_IN
    assert ran.outputs["outcome"] == "", ran.outputs


def a_release_with_another_checksum_ends_the_step_and_nothing_is_built():
    place = Place()
    place.release(checksum="0" * 64)
    ran = place.run({"stage": "install", "download-base": place.base})
    assert (ran.ok, ran.code) == (False, 1), ran.log
    assert "::error title=tailguard::" in ran.log and "has another checksum" in ran.log, ran.log
    assert "cargo" not in ran.log, ran.log
    assert ran.outputs["bin"] == "" and not ran.path, ran


def a_release_that_was_downloaded_is_used_again_and_verified_again():
    place = Place()
    archive = place.release()
    inputs = {"stage": "install", "download-base": place.base}
    assert place.run(inputs).ok
    archive.unlink()
    again = place.run(inputs)
    assert again.ok and "cargo" not in again.log, again.log
    (cached,) = place.temp.glob(f"tailguard/*/{ARCHIVE}")
    cached.write_bytes(cached.read_bytes() + b"x")
    tampered = place.run(inputs)
    assert tampered.code == 1 and "has another checksum" in tampered.log, tampered.log
    # What was unpacked before is not trusted either.
    place.release()
    program = next(place.temp.glob("tailguard/*/tailguard"))
    program.write_text("#!/bin/sh\nexit 3\n")
    (place.action / "action/checksums.txt").write_text(
        f"{sha256(archive)}  {ARCHIVE}\n")
    restored = place.run(inputs)
    assert restored.ok and "tailguard 1.2.3" in restored.log, restored.log


def a_release_comes_over_loopback_http_too():
    place = Place()
    place.release()
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=str(place.root / "releases"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}/"
        ran = place.run({"stage": "install", "download-base": base})
        server.shutdown()
    assert ran.ok and "cargo" not in ran.log, ran.log


def other_protocols_are_refused():
    for base in ("http://example.org", "ftp://127.0.0.1", "http://127.0.0.1.example.org", "-o/x"):
        place = Place()
        place.release()
        ran = place.run({"stage": "install", "download-base": base})
        assert ran.code == 2 and "has to start with https://" in ran.log, (base, ran.log)


def the_default_base_is_the_releases_of_the_action_s_repository():
    place = Place()
    place.release()
    curl = '#!/usr/bin/env bash\necho "asked for ${!#}"\nexit 22\n'
    place.program("tools/curl", curl)
    ran = place.run({"stage": "install"}, GITHUB_SERVER_URL="https://github.example",
                    GITHUB_REPOSITORY="some/caller")
    wanted = ("asked for https://github.example/octo-org/tailguard/releases/download/"
              f"v{VERSION}/{ARCHIVE}\n")
    assert wanted in ran.log, ran.log


def without_a_download_tailguard_is_built_from_the_action_s_source():
    place = Place()
    place.release().unlink()
    ran = place.run({"stage": "install", "download-base": place.base})
    assert ran.ok, ran.log
    assert "::warning title=tailguard::cannot download" in ran.log, ran.log
    assert f"--locked --quiet --path . --root {place.temp}/tailguard/built" in ran.log, ran.log
    assert f"in {place.action}" in ran.log, ran.log


def without_a_checksum_tailguard_is_built_from_the_action_s_source():
    for machine in ({}, {"RUNNER_ARCH": "ARM64"}, {"RUNNER_OS": "Windows"}):
        place = Place()
        place.release()
        if not machine:
            shutil.copy(ROOT / "action/checksums.txt", place.action / "action/checksums.txt")
        ran = place.run({"stage": "install", "download-base": place.base}, **machine)
        assert ran.ok and "cargo install" in ran.log and "::notice" in ran.log, ran.log


def without_cargo_the_step_says_what_to_do():
    place = Place()
    bare = place.root / "bare"
    bare.mkdir()
    for name in ("bash", "mkdir", "grep", "cut", "rm", "mktemp", "wc"):
        (bare / name).symlink_to(shutil.which(name))
    ran = place.run({"stage": "install"}, PATH=bare)
    assert ran.code == 1 and "install Rust before this step" in ran.log, ran.log


def a_given_binary_is_used_and_nothing_is_downloaded():
    place = Place()
    place.release(checksum="0" * 64)
    ran = place.run({"stage": "check", "bin": str(place.stand_in)})
    assert ran.ok and ran.outputs["bin"] == str(place.stand_in), ran
    place.workspace.mkdir(exist_ok=True)
    shutil.copy(place.stand_in, place.workspace / "tg")
    ran = place.run({"stage": "check", "bin": "tg"})
    assert ran.ok and ran.outputs["bin"] == f"{place.workspace}/tg", ran
    ran = place.run({"stage": "check", "bin": "none"})
    assert ran.code == 1 and "names no program" in ran.log, ran.log


def exit_codes_10_and_11_fail_the_step_only_where_that_is_asked_for():
    outcomes = {0: "pass", 1: "error", 2: "error", 10: "fail", 11: "undecided", 143: "error"}
    for stage in ("check", "comment", "refresh"):
        for code, outcome in outcomes.items():
            for strict in ("true", "false"):
                place = Place()
                ran = place.run({"stage": stage, "bin": str(place.stand_in),
                                 "fail-on-regression": strict}, EXIT=code)
                wanted = 0 if strict == "false" and code in (10, 11) else code
                assert ran.code == wanted, (stage, code, strict, ran)
                assert ran.ok == (wanted == 0)
                assert ran.outputs["exit-code"] == str(code), ran.outputs
                assert ran.outputs["outcome"] == outcome, ran.outputs


def the_outcome_that_the_command_writes_counts():
    place = Place()
    ran = place.run({"stage": "comment", "bin": str(place.stand_in)}, EXIT=0, OWN_OUTCOME="none")
    assert ran.outputs["outcome"] == "none", ran.outputs


def arguments_arrive_as_they_are():
    place = Place()
    hostile = "$(touch pwned)\n`touch pwned`\n; touch pwned\n\n--flag with spaces\r\n*"
    ran = place.run({"stage": "check", "bin": str(place.stand_in), "config": "a b'\"$(id).toml",
                     "args": hostile})
    assert ran.ok, ran.log
    called = place.called()
    assert called[:3] == ["check", "--save", "measurement.json"], called
    assert called[7:] == ["--config=a b'\"$(id).toml", "$(touch pwned)", "`touch pwned`",
                          "; touch pwned", "--flag with spaces", "*",
                          "GITHUB_TOKEN=unset INPUT_TOKEN=unset"], called
    assert not (place.workspace / "pwned").exists()


def what_the_stages_call():
    place = Place()
    bin = str(place.stand_in)
    place.run({"stage": "comment", "bin": bin, "require-comment": "true", "args": "--dry-run"})
    called = place.called()
    assert called[:3] == ["github", "comment", "--report"], called
    assert called[4:] == ["--dry-run", "--require-comment",
                          "GITHUB_TOKEN=the-token-of-the-job INPUT_TOKEN=unset"], called
    place.run({"stage": "refresh", "bin": bin, "token": "another", "suite": "api", "match": "a*\nb",
               "accept-regression": "--forget-missing"})
    assert place.called() == ["github", "refresh-pr", "--suite=api", "--match=a*", "b",
                              "--accept-regression=--forget-missing",
                              "GITHUB_TOKEN=another INPUT_TOKEN=unset"], place.called()
    place.run({"stage": "refresh", "bin": bin, "rounds": "4"})
    assert place.called()[:-1] == ["github", "refresh-pr", "--run", "--rounds=4"], place.called()
    place.run({"stage": "refresh", "bin": bin})
    assert place.called()[:-1] == ["github", "refresh-pr"], place.called()


def a_run_is_against_a_commit_that_is_there():
    place = Place()
    place.workspace.mkdir()
    git = ["git", "-C", place.workspace, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    for message in ("one", "two"):
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", message], check=True)
    first = subprocess.run([*git, "rev-parse", "HEAD^1"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    inputs = {"stage": "run", "bin": str(place.stand_in), "args": "--max-minutes=9"}
    for against, used in ((first, first), ("HEAD^1", "HEAD^1"), ("", "HEAD^1"), ("0" * 40, "HEAD^1"),
                          ("--help", "HEAD^1")):
        ran = place.run(inputs | {"against": against}, EXIT=10)
        assert ran.code == 10 and ran.outputs["outcome"] == "fail", ran.log
        called = place.called()
        assert called[:4] == ["run", f"--against={used}", "--save", "measurement.json"], called
        assert called[-2:] == ["--max-minutes=9", "GITHUB_TOKEN=unset INPUT_TOKEN=unset"], called
        assert ("there is no commit" in ran.log) == (used != (against or used)), ran.log
        assert (place.workspace / ran.outputs["measurement"]).exists()
    ran = place.run(inputs | {"fail-on-regression": "false"}, EXIT=11)
    assert ran.ok and ran.outputs["outcome"] == "undecided", ran.log


def wrong_inputs_are_errors_of_usage():
    place = Place()
    for inputs in ({"stage": "judge"}, {"stage": ""}, {"stage": "check", "fail-on-regression": "no"},
                   {"stage": "check", "require-comment": "True"}, {"stage": "a\n::stop-commands::x"}):
        ran = place.run({"bin": str(place.stand_in)} | inputs)
        assert ran.code == 2 and "it has to be one of" in ran.log, ran.log
        assert not any(line.startswith("::stop") for line in ran.log.splitlines()), ran.log
    # One line for the runner, from which it gets the input back as it was.
    ran = place.run({"stage": "100%\r\n::x", "bin": str(place.stand_in)})
    assert "::error title=tailguard::the input stage is '100%25%0D%0A::x'; " in ran.log, ran.log
    refuses({"no-such-input": "x"}, place)


def the_report_is_counted_and_shown():
    place = Place()
    row = '{"id": %s, "verdict": "%s"}'
    fooled = json.dumps('x", "verdict": "regressed", "y": "')
    rows = [row % ('"a"', "regressed"), row % (fooled, "steady"), row % ('"c"', "regressed")]
    for text in ('{"rows": [%s]}' % ", ".join(rows), ('{"rows":[%s]}' % ",".join(rows)).replace('": ', '":')):
        json.loads(text)
        report, markdown = place.root / "report.json", place.root / "report.md"
        report.write_text(text)
        markdown.write_text("# Two rows regressed\n")
        ran = place.run({"stage": "check", "bin": str(place.stand_in)}, EXIT=10, REPORT=report,
                        MARKDOWN=markdown)
        assert (ran.outputs["regressed"], ran.outputs["steady"]) == ("2", "1"), ran.outputs
        assert ran.outputs["no-data"] == "0", ran.outputs
        assert ran.summary == "# Two rows regressed\n", ran.summary
        assert pathlib.Path(ran.outputs["report"]).read_text() == text
        assert (place.workspace / ran.outputs["measurement"]).exists()


def a_long_report_is_cut_and_the_cut_closes_what_was_open():
    place = Place()
    markdown = place.root / "report.md"
    markdown.write_text("# All rows\n<details>\n" + "| row | ü |\n" * 200_000 + "</details>\n")
    ran = place.run({"stage": "check", "bin": str(place.stand_in)}, MARKDOWN=markdown)
    assert ran.ok, ran.log
    assert len(ran.summary.encode()) <= 1_000_000, len(ran.summary)
    assert ran.summary.count("<details>") == ran.summary.count("</details>") == 1
    assert ran.summary.endswith(f"of {markdown.stat().st_size} bytes, the beginning is shown._\n")


def the_harness_does_as_the_runner_does():
    place = Place()
    document = """
name: x
inputs: {a: {default: "1"}}
outputs:
  first: {value: "${{ steps.one.outputs.text }}"}
  state: {value: "${{ steps.two.outputs.state }}"}
  third: {value: "${{ steps.three.outputs.x }}"}
runs:
  using: composite
  steps:
    - {id: one, shell: bash, run: 'printf "text<<E\\na\\nb=c\\nE\\n" >>"$GITHUB_OUTPUT"; echo /x >>"$GITHUB_PATH"; exit 4'}
    - {id: three, shell: bash, run: 'echo x=1 >>"$GITHUB_OUTPUT"'}
    - {id: two, if: "always() && inputs.a == '1'", shell: bash, run: 'echo "state=$PATH" >>"$GITHUB_OUTPUT"'}
    - {if: "${{ always() && inputs.a == '2' }}", shell: bash, run: exit 5}
"""
    (place.action / "action.yml").write_text(document)
    ran = place.run({})
    assert (ran.ok, ran.code) == (False, 4), ran
    assert ran.outputs["first"] == "a\nb=c" and ran.outputs["third"] == "", ran.outputs
    assert not ran.outputs["state"].startswith("/x:"), "the test's PATH stands over the runner's"
    for wrong in ("uses: actions/checkout@v7", "{shell: sh, run: x}", "{run: x}",
                  "{shell: bash, run: 'echo ${{ toJSON(inputs) }}'}"):
        text = f"name: x\nruns: {{using: composite, steps: [{wrong if wrong[0] == '{' else '{' + wrong + '}'}]}}\n"
        (place.action / "action.yml").write_text(text)
        refuses({}, place)
    assert parsed("a=1\nb<<X\n=\nX\nc=<<\n") == {"a": "1", "b": "=", "c": "<<"}


# Stands in for GitHub's own command: notes what it was asked for, and answers with a commit's name.
GH = """#!/usr/bin/env bash
for argument in "$@"; do
  printf '%s\\n' "$argument" >>"$CALLS"
  case $argument in *=@*) cat "${argument#*=@}" >>"$CALLS" ;; esac
done
echo >>"$CALLS"
case "$*" in
  *"api repos/o/r/git/commits/"*) echo the-tree-of-x ;;
  *git/trees*) echo the-new-tree ;;
  *git/commits*) echo the-new-commit ;;
esac
"""


def a_release_s_checksums_are_committed_on_top_and_that_commit_is_tagged():
    place = Place()
    place.program("tools/gh", GH)
    targets = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "x86_64-apple-darwin",
               "aarch64-apple-darwin"]
    dist = place.root / "dist"
    publish = functools.partial(
        subprocess.run, ["bash", ROOT / "action/publish.sh", "v9.9.9", dist], text=True,
        capture_output=True, check=False,
        env={"PATH": f"{place.tools}:{os.environ['PATH']}", "CALLS": str(place.calls),
             "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "commit-x"})
    for target in targets:
        assert publish().returncode == 1, f"published without {target}"
        assert not place.calls.exists()
        place.script("pack", target, place.stand_in, dist)
    done = publish()
    assert done.returncode == 0, done.stderr
    assert "use it as: o/r@the-new-commit # v9.9.9" in done.stdout, done
    tree, commit, ref, release = place.calls.read_text().split("\n\n")[1:5]
    assert "base_tree=the-tree-of-x" in tree and "tree[][path]=action/checksums.txt" in tree, tree
    committed = tree.split("=@", 1)[1].split("\n", 1)[1]
    assert committed.startswith((ROOT / "action/checksums.txt").read_text()), committed
    for target in targets:
        name = f"tailguard-{VERSION}-{target}.tar.gz"
        assert f"{sha256(dist / name)}  {name}" in committed, committed
        assert str(dist / name) in release.splitlines(), release
    assert "tree=the-new-tree" in commit and "parents[]=commit-x" in commit, commit
    assert "ref=refs/tags/v9.9.9" in ref and "sha=the-new-commit" in ref, ref
    assert release.startswith("release\ncreate\nv9.9.9\n") and "--verify-tag" in release, release


def workflows_use_the_action_with_inputs_and_outputs_that_it_has():
    yaml = YAML(typ="safe")
    action = yaml.load((ROOT / "action.yml").read_text())
    used = 0
    for file in sorted((ROOT / ".github/workflows").glob("*.yml")):
        for job in yaml.load(file.read_text())["jobs"].values():
            for step in job.get("steps", []):
                if step.get("uses") != "./":
                    continue
                used += 1
                unknown = set(step.get("with", {})) - set(action["inputs"])
                assert not unknown, f"{file.name} passes {unknown}"
                outputs = re.findall(rf"steps\.{step.get('id', '-')}\.outputs\.([\w-]+)", file.read_text())
                assert set(outputs) <= set(action["outputs"]), f"{file.name} reads {outputs}"
    assert used > 0, "no workflow uses the action: this test looks at nothing"


def the_real_command_judges_the_quickstart():
    """Both outcomes; the counts against the report itself."""
    binary = os.environ.get("TAILGUARD_BIN")
    if not binary:
        print("   (without the real command: TAILGUARD_BIN is not set)")
        return
    place = Place()
    workspace = place.workspace
    shutil.copytree(ROOT / "examples/quickstart", workspace,
                    ignore=shutil.ignore_patterns("target", "service"))
    for config, code, outcome in (("tailguard.toml", 10, "fail"), ("unchanged.toml", 0, "pass")):
        ran = place.run({"stage": "check", "bin": str(pathlib.Path(binary).resolve()),
                         "config": config})
        assert ran.code == code and ran.outputs["outcome"] == outcome, ran.log
        report = json.loads(pathlib.Path(ran.outputs["report"]).read_text())
        assert report["outcome"] == outcome
        for verdict in ("regressed", "missing", "no-data", "untested", "inconclusive", "waived",
                        "new", "improved", "steady"):
            rows = sum(row["verdict"] == verdict for row in report["rows"])
            assert ran.outputs[verdict] == str(rows), (verdict, rows, ran.outputs)
        measurement = json.loads((workspace / ran.outputs["measurement"]).read_text())
        assert measurement["schema"] == "tailguard.measurement/v1"
        assert ran.summary.strip(), "the report is in the summary"


def refuses(inputs, place):
    try:
        place.run(inputs)
    except Refused:
        return
    raise AssertionError(f"{inputs} was not refused")


def main():
    promises = [value for value in list(globals().values())
                if callable(value) and getattr(value, "__module__", "") == __name__
                and value not in (main, refuses, sha256, Place)]
    failed = 0
    for promise in promises:
        name = promise.__name__.replace("_", " ")
        try:
            promise()
            print(f"ok  {name}")
        except Exception:  # Every promise is looked at, whatever became of the one before.
            failed += 1
            print(f"NO  {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"{len(promises) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
