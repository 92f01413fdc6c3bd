#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing that a file turns out to be makes the program wait for ever, or read without an end.

    stalls.py --binary PROGRAM

FIFOs without a partner, devices, directories, a lock that somebody holds and a kubectl that floods, in every option that
takes a file: the program ends with a sentence that names the file, and prints nothing. FIFOs that have a partner work.
How long it takes is not judged, but for a generous limit. Output is TAP.
"""

import argparse
import fcntl
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import tap
from lib.program import Program, shown

TIMEOUT = 60  # seconds; what is tested waits for a fraction of one
CONFIGMAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n}\ndata: {k: v}\n"
WORKLOAD = ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: n}\nspec:\n  template:\n    spec:\n"
            "      containers:\n      - name: c\n        envFrom: [{configMapRef: {name: a}}]\n")
LOCK = '{\n  "format": "rollstamp-lock/1",\n  "refs": []\n}\n'


class World:
    """The program in a directory of its own."""

    def __init__(self, program, directory):
        self.program = program
        self.directory = pathlib.Path(directory)

    def run(self, args, stdin=WORKLOAD, wait="0.2", env=None):
        env = {"PATH": f"{self.directory}/bin:/usr/bin:/bin", **(env or {})}
        return self.program.run([f"--git-timeout={wait}", *args], stdin.encode(), env, self.directory)

    def write(self, name, text, mode=0o644):
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def fifo(self):
        path = self.directory / "fifo"
        if not path.exists():
            os.mkfifo(path)
        return path

    def refused(self, args, *parts, **more):
        """What is wrong with a run that must fail with a message that has all the parts."""
        result = self.run(args, **more)
        if result.status not in (1, 2) or result.stdout or any(part.encode() not in result.stderr for part in parts):
            return [f"{' '.join(args)}: status {result.status}, {len(result.stdout)} bytes printed, {shown(result.stderr)}"]
        return []

    def stamped(self, args, stdin=WORKLOAD, **more):
        result = self.run(args, stdin, **more)
        if result.status != 0 or b"configmap.rollstamp.io/a" not in result.stdout:
            return [f"{' '.join(args)}: status {result.status}, {shown(result.stdout)}, {shown(result.stderr)}"]
        return []


def inputs(world):
    fifo = str(world.fifo())
    # An option that reads, and what refuses to be read.
    options = [[f"--external={fifo}"], [f"--secret-key-file={fifo}"], [f"--config={fifo}"], [fifo]]
    wrong = []
    for args in options:
        wrong += world.refused(args, fifo, "nobody has written it to its end in time")
    wrong += world.refused([], fifo, "in time", env={"ROLLSTAMP_CONFIG": fifo})
    for args in options:
        args = [argument.replace(fifo, "/dev/zero") for argument in args]
        wrong += world.refused(args, "/dev/zero: is a device")
    for args in options[1:]:
        args = [argument.replace(fifo, ".") for argument in args]
        wrong += world.refused(args, ".: can't be read: Is a directory")
    return wrong


def substitutions(world):
    """What a shell makes of <(...) and >(...)."""
    world.write("a.yaml", CONFIGMAP)
    script = f"exec '{world.program.path}' --external <(cat a.yaml) --config <(echo 'strict: true') --report >(cat >copy)"
    out = subprocess.run(["bash", "-c", script], input=WORKLOAD, cwd=world.directory, text=True, capture_output=True,
                         timeout=TIMEOUT)
    wrong = []
    if out.returncode != 0 or "configmap.rollstamp.io/a" not in out.stdout:
        wrong.append(f"{script}: {out}")
    return wrong + world.stamped(["/dev/stdin", "--external=a.yaml"]) + world.stamped(["--external=a.yaml",
                                                                                      "--report=/dev/stderr"])


def late_partners(world):
    """FIFOs whose other end is opened when the program waits already."""
    fifo = world.fifo()
    world.write("a.yaml", CONFIGMAP)
    with subprocess.Popen(["sh", "-c", "sleep 0.3; cat a.yaml >fifo"], cwd=world.directory):
        wrong = world.stamped([f"--external={fifo}"], wait=TIMEOUT)
    with subprocess.Popen(["sh", "-c", "sleep 0.3; cat fifo >copy"], cwd=world.directory):
        wrong += world.stamped(["--external=a.yaml", f"--report={fifo}"], wait=TIMEOUT)
    if '"workloads"' not in (world.directory / "copy").read_text():
        wrong.append("the report has not come through the FIFO")
    return wrong


def outputs(world):
    fifo = str(world.fifo())
    world.write("a.yaml", CONFIGMAP)
    wrong = []
    for option in ["--report", "--log"]:
        wrong += world.refused([f"{option}={fifo}", "--external=a.yaml"], fifo, "nobody has opened it for reading")
        wrong += world.refused([f"{option}=.", "--external=a.yaml"], "Is a directory")
    # One that has a reader who does not read.
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    many = "---\n".join(WORKLOAD.replace("name: w", f"name: w{i}") for i in range(2000))
    wrong += world.refused([f"--report={fifo}", "--external=a.yaml"], fifo, "nobody has read it in time", stdin=many)
    os.close(reader)
    return wrong


def locks(world):
    fifo = str(world.fifo())
    world.write("a.yaml", CONFIGMAP)
    wrong = []
    for file in [fifo, "/dev/zero", "."]:
        for more in [[], ["--locked"], ["--lock-fallback"]]:
            wrong += world.refused([f"--lock={file}", "--external=a.yaml", *more], "is no regular file", wait=TIMEOUT)
    path = world.write("lock.json", LOCK)
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        wrong += world.refused([f"--lock={path}", "--external=a.yaml"], "lock.json: is locked by another process")
    return wrong + world.stamped([f"--lock={path}", "--external=a.yaml"])


def kubectl(world):
    world.write("bin/kubectl", "#!/bin/sh\nprintf 'apiVersion: v1\\n'; exec cat /dev/zero\n", 0o755)
    wrong = world.refused(["--live", "--live-timeout=60", "--namespace=n"], "the answers are longer than 256 MiB")
    world.write("bin/kubectl", "#!/bin/sh\nexec cat /dev/zero >&2\n", 0o755)
    return wrong + world.refused(["--live", "--live-timeout=0.3", "--namespace=n"], "no answer within 0.3 seconds")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    options = parser.parse_args()
    program = Program(options.binary, timeout=TIMEOUT)
    tests = {
        "a FIFO without a writer, a device and a directory are no input": inputs,
        "what a shell makes of <(...) and >(...) works": substitutions,
        "a FIFO whose other end comes later works": late_partners,
        "a report or log that nobody reads is an error": outputs,
        "a lock is a regular file, and one that is held an error": locks,
        "a kubectl that floods is an error": kubectl,
    }

    def in_world(test):
        with tempfile.TemporaryDirectory(prefix="rollstamp-stalls-") as directory:
            return test(World(program, directory))

    return tap.run([tap.Test(name, lambda test=test: in_world(test)) for name, test in tests.items()])


sys.exit(main())
