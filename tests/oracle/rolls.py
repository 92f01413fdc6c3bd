#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The independent check of `rollstamp why`: which workloads roll, by another implementation.

    rolls.py --binary PATH --golden DIR      the golden cases of `why` that compare two renders
    rolls.py --binary PATH --random N        random streams, and the same with some lines changed

Two templates are compared as PyYAML's trees say, in two ways. Where they are equal although only nulls and empty lists are
taken for nothing, nothing may roll. Where they differ although everything is taken for nothing that could be a default or
an absent field, in whatever field, something has to. Between the two lies what only the types of Kubernetes decide, and
nothing is said. Where no side has stamps, those that are due (as the oracle computes them) are compared as well.

Output is TAP version 13.
"""

import argparse
import json
import pathlib
import random
import re
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import generate
import inputs
import kubeyaml
import options as option_module
import stamps
from lib import cases, tap
from lib.program import Program, shown
from lib.tap import NothingToSay
from oracle import Analysis

KINDS = ("Deployment", "StatefulSet", "DaemonSet")
# What the controllers do without a roll.
HARMLESS = {"replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}
# Values that the API server writes where there are none, whatever field that is.
DEFAULTS = {
    "TCP", "Always", "IfNotPresent", "ClusterFirst", "default-scheduler", "File", "/dev/termination-log", "HTTP", "/", "v1",
    "DirectoryOrCreate", "Filesystem", "RollingUpdate", "OrderedReady", 420, 3600, 30, 10, 3, 1,
}
MAPS = {"annotations", "labels", "matchLabels", "nodeSelector", "limits", "requests"}
AMOUNT = re.compile(r"([0-9.]+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?\Z")
FACTORS = {None: 1, "m": Fraction(1, 1000), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def value_of(node):
    """A tree as Python's values: dicts, lists, texts, numbers, booleans and None."""
    node = kubeyaml.deref(node)
    if node is None or kubeyaml.is_null(node):
        return None
    if node.kind == "mapping":
        return {kubeyaml.key_text(key): value_of(value) for key, value in node.value}
    if node.kind == "sequence":
        return [value_of(item) for item in node.value]
    if node.plain:
        return kubeyaml.resolve(node.value)[1]
    return kubeyaml.text_bytes(node).decode()


def strictly(value, is_map=False):
    """Only null and an empty list are nothing, and of maps whose keys people choose not even null."""
    if isinstance(value, dict):
        made = {key: strictly(inner, key in MAPS) for key, inner in value.items()}
        return {key: inner for key, inner in made.items() if is_map or inner not in (None, [])}
    if isinstance(value, list):
        return [strictly(item) for item in value]
    # 1 is not true, and no text.
    return (type(value).__name__ if isinstance(value, (bool, str)) else "number", value) if value is not None else None


def loosely(value):
    """Whatever could be nothing is."""
    if isinstance(value, dict):
        made = {key: loosely(inner) for key, inner in value.items() if key != "serviceAccount"}
        return {key: inner for key, inner in made.items() if inner not in (None, [], {})}
    if isinstance(value, list):
        return [loosely(item) for item in value]
    if value in ("", False, 0, None) or value in DEFAULTS:
        return None
    amount = AMOUNT.match(str(value))
    if amount:
        try:
            return Fraction(amount[1]) * FACTORS[amount[2]]
        except ValueError:
            pass
    return str(value)


def stamps_of(template):
    """Has a template a stamp, whoever has written it?"""
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    spec = template.get("spec") or {}
    containers = [each for key in ("containers", "initContainers") for each in spec.get(key) or []]
    names = [each.get("name") or "" for container in containers for each in container.get("env") or []]
    return any(stamps.STAMP_ANNOTATION.match(each or "") for each in annotations) or any(map(stamps.STAMP_VARIABLE.match, names))


class Side:
    def __init__(self, data, options):
        self.analysis = Analysis(data, options)
        unclear = self.analysis.must_fail + self.analysis.may_fail + self.analysis.unclear
        if unclear or (self.analysis.checkouts and options.git != "off"):
            raise NothingToSay(unclear[0] if unclear else "git")
        due = {id(plan.workload): (plan.annotations, plan.variables, plan.dropped) for plan in self.analysis.plans}
        self.workloads = {}
        for _, workload in self.analysis.workloads:
            if workload.ignored or workload.kind not in KINDS:
                continue
            # The last of two counts.
            self.workloads.pop((workload.kind, workload.namespace or "", workload.name), None)
            self.workloads[workload.kind, workload.namespace or "", workload.name] = (
                value_of(workload.node), value_of(workload.template), due.get(id(workload)))
        try:
            self.has_stamps = any(stamps_of(template) for _, template, _ in self.workloads.values())
        except (AttributeError, TypeError) as error:
            raise NothingToSay("a template of another form") from error


