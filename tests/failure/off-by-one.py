#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A program that is wrong on purpose must stop itself.

    off-by-one.py --binary ROLLSTAMP --mutant PROGRAM --golden DIR [--all]

PROGRAM is rollstamp with wrong edits (see off-by-one.c). On every golden input that gets stamps, each mutation has to
end with status 1, an empty stdout and the message that this is a bug of rollstamp. An assertion that aborts is as good.

A mutation may pass where it changes nothing: the output is the right one, or a parser makes the same of it (a shift
among blanks, say). That must be rare, and every kind of mutation must be stopped somewhere.

Each mutation takes another quarter of the runs, since there are thousands; with --all, each takes all. Output is TAP.
"""

import argparse
import pathlib
import signal
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import cases, tap
from lib.program import HELM_FAILURE, NO_MANIFESTS, Program, in_parallel

MUTATIONS = ["after", "before", "drop", "digit", "indent", "quote", "lose"]
MODES = ["annotations", "env"]
# Every second edit only, where there are the most.
PARTIAL_MUTATIONS = ["after:odd", "before:odd", "lose:odd"]
PARTIAL_MODES = ["both"]
# Of the runs that a mutation changed, so many may pass because a parser sees no difference.
HARMLESS_LIMIT = 0.05
TIMEOUT = 120  # seconds


def events(text):
    """What a parser sees, without places."""
    result = []
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        values = {name: value for name, value in vars(event).items() if not name.endswith("_mark")}
        result.append((type(event).__name__, sorted(values.items(), key=str)))
    return result


def same_meaning(left, right):
    try:
        return events(left) == events(right)
    except yaml.YAMLError:
        return False


def verdict(good, bad):
    """"stopped", "aborted", "unchanged", "harmless", or a sentence about what is wrong."""
    if bad.status == 0 and bad.stdout == good.stdout:
        return "unchanged"
    # How a plugin of Helm 4 fails: see the man page.
    if bad.status == 0 and bad.stdout.startswith(HELM_FAILURE) and b"this is a bug of rollstamp" in bad.stdout:
        return "stopped"
    if bad.status == 0:
        return "harmless" if same_meaning(good.stdout, bad.stdout) else "wrong output passes"
    if bad.stdout:
        return f"status {bad.status}, but something is on stdout"
    if bad.status == -signal.SIGABRT and b"Assertion" in bad.stderr:
        return "aborted"
    if bad.status == 1 and b"this is a bug of rollstamp" in bad.stderr and bad.stderr.count(b"\n") == 1:
        return "stopped"
    return f"status {bad.status}: {bad.stderr.decode(errors='replace').strip()}"


def run_all(program, wanted, env=None):
    """The Results of (case, args), ..."""
    def run(one):
        case, args = one[:2]
        return program.run(args, case.input, {**case.env, **(env or {})}, case.directory)

    return in_parallel(run, wanted)


def good_runs(program, golden, modes):
    """(case, args, result) of whatever gets stamps."""
    wanted = [(case, [*case.args, f"--inject={mode}"]) for case in cases.golden(golden) for mode in modes
              if not NO_MANIFESTS & set(case.args)]
    return [(case, args, result) for (case, args), result in zip(wanted, run_all(program, wanted))
            if result.status == 0 and result.stdout != case.input]


def check_untouched(results_of, program, runs, modes):
    results = run_all(program, runs)
    results_of.result(f"without a mutation it is the same program: {', '.join(modes)}", [
        f"{case.name} {args[-1]}: {bad.stderr!r}" for (case, args, good), bad in zip(runs, results) if bad != good])


def check_mutation(results_of, mutant, runs, mutation):
    results = run_all(mutant, runs, {"ROLLSTAMP_MUTATION": mutation})
    verdicts = [verdict(good, bad) for (_, _, good), bad in zip(runs, results)]
    counts = {word: verdicts.count(word) for word in ["stopped", "aborted", "unchanged", "harmless"]}
    wrong = [f"{case.name} {args[-1]}: {word}" for (case, args, _), word in zip(runs, verdicts) if word not in counts]
    changed = len(runs) - counts["unchanged"]
    if counts["stopped"] == 0:
        wrong.append("not one was stopped")
    if counts["harmless"] > HARMLESS_LIMIT * changed:
        wrong.append(f"{counts['harmless']} of {changed} pass because a parser sees no difference")
    results_of.say(f"{mutation}: {len(runs)} runs, " + ", ".join(f"{counts[word]} {word}" for word in counts))
    for (case, args, _), word in zip(runs, verdicts):
        if word == "harmless":
            results_of.say(f"harmless: {case.name} {args[-1]}")
    results_of.result(f"{mutation} is stopped", wrong)


def main():
    parser = argparse.ArgumentParser()
    for name in ["binary", "mutant", "golden"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    program, mutant = (Program(path, timeout=TIMEOUT) for path in (options.binary, options.mutant))
    results_of = tap.Tap()
    step = 1 if options.all else 4
    for mutations, modes in [(MUTATIONS, MODES), (PARTIAL_MUTATIONS, PARTIAL_MODES)]:
        runs = good_runs(mutant, options.golden, modes)
        check_untouched(results_of, program, runs[::step], modes)
        for i, mutation in enumerate(mutations):
            check_mutation(results_of, mutant, runs[i % step::step], mutation)
    return results_of.end()


sys.exit(main())
