#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The comment of a pull request: examples/github and examples/gitlab, against a forge that only this file knows.

    forges.py --binary PATH

The scripts run as they are, with the real curl and jq, and so does the shell of the workflow and of the job. The forge is
an HTTP server on loopback that has comments, and writes down what it is asked. Output is TAP.
"""

import argparse
import contextlib
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import yaml

from lib import tap
from lib.program import environment

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
TOKEN = "t0ken-of-a-forge"
MARKER = "<!-- rollstamp why -->"
OURS, OTHERS = 41, 7  # numbers of users
LOGINS = {OURS: "github-actions[bot]", OTHERS: "somebody"}
TIMEOUT = 60  # seconds


class Forge(http.server.ThreadingHTTPServer):
    """Comments of pull request 12, as GitHub and GitLab answer for them."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments = []
        self.calls = []  # (method, path)
        self.status = 200
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def add(self, author, body):
        comment = {"id": 100 + len(self.comments), "body": body, "user": {"login": LOGINS[author]}, "author": {"id": author}}
        self.comments.append(comment)
        return comment

    def bodies(self, author=OURS):
        return [comment["body"] for comment in self.comments if comment["author"]["id"] == author]


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_call(self):
        forge = self.server
        path, _, query = self.path.partition("?")
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        forge.calls.append((self.command, path))
        if TOKEN not in (self.headers.get("Authorization"), self.headers.get("PRIVATE-TOKEN"), *(
                self.headers.get("Authorization") or "").split(" ")):
            return self.answer({"message": "no token"}, 401)
        if forge.status != 200:
            return self.answer({"message": "Resource not accessible by integration"}, forge.status)
        if path == "/user":
            return self.answer({"id": OURS})
        if re.fullmatch(r"(/repos/team/shop/issues|/projects/5/merge_requests)/12/(comments|notes)", path):
            if self.command == "GET":
                asked = {key: int(values[0]) for key, values in urllib.parse.parse_qs(query).items()}
                size = min(asked.get("per_page", 20), 100)
                start = (asked.get("page", 1) - 1) * size
                return self.answer(forge.comments[start:start + size])
            if self.command == "POST":
                return self.answer(forge.add(OURS, json.loads(sent)["body"]), 201)
        found = re.fullmatch(r"(?:/repos/team/shop/issues/comments|/projects/5/merge_requests/12/notes)/(\d+)", path)
        if found and self.command == ("PATCH" if path.startswith("/repos") else "PUT"):
            comment, = [comment for comment in forge.comments if comment["id"] == int(found[1])]
            comment["body"] = json.loads(sent)["body"]
            return self.answer(comment)
        return self.answer({"message": "Not Found"}, 404)

    do_GET = do_POST = do_PATCH = do_PUT = handle_call

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def manifests(value):
    """A release of which one workload reads one value."""
    return f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  template:
    spec:
      containers:
      - name: app
        image: example.com/app:1
        envFrom:
        - configMapRef: {{name: web}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: web}}
