#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rollstamp why against real controllers: what it foretells of a pair of renders, and what the API server then has.

All pairs are applied at once, each as a workload of its own: OLD, then NEW. What counts is the active ReplicaSet of a
Deployment and the update revision of a StatefulSet or DaemonSet: a generation rises without a roll, and who returns to an
older template makes no new ReplicaSet.
"""

import json
import re
import sys

import harness
from harness import test

BASE = """\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
spec:
{replicas}  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}, annotations: {{note: x}}}}
    spec:
      containers:
      - name: app
        image: example.com/web:1
        args: [a, b]
        env: [{{name: A, value: '1'}}, {{name: B, value: '2'}}]
        ports: [{{containerPort: 80}}]
        readinessProbe: {{httpGet: {{port: 80}}}}
        resources: {{limits: {{cpu: 1, memory: 1Gi}}}}
        volumeMounts: [{{name: data, mountPath: /data}}]
      - name: side
        image: example.com/side:1
      imagePullSecrets: [{{name: one}}, {{name: two}}]
      tolerations: [{{key: a, operator: Exists}}, {{key: b, operator: Exists}}]
      volumes: [{{name: data, emptyDir: {{}}}}, {{name: conf, configMap: {{name: c}}}}, {{name: host, hostPath: {{path: /x}}}}]
