#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A new version of a chart that changes labels only, and --drop-checksums, with both Helms.

The chart is written as nearly all charts are: the version in the labels of every object, and in the pod template a
checksum of the whole text of the ConfigMap, with these labels.
"""

import json
import sys

import harness
from harness import test

BOTH = (3, 4)
HELPERS = """\
{{- define "labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/name: shop
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
  labels:
    {{- include "labels" . | nindent 4 }}
data:
  one: {{ .Values.one | quote }}
"""
WORKLOAD = """\
apiVersion: apps/v1
kind: {{ .kind }}
metadata:
  name: {{ .root.Release.Name }}-{{ lower .kind }}
  labels:
    {{- include "labels" .root | nindent 4 }}
spec:
  {{- if eq .kind "StatefulSet" }}
  serviceName: shop
  {{- end }}
  selector:
    matchLabels: {app: {{ lower .kind }}}
  template:
    metadata:
      annotations:
        checksum/config: {{ include (print .root.Template.BasePath "/config.yaml") .root | sha256sum }}
      labels:
        app: {{ lower .kind }}
        {{- if .root.Values.labelled }}
        {{- include "labels" .root | nindent 8 }}
        {{- end }}
    spec:
      containers:
      - name: main
        image: example.com/app:1
        envFrom:
        - configMapRef:
            name: {{ .root.Release.Name }}-config
"""
KINDS = "Deployment", "StatefulSet", "DaemonSet"
ALL = {each.lower() for each in KINDS}
DROP = ["--drop-checksums"]


def chart(run, version):
    run.write("chart/Chart.yaml", f"apiVersion: v2\nname: shop\nversion: {version}\n")
    run.write("chart/values.yaml", "one: first\nlabelled: \"\"\n")
    run.write("chart/templates/_helpers.tpl", HELPERS)
    run.write("chart/templates/config.yaml", CONFIG)
    body = "---\n".join(f'{{{{- template "workload" (dict "kind" "{each}" "root" $) }}}}\n' for each in KINDS)
    run.write("chart/templates/workloads.yaml", '{{- define "workload" }}\n' + WORKLOAD + "{{- end }}\n" + body)
    return run.directory / "chart"


def upgrade(run, version, stamped, **values):
    """The kinds that this upgrade rolled."""
    before = counts(run) if run.exists("configmap", "demo-config") else {}
    run.upgrade("demo", chart(run, version), stamped=stamped, values=values)
    after = counts(run)
    return {each for each in after if before.get(each) != after[each]}


def counts(run):
    """The newest revision of each: that of an older template gets a new number when it comes back."""
    found = {"deployment": run.revision("demo-deployment")[0]}
    for each in "statefulset", "daemonset":
        uid = run.observed(each, f"demo-{each}")["metadata"]["uid"]
        found[each] = max(item["revision"] for item in run.items("controllerrevision") if harness.owner(item) == uid)
    return found


def checksums(run):
    """The kinds whose templates have the chart's checksum."""
    found = set()
    for each in ALL:
        annotations = run.get(each, f"demo-{each}")["spec"]["template"]["metadata"].get("annotations", {})
        if "checksum/config" in annotations:
            found.add(each)
    return found


@test("a version that changes labels only rolls everything, with stamps and without", BOTH)
def _(run):
    upgrade(run, "0.1.0", False)
    run.equal(upgrade(run, "0.2.0", False), ALL, "rolled without rollstamp")
    upgrade(run, "0.2.0", True)
    run.equal(upgrade(run, "0.2.0", True), set(), "rolled without a change")
    run.equal(upgrade(run, "0.3.0", True), ALL, "rolled with stamps")
    run.equal(checksums(run), ALL, "checksums")


@test("with --drop-checksums it rolls nothing, and a changed key still does, once", BOTH)
def _(run):
    upgrade(run, "0.1.0", DROP)
    run.equal(checksums(run), set(), "checksums")
    before = run.stamps("deployment", "demo-deployment")
    run.equal(list(before), ["configmap.rollstamp.io/demo-config"], "stamps")
    run.equal(upgrade(run, "0.2.0", DROP), set(), "rolled by a new version")
    run.contains(run.get("configmap", "demo-config")["metadata"]["labels"]["helm.sh/chart"], "0.2.0", "the label")
    run.equal(upgrade(run, "0.2.0", DROP, one="second"), ALL, "rolled by a changed key")
    run.equal(upgrade(run, "0.3.0", DROP, one="second"), set(), "rolled by the next version")
    run.check(run.stamps("deployment", "demo-deployment") != before, "the stamp did not change")


@test("taking checksums out rolls once, and so does forgetting the option once", BOTH)
def _(run):
    upgrade(run, "0.1.0", True)
    run.equal(upgrade(run, "0.1.0", DROP), ALL, "rolled by the first use")
    run.equal(checksums(run), set(), "checksums are really gone")
    run.equal(upgrade(run, "0.1.0", DROP), set(), "rolled by the second")
    run.equal(upgrade(run, "0.1.0", True), ALL, "rolled by forgetting it")
    run.equal(upgrade(run, "0.1.0", DROP), ALL, "rolled by having it again")


@test("a label of the template that has the version rolls all the same, and list says which", BOTH)
def _(run):
    upgrade(run, "0.1.0", DROP, labelled="yes")
    run.equal(upgrade(run, "0.2.0", DROP, labelled="yes"), ALL, "rolled by a new version")
    text = run.run_helm("template", "demo", run.directory / "chart", "--set-string", "labelled=yes").stdout
    listed = run.run("rollstamp", "list", *DROP, stdin=text).stdout
    run.contains(listed, "helm.sh/chart", "the list")
    report = run.run("rollstamp", "list", "-o", "json", *DROP, stdin=text).json
    reasons = {json.dumps(each["secondReasons"], sort_keys=True) for each in report["workloads"]}
    run.note("\n".join(sorted(reasons)))
    run.equal(len(reasons), 1, "second reasons, the same in each workload")


@test("a second ConfigMap that a template lacks keeps the checksum, and the version rolls", BOTH)
def _(run):
    other = CONFIG.replace("-config", "-read-through-the-api")
    chart(run, "0.1.0")
    run.write("chart/templates/other.yaml", other)
    upgrade(run, "0.1.0", DROP)
    run.equal(checksums(run), ALL, "checksums")
    run.equal(upgrade(run, "0.2.0", DROP), ALL, "rolled")


@test("kubectl rollout restart survives an upgrade that takes checksums out", BOTH)
def _(run):
    upgrade(run, "0.1.0", DROP)
    run.kubectl("rollout", "restart", "deployment/demo-deployment")
    run.kubectl("rollout", "status", "deployment/demo-deployment", "--timeout=60s")
    run.equal(upgrade(run, "0.2.0", DROP), set(), "rolled")
    annotations = run.get("deployment", "demo-deployment")["spec"]["template"]["metadata"]["annotations"]
    run.check("kubectl.kubernetes.io/restartedAt" in annotations, f"annotations: {sorted(annotations)}")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
