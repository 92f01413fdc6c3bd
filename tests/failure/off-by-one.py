#!/usr/bin/python3
"""A program that is wrong on purpose must stop itself.

    off-by-one.py --binary ROLLSTAMP --mutant PROGRAM --golden DIR [--all]

PROGRAM is rollstamp with wrong edits (see off-by-one.c). On every golden input that gets stamps, each mutation has to
end with status 1, an empty stdout and the message that this is a bug of rollstamp. An assertion that aborts is as good.

A mutation may pass where it changes nothing: the output is the right one, or a parser makes the same of it (a shift
among blanks, say). That must be rare, and every kind of mutation must be stopped somewhere.

Each mutation takes another quarter of the runs, since there are thousands; with --all, each takes all. Output is TAP.
"""

import argparse
import os
import signal

import yaml

import harness

MUTATIONS = ["after", "before", "drop", "digit", "indent", "quote", "lose"]
MODES = ["annotations", "env"]
# Every second edit only, where there are the most.
PARTIAL_MUTATIONS = ["after:odd", "before:odd", "lose:odd"]
PARTIAL_MODES = ["both"]
# Of the runs that a mutation changed, so many may pass because a parser sees no difference.
HARMLESS_LIMIT = 0.05


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
    if bad.status == 0 and bad.stdout.startswith(b"\n--- rollstamp: ") and b"this is a bug of rollstamp" in bad.stdout:
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


def good_runs(binary, golden, modes):
    """(case, args, result) of whatever gets stamps."""
    wanted = [(case, [*case.args, f"--inject={mode}"]) for case in harness.cases(golden) for mode in modes
              if not {"list", "digest", "help", "version", "-h", "--help", "--version"} & set(case.args)]
    results = harness.parallel(lambda one: harness.run(binary, one[0], one[1]), wanted)
    return [(case, args, result) for (case, args), result in zip(wanted, results)
            if result.status == 0 and result.stdout != case.input]


def check_untouched(tap, binary, runs, modes):
    results = harness.parallel(lambda one: harness.run(binary, one[0], one[1]), runs)
    tap.result(f"without a mutation it is the same program: {', '.join(modes)}", [
        f"{case.name} {args[-1]}: {bad.stderr!r}" for (case, args, good), bad in zip(runs, results) if bad != good])


def check_mutation(tap, mutant, runs, mutation):
    env = {"ROLLSTAMP_MUTATION": mutation}
    results = harness.parallel(lambda one: harness.run(mutant, one[0], one[1], env), runs)
    verdicts = [verdict(good, bad) for (_, _, good), bad in zip(runs, results)]
    counts = {word: verdicts.count(word) for word in ["stopped", "aborted", "unchanged", "harmless"]}
    wrong = [f"{case.name} {args[-1]}: {word}" for (case, args, _), word in zip(runs, verdicts) if word not in counts]
    changed = len(runs) - counts["unchanged"]
    if counts["stopped"] == 0:
        wrong.append("not one was stopped")
    if counts["harmless"] > HARMLESS_LIMIT * changed:
        wrong.append(f"{counts['harmless']} of {changed} pass because a parser sees no difference")
    tap.note(f"{mutation}: {len(runs)} runs, " + ", ".join(f"{counts[word]} {word}" for word in counts))
    for (case, args, _), word in zip(runs, verdicts):
        if word == "harmless":
            tap.note(f"harmless: {case.name} {args[-1]}")
    tap.result(f"{mutation} is stopped", wrong)


def main():
    parser = argparse.ArgumentParser()
    for name in ["binary", "mutant", "golden"]:
        parser.add_argument(f"--{name}", required=True, type=os.path.abspath)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    tap = harness.Tap()
    step = 1 if options.all else 4
    for mutations, modes in [(MUTATIONS, MODES), (PARTIAL_MUTATIONS, PARTIAL_MODES)]:
        runs = good_runs(options.mutant, options.golden, modes)
        check_untouched(tap, options.binary, runs[::step], modes)
        for i, mutation in enumerate(mutations):
            check_mutation(tap, options.mutant, runs[i % step::step], mutation)
    tap.end()


main()
