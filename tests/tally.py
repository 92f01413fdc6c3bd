#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `meson test` found in some builds: every skip with its reason, every failure with what the test said, their sum.

    tally.py [--suites=NAME,...] BUILD...

The last line is `N passed, N failed, N skipped`. The exit status is 1 if anything failed, or if a test (with --suites, one
of these) ran in none of the builds. With CI=true a skip is a failure, unless its reason begins with `unavoidable:`.

testlog.json is read, not testlog.junit.xml: meson 1.0 leaves timeouts and a TAP test's exit status out of the latter, and
it isn't XML any more once a test prints a control character.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys

# As meson reads TAP.
SUBTEST = re.compile(r"((?:not )?ok)\s*([0-9]*)\s*([^#]*)(?:\s*#\s*([Ss][Kk][Ii][Pp]\S*|[Tt][Oo][Dd][Oo])\b\s*(.*))?")
PLAN_SKIP = re.compile(r"1\.\.0\s*#\s*[Ss][Kk][Ii][Pp]\S*\s*(.*)")
SHOWN = 20  # lines of what a failed test said


def printable(text):
    """A line of a test, made safe for a line of ours."""
    return "".join(c if c.isprintable() else "?" for c in text.replace("\t", "    "))[:300]


def short(text):
    return printable((text or "").strip())


def lines_of(text):
    return [line for line in (text or "").splitlines() if line.strip()]


class Tally:
    def __init__(self, strict):
        self.strict = strict
        self.passed = 0
        self.failures = []  # (what, lines that the test said)
        self.skips = []

    def fail(self, what, said=()):
        self.failures.append((what, list(said)))

    def skip(self, name, reason):
        reason = short(reason) or "no reason given"
        if self.strict and not reason.startswith("unavoidable:"):
            self.fail(f"{name}: skipped, which CI does not allow: {reason}")
        else:
            self.skips.append(f"{name}: {reason}")

    def add(self, test, protocol, build=""):
        """Counts a line of testlog.json. `build` is told with the test's name, if there is one."""
        name, result, code = test["name"].split(" / ")[-1], test["result"], test["returncode"]
        name = f"{build}: {name}" if build else name
        output, errors = lines_of(test["stdout"]), lines_of(test.get("stderr"))
        explained = False
        if protocol == "tap":
            explained = self.add_tap(name, result, output, errors)
        elif result in ("OK", "EXPECTEDFAIL"):
            self.passed += 1
        elif result == "SKIP":
            self.skip(name, (output or errors or [""])[-1])
        # The program as a whole: a crash, a time-out, a leak found at exit, a plan that was not kept.
        if result not in ("OK", "EXPECTEDFAIL", "SKIP") and (not explained or code < 0):
            how = f"killed by signal {-code}" if code < 0 else f"exit status {code}"
            # A sanitizer says first what it has found; other programs say last why they end.
            said = errors[:SHOWN] if any("Sanitizer" in line or "runtime error" in line for line in errors) else \
                (output + errors)[-SHOWN:]
            self.fail(f"{name}: {result.lower()}, {how}", said)

    def add_tap(self, name, result, output, errors):
        """Counts the tests of one TAP program. Returns whether one of them says why it failed."""
        explained = False
        subtests = [(at, match) for at, match in enumerate(map(SUBTEST.match, output)) if match]
        for at, match in subtests:
            ok, number, title, directive, reason = match.groups()
            title = re.sub(r"^- *", "", short(title)) or number
            if ok != "ok":
                self.fail(f"{name}: {title}", self.said_of(output, at, errors))
                explained = True
            elif directive and directive.lower().startswith("skip"):
                self.skip(f"{name}: {title}", reason)
            else:
                self.passed += 1
        if not subtests and result == "SKIP":
            plans = [match[1] for match in map(PLAN_SKIP.match, output) if match]
            self.skip(name, plans[0] if plans else "it ran no test")
        return explained

    @staticmethod
    def said_of(output, at, errors):
        """What a test said: the comments below its line, or else what its program wrote to stderr."""
        below = []
        for line in output[at + 1:]:
            # What says nothing about its input, is told by a comment that belongs to no test.
            if not line.startswith("#") or line.startswith("# nothing to say:"):
                break
            below.append(line.removeprefix("#").removeprefix(" "))
        return below or errors

    def show(self):
        """Prints everything. Returns whether nothing failed."""
        for line in self.skips:
            print(f"skipped: {line}")
        for what, said in self.failures:
            print(f"failed: {what}")
            for line in said[:SHOWN]:
                print(f"    {printable(line)}")
            if len(said) > SHOWN:
                print(f"    ... and {len(said) - SHOWN} more lines, in meson-logs/testlog.txt of the build")
        print(f"{self.passed} passed, {len(self.failures)} failed, {len(self.skips)} skipped")
        return not self.failures


def main():
    sys.stdout.reconfigure(errors="backslashreplace")
    tally = Tally(os.environ.get("CI") == "true")
    protocols, log = {}, []
    parser = argparse.ArgumentParser(description="Tally what `meson test` found.")
    parser.add_argument("--suites", type=lambda names: set(names.split(",")))
    parser.add_argument("builds", nargs="+")
    options = parser.parse_args()
    for directory in options.builds:
        listing = subprocess.run(["meson", "introspect", "--tests", directory], stdout=subprocess.PIPE, check=True).stdout
        protocols.update((test["name"], test["protocol"]) for test in json.loads(listing)
                         if not options.suites or options.suites & {suite.split(":")[-1] for suite in test["suite"]})
        try:
            with open(f"{directory}/meson-logs/testlog.json", encoding="utf-8") as file:
                log += [(directory, json.loads(line)) for line in file]
        except FileNotFoundError:
            tally.fail(f"meson test left no log in {directory}: it ran nothing")
    ran = collections.Counter(test["name"].split(" / ")[-1] for _, test in log)
    for directory, test in log:
        name = test["name"].split(" / ")[-1]
        tally.add(test, protocols.get(name), directory if ran[name] > 1 else "")
    for name in sorted(protocols.keys() - ran.keys()):
        tally.fail(f"{name}: did not run")
    return 0 if tally.show() else 1


if __name__ == "__main__":
    sys.exit(main())
