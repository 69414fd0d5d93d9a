"""The stage that the stories play on: the servers, repositories and jobs of the emulator."""

import base64
import contextlib
import datetime
import io
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ACTIONS_APP = 15368  # whose tokens act as github-actions[bot]
OTHER_APP = 20001  # baseline-keeper[bot]

# The permissions that the workflows give their jobs; the emulator holds tokens to them.
TRUSTED = {"contents": "read", "actions": "read", "pull_requests": "write", "checks": "write"}
ONE_STAGE = {"contents": "read", "pull_requests": "write", "checks": "write"}
REFRESHING = {"contents": "write", "pull_requests": "write"}
READ_ONLY = {"contents": "read", "actions": "read", "pull_requests": "read", "checks": "read"}


def measured_at(sha, files):
    """Results as if this commit had been measured: their sidecars name it."""
    commit = re.compile(rb'"commit": "[0-9a-f]{40}"')
    named = b'"commit": "%s"' % sha.encode()
    return {p: commit.sub(named, c) if p.endswith("tailguard-run.json") else c for p, c in files.items()}


class Refused(Exception):
    """A call of a story to the API that was not answered with success."""

    def __init__(self, method, path, status, text):
        super().__init__(f"{method} {path} gave {status}: {text[:300]}")
        self.status = status


