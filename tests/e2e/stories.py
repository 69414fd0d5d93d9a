"""What a pull request sees of the gate, played with the real binary against a stateful GitHub.

    stories.py [WORD...]     plays the stories whose names contain a word; all without one

Each story sets up a repository, runs the jobs that the workflows would run, and looks at what stands
in the repository afterwards.
"""

import json
import os
import signal
import sys
import tempfile
import time
import traceback

from jobs import (
    CONFIG,
    check,
    clinic,
    judged,
    labelled,
    many_benchmarks,
    measured,
    pushed,
    refreshed,
    results,
    rewritten_baselines,
    workflow_run,
)
from stage import ONE_STAGE, READ_ONLY, Stage, checkout, next_second, run, zipped

MARKER = "<!-- tailguard:v1 id=default -->"
BOT = "github-actions[bot]"


def gate_twice_gives_one_comment(stage):
    repository = stage.repository("twice", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    perf = measured(pull, results("slower"))

    first = judged(repository, perf.shown)
    step("the gate fails", first.code == 10, first.said)
    comments = pull.comments()
    same("there is one comment", len(comments), 1)
    same("it is ours", comments[0]["user"]["login"], BOT)
    step("it begins with the marker", comments[0]["body"].startswith(MARKER + "\n"), comments[0]["body"])
    step("it names the row that got slower", "write / book" in comments[0]["body"], comments[0]["body"])
    checks = repository.checks(pull.head)
    same("the check fails", [c["conclusion"] for c in checks], ["failure"])

    stage.forget()
    second = judged(repository, perf.shown)
    same("the gate fails again", second.code, 10)
    same("the second run writes nothing", writes(stage), [])
    again = pull.comments()
    same("the comment is the same", [(c["id"], c["updated_at"]) for c in again], [(c["id"], c["updated_at"]) for c in comments])
    same("there is no second check run", [c["id"] for c in repository.checks(pull.head)], [c["id"] for c in checks])


def pass_after_fail_flips_the_comment(stage):
    repository = stage.repository("flip", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    judged(repository, measured(pull, results("slower")).shown)
    [before] = pull.comments()
    slow_head = pull.head

    pull.push({"book.rs": b"fast again\n"})
    outcome = judged(repository, measured(pull, results("unchanged")).shown)
    step("the gate passes", outcome.code == 0, outcome.said)
    [after] = pull.comments()
    same("it is the same comment", after["id"], before["id"])
    step("it says something else", after["body"] != before["body"], after["body"])
    same("the new head passes", [c["conclusion"] for c in repository.checks(pull.head)], ["success"])
    same("the old head's check stands", [c["conclusion"] for c in repository.checks(slow_head)], ["failure"])


def a_second_attempt_is_judged_by_its_own_artifact(stage):
    repository = stage.repository("attempts", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    first = measured(pull, results("slower"))
    judged(repository, first.shown)
    next_second()
    second = measured(pull, results("unchanged"), id=first.id, attempt=2)
    outcome = judged(repository, second.shown)
    step("the gate passes", outcome.code == 0, outcome.said)
    same("there is one comment", len(pull.comments()), 1)
    same("a new check run passes", [c["conclusion"] for c in repository.checks(pull.head)], ["failure", "success"])


def a_pull_request_cannot_soften_its_own_gate(stage):
    repository = stage.repository("soften", clinic())
    softened = CONFIG.replace(b'threshold  = "5%"', b'threshold  = "500%"')
    baselines = rewritten_baselines(stage, results("slower"))
    pull = repository.pull("slow-search", {"tailguard.toml": softened, **baselines})
    perf = measured(pull, results("slower"))
    step("its own measuring job is content", perf.step.code != 10, perf.step.said)

    outcome = judged(repository, perf.shown)
    step("the gate fails all the same", outcome.code == 10, outcome.said)
    [comment] = pull.comments()
    for path in ["tailguard.toml", *(path for path in baselines if path.endswith("2c.json"))]:
        step(f"the comment names {path}", path in readable(comment["body"]), comment["body"])
    same("the check fails", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])


def a_label_counts_after_the_verdict_and_from_a_writer(stage):
    accepts = b'\n[[accept]]\nlabel = "perf-accepted"\nrows  = ["api/*", "micro/*"]\nup-to = "100%"\n'
    repository = stage.repository("labels", clinic(accepts))
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    label = "perf-accepted"

    pull.label(label, "writer")
    next_second()
    perf = measured(pull, results("slower"))
    outcome = judged(repository, perf.shown)
    step("a label from before the verdict does not count", outcome.code == 10, outcome.said)
    next_second()
    outcome = judged(repository, perf.shown)
    step("nor when the job is run again", outcome.code == 10, outcome.said)

    pull.unlabel(label, "writer")
    next_second()
    outcome = labelled(pull, label, "reader")
    step("a label by somebody who cannot write does not count", outcome.code == 10, outcome.said)
    same("the check still fails", repository.checks(pull.head)[-1]["conclusion"], "failure")

    pull.unlabel(label, "reader")
    next_second()
    stage.forget()
    outcome = labelled(pull, label, "writer")
    step("a label by a writer after the verdict counts", outcome.code == 0, outcome.said)
    same("the stored measurement is judged again", len(stage.log()["downloads"]), 1)
    same("the check passes", repository.checks(pull.head)[-1]["conclusion"], "success")
    [comment] = pull.comments()
    step("the comment says who accepted", "writer" in comment["body"] and label in comment["body"], comment["body"])

    next_second()
    pull.push({"book.rs": b"slower still\n"})
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("a new head needs a new label", outcome.code == 10, outcome.said)
    same("the new head's check fails", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])


def refresh_twice_gives_one_pull_request(stage):
    repository = stage.repository("refresh", clinic())
    before = repository.main()

    first = refreshed(repository, results("unchanged"))
    step("the first refresh succeeds", first.code == 0, first.said)
    opened = repository.open_pulls()
    same("one pull request is open", len(opened), 1)
    branch = opened[0]["head"]["ref"]
    step("its body is the change of the baselines", "write / book" in readable(opened[0]["body"]), opened[0]["body"])
    same("it is one commit", len(own_commits(repository, opened[0])), 1)

    accept = ["--accept-regression", "the new search is worth it"]
    second = refreshed(repository, results("slower"), accept)
    step("the second refresh succeeds", second.code == 0, second.said)
    again = repository.open_pulls()
    same("the same pull request is open", [p["number"] for p in again], [opened[0]["number"]])
    tip = repository.tip(branch)
    files = repository.files(tip)
    stored = {path: content for path, content in files.items() if path.startswith("baselines/") and path.endswith(".json")}
    for path, content in stored.items():
        step(f"{path} has the first session", b'"unchanged"' in content, content[:400])
        step(f"{path} has the second session", b'"slower"' in content, content[:400])
    same("main is as it was", repository.tip("main"), before.sha)
    same("nothing else changed", {p for p in files if files[p] != before.files.get(p)} - set(stored), details(files, before))
    same("there is one commit a refresh", len(own_commits(repository, again[0])), 2)

    # The same results once more: there is nothing to refresh.
    third = refreshed(repository, results("slower"), accept)
    same("a third refresh of the same results succeeds", third.code, 0)
    same("and changes nothing", repository.tip(branch), tip)


def refresh_leaves_a_branch_alone_that_others_committed_to(stage):
    repository = stage.repository("foreign", clinic())
    refreshed(repository, results("unchanged"))
    [pull] = repository.open_pulls()
    branch = pull["head"]["ref"]
    tip = repository.tip(branch)
    repository.commits[tip] = type(repository.main())(tip, repository.files(tip), [], BOT)
    foreign = repository.commit({"notes.md": b"mine\n"}, [tip], "writer")
    repository.move(branch, foreign)

    stage.forget()
    outcome = refreshed(repository, results("slower"), ["--accept-regression", "worth it"])
    step("the refresh refuses", outcome.code not in (0, 10), f"{outcome.code}: {outcome.said}")
    step("it says whose commit is there", "writer" in outcome.said or foreign[:7] in outcome.said, outcome.said)
    same("the branch is as it was", repository.tip(branch), foreign)
    same("nothing was written", writes(stage), [])


def refresh_refuses_a_regression(stage):
    repository = stage.repository("worse", clinic())
    stage.forget()
    outcome = refreshed(repository, results("slower"))
    step("the refresh refuses", outcome.code == 10, f"{outcome.code}: {outcome.said}")
    same("no pull request is open", repository.open_pulls(), [])
    same("nothing was written", writes(stage), [])


def the_check_stands_on_the_head(stage):
    repository = stage.repository("head", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    perf = measured(pull, results("slower"))
    merge = [sha for sha, commit in repository.commits.items() if commit.parents[1:] == [pull.head]]
    judged(repository, perf.shown)
    same("the head has the check", [c["name"] for c in repository.checks(pull.head)], ["tailguard"])
    same("the merge commit has none", [repository.checks(sha) for sha in merge], [[] for _ in merge])
    step("there was a merge commit", len(merge) >= 1)
    [comment] = pull.comments()
    step("the comment names the head", pull.head[:7] in comment["body"], comment["body"])


def annotations_come_in_batches(stage):
    config = b'[gate]\nthreshold = "5%"\n\n[[suite]]\nname = "micro"\nsource = "criterion"\n'
    config += b'path = "results/run-*/criterion"\nfile = "benches/book.rs"\n'
    base = {"tailguard.toml": config, "benches/book.rs": b"// benches\n"}
    with checkout(stage, base | many_benchmarks(120, 1.0)) as folder:
        refresh = run(stage, ["baseline", "refresh"], folder)
        assert refresh.code == 0, refresh.said
        stored = {f"baselines/{p.relative_to(folder / 'baselines')}": p.read_bytes() for p in (folder / "baselines").rglob("*.json")}
    repository = stage.repository("annotations", base | stored)
    pull = repository.pull("slow", {"src.rs": b"slow\n"})
    perf = measured(pull, renewed(many_benchmarks(120, 1.5)))
    stage.forget()
    outcome = judged(repository, perf.shown)
    step("the gate fails", outcome.code == 10, outcome.said)
    [check_run] = repository.checks(pull.head)
    annotations = repository.annotations(check_run)
    same("each row has an annotation", len(annotations), 120)
    same("they point at the suite's file", {a["path"] for a in annotations}, {"benches/book.rs"})
    batches = [body_of(c)["output"]["annotations"] for c in stage.log()["calls"] if "/check-runs" in c["path"] and c["method"] != "GET"]
    same("they were sent 50 at a time", [len(batch) for batch in batches], [50, 50, 20])
    same("the check is concluded", (check_run["status"], check_run["conclusion"]), ("completed", "failure"))


def our_comment_is_found_among_130_forged_ones(stage):
    repository = stage.repository("forged", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    for number in range(130):
        pull.say(f"{MARKER}\nForged {number}")
    judged(repository, measured(pull, results("slower")).shown)
    comments = pull.comments()
    same("ours is added", [c["user"]["login"] for c in comments[130:]], [BOT])
    pull.push({"book.rs": b"fast again\n"})
    judged(repository, measured(pull, results("unchanged")).shown)
    again = pull.comments()
    same("ours is found on the second page", [c["id"] for c in again], [c["id"] for c in comments])
    step("and brought up to date", again[130]["body"] != comments[130]["body"], again[130]["body"])
    same("the others are as they were", [c["body"] for c in again[:130]], [c["body"] for c in comments[:130]])


def a_measurement_that_failed_fails_the_check(stage):
    repository = stage.repository("failed", clinic())
    pull = repository.pull("broken", {"book.rs": b"slow\n"})
    judged(repository, measured(pull, results("slower")).shown)
    [before] = pull.comments()
    cases = [
        ("failed", {"conclusion": "failure"}, None, "fail"),
        ("was cancelled", {"conclusion": "cancelled"}, None, "cancel"),
        ("left no artifact", {}, None, "tailguard-measurement"),
        ("left something else", {}, b"not a zip", "zip"),
        ("left an empty measurement", {}, zipped({"measurement.json": b"{}"}), "measurement"),
    ]
    for what, shown, artifact, word in cases:
        pull.push({"book.rs": what.encode()})
        fields = {"head_sha": pull.head, "head_branch": pull.branch, **shown}
        outcome = judged(repository, workflow_run(repository, artifact, **fields))
        step(f"a measuring run that {what} does not pass", outcome.code not in (0, 2), f"{outcome.code}: {outcome.said}")
        checks = repository.checks(pull.head)
        same(f"the check of one that {what} fails", [c["conclusion"] for c in checks], ["failure"])
        said = " ".join(f"{c['output']['title']} {c['output']['summary']}" for c in checks).lower()
        step(f"and says that it {what}", word in said, said)
        comments = pull.comments()
        same("the comment is brought up to date", [c["id"] for c in comments], [before["id"]])
        step("and says so too", word in comments[0]["body"].lower(), comments[0]["body"])


def nothing_is_written_once_the_head_moved(stage):
    repository = stage.repository("moved", clinic())
    pull = repository.pull("busy", {"book.rs": b"slow\n"})
    perf = measured(pull, results("slower"))
    newer = repository.commit({"book.rs": b"newer\n"}, [pull.head], "writer")
    move = {"path": f"{repository.path}/git/refs/heads/busy", "method": "PATCH", "body": {"sha": newer}}
    stage.forget()
    stage.before("GET", r"/issues/\d+/comments|/commits/[0-9a-f]+/check-runs", move)
    outcome = judged(repository, perf.shown)
    same("the head moved between verdict and write", (stage.log()["traps"], repository.tip("busy")), (0, newer))
    same("nothing was written", writes(stage), [])
    step("the job says why", "moved" in outcome.said or newer[:7] in outcome.said, f"{outcome.code}: {outcome.said}")

    stage.forget()
    outcome = judged(repository, perf.shown)
    same("nothing is written when the run is for an older head", writes(stage), [])
    same("and the job succeeds: a newer run speaks for the new head", outcome.code, 0)


def a_fork_is_found_by_repository_branch_and_commit(stage):
    repository = stage.repository("forked", clinic(), private=False)
    fork = stage.fork(repository, "stranger")
    own = repository.pull("speed", {"notes.md": b"of this repository\n"})
    proposed = CONFIG + waiver("write / book", "api") + waiver("tightest_gap/15", "micro")
    pull = repository.pull_from(fork, "speed", {"book.rs": b"slow\n", "tailguard.toml": proposed})
    perf = measured(pull, results("slower"))
    stage.forget()
    outcome = judged(repository, perf.shown)
    step("the gate fails: a fork's waiver does not count", outcome.code == 10, outcome.said)
    [comment] = pull.comments()
    step("its waiver is shown", "proposed, not applied" in comment["body"], comment["body"])
    same("the other pull request of that branch name has no comment", own.comments(), [])
    same("the check stands on the fork's head", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])
    downloads = stage.log()["downloads"]
    same("the artifact was fetched from its store once", len(downloads), 1)
    same("without the token", [d["authorization"] for d in downloads], [None])


def two_pull_requests_of_one_head_are_refused(stage):
    repository = stage.repository("ambiguous", clinic(), private=False)
    repository.move("release", repository.tip("main"))
    fork = stage.fork(repository, "stranger")
    pull = repository.pull_from(fork, "speed", {"book.rs": b"slow\n"})
    other = repository.pull_of(fork, "speed", pull.head, "release")
    stage.forget()
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("the job refuses", outcome.code not in (0, 10), f"{outcome.code}: {outcome.said}")
    step("it names both", f"#{pull.number}" in outcome.said and f"#{other.number}" in outcome.said, outcome.said)
    same("the head has a failing check that says why", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])
    same("neither has a comment", (pull.comments(), other.comments()), ([], []))


def a_push_is_judged_on_the_default_branch_alone(stage):
    repository = stage.repository("pushed", clinic())
    softened = CONFIG.replace(b'threshold  = "5%"', b'threshold  = "500%"')
    pull = repository.pull("slow-search", {"tailguard.toml": softened})
    shown = pushed(repository, pull.head, "slow-search", results("slower"))
    stage.forget()
    outcome = judged(repository, shown)
    same("a branch cannot pass by its own configuration", (outcome.code, writes(stage)), (0, []))

    main = repository.tip("main")
    shown = pushed(repository, main, "main", results("slower"))
    outcome = judged(repository, shown)
    step("a push to the default branch is judged", outcome.code == 10, outcome.said)
    same("its commit has the check", [c["conclusion"] for c in repository.checks(main)], ["failure"])


def an_older_run_does_not_overwrite_a_newer_verdict(stage):
    repository = stage.repository("older", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    older = measured(pull, results("unchanged"))
    judged(repository, older.shown)
    next_second()
    judged(repository, measured(pull, results("slower")).shown)
    stage.forget()
    outcome = judged(repository, older.shown)
    same("nothing is written for the older run", (outcome.code, writes(stage)), (0, []))
    same("the newer verdict stands", repository.checks(pull.head)[-1]["conclusion"], "failure")


def a_label_is_about_the_measurement_that_was_seen(stage):
    accepts = b'\n[[accept]]\nlabel = "perf-accepted"\nrows  = ["api/*", "micro/*"]\nup-to = "100%"\n'
    repository = stage.repository("seen", clinic(accepts))
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    failed = workflow_run(repository, None, head_sha=pull.head, head_branch=pull.branch, conclusion="failure")
    judged(repository, failed)
    same("there is no verdict", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])
    next_second()
    pull.label("perf-accepted", "writer")
    next_second()
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("a label set where there was no verdict does not count", outcome.code == 10, outcome.said)

    pull.unlabel("perf-accepted", "writer")
    next_second()
    outcome = labelled(pull, "perf-accepted", "writer")
    step("set after the verdict it does", outcome.code == 0, outcome.said)
    next_second()
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("measured again, it needs the label again", outcome.code == 10, outcome.said)


def a_merge_group_gets_the_check_alone(stage):
    repository = stage.repository("queue", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    group = pull.merge_commit()
    branch = f"gh-readonly-queue/main/pr-{pull.number}-{repository.tip('main')}"
    payload = {
        "action": "checks_requested",
        "merge_group": {"head_sha": group, "head_ref": f"refs/heads/{branch}", "base_ref": "refs/heads/main", "base_sha": repository.tip("main")},
        "repository": stage.ask("GET", repository.path),
    }
    env = {"GITHUB_SHA": group, "GITHUB_REF": f"refs/heads/{branch}"}
    _, measurement = check(repository, group, results("slower"), "merge_group", payload, env)
    shown = workflow_run(repository, {"measurement.json": measurement}, head_sha=group, head_branch=branch, event="merge_group")
    outcome = judged(repository, shown)
    step("the gate fails", outcome.code == 10, outcome.said)
    same("the group's commit has the check", [(c["name"], c["conclusion"]) for c in repository.checks(group)], [("tailguard", "failure")])
    same("the pull request's head has none", repository.checks(pull.head), [])
    same("there is no comment", pull.comments(), [])


def a_trusted_merge_group_passes_unmeasured(stage):
    repository = stage.repository("trusted-queue", clinic(b'\n[github]\nmerge-queue = "trust"\n'))
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    group = pull.merge_commit()
    branch = f"gh-readonly-queue/main/pr-{pull.number}-{repository.tip('main')}"
    shown = workflow_run(repository, None, head_sha=group, head_branch=branch, event="merge_group")
    outcome = judged(repository, shown)
    step("the gate passes", outcome.code == 0, outcome.said)
    same("the group's commit has the check", [(c["name"], c["conclusion"]) for c in repository.checks(group)], [("tailguard", "success")])
    same("there is no comment", pull.comments(), [])


def a_waiver_with_exact_rows_counts_in_the_same_repository(stage):
    repository = stage.repository("waiver", clinic())
    both = waiver("write / book", "api") + waiver("tightest_gap/15", "micro")
    pull = repository.pull("slow-search", {"book.rs": b"slow\n", "tailguard.toml": CONFIG + both})
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("the gate passes", outcome.code == 0, outcome.said)
    [comment] = pull.comments()
    step("the comment gives the reason", "fairer gaps" in comment["body"], comment["body"])

    pull.push({"tailguard.toml": CONFIG + waiver("write / book", "api")})
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("a row that no waiver names still fails", outcome.code == 10, outcome.said)

    pull.push({"tailguard.toml": CONFIG + waiver("*", "api") + waiver("*", "micro")})
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("a waiver of any row does not count", outcome.code == 10, outcome.said)

    pull.push({"tailguard.toml": CONFIG + both.replace(b"100%", b"6%")})
    outcome = judged(repository, measured(pull, results("slower")).shown)
    step("nor one whose ceiling is lower than the growth", outcome.code == 10, outcome.said)


def one_stage_posts_its_report(stage):
    repository = stage.repository("one-stage", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    merge = pull.merge_commit()
    with repository.checkout(merge, results("slower")) as folder:
        env = {"GITHUB_SHA": merge, "GITHUB_REF": f"refs/pull/{pull.number}/merge"}
        gate = run(stage, ["check", "--report", "json=report.json"], folder, "pull_request", pull.payload(), env)
        same("the check fails", gate.code, 10)

        env["GITHUB_TOKEN"] = stage.token(ONE_STAGE)
        posted = run(stage, ["github", "comment", "report.json"], folder, "pull_request", pull.payload(), env)
        step("the report is posted, and its verdict is the exit code", posted.code == 10, posted.said)
        [comment] = pull.comments()
        step("the comment names the row", "write / book" in comment["body"], comment["body"])
        same("the check fails", [c["conclusion"] for c in repository.checks(pull.head)], ["failure"])
        step("the step's summary says it", "write / book" in posted.summary, posted.summary)
        step("so do its outputs", posted.outputs.get("outcome") == "fail", str(posted.outputs))

        stage.forget()
        shown = workflow_run(repository, None, head_sha=pull.head, head_branch=pull.branch)
        payload = {"action": "completed", "workflow_run": shown, "repository": pull.payload()["repository"]}
        refused = run(stage, ["github", "comment", "report.json"], folder, "workflow_run", payload, env)
        same("a report is refused under workflow_run", refused.code, 2)
        step("it says what to do instead", "--run-id" in refused.said, refused.said)
        same("nothing was written", writes(stage), [])


def a_read_only_token_leaves_the_verdict(stage):
    repository = stage.repository("read-only", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    merge = pull.merge_commit()
    with repository.checkout(merge, results("slower")) as folder:
        env = {"GITHUB_SHA": merge, "GITHUB_REF": f"refs/pull/{pull.number}/merge", "GITHUB_TOKEN": stage.token(READ_ONLY)}
        run(stage, ["check", "--report", "json=report.json"], folder, "pull_request", pull.payload(), env)
        posted = run(stage, ["github", "comment", "report.json"], folder, "pull_request", pull.payload(), env)
        step("the exit code is the verdict's", posted.code == 10, f"{posted.code}: {posted.said}")
        step("the summary stands", "write / book" in posted.summary, posted.summary)
        step("so do the outputs", posted.outputs.get("outcome") == "fail", str(posted.outputs))
        for line in ["permissions:", "pull-requests: write", "checks: write"]:
            step(f"the missing YAML is printed: {line}", line in posted.said, posted.said)
        same("there is no comment", pull.comments(), [])
        command = ["github", "comment", "report.json", "--require-comment"]
        strict = run(stage, command, folder, "pull_request", pull.payload(), env)
        same("--require-comment makes it an error", strict.code, 1)


def a_dry_run_writes_nothing(stage):
    repository = stage.repository("dry-run", clinic())
    pull = repository.pull("slow-search", {"book.rs": b"slow\n"})
    perf = measured(pull, results("slower"))
    stage.forget()
    outcome = judged(repository, perf.shown, READ_ONLY, ["--dry-run"])
    same("the exit code is the verdict's", outcome.code, 10)
    step("what would be posted is shown", "write / book" in outcome.out, outcome.said)
    same("nothing was written", writes(stage), [])


STORIES = [
    gate_twice_gives_one_comment,
    pass_after_fail_flips_the_comment,
    a_second_attempt_is_judged_by_its_own_artifact,
    a_pull_request_cannot_soften_its_own_gate,
    a_label_counts_after_the_verdict_and_from_a_writer,
    refresh_twice_gives_one_pull_request,
    refresh_leaves_a_branch_alone_that_others_committed_to,
    refresh_refuses_a_regression,
    the_check_stands_on_the_head,
    annotations_come_in_batches,
    our_comment_is_found_among_130_forged_ones,
    a_measurement_that_failed_fails_the_check,
    nothing_is_written_once_the_head_moved,
    a_fork_is_found_by_repository_branch_and_commit,
    two_pull_requests_of_one_head_are_refused,
    a_push_is_judged_on_the_default_branch_alone,
    an_older_run_does_not_overwrite_a_newer_verdict,
    a_label_is_about_the_measurement_that_was_seen,
    a_merge_group_gets_the_check_alone,
    a_trusted_merge_group_passes_unmeasured,
    a_waiver_with_exact_rows_counts_in_the_same_repository,
    one_stage_posts_its_report,
    a_read_only_token_leaves_the_verdict,
    a_dry_run_writes_nothing,
]


def waiver(row, suite):
    lines = [
        "",
        "[[waiver]]",
        f'suite   = "{suite}"',
        f'row     = "{row}"',
        'up-to   = "100%"',
        'reason  = "fairer gaps are worth it"',
        "expires = 2099-12-31",
        "",
    ]
    return "\n".join(lines).encode()


def renewed(files):
    """The same files as another session's."""
    return {p: c.replace(b'"session": "unchanged"', b'"session": "slower"') for p, c in files.items()}


def readable(body):
    """A comment's text without the zero-width spaces and entities that disarm names."""
    return body.replace("\u200b", "").replace("&#95;", "_")


def writes(stage):
    return [f"{c['method']} {c['path']}" for c in stage.log()["calls"] if c["method"] != "GET"]


def body_of(call):
    return json.loads(call["body"])


def own_commits(repository, pull):
    """The commits of a pull request."""
    return repository.stage.pages(f"{repository.path}/pulls/{pull['number']}/commits")


def details(files, before):
    """The baselines' binary halves, which change with them."""
    return {p for p in files if p.endswith(".detail.json.gz") and files[p] != before.files.get(p)}


class Steps:
    """Counts what holds and what does not."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, claim, holds, seen=""):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        print(f"  FAILED: {claim}")
        for line in str(seen).splitlines()[:40]:
            print(f"    | {line}")


step = Steps()


def same(claim, got, wanted):
    step(claim, got == wanted, f"got    {got!r}\nwanted {wanted!r}")


def play(stage, story):
    print(f"- {story.__name__.replace('_', ' ')}", flush=True)
    started, failed = time.monotonic(), step.failed
    stage.forget()
    try:
        story(stage)
    except Exception:
        step("the story comes to its end", False, traceback.format_exc(limit=-4))
    if failed != step.failed:
        print(f"  ({time.monotonic() - started:.1f} s)")


def violations(stage):
    """What Prism found wrong with requests, each with the request."""
    found, request, requests = [], "", 0
    for line in stage.prism_log.read_text().splitlines():
        if "Request received" in line:
            request, requests = line.split("SERVER] ")[-1].split(" ℹ")[0], requests + 1
        elif "Violation: request" in line:
            found.append(f"{request}: {line.split('Violation: ')[1]}")
    step(f"Prism looked at requests: {requests}", requests > 0)
    return found


def main():
    # A signal ends the stage too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    words = sys.argv[1:]
    stories = [s for s in STORIES if not words or any(word in s.__name__ for word in words)]
    given = [os.environ[name] for name in ("E2E_NODE", "E2E_MODULES", "E2E_OPENAPI", "E2E_BINARY")]
    with tempfile.TemporaryDirectory(prefix="tailguard-e2e-") as folder:
        stage = Stage(*given, folder)
        try:
            for story in stories:
                play(stage, story)
            same("every request is as GitHub describes it", violations(stage), [])
        finally:
            stage.close()
    print(f"{step.passed} passed, {step.failed} failed")
    sys.exit(1 if step.failed else 0)


if __name__ == "__main__":
    main()
