#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Golden cases: what rollstamp prints, byte for byte.

    golden.py --binary PATH [--schema SCHEMA] [--filter GLOB] [--skip NAME=REASON]... [DIR]

DIR (default: golden/ beside this file) has a folder for each subject, and in it a directory for each case, named by the
behaviour it shows; that name is there once, whatever the subject. The program runs in that directory, so that arguments
can name the files in it. What a case consists of:

    input.yaml     stdin                                       absent: empty stdin
    args           one argument a line                         absent: none
    env            KEY=VALUE lines, beside PATH and LC_ALL=C   absent: none
                   ({case} in a value: the case's directory)
                   ({version} in args, expected.yaml and stderr: the program's; in JSON any version is taken for it)
    expected.yaml  stdout                                      absent: nothing
    expected.re    a regular expression that stdout has to fit, in place of expected.yaml
    stderr         stderr                                      absent: nothing
    status         exit status                                 absent: 0
    report.json    what --report writes, compared as JSON      absent: not compared
    log            what --log writes                           absent: not compared

Other files are the case's own. Where several cases are about one input, input.yaml is a symbolic link to that of one of
them (`ln -s ../OTHER-CASE/input.yaml`), so that what differs between them is all that each has. A case that succeeds, and that is not a sub-command, runs two more times. First with
--report where it had none, without where it had one: stdout must not change, and the report must fit the schema. Then
on its own output, which must not change either. Messages, reports and logs must not show SECRET_VALUES, the run
must not change a file of the case, and the input of a case example-NAME must be the render of examples/NAME.
A comparison (why) that is printed is made once more as JSON, which must fit why.schema.json beside SCHEMA, and as
Markdown, which must be short, and harmless in a forge. What `lock` prints is printed once more as JSON, which must fit
lock.schema.json.

UPDATE_GOLDEN=1 writes what the program did into the cases instead of comparing (report.json and log: where they are);
what the schema and the other runs say still counts. Read the diff before you commit it.

Output is TAP version 13; what differs stands below a test as a unified diff.
"""

import argparse
import difflib
import json
import os
import pathlib
import re
import sys

from lib import cases, tap
from lib.program import HELM_FAILURE, NO_MANIFESTS, SUBCOMMANDS, TIMEOUT, Program

# Values of Secrets in the cases, as text and in base64.
SECRET_VALUES = (b"hunter2", b"aHVudGVyMg", b"s3cr3t", b"czNjcjN0")
EXAMPLES = cases.TESTS.parent / "examples"


def run(program, case, stdin, outputs):
    """Its files are gone when this returns, and in the Result."""
    return program.run(case.args, stdin, case.env, case.directory, outputs)


def printable(data):
    """Lines for a diff in which every byte shows: carriage returns, invalid UTF-8, a missing final newline."""
    shown = []
    for line in data.split(b"\n"):
        shown.append(tap.printable(line.decode("utf-8", "backslashreplace")))
    last = shown.pop()
    if last:
        shown += [last, "\\ No newline at end"]
    return shown


def diff(name, want, got):
    """Nothing if the same, else a unified diff."""
    if want == got:
        return []
    names = (f"{name} (expected)", f"{name} (is)")
    return list(difflib.unified_diff(printable(want), printable(got), *names, lineterm=""))


def as_json(data):
    """(value, None) or (None, sentence)."""
    if data is None:
        return None, "no report was written"
    try:
        return json.loads(data), None
    except ValueError as e:
        return None, f"the report is not JSON: {e}"


def pretty(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def write(path, data):
    """Writes the file; no data, no file."""
    if data:
        path.write_bytes(data)
    else:
        path.unlink(missing_ok=True)


def any_version(data):
    """JSON that tells the version of the program, as that of any other version."""
    return re.sub(rb'(?m)^  "version": "[^"]*"', b'  "version": "{version}"', data)


def update(case, got):
    """Makes what the program did the case's expectation."""
    directory = case.directory
    if case.file("expected.re") is None:
        write(directory / "expected.yaml", any_version(got.stdout))
    write(directory / "stderr", got.stderr)
    write(directory / "status", b"%d\n" % got.status if got.status else b"")
    if case.file("report.json") is not None:
        value, _ = as_json(got.files.get("report"))
        (directory / "report.json").write_bytes(any_version(pretty(value)))
    if case.file("log") is not None:
        (directory / "log").write_bytes(got.files.get("log", b""))


def compare(case, got):
    pattern = case.file("expected.re")
    if pattern is None:
        problems = diff("stdout", any_version(case.file("expected.yaml") or b""), any_version(got.stdout))
    else:
        problems = [] if re.fullmatch(pattern, got.stdout) else ["stdout does not fit expected.re:", *printable(got.stdout)]
    problems += diff("stderr", case.file("stderr") or b"", got.stderr)
    if got.status != case.status:
        problems.append(f"exit status: expected {case.status}, is {got.status}")
    if case.file("report.json") is not None:
        want, _ = as_json(case.file("report.json"))
        value, why = as_json(got.files.get("report"))
        problems += [why] if why else diff("report", any_version(pretty(want)), any_version(pretty(value)))
    if case.file("log") is not None:
        problems += diff("log", case.file("log"), got.files.get("log", b""))
    return problems


def shown_secrets(args, result):
    """Says where the program shows a value that it must not show."""
    outputs = {"stderr": result.stderr, **result.files}
    if SUBCOMMANDS.intersection(args):
        outputs["stdout"] = result.stdout
    return [f"{name} shows the value of a Secret: {value.decode()}"
            for name, output in outputs.items() for value in SECRET_VALUES if value in output]


def check_example(case):
    """An example's case shows what the example's render becomes, not what an older one became."""
    if not case.title.startswith("example-"):
        return []
    rendered = EXAMPLES / case.title.removeprefix("example-") / "rendered.yaml"
    return diff(f"input.yaml, which must be {rendered},", cases.read(rendered) or b"", case.input)


def contents(directory):
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def check(program, case, validators, updating):
    """Runs one case; lines that say what is wrong, none if all is well."""
    before = contents(case.directory)
    outputs = [name for name, file in (("report", "report.json"), ("log", "log")) if case.file(file) is not None]
    got = run(program, case, case.input, outputs)
    if got.status is None:
        return [f"did not end within {TIMEOUT} seconds"]
    after = contents(case.directory)
    if after != before:
        names = sorted(path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        return [f"the run has changed files of the case: {', '.join(names)}"]
    if updating:
        update(case, got)
        problems = []
    else:
        problems = compare(case, got)
    problems += check_example(case) + shown_secrets(case.args, got)
    if case.args[:1] == ["why"]:
        return problems + (why_problems(program, case, validators)
                           if got.status in (0, 1) and not got.stderr else [])
    if case.args[:1] == ["lock"]:
        return problems + (lock_problems(program, case, validators) if got.status in (0, 1) and not got.stderr else [])
    if "json" in case.args and got.status == 0:
        problems += schema_problems(validators.get("report"), got.stdout)
    if got.status != 0 or NO_MANIFESTS.intersection(case.args) or got.stdout.startswith(HELM_FAILURE):
        return problems

    with_report = "report" in outputs
    again = run(program, case, case.input, ["log"] if with_report else ["report", "log"])
    problems += shown_secrets(case.args, again)
    if again.status != got.status:
        problems.append(f"exit status with --report {with_report}: {got.status}, otherwise: {again.status}")
    problems += diff("stdout with and without --report", got.stdout, again.stdout)
    problems += schema_problems(validators.get("report"), (got if with_report else again).files.get("report"))
    twice = run(program, case, got.stdout, ())
    return problems + diff("stdout of a run on this output", got.stdout, twice.stdout)


def why_problems(program, case, validators):
    """What is wrong with the other ways to print a comparison."""
    args = [arg for arg in case.args if arg not in ("-o", "table", "wide", "json", "markdown", "--exit-code")]
    printed = program.run([*args, "-o", "json"], case.input, case.env, case.directory)
    problems = schema_problems(validators.get("why"), printed.stdout) + shown_secrets(case.args, printed)
    page = program.run([*args, "-o", "markdown"], case.input, case.env, case.directory)
    problems += shown_secrets(case.args, page)
    if len(page.stdout) > 60000:
        problems.append(f"the Markdown has {len(page.stdout)} bytes")
    if not re.match(rb"\d+ of \d+ workloads? rolls?\n", page.stdout) or not page.stdout.endswith(b"<!-- rollstamp why -->\n"):
        problems.append("the Markdown does not begin with the number, or not end with the marker")
    # All that is outside of code spans is ours.
    for line in page.stdout.decode().split("\n"):
        outside = re.sub(r"`[^`|]+`", "", line)
        if not re.fullmatch(r"[A-Za-z0-9 |.,:-]*|<!-- rollstamp why -->|</?details>(<summary>All reasons</summary>)?", outside):
            problems.append(f"a line of the Markdown has something outside of its code spans: {line}")
        if line.startswith("|") and outside.count("|") != 4:
            problems.append(f"a row of the Markdown's table has not three cells: {line}")
    return problems


def lock_problems(program, case, validators):
    """What is wrong with the answer of `lock` as JSON, which changes nothing."""
    args = [arg for arg in case.args if arg not in ("-o", "table", "wide", "json", "--check")]
    printed = program.run([*args, "--check", "-o", "json"], case.input, case.env, case.directory)
    return schema_problems(validators.get("lock"), printed.stdout) + shown_secrets(case.args, printed)


def schema_problems(validator, report):
    value, why = as_json(report)
    if why:
        return [why]
    return [f"the report does not fit the schema: at /{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in (validator.iter_errors(value) if validator else ())]


def load_validator(path):
    import jsonschema  # pylint: disable=import-outside-toplevel
    schema = json.loads(path.read_bytes())
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def main():
    parser = argparse.ArgumentParser(description="Run golden cases, print TAP.")
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--schema", type=pathlib.Path, help="JSON Schema that every report must fit")
    parser.add_argument("--filter", default="*", help="glob on the cases' names, with or without their subject")
    parser.add_argument("--skip", action="append", default=[], metavar="NAME=REASON",
                        help="a case that can't pass with this binary, and why")
    parser.add_argument("dir", nargs="?", type=pathlib.Path, default=cases.GOLDEN)
    options = parser.parse_args()
    if not os.access(options.binary, os.X_OK):
        parser.error(f"{options.binary} is no program")

    program = Program(options.binary)
    validators = {} if not options.schema else {
        name: load_validator(options.schema.with_name(f"{name}.schema.json")) for name in ("report", "why", "lock")}
    updating = os.environ.get("UPDATE_GOLDEN") == "1"
    skipped = dict(value.split("=", 1) for value in options.skip)

    def check_or_skip(case):
        if case.name in skipped:
            raise tap.Skip(skipped[case.name])
        return check(program, case, validators, updating)

    return tap.run(tap.Test(case.name, lambda case=case: check_or_skip(case))
                   for case in cases.golden(options.dir, options.filter))


if __name__ == "__main__":
    sys.exit(main())
