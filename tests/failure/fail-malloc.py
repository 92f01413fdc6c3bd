#!/usr/bin/python3
"""Whichever allocation fails, the program says so in one line and prints nothing.

    fail-malloc.py --binary PROGRAM --golden DIR

Makes the first, the second, ... allocation fail (see fail-malloc.c) until none is left. Each time the program ends with
status 1, one line on stderr, nothing on stdout and no report; or, where it has another way, with the same results as
ever. Output is TAP.
"""

import argparse
import os
import pathlib
import tempfile

import harness

INPUTS = [
    ("configmap-volume-consumes-every-key", ["--inject=both"]),
    ("missing-objects-are-unresolved-in-the-report", ["--inject=env"]),
    ("aliases-are-resolved-for-reading", ["--inject=both"]),
    ("config-file-has-the-names-of-the-options", []),
]
# Where a run has more, every so many are left out.
MOST = 2500


def count_allocations(binary, case, args):
    with tempfile.TemporaryDirectory(prefix="rollstamp-failure-") as directory:
        path = pathlib.Path(directory, "count")
        env = {"FAIL_MALLOC_COUNT": str(path)}
        result = harness.run(binary, case, args, env, ["--report"])
        return result, int(path.read_text())


def check(good, bad):
    """A sentence about what is wrong, or None."""
    if bad == good:
        return None
    if bad.status == 0:
        return "status 0, but not the same results"
    if bad.status < 0:
        return f"killed by signal {-bad.status}"
    if bad.status not in (1, 2) or (bad.status == 2 and b"out of memory" not in bad.stderr and b"allocate" not in bad.stderr):
        return f"status {bad.status}: {bad.stderr!r}"
    if bad.stdout:
        return "something is on stdout"
    if bad.files:
        return f"there is {', '.join(bad.files)}"
    if bad.stderr.count(b"\n") != 1 or not bad.stderr.startswith(b"rollstamp: "):
        return f"not one line: {bad.stderr!r}"
    return None


def main():
    parser = argparse.ArgumentParser()
    for name in ["binary", "golden"]:
        parser.add_argument(f"--{name}", required=True, type=os.path.abspath)
    options = parser.parse_args()
    binary = options.binary
    tap = harness.Tap()
    for name, more in INPUTS:
        case = harness.Case(pathlib.Path(options.golden, name))
        args = [*case.args, *more]
        good, count = count_allocations(binary, case, args)
        chosen = range(1, count + 1, 1 + count // MOST)

        def fail_at(n, case=case, args=args):
            env = {"FAIL_MALLOC_AT": str(n)}
            return harness.run(binary, case, args, env, ["--report"])

        results = harness.parallel(fail_at, chosen)
        wrong = [f"allocation {n}: {check(good, bad)}" for n, bad in zip(chosen, results) if check(good, bad)]
        if good.status != 0 or not good.files:
            wrong.append(f"status {good.status} without any failure: {good.stderr!r}")
        survived = sum(bad == good for bad in results)
        if survived == len(results):
            wrong.append("not one allocation failed")
        tap.note(f"{count} allocations, {len(results)} of them made to fail, {survived} without consequence")
        tap.result(f"{name} {' '.join(more)}".strip(), wrong)
    tap.end()


main()
