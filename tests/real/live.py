#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rollstamp --live: ConfigMaps and Secrets that the input lacks, from a real API server, by name."""

import json
import pathlib
import sys
import time

import harness
import rights
from harness import CHARTS, test

WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: reader
spec:
  selector: {matchLabels: {app: reader}}
  template:
    metadata:
      labels: {app: reader}
    spec:
      containers:
      - name: main
        image: example.com/app:1
        envFrom:
        - configMapRef: {name: settings}
        - secretRef: {name: passwords}
"""
OBJECTS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {one: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: passwords}
stringData: {two: hunter2}
"""
# A user that may read these two objects by name, and list nothing.
RIGHTS = rights.of_reader("""\
- {apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get]}
- {apiGroups: [""], resources: [secrets], resourceNames: [passwords], verbs: [get]}
""")
USERS = rights.USERS + "nobody-token,nobody,nobody\n"


def prepare(run, objects=OBJECTS):
    run.kubectl("apply", "-f", "-", stdin=objects)


def live(run, *options, text=WORKLOAD, **rest):
    return run.run("rollstamp", "--live", f"--namespace={run.namespace}", *options, stdin=text, **rest)


def stamps(text):
    return sorted(line.strip() for line in text.splitlines() if ".rollstamp.io/" in line)


def recorder(run, then="exec kubectl-real"):
    """A kubectl in front of PATH that writes down how it is called."""
    directory = run.directory / "recorder"
    real = run.setting.programs / "bin" / "kubectl"
    run.write("recorder/kubectl", f"#!/bin/sh\nprintf '%s\\n' \"$*\" >>{run.directory}/calls\n{then.replace('kubectl-real', str(real))} \"$@\"\n", 0o755)
    return {"PATH": f"{directory}:{run.env['PATH']}"}


def calls(run):
    path = run.directory / "calls"
    return path.read_text().splitlines() if path.exists() else []


@test("what is only in the cluster is stamped as if it were in the input")
def _(run):
    prepare(run)
    there = run.run("rollstamp", f"--namespace={run.namespace}", stdin=OBJECTS + "---\n" + WORKLOAD)
    result = live(run, "--strict")
    run.equal(len(stamps(result.stdout)), 2, "stamps")
    run.equal(stamps(result.stdout), stamps(there.stdout), "stamps")
    run.check("hunter2" not in result.output and "aHVudGVyMg" not in result.output, "the Secret is shown")


@test("kubectl is asked once a kind, by name, with the flags passed on")
def _(run):
    prepare(run)
    path = run.env["KUBECONFIG"]
    live(run, f"--kubeconfig={path}", "--kube-context=test", env={**recorder(run), "KUBECONFIG": "/nowhere"})
    found = calls(run)
    run.check(1 <= len(found) <= 2, f"calls: {found}")
    for call in found:
        for part in f"--kubeconfig={path}", "--context=test", "--ignore-not-found":
            run.contains(call.replace("--kubeconfig ", "--kubeconfig=").replace("--context ", "--context="), part, "call")
        run.contains(call, run.namespace, "call")


@test("kubectl is not asked when everything is in the input")
def _(run):
    live(run, text=OBJECTS + "---\n" + WORKLOAD, env=recorder(run))
    run.equal(calls(run), [], "calls of kubectl")


@test("the input wins over the cluster, and --external too")
def _(run):
    prepare(run, OBJECTS.replace('one: "1"', "one: other"))
    there = run.run("rollstamp", f"--namespace={run.namespace}", stdin=OBJECTS + "---\n" + WORKLOAD)
    run.equal(stamps(live(run, text=OBJECTS + "---\n" + WORKLOAD).stdout), stamps(there.stdout), "stamps")
    run.equal(stamps(live(run, "--external=" + run.write("objects.yaml", OBJECTS)).stdout), stamps(there.stdout), "stamps")


@test("what is nowhere stays unresolved, and is an error with --strict")
def _(run):
    prepare(run, OBJECTS.split("---")[0])
    run.equal(len(stamps(live(run).stdout)), 1, "stamps")
    result = live(run, "--strict", status=1)
    run.equal(result.stdout, "", "output")
    run.contains(result.stderr, "passwords", "message")