"""
SPEC = "    spec:\n"
# What is replaced in BASE by what.
VARIATIONS = [
    # They differ as values.
    ("args: [a, b]", "args: [b, a]"),
    ("{name: A, value: '1'}, {name: B, value: '2'}", "{name: B, value: '2'}, {name: A, value: '1'}"),
    ("env: [", "env: [{name: C, value: x}, "),
    ("{key: a, operator: Exists}, {key: b, operator: Exists}", "{key: b, operator: Exists}, {key: a, operator: Exists}"),
    ("[{name: one}, {name: two}]", "[{name: two}, {name: one}]"),
    ("{name: data, emptyDir: {}}, {name: conf, configMap: {name: c}}", "{name: conf, configMap: {name: c}}, {name: data, emptyDir: {}}"),
    ("configMap: {name: c}", "configMap: {name: c, optional: false}"),
    (SPEC, SPEC + "      automountServiceAccountToken: true\n"),
    (SPEC, SPEC + "      enableServiceLinks: true\n"),
    (SPEC, SPEC + "      serviceAccountName: default\n"),
    (SPEC, SPEC + "      affinity: {}\n"),
    ("image: example.com/web:1", "image: example.com/web:1\n        securityContext: {}"),
    ("image: example.com/web:1", "image: example.com/web:1\n        lifecycle: {}"),
    ("limits: {cpu: 1, memory: 1Gi}", "limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1, memory: 1Gi}"),
    ("metadata: {labels: {app", "metadata: {name: other, labels: {app"),
    (", annotations: {note: x}", ", annotations: {}"),
    ("note: x", 'note: "x\\n"'),
    ("image: example.com/web:1", "image: example.com/web:2"),
    ("image: example.com/web:1", "image: example.com/web"),
    ("port: 80}}", "port: '80'}}"),
    ("{labels: {app", "{labels: {tier: front, app"),
    ("{httpGet: {port: 80}}", "{httpGet: {port: 80}, periodSeconds: 11}"),
    ("mountPath: /data", "mountPath: /data, readOnly: true"),
    ("      - name: side\n        image: example.com/side:1\n", ""),
    # They are the same.
    ("image: example.com/web:1\n        args: [a, b]", "args: [a, b]\n        image: example.com/web:1"),
    ("image: example.com/web:1", "image: example.com/web:1\n        command: null\n        envFrom: []"),
    ("image: example.com/web:1", "image: example.com/web:1\n        stdin: false\n        workingDir: ''"),
    ("image: example.com/web:1", "image: example.com/web:1\n        imagePullPolicy: IfNotPresent"),
    ("image: example.com/web:1", "image: example.com/web:1\n        terminationMessagePath: /dev/termination-log"),
    ("{containerPort: 80}", "{containerPort: 80, protocol: TCP}"),
    ("{containerPort: 80}", "{containerPort: 80.0, hostPort: 0}"),
    ("{httpGet: {port: 80}}", "{httpGet: {port: 80, path: /, scheme: HTTP}, periodSeconds: 10, timeoutSeconds: 1}"),
    ("cpu: 1,", "cpu: 1000m,"), ("cpu: 1,", "cpu: '1',"), ("memory: 1Gi", "memory: 1024Mi"),
    ("mountPath: /data", "mountPath: /data, readOnly: false, subPath: ''"),
    ("{name: data, emptyDir: {}}", "{name: data}"), ("{name: data, emptyDir: {}}", "{name: data, emptyDir: null}"),
    ("configMap: {name: c}", "configMap: {name: c, defaultMode: 0644}"),
    ("hostPath: {path: /x}", "hostPath: {path: /x, type: ''}"),
    ("metadata: {labels: {app", "metadata: {creationTimestamp: null, labels: {app"),
    (SPEC, SPEC + "      restartPolicy: Always\n      dnsPolicy: ClusterFirst\n      securityContext: {}\n"),
    (SPEC, SPEC + "      terminationGracePeriodSeconds: 30\n      nodeSelector: {}\n      schedulerName: default-scheduler\n"),
    (SPEC, SPEC + "      hostNetwork: false\n      serviceAccountName: ''\n      priorityClassName: ''\n"),
    ("resources: {limits", "resources: {requests: {}, limits"),
    ("  selector:", "  minReadySeconds: 1\n  revisionHistoryLimit: 5\n  selector:"),
    # It depends.
    ("memory: 1Gi", "memory: 1073741824"),
    ("note: x", "note: x, empty: null"),
    (SPEC, SPEC + "      shinyNewField: true\n"),
    ("{name: B, value: '2'}", "{name: A, value: '2'}"),
    # They are refused.
    ("value: '1'", "value: 1"), ("args: [a, b]", "args: [a, 8080]"), ("note: x", "note: true"),
    ("containerPort: 80", "containerPort: '80'"), ("selector: {matchLabels: {", "selector: {matchLabels: {tier: front, "),
]
KINDS = {"deploy": "Deployment", "sts": "StatefulSet", "ds": "DaemonSet"}


def pairs():
    """(name, kind, OLD, NEW)"""
    for short, kind in KINDS.items():
        replicas = "  replicas: 0\n" if short != "ds" else ""
        for number, (what, by) in enumerate(VARIATIONS):
            name = f"{short}-{number}"
            old = BASE.format(kind=kind, name=name, replicas=replicas)
            if what not in old:
                raise ValueError(f"{what} is not in the template")
            yield name, kind, old, old.replace(what, by, 1)


def together(texts):
    return "".join("---\n" + text for text in texts)


def revisions(run):
    """The active ReplicaSet, or the newest ControllerRevision, of each workload, when all are observed."""
    def observed():
        things = [thing for kind in KINDS.values() for thing in run.items(kind.lower(), "")]
        return all(thing["status"].get("observedGeneration") == thing["metadata"]["generation"] for thing in things)

    run.eventually("all workloads are observed", observed, 120)
    found = {}
    current = {thing["metadata"]["name"]: thing["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision")
               for thing in run.items("deployment", "")}
    for each in run.items("replicaset", ""):
        owner = each["metadata"]["ownerReferences"][0]["name"]
        if each["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == current[owner]:
            found[owner] = each["metadata"]["name"]
    newest = {}
    for each in run.items("controllerrevision", ""):
        owner = each["metadata"]["ownerReferences"][0]["name"]
        if each["revision"] > newest.get(owner, 0):
            newest[owner] = each["revision"]
            found[owner] = each["metadata"]["name"]
    return found


def foretold(run, old, new):
    told = run.run(run.rollstamp, "why", "-o", "json", run.write("old.yaml", old), run.write("new.yaml", new))
    return {item["name"]: item for item in json.loads(told.stdout)["workloads"]}


def compare(run, told, before, after, refused):
    wrong, counts = [], {}
    for name, item in told.items():
        verdict = item["verdict"]
        happened = "refused" if name in refused else "rolls" if before[name] != after[name] else "same"
        counts[verdict, happened] = counts.get((verdict, happened), 0) + 1
        if verdict not in (happened, "may roll"):
            wrong.append(f"{name} ({item['kind']}): foretold: {verdict}, happened: {happened}; {item['reasons'][:2]}; "
                         f"{VARIATIONS[int(name.split('-')[1])]}")
    for (verdict, happened), count in sorted(counts.items()):
        run.note(f"foretold: {verdict}, happened: {happened}: {count}")
    run.equal(wrong, [], "foretold otherwise than it happened")


def kubectl_round(run, *how):
    everything = list(pairs())
    told = foretold(run, together(each[2] for each in everything), together(each[3] for each in everything))
    run.equal(len(told), len(everything), "workloads")
    run.kubectl("apply", *how, "-f", run.write("old.yaml", together(each[2] for each in everything)), timeout=300)
    before = revisions(run)
    result = run.kubectl("apply", *how, "-f", run.write("new.yaml", together(each[3] for each in everything)), status=None, timeout=300)
    taken = set(re.findall(r"^\S+\.apps/(\S+) ", result.stdout, re.MULTILINE))
    refused = {each[0] for each in everything} - taken
    compare(run, told, before, revisions(run), refused)


@test("kubectl apply, client-side: what rolls is what was foretold")
def _(run):
    kubectl_round(run)


@test("kubectl apply --server-side: what rolls is what was foretold")
def _(run):
    kubectl_round(run, "--server-side", "--force-conflicts")


@test("helm upgrade: what rolls is what was foretold", (3, 4))
def _(run):
    everything = list(pairs())
    told = foretold(run, together(each[2] for each in everything), together(each[3] for each in everything))
    # Helm stops at the first one that is refused, so those must be foretold, and are left out; so is what one Helm refuses.
    kept = [each for each in everything if told[each[0]]["verdict"] != "refused" and not any(
        reason.get("note") in ("unknown-field", "duplicate") for reason in told[each[0]]["reasons"])]
    run.write("chart/Chart.yaml", "apiVersion: v2\nname: all\nversion: 1.0.0\n")
    run.write("chart/templates/all.yaml", together(each[2] for each in kept))
    run.run(run.program, "install", "all", "chart", "--namespace", run.namespace, timeout=300)
    before = revisions(run)
    run.write("chart/templates/all.yaml", together(each[3] for each in kept))
    run.run(run.program, "upgrade", "all", "chart", "--namespace", run.namespace, timeout=300)
    compare(run, {each[0]: told[each[0]] for each in kept}, before, revisions(run), set())


@test("the table of fields and defaults is that of Kubernetes' own types")
def _(run):
    program = run.setting.binary.parent / "tests" / "real" / "fields"
    run.check(program.exists(), f"no {program}: it is built with the tests")
    ours, theirs = (sorted(run.run(each).stdout.splitlines()) for each in (program, "fields-check"))
    run.check(len(theirs) > 500, f"only {len(theirs)} fields")
    run.equal(sorted(set(ours) - set(theirs)), [], "fields that Kubernetes has not so")
    run.equal(sorted(set(theirs) - set(ours)), [], "fields that are missing")


@test("random templates differ where Kubernetes' own defaults, conversion and comparison say so")
def _(run):
    run.note(run.run("fields-check", run.setting.binary.parent / "tests" / "real" / "fields", 50000).stdout)


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