class Stage:
    """The servers, started by stage.mjs and ended with it."""

    def __init__(self, node, modules, openapi, binary, folder):
        self.binary = binary
        self.folder = Path(folder)
        self.prism_log = self.folder / "prism.log"
        self._process = subprocess.Popen(
            [node, str(HERE / "stage.mjs"), modules, openapi, str(self.prism_log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("error: the stage did not come up; its messages are above")
        addresses = json.loads(line)
        self.door, self._back = addresses["door"], addresses["back"]

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)

    def ask(self, method, path, body=None, token="clinic-token"):
        """The answer to one call, past Prism; raises `Refused`."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._back + path, data, method=method)
        request.add_header("authorization", f"Bearer {token}")
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(method, path, error.code, error.read().decode()) from None
        return json.loads(text) if text else None

    def pages(self, path, token="clinic-token"):
        """All items of a list."""
        items, number = [], 1
        while True:
            joint = "&" if "?" in path else "?"
            page = self.ask("GET", f"{path}{joint}per_page=100&page={number}", token=token)
            items += page
            if len(page) < 100:
                return items
            number += 1

    def token(self, permissions, app=ACTIONS_APP):
        body = {"app": app, "permissions": permissions}
        return self.ask("POST", "/__test/token", body)["token"]

    def before(self, method, path, run):
        """Once, right before tailguard's next request of this kind, makes the call `run`."""
        run.setdefault("headers", {"authorization": "Bearer clinic-token"})
        run["body"] = json.dumps(run["body"])
        self.ask("POST", "/__test/trap", {"method": method, "path": path, "run": run})

    def log(self):
        """What tailguard asked since `forget`, as the door saw it."""
        return self.ask("GET", "/__test/log")

    def forget(self):
        self.ask("DELETE", "/__test/log")

    def repository(self, name, files, private=True):
        """A repository of `clinic` with one commit on main."""
        self.ask("POST", "/user/repos", {"name": name, "private": private, "auto_init": True})
        for login, permission in [("writer", "push"), ("reader", "triage")]:
            path = f"/repos/clinic/{name}/collaborators/{login}"
            self.ask("PUT", path, {"permission": permission})
        repository = Repository(self, f"clinic/{name}", "clinic-token")
        repository.move("main", repository.commit(files, parents=[]))
        return repository

    def fork(self, repository, login):
        """A fork of `repository` that shares its main branch."""
        token = f"{login}-token"
        self.ask("POST", f"{repository.path}/forks", {}, token)
        fork = Repository(self, f"{login}/{repository.name.split('/')[1]}", token)
        main = repository.main()
        sha = fork.commit(main.files, parents=[], author=main.author)
        assert sha == main.sha, "the emulator names a commit by its content, as git does"
        fork.move("main", sha)
        fork.commits = dict(repository.commits)
        return fork


class Commit:
    def __init__(self, sha, files, parents, author):
        self.sha, self.files, self.parents, self.author = sha, files, parents, author


class Repository:
    """A repository of the emulator; `token` is the person's that sets it up."""

    def __init__(self, stage, name, token):
        self.stage, self.name, self.token = stage, name, token
        self.path = f"/repos/{name}"
        self.commits = {}

    def commit(self, changes, parents, author="clinic"):
        """A commit of the parent's files with `changes` (None removes); its name depends on nothing else."""
        files = dict(self.commits[parents[0]].files) if parents else {}
        files.update(changes)
        files = {path: content for path, content in files.items() if content is not None}
        tree = self.stage.ask("POST", f"{self.path}/git/trees", {"tree": self._entries(files)}, self.token)
        person = {
            "name": author,
            "email": f"{author}@users.noreply.github.com",
            "date": f"2026-01-01T00:{len(self.commits):02}:00Z",
        }
        body = {
            "message": "A change",
            "tree": tree["sha"],
            "parents": parents,
            "author": person,
            "committer": person,
        }
        sha = self.stage.ask("POST", f"{self.path}/git/commits", body, self.token)["sha"]
        self.commits[sha] = Commit(sha, files, parents, author)
        return sha

    def _entries(self, files):
        entries = []
        for path, content in sorted(files.items()):
            entry = {"path": path, "mode": "100644", "type": "blob"}
            try:
                entry["content"] = content.decode()
            except UnicodeDecodeError:
                blob = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
                entry["sha"] = self.stage.ask("POST", f"{self.path}/git/blobs", blob, self.token)["sha"]
            entries.append(entry)
        return entries

    def move(self, branch, sha):
        """Sets a branch, creating it where it is not there."""
        try:
            body = {"sha": sha, "force": True}
            self.stage.ask("PATCH", f"{self.path}/git/refs/heads/{branch}", body, self.token)
        except Refused:
            body = {"ref": f"refs/heads/{branch}", "sha": sha}
            self.stage.ask("POST", f"{self.path}/git/refs", body, self.token)

    def tip(self, branch):
        return self.stage.ask("GET", f"{self.path}/git/ref/heads/{branch}", token=self.token)["object"]["sha"]

    def main(self):
        return self.commits[self.tip("main")]

    def files(self, sha):
        """The files of a commit that tailguard may have made, by path."""
        tree = self.stage.ask("GET", f"{self.path}/git/trees/{sha}?recursive=1", token=self.token)
        blobs = {e["path"]: e["sha"] for e in tree["tree"] if e["type"] == "blob"}
        return {path: self._blob(blob) for path, blob in blobs.items()}

    def _blob(self, sha):
        blob = self.stage.ask("GET", f"{self.path}/git/blobs/{sha}", token=self.token)
        return base64.b64decode(blob["content"])

    def pull(self, branch, changes, base="main", author="writer"):
        """A pull request from a branch of this repository."""
        head = self.commit(changes, [self.tip(base)], author)
        self.move(branch, head)
        return self._opened(branch, branch, base, self.name, head, f"{author}-token")

    def pull_from(self, fork, branch, changes, base="main"):
        """A pull request from a fork. Its commits are in the base repository too, as at GitHub."""
        owner = fork.name.split("/")[0]
        head = fork.commit(changes, [fork.tip("main")], owner)
        fork.move(branch, head)
        self.commits.update(fork.commits)
        return self.pull_of(fork, branch, head, base)

    def pull_of(self, fork, branch, head, base):
        """Another pull request of a fork's branch that is there."""
        owner = fork.name.split("/")[0]
        self._share(fork, head)
        return self._opened(branch, f"{owner}:{branch}", base, fork.name, head, f"{owner}-token")

    def _share(self, fork, sha):
        commit = fork.commits[sha]
        body = self.stage.ask("GET", f"{fork.path}/git/commits/{sha}", token=fork.token)
        tree = {"tree": self._entries(commit.files)}
        made = self.stage.ask("POST", f"{self.path}/git/trees", tree, self.token)
        again = {
            "message": body["message"],
            "tree": made["sha"],
            "parents": commit.parents,
            "author": body["author"],
            "committer": body["committer"],
        }
        shared = self.stage.ask("POST", f"{self.path}/git/commits", again, self.token)
        assert shared["sha"] == sha

    def _opened(self, branch, head, base, head_repository, sha, token):
        body = {"title": f"Change {branch}", "head": head, "base": base}
        opened = self.stage.ask("POST", f"{self.path}/pulls", body, token)
        return Pull(self, opened["number"], branch, base, head_repository, sha)

    @contextlib.contextmanager
    def checkout(self, sha, beside):
        """A work tree of a commit, as actions/checkout leaves it, and untracked files beside."""
        commit = self.stage.ask("GET", f"{self.path}/git/commits/{sha}", token=self.token)
        lines = [f"tree {commit['tree']['sha']}", *(f"parent {p['sha']}" for p in commit["parents"])]
        for role in ["author", "committer"]:
            person = commit[role]
            seconds = int(datetime.datetime.fromisoformat(person["date"].replace("Z", "+00:00")).timestamp())
            lines.append(f"{role} {person['name']} <{person['email']}> {seconds} +0000")
        text = "\n".join([*lines, "", commit["message"].rstrip("\n"), ""])
        with checkout(self.stage, self.commits[sha].files) as folder:
            git(folder, "init", "--quiet")
            git(folder, "add", "--all")
            git(folder, "write-tree")
            # The parents are not there, as in a shallow clone; git names the commit as the emulator does.
            made = git(folder, "hash-object", "-t", "commit", "-w", "--stdin", text=text)
            assert made == sha, f"git names the commit {made}, the emulator {sha}"
            git(folder, "update-ref", "--no-deref", "HEAD", sha)
            write(folder, measured_at(sha, beside))
            yield folder

    def checks(self, sha):
        """The check runs of a commit, oldest first."""
        path = f"{self.path}/commits/{sha}/check-runs?filter=all&per_page=100"
        try:
            runs = self.stage.ask("GET", path, token=self.token)["check_runs"]
        except Refused as refused:
            if refused.status == 404:
                return []
            raise
        return sorted(runs, key=lambda run: run["id"])

    def annotations(self, check):
        return self.stage.pages(f"{self.path}/check-runs/{check['id']}/annotations", self.token)

    def open_pulls(self):
        return self.stage.pages(f"{self.path}/pulls?state=open", self.token)


class Pull:
    """An open pull request."""

    def __init__(self, repository, number, branch, base, head_repository, head):
        self.repository, self.number, self.branch, self.base = repository, number, branch, base
        self.head_repository, self.head = head_repository, head
        self.is_fork = head_repository != repository.name

    def push(self, changes):
        """A further commit on its branch."""
        assert not self.is_fork
        self.head = self.repository.commit(changes, [self.head], "writer")
        self.repository.move(self.branch, self.head)

    def merge_commit(self):
        """What a pull_request job checks out: head merged into the tip of base."""
        base = self.repository.tip(self.base)
        changes = self.repository.commits[self.head].files
        return self.repository.commit(changes, [base, self.head])

    def comments(self):
        path = f"{self.repository.path}/issues/{self.number}/comments"
        return self.repository.stage.pages(path, self.repository.token)

    def say(self, body, login="writer"):
        path = f"{self.repository.path}/issues/{self.number}/comments"
        return self.repository.stage.ask("POST", path, {"body": body}, f"{login}-token")

    def label(self, name, login):
        path = f"{self.repository.path}/issues/{self.number}/labels"
        self.repository.stage.ask("POST", path, {"labels": [name]}, f"{login}-token")

    def unlabel(self, name, login):
        path = f"{self.repository.path}/issues/{self.number}/labels/{name}"
        self.repository.stage.ask("DELETE", path, token=f"{login}-token")

    def payload(self, action="synchronize", **more):
        """The event of a pull_request or pull_request_target workflow."""
        stage, path = self.repository.stage, self.repository.path
        pull = stage.ask("GET", f"{path}/pulls/{self.number}", token=self.repository.token)
        repository = stage.ask("GET", path, token=self.repository.token)
        return {
            "action": action,
            "number": self.number,
            "pull_request": pull,
            "repository": repository,
            **more,
        }


class Outcome:
    """What a job's step did: its exit code, its output, its summary and its outputs."""

    def __init__(self, code, out, err, summary, outputs):
        self.code, self.out, self.err, self.summary, self.outputs = code, out, err, summary, outputs
        self.said = out + err


def run(stage, arguments, folder, event=None, payload=None, env=None):
    """The real binary with a job's environment and nothing of this machine's."""
    with tempfile.TemporaryDirectory(dir=stage.folder) as runner:
        runner = Path(runner)
        summary, outputs = runner / "summary.md", runner / "outputs"
        summary.touch(), outputs.touch()
        environment = {"PATH": os.environ["PATH"], "HOME": str(runner), **(env or {})}
        if event:
            (runner / "event.json").write_text(json.dumps(payload))
            environment |= {
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": stage.door,
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_EVENT_NAME": event,
                "GITHUB_EVENT_PATH": str(runner / "event.json"),
                "GITHUB_REPOSITORY": payload["repository"]["full_name"],
                "GITHUB_JOB": "perf",
                "GITHUB_REF_NAME": re.sub("^refs/(heads|pull)/", "", environment.get("GITHUB_REF", "")),
                "GITHUB_RUN_ID": "4242",
                "GITHUB_RUN_ATTEMPT": "1",
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_OUTPUT": str(outputs),
                "GITHUB_WORKSPACE": str(folder),
                "RUNNER_NAME": "runner-1",
                "RUNNER_TEMP": str(runner),
            }
        done = subprocess.run(
            [stage.binary, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=170,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, summary.read_text(), read_outputs(outputs))


def read_outputs(path):
    """`name=value` and `name<<END … END`, as the runner reads them."""
    outputs, lines = {}, iter(path.read_text().splitlines())
    for line in lines:
        heredoc = re.fullmatch(r"([\w-]+)<<(.+)", line)
        if heredoc:
            value = []
            for more in lines:
                if more == heredoc[2]:
                    break
                value.append(more)
            outputs[heredoc[1]] = "\n".join(value)
        elif "=" in line:
            name, value = line.split("=", 1)
            outputs[name] = value
    return outputs


@contextlib.contextmanager
def checkout(stage, files):
    """A folder with these files."""
    with tempfile.TemporaryDirectory(dir=stage.folder) as folder:
        write(Path(folder), files)
        yield Path(folder)


def write(folder, files):
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def git(folder, *arguments, text=None):
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=env, input=text, capture_output=True, text=True, check=True).stdout.strip()


def zipped(files):
    """A zip, as upload-artifact makes one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def next_second():
    """GitHub's times are whole seconds: what happens after this is later than what happened before."""
    time.sleep(1.05 - time.time() % 1)