# A configuration of kubectl that runs a command.
RUNS = """\
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users:
- name: u
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, "touch MARK"], interactiveMode: Never}
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""


@test("without HOME kubectl takes no configuration from the current directory, which could run a command")
def _(run):
    mark = run.directory / "mark"
    run.write("chart/.kube/config", RUNS.replace("MARK", str(mark)))
    chart = run.directory / "chart"
    for home in ["env", "-u", "HOME"], ["env", "HOME="]:
        without = [*home, "env", "-u", "KUBECONFIG"]
        run.run(*without, "kubectl", "get", "configmaps", cwd=chart, status=None)
        run.check(mark.exists(), "kubectl itself runs nothing: the test shows nothing")
        mark.unlink(missing_ok=True)
        run.run(*without, "rollstamp", "--live", "--namespace=x", stdin=WORKLOAD, cwd=chart, status=1)
        run.check(not mark.exists(), "a command of the current directory ran")
    prepare(run)
    result = run.run("env", "-u", "HOME", "rollstamp", "--live", f"--namespace={run.namespace}", "--strict", stdin=WORKLOAD,
                     cwd=chart)
    run.equal(len(stamps(result.stdout)), 2, "stamps with KUBECONFIG alone")
    run.equal(sorted(path.name for path in chart.rglob("*")), [".kube", "config"], "files in the current directory")


@test("a user who may get the two objects by name and list nothing is enough")
def _(run):
    prepare(run)
    run.kubectl("apply", "-f", "-", stdin=RIGHTS)
    path = run.cluster.kubeconfig_for("reader-token", f"reader-{run.namespace}")
    run.kubectl("--kubeconfig", path, "get", "configmaps", status=1)

    def works():
        return live(run, "--strict", f"--kubeconfig={path}", status=None).status == 0

    run.eventually("the rights are known to the API server", works, limit=10)


def refused(run, *options, parts=("settings",), status=1, **rest):
    """It fails, with nothing on stdout and one line that says all of `parts`."""
    result = live(run, *options, status=status, **rest)
    run.equal(result.stdout, "", "output")
    run.equal(len(result.stderr.splitlines()), 1, f"lines of {result.stderr!r}")
    for part in parts:
        run.contains(result.stderr, part, "message")
    run.check("hunter2" not in result.stderr, "the Secret is shown")
    return result


@test("a user without rights: the message names the reference and says forbidden")
def _(run):
    prepare(run)
    path = run.cluster.kubeconfig_for("nobody-token", f"nobody-{run.namespace}")
    message = refused(run, f"--kubeconfig={path}").stderr
    run.contains(message.lower(), "forbidden", "message")


@test("no cluster: the message names the reference")
def _(run):
    text = (run.cluster.directory / "kubeconfig").read_text().replace(run.cluster.server, "https://127.0.0.1:1")
    refused(run, "--kubeconfig=" + run.write("dead", text))


@test("no kubectl: the message says so")
def _(run):
    refused(run, parts=("kubectl",), env={"PATH": "/nowhere:" + str(run.setting.directory / "bin")})


@test("no --namespace: the message says that it is needed")
def _(run):
    result = run.run("rollstamp", "--live", stdin=WORKLOAD, status=None)
    run.check(result.status in (1, 2), f"status {result.status}")
    run.equal(result.stdout, "", "output")
    run.contains(result.stderr, "--namespace", "message")


@test("objects of another namespace are never asked for, whatever the manifests say")
def _(run):
    prepare(run)
    foreign = WORKLOAD.replace("metadata:", "metadata:\n  namespace: kube-system", 1)
    named = WORKLOAD.replace("metadata:", "metadata:\n  annotations: {rollstamp.io/secrets: kube-system/passwords}", 1)
    result = live(run, text=foreign + "---\n" + named.replace("name: reader", "name: other", 1), env=recorder(run))
    for call in calls(run):
        run.contains(call, f"--namespace={run.namespace}", "call")
        run.check("kube-system" not in call, f"call: {call}")
    run.equal(len(stamps(result.stdout)), 2, "stamps")
    message = live(run, "--strict", text=foreign, status=1).stderr
    run.contains(message, "asks in --namespace alone", "message")


CSI = """\
      volumes:
      - {name: store, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: vault}}}
"""


@test("a cluster that knows no SecretProviderClass is no error, and what it lacks is unresolved")
def _(run):
    prepare(run)
    text = WORKLOAD + "        volumeMounts: [{name: store, mountPath: /mnt/store}]\n" + CSI
    result = live(run, text=text)
    run.equal(len(stamps(result.stdout)), 2, "stamps")
    run.contains(result.stderr, "SecretProviderClass vault", "verdict")
    refused(run, "--strict", parts=("SecretProviderClass vault", "neither in the input nor in the cluster"), text=text)


@test("a kubectl that never answers is ended")
def _(run):
    started = time.monotonic()
    refused(run, "--live-timeout=1.5", env=recorder(run, then="sleep 300; exit 1;"))
    run.check(time.monotonic() - started < 10, "it took more than ten seconds")
    # The whole group is killed; the kernel takes its time on a busy machine.
    run.eventually("all of its processes are gone", lambda: not processes_of(run), limit=5)


def processes_of(run):
    """Command lines of processes that the test has started, by their environment."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"HOME={run.directory}".encode() in (path / "environ").read_bytes().split(b"\0"):
                found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # ended, or another user's
            pass
    return found


@test("a kubectl that prints garbage, or another object, is an error")
def _(run):
    for text in "[[[", "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: settings\\n":
        refused(run, parts=(), env=recorder(run, then=f"printf '{text}'; exit 0;"))


@test("behind --post-renderer, the release's own flags have to be repeated", helms=(3, 4))
def _(run):
    prepare(run)
    run.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n")
    run.write("chart/templates/reader.yaml", WORKLOAD)
    options = ["--live", f"--namespace={run.namespace}", "--strict"]
    run.upgrade("demo", run.directory / "chart", stamped=options)
    run.equal(len(run.stamps("deployment", "reader")), 2, "stamps")
    run.kubectl("patch", "configmap", "settings", "-p", json.dumps({"data": {"one": "changed"}}))
    run.upgrade("demo", run.directory / "chart", stamped=options)
    run.equal(run.revision("reader"), (2, 2), "revision")


@test("the ConfigMap of a hook is found in the cluster from the second upgrade on", helms=(3,))
def _(run):
    # Helm 3 does not show it to a post-renderer.
    options = ["--live", f"--namespace={run.namespace}"]
    run.upgrade("demo", CHARTS / "hooks", stamped=options)
    run.equal(run.stamps("deployment", "demo-app"), {}, "stamps of the first install")
    run.upgrade("demo", CHARTS / "hooks", stamped=options)
    run.equal(list(run.stamps("deployment", "demo-app")), ["configmap.rollstamp.io/demo-hook"], "stamps of the second")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__, users=USERS))
