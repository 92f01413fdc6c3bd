#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What all suites rely on: that a failed test is told as one, by tests/lib and by tests/tally.py.

    lib_test.py

Output is TAP version 13.
"""

import contextlib
import io
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import tally
from lib import cases, tap


def printed(function, *arguments, **options):
    """(what it returns, what it prints). Only one test runs at a time: stdout is everybody's."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        result = function(*arguments, **options)
    return result, out.getvalue().splitlines()


def raising(exception):
    def function():
        raise exception
    return function


def expect(what, got, want):
    return [] if got == want else [f"{what}: expected {want!r}, is {got!r}"]


def results():
    tests = [
        tap.Test("alone", lambda: [], alone=True),
        tap.Test("passes", lambda: None),
        tap.Test("fails # SKIP not", lambda: ["one\ntwo", "th\x1bree"]),
        tap.Test("can't go on", raising(tap.Failure("why"))),
        tap.Test("is skipped", raising(tap.Skip("no\nreason"))),
        tap.Test("fails and is skipped", lambda: tap.Outcome(["wrong"], skip="no reason")),
    ]
    status, lines = printed(tap.run, tests, workers=2)
    return expect("status", status, 1) + expect("lines", lines, [
        "TAP version 13", "1..6", "ok 1 - passes", "not ok 2 - fails  SKIP not", "# one", "# two", "# th\\x1bree",
        "not ok 3 - can't go on", "# why", "ok 4 - is skipped # SKIP no\\nreason", "not ok 5 - fails and is skipped", "# wrong",
        "ok 6 - alone"])


def exceptions():
    status, lines = printed(tap.run, [tap.Test("breaks", raising(ValueError("broken")))])
    told = [line for line in lines if "ValueError: broken" in line]
    return expect("status", status, 1) + expect("third line", lines[2], "not ok 1 - breaks") + expect("told", len(told), 1)


def silence():
    tests = [tap.Test("a", raising(tap.NothingToSay("of no use"))), tap.Test("b", lambda: [])]
    status, lines = printed(tap.run, tests, planned=False)
    return expect("status", status, 0) + expect("lines", lines, [
        "TAP version 13", "# nothing to say: a: of no use", "ok 1 - b", "1..1"])


def row(name, result, code, stdout="", stderr=""):
    return {"name": f"rollstamp:unit / {name}", "result": result, "returncode": code, "stdout": stdout, "stderr": stderr}


def sums():
    found = tally.Tally(strict=False)
    found.add(row("t", "FAIL", 1, "TAP version 13\n1..3\nok 1 - a\nnot ok 2 - b\n# why\n#   not\n# nothing to say: x\nok 3 - c # SKIP no d\n"), "tap")
    found.add(row("exits", "FAIL", 3, "last words\n"), "exitcode")
    found.add(row("crashes", "FAIL", -11, "1..2\nok 1 - x\nnot ok 2 - y\n", "said on stderr\n"), "tap")
    found.add(row("all", "SKIP", 0, "TAP version 13\n1..0 # SKIP no corpus\n"), "tap")
    good, lines = printed(found.show)
    return expect("good", good, False) + expect("lines", lines, [
        "skipped: t: c: no d", "skipped: all: no corpus", "failed: t: b", "    why", "      not",
        "failed: exits: fail, exit status 3", "    last words", "failed: crashes: y", "    said on stderr",
        "failed: crashes: fail, killed by signal 11", "    1..2", "    ok 1 - x", "    not ok 2 - y", "    said on stderr",
        "2 passed, 4 failed, 2 skipped"])


def strictness():
    found = tally.Tally(strict=True)
    found.add(row("a", "SKIP", 77, "no git here\n"), "exitcode")
    found.add(row("b", "SKIP", 77, "unavoidable: no namespaces\n"), "exitcode")
    return expect("failures", [what for what, _ in found.failures], [
        "a: skipped, which CI does not allow: no git here"]) + expect("skips", len(found.skips), 1)


def depth():
    problems = []
    for made in (["case/args"], ["a/case/args", "b/case/args"]):
        with tempfile.TemporaryDirectory() as directory:
            for name in made:
                path = pathlib.Path(directory, name)
                path.parent.mkdir(parents=True)
                path.touch()
            try:
                cases.golden(directory)
                problems.append(f"taken: {made}")
            except SystemExit:
                pass
    return problems


def dangling():
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "subject", "case", "input.yaml")
        path.parent.mkdir(parents=True)
        path.symlink_to("../nowhere/input.yaml")
        case, = cases.golden(directory, "subject/*")
        try:
            return [f"taken for {case.input!r}"]
        except FileNotFoundError:
            return []


if __name__ == "__main__":
    sys.exit(tap.run([
        tap.Test("results are told in order, with what is wrong below them", results, alone=True),
        tap.Test("an exception is a failure of its test alone", exceptions, alone=True),
        tap.Test("what says nothing about its input does not count", silence, alone=True),
        tap.Test("failures are summed up with what the test said", sums, alone=True),
        tap.Test("CI takes a skip for a failure unless it is unavoidable", strictness, alone=True),
        tap.Test("a golden case in the wrong place, or of a title that is taken, ends the suite", depth, alone=True),
        tap.Test("an input that is a link to nowhere is not empty", dangling, alone=True),
    ]))
