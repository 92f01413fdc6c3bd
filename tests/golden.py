#!/usr/bin/python3
"""Golden cases: what rollstamp prints, byte for byte.

    golden.py --binary PATH [--schema SCHEMA] [--filter GLOB] [DIR]

Every directory of DIR (default: golden/ beside this file) is one case, named by the behaviour it shows. The program
runs in that directory, so that arguments can name the files in it. What a case consists of:

    input.yaml     stdin                                       absent: empty stdin
    args           one argument a line                         absent: none
    env            KEY=VALUE lines, beside PATH and LC_ALL=C   absent: none
                   ({case} in a value: the case's directory)
    expected.yaml  stdout                                      absent: nothing
    expected.re    a regular expression that stdout has to fit, in place of expected.yaml
    stderr         stderr                                      absent: nothing
    status         exit status                                 absent: 0
    report.json    what --report writes, compared as JSON      absent: not compared
    log            what --log writes                           absent: not compared

Other files are the case's own. A case that succeeds, and that is not a sub-command, runs two more times. First with
--report where it had none, without where it had one: stdout must not change, and the report must fit the schema. Then
on its own output, which must not change either. Messages, reports and logs must not show SECRET_VALUES, the run
must not change a file of the case, and the input of a case example-NAME must be the render of examples/NAME.

UPDATE_GOLDEN=1 writes what the program did into the cases instead of comparing (report.json and log: where they are);
what the schema and the other runs say still counts. Read the diff before you commit it.

Output is TAP version 13; what differs stands below a test as a unified diff.
"""

import argparse
import concurrent.futures
import difflib
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TIMEOUT = 60  # seconds: far above what any case takes, also under valgrind
SUBCOMMANDS = {"list", "digest", "help", "version"}
# How a plugin of Helm 4 says that it has failed.
HELM_FAILURE = b"\n--- rollstamp: "
NO_REPORT = SUBCOMMANDS | {"-h", "--help", "--version"}
# Values of Secrets in the cases, as text and in base64.
SECRET_VALUES = (b"hunter2", b"aHVudGVyMg", b"s3cr3t", b"czNjcjN0")
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"


class Result:
    """What one run of the program left behind."""

    def __init__(self, stdout, stderr, status, report, log):
        self.stdout = stdout  # bytes
        self.stderr = stderr  # bytes
        self.status = status  # int; None: it didn't end in time
        self.report = report  # bytes; None: no such file
        self.log = log  # bytes; None: no such file


