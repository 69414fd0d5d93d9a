"""The jobs of the workflows: measuring, judging what was measured, refreshing baselines."""

import base64
import functools
import json

from stage import REFRESHING, ROOT, TRUSTED, checkout, run, zipped

QUICKSTART = ROOT / "examples" / "quickstart"

CONFIG = b"""\
[gate]
threshold  = "5%"
error-rate = "0.5pp"

[[suite]]
name     = "api"
source   = "k6"
path     = "results/run-*/k6.json.gz"
group-by = ["category", "scenario"]
file     = "load.js"

[[suite]]
name   = "micro"
source = "criterion"
path   = "results/run-*/criterion"
file   = "service/benches/book.rs"
"""


@functools.cache
def _tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def clinic(more=b""):
    """The quickstart's repository: six measured sessions as baselines, and a configuration."""
    baselines = {f"baselines/{path}": content for path, content in _tree(QUICKSTART / "baselines").items()}
    return {"tailguard.toml": CONFIG + more, "load.js": b"// load\n", **baselines}


def results(which):
    """One measured session of the quickstart: `slower` or `unchanged`."""
    return {f"results/{path}": content for path, content in _tree(QUICKSTART / "results" / which).items()}


class Measured:
    """A run of perf.yml."""

    def __init__(self, shown, step):
        self.shown, self.step = shown, step
        self.id = shown["id"]


def measured(pull, fresh, **more):
    """Runs the measuring job of a pull request: its own code, its own configuration, no secrets."""
    repository, merge = pull.repository, pull.merge_commit()
    env = {"GITHUB_SHA": merge, "GITHUB_REF": f"refs/pull/{pull.number}/merge"}
    step, measurement = check(repository, merge, fresh, "pull_request", pull.payload(), env)
    artifact = {"measurement.json": measurement}
    shown = workflow_run(
        repository,
        artifact,
        head_sha=pull.head,
        head_branch=pull.branch,
        head_repository=pull.head_repository,
        **more,
    )
    return Measured(shown, step)


def pushed(repository, sha, branch, fresh):
    """Runs the measuring job of a push."""
    ref = f"refs/heads/{branch}"
    payload = {"ref": ref, "after": sha, "before": "0" * 40, "repository": repository.stage.ask("GET", repository.path)}
    env = {"GITHUB_SHA": sha, "GITHUB_REF": ref}
    _, measurement = check(repository, sha, fresh, "push", payload, env)
    return workflow_run(repository, {"measurement.json": measurement}, head_sha=sha, head_branch=branch, event="push")


def check(repository, sha, fresh, event, payload, env):
    """`check --save` in a checkout of a commit; the step and the file that it saved."""
    with repository.checkout(sha, fresh) as folder:
        arguments = ["check", "--save", "measurement.json", "--report", "json=report.json"]
        step = run(repository.stage, arguments, folder, event, payload, env)
        assert step.code in (0, 10, 11), f"measuring ended with {step.code}: {step.said}"
        return step, (folder / "measurement.json").read_bytes()


def workflow_run(repository, artifact, **shown):
    """Makes a completed run of perf.yml known, with the artifact's files or none."""
    made = repository.stage.ask("POST", "/__test/run", {"repository": repository.name, **shown})
    if artifact is not None:
        packed = artifact if isinstance(artifact, bytes) else zipped(artifact)
        body = {"run": made["id"], "name": "tailguard-measurement", "zip": base64.b64encode(packed).decode()}
        repository.stage.ask("POST", "/__test/artifact", body)
    return made


def judged(repository, shown, permissions=TRUSTED, arguments=()):
    """Runs the trusted job: `github comment --run-id`, in an empty folder, after a run completed."""
    stage = repository.stage
    payload = {
        "action": "completed",
        "workflow_run": shown,
        "repository": stage.ask("GET", repository.path),
    }
    env = {
        "GITHUB_TOKEN": stage.token(permissions),
        "GITHUB_SHA": repository.tip("main"),
        "GITHUB_REF": "refs/heads/main",
    }
    command = ["github", "comment", "--run-id", str(shown["id"]), *arguments]
    with checkout(stage, {}) as folder:
        return run(stage, command, folder, "workflow_run", payload, env)


def labelled(pull, label, login):
    """Somebody sets a label, and the trusted job runs for it: `github comment` on pull_request_target."""
    pull.label(label, login)
    repository, stage = pull.repository, pull.repository.stage
    person = stage.ask("GET", f"/users/{login}")
    payload = pull.payload("labeled", label={"name": label}, sender=person)
    env = {
        "GITHUB_TOKEN": stage.token(TRUSTED),
        "GITHUB_SHA": repository.tip(pull.base),
        "GITHUB_REF": f"refs/heads/{pull.base}",
    }
    with checkout(stage, {}) as folder:
        return run(stage, ["github", "comment"], folder, "pull_request_target", payload, env)


def refreshed(repository, fresh, arguments=(), permissions=REFRESHING):
    """Runs the refresh job in a checkout of main with fresh results."""
    stage, main = repository.stage, repository.main()
    payload = {"inputs": {}, "ref": "refs/heads/main", "repository": stage.ask("GET", repository.path)}
    env = {
        "GITHUB_TOKEN": stage.token(permissions),
        "GITHUB_SHA": main.sha,
        "GITHUB_REF": "refs/heads/main",
    }
    with repository.checkout(main.sha, fresh) as folder:
        command = ["github", "refresh-pr", *arguments]
        return run(stage, command, folder, "workflow_dispatch", payload, env)


def rewritten_baselines(stage, fresh):
    """What `baseline refresh` makes of the clinic's baselines when it takes `fresh` as the only truth."""
    config = {"tailguard.toml": CONFIG, "load.js": b""}
    with checkout(stage, config | fresh) as folder:
        step = run(stage, ["baseline", "refresh"], folder)
        assert step.code == 0, step.said
        return {f"baselines/{path}": content for path, content in _tree_now(folder / "baselines").items()}


def many_benchmarks(count, scale):
    """Five runs of `count` criterion benchmarks, each a real one of the quickstart, slowed by `scale`."""
    files = {}
    for number in range(1, 6):
        source = QUICKSTART / "results" / "unchanged" / f"run-{number}"
        files[f"results/run-{number}/tailguard-run.json"] = (source / "tailguard-run.json").read_bytes()
        kind = source / "criterion" / "patients" / "unknown" / "new"
        for index in range(count):
            name, factor = f"case-{index:03}", scale * (1 + index / 1000)
            folder = f"results/run-{number}/criterion/{name}/new"
            for file in ["benchmark.json", "estimates.json", "sample.json"]:
                content = json.loads((kind / file).read_text())
                files[f"{folder}/{file}"] = json.dumps(renamed(file, content, name, factor)).encode()
    return files


def renamed(file, content, name, factor):
    """A benchmark's file under another name, with its times multiplied."""
    if file == "benchmark.json":
        return {**content, "group_id": name, "function_id": None, "value_str": None,
                "full_id": name, "directory_name": name, "title": name}
    if file == "sample.json":
        return {**content, "times": [time * factor for time in content["times"]]}
    return multiplied(content, factor)


def multiplied(value, factor):
    if isinstance(value, dict):
        return {k: v if k == "confidence_level" else multiplied(v, factor) for k, v in value.items()}
    return value * factor if isinstance(value, (int, float)) else value


def _tree_now(folder):
    return _tree.__wrapped__(folder)
