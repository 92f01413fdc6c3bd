#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SecretProviderClasses as a real API server has them, with the schema of the Secrets Store CSI driver."""

import json
import sys

import crds
import harness
import rights
from harness import test

BOTH = (3, 4)
CLASS = """\
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: vault
  labels: {version: "VERSION"}
spec:
  provider: vault
  parameters:
    roleName: "PARAMETER"
    objects: |
      - objectName: "password"
        secretPath: "secret/data/shop"
  secretObjects:
  - secretName: made
    type: Opaque
    data:
    - {objectName: password, key: password}
"""
WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: example.com/app:1
        envFrom:
        - secretRef: {name: made}
        volumeMounts:
        - {name: store, mountPath: /mnt/store}
      volumes:
      - name: store
        csi:
          driver: secrets-store.csi.k8s.io
          readOnly: true
          volumeAttributes: {secretProviderClass: vault}
"""
# A user that may read this one class by name.
RIGHTS = rights.of_reader("""\
- {apiGroups: [secrets-store.csi.x-k8s.io], resources: [secretproviderclasses], resourceNames: [vault], verbs: [get]}
- {apiGroups: [""], resources: [secrets], resourceNames: [made], verbs: [get]}
""")
NAME = "secretproviderclass.rollstamp.io/vault"


def prepare(setting):
    crds.define(setting.cluster, "SecretProviderClass")


def provider_class(parameter="shop", version="1"):
    return CLASS.replace("PARAMETER", parameter).replace("VERSION", version)


def stamps(text):
    return sorted(line.strip() for line in text.splitlines() if ".rollstamp.io/" in line)


def listed(run, *options, text=WORKLOAD):
    return run.run("rollstamp", "list", "-o", "json", f"--namespace={run.namespace}", *options, stdin=text).json["workloads"][0]


@test("one of the cluster, by --live and by --external, has the stamp of the one in the input")
def _(run):
    run.kubectl("apply", "-f", "-", stdin=provider_class())
    options = "--strict", f"--namespace={run.namespace}"
    wanted = stamps(run.run("rollstamp", *options, stdin=provider_class() + "---\n" + WORKLOAD).stdout)
    run.equal([each.split(":")[0] for each in wanted], [NAME], "stamps")
    run.equal(stamps(run.run("rollstamp", "--live", *options, stdin=WORKLOAD).stdout), wanted, "stamps by --live")
    for form in "yaml", "json":
        for words in ["secretproviderclass", "vault"], ["secretproviderclass,configmap"]:
            path = run.write(f"got.{form}", run.kubectl("get", *words, "-o", form).stdout)
            got = run.run("rollstamp", f"--external={path}", *options, stdin=WORKLOAD).stdout
            run.equal(stamps(got), wanted, f"stamps by --external of kubectl get {' '.join(words)} -o {form}")


@test("a Secret that it makes is covered by it, whether the cluster has the Secret or not")
def _(run):
    run.kubectl("apply", "-f", "-", stdin=provider_class())
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "made"}, "stringData": {"password": "x"}}
    for _ in "without", "with":
        found = listed(run, "--live")
        run.equal([each["name"] for each in found["stamps"]], ["vault"], "stamps")
        run.equal(found["unresolved"], [], "unresolved")
        run.equal([each["reason"] for each in found["notStamped"]], ["covered by secretproviderclass/vault"], "reasons")
        run.kubectl("apply", "-f", "-", stdin=json.dumps(secret))


@test("a user who may get it by name and list nothing is enough")
def _(run):
    run.kubectl("apply", "-f", "-", stdin=provider_class() + "---\n" + RIGHTS)
    path = run.cluster.kubeconfig_for("reader-token", f"reader-{run.namespace}")
    run.kubectl("--kubeconfig", path, "get", "secretproviderclass", status=1)
    options = "--live", "--strict", f"--namespace={run.namespace}", f"--kubeconfig={path}"

    def works():
        return run.run("rollstamp", *options, stdin=WORKLOAD, status=None).status == 0

    run.eventually("the rights are known to the API server", works, limit=10)
    other = WORKLOAD.replace("secretProviderClass: vault", "secretProviderClass: foreign")
    refused = run.run("rollstamp", *options, stdin=other, status=1)
    run.contains(refused.stderr, "foreign", "message")
    run.contains(refused.stderr.lower(), "forbidden", "message")


@test("one that is nowhere is unresolved, and an error with --strict that names it")
def _(run):
    found = listed(run, "--live")
    run.equal(sorted(each["name"] for each in found["unresolved"]), ["made", "vault"], "unresolved")
    result = run.run("rollstamp", "--live", "--strict", f"--namespace={run.namespace}", stdin=WORKLOAD, status=1)
    run.contains(result.stderr, "SecretProviderClass vault", "message")
    allowed = "--unresolved-ok=secretproviderclass/vault", "--unresolved-ok=secret/made"
    run.run("rollstamp", "--live", "--strict", f"--namespace={run.namespace}", *allowed, stdin=WORKLOAD)


def chart(run, parameter, version):
    run.write("chart/Chart.yaml", f"apiVersion: v2\nname: chart\nversion: 0.{version}.0\n")
    run.write("chart/templates/class.yaml", provider_class(parameter, version))
    run.write("chart/templates/web.yaml", WORKLOAD)
    return run.directory / "chart"


@test("a changed parameter rolls the pods that mount it, once, and a label nobody", BOTH)
def _(run):
    run.upgrade("demo", chart(run, "shop", "1"), stamped=["--strict"])
    run.equal(list(run.stamps("deployment", "web")), [NAME], "stamps")
    run.equal(run.revision("web"), (1, 1), "revision")
    run.upgrade("demo", chart(run, "shop", "2"), stamped=["--strict"])
    run.equal(run.revision("web"), (1, 1), "revision after another label")
    run.upgrade("demo", chart(run, "other", "2"), stamped=["--strict"])
    run.equal(run.revision("web"), (2, 2), "revision after another parameter")
    run.upgrade("demo", chart(run, "other", "2"), stamped=["--strict"])
    run.equal(run.revision("web"), (2, 2), "revision without a change")


@test("with --inject=env the server takes the variable, and it rolls once", BOTH)
def _(run):
    run.upgrade("demo", chart(run, "shop", "1"), stamped=["--inject=env"])
    container = run.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]
    run.equal([each["name"] for each in container["env"]], ["ROLLSTAMP_SECRETPROVIDERCLASS_VAULT"], "env")
    run.upgrade("demo", chart(run, "other", "1"), stamped=["--inject=env"])
    run.equal(run.revision("web"), (2, 2), "revision")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__, users=rights.USERS, prepare=prepare))
