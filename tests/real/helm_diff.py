#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""helm-diff, which renders by Helm itself: what it shows is what the upgrade then does, stamp for stamp."""

import re
import sys

import harness
from harness import CHARTS, test

BOTH = (3, 4)
WORKLOADS = CHARTS / "workloads"
READER = CHARTS / "reader"
READERS = {
    "one": {"demo-one": "deployment", "demo-paused": "deployment", "demo-stateful": "statefulset"},
    "two": {"demo-two": "deployment", "demo-daemon": "daemonset"},
    "password": {"demo-three": "deployment"},
}
ALL = {name: kind for readers in READERS.values() for name, kind in readers.items()}
HEADER = re.compile(r"[^,]+, ([^,]+), \w+ \(.*\) has (changed|been added|been removed):")


def helm_diff(run, command, *arguments, **options):
    """helm diff, without unchanged lines."""
    run.has_helm_diff()
    return run.run_helm("diff", command, "--context", "0", *arguments, **options)


def diff(run, *arguments, chart=WORKLOADS, values=None, stamped=True, **options):
    """helm diff upgrade, with the flags of harness.Run.upgrade."""
    flags = run.post_renderer(*(stamped if isinstance(stamped, list) else ())) if stamped else []
    # This helm-diff wants two checks at once, which Helm 4 refuses.
    flags += ["--disable-validation"] if run.helm == 4 else []
    for key, value in (values or {}).items():
        flags += ["--set-string", f"{key}={value}"]
    return helm_diff(run, "upgrade", "demo", chart, *flags, *arguments, **options)


def changes(result):
    """What helm diff shows: {name of the object: its lines, each with its sign}."""
    found = {}
    for line in result.stdout.splitlines():
        header = HEADER.fullmatch(line)
        if header:
            lines = found.setdefault(header[1], [])
        elif line[:1] in ("+", "-"):
            lines.append(line[0] + line[1:].strip())
        elif line.strip(" .*") and "Release was not present" not in line:
            raise harness.Failure(f"helm diff prints {line!r}")
    return found


def stamps(run, names=ALL):
    """The stamp that each of these workloads has in the API server, as a line of a manifest: {name: line}."""
    found = {}
    for name in names:
        lines = [f'{key}: "{value}"' for key, value in run.stamps(ALL[name], name).items()]
        run.equal(len(lines), 1, f"stamps of {name}")
        found[name] = lines[0]
    return found


def pairs(before, after):
    return {name: ["-" + before[name], "+" + after[name]] for name in before}


def upgrade(run, **options):
    run.upgrade("demo", WORKLOADS, wait=False, **options)


@test("nothing is shown after an upgrade with rollstamp", BOTH)
def _(run):
    upgrade(run)
    stamps(run)
    run.equal(diff(run, "--detailed-exitcode").stdout, "", "diff")
    upgrade(run, values={"one": "changed"})
    run.equal(diff(run, "--detailed-exitcode", values={"one": "changed"}).stdout, "", "diff")


@test("a changed key is shown with one pair of stamps for each reader, and the upgrade makes these", BOTH)
def _(run):
    upgrade(run)
    before = stamps(run, READERS["one"])
    shown = changes(diff(run, "--detailed-exitcode", values={"one": "changed"}, status=2))
    upgrade(run, values={"one": "changed"})
    after = stamps(run, READERS["one"])
    run.equal(shown, {"demo-config": ['-one: "1"', '+one: "changed"'], **pairs(before, after)}, "diff")
    manifest = run.run_helm("get", "manifest", "demo").stdout.splitlines()
    run.equal([manifest.count("        " + line) for line in after.values()], [3, 3, 3], "the stamp in the manifest")


@test("a label and a comment are no stamp's reason", BOTH)
def _(run):
    upgrade(run)
    stamps(run)
    shown = changes(diff(run, values={"label": "b"}))
    run.equal(shown, {"demo-config": ['-note: "a"', '+note: "b"', "-# A comment: a", "+# A comment: b"]}, "diff")


@test("a changed Secret is shown by its length and by the stamp of its reader", BOTH)
def _(run):
    upgrade(run)
    before = stamps(run, READERS["password"])
    result = diff(run, values={"password": "s3cr3t"})
    run.check("s3cr3t" not in result.output and "hunter2" not in result.output, "a value is shown")
    shown = changes(result)
    run.check("bytes" in shown.pop("demo-secret")[1], "the Secret is not shown as changed")
    upgrade(run, values={"password": "s3cr3t"})
    run.equal(shown, pairs(before, stamps(run, READERS["password"])), "other objects")


@test("a new release is shown with its stamps", BOTH)
def _(run):
    shown = changes(diff(run, "--install"))
    upgrade(run)
    wanted = stamps(run)
    lines = {name: [line for line in shown[name] if "rollstamp.io/" in line] for name in wanted}
    run.equal(lines, {name: ["+" + line] for name, line in wanted.items()}, "stamps")
    run.equal(set(shown), {*ALL, "demo-config", "demo-secret"}, "objects")