def is_known_form(whole):
    """Is it what a person has written, of a version that the API server itself knows?"""
    group = (whole.get("apiVersion") or "").rpartition("/")[0]
    return group in ("apps", "extensions") and not (whole.get("metadata") or {}).get("uid") and not whole.get("status")


def expected(old, new, compares_due):
    """The verdicts that are right, or None: nothing is said."""
    (old_whole, old_template, old_due), (new_whole, new_template, new_due) = old, new
    if not (is_known_form(old_whole) and is_known_form(new_whole)):
        return None
    own = [{key: strictly(inner) for key, inner in (each.get("spec") or {}).items() if key not in HARMLESS | {"template"}}
           for each in (old_whole, new_whole)]
    if compares_due and old_due != new_due or loosely(old_template) != loosely(new_template):
        return {"rolls", "may roll", "refused"}
    if own[0] == own[1] and strictly(old_template) == strictly(new_template):
        return {"same", "refused"}
    return None


def compare(before, after, told):
    """What is wrong with the verdicts that were told."""
    verdicts = {(item["kind"], item.get("namespace") or "", item["name"]): item["verdict"] for item in told}
    compares_due = not before.has_stamps and not after.has_stamps
    checked = 0
    for identity, new in after.workloads.items():
        if identity not in before.workloads:
            continue
        right = expected(before.workloads[identity], new, compares_due)
        if right is None:
            continue
        checked += 1
        if verdicts.get(identity) not in right:
            yield f"{'/'.join(identity)}: {verdicts.get(identity)}, and right is one of {', '.join(sorted(right))}"
    if checked == 0:
        raise NothingToSay("no workload is on both sides in a form that tells")


def told_by(program, args, data, env, cwd):
    result = program.run(["why", "-o", "json", *args], data, env, cwd)
    if result.status:
        raise NothingToSay(f"status {result.status}")
    return json.loads(result.stdout)["workloads"]


def check_golden(program, case):
    if case.args[:1] != ["why"] or case.status not in (0, 1):
        raise NothingToSay("no comparison")
    args = [arg for arg in case.args[1:] if arg != "--exit-code"]
    if "-o" in args:
        del args[args.index("-o"):args.index("-o") + 2]
    try:
        options, files = option_module.from_args(args, case.env, case.directory)
    except (option_module.NotModelled, OSError) as error:
        raise NothingToSay(str(error)) from error
    if len(files) != 2 or any((case.directory / name).is_dir() for name in files):
        raise NothingToSay("no two files")
    texts = [case.input if name == "-" else (case.directory / name).read_bytes() for name in files]
    if b"rollstamp-report" in texts[0]:
        raise NothingToSay("a report")
    sides = [Side(text, options) for text in texts]
    return list(compare(*sides, told_by(program, args, case.input, case.env, case.directory)))


def changed(rng, data):
    """The same with a few values changed, as text: whether it still means anything is for the reader to say."""
    lines = data.decode().split("\n")
    places = [number for number, line in enumerate(lines) if re.search(r": [A-Za-z0-9]+$", line) and not re.search(r"(kind|apiVersion|name|namespace): ", line)]
    for number in rng.sample(places, min(len(places), rng.randint(0, 3))):
        lines[number] += rng.choice(["x", "0"])
    return "\n".join(lines).encode()


def check_random(program, seed):
    rng = random.Random(seed)
    data, args, files = generate.generated(rng)
    texts = [data, changed(rng, data)]
    args = ["--git=off", *(arg for arg in args if arg.startswith("--inject"))]
    with tempfile.TemporaryDirectory(prefix="rollstamp-oracle-") as directory:
        for name, text in zip(("old.yaml", "new.yaml"), texts):
            pathlib.Path(directory, name).write_bytes(text)
        options = option_module.from_args(args, {}, directory)[0]
        sides = [Side(text, options) for text in texts]
        problems = list(compare(*sides, told_by(program, [*args, "old.yaml", "new.yaml"], b"", {}, pathlib.Path(directory))))
    return problems + [shown(text, 10000) for text in texts] if problems else []


def main():
    parser = argparse.ArgumentParser(description="Checks what rollstamp why says against parsed manifests.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--golden", metavar="DIR")
    parser.add_argument("--random", metavar="N", type=int, default=0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--slow-factor", type=float, default=1, help="for sanitizer builds")
    args = parser.parse_args()
    program = Program(args.binary, [], inputs.TIMEOUT, args.slow_factor)

    def tests():
        if args.golden:
            for case in cases.golden(args.golden, "why/*"):
                yield case.name, lambda case=case: check_golden(program, case)
        for number in range(args.random):
            seed = f"{args.seed}-{number}"
            yield f"random pair {seed}", lambda seed=seed: check_random(program, seed)

    return tap.run((tap.Test(*test) for test in tests()), planned=False)


if __name__ == "__main__":
    sys.exit(main())
