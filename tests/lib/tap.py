# SPDX-License-Identifier: Apache-2.0
"""Tests as functions, several at a time, and TAP version 13 on stdout. Nothing else in the Python suites prints TAP.

    sys.exit(tap.run([tap.Test("what it shows", function), ...], workers=4))

The function of a test takes no arguments and returns what is wrong, as texts; none is success. It can also return an
Outcome, and raise Failure, Skip or NothingToSay; any other exception is a failure of this test alone. Results are
printed in the order of the tests, however many run at once.

A suite whose tests are given something (a directory of their own, say) registers them with @test or @each, and says in
`registered` what that is. A suite that has to compute what it tests along the way prints with a Tap of its own.
"""

import concurrent.futures
import dataclasses
import fnmatch
import os
import sys
import threading
import time
import traceback

SLOW = 5  # seconds: a test that takes longer says so
# Of what is printed below a test: what is longer tells nobody more.
MOST_LINES = 400
MOST_CHARACTERS = 2000


class Failure(Exception):
    """What is wrong, from a test that can't go on."""


class Skip(Exception):
    """Why a test can't run here. "unavoidable: ..." where nobody could install something to make it run."""


class NothingToSay(Exception):
    """Why a test says nothing about its input. It does not count as a test, and its suite can't tell the plan first."""


@dataclasses.dataclass
class Outcome:
    problems: list = dataclasses.field(default_factory=list)  # texts; none is success
    notes: list = dataclasses.field(default_factory=list)  # texts below the problems
    skip: str | None = None
    silence: str | None = None  # why there is nothing to say


@dataclasses.dataclass
class Test:
    name: str
    function: object
    alone: bool = False  # runs when no other test does: it looks at time, or at what the machine has


# ---- printing -----------------------------------------------------------------------------------------------------

class Tap:
    """Results on stdout. Without `plan`, the number of tests is printed at the end."""

    def __init__(self, plan=None):
        self.plan = plan
        self.count = self.failed = 0
        self.lock = threading.Lock()
        print("TAP version 13" if plan is None else f"TAP version 13\n1..{plan}", flush=True)

    def result(self, name, outcome):
        """`outcome`: an Outcome, or the problems alone."""
        if not isinstance(outcome, Outcome):
            outcome = Outcome(list(outcome))
        with self.lock:
            if outcome.silence is not None and not outcome.problems:
                self._below([f"nothing to say: {name}: {outcome.silence}"])
                return
            self.count += 1
            self.failed += bool(outcome.problems)
            skip = f" # SKIP {printable(outcome.skip)}" if outcome.skip is not None and not outcome.problems else ""
            # What stands behind a # is a directive.
            title = printable(name).replace("#", "")
            print(f"{'not ok' if outcome.problems else 'ok'} {self.count} - {title}{skip}")
            self._below([*outcome.problems, *outcome.notes])

    def run(self, tests, workers=2, stop=None):
        """Runs tests, and prints their results in the order given."""
        pool = concurrent.futures.ThreadPoolExecutor(workers)
        try:
            # With one worker, the next test waits until this one has been printed.
            for test, outcome in zip(tests, pool.map(perform, tests) if workers > 1 else map(perform, tests)):
                self.result(test.name, outcome)
        except BaseException:
            if stop:
                stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def say(self, text):
        """A line that belongs to no result."""
        with self.lock:
            self._below([text])

    @staticmethod
    def _below(texts):
        lines = [line for text in texts for line in str(text).splitlines()]
        for line in lines[:MOST_LINES]:
            print(f"# {printable(line)[:MOST_CHARACTERS]}")
        if len(lines) > MOST_LINES:
            print(f"# ... and {len(lines) - MOST_LINES} more lines")
        sys.stdout.flush()

    def end(self):
        """The exit status."""
        if self.plan is None:
            print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def skip_all(reason):
    """The TAP of a suite that can't run here; its exit status."""
    print(f"TAP version 13\n1..0 # SKIP {printable(reason)}", flush=True)
    return 0


def bail_out(reason):
    """The TAP of a suite that must run and can't; its exit status."""
    print(f"TAP version 13\nBail out! {printable(reason)}", flush=True)
    return 1


def printable(text):
    """A text in which every character shows, in one line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# ---- running ------------------------------------------------------------------------------------------------------

def run(tests, workers=2, planned=True, stop=None):
    """Runs tests, prints their results, returns the exit status. Those that are `alone` run one by one, at the end.

    `planned` is False where a test may have nothing to say. stop() is called when the suite itself is stopped, so that
    tests that wait for something end.
    """
    tests = list(tests)
    results = Tap(len(tests) if planned else None)
    results.run([test for test in tests if not test.alone], workers, stop)
    results.run([test for test in tests if test.alone], 1, stop)
    return results.end()


def perform(test):
    """The Outcome of a test."""
    begin = time.monotonic()
    try:
        outcome = test.function()
        if not isinstance(outcome, Outcome):
            outcome = Outcome(list(outcome or ()))
    except Exception as e:  # pylint: disable=broad-except
        outcome = raised(e)
    if time.monotonic() - begin > SLOW:
        outcome.notes.append(f"took {time.monotonic() - begin:.1f} s")
    return outcome


def raised(exception):
    """The Outcome of a test that ended with an exception."""
    if isinstance(exception, Skip):
        return Outcome(skip=str(exception))
    if isinstance(exception, NothingToSay):
        return Outcome(silence=str(exception))
    if isinstance(exception, Failure):
        return Outcome([str(exception) or "failed"])
    return Outcome(["".join(traceback.format_exception(exception))])


def end_now(status):
    """Ends the process, whatever threads still wait for something."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


# ---- registering --------------------------------------------------------------------------------------------------

_REGISTERED = []  # Tests whose functions take what `registered` is told


def test(name, alone=False):
    def register(function):
        _REGISTERED.append(Test(name, function, alone))
        return function
    return register


def each(table, alone=False):
    """Registers the function once for every row: row[0] is the name, the others are arguments behind the first."""
    def register(function):
        for row in table:
            _REGISTERED.append(Test(row[0], lambda given, arguments=row[1:]: function(given, *arguments), alone))
        return function
    return register


def registered(call, pattern="*"):
    """The registered tests whose names fit a glob. call(name, function) runs one and returns its Outcome."""
    return [Test(entry.name, lambda entry=entry: call(entry.name, entry.function), entry.alone)
            for entry in _REGISTERED if fnmatch.fnmatchcase(entry.name, pattern)]
