"""What the test commands share: running the program, TAP, the golden cases and the corpus."""

import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys
import threading

import options as option_module

TIMEOUT = 5  # seconds that any single run may take
WORKERS = 2


@dataclasses.dataclass
class Result:
    status: int | None  # None: it did not end in time
    stdout: bytes
    stderr: bytes


class Program:
    """The binary under test, with what every run of it has in common."""

    def __init__(self, binary, extra=(), slow_factor=1):
        self.binary = str(pathlib.Path(binary).absolute())
        self.extra = list(extra)
        self.timeout = TIMEOUT * slow_factor
        self.slow_factor = slow_factor

    def argv(self, args):
        """The command line for some arguments; a sub-command stays the first of them."""
        subcommand = 1 if args and args[0] in option_module.SUBCOMMANDS else 0
        return [self.binary, *args[:subcommand], *self.extra, *args[subcommand:]]

    def run(self, args, data, env=None, cwd=None):
        """Runs the program on bytes."""
        try:
            done = subprocess.run(self.argv(args), input=data, env=environment(env), cwd=cwd, timeout=self.timeout,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        except subprocess.TimeoutExpired as e:
            return Result(None, e.stdout or b"", e.stderr or b"")
        return Result(done.returncode, done.stdout, done.stderr)


def environment(more=None):
    """The environment of a run: nothing of the caller's but what finds programs and what sanitizers are told."""
    kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", **kept, **(more or {})}


def failure_problems(result):
    """What is wrong with the way the program failed: it has to be status 1, no output and one line that says why."""
    problems = []
    if result.status is None:
        return ["did not end in time"]
    if result.status != 1:
        problems.append(f"exit status {result.status}")
    if result.stdout:
        problems.append(f"{len(result.stdout)} bytes on stdout although it failed")
    if result.stderr.count(b"\n") != 1 or not result.stderr.endswith(b"\n"):
        problems.append(f"stderr is not one line: {shown(result.stderr)}")
    return problems


def shown(data, limit=300):
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else str(data)
    return repr(text if len(text) <= limit else text[:limit] + "...")


# ---- inputs -------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Case:
    """An input with the command line that belongs to it."""
    name: str
    data: bytes
    args: list = dataclasses.field(default_factory=list)
    env: dict = dataclasses.field(default_factory=dict)
    cwd: pathlib.Path | None = None
    skip: str | None = None

    def options(self, more=()):
        return option_module.from_args([*self.args, *more], self.env, self.cwd or ".")[0]


def read_if_there(path):
    return path.read_bytes() if path.exists() else b""


def golden_cases(directory):
    """The cases of a golden directory that end with status 0."""
    for path in sorted(p for p in pathlib.Path(directory).iterdir() if p.is_dir()):
        if int(read_if_there(path / "status").strip() or b"0") == 0:
            yield golden_case(path)


def golden_case(path):
    args = read_if_there(path / "args").decode().splitlines()
    env = dict(line.split("=", 1) for line in read_if_there(path / "env").decode().splitlines() if line)
    case = Case(path.name, read_if_there(path / "input.yaml"), args, env, path)
    try:
        _, files = option_module.from_args(args, env, path)
    except (option_module.NotModelled, OSError) as e:
        case.skip = str(e)
        return case
    # What the case writes is of no interest here, and must not land in the case's directory.
    case.args = without(args, {"report", "log"})
    if files:
        case.data = option_module.join_files([(path / f).read_bytes() for f in files])
        case.args = [a for a in case.args if a not in files]
    return case


def without(args, names):
    """A command line without some of its options, in either spelling."""
    kept, rest = [], list(args)
    while rest:
        arg = rest.pop(0)
        name, has_value, _ = arg.removeprefix("--").partition("=")
        if arg.startswith("--") and name in names:
            if not has_value and rest:
                rest.pop(0)
            continue
        kept.append(arg)
    return kept


CORPUS_FROM_ENVIRONMENT = ""


def corpus_directory():
    """The directory that ROLLSTAMP_CORPUS names, or None."""
    path = os.environ.get("ROLLSTAMP_CORPUS")
    return path if path and os.path.isdir(path) else None


def corpus_cases(directory):
    """Every manifest of the corpus, in a fixed order. `directory` can be CORPUS_FROM_ENVIRONMENT."""
    root = pathlib.Path(directory or corpus_directory())
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.name != "INDEX.tsv"):
        yield file_case(path, str(path.relative_to(root)))


def file_case(path, name=None):
    # Manifests of others name servers of others, which a test must not ask.
    return Case(name or str(path), pathlib.Path(path).read_bytes(), ["--git=off"])


# ---- reporting ----------------------------------------------------------------------------------------------------

def skip_all(reason):
    """The TAP of a suite that can't run here."""
    print(f"TAP version 13\n1..0 # SKIP {reason}")
    return 0


class Tap:
    """Test results on stdout, as TAP version 13; the plan comes last because nobody counts beforehand."""

    def __init__(self):
        self.count = 0
        self.failed = 0
        self.lock = threading.Lock()
        print("TAP version 13", flush=True)

    def result(self, name, problems=(), skip=None):
        """`skip`: why the test says nothing about this input. That is no test, so it is only told."""
        with self.lock:
            if skip and not problems:
                print(f"# nothing to say: {name}: {skip}", flush=True)
                return
            self.count += 1
            good = not problems
            self.failed += not good
            print(f"{'ok' if good else 'not ok'} {self.count} - {name.replace('#', '')}")
            for problem in problems:
                for line in str(problem).splitlines():
                    print(f"# {line}")
            sys.stdout.flush()

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def in_parallel(tap, tests):
    """Runs tests, (name, function) each, and prints their results in the order given.

    A function returns its problems, or raises Skip. That it raises something else is a failure of that test alone.
    """
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for name, problems, skip in pool.map(outcome, tests):
            tap.result(name, problems, skip)


class Skip(Exception):
    """Why a test has nothing to say about an input."""


def outcome(test):
    name, function = test
    try:
        return name, function(), None
    except Skip as e:
        return name, [], str(e)
    except Exception as e:  # one broken input must not end the run
        return name, [f"the test itself failed: {type(e).__name__}: {e}"], None
