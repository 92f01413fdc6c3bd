# SPDX-License-Identifier: Apache-2.0
"""Running rollstamp: what every run has in common, and what is left of it."""

import concurrent.futures
import contextlib
import dataclasses
import os
import pathlib
import subprocess
import tempfile

SUBCOMMANDS = {"list", "digest", "why", "lock", "completion", "help", "version"}
# These write no report.
REPORTLESS = SUBCOMMANDS - {"list"}
# With one of these on the command line it prints something else than manifests.
NO_MANIFESTS = SUBCOMMANDS | {"-h", "--help", "--version"}
# How a plugin of Helm 4 says that it has failed.
HELM_FAILURE = b"\n--- rollstamp: "
TIMEOUT = 60  # seconds: far above what a run takes, also with sanitizers


@dataclasses.dataclass
class Result:
    status: int | None  # None: it did not end in time; negative: killed by that signal
    stdout: bytes
    stderr: bytes
    files: dict = dataclasses.field(default_factory=dict)  # what it wrote by --report and --log, by the option's name


class Program:
    """The program under test. `extra` are arguments for every run, `slow_factor` widens limits in slow builds."""

    def __init__(self, path, extra=(), timeout=TIMEOUT, slow_factor=1):
        self.path = str(pathlib.Path(path).absolute())
        self.extra = list(extra)
        self.slow_factor = slow_factor
        self.timeout = timeout * slow_factor

    def argv(self, args):
        """The command line for some arguments; a sub-command stays the first of them."""
        subcommand = 1 if args and args[0] in SUBCOMMANDS else 0
        return [self.path, *args[:subcommand], *self.extra, *args[subcommand:]]

    def run(self, args, data=b"", env=None, cwd=None, outputs=()):
        """Runs the program on bytes. Each of `outputs` ("report", "log") gets a file, in a directory that stderr calls
        DIRECTORY, where it writes any."""
        with contextlib.ExitStack() as stack:
            args, directory = list(args), None
            if REPORTLESS.intersection(args[:1]):
                outputs = ()
            if outputs:
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="rollstamp-test-"))
                args += [f"--{name}={directory}/{name}" for name in outputs]
            try:
                done = subprocess.run(self.argv(args), input=data, env=environment(env), cwd=cwd, timeout=self.timeout,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            except subprocess.TimeoutExpired as e:
                return Result(None, e.stdout or b"", e.stderr or b"")
            if not outputs:
                return Result(done.returncode, done.stdout, done.stderr)
            files = {path.name: path.read_bytes() for path in pathlib.Path(directory).iterdir()}
            return Result(done.returncode, done.stdout, done.stderr.replace(directory.encode(), b"DIRECTORY"), files)


def sanitizer_options():
    """What the caller tells sanitizers, and whoever counts what is run: every run has to be told too."""
    return {name: value for name, value in os.environ.items()
            if name.endswith("SAN_OPTIONS") or name == "LLVM_PROFILE_FILE"}


def environment(more=None):
    """The environment of a run: nothing of the caller's but what sanitizers are told, and where programs are."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", **sanitizer_options(), **(more or {})}


def failure_problems(result):
    """What is wrong with the way the program failed: it has to be status 1, no output and one line that says why."""
    if result.status is None:
        return ["did not end in time"]
    problems = []
    if result.status != 1:
        problems.append(f"exit status {result.status}")
    if result.stdout:
        problems.append(f"{len(result.stdout)} bytes on stdout although it failed")
    if result.stderr.count(b"\n") != 1 or not result.stderr.endswith(b"\n"):
        problems.append(f"stderr is not one line: {shown(result.stderr)}")
    return problems


def shown(data, limit=300):
    """A value for a message."""
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else str(data)
    return repr(text if len(text) <= limit else text[:limit] + "...")


def in_parallel(function, items):
    """[function(item) for each], on all processors."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(function, items))