def read(path):
    """The file's bytes, or None."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def lines_of(path):
    return (read(path) or b"").decode().splitlines()


def run(binary, case, args, stdin, with_report, with_log):
    """Runs the program on a case. Its report and log go to a directory that is gone afterwards."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
    env.update(line.replace("{case}", str(case.resolve())).split("=", 1) for line in lines_of(case / "env"))
    with tempfile.TemporaryDirectory(prefix="rollstamp-golden-") as tmp:
        report = pathlib.Path(tmp, "report")
        log = pathlib.Path(tmp, "log")
        argv = [binary, *args]
        if with_report:
            argv.append(f"--report={report}")
        if with_log:
            argv.append(f"--log={log}")
        try:
            done = subprocess.run(
                argv, input=stdin, cwd=case, env=env, timeout=TIMEOUT,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        except subprocess.TimeoutExpired as e:
            return Result(e.stdout or b"", e.stderr or b"", None, None, None)
        return Result(done.stdout, done.stderr, done.returncode, read(report), read(log))


def printable(data):
    """Lines for a diff in which every byte shows: carriage returns, invalid UTF-8, a missing final newline."""
    shown = []
    for line in data.split(b"\n"):
        text = line.decode("utf-8", "backslashreplace")
        shown.append("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text))
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


def update(case, got):
    """Makes what the program did the case's expectation."""
    if not (case / "expected.re").exists():
        write(case / "expected.yaml", got.stdout)
    write(case / "stderr", got.stderr)
    write(case / "status", b"%d\n" % got.status if got.status else b"")
    if (case / "report.json").exists():
        value, _ = as_json(got.report)
        (case / "report.json").write_bytes(pretty(value))
    if (case / "log").exists():
        (case / "log").write_bytes(got.log or b"")


def compare(case, got):
    pattern = read(case / "expected.re")
    if pattern is None:
        problems = diff("stdout", read(case / "expected.yaml") or b"", got.stdout)
    else:
        problems = [] if re.fullmatch(pattern, got.stdout) else ["stdout does not fit expected.re:", *printable(got.stdout)]
    problems += diff("stderr", read(case / "stderr") or b"", got.stderr)
    status = int((read(case / "status") or b"0").strip())
    if got.status != status:
        problems.append(f"exit status: expected {status}, is {got.status}")
    if (case / "report.json").exists():
        want, _ = as_json(read(case / "report.json"))
        value, why = as_json(got.report)
        problems += [why] if why else diff("report", pretty(want), pretty(value))
    if (case / "log").exists():
        problems += diff("log", read(case / "log"), got.log or b"")
    return problems


def shown_secrets(args, result):
    """Says where the program shows a value that it must not show."""
    outputs = [("stderr", result.stderr), ("the report", result.report), ("the log", result.log)]
    if SUBCOMMANDS.intersection(args):
        outputs.append(("stdout", result.stdout))
    return [f"{name} shows the value of a Secret: {value.decode()}"
            for name, output in outputs for value in SECRET_VALUES if value in (output or b"")]


def check_example(case):
    """An example's case shows what the example's render becomes, not what an older one became."""
    if not case.name.startswith("example-"):
        return []
    rendered = EXAMPLES / case.name.removeprefix("example-") / "rendered.yaml"
    return diff(f"input.yaml, which must be {rendered},", read(rendered) or b"", read(case / "input.yaml") or b"")


def contents(case):
    return {path: path.read_bytes() for path in case.rglob("*") if path.is_file()}


def check(binary, case, validator, updating):
    """Runs one case; lines that say what is wrong, none if all is well."""
    before = contents(case)
    args = lines_of(case / "args")
    with_report = (case / "report.json").exists()
    with_log = (case / "log").exists()
    stdin = read(case / "input.yaml") or b""
    got = run(binary, case, args, stdin, with_report, with_log)
    if got.status is None:
        return [f"did not end within {TIMEOUT} seconds"]
    after = contents(case)
    if after != before:
        names = sorted(path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        return [f"the run has changed files of the case: {', '.join(names)}"]
    if updating:
        update(case, got)
        problems = []
    else:
        problems = compare(case, got)
    problems += check_example(case) + shown_secrets(args, got)
    if "json" in args and got.status == 0:
        problems += schema_problems(validator, got.stdout)
    if got.status != 0 or NO_REPORT.intersection(args) or got.stdout.startswith(HELM_FAILURE):
        return problems

    again = run(binary, case, args, stdin, not with_report, True)
    problems += shown_secrets(args, again)
    if again.status != got.status:
        problems.append(f"exit status with --report {with_report}: {got.status}, otherwise: {again.status}")
    problems += diff("stdout with and without --report", got.stdout, again.stdout)
    problems += schema_problems(validator, got.report if with_report else again.report)
    twice = run(binary, case, args, got.stdout, False, False)
    return problems + diff("stdout of a run on this output", got.stdout, twice.stdout)


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
    parser.add_argument("--binary", required=True, type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("--schema", type=pathlib.Path, help="JSON Schema that every report must fit")
    parser.add_argument("--filter", default="*", help="glob on the cases' names")
    parser.add_argument("dir", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).parent / "golden")
    options = parser.parse_args()
    if not os.access(options.binary, os.X_OK):
        parser.error(f"{options.binary} is no program")

    validator = load_validator(options.schema) if options.schema else None
    updating = os.environ.get("UPDATE_GOLDEN") == "1"
    cases = sorted(p.resolve() for p in options.dir.iterdir()
                   if p.is_dir() and fnmatch.fnmatchcase(p.name, options.filter))

    print("TAP version 13")
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(lambda case: check(options.binary, case, validator, updating), cases)
        for number, (case, problems) in enumerate(zip(cases, results), 1):
            print(f"{'not ok' if problems else 'ok'} {number} - {case.name}")
            for line in problems:
                print("# " + line)
            sys.stdout.flush()
            failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