data: {{greeting: "{value}"}}
"""


class Case:
    """A forge, a directory, and programs in front of those on PATH."""

    def __init__(self, binary, forge):
        self.name = forge
        self.forge = Forge()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rollstamp-forges-"))
        self.problems = []
        self.script = EXAMPLES / forge / "comment"
        self.tool("rollstamp", f'exec {binary} "$@"')
        self.tool("curl", f'printf "%s\\n" "$@" >>{self.directory}/arguments; exec /usr/bin/curl "$@"')
        self.tool("helm", 'cat "$3/manifests.yaml"')  # helm template RELEASE CHART
        self.env = environment({
            "PATH": f"{self.directory}/bin:/usr/bin:/bin", "HOME": str(self.directory), "TMPDIR": str(self.temporary()),
            "GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "team/shop", "GITHUB_API_URL": self.forge.url,
            "GITLAB_TOKEN": TOKEN, "CI_API_V4_URL": self.forge.url, "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "12",
            "GIT_CONFIG_NOSYSTEM": "1", "no_proxy": "127.0.0.1",
        })

    def temporary(self):
        path = self.directory / "tmp"
        path.mkdir(exist_ok=True)
        return path

    def tool(self, name, text):
        path = self.directory / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def close(self):
        self.check(not list(self.temporary().iterdir()), "temporary files were left behind")
        arguments = self.directory / "arguments"
        self.check(not arguments.exists() or TOKEN not in arguments.read_text(), "the token is an argument of curl")
        self.forge.shutdown()
        self.forge.server_close()
        shutil.rmtree(self.directory)

    def check(self, good, message):
        if not good:
            self.problems.append(message)

    def equal(self, what, got, want):
        self.check(got == want, f"{what}: expected {want!r}, is {got!r}")

    def run(self, argv, cwd=None, env=None):
        return subprocess.run([str(word) for word in argv], cwd=cwd or self.directory, env={**self.env, **(env or {})}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)

    def comment(self, old, new):
        """What the script does for two renders."""
        (self.directory / "old.yaml").write_text(old)
        (self.directory / "new.yaml").write_text(new)
        return self.run([self.script, "12", "old.yaml", "new.yaml"])


def once(case):
    done = case.comment(manifests("a"), manifests("b"))
    case.equal("the first run", (done.returncode, done.stdout, done.stderr), (0, "1 of 1 workload rolls\n", ""))
    first, = case.forge.bodies()
    case.check(first.startswith("1 of 1 workload rolls\n") and first.rstrip().endswith(MARKER) and "greeting" in first,
               f"the comment: {first}")
    case.comment(manifests("a"), manifests("b") + manifests("b").replace("name: web", "name: api"))
    case.equal("comments after the second run", len(case.forge.bodies()), 1)
    case.comment(manifests("a"), manifests("a"))
    case.equal("comments when nothing rolls any more", [body.split("\n")[0] for body in case.forge.bodies()],
               ["0 of 1 workloads roll"])
    case.equal("comments that were made", [method for method, _ in case.forge.calls].count("POST"), 1)


def none(case):
    done = case.comment(manifests("a"), manifests("a"))
    case.equal("the run", (done.returncode, done.stdout), (0, "0 of 1 workloads roll\n"))
    case.equal("comments", case.forge.comments, [])


def others(case):
    """A marker is easily copied, and there may be many comments."""
    foreign = case.forge.add(OTHERS, f"mine\n{MARKER}")["body"]
    for number in range(130):
        case.forge.add(OURS if number % 2 else OTHERS, f"comment {number}")
    ours = case.forge.add(OURS, f"old\n{MARKER}\n")
    count = len(case.forge.comments)
    done = case.comment(manifests("a"), manifests("b"))
    case.equal("status", done.returncode, 0)
    case.equal("the other's comment", case.forge.comments[0]["body"], foreign)
    case.equal("comments", len(case.forge.comments), count)
    case.check(ours["body"].startswith("1 of 1"), f"our comment: {ours['body']}")


def refused(case):
    case.forge.status = 403
    done = case.comment(manifests("a"), manifests("b"))
    case.check(done.returncode != 0, "a forge that refuses is no error")
    case.check(TOKEN not in done.stdout + done.stderr, "the token is shown")
    case.forge.status = 200
    case.equal("comments", case.forge.comments, [])


def broken(case):
    done = case.comment(manifests("a"), "no manifests\n")
    case.equal("status", done.returncode, 2)
    case.check("no manifests" in done.stderr, f"message: {done.stderr}")
    case.equal("calls", case.forge.calls, [])
    case.equal("status without arguments", case.run([case.script]).returncode, 2)


def put_chart(directory, value):
    (directory / "chart").mkdir(parents=True, exist_ok=True)
    (directory / "chart" / "manifests.yaml").write_text(manifests(value))
    (directory / "rollstamp.lock.json").write_text('{"format": "rollstamp-lock/1", "refs": []}\n')
    if not (directory / "examples").exists():
        shutil.copytree(EXAMPLES, directory / "examples")


def workflow(case):
    """GitHub's: its steps, with what GitHub puts into their environment."""
    text = (EXAMPLES / "github" / "rolls.yaml").read_text()
    parsed = yaml.safe_load(text)
    steps = parsed["jobs"]["comment"]["steps"]
    put_chart(case.directory / "old", "a")
    put_chart(case.directory / "new", "b")
    for step in steps:
        if "uses" in step:
            case.check(re.search(re.escape(step["uses"]) + r" # v\d+\.\d+\.\d+\n", text) and
                       re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), f"an action is not pinned: {step['uses']}")
            continue
        case.check("${{" not in step["run"], "what an event says is a part of a script")
        known = {"${{ github.token }}": TOKEN, "${{ github.event.pull_request.number }}": "12"}
        env = {name: known[value] for name, value in step.get("env", {}).items()}
        (case.directory / "step").write_text(step["run"])
        done = case.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "step"], env=env)
        case.equal(f"the step {step['name']}", (done.returncode, done.stderr), (0, ""))
    case.equal("comments", [body.split("\n")[0] for body in case.forge.bodies()], ["1 of 1 workload rolls"])


def job(case):
    """GitLab's: its script, in a work tree of the merge request's branch."""
    tree = case.directory / "builds" / "shop"
    tree.mkdir(parents=True)

    def git(*args):
        return case.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *args], cwd=tree).stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    commits = []
    for value in ("a", "b"):
        put_chart(tree, value)
        git("add", ".")
        git("commit", "--quiet", "-m", value)
        commits.append(git("rev-parse", "HEAD"))
    script = yaml.safe_load((EXAMPLES / "gitlab" / "rolls.yaml").read_text())["rolls"]["script"]
    done = case.run(["bash", "-ec", "\n".join(script)], cwd=tree, env={"CI_MERGE_REQUEST_DIFF_BASE_SHA": commits[0]})
    case.equal("status", (done.returncode, done.stdout.split("\n")[-2:]), (0, ["1 of 1 workload rolls", ""]))
    case.equal("comments", [body.split("\n")[0] for body in case.forge.bodies()], ["1 of 1 workload rolls"])


TESTS = [
    ("one comment is made, and updated by later runs", once),
    ("no comment is made where nothing rolls", none),
    ("only a comment of our own is written over, on whatever page it is", others),
    ("a forge that refuses fails the job, and the token shows nowhere", refused),
    ("a render that is broken fails the job before the forge is asked", broken),
]


def main():
    parser = argparse.ArgumentParser(description="Try the examples for forges, print TAP.")
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    options = parser.parse_args()
    binary = options.binary.resolve()

    def performed(forge, function):
        case = Case(binary, forge)
        with contextlib.closing(case):
            function(case)
        return case.problems

    rows = [(forge, name, function) for forge in ("github", "gitlab") for name, function in TESTS]
    rows += [("github", "the steps of the workflow run, and its actions are pinned", workflow),
             ("gitlab", "the script of the job runs", job)]
    return tap.run([tap.Test(f"{forge}: {name}", lambda forge=forge, function=function: performed(forge, function))
                    for forge, name, function in rows], workers=4)


if __name__ == "__main__":
    sys.exit(main())
