#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a caller of rollstamp sees when something goes wrong that rollstamp can't help: and that nothing is applied."""

import shutil
import sys

import harness
from harness import CHARTS, test

WORKLOADS = CHARTS / "workloads"


def nothing_happened(run, command):
    """Runs an upgrade of a release that is there, which has to fail without a trace: what Helm says."""
    if not run.exists("configmap", "demo-config"):
        run.run_helm("install", "demo", WORKLOADS)
    before = state(run)
    result = run.run_helm("upgrade", "demo", WORKLOADS, "--set-string", "one=changed", *command, status=1)
    run.equal(state(run), before, "objects")
    run.equal(len(run.run_helm("history", "demo", "-o", "json").json), 1, "revisions of the release")
    return result.stderr


def state(run):
    found = [each for kind in ("deployment", "statefulset", "daemonset", "configmap") for each in run.items(kind)]
    return sorted((each["kind"], each["metadata"]["name"], each["metadata"]["uid"], str(each.get("data")), each["metadata"].get("generation")) for each in found)


def need_plugin(run):
    if not run.setting.plugin or not (run.setting.plugin / "plugin.yaml").exists():
        raise harness.Failure(f"no Helm 4 plugin in {run.setting.plugin}")
    return run.setting.plugin


@test("rollstamp is not on PATH", (3,))
def _(run):
    result = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer(), env={"PATH": f"{run.setting.programs}/bin:/usr/bin:/bin"}, status=1)
    run.contains(result.stderr, "unable to find binary")


@test("the plugin is not installed, or a path is given as with Helm 3", (4,))
def _(run):
    empty = run.directory / "no-plugins"
    empty.mkdir()
    for name in "rollstamp", run.rollstamp:
        result = run.run_helm("template", "demo", WORKLOADS, "--post-renderer", name, env={"HELM_PLUGINS": empty}, status=1)
        run.contains(result.stderr, f"plugin: {{Name:{name} Type:postrenderer/v1}} not found")


@test("rollstamp is killed while it reads", (3, 4))
def _(run):
    # It gets the manifests and no end of them, so that it is certainly in the middle when the signal comes.
    script = (
        f"mkfifo {run.directory}/pipe; {run.rollstamp} <{run.directory}/pipe & exec 3>{run.directory}/pipe\n"
        "cat >&3; sleep 0.5; kill -KILL $!; wait $!"
    )
    name = run.filter("killed", script)
    nothing_happened(run, ["--post-renderer", name])


@test("rollstamp is killed in a pipe to kubectl", (3,))
def _(run):
    script = (
        f"mkfifo pipe; (helm3 template demo {WORKLOADS}; sleep 2) >pipe & rollstamp <pipe >stamped.yaml & sleep 1; kill -KILL $!\n"
        f"wait $! && kubectl -n {run.namespace} apply -f stamped.yaml"
    )
    run.shell(script, status=137)
    run.equal((run.directory / "stamped.yaml").read_text(), "", "output")
    run.equal(run.items("deployment"), [], "Deployments")


@test("the disk is full: for the output, the report and the log", (3,))
def _(run):
    render = f"helm3 template demo {WORKLOADS}"
    run.shell(f"{render} | rollstamp >/dev/full", status=1)
    for option in "--report=/dev/full", "--log=/dev/full":
        result = run.shell(f"{render} | rollstamp {option}", status=1)
        run.equal(result.stdout, "", "output")
        run.contains(result.stderr, "/dev/full", "message")
    run.contains(nothing_happened(run, run.post_renderer("--report=/dev/full")), "/dev/full", "message")


@test("the disk is full for the report", (4,))
def _(run):
    need_plugin(run)
    run.contains(nothing_happened(run, run.post_renderer("--report=/dev/full")), "/dev/full", "message")


@test("the program in the plugin's directory is another version", (4,))
def _(run):
    # plugin.yaml gives arguments that the program does not know, or the program is gone.
    source = need_plugin(run)
    if run.setting.installed:
        raise harness.Skip("unavoidable: the program of an installation does not stand in its plugin's directory")
    for what in "other", "gone":
        plugins = run.directory / what
        shutil.copytree(source, plugins / "rollstamp")
        programs = [each for each in (plugins / "rollstamp").rglob("rollstamp") if each.is_file()]
        run.equal(len(programs), 1, "programs in the plugin")
        if what == "gone":
            programs[0].unlink()
        else:
            programs[0].write_text("#!/bin/sh\necho 'rollstamp: unknown option' >&2\nexit 2\n")
        run.env["HELM_PLUGINS"] = str(plugins)
        run.contains(nothing_happened(run, run.post_renderer()), 'rollstamp"', "message")


@test("Helm 3 sees the plugin of Helm 4, warns, and goes on", (3,))
def _(run):
    plugins = run.directory / "shared"
    plugins.mkdir()
    (plugins / "rollstamp").symlink_to(need_plugin(run))
    result = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer(), env={"HELM_PLUGINS": plugins})
    run.contains(result.stderr, "failed to load plugins")
    run.contains(result.stdout, "configmap.rollstamp.io/")


@test("another post-renderer stands in front of it in a script, and the failure of either fails Helm", (3, 4))
def _(run):
    version = run.run("rollstamp", "version").stdout.split()[1]
    told = f"--helm-plugin={version} " if run.helm == 4 else ""
    script = f"set -e -o pipefail; {{}} | rollstamp {told}\"$@\""
    good = run.filter("good", script.format("sed 's/demo-config/other-config/'"))
    output = run.run_helm("template", "demo", WORKLOADS, "--post-renderer", good).stdout
    run.contains(output, "configmap.rollstamp.io/other-config")
    run.check("demo-config" not in output, "the other post-renderer did nothing")
    first = run.filter("first", script.format("false"))
    run.run_helm("template", "demo", WORKLOADS, "--post-renderer", first, status=1)
    result = run.run_helm("template", "demo", WORKLOADS, "--post-renderer", good, "--post-renderer-args", "--nonsense", status=1)
    run.contains(result.stderr, "unknown option '--nonsense'")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
