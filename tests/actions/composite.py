"""Runs the shell steps of a composite action the way the Actions runner does.

The runner's side: inputs with their defaults, a step's `env`, `if`, the GITHUB_* files, outputs in both
of their forms, `GITHUB_PATH` for later steps, exit codes. What this does not know, it refuses: steps
that use other actions, other shells than bash, expressions beyond names, `==` and `||`.

    python tests/actions/composite.py ACTION_DIR --input stage=check --env KEY=VALUE \
        --event event.json --workspace DIR --temp DIR

prints what came of it as JSON. Files that outputs name stay where --temp is given.
"""

import argparse
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

from ruamel.yaml import YAML


class Refused(Exception):
    """The runner would not run this, or this harness does not know how."""


@dataclass
class Ran:
    """What a run of the action left."""

    ok: bool = True
    code: int = 0
    outputs: dict = field(default_factory=dict)
    summary: str = ""
    log: str = ""
    path: list = field(default_factory=list)


def run(action, inputs, *, env=None, event=None, event_name="push", workspace=None, temp=None):
    """Runs the action in folder `action`; `temp` is RUNNER_TEMP, for runs that share one."""
    action = pathlib.Path(action).resolve()
    document = YAML(typ="safe").load((action / "action.yml").read_text())
    declared = document.get("inputs") or {}
    unknown = set(inputs) - set(declared)
    if unknown:
        raise Refused(f"unknown inputs: {', '.join(sorted(unknown))}")
    if document["runs"].get("using") != "composite":
        raise Refused("not a composite action")

    files = pathlib.Path(tempfile.mkdtemp(prefix="composite-"))
    atexit.register(shutil.rmtree, files, ignore_errors=True)
    temp = pathlib.Path(temp or files / "temp")
    workspace = pathlib.Path(workspace or files / "workspace")
    for folder in (temp, workspace):
        folder.mkdir(parents=True, exist_ok=True)
    event_path = files / "event.json"
    event_path.write_text(json.dumps(event or {}))
    context = {
        "github": {
            "action_path": str(action),
            # As in the versions of the runner that leave it empty.
            "action_repository": "",
            "token": "the-token-of-the-job",
            "event": event or {},
            "event_name": event_name,
        },
        "steps": {},
    }
    context["inputs"] = {
        name: substituted(str((about or {}).get("default", "")), context)
        for name, about in declared.items()
    } | dict(inputs)
    for name, about in declared.items():
        if (about or {}).get("required") and not context["inputs"][name]:
            raise Refused(f"the input {name} is required")

    ran = Ran()
    for number, step in enumerate(document["runs"]["steps"]):
        if "uses" in step:
            raise Refused("a step uses another action")
        if step.get("shell") != "bash":
            raise Refused(f"a step's shell is {step.get('shell')}")
        if not is_due(step.get("if", "success()"), ran.ok, context):
            continue
        named = {name: files / f"{name}-{number}" for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH")}
        for path in named.values():
            path.touch()
        environment = {
            "PATH": os.pathsep.join([*ran.path, os.environ["PATH"]]),
            "HOME": os.environ.get("HOME", str(files)),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_EVENT_PATH": str(event_path),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(temp),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            **{f"GITHUB_{name}": str(path) for name, path in named.items()},
            **(env or {}),
            **{k: substituted(str(v), context) for k, v in (step.get("env") or {}).items()},
        }
        script = files / f"step-{number}.sh"
        script.write_text(substituted(step["run"], context))
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=workspace, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1800, check=False,
        )
        ran.log += done.stdout
        ran.summary += named["STEP_SUMMARY"].read_text()
        ran.path = [*reversed(named["PATH"].read_text().split()), *ran.path]
        if done.returncode != 0 and ran.ok:
            ran.ok, ran.code = False, done.returncode
        if "id" in step:
            context["steps"][step["id"]] = {
                "outputs": parsed(named["OUTPUT"].read_text()),
                "outcome": "success" if done.returncode == 0 else "failure",
            }
    ran.outputs = {
        name: substituted(str(about["value"]), context)
        for name, about in (document.get("outputs") or {}).items()
    }
    return ran


def is_due(condition, ok, context):
    """Whether a step with this `if` runs after what came before."""
    condition = str(condition).strip()
    if condition.startswith("${{") and condition.endswith("}}"):
        condition = condition[3:-2].strip()
    parts = [part.strip() for part in condition.split("&&")]
    if not any(part in ("always()", "failure()", "success()") for part in parts):
        parts.append("success()")
    states = {"always()": True, "success()": ok, "failure()": not ok}
    return all(states[part] if part in states else truth(value(part, context)) for part in parts)


def parsed(text):
    """The outputs in a GITHUB_OUTPUT file: `name=value`, or `name<<DELIMITER`, lines, `DELIMITER`."""
    outputs = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line[:heredoc], line[heredoc + 2:]
            content = []
            for inner in lines:
                if inner == delimiter:
                    break
                content.append(inner)
            else:
                raise Refused(f"the output {name} has no end")
            outputs[name] = "\n".join(content)
        elif equals >= 0:
            outputs[line[:equals]] = line[equals + 1:]
        else:
            raise Refused(f"no output: {line!r}")
    return outputs


def substituted(text, context):
    return re.sub(r"\$\{\{(.+?)\}\}", lambda m: word(value(m[1].strip(), context)), text)


def value(expression, context):
    """A name, a string, a comparison of the two, or the first of several that is true."""
    for part in (alternatives := expression.split("||")):
        found = compared(part.strip(), context)
        if truth(found) or part is alternatives[-1]:
            return found
    return ""


def compared(expression, context):
    left, equals, right = expression.partition("==")
    if equals:
        return word(single(left.strip(), context)) == word(single(right.strip(), context))
    return single(expression, context)


def single(expression, context):
    if re.fullmatch(r"'[^']*'", expression):
        return expression[1:-1]
    if not re.fullmatch(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*", expression):
        raise Refused(f"an expression that this harness does not know: {expression}")
    found = context
    for part in expression.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    return found


def truth(found):
    return found not in ("", False, None, 0)


def word(found):
    if found is None:
        return ""
    return str(found).lower() if isinstance(found, bool) else str(found)


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("action")
    reader.add_argument("--input", action="append", default=[], metavar="NAME=VALUE")
    reader.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    reader.add_argument("--event", help="a file of JSON")
    reader.add_argument("--event-name", default="push")
    reader.add_argument("--workspace")
    reader.add_argument("--temp")
    given = reader.parse_args()
    ran = run(
        given.action,
        dict(pair.split("=", 1) for pair in given.input),
        env=dict(pair.split("=", 1) for pair in given.env),
        event=json.loads(pathlib.Path(given.event).read_text()) if given.event else None,
        event_name=given.event_name,
        workspace=given.workspace,
        temp=given.temp,
    )
    json.dump(ran.__dict__, sys.stdout, indent=2)
    print()
    sys.exit(ran.code)


if __name__ == "__main__":
    main()
