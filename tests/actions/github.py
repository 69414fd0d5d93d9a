"""action.yml with the real binary against the stage of the end-to-end test: measured in one job, judged
and posted in another, for both outcomes; baselines refreshed in a third. `github.sh` starts it.
"""

import json
import os
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from composite import run  # noqa: E402
from jobs import clinic, results, workflow_run  # noqa: E402
from stage import READ_ONLY, REFRESHING, ROOT, TRUSTED, Stage, checkout  # noqa: E402


def action(stage, folder, inputs, event, payload, env):
    environment = {
        "GITHUB_API_URL": stage.door,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": payload["repository"]["full_name"],
        "GITHUB_JOB": "perf",
        "GITHUB_RUN_ID": "4242",
        "GITHUB_RUN_ATTEMPT": "1",
        "RUNNER_NAME": "runner-1",
        **env,
    }
    inputs = {"bin": stage.binary, **inputs}
    return run(ROOT, inputs, env=environment, event=payload, event_name=event, workspace=folder)


def measured(stage, repository, pull, fresh):
    """Stage one: `check` in the merge commit, without a token, and its artifact."""
    merge = pull.merge_commit()
    env = {"GITHUB_SHA": merge, "GITHUB_REF": f"refs/pull/{pull.number}/merge"}
    with repository.checkout(merge, fresh) as folder:
        inputs = {"stage": "check", "fail-on-regression": "false", "token": "not-for-this-stage"}
        ran = action(stage, folder, inputs, "pull_request", pull.payload(), env)
        same("the measuring step passes", (ran.ok, ran.code), (True, 0), ran.log)
        artifact = {"measurement.json": (folder / ran.outputs["measurement"]).read_bytes()}
    shown = workflow_run(repository, artifact, head_sha=pull.head, head_branch=pull.branch,
                         head_repository=pull.head_repository)
    return ran, shown


def posted(stage, repository, shown, permissions=TRUSTED, **inputs):
    """Stage two: `comment` in an empty folder, after a run completed."""
    payload = {"action": "completed", "workflow_run": shown,
               "repository": stage.ask("GET", repository.path)}
    env = {"GITHUB_SHA": repository.tip("main"), "GITHUB_REF": "refs/heads/main"}
    inputs = {"stage": "comment", "token": stage.token(permissions), **inputs}
    with checkout(stage, {}) as folder:
        return action(stage, folder, inputs, "workflow_run", payload, env)


def both_outcomes(stage):
    repository = stage.repository("action", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    ran, shown = measured(stage, repository, pull, results("slower"))
    same("stage one knows the outcome", (ran.outputs["outcome"], ran.outputs["exit-code"]), ("fail", "10"))

    ran = posted(stage, repository, shown)
    same("the gate fails the step", (ran.ok, ran.code), (False, 10), ran.log)
    same("the outputs say so", (ran.outputs["outcome"], ran.outputs["exit-code"]), ("fail", "10"))
    rows = json.loads(pathlib.Path(ran.outputs["report"]).read_text())["rows"]
    regressed = sum(row["verdict"] == "regressed" for row in rows)
    same("the counts are the report's", ran.outputs["regressed"], str(regressed))
    same("some row regressed", regressed > 0, True)
    same("the summary says it", "write / book" in ran.summary, True, ran.summary)
    same("annotations are commands", "::error file=" in ran.log, True, ran.log)
    [comment] = pull.comments()
    same("the check fails", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])

    ran = posted(stage, repository, shown, **{"fail-on-regression": "false"})
    same("the step passes where only the check has to fail", (ran.ok, ran.outputs["exit-code"]), (True, "10"), ran.log)

    pull.push({"book.rs": b"fast again\n"})
    ran, shown = measured(stage, repository, pull, results("unchanged"))
    same("stage one knows the other outcome", ran.outputs["outcome"], "pass")
    ran = posted(stage, repository, shown)
    same("the gate passes the step", (ran.ok, ran.outputs["outcome"]), (True, "pass"), ran.log)
    same("nothing regressed", ran.outputs["regressed"], "0")
    same("the comment is the same one", [c["id"] for c in pull.comments()], [comment["id"]])
    same("the new head passes", [c["conclusion"] for c in repository.checks(pull.head)], ["success"])


def a_required_comment(stage):
    repository = stage.repository("required", clinic())
    pull = repository.pull("fast", {"book.rs": b"fast\n"})
    _, shown = measured(stage, repository, pull, results("unchanged"))
    ran = posted(stage, repository, shown, READ_ONLY)
    same("without the right to write the verdict stands", (ran.ok, ran.outputs["outcome"]), (True, "pass"), ran.log)
    ran = posted(stage, repository, shown, READ_ONLY, **{"require-comment": "true"})
    same("unless the comment is required", (ran.code, ran.outputs["outcome"]), (1, "pass"), ran.log)


def a_refresh(stage):
    repository = stage.repository("button", clinic())
    main = repository.main()
    payload = {"inputs": {}, "ref": "refs/heads/main", "repository": stage.ask("GET", repository.path)}
    env = {"GITHUB_SHA": main.sha, "GITHUB_REF": "refs/heads/main"}
    with repository.checkout(main.sha, results("unchanged")) as folder:
        inputs = {"stage": "refresh", "token": stage.token(REFRESHING), "suite": "api"}
        ran = action(stage, folder, inputs, "workflow_dispatch", payload, env)
    same("the refresh passes", (ran.ok, ran.outputs["exit-code"]), (True, "0"), ran.log)
    [opened] = repository.open_pulls()
    files = repository.files(repository.tip(opened["head"]["ref"]))
    changed = {path.split("/")[1] for path, content in files.items() if content != main.files.get(path)}
    same("one pull request refreshes the suite", changed, {"api"})


counts = {"passed": 0, "failed": 0}


def same(claim, got, wanted, said=""):
    if got == wanted:
        counts["passed"] += 1
        return
    counts["failed"] += 1
    print(f"  FAILED: {claim}\n    | got    {got!r}\n    | wanted {wanted!r}")
    for line in said.splitlines()[-30:]:
        print(f"    | {line}")


def main():
    given = [os.environ[name] for name in ("E2E_NODE", "E2E_MODULES", "E2E_OPENAPI", "E2E_BINARY")]
    with tempfile.TemporaryDirectory(prefix="tailguard-action-") as folder:
        stage = Stage(*given, folder)
        try:
            for story in (both_outcomes, a_required_comment, a_refresh):
                print(f"- {story.__name__.replace('_', ' ')}", flush=True)
                story(stage)
            log = stage.prism_log.read_text()
            same("Prism looked at requests", "Request received" in log, True)
            same("every request is as GitHub describes it", log.count("Violation: request"), 0)
        finally:
            stage.close()
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(counts["failed"] > 0)


if __name__ == "__main__":
    main()
