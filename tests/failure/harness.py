"""What the failure tests share: golden cases as inputs, and TAP."""

import concurrent.futures
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

TIMEOUT = 120  # seconds


class Result:
    """What one run left behind."""

    def __init__(self, stdout, stderr, status, files):
        self.stdout = stdout  # bytes
        self.stderr = stderr  # bytes
        self.status = status  # int; negative: a signal
        self.files = files  # name to bytes: what --report and --log wrote

    def __eq__(self, other):
        return vars(self) == vars(other)


class Case:
    """A directory of golden/ and the arguments it asks for."""

    def __init__(self, directory):
        self.name = directory.name
        self.directory = directory
        self.args = self._lines("args")
        self.env = dict(line.replace("{case}", str(directory.resolve())).split("=", 1) for line in self._lines("env"))
        path = directory / "input.yaml"
        self.input = path.read_bytes() if path.exists() else b""

    def _lines(self, name):
        path = self.directory / name
        return path.read_text().splitlines() if path.exists() else []


def cases(golden):
    return [Case(path) for path in sorted(pathlib.Path(golden).iterdir()) if path.is_dir()]


def run(binary, case, args, env=None, outputs=()):
    """Runs the program on a case; `outputs` are options like --report, each of which gets a file of its own."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", **case.env, **(env or {})}
    for name, value in os.environ.items():
        if name.endswith("SAN_OPTIONS"):
            environment[name] = value
    with contextlib.ExitStack() as stack:
        files = {}
        if outputs:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="rollstamp-failure-"))
            args = [*args, *(f"{option}={directory}/{option.strip('-')}" for option in outputs)]
        done = subprocess.run(
            [binary, *args], input=case.input, cwd=case.directory, env=environment, timeout=TIMEOUT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        stderr = done.stderr
        if outputs:
            stderr = stderr.replace(directory.encode(), b"DIRECTORY")
            files = {path.name: path.read_bytes() for path in pathlib.Path(directory).iterdir()}
    return Result(done.stdout, stderr, done.returncode, files)


def parallel(function, items):
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(function, items))


class Tap:
    """Results of tests, in order."""

    def __init__(self):
        self.count = self.failed = 0

    def result(self, name, wrong):
        """`wrong`: lines about what is; none is success."""
        self.count += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.count} - {name}")
        for line in wrong[:30]:
            print(f"# {line[:400]}")
        if len(wrong) > 30:
            print(f"# ... and {len(wrong) - 30} more")

    def note(self, text):
        print(f"# {text}")

    def end(self):
        print(f"1..{self.count}")
        sys.exit(bool(self.failed))
