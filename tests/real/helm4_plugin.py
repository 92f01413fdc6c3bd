#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Helm 4 plugin: installed as a user does it, and how its failures reach the user."""

import re
import sys
import tarfile

import harness
from harness import CHARTS, Skip, test

WORKLOADS = CHARTS / "workloads"
FILENAME = "postrenderer.helm.sh/postrender-filename"


def plugin(run):
    directory = run.setting.plugin
    run.check(directory and (directory / "plugin.yaml").exists(), f"no plugin in {directory}")
    return directory


def without_plugins(run):
    # Helm installs into its data directory, wherever HELM_PLUGINS points.
    del run.env["HELM_PLUGINS"]


def version(run):
    return run.run("rollstamp", "--version").stdout.split()[1]


def installed(run):
    """The plugin works and has the program's version."""
    listed = [line.split() for line in run.run_helm("plugin", "list", "--type", "postrenderer/v1").stdout.splitlines()]
    versions = [line[1] for line in listed if line[0] == "rollstamp"]
    run.equal(versions, [version(run)], "version in helm plugin list")
    result = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer())
    run.equal(len(re.findall(r"configmap\.rollstamp\.io/demo-config", result.stdout)), 5, "stamps")


@test("helm plugin install takes the directory that the build makes", (4,))
def _(run):
    source = plugin(run)
    without_plugins(run)
    run.run_helm("plugin", "install", source)
    installed(run)
    run.run_helm("plugin", "uninstall", "rollstamp")
    run.check((source / "plugin.yaml").exists(), "uninstalling the plugin removed the build's directory")


@test("helm plugin install takes the package that the build makes", (4,))
def _(run):
    if run.setting.installed:
        raise Skip("unavoidable: no package is installed; the suite release installs the one that is released")
    without_plugins(run)
    packages = list(plugin(run).parent.glob("rollstamp-*.tgz"))
    run.equal([each.name for each in packages], [f"rollstamp-{version(run)}.tgz"], "packages")
    with tarfile.open(packages[0]) as package:
        run.equal({each.name.split("/")[0] for each in package}, {"rollstamp"}, "top directories of the package")
        run.check(not any(each.issym() or each.islnk() for each in package), "links in the package")
    refused = run.run_helm("plugin", "install", packages[0], status=1)
    run.contains(refused.stderr.lower(), "prov", "what is said without --verify=false")
    run.run_helm("plugin", "install", "--verify=false", packages[0])
    installed(run)


@test("arguments reach the program", (4,))
def _(run):
    plugin(run)
    result = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer("--inject=env", f"--report={run.directory}/report"))
    run.contains(result.stdout, "ROLLSTAMP_CONFIGMAP_DEMO_CONFIG")
    run.check((run.directory / "report").exists(), "no report")


@test("the annotation that names the file is kept byte for byte, and never copied into a template", (4,))
def _(run):
    plugin(run)
    run.plugin("keep", f"tee {run.directory}/stdin")
    run.run_helm("template", "demo", WORKLOADS, "--post-renderer", "keep")
    stdin = (run.directory / "stdin").read_text()
    stdout = run.run("rollstamp", stdin=stdin).stdout
    lines = [line for line in stdin.splitlines() if FILENAME in line]
    run.check(len(lines) > 5, "no annotations in the stream")
    run.equal([line for line in stdout.splitlines() if FILENAME in line], lines, "lines")
    run.check(not any(line.startswith("      ") for line in lines), "one is in a template")


def message_of(run, result):
    """The one line in which Helm tells what rollstamp says."""
    lines = [line for line in result.stderr.splitlines() if "rollstamp: " in line]
    run.equal(len(lines), 1, f"lines with the message in {result.stderr!r}")
    run.contains(lines[0], "invalid document separator: --- rollstamp: ", "line")
    return lines[0].split("--- rollstamp: ", 1)[1]


LIST_WITH_A_SHARED_ANCHOR = """apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: first}
  data: &shared {greeting: hello}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: second}
  data: *shared
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - {name: web, image: web, envFrom: [{configMapRef: {name: second}}]}
"""

FAILURES = {
    "a file that is not there": ["--external=/nowhere"],
    "control characters": ["--external=/no\nwhere\t\x1b[31m"],
    "a usage error": ["--injekt=env"],
    "text that looks like YAML": ["--external=/a: b # c\n--- d"],
}


@test("failures of every kind are shown in one line, on template, install and upgrade; nothing is applied", (4,))
def _(run):
    plugin(run)
    run.upgrade("demo", WORKLOADS, wait=False)
    before = [run.generation("deployment", "demo-one"), run.get("configmap", "demo-config")["metadata"]["resourceVersion"]]
    for what, options in FAILURES.items():
        run.note(f"# {what}")
        messages = set()
        flags = run.post_renderer(*options)
        commands = ("template", "other"), ("install", "other"), ("upgrade", "demo"), ("upgrade", "--install", "other")
        for command in commands:
            result = run.run_helm(*command, WORKLOADS, "--set-string", "one=changed", *flags, status=1)
            message = message_of(run, result)
            run.check(message.isprintable(), f"control characters in {message!r}")
            messages.add(message)
        run.equal(len(messages), 1, f"different messages: {messages}")
    run.equal(len(run.run_helm("history", "demo", "-o", "json").json), 1, "revisions of the release")
    run.equal([run.generation("deployment", "demo-one"), run.get("configmap", "demo-config")["metadata"]["resourceVersion"]], before, "generation and version")
    run.check(not run.exists("configmap", "other-config"), "the other release has objects")


@test("a failure says the same as on the command line", (4,))
def _(run):
    plugin(run)
    result = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer("--external=/nowhere"), status=1)
    plain = run.run("rollstamp", "--external=/nowhere", stdin="", status=1)
    run.equal(message_of(run, result), plain.stderr.strip().removeprefix("rollstamp: "), "message")


@test("an alias that has lost its anchor because Helm takes Lists apart is laid to Helm, and a pipe stamps it", (4,))
def _(run):
    plugin(run)
    run.write("list/Chart.yaml", "apiVersion: v2\nname: list\nversion: 0.1.0\n")
    run.write("list/templates/list.yaml", LIST_WITH_A_SHARED_ANCHOR)
    chart = run.directory / "list"
    message = message_of(run, run.run_helm("template", "demo", chart, *run.post_renderer(), status=1))
    run.contains(message, "(list/templates/list.yaml, line ", "message")
    run.contains(message, "Helm 4 has left in another object", "message")
    plain = run.run_helm("template", "demo", chart).stdout
    run.contains(run.run("rollstamp", stdin=plain).stdout, "configmap.rollstamp.io/second", "output of the pipe")


@test("Secrets are stamped although they are hidden afterwards", (4,))
def _(run):
    plugin(run)
    result = run.run_helm("upgrade", "--install", "demo", WORKLOADS, "--dry-run=client", "--hide-secret", *run.post_renderer())
    run.contains(result.stdout, "secret.rollstamp.io/demo-secret")
    run.check("hunter2" not in result.output, "the Secret is shown")


@test("blank input gives a line of comment", (4,))
def _(run):
    plugin(run)
    run.upgrade("demo", CHARTS / "empty")
    run.upgrade("demo", CHARTS / "empty", values={"one": "1"})
    run.equal(run.get("configmap", "demo-config")["data"], {"one": "1"}, "data")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
