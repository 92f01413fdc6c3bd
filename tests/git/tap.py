"""Tests as functions, several at a time, and TAP version 13 on stdout.

A module registers its tests with @test("what it shows"). A test gets a `case.Case` and says what is wrong through
`case.check` and its relatives; it goes on after a failed check. `raise Skip(reason)` skips it. Tests run in a few
threads at once, since most of them wait for servers that don't answer; those registered with alone=True run one by one
afterwards, when nothing else takes the processor.
"""

import concurrent.futures
import fnmatch
import os
import sys
import threading
import time
import traceback

SLOW = 5  # seconds: a test that takes longer says so
TESTS = []  # (name, function, alone)


class Skip(Exception):
    """Why a test can't run here. "unavoidable: ..." where nobody could install something to make it run."""


def test(name, alone=False):
    def register(function):
        TESTS.append((name, function, alone))
        return function
    return register


def each(table, alone=False):
    """Registers the function once for every row: row[0] is the name, the others are arguments behind the case."""
    def register(function):
        for row in table:
            TESTS.append((row[0], lambda case, arguments=row[1:]: function(case, *arguments), alone))
        return function
    return register


def printable(text):
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Runner:
    """Runs the registered tests that fit a glob."""

    def __init__(self, make_case, pattern="*", workers=6):
        self.make_case = make_case
        self.tests = [entry for entry in TESTS if fnmatch.fnmatchcase(entry[0], pattern)]
        self.workers = workers
        self.lock = threading.Lock()
        self.number = 0
        self.failed = 0

    def run(self):
        """Returns whether all passed."""
        print("TAP version 13")
        print(f"1..{len(self.tests)}", flush=True)
        with concurrent.futures.ThreadPoolExecutor(max_workers=self.workers) as pool:
            list(pool.map(self.run_one, [entry for entry in self.tests if not entry[2]]))
        for entry in self.tests:
            if entry[2]:
                self.run_one(entry)
        return self.failed == 0

    def run_one(self, entry):
        name, function, _ = entry
        problems, reason = [], None
        case = None
        begin = time.monotonic()
        try:
            case = self.make_case(name)
            function(case)
        except Skip as e:
            reason = str(e)
        except Exception:  # pylint: disable=broad-except
            problems.append(traceback.format_exc())
        notes = []
        if case:
            try:
                case.close()
            except Exception:  # pylint: disable=broad-except
                problems.append(traceback.format_exc())
            problems = case.problems + problems
            notes = case.notes
        if time.monotonic() - begin > SLOW:
            notes = [*notes, f"took {time.monotonic() - begin:.1f} s"]
        self.report(name, problems, notes, reason)

    def report(self, name, problems, notes, reason):
        with self.lock:
            self.number += 1
            result = "not ok" if problems else "ok"
            directive = f" # SKIP {printable(reason)}" if reason is not None and not problems else ""
            print(f"{result} {self.number} - {name}{directive}")
            for text in problems + notes:
                for line in text.splitlines():
                    print(f"# {printable(line)}")
            sys.stdout.flush()
            self.failed += bool(problems)


def main_exit(passed):
    """Ends the process with the status of the run; threads of servers that still wait for something don't count."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if passed else 1)
