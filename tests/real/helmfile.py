#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""helmfile, with postRenderer and postRendererArgs in helmfile.yaml. The version that is tested runs no Helm 4."""

import sys

import harness
from harness import CHARTS, test

HELM = (3,)
WORKLOADS = CHARTS / "workloads"
READER = CHARTS / "reader"
STAMPED = {"demo-one": "deployment", "demo-two": "deployment", "demo-three": "deployment", "demo-stateful": "statefulset"}

HELMFILE = """\
helmDefaults:
  postRenderer: rollstamp
  postRendererArgs: [{arguments}]
releases:
- name: demo
  namespace: {namespace}
  chart: {chart}
  values:
  - one: "{one}"
    git: "{git}"
"""


def helmfile(run, *command, chart=WORKLOADS, one="1", git="", arguments="", **options):
    run.has_helm_diff()
    run.write("helmfile.yaml", HELMFILE.format(namespace=run.namespace, chart=chart, one=one, git=git, arguments=arguments))
    return run.run("helmfile", "--quiet", "--no-color", "--helm-binary", run.program, *command, **options)


def changed(result):
    """The lines that helm-diff shows as changed, each with its sign."""
    return [line[0] + line[1:].strip() for line in result.stdout.splitlines() if line[:1] in ("+", "-")]


def stamp_lines(text):
    return sorted(line.strip() for line in text.splitlines() if ".rollstamp.io/" in line)


def releases(run):
    return len(run.run_helm("history", "demo", "-o", "json").json)


def generations(run):
    return [run.generation(kind, name) for name, kind in STAMPED.items()]


def stamps(run):
    return [f'{key}: "{value}"' for name, kind in STAMPED.items() for key, value in run.stamps(kind, name).items()]


@test("apply stamps, and makes no revision when it is run again", HELM)
def _(run):
    helmfile(run, "apply")
    run.equal((len(stamps(run)), releases(run)), (len(STAMPED), 1), "stamps and revisions")
    run.equal(changed(helmfile(run, "diff", "--detailed-exitcode")), [], "diff")
    helmfile(run, "apply")
    run.equal(releases(run), 1, "revisions")


@test("diff shows a changed key with one pair of stamps for each reader, and apply makes these", HELM)
def _(run):
    helmfile(run, "apply")
    before = stamps(run)
    shown = changed(helmfile(run, "diff", "--detailed-exitcode", one="changed", status=2))
    helmfile(run, "apply", one="changed")
    after = stamps(run)
    run.equal([old == new for old, new in zip(before, after)], [False, True, True, False], "the same stamps")
    pair = ["-" + before[0], "+" + after[0]]
    # demo-one, demo-paused, demo-stateful
    run.equal(shown, ['-one: "1"', '+one: "changed"', *pair, *pair, *pair], "diff")
    run.equal(releases(run), 2, "revisions")


@test("template, diff, apply and sync stamp the same", HELM)
def _(run):
    rendered = stamp_lines(helmfile(run, "template").stdout)
    run.equal(len(rendered), 6, "stamps")
    shown = [line[1:] for line in changed(helmfile(run, "diff")) if ".rollstamp.io/" in line]
    run.equal(sorted(shown), rendered, "diff")
    helmfile(run, "apply")
    run.equal(stamp_lines(run.run_helm("get", "manifest", "demo").stdout), rendered, "apply")
    before = generations(run)
    helmfile(run, "sync")
    run.equal(stamp_lines(run.run_helm("get", "manifest", "demo").stdout), rendered, "sync")
    run.equal((generations(run), releases(run)), (before, 2), "generations and revisions after sync")


@test("a commit that is pushed is a change, by which apply upgrades", HELM)
def _(run):
    options = {"chart": READER, "git": f"file://{run.directory}/routes#main", "arguments": "--git-allow-local"}
    first = run.commit("routes")
    helmfile(run, "apply", **options)
    helmfile(run, "apply", **options)
    run.equal(releases(run), 1, "revisions")
    second = run.commit("routes")
    pair = [f'-git.rollstamp.io/routes: "{first}"', f'+git.rollstamp.io/routes: "{second}"']
    run.equal(changed(helmfile(run, "diff", **options)), pair, "diff")
    helmfile(run, "apply", **options)
    run.equal(run.stamps("deployment", "demo-reader")["git.rollstamp.io/routes"], second, "commit")
    run.equal(releases(run), 2, "revisions")


@test("a failure shows our message and applies nothing", HELM)
def _(run):
    helmfile(run, "apply")
    before = generations(run), releases(run)
    for command in "template", "diff", "apply", "sync":
        result = helmfile(run, command, one="changed", arguments="--external=/nowhere", status=1)
        run.contains(result.output, "rollstamp: /nowhere: can't be opened", f"message of {command}")
    run.equal((generations(run), releases(run)), before, "generations and revisions")
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "1", "the key")


@test("a namespace for rollstamp comes from a file, since this helmfile hands arguments to helm-diff in two words", HELM)
def _(run):
    run.write("rollstamp.yaml", f"namespace: {run.namespace}\n")
    helmfile(run, "apply", arguments="--config=rollstamp.yaml")
    run.equal(changed(helmfile(run, "diff", arguments="--config=rollstamp.yaml")), [], "diff")
    # Helm takes the second word out of a plugin's arguments. A newer helmfile may write one word: then say so in README.
    direct = f"--namespace={run.namespace}"
    result = helmfile(run, "diff", arguments=direct, status=1)
    run.contains(result.output, "This command needs 2 arguments", "message")
    helmfile(run, "sync", arguments=direct)
    run.equal(len(stamps(run)), len(STAMPED), "stamps")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
