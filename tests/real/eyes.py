#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What rollstamp prints, in the eyes of Kubernetes: for every golden case and every file of the corpus.

kubectl's and Helm 4's YAML readers see the input with stamps added and nothing else (go/yaml-check), and the API server
accepts every stamped template that it accepts without the stamp, strictly validated as kubectl has it done. And $(VAR) is
expanded as Kubernetes does it.

Left out are golden cases that fail, sub-commands, cases that read files besides stdin, --git=pin, which writes more than
stamps, --drop-checksums, which takes entries out, and what kubectl itself reads now so and now so.
"""

import json
import os
import re
import subprocess
import sys

import yaml

import harness
from harness import Skip, test
from lib import cases
from lib.program import HELM_FAILURE

ACCEPTED_AT_LEAST = 250  # stamped templates of the golden cases that the API server takes: fewer would prove little
# Of two keys that become one in JSON, kubectl keeps either: the order of a map in Go is random.
UNDECIDED = {"keys-that-become-one-in-an-ignored-configmap-pass"}
CAUSE = "kubernetes.io/change-cause"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RESOURCES = {
    "Deployment": "deployments",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
}


def golden_pairs():
    """(name, input, output) as bytes, from the files of the cases; that they are what the program prints, the suite
    `golden` shows."""
    for case in cases.golden():
        options = "\n".join(case.args) + (case.file("rollstamp.yaml") or b"").decode()
        if "--krm" in case.args:
            options += (case.input or b"").decode(errors="replace")  # the functionConfig has options, too
        plain = (all(each.startswith("-") for each in case.args if each) and "--git=pin" not in case.args and
                 "drop-checksums" not in options and case.title not in UNDECIDED)
        output = case.file("expected.yaml") or b""
        # The Helm 4 plugin fails with status 0 and a line that Helm refuses.
        failed = case.status != 0 or output.startswith(HELM_FAILURE)
        if plain and case.input and output and not failed:
            yield case.name, case.input, output


def corpus_pairs(run, *options):
    corpus = cases.corpus_directory()
    if not corpus:
        raise Skip(f"no corpus: {cases.NO_CORPUS}")
    args = ["--git=off", *options]
    run.note(f"$ for each file of {corpus}: rollstamp {' '.join(args)} < FILE")
    refused = 0
    for path in sorted(corpus.rglob("*.yaml")):
        text = path.read_bytes()
        done = subprocess.run([run.rollstamp, *args], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            refused += 1
        else:
            yield str(path.relative_to(corpus)), text, done.stdout
    run.note(f"{refused} files that rollstamp refuses")


def compare(run, pairs):
    """Hands the pairs to yaml-check."""
    lines = []
    for number, (name, text, output) in enumerate(pairs):
        paths = [run.directory / f"{number}.in", run.directory / f"{number}.out"]
        paths[0].write_bytes(text)
        paths[1].write_bytes(output)
        lines.append("\t".join([name, *map(str, paths)]))
    answers = run.run("yaml-check", stdin="\n".join(lines) + "\n").stdout.splitlines()
    run.equal(len(answers), len(lines), "answers")
    different = [each for each in answers if each.startswith("differs")]
    run.check(not different, "\n".join(different))
    same = sum(each.startswith("same") for each in answers)
    run.note(f"{same} the same beside stamps, {len(answers) - same} that neither reader takes")
    run.check(same > len(answers) * 0.8, f"only {same} of {len(answers)} were compared")


@test("golden cases: kubectl and Helm 4 read the input with stamps added and nothing else")
def _(run):
    compare(run, golden_pairs())


def cause(text):
    """The Deployment's name, and its own change-cause."""
    return f"  name: a\n  annotations:\n    {CAUSE}: '{text}'\n"


@test("corpus: kubectl and Helm 4 read the input with stamps added and nothing else")
def _(run):
    compare(run, corpus_pairs(run))


@test("corpus: kubectl and Helm 4 read the input with stamps and change-causes added and nothing else")
def _(run):
    compare(run, corpus_pairs(run, "--change-cause"))


@test("yaml-check finds a changed value, a lost stamp and a stamp in the wrong place")
def _(run):
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: a
spec:
  template:
    metadata:
      annotations:
        secret.rollstamp.io/s: "1"
    spec:
      containers:
      - name: c
        args: [x]
