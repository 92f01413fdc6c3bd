#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Short reads and writes, EINTR and EAGAIN change nothing.

    short-io.py --binary PROGRAM --golden DIR

Every golden case runs with and without one byte at a time and interruptions of every other call (see short-io.c):
stdout, stderr, exit status, report and log stay the same. Output is TAP.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import cases, tap
from lib.program import Program, in_parallel

TIMEOUT = 120  # seconds


def differences(case, good, bad):
    return [f"{case.name}: another {what}" for what in ["stdout", "stderr", "status", "files"]
            if getattr(good, what) != getattr(bad, what)]


def main():
    parser = argparse.ArgumentParser()
    for name in ["binary", "golden"]:
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    program = Program(options.binary, timeout=TIMEOUT)
    golden = cases.golden(options.golden)

    def run(case, more):
        return program.run(case.args, case.input, {**case.env, **more}, case.directory, ["report", "log"])

    def run_both(case):
        return differences(case, run(case, {}), run(case, {"SHORT_IO": "1"}))

    def test():
        return [line for lines in in_parallel(run_both, golden) for line in lines]

    return tap.run([tap.Test(f"{len(golden)} golden cases with one byte at a time and interruptions", test)])


sys.exit(main())
