#!/usr/bin/python3
"""Short reads and writes, EINTR and EAGAIN change nothing.

    short-io.py --binary PROGRAM --golden DIR

Every golden case runs with and without one byte at a time and interruptions of every other call (see short-io.c):
stdout, stderr, exit status, report and log stay the same. Output is TAP.
"""

import argparse
import os

import harness


def differences(case, good, bad):
    return [f"{case.name}: another {what}" for what in ["stdout", "stderr", "status", "files"]
            if getattr(good, what) != getattr(bad, what)]


def main():
    parser = argparse.ArgumentParser()
    for name in ["binary", "golden"]:
        parser.add_argument(f"--{name}", required=True, type=os.path.abspath)
    options = parser.parse_args()
    binary = options.binary
    cases = harness.cases(options.golden)
    outputs = ["--report", "--log"]

    def run_both(case):
        good = harness.run(binary, case, case.args, None, outputs)
        return differences(case, good, harness.run(binary, case, case.args, {"SHORT_IO": "1"}, outputs))

    tap = harness.Tap()
    wrong = [line for lines in harness.parallel(run_both, cases) for line in lines]
    tap.result(f"{len(cases)} golden cases with one byte at a time and interruptions", wrong)
    tap.end()


main()
