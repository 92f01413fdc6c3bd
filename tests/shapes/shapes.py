#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Published shapes of git checkouts: what rollstamp makes of each, in one table.

    shapes.py --binary PATH [--filter GLOB] [TABLE...]

A table (default: checkouts.yaml beside this file) is a list of rows. Each is one way in which public charts or programs
say what a pod checks out, and the verdict. `list` prints nothing and a server is never asked: what `want` stamps is all
that the lock file has. The keys of a row:

    shape        its name, a sentence that is there once
    init         a container, or several, of initContainers; a name and an image are added where they are missing
    containers   the same of containers; absent: an application that has nothing to do with git
    volumes      the pod's
    objects      other objects of the input, ConfigMaps say
    annotations  the workload's
    kind         Deployment, or another kind of apps/v1
    claims       names of volumeClaimTemplates
    args         options beside --lock and --locked
    status       the exit status, 0 by default; of another one nothing but a piece of the message is looked at
    message      that piece
    want         the verdicts, in the order of the report:
                     stamped URL REF [KIND]      KIND of the lock's entry: branch, but head for HEAD, ref for refs/...
                     followed by CONTAINER       )
                     kept in volume NAME         )  pieces of the reason behind the status
                     unresolved PIECE            )

Everything unresolved must say both ways out. Output is TAP version 13.
"""

import argparse
import copy
import fnmatch
import hashlib
import json
import pathlib
import re
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import tap
from lib.program import Program

KEYS = {"shape", "init", "containers", "volumes", "objects", "annotations", "kind", "claims", "args", "status",
        "message", "want"}
WAYS_OUT = ("rollstamp.io/git", "--git-pair")
APPLICATION = {"name": "app", "image": "registry.example.com/app:1"}


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def containers(row, key):
    made = []
    for number, container in enumerate(copy.deepcopy(as_list(row.get(key)))):
        name = f"{key}-{number}" if number else key
        made.append({"name": name, "image": "registry.example.com/tools:1", **container})
    return made


def manifest(row):
    """The row as JSON documents, which are YAML."""
    pod = {"containers": containers(row, "containers") or [APPLICATION]}
    if row.get("init"):
        pod["initContainers"] = containers(row, "init")
    if row.get("volumes"):
        pod["volumes"] = row["volumes"]
    workload = {"apiVersion": "apps/v1", "kind": row.get("kind", "Deployment"),
                "metadata": {"name": "web", "annotations": row.get("annotations", {})},
                "spec": {"template": {"metadata": {"labels": {"app": "web"}}, "spec": pod}}}
    if row.get("claims"):
        workload["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": name}} for name in row["claims"]]
    documents = [*row.get("objects", []), workload]
    return "".join(f"---\n{json.dumps(document, indent=1)}\n" for document in documents)


def kind_of(ref, words):
    if words:
        return words[0]
    return "head" if ref == "HEAD" else "ref" if ref.startswith("refs/") else "branch"


def lock_of(row):
    """The lock file, and the commit of every (url, ref)."""
    refs, commits = [], {}
    for verdict in row["want"]:
        status, *words = verdict.split()
        if status != "stamped":
            continue
        url, ref, *kind = words
        if re.fullmatch("[0-9a-f]{40}", ref):
            commits[url, ref] = ref
            continue
        commits[url, ref] = hashlib.sha1(f"{url} {ref}".encode()).hexdigest()
        refs.append({"url": url, "ref": ref, "kind": kind_of(ref, kind), "commit": commits[url, ref]})
    return json.dumps({"format": "rollstamp-lock/1", "refs": refs}), commits


def stamped_commits(output):
    documents = [document for document in yaml.safe_load_all(output) if document]
    annotations = documents[-1]["spec"]["template"]["metadata"].get("annotations", {})
    values = [value for name, value in annotations.items() if name.startswith("git.rollstamp.io/")]
    return {commit for value in values for commit in value.split(",")}


def check_verdict(want, got, commits):
    """What is wrong with one entry of the report."""
    status, _, rest = want.partition(" ")
    if status == "stamped":
        url, ref = rest.split()[:2]
        if got["status"] != "resolved" or (got.get("url"), got.get("ref")) != (url, ref):
            return "another verdict"
        return None if got["commit"] == commits[url, ref] else "another commit"
    if got["status"] != status or rest not in got.get("reason", ""):
        return "another verdict"
    if status == "unresolved" and not all(way in got["reason"] for way in WAYS_OUT):
        return "not both ways out"
    return None


def check(row, program):
    """Lines that say what is wrong with the row."""
    lock, commits = lock_of(row)
    with tempfile.TemporaryDirectory(prefix="rollstamp-shapes-") as directory:
        lock_path = pathlib.Path(directory, "lock.json")
        lock_path.write_text(lock)
        args = [f"--lock={lock_path}", "--locked", *row.get("args", [])]
        done = program.run(args, manifest(row).encode(), outputs=["report"])
    if done.status != row.get("status", 0) or row.get("message", "").encode() not in done.stderr:
        return [f"exit status {done.status}: {done.stderr.decode()}"]
    if done.status != 0:
        return []
    workloads = json.loads(done.files["report"])["workloads"]
    entries = [entry for workload in workloads for entry in workload.get("git", [])]
    problems = [f"{problem}: wanted {want}" for want, got in zip(row["want"], entries)
                if (problem := check_verdict(want, got, commits))]
    if len(entries) != len(row["want"]):
        problems.append(f"{len(entries)} entries, wanted {len(row['want'])}")
    if not problems and stamped_commits(done.stdout) != set(commits.values()):
        problems.append("other commits in the template's annotations")
    if problems:
        problems += [f"got {json.dumps({k: e.get(k) for k in ('status', 'url', 'ref', 'reason')})}" for e in entries]
    return problems


def read_table(path):
    rows = yaml.safe_load(path.read_text())
    for row in rows:
        unknown = set(row) - KEYS
        if unknown or "shape" not in row or not ("want" in row or row.get("status")):
            sys.exit(f"{path}: a row with {unknown or 'something missing'}: {row.get('shape')}")
        row.setdefault("want", [])
    names = [row["shape"] for row in rows]
    if len(set(names)) != len(names):
        sys.exit(f"{path}: shapes with one name: {sorted(name for name in set(names) if names.count(name) > 1)}")
    return rows


def main():
    parser = argparse.ArgumentParser(description="Checks the verdict of every published shape of a git checkout.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--filter", default="*", help="only shapes whose name fits this glob")
    parser.add_argument("tables", nargs="*", type=pathlib.Path,
                        default=[pathlib.Path(__file__).with_name("checkouts.yaml")])
    options = parser.parse_args()
    rows = [row for table in options.tables for row in read_table(table)
            if fnmatch.fnmatchcase(row["shape"], options.filter)]
    program = Program(options.binary)
    return tap.run(tap.Test(row["shape"], lambda row=row: check(row, program)) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
