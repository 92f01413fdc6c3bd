#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Secrets that a controller makes at run time: why what stands for them is named, and never stamped.

The test is the controller: it writes the Secret some time after Helm is done, as all of them do. It is the kubelet, too,
as far as simulated nodes have none: a pod has the value that the Secret has while the pod becomes ready.
"""

import base64
import json
import sys

import crds
import harness
from harness import test

BOTH = (3, 4)
CHART = "apiVersion: v2\nname: chart\nversion: 0.1.0\n"
SEALED = """\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: app}
spec:
  encryptedData: {password: {{ .Values.sealed | quote }}}
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {note: {{ .Values.note | quote }}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata:
      labels: {app: app}
    spec:
      # A node takes these pods once the test has given it this label.
      nodeSelector: {{ "{" }}{{ .Release.Namespace }}: {{ .Values.note }}{{ "}" }}
      containers:
      - name: main
        image: example.com/app:1
        envFrom:
        - configMapRef: {name: config}
        - secretRef: {name: app}
"""
# What a stamp of the SealedSecret would be: a digest of what is sealed, in the pod template.
NAIVE = r"""
text=$(cat)
stamp=$(printf '%s\n' "$text" | grep 'password:' | sha256sum | cut -c1-32)
printf '%s\n' "$text" | sed -E "s/^( *)(labels: *\{app: app\}|labels:)( *)$/\1annotations: {naive: \"$stamp\"}\n&/"
"""


def prepare(setting):
    for kind in "SealedSecret", "ExternalSecret", "VaultStaticSecret":
        crds.define(setting.cluster, kind)


def chart(run):
    run.write("chart/Chart.yaml", CHART)
    run.write("chart/values.yaml", "sealed: first\nnote: first\n")
    for name, text in ("sealed", SEALED), ("config", CONFIG), ("app", DEPLOYMENT):
        run.write(f"chart/templates/{name}.yaml", text)
    let_start(run, "first")


def let_start(run, note):
    """From now on nodes take pods that are made with this note: until then their image is pulled, say."""
    run.kubectl("label", "node", "--all", "--overwrite", f"{run.namespace}={note}")


def upgrade(run, sealed, note="first", **options):
    return run.upgrade("demo", run.directory / "chart", values={"sealed": sealed, "note": note}, **options)


def controller_writes(run, value):
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "app"}, "stringData": {"password": value}}
    run.kubectl("apply", "-f", "-", stdin=json.dumps(body))


def pods_have(run):
    """What the newest pods have read: the Secret does not change while they become ready."""
    run.kubectl("rollout", "status", "deployment/app", "--timeout=60s")
    return base64.b64decode(run.get("secret", "app")["data"]["password"]).decode()


@test("a digest of the SealedSecret would roll pods before the Secret is written, and never again", BOTH)
def _(run):
    chart(run)
    naive = run.filter("naive", NAIVE)
    flags = "--post-renderer", naive

    def naively(sealed):
        run.upgrade("demo", run.directory / "chart", *flags, values={"sealed": sealed}, stamped=False)
        stamp = run.get("deployment", "app")["spec"]["template"]["metadata"]["annotations"]["naive"]
        return stamp, run.revision("app")[0]

    controller_writes(run, "first")
    before = naively("first")
    run.equal(pods_have(run), "first", "what pods have")
    after = naively("second")
    run.check(after[0] != before[0], "the digest did not change")
    run.equal(after[1], 2, "revision")
    # Helm is done, the rollout is done, all pods are ready, and the controller has not come to it yet.
    run.equal(pods_have(run), "first", "what the new pods have")
    controller_writes(run, "second")
    # The digest says `second`, the Secret says `second`, the pods have `first`: nothing rolls them, ever.
    run.equal(naively("second"), after, "digest and revision after a further upgrade")


@test("of a Secret that a SealedSecret makes, nothing is stamped, and the reason is told", BOTH)
def _(run):
    chart(run)
    controller_writes(run, "first")
    report = run.directory / "report"
    upgrade(run, "first", stamped=[f"--report={report}"])
    run.equal(list(run.stamps("deployment", "app")), ["configmap.rollstamp.io/config"], "stamps")
    found = json.loads(report.read_text())["workloads"][0]["unresolved"]
    run.equal([each["name"] for each in found], ["app"], "unresolved")
    run.contains(found[0]["reason"], "comes from SealedSecret/app: its controller writes it later", "reason")
    before = run.revision("app")
    upgrade(run, "second", stamped=[f"--report={report}"])
    run.equal(run.revision("app"), before, "revision after another SealedSecret")
    result = upgrade(run, "second", stamped=["--strict"], status=1)
    run.contains(result.stderr, "comes from SealedSecret/app", "message")
    upgrade(run, "second", stamped=["--strict", "--unresolved-ok=secret/*"])


def marked(run, options):
    """The entry of the Secret in the list."""
    text = run.run_helm("template", "demo", run.directory / "chart").stdout
    listed = run.run("rollstamp", "list", "-o", "json", *options, stdin=text).json
    return [each for each in listed["workloads"][0]["stamps"] if each["name"] == "app"]


@test("with --live the Secret of the cluster is stamped, which is late by one upgrade when the controller is", BOTH)
def _(run):
    chart(run)
    live = ["--live", f"--namespace={run.namespace}"]
    name = "secret.rollstamp.io/app"
    controller_writes(run, "first")
    upgrade(run, "first", stamped=live)
    first = run.stamps("deployment", "app")[name]
    run.equal([each["madeAtRunTimeBy"] for each in marked(run, live)], ["SealedSecret/app"], "the mark in the list")
    # The new value is sealed, and the cluster still has the old one: so has the stamp, and nothing rolls.
    before = run.revision("app")
    upgrade(run, "second", stamped=live)
    run.equal(run.stamps("deployment", "app")[name], first, "the stamp while the controller has not come to it")
    run.equal(run.revision("app"), before, "revision")
    controller_writes(run, "second")
    upgrade(run, "second", stamped=live)
    run.check(run.stamps("deployment", "app")[name] != first, "the stamp did not change")
    run.equal(run.revision("app")[0], before[0] + 1, "revision of the next upgrade")
    run.equal(pods_have(run), "second", "what pods have")


@test("with --live, pods that roll for another reason in between roll once more, for what they have", BOTH)
def _(run):
    chart(run)
    live = ["--live", f"--namespace={run.namespace}"]
    controller_writes(run, "first")
    upgrade(run, "first", stamped=live)
    stale = run.stamps("deployment", "app")["secret.rollstamp.io/app"]
    # A ConfigMap changes in the same upgrade. The controller writes before the pods have started.
    upgrade(run, "second", note="second", stamped=live, wait=False)
    controller_writes(run, "second")
    let_start(run, "second")
    run.equal(pods_have(run), "second", "what pods have")
    run.equal(run.stamps("deployment", "app")["secret.rollstamp.io/app"], stale, "their stamp, of the old value")
    before = run.revision("app")
    upgrade(run, "second", note="second", stamped=live)
    run.equal(run.revision("app")[0], before[0] + 1, "revision: rolled once more, though pods had it")


VAULT = """\
apiVersion: secrets.hashicorp.com/v1beta1
kind: VaultStaticSecret
metadata: {name: vault}
spec:
  destination: {name: app}
  rolloutRestartTargets: [{kind: Deployment, name: app}]
"""


@test("what Vault's operator restarts the workload for is followed, with --live as well", BOTH)
def _(run):
    chart(run)
    (run.directory / "chart/templates/sealed.yaml").unlink()
    run.write("chart/templates/vault.yaml", VAULT)
    options = ["--live", f"--namespace={run.namespace}", "--strict"]
    controller_writes(run, "first")
    upgrade(run, "", stamped=options)
    run.equal(list(run.stamps("deployment", "app")), ["configmap.rollstamp.io/config"], "stamps")
    # The operator: it writes the Secret, and then restarts.
    controller_writes(run, "second")
    restart = {"vso.secrets.hashicorp.com/restartedAt": "2026-01-02T03:04:05Z"}
    patch = json.dumps({"spec": {"template": {"metadata": {"annotations": restart}}}})
    run.kubectl("patch", "deployment", "app", "--type=strategic", "-p", patch)
    run.equal(pods_have(run), "second", "what pods have")
    before = run.revision("app")
    run.equal(before[0], 2, "revision")
    upgrade(run, "", stamped=options)
    run.equal(run.revision("app"), before, "revision after an upgrade: not a second time")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__, prepare=prepare))
