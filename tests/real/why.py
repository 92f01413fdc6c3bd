#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rollstamp why against real controllers: what it foretells of a pair of renders, and what the API server then has.

All pairs are applied at once, each as a workload of its own: OLD, then NEW. What counts is the active ReplicaSet of a
Deployment and the update revision of a StatefulSet or DaemonSet: a generation rises without a roll, and who returns to an
older template makes no new ReplicaSet. Whether pods restart that were held back is looked at in tests of their own.
"""

import dataclasses
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
{own}  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}, annotations: {{note: x, checksum/config: 0a1b}}}}
    spec:
      containers:
      - name: app
        image: example.com/web:1
        args: [a, b]
        env: [{{name: A, value: '1'}}, {{name: B, value: '2'}}, {{name: NODE, valueFrom: {{fieldRef: {{fieldPath: spec.nodeName}}}}}}]
        ports: [{{containerPort: 80}}, {{containerPort: 81}}]
        readinessProbe: {{httpGet: {{port: 80}}}}
        resources: {{limits: {{cpu: 1, memory: 1Gi, ephemeral-storage: 1G}}, requests: {{cpu: 500m}}}}
        volumeMounts: [{{name: data, mountPath: /data}}, {{name: host, mountPath: /host}}]
      - name: side
        image: example.com/side
      imagePullSecrets: [{{name: one}}, {{name: two}}]
      tolerations: [{{key: a, operator: Exists}}, {{key: b, operator: Exists}}]
      volumes: [{{name: data, emptyDir: {{}}}}, {{name: conf, configMap: {{name: c}}}}, {{name: host, hostPath: {{path: /x}}}}, \
{{name: token, projected: {{sources: [{{serviceAccountToken: {{path: t}}}}]}}}}]
"""
IMAGE = "image: example.com/web:1"
SPEC = "    spec:\n"
SIDE = "      - name: side\n        image: example.com/side\n"
PORTS = "ports: [{containerPort: 80}, {containerPort: 81}]"


def beside(text):
    return IMAGE, f"{IMAGE}\n        {text}"


def in_pod(text):
    return SPEC, f"{SPEC}      {text}\n"