@test("the first use is shown as stamps that come, and a forgotten flag as stamps that go", BOTH)
def _(run):
    upgrade(run, stamped=False)
    coming = changes(diff(run))
    upgrade(run)
    wanted = stamps(run)
    run.equal(coming, {name: ["+annotations:", "+" + line] for name, line in wanted.items()}, "the first use")
    going = changes(diff(run, stamped=False))
    run.equal(going, {name: ["-annotations:", "-" + line] for name, line in wanted.items()}, "the forgotten flag")


@test("a failure ends helm diff with our message, and shows no change", BOTH)
def _(run):
    upgrade(run)
    result = diff(run, values={"one": "changed"}, stamped=["--external=/nowhere"], status=1)
    run.contains(result.stderr, "rollstamp: /nowhere: can't be opened", "message")
    run.equal(changes(result), {}, "changes")


@test("rollback and two revisions are compared without rollstamp, by the stamps that they have", BOTH)
def _(run):
    upgrade(run)
    first = stamps(run, READERS["two"])
    upgrade(run, values={"two": "changed"})
    second = stamps(run, READERS["two"])
    run.equal(changes(helm_diff(run, "revision", "demo", "1", "2")), {"demo-config": ['-two: "2"', '+two: "changed"'], **pairs(first, second)}, "revisions")
    run.equal(changes(helm_diff(run, "rollback", "demo", "1")), {"demo-config": ['-two: "changed"', '+two: "2"'], **pairs(second, first)}, "rollback")


@test("helm upgrade --dry-run, which helm-diff can use in place of helm template, shows the same", BOTH)
def _(run):
    upgrade(run)
    values = {"two": "changed", "password": "changed"}
    plain = diff(run, values=values).stdout
    run.contains(plain, "demo-daemon")
    env = {"HELM_DIFF_USE_UPGRADE_DRY_RUN": "true"}
    run.equal(diff(run, values=values, env=env).stdout, plain, "diff")
    upgrade(run, values=values)
    run.equal(diff(run, values=values, env=env).stdout, "", "diff after the upgrade")


@test("after rollout undo, only --three-way-merge shows the stamp that the next upgrade brings back", BOTH)
def _(run):
    upgrade(run)
    first = stamps(run, ["demo-one"])
    run.upgrade("demo", WORKLOADS, values={"one": "changed"})
    second = stamps(run, ["demo-one"])
    run.kubectl("rollout", "undo", "deployment/demo-one")
    run.equal(stamps(run, ["demo-one"]), first, "stamps after the undo")
    run.equal(changes(diff(run, values={"one": "changed"})), {}, "plain diff")
    shown = changes(diff(run, "--three-way-merge", values={"one": "changed"}))
    shown = {name: [line.replace(": ", ': "') + '"' for line in lines] for name, lines in shown.items()}
    run.equal(shown, pairs(first, second), "diff with a merge")


@test("HELM_NAMESPACE, which Helm sets for helm-diff alone, changes no stamp", BOTH)
def _(run):
    # It would: the ConfigMap is in another namespace than the release.
    values = {"namespace": f"{run.namespace}-other"}
    run.namespace_exists(values["namespace"])
    run.upgrade("demo", READER, wait=False, values=values)
    run.equal(list(run.stamps("deployment", "demo-reader")), ["configmap.rollstamp.io/demo-config"], "stamps")
    run.equal(diff(run, chart=READER, values=values).stdout, "", "diff")
    # With the namespace, given to both, there is no such ConfigMap.
    namespace = f"--post-renderer-args=--namespace={run.namespace}"
    run.equal(list(changes(diff(run, namespace, chart=READER, values=values))), ["demo-reader"], "objects")
    run.upgrade("demo", READER, namespace, wait=False, values=values)
    run.equal(run.stamps("deployment", "demo-reader"), {}, "stamps")
    run.equal(diff(run, namespace, chart=READER, values=values).stdout, "", "diff")


@test("a namespace for rollstamp has to be in one word with its flag: Helm takes others out of a plugin's arguments", BOTH)
def _(run):
    upgrade(run)
    argument = f"--namespace={run.namespace}"
    run.equal(diff(run, f"--post-renderer-args={argument}").stdout, "", "diff")
    result = diff(run, "--post-renderer-args", argument, status=1)
    run.contains(result.stderr, "flag needs an argument: --post-renderer-args", "message")


@test("the upgrade stamps the commit that the diff showed, if it is given the lock file of the diff", BOTH)
def _(run):
    first = run.commit("routes")
    values = {"git": f"file://{run.directory}/routes#main"}
    lock = ["--git-allow-local", f"--lock={run.directory}/lock.json"]
    run.upgrade("demo", READER, wait=False, stamped=lock, values=values)
    second = run.commit("routes")
    pair = {"demo-reader": [f'-git.rollstamp.io/routes: "{first}"', f'+git.rollstamp.io/routes: "{second}"']}
    run.equal(changes(diff(run, chart=READER, stamped=lock, values=values)), pair, "diff")
    third = run.commit("routes")
    run.upgrade("demo", READER, wait=False, stamped=[*lock, "--locked"], values=values)
    run.equal(run.stamps("deployment", "demo-reader")["git.rollstamp.io/routes"], second, "commit")
    run.contains(diff(run, chart=READER, stamped=lock, values=values).stdout, third, "the next diff")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
