#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rollstamp in a pipe: helm template | rollstamp | kubectl, with kubectl's own apply and diff, and --external."""

import sys

import harness
from harness import CHARTS, test

HELMS = (3, 4)
WORKLOADS = CHARTS / "workloads"

READER = """\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: reader
spec:
  selector: {{matchLabels: {{app: reader}}}}
  template:
    metadata:
      labels: {{app: reader}}
    spec:
      containers:
      - name: main
        image: example.com/app:1
        envFrom:
        - configMapRef: {{name: settings}}
        - secretRef: {{name: passwords}}
"""


def pipe(run, end, values="", options=""):
    return f"helm{run.helm} template demo {WORKLOADS} -n {run.namespace} {values} | rollstamp {options} | kubectl -n {run.namespace} {end}"


def revisions(run):
    names = "demo-one", "demo-two", "demo-three"
    found = [run.revision(each) for each in names]
    return [*found, run.revisions("statefulset", "demo-stateful"), run.revisions("daemonset", "demo-daemon")]


def ready(run):
    for each in "deployment/demo-one", "deployment/demo-two", "deployment/demo-three", "statefulset/demo-stateful", "daemonset/demo-daemon":
        run.kubectl("rollout", "status", each, "--timeout=60s")


def apply_and_diff(run, side):
    run.shell(pipe(run, f"apply {side} -f -"))
    ready(run)
    run.equal(revisions(run), [(1, 1)] * 3 + [1, 1], "revisions")
    # kubectl diff says by its status whether there is a difference.
    run.equal(run.shell(pipe(run, f"diff {side} -f -")).stdout, "", "the second diff")
    changed = "--set-string one=changed"
    result = run.shell(pipe(run, f"diff {side} -f -", changed), status=1)
    lines = [line.lstrip("+").strip() for line in result.stdout.splitlines() if line.startswith("+ ")]
    lines = [line for line in lines if not line.startswith("generation:")]
    stamps = [line for line in lines if line.startswith("configmap.rollstamp.io/demo-config:")]
    run.equal(len(stamps), 3, f"stamps in the diff {lines}")
    run.equal([line for line in lines if line not in stamps], ["one: changed"], "other lines in the diff")
    run.shell(pipe(run, f"apply {side} -f -", changed))
    ready(run)
    run.equal(revisions(run), [(2, 2), (1, 1), (1, 1), 2, 1], "revisions")
    run.equal(run.shell(pipe(run, f"diff {side} -f -", changed)).stdout, "", "the last diff")


@test("apply, then diff is empty; a changed key is one line a reader, and rolls it once", HELMS)
def _(run):
    apply_and_diff(run, "")


@test("the same with server-side apply", (3,))
def _(run):
    apply_and_diff(run, "--server-side")


@test("after rollout undo, kubectl apply repairs the stamp", (3,))
def _(run):
    run.shell(pipe(run, "apply -f -"))
    run.shell(pipe(run, "apply -f -", "--set-string one=second"))
    second = run.stamps("deployment", "demo-one")
    run.kubectl("rollout", "undo", "deployment/demo-one")
    run.check(run.stamps("deployment", "demo-one") != second, "undo changed no stamp")
    run.shell(pipe(run, "apply -f -", "--set-string one=second"))
    run.equal(run.stamps("deployment", "demo-one"), second, "stamps")


@test("a failure in the pipe applies nothing", (3,))
def _(run):
    result = run.shell(pipe(run, "apply -f -", options="--external=/nowhere"), status=1)
    run.contains(result.stderr, "/nowhere")
    run.equal(run.items("deployment") + run.items("configmap", "note"), [], "objects")


def settings(run, value="1", password="hunter2"):
    run.shell(
        f"kubectl -n {run.namespace} create configmap settings --from-literal=one={value} -o yaml --dry-run=client | kubectl apply -n {run.namespace} -f -\n"
        f"kubectl -n {run.namespace} create secret generic passwords --from-literal=two={password} -o yaml --dry-run=client | kubectl apply -n {run.namespace} -f -"
    )


@test("--external takes what kubectl get prints, for objects of another release")
def _(run):
    run.write("reader.yaml", READER.format(kind="Deployment"))
    script = (
        f"kubectl -n {run.namespace} get configmap,secret -o yaml >cluster.yaml\n"
        f"rollstamp --external=cluster.yaml --namespace={run.namespace} --strict <reader.yaml >stamped.yaml\n"
        f"kubectl -n {run.namespace} apply -f stamped.yaml"
    )
    settings(run)
    run.shell(script)
    run.equal(sorted(run.stamps("deployment", "reader")), ["configmap.rollstamp.io/settings", "secret.rollstamp.io/passwords"], "stamps")
    run.check("hunter2" not in (run.directory / "stamped.yaml").read_text(), "the Secret is in the output")
    run.shell(script)
    run.equal(run.revision("reader"), (1, 1), "revision without a change")
    settings(run, value="changed")
    run.shell(script)
    run.equal(run.revision("reader"), (2, 2), "revision after a change")
    # What the API server adds (uid, resourceVersion, managedFields) is no content.
    run.kubectl("label", "configmap/settings", "note=b")
    run.shell(script)
    run.equal(run.revision("reader"), (2, 2), "revision after another label")


@test("--external takes what helm get manifest prints", HELMS)
def _(run):
    run.run_helm("install", "settings", CHARTS / "empty", "--set-string", "one=1")
    reader = READER.format(kind="StatefulSet").replace("name: settings", "name: settings-config").replace("        - secretRef: {name: passwords}\n", "")
    run.write("reader.yaml", reader)
    script = (
        f"helm{run.helm} -n {run.namespace} get manifest settings >settings.yaml\n"
        f"rollstamp --external=settings.yaml --namespace={run.namespace} --strict <reader.yaml | kubectl -n {run.namespace} apply -f -"
    )
    run.shell(script)
    run.run_helm("upgrade", "settings", CHARTS / "empty", "--set-string", "one=2")
    run.shell(script)
    run.equal(run.revisions("statefulset", "reader"), 2, "revisions")


@test("what is in the stream, in a file and in the cluster has one digest")
def _(run):
    settings(run)
    run.write("reader.yaml", READER.format(kind="DaemonSet"))
    run.shell(f"kubectl -n {run.namespace} create configmap settings --from-literal=one=1 -o yaml --dry-run=client >objects.yaml; echo --- >>objects.yaml")
    run.shell(f"kubectl -n {run.namespace} create secret generic passwords --from-literal=two=hunter2 -o yaml --dry-run=client >>objects.yaml")
    run.shell(f"kubectl -n {run.namespace} get configmap,secret -o yaml >cluster.yaml")
    stamps = []
    for options in "objects.yaml reader.yaml", "--external=objects.yaml reader.yaml", "--external=cluster.yaml reader.yaml":
        result = run.shell(f"rollstamp --strict --namespace={run.namespace} {options}")
        stamps.append([line.strip() for line in result.stdout.splitlines() if ".rollstamp.io/" in line])
    run.equal(len(stamps[0]), 2, "stamps")
    run.equal(stamps, [stamps[0]] * 3, "stamps")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