# What was measured of templates, line by line: what is replaced in BASE by what, tried with each kind.
TABLE = [
    # Rolls, every way: another order, ...
    ("{name: A, value: '1'}, {name: B, value: '2'}", "{name: B, value: '2'}, {name: A, value: '1'}"),
    ("      - name: app", SIDE + "      - name: app"),  # and the second one goes, below
    ("{name: data, emptyDir: {}}, {name: conf, configMap: {name: c}}", "{name: conf, configMap: {name: c}}, {name: data, emptyDir: {}}"),
    ("{name: data, mountPath: /data}, {name: host, mountPath: /host}", "{name: host, mountPath: /host}, {name: data, mountPath: /data}"),
    (PORTS, "ports: [{containerPort: 81}, {containerPort: 80}]"),
    ("{key: a, operator: Exists}, {key: b, operator: Exists}", "{key: b, operator: Exists}, {key: a, operator: Exists}"),
    ("[{name: one}, {name: two}]", "[{name: two}, {name: one}]"),
    ("args: [a, b]", "args: [b, a]"),
    # ... an entry inserted first, ...
    ("env: [", "env: [{name: C, value: x}, "),
    # ... what a pod has and a template has not, ...
    ("configMap: {name: c}", "configMap: {name: c, optional: false}"),
    in_pod("automountServiceAccountToken: true"), in_pod("enableServiceLinks: true"), in_pod("serviceAccountName: default"),
    beside("securityContext: {}"), in_pod("affinity: {}"), beside("lifecycle: {}"),
    ("requests: {cpu: 500m}", "requests: {cpu: 500m, memory: 1Gi}"),
    # ... the template's own metadata, ...
    ("metadata: {labels: {app", "metadata: {name: other, labels: {app"), ("metadata: {labels: {app", "metadata: {namespace: NAMESPACE, labels: {app"),
    ("{labels: {app", "{labels: {tier: front, app"), (", annotations: {note: x, checksum/config: 0a1b}", ", annotations: {}"),
    # ... and texts.
    ("note: x", 'note: "x\\n"'), (IMAGE, "image: docker.io/example.com/web:1"),
    # Does not roll, any way: order of keys, null and [] for absent, {} ...
    (IMAGE + "\n        args: [a, b]", "args: [a, b]\n        " + IMAGE), beside("command: null\n        envFrom: []"),
    (SIDE, SIDE + "        resources: {}\n"), (SIDE, SIDE + "        resources: {limits: {}}\n"), in_pod("nodeSelector: {}"),
    in_pod("securityContext: {}"),
    ("{name: data, emptyDir: {}}", "{name: data}"), ("{name: data, emptyDir: {}}", "{name: data, emptyDir: null}"),
    # ... "" and false ...
    ("env: [{name: A, value: '1'}", "env: [{name: A, value: '1', valueFrom: null}"), in_pod("serviceAccountName: ''"),
    in_pod("priorityClassName: ''"), ("hostPath: {path: /x}", "hostPath: {path: /x, type: ''}"),
    ("mountPath: /data", "mountPath: /data, readOnly: false, subPath: ''"), in_pod("hostNetwork: false"), beside("stdin: false\n        workingDir: ''"),
    # ... defaults written out ...
    ("{containerPort: 80}", "{containerPort: 80, protocol: TCP}"), beside("imagePullPolicy: IfNotPresent"), (SIDE, SIDE + "        imagePullPolicy: Always\n"),
    beside("terminationMessagePath: /dev/termination-log\n        terminationMessagePolicy: File"),
    in_pod("dnsPolicy: ClusterFirst"), in_pod("restartPolicy: Always"), in_pod("schedulerName: default-scheduler"),
    in_pod("terminationGracePeriodSeconds: 30"),
    ("{httpGet: {port: 80}}", "{httpGet: {port: 80, path: /, scheme: HTTP}, periodSeconds: 10, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3}"),
    ("configMap: {name: c}", "configMap: {name: c, defaultMode: 420}"), ("{fieldRef: {fieldPath", "{fieldRef: {apiVersion: v1, fieldPath"),
    ("serviceAccountToken: {path: t}", "serviceAccountToken: {path: t, expirationSeconds: 3600}"),
    # ... amounts and numbers of one value.
    ("cpu: 1,", "cpu: 1000m,"), ("cpu: 1,", "cpu: '1',"), ("cpu: 500m", "cpu: 0.5"), ("memory: 1Gi", "memory: 1024Mi"),
    ("storage: 1G", "storage: 1000M"), ("configMap: {name: c}", "configMap: {name: c, defaultMode: 0644}"), ("{containerPort: 80}", "{containerPort: 80.0}"),
    ("metadata: {labels: {app", "metadata: {creationTimestamp: null, labels: {app"),
    # It depends.
    ("memory: 1Gi", "memory: 1073741824"), ("note: x", "note: x, empty: null"), in_pod("shinyNewField: true"),
    # They are refused.
    ("value: '1'", "value: 1"), ("args: [a, b]", "args: [a, 8080]"), ("args: [a, b]", "args: [a, true]"), ("note: x", "note: true"),
    ("containerPort: 80", "containerPort: '80'"), ("{name: B, value: '2'}", "{name: A, value: '2'}"),
    ("selector: {matchLabels: {", "selector: {matchLabels: {tier: front, "), ("metadata:\n", "metadata:\n  labels: {version: 1.0}\n"),
    ("metadata:\n", "metadata:\n  annotations: {note: true}\n"),
    # The workload's own.
    ("  selector:", "  minReadySeconds: 1\n  revisionHistoryLimit: 5\n  selector:"), ("metadata:\n", "metadata:\n  labels: {team: a}\n  annotations: {note: other}\n"),
]
# More of the same reasons, each tried with one kind.
MORE = [
    (IMAGE, "image: example.com/web:2"), (IMAGE, "image: example.com/web"), (IMAGE, "image: example.com/web:latest"),
    (IMAGE, IMAGE + "@sha256:" + 64 * "0"), ("checksum/config: 0a1b", "checksum/config: 0a1c"), (", checksum/config: 0a1b", ""),
    ("note: x", "note: x, helm.sh/chart: shop-2"), ("port: 80}}", "port: 81}}"), ("port: 80}}", "port: http}}"),
    ("{httpGet: {port: 80}}", "{httpGet: {port: 80}, periodSeconds: 11}"), ("{httpGet: {port: 80}}", "{tcpSocket: {port: 80}}"),
    ("{httpGet: {port: 80}}", "{grpc: {port: 80}}"), ("{httpGet: {port: 80}}", "{httpGet: {port: 80}, initialDelaySeconds: 0}"),
    ("{httpGet: {port: 80}}", "{httpGet: {port: 80}, timeoutSeconds: 1}"),
    ("mountPath: /data", "mountPath: /data, readOnly: true"), ("mountPath: /data", "mountPath: /data, mountPropagation: None"),
    ("mountPath: /data", "mountPath: /data, recursiveReadOnly: null"), (SIDE, ""), (", {name: two}]", "]"),
    beside("securityContext: {privileged: false}"), beside("securityContext: {runAsUser: 0}"), in_pod("securityContext: {fsGroup: 0}"),
    in_pod("securityContext: {supplementalGroups: []}"), in_pod("shareProcessNamespace: false"), in_pod("hostUsers: true"),
    in_pod("terminationGracePeriodSeconds: 0"), in_pod("topologySpreadConstraints: []"), in_pod("dnsConfig: {}"), in_pod("dnsConfig: null"),
    in_pod("hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]"), in_pod("preemptionPolicy: PreemptLowerPriority"), in_pod("os: {name: linux}"),
    in_pod("affinity: {nodeAffinity: {}}"), in_pod("serviceAccountName: web\n      serviceAccount: web"), in_pod("serviceAccount: web"),
    in_pod("initContainers: []"), in_pod("initContainers: [{name: init, image: 'example.com/init:1'}]"), in_pod("readinessGates: null"),
    ("key: a, operator: Exists", "key: a, operator: Exists, tolerationSeconds: 0, effect: NoExecute"), ("emptyDir: {}", "emptyDir: {medium: ''}"),
    ("emptyDir: {}", "emptyDir: {medium: Memory}"), ("emptyDir: {}", "emptyDir: {sizeLimit: 0}"), ("emptyDir: {}", "emptyDir: {sizeLimit: null}"),
    ("hostPath: {path: /x}", "hostPath: {path: /x, type: Directory}"), ("configMap: {name: c}", "configMap: {name: c, defaultMode: 0600}"),
    ("configMap: {name: c}", "configMap: {name: c, items: []}"), ("configMap: {name: c}", "secret: {secretName: c}"),
    ("{fieldPath: spec.nodeName}", "{fieldPath: status.hostIP}"), ("cpu: 500m", "cpu: 0.5000001"), ("cpu: 500m", "cpu: 5e-1"), ("cpu: 500m", "cpu: 501m"),
]
# What no two kinds have in common. Left out is what depends on the fields that the API server has filled in before: OnDelete in
# a StatefulSet whose OLD names no rollingUpdate is refused, and so is Recreate in a Deployment by server-side apply and Helm 4.
# What stands in the workload's own spec before and after, and whether its template changes, too.
OWN = {
    "Deployment": [
        ("", "  replicas: 1\n", False), ("", "  paused: true\n", False), ("", "  paused: true\n", True), ("  paused: true\n", "  paused: true\n", True),
        ("  paused: true\n", "  paused: false\n", False), ("  paused: true\n", "", True), ("", "  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}\n", False), ("", "  progressDeadlineSeconds: 60\n", False),
    ],
    "StatefulSet": [
        ("", "  replicas: 1\n", False), ("  serviceName: a\n", "  serviceName: b\n", False), ("  serviceName: a\n", "", False),
        ("", "  podManagementPolicy: OrderedReady\n", False), ("", "  podManagementPolicy: Parallel\n", False),
        ("  updateStrategy: {rollingUpdate: {partition: 0}}\n", "  updateStrategy: {type: OnDelete}\n", True),
        ("  updateStrategy: {rollingUpdate: {partition: 0}}\n", "  updateStrategy: {type: OnDelete}\n", False),
        ("  updateStrategy: {type: OnDelete}\n", "  updateStrategy: {type: RollingUpdate}\n", False), ("  updateStrategy: {type: OnDelete}\n", "", True),
        ("", "  updateStrategy: {rollingUpdate: {partition: 2}}\n", True),
        ("  updateStrategy: {rollingUpdate: {partition: 2}}\n", "  updateStrategy: {rollingUpdate: {partition: 1}}\n", False),
        ("  updateStrategy: {rollingUpdate: {partition: 1}}\n", "  updateStrategy: {rollingUpdate: {partition: 2}}\n", False),
    ],
    "DaemonSet": [
        ("", "  updateStrategy: {type: OnDelete}\n", True), ("", "  updateStrategy: {type: OnDelete}\n", False),
        ("  updateStrategy: {type: OnDelete}\n", "  updateStrategy: {type: RollingUpdate}\n", False), ("  updateStrategy: {type: OnDelete}\n", "", True),
        ("", "  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}\n", False),
    ],
}
CLAIM = "  volumeClaimTemplates: [{{metadata: {{name: d{0}}}, spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: {1}}}}}{2}}}}}]\n"
CLAIMS = [
    (("", "1Gi", ""), ("", "2Gi", "")), (("", "1Gi", ""), (", labels: {a: b}", "1Gi", "")), (("", "1Gi", ""), ("", "1024Mi", ", volumeMode: Filesystem")),
    (("", "1Gi", ""), ("", "1Gi", ", storageClassName: fast")),
]
OWN["StatefulSet"] += [(CLAIM.format(*old), CLAIM.format(*new), False) for old, new in CLAIMS]

