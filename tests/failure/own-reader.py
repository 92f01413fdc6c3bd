#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The program says and does the same whoever reads the documents.

    own-reader.py --binary ROLLSTAMP --other PROGRAM --golden DIR

PROGRAM is rollstamp without its own reader of plain block text, or with one that is wrong on purpose (see own-reader.c).
On every golden input, in every --inject mode: without the own reader, output, messages, report and status must be those of
ROLLSTAMP. With a wrong one, whatever succeeds must have the same output, since libyaml judges what is edited; an assertion
that aborts is as good. Output is TAP.
"""

import argparse
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import cases, tap
from lib.program import NO_MANIFESTS, Program, in_parallel

MODES = ["annotations", "env", "both"]
MUTATIONS = ["open", "column", "span", "shift"]


def run_all(program, wanted, env=None):
    def run(one):
        case, args, outputs = one
        return program.run(args, case.input, {**case.env, **(env or {})}, case.directory, outputs)

    return in_parallel(run, wanted)


def is_same(good, other):
    return other == good


def is_judged(good, other):
    return (good.status != 0 or other.stdout == good.stdout or
            (other.status == -signal.SIGABRT and b"Assertion" in other.stderr and not other.stdout))


def main():
    parser = argparse.ArgumentParser()
    for name in ["binary", "other", "golden"]:
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    results = tap.Tap()
    found = [case for case in cases.golden(options.golden) if not NO_MANIFESTS & set(case.args)]
    wanted = [(case, case.args, ()) for case in found]
    wanted += [(case, [*case.args, f"--inject={mode}"], ("report",)) for case in found for mode in MODES]
    good, other = run_all(Program(options.binary), wanted), Program(options.other)

    def compare(name, env, chosen, fits):
        runs = [wanted[i] for i in chosen]
        bad = [f"{case.name} {' '.join(args[-1:])}" for (case, args, _), result, i in
               zip(runs, run_all(other, runs, env), chosen) if not fits(good[i], result)]
        results.result(f"{name}: {len(runs)} runs", bad)

    compare("nothing changes when libyaml reads everything", {}, range(len(wanted)), is_same)
    for at, mutation in enumerate(MUTATIONS):
        # Each takes another part of the runs, since there are thousands.
        compare(f"a wrong {mutation} changes no output", {"ROLLSTAMP_BLOCK": mutation},
                range(at, len(wanted), len(MUTATIONS)), is_judged)
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
