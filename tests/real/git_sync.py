#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""git-sync itself: does it check out the commit that rollstamp stamps, and what does it do with a commit as its rev?

Version 3.0.1, the last one whose module can be had. Its logger can't: go/git-sync has one in its place.
"""

import json
import os
import shutil
import sys

import yaml

import harness
from harness import test

# env, arguments
CASES = {
    "nothing but the repository": ({}, []),
    "a branch": ({"GIT_SYNC_BRANCH": "dev"}, []),
    "a branch with a slash": ({"GIT_SYNC_BRANCH": "feature/x"}, []),
    "a branch whose name is a tag's too": ({"GIT_SYNC_BRANCH": "both"}, []),
    "a rev that is HEAD": ({"GIT_SYNC_BRANCH": "dev", "GIT_SYNC_REV": "HEAD"}, []),
    "a tag as rev": ({"GIT_SYNC_REV": "v1"}, []),
    "an annotated tag as rev": ({"GIT_SYNC_REV": "v2"}, []),
    "a tag as rev, whose name is a branch's too": ({"GIT_SYNC_REV": "both"}, []),
    "a commit as rev": ({"GIT_SYNC_REV": "{first}"}, []),
    "flags": ({}, ["--branch=dev"]),
    "flags with one dash, and their values apart": ({}, ["-branch", "dev"]),
    "flags over variables": ({"GIT_SYNC_BRANCH": "master", "GIT_SYNC_REV": "HEAD"}, ["--branch=dev", "--rev=v1"]),
    "the last of two flags": ({}, ["--branch=master", "--branch=dev"]),
    "nothing behind two dashes": ({}, ["--branch=dev", "--", "--branch=master"]),
    "nothing behind the first word": ({}, ["--branch=dev", "word", "--branch=master"]),
    "an empty variable": ({"GIT_SYNC_BRANCH": ""}, []),
    "a depth": ({"GIT_SYNC_BRANCH": "dev", "GIT_SYNC_DEPTH": "1"}, []),
}


class Repository:
    def __init__(self, run):
        self.run = run
        self.url = f"file://{run.directory}/repo.git"
        self.work = run.directory / "work"
        run.run("git", "init", "-q", "--bare", "-b", "master", run.directory / "repo.git")
        run.run("git", "init", "-q", "-b", "master", self.work)
        self.git("config", "user.name", "t")
        self.git("config", "user.email", "t@example.com")
        self.git("remote", "add", "origin", self.url)
        self.first = self.commit()
        self.git("tag", "v1")
        for branch in "dev", "feature/x", "both":
            self.git("branch", branch)
        self.commit()
        self.git("tag", "both")
        self.git("tag", "-a", "-m", "two", "v2")
        self.move()

    def git(self, *arguments):
        return self.run.run("git", "-C", self.work, *arguments).stdout.strip()

    def commit(self):
        self.git("commit", "-q", "--allow-empty", "-m", os.urandom(4).hex())
        return self.git("rev-parse", "HEAD")

    def move(self):
        """A commit more on each branch. Tags stay."""
        for branch in "dev", "feature/x", "both", "master":
            self.git("checkout", "-q", f"heads/{branch}" if branch == "both" else branch)
            commit = self.commit()
            if branch == "both":
                self.git("update-ref", "refs/heads/both", commit)
        self.git("push", "-q", "origin", "--all")
        self.git("push", "-q", "origin", "--tags", "--force")


def manifest(url, env, arguments):
    container = {
        "name": "sync",
        "image": "registry.k8s.io/git-sync/git-sync:v3.0.1",
        "args": [*arguments],
        "env": [{"name": name, "value": value} for name, value in {"GIT_SYNC_REPO": url, **env}.items()],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": {"spec": {"initContainers": [container]}}},
    }


def rollstamp(run, deployment, *options):
    """What it makes of the Deployment: the stamp, the container, and the report."""
    text = yaml.safe_dump(deployment, sort_keys=False)
    done = run.run(run.rollstamp, "--git-allow-local", "--report=report.json", *options, stdin=text)
    template = yaml.safe_load(done.stdout)["spec"]["template"]
    report = json.loads((run.directory / "report.json").read_text())
    stamp = template.get("metadata", {}).get("annotations", {}).get("git.rollstamp.io/repo")
    return stamp, template["spec"]["initContainers"][0], report["workloads"][0]["git"][0]


def sync(run, container, again=False, status=0):
    """The commit that git-sync checks out. `again`: where it has done so before, as when its node was restarted."""
    root = run.directory / "root"
    if not again:
        shutil.rmtree(root, ignore_errors=True)
    env = {each["name"]: each["value"] for each in container["env"]}
    options = ["--root", str(root), "--dest", "link", "--one-time"]
    run.run("git-sync", *options, *container["args"], env=env, status=status)
    return run.run("git", "-C", root / "link", "rev-parse", "HEAD").stdout.strip()


def one(name, env, arguments):
    @test(name)
    def _(run):
        repository = Repository(run)
        variables = {key: value.format(first=repository.first) for key, value in env.items()}
        deployment = manifest(repository.url, variables, arguments)
        stamp, _, _ = rollstamp(run, deployment)
        run.equal(sync(run, rollstamp(run, deployment)[1]), stamp, "the commit that git-sync checks out")
        _, kept, _ = rollstamp(run, deployment, "--git=pin")
        run.equal(kept, rollstamp(run, deployment)[1], "the container, which takes no commit")
        repository.move()
        moved, container, _ = rollstamp(run, deployment)
        run.equal(sync(run, container), moved, "the commit that git-sync checks out once the branches have moved")


for each, (variables, flags) in CASES.items():
    one(each, variables, flags)


@test("a commit as rev is what is checked out, but the container can't be started again in its volume: no pin")
def restart(run):
    repository = Repository(run)
    deployment = manifest(repository.url, {"GIT_SYNC_BRANCH": "dev"}, [])
    stamp, container, report = rollstamp(run, deployment, "--git=pin")
    run.equal(report["pinned"], False, "pinned")
    sync(run, container)
    run.equal(sync(run, container, again=True), stamp, "the commit of the branch, also in the same volume")
    pinned = {**container, "env": [*container["env"], {"name": "GIT_SYNC_REV", "value": stamp}]}
    run.equal(sync(run, pinned), stamp, "the commit that a rev names")
    sync(run, pinned, again=True, status=1)


if __name__ == "__main__":
    sys.exit(harness.main(__doc__, needs_cluster=False))
