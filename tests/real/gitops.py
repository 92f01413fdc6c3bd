#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""examples/argocd and examples/ci: the commands that are in them, run as their callers run them."""

import re
import shutil
import sys

import yaml

import harness
from harness import test

EXAMPLES = harness.HERE.parent.parent / "examples"
HELMS = (3, 4)


class Story:
    """A work tree with the chart of examples/openig, the repository that it names, and CI's configuration."""

    def __init__(self, run):
        self.run = run
        run.env.update(
            GIT_CONFIG_GLOBAL="/dev/null",
            GIT_CONFIG_SYSTEM="/dev/null",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Test"), ("EMAIL", "test@example.com"))},
        )
        run.shell("git init -q -b main tree; git init -q -b main routes; git -C routes commit -q --allow-empty -m 1")
        shutil.copytree(EXAMPLES / "openig", run.directory / "tree" / "chart")
        config = f"git-allow-local: true\ngit-map: https://git.example.com/gateway/routes.git=file://{run.directory}/routes\n"
        run.write("rollstamp.yaml", config)
        # The programs that the examples call by their plain names.
        run.write("bin/helm", f'#!/bin/sh\nexec helm{run.helm} "$@"\n', 0o755)
        run.env["PATH"] = f"{run.directory}/bin:{run.env['PATH']}"

    def head(self):
        return self.run.shell("git -C routes rev-parse HEAD").stdout.strip()

    def move(self):
        self.run.shell("git -C routes commit -q --allow-empty -m more")

    def render(self, *arguments, **options):
        config = {"ROLLSTAMP_CONFIG": self.run.directory / "rollstamp.yaml"}
        command = [EXAMPLES / "ci" / "render", "tree/chart", "demo", "shop", "tree/chart", *arguments]
        return self.run.run(*command, env=config, **options)

    def commits(self):
        return int(self.run.shell("git -C tree rev-list --count HEAD || echo 0").stdout)

    def generate(self, **options):
        """What the sidecar does: the command in the application's directory, with Argo CD's variables."""
        generate = yaml.safe_load((EXAMPLES / "argocd" / "plugin.yaml").read_text())["spec"]["generate"]
        variables = {"ARGOCD_APP_NAME": "demo", "ARGOCD_APP_NAMESPACE": "shop"}
        command = generate["command"] + generate["args"]
        return self.run.run(*command, cwd=self.run.directory / "tree" / "chart", env=variables, **options)


@test("CI commits the first render, nothing without a change, and one line and the lock when a branch moved", HELMS)
def _(run):
    story = Story(run)
    story.render()
    run.equal(story.commits(), 1, "commits")
    run.contains(story.render().stdout, "Nothing changed.")
    run.equal(story.commits(), 1, "commits without a change")
    old = story.head()
    story.move()
    story.render()
    run.equal(story.commits(), 2, "commits after the branch has moved")
    diff = run.shell("git -C tree show -U0 --format=").stdout
    changed = [line for line in diff.splitlines() if re.match(r"[-+][^-+]", line)]
    run.equal(len(changed), 4, f"changed lines {changed}")
    run.check(all(old in line or story.head() in line for line in changed), f"other lines changed: {changed}")


@test("CI leaves the last good manifests when helm or rollstamp fails", HELMS)
def _(run):
    story = Story(run)
    story.render()
    before = (run.directory / "tree/chart/manifests.yaml").read_bytes()
    story.render("--set", "git.branch=gone", status=1)
    story.render("--values", "/nowhere", status=1)
    run.equal((run.directory / "tree/chart/manifests.yaml").read_bytes(), before, "manifests")
    run.equal(story.commits(), 1, "commits")
    run.equal(run.shell("git -C tree status --porcelain -- chart/manifests.yaml 'chart/.manifests.*'").stdout, "", "files that are left")


@test("Argo CD's sidecar prints what CI locked, without a network, and the API server takes it", HELMS)
def _(run):
    story = Story(run)
    story.render()
    locked = story.head()
    story.move()
    shutil.rmtree(run.directory / "routes")
    output = story.generate().stdout
    run.contains(output, f'git.rollstamp.io/routes: "{locked}"')
    # The example has no namespace in it; Argo CD adds the application's.
    run.kubectl("apply", "-f", "-", stdin=output)
    run.contains(str(run.stamps("deployment", "demo-openig")), locked)


@test("Argo CD's sidecar fails, and prints nothing, without a lock entry and when helm fails", HELMS)
def _(run):
    story = Story(run)
    run.equal(story.generate(status=1).stdout, "", "output without a lock")
    story.render()
    run.shell("sed -i 's/branch: main/branch: other/' tree/chart/values.yaml")
    result = story.generate(status=1)
    run.equal(result.stdout, "", "output for a ref that is not in the lock")
    run.contains(result.stderr, "other", "message")
    run.write("tree/chart/templates/broken.yaml", "{{ fail \"broken on purpose\" }}\n")
    result = story.generate(status=None)
    run.check(result.status != 0, "a failing helm was not noticed")
    run.contains(result.stderr, "broken on purpose", "message")


@test("the sidecar's patch is one that the API server takes")
def _(run):
    base = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      containers: [{name: argocd-repo-server, image: example.com/argocd:1}]
      volumes: [{name: var-files, emptyDir: {}}, {name: plugins, emptyDir: {}}]
"""
    run.kubectl("apply", "-f", "-", stdin=base)
    run.kubectl("create", "configmap", "rollstamp-plugin", f"--from-file={EXAMPLES}/argocd/plugin.yaml")
    run.kubectl("patch", "deployment", "argocd-repo-server", "--patch-file", EXAMPLES / "argocd" / "sidecar.yaml")
    run.kubectl("rollout", "status", "deployment/argocd-repo-server", "--timeout=60s")
    names = [each["name"] for each in run.get("deployment", "argocd-repo-server")["spec"]["template"]["spec"]["containers"]]
    run.equal(sorted(names), ["argocd-repo-server", "rollstamp"], "containers")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