# A ConfigMap and a Secret with what consumes of them what it says.
CONSUMER = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}}}
data: {{a: one, b: two}}
---
apiVersion: v1
kind: Secret
metadata: {{name: {name}}}
stringData: {{k: one}}
---
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
spec:
{own}  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
      - name: app
        image: example.com/web:1
        env: [{{name: A, valueFrom: {{configMapKeyRef: {{name: {name}, key: a}}}}}}]
        envFrom: [{{secretRef: {{name: {name}}}}}]
"""
CONTENTS = [
    ("a: one", "a: other"), ("b: two", "b: other"), ("b: two", "b: two, c: three"), ("k: one", "k: other"), ("k: one", "k: one, l: two"),
    ("data: {a", "metadata: {name: N, labels: {x: other}}\ndata: {a"), ("web:1", "web:2"), ("", ""),
]
# Which sides are stamped when they are compared. Where none is, both are applied as rollstamp prints them.
SIDES = {"none": CONTENTS, "both": CONTENTS, "variables": CONTENTS[:2] + CONTENTS[-1:], "new": CONTENTS[-1:], "old": CONTENTS[-1:]}
KINDS = {"deploy": "Deployment", "sts": "StatefulSet", "ds": "DaemonSet"}


@dataclasses.dataclass
class Pair:
    name: str
    kind: str
    old: str
    new: str
    what: object  # for messages


def replace(text, what, by):
    if what not in text:
        raise ValueError(f"{what} is not in the template")
    return text.replace(what, by, 1)


def none_of(kind):
    """No pods, where that can be."""
    return "" if kind == "DaemonSet" else "  replicas: 0\n"


def template_pairs(namespace):
    tried = [(short, number, change) for short in KINDS for number, change in enumerate(TABLE)]
    tried += [(list(KINDS)[number % 3], f"more-{number}", change) for number, change in enumerate(MORE)]
    for short, number, change in tried:
        name, kind = f"{short}-{number}", KINDS[short]
        old = BASE.format(kind=kind, name=name, own=none_of(kind))
        new = replace(old, *change).replace("NAMESPACE", namespace)
        if change[1].endswith("- name: app"):  # the order of containers
            new = new.replace(SIDE + "      imagePull", "      imagePull")
        yield Pair(name, kind, old, new, change)


def own_pairs(namespace):
    for short, kind in KINDS.items():
        for number, (before, after, is_changed) in enumerate(OWN[kind]):
            name = f"{short}-own-{number}"
            own = "" if "replicas" in after else none_of(kind)
            old, new = (BASE.format(kind=kind, name=name, own=own + each) for each in (before, after))
            yield Pair(name, kind, old, replace(new, "web:1", "web:2") if is_changed else new, (before, after, is_changed))
        # The namespace that they are in anyhow, written out.
        for number, change in enumerate([("", ""), ("web:1", "web:2")]):
            name = f"{short}-namespace-{number}"
            old = BASE.format(kind=kind, name=name, own=none_of(kind))
            new = replace(replace(old, f"  name: {name}\n", f"  name: {name}\n  namespace: {namespace}\n"), *change)
            yield Pair(name, kind, old, new, ("namespace", change))


def consumer_pairs(sides):
    for number, change in enumerate(SIDES[sides]):
        # All kinds where it is cheap: one for each change, and Deployments for all.
        for short in {"deploy", list(KINDS)[number % 3]}:
            name, kind = f"{short}-{sides}-{number}", KINDS[short]
            old = CONSUMER.format(kind=kind, name=name, own=none_of(kind))
            new = old
            if change[1].startswith("metadata"):
                new = new.replace(f"metadata: {{name: {name}}}\ndata", "data", 1)
            yield Pair(name, kind, old, replace(new, *change).replace("name: N,", f"name: {name},"), (sides, change))


def together(texts):
    return "".join("---\n" + text for text in texts)


class Round:
    """All pairs, what is foretold of them, and what is applied."""

    def __init__(self, run):
        self.run, self.told, self.pairs = run, {}, {}
        self.plain = list(template_pairs(run.namespace)) + list(own_pairs(run.namespace))
        self.stamped = {"old": "", "new": ""}
        # All of them move to another file.
        half = len(self.plain) // 2
        self.write("plain-old", [self.plain[:half], self.plain[half:]], "old")
        self.write("plain-new", [self.plain[half + 7:], self.plain[:half + 7]], "new")
        self.foretell("plain-old", "plain-new", self.plain)
        for sides in SIDES:
            self.add_consumers(sides)

    def write(self, directory, files, side):
        for number, pairs in enumerate(files):
            self.run.write(f"{directory}/{number}.yaml", together(getattr(each, side) for each in pairs))

    def foretell(self, old, new, pairs):
        # Into a file, since all of it would stand below a test that fails.
        self.run.shell(f"rollstamp why -o json {old} {new} >told.json", timeout=300)
        told = json.loads((self.run.directory / "told.json").read_text())["workloads"]
        self.run.equal(sorted(item["name"] for item in told), sorted(each.name for each in pairs), "workloads")
        self.told.update({item["name"]: item for item in told})
        self.pairs.update({each.name: each for each in pairs})

    def add_consumers(self, sides):
        pairs = list(consumer_pairs(sides))
        options = "--inject=env" if sides == "variables" else ""
        compared = []
        for side in ("old", "new"):
            plain, done = f"{sides}-{side}.yaml", f"{sides}-{side}-stamped.yaml"
            self.write(f"{sides}-{side}", [pairs], side)
            self.run.shell(f"cp {sides}-{side}/0.yaml {plain}; rollstamp --strict {options} <{plain} >{done}")
            is_stamped = sides in ("both", "variables", side)
            compared.append(done if is_stamped else plain)
            # Whoever compares what is not stamped will apply what is.
            self.stamped[side] += "---\n" + (self.run.directory / (done if is_stamped or sides == "none" else plain)).read_text()
        self.foretell(*compared, pairs)

    def text(self, side, left_out=()):
        return together(getattr(each, side) for each in self.plain if each.name not in left_out) + self.stamped[side]

    def compare(self, before, after, refused=(), left_out=()):
        wrong, counts = [], {}
        for name, item in self.told.items():
            if name in left_out:
                continue
            verdict = item["verdict"]
            happened = "refused" if name in refused else "rolls" if before[name] != after[name] else "same"
            # A paused Deployment makes its ReplicaSet later.
            if verdict == "rolls" and item.get("heldBack") == "paused" and happened == "same":
                verdict = happened = "held back"
            counts[verdict, happened] = counts.get((verdict, happened), 0) + 1
            if verdict not in (happened, "may roll"):
                wrong.append(f"{name} ({item['kind']}): foretold: {verdict}, happened: {happened}; {item['reasons'][:2]}; {self.pairs[name].what}")
        for (verdict, happened), count in sorted(counts.items()):
            self.run.note(f"foretold: {verdict}, happened: {happened}: {count}")
        self.run.equal(wrong, [], "foretold otherwise than it happened")


def revisions(run):
    """The active ReplicaSet, or the newest ControllerRevision, of each workload, when all are observed."""
    def observed():
        things = [thing for kind in KINDS.values() for thing in run.items(kind.lower(), "")]
        return all(thing["status"].get("observedGeneration") == thing["metadata"]["generation"] for thing in things)

    run.eventually("all workloads are observed", observed, 240)
    found = {}
    current = {thing["metadata"]["name"]: thing["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision")
               for thing in run.items("deployment", "")}
    found.update(dict.fromkeys(current, "none"))  # paused from the beginning
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


def kubectl_round(run, *how):
    everything = Round(run)
    run.kubectl("apply", *how, "-f", run.write("old.yaml", everything.text("old")), timeout=400)
    before = revisions(run)
    result = run.kubectl("apply", *how, "-f", run.write("new.yaml", everything.text("new")), status=None, timeout=400)
    taken = set(re.findall(r"^\S+\.apps/(\S+) ", result.stdout, re.MULTILINE))
    everything.compare(before, revisions(run), set(everything.pairs) - taken)


@test("kubectl apply, client-side: what rolls is what was foretold")
def _(run):
    kubectl_round(run)


@test("kubectl apply --server-side: what rolls is what was foretold")
def _(run):
    kubectl_round(run, "--server-side", "--force-conflicts")


@test("helm upgrade: what rolls is what was foretold", (3, 4))
def _(run):
    everything = Round(run)
    # Helm stops at the first one that is refused, so those must be foretold, and are left out; so is what one Helm refuses.
    left_out = {name for name, item in everything.told.items() if item["verdict"] == "refused" or any(
        reason.get("note") in ("unknown-field", "duplicate") for reason in item["reasons"])}
    run.write("chart/Chart.yaml", "apiVersion: v2\nname: all\nversion: 1.0.0\n")
    run.write("chart/templates/all.yaml", everything.text("old", left_out))
    run.run(run.program, "install", "all", "chart", "--namespace", run.namespace, timeout=400)
    before = revisions(run)
    run.write("chart/templates/all.yaml", everything.text("new", left_out))
    run.run(run.program, "upgrade", "all", "chart", "--namespace", run.namespace, timeout=400)
    everything.compare(before, revisions(run), left_out=left_out)


@test("the table of fields and defaults is that of Kubernetes' own types")
def _(run):
    program = run.setting.build / "tests" / "real" / "fields"
    run.check(program.exists(), f"no {program}: it is built with the tests")
    ours, theirs = (sorted(run.run(each).stdout.splitlines()) for each in (program, "fields-check"))
    run.check(len(theirs) > 500, f"only {len(theirs)} fields")
    run.equal(sorted(set(ours) - set(theirs)), [], "fields that Kubernetes has not so")
    run.equal(sorted(set(theirs) - set(ours)), [], "fields that are missing")


@test("random templates differ where Kubernetes' own defaults, conversion and comparison say so")
def _(run):
    run.note(run.run("fields-check", run.setting.build / "tests" / "real" / "fields", 10000, timeout=300).stdout)


# Pods.


def pods(run):
    """The uids of all pods that are not being deleted, by the workload's label."""
    found = {}
    for each in run.items("pod"):
        if "deletionTimestamp" not in each["metadata"]:
            found.setdefault(each["metadata"]["labels"]["app"], set()).add(each["metadata"]["uid"])
    return found


