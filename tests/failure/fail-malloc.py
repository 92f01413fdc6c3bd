#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whichever allocation fails, the program says so in one line and prints nothing.

    fail-malloc.py --binary PROGRAM --golden DIR

Makes the first, the second, ... allocation fail (see fail-malloc.c) until none is left. Each time the program ends with
status 1, one line on stderr, nothing on stdout and no report; or, where it has another way, with the same results as
ever. Output is TAP.
"""

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import cases, tap
from lib.program import Program, in_parallel

INPUTS = [
    ("configmap-volume-consumes-every-key", ["--inject=both"]),
    ("missing-objects-are-unresolved-in-the-report", ["--inject=env"]),
    ("aliases-are-resolved-for-reading", ["--inject=both"]),
    ("config-file-has-the-names-of-the-options", []),
    ("refs-that-are-not-known-are-told", ["-o", "wide"]),
    ("refs-that-may-be-unknown-are-no-error-when-strict", []),
]
# Where a run has more, every so many are left out.
MOST = 2500
TIMEOUT = 120  # seconds


def run(program, case, args, env):
    return program.run(args, case.input, {**case.env, **env}, case.directory, ["report"])


def count_allocations(program, case, args):
    with tempfile.TemporaryDirectory(prefix="rollstamp-failure-") as directory:
        path = pathlib.Path(directory, "count")
        result = run(program, case, args, {"FAIL_MALLOC_COUNT": str(path)})
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
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    program = Program(options.binary, timeout=TIMEOUT)
    results_of = tap.Tap()
    for name, more in INPUTS:
        case = cases.golden(options.golden, name)[0]
        args = [*case.args, *more]
        good, count = count_allocations(program, case, args)
        chosen = range(1, count + 1, 1 + count // MOST)

        def fail_at(n, case=case, args=args):
            return run(program, case, args, {"FAIL_MALLOC_AT": str(n)})

        results = in_parallel(fail_at, chosen)
        wrong = [f"allocation {n}: {check(good, bad)}" for n, bad in zip(chosen, results) if check(good, bad)]
        if good.status != 0 or not (good.files or "lock" in args):
            wrong.append(f"status {good.status} without any failure: {good.stderr!r}")
        survived = sum(bad == good for bad in results)
        if survived == len(results):
            wrong.append("not one allocation failed")
        results_of.say(f"{count} allocations, {len(results)} of them made to fail, {survived} without consequence")
        results_of.result(f"{name} {' '.join(more)}".strip(), wrong)
    return results_of.end()


sys.exit(main())