"""
    good = text.replace("        secret", '        configmap.rollstamp.io/c: "0"\n        secret')
    wrong = {
        "a value": text.replace("[x]", "[y]"),
        "a type": text.replace("[x]", "[1]"),
        "a lost stamp": text.replace('        secret.rollstamp.io/s: "1"\n', "        other: x\n"),
        "the wrong place": text.replace("  name: a\n", "  name: a\n  annotations:\n    configmap.rollstamp.io/c: x\n", 1),
        "one more document": text + "---\na: b\n",
        "a duplicate": text + "kind: Deployment\n",
        "another's change-cause": text.replace("  name: a\n", cause("kubectl"), 1),
        "a change-cause in the template": text.replace("        secret", f"        {CAUSE}: 'rollstamp: x'\n        secret"),
        "a change-cause of another kind": text.replace("  name: a\n", cause("rollstamp: x"), 1).replace("Deployment", "ReplicaSet"),
    }
    caused = good.replace("  name: a\n", cause("rollstamp: configmap/c 0"), 1)
    lines = []
    for name, output in {"good": good, "caused": caused, **wrong}.items():
        lines.append(f"{name}\t{run.write('in', text)}\t{run.write(name.replace(' ', '-'), output)}\n")
    answers = run.run("yaml-check", stdin="".join(lines)).stdout.splitlines()
    run.equal([each.split(":")[0] for each in answers], ["same good", "same caused"] + [f"differs {name}" for name in wrong],
              "answers")


# The API server.


def documents(text):
    """As kubectl cuts them."""
    return re.split(rb"(?:^|\n)---[^\n]*(?:\n|$)", text)


def head(document):
    """apiVersion, kind and namespace of a block mapping, from its text; (None, None, None) if it isn't one."""
    found = []
    for pattern in rb"^apiVersion: *[\"']?([\w./-]+)", rb"^kind: *[\"']?(\w+)", rb"^  namespace: *[\"']?([\w-]+)":
        match = re.search(pattern, document, re.M)
        found.append(match[1].decode() if match else None)
    return found


def post(run, document, resource, namespace):
    """Creates the object, dry: (accepted, what the server says)."""
    path = f"/apis/apps/v1/namespaces/{namespace}/{resource}?dryRun=All&fieldValidation=Strict"
    status, answer = run.cluster.request("POST", path, document)
    return status == 201, answer.decode(errors="replace")


def expanded_size(node, known):
    """How many nodes there are with every alias written out."""
    if id(node) not in known:
        children = []
        if isinstance(node, yaml.MappingNode):
            children = [each for pair in node.value for each in pair]
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
        known[id(node)] = 1 + sum(expanded_size(each, known) for each in children)
    return known[id(node)]


def completed(document):
    """As JSON, with what the API server requires and the golden cases leave out: they are as short as can be."""
    if expanded_size(yaml.compose(document, Loader), {}) > 10000:
        raise yaml.YAMLError("its aliases would fill the memory")
    workload = yaml.load(document, Loader)
    for key in "metadata", "spec":
        workload[key] = workload.get(key) or {}
    spec = workload["spec"]
    workload["metadata"].setdefault("name", "a")
    template = spec["template"]
    template["metadata"] = template.get("metadata") or {}
    labels = template["metadata"].get("labels") or {"app": "a"}
    template["metadata"]["labels"] = labels
    spec["selector"] = {"matchLabels": labels}
    for kind in "containers", "initContainers":
        for number, container in enumerate(template["spec"].get(kind) or []):
            container.setdefault("name", f"{kind.lower()}-{number}")
            container.setdefault("image", "example.com/app:1")
    return json.dumps(workload, default=str).encode()


def accepted(run, pairs):
    """Posts what differs, also completed if it is refused as it is: how many are accepted both times. None may be
    accepted without the stamp alone."""
    run.note("$ kubectl create --dry-run=server --validate=strict, for each document with a stamp, and for it without")
    both, lost, refused = 0, [], 0
    for name, text, output in pairs:
        before, after = documents(text), documents(output)
        if len(before) != len(after):
            lost.append(f"{name}: {len(before)} documents became {len(after)}")
            continue
        for number, (plain, stamped) in enumerate(zip(before, after)):
            version, kind, namespace = head(plain)
            if plain == stamped or version != "apps/v1" or kind not in RESOURCES:
                continue
            namespace = namespace or run.namespace
            run.namespace_exists(namespace)
            if not post(run, plain, RESOURCES[kind], namespace)[0]:
                try:
                    plain, stamped = completed(plain), completed(stamped)
                except (yaml.YAMLError, AttributeError, KeyError, TypeError):
                    refused += 1
                    continue
                is_accepted, answer = post(run, plain, RESOURCES[kind], namespace)
                if not is_accepted:
                    refused += 1
                    run.note(f"{name}, document {number}: {answer}")
                    continue
            is_accepted, answer = post(run, stamped, RESOURCES[kind], namespace)
            if is_accepted:
                both += 1
            else:
                lost.append(f"{name}, document {number}: {answer}")
    run.note(f"{both} accepted with the stamp and without, {refused} refused without it")
    run.check(not lost, "\n".join(lost))
    return both


@test("golden cases: the API server accepts every stamped template that it accepts without the stamp")
def _(run):
    both = accepted(run, golden_pairs())
    run.check(both >= ACCEPTED_AT_LEAST, f"only {both} were accepted")


@test("corpus: the API server accepts every stamped template that it accepts without the stamp")
def _(run):
    run.check(accepted(run, corpus_pairs(run)) > 0, "none was accepted")


# Expansion.


@test("$(VAR) is expanded as Kubernetes expands it")
def _(run):
    driver = run.setting.build / "tests" / "real" / "expand"
    run.check(driver.exists(), f"no {driver}: it is built with the tests")
    run.note(run.run("expansion-check", driver).stdout)


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