RELEASED = [
    ("Deployment", "  replicas: 1\n  paused: true\n", "  replicas: 1\n"),
    ("StatefulSet", "  replicas: 1\n  updateStrategy: {type: OnDelete}\n", "  replicas: 1\n"),
    ("StatefulSet", "  replicas: 2\n  updateStrategy: {rollingUpdate: {partition: 2}}\n",
     "  replicas: 2\n  updateStrategy: {rollingUpdate: {partition: 1}}\n"),
    ("DaemonSet", "  updateStrategy: {type: OnDelete}\n", ""),
]


@test("pods that were held back restart when nothing holds them any more, and may do so is foretold")
def _(run):
    def texts(what, image):
        return together(replace(CONSUMER.format(kind=each[0], name=f"held-{number}", own=each[what]), "web:1", image)
                        for number, each in enumerate(RELEASED))

    def free(text):
        return text.replace("  paused: true\n", "").replace("OnDelete", "RollingUpdate")

    names = [f"held-{number}" for number in range(len(RELEASED))]
    run.kubectl("apply", "-f", run.write("first.yaml", free(texts(1, "web:1"))))
    counts = {"held-0": 1, "held-1": 1, "held-2": 2, "held-3": 1}
    run.eventually("all pods are there", lambda: {name: len(found) for name, found in pods(run).items()} == counts, 120)
    first = pods(run)
    old = run.write("old.yaml", texts(1, "web:2"))
    told = run.run(run.rollstamp, "why", "-o", "json", run.write("held.yaml", texts(1, "web:1")), old).json["workloads"]
    run.equal([item["verdict"] for item in told], 4 * ["rolls"], "foretold of another image")
    run.equal([item.get("heldBack") for item in told], ["paused", "OnDelete", "partition 2", "OnDelete"], "foretold of what holds back")
    run.kubectl("apply", "-f", old)
    revisions(run)
    run.equal(pods(run), first, "pods that are held back")
    new = run.write("new.yaml", texts(2, "web:2"))
    told = run.run(run.rollstamp, "why", "-o", "json", old, new).json["workloads"]
    run.equal([item["verdict"] for item in told], 4 * ["may roll"], "foretold of what is let go")
    run.kubectl("apply", "-f", new)

    def restarted():
        now = pods(run)
        return all(len(now.get(name, ())) == counts[name] and now[name] != first[name] for name in names)

    run.eventually("all pods have restarted", restarted, 120)
    run.equal(len(pods(run)["held-2"] & first["held-2"]), 1, "pods below the partition")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
