# SPDX-License-Identifier: Apache-2.0
"""Properties of the process: what it does with descriptors, with files it cannot write, and with hostile input."""

import functools
import itertools
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile

from lib.program import Result, environment, failure_problems, shown

STREAM = b"""\
# marker-of-the-input
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  key: value
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          envFrom:
            - configMapRef:
                name: settings
            - configMapRef:
                name: elsewhere
"""
MARKER = b"marker-of-the-input"
ARGS = ["--inject=both"]
SECONDS = 1
MEGABYTES = 200


def tests(program):
    """(name, function) of every property of the process."""
    named = [
        ("a full disk is an error", full_disk),
        ("a full disk is an error for the sub-commands", full_disk_of_subcommands),
        ("a full disk does not hide the files that are written", full_disk_behind_files),
        ("a file that cannot be written does not hide those that are", unwritable_file_behind_files),
        ("nobody reading is an error where SIGPIPE is ignored", functools.partial(broken_pipe, ignored=True)),
        ("nobody reading ends the program where SIGPIPE is not ignored", functools.partial(broken_pipe, ignored=False)),
        ("stderr that cannot be written does not turn an error into success", unwritable_stderr),
        ("a report that cannot be written is an error", functools.partial(unwritable_file, option="report")),
        ("a log that cannot be written is an error", functools.partial(unwritable_file, option="log")),
        ("a missing input file is an error", missing_input),
        ("a directory as input is an error", directory_as_input),
        ("a plugin of Helm 4 that fails reads what is written to it", failing_plugin),
    ]
    for closed in (c for size in (1, 2, 3) for c in itertools.combinations((0, 1, 2), size)):
        for from_file in (False, True):
            name = f"closed descriptors {', '.join(map(str, closed))}, input from {'a file' if from_file else 'stdin'}"
            named.append((name, functools.partial(closed_descriptors, closed=closed, from_file=from_file)))
    for name, data, accepted in hostile_inputs():
        named.append((f"hostile input: {name}", functools.partial(hostile, data=data, statuses=accepted)))
    return [(name, functools.partial(function, program)) for name, function in named]


# ---- output that goes nowhere -------------------------------------------------------------------------------------

def run_into(program, args, stdout, stderr=subprocess.PIPE, data=STREAM, restore_signals=True):
    process = subprocess.Popen(program.argv(args), stdin=subprocess.PIPE, stdout=stdout, stderr=stderr,
                               env=environment(), restore_signals=restore_signals)
    try:
        _, err = process.communicate(data, timeout=program.timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return Result(None, b"", b"")
    return Result(process.returncode, b"", err or b"")


def full_disk(program):
    with open("/dev/full", "wb") as full:
        return failure_problems(run_into(program, ARGS, full))


def full_disk_of_subcommands(program):
    problems = []
    for args in (["list"], ["digest", "configmap/settings"], ["digest", "configmap/settings", "--preimage"]):
        with open("/dev/full", "wb") as full:
            result = run_into(program, args, full)
        if result.status not in (1, 2) or not result.stderr:
            problems.append(f"{' '.join(args)}: exit status {result.status}, stderr {shown(result.stderr)}")
    return problems


def complete_problems(what, result, complete, status=1):
    """The message ends in the names of the files that are written, and these are there."""
    end = "; complete all the same: " + ", ".join(map(str, complete)) + "\n" if complete else None
    message = result.stderr.decode(errors="backslashreplace")
    problems = [f"{what}: {path} is not there" for path in complete if not path.exists()]
    if result.status != status:
        problems.append(f"{what}: exit status {result.status}")
    if not message.endswith(end) if end else "complete" in message:
        problems.append(f"{what}: the message does not name {complete}: {message}")
    return problems


def full_disk_behind_files(program):
    problems = []
    with tempfile.TemporaryDirectory() as name, open("/dev/full", "wb") as full:
        directory = pathlib.Path(name)
        render = directory / "render.yaml"
        render.write_bytes(STREAM)
        lock, report, log = (directory / file for file in ("lock.json", "report.json", "log"))
        told = [f"--report={report}", f"--log={log}"]
        rows = [
            (["--inject=both", *told, f"--lock={lock}"], [report, log, lock]),
            ([f"--lock={lock}"], [lock]),
            ([f"--lock={lock}", "--locked"], []),
            (["list", *told], [report, log]),
            (["lock", f"--lock={lock}", str(render)], [lock]),
            (["digest", "configmap/settings"], []),
        ]
        for args, complete in rows:
            for path in (lock, report, log):
                path.unlink(missing_ok=True)
            problems += complete_problems(shlex.join(args), run_into(program, args, full), complete)
        lock.unlink(missing_ok=True)
        args = ["lock", f"--lock={lock}", "--check", str(render)]
        problems += complete_problems(shlex.join(args), run_into(program, args, full), [], status=2)
    return problems


def unwritable_file_behind_files(program):
    problems = []
    with tempfile.TemporaryDirectory() as name:
        report, log = pathlib.Path(name) / "report.json", pathlib.Path(name) / "log"
        for args, complete in ((["--log=/dev/full"], [report]), ([f"--log={log}", "--lock=/nowhere/lock.json"], [report, log])):
            args = [f"--report={report}", *args]
            result = program.run(args, STREAM)
            problems += failure_problems(result) + complete_problems(shlex.join(args), result, complete)
    return problems


def broken_pipe(program, ignored):
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        # Python itself ignores SIGPIPE; a child inherits that unless told otherwise.
        result = run_into(program, ARGS, write_end, restore_signals=not ignored)
    finally:
        os.close(write_end)
    if not ignored and result.status == -signal.SIGPIPE:
        return []
    return failure_problems(result)


def unwritable_stderr(program):
    with open("/dev/full", "wb") as full:
        result = run_into(program, ARGS, subprocess.DEVNULL, full, data=b"a: [")
    return [] if result.status == 1 else [f"exit status {result.status}"]


def unwritable_file(program, option):
    problems = []
    for path in ("/nonexistent-directory/file", "/dev/full", "/"):
        result = program.run([*ARGS, f"--{option}={path}"], STREAM)
        problems += [f"--{option}={path}: {p}" for p in failure_problems(result)]
    return problems


def missing_input(program):
    return failure_problems(program.run([*ARGS, "/nonexistent-directory/input.yaml"], b""))


def directory_as_input(program):
    return failure_problems(program.run([*ARGS, "/"], b""))


def failing_plugin(program):
    """Who stands in front of it in a script must not be ended by a signal, which would hide the message."""
    argv = " ".join(map(shlex.quote, program.argv(["--helm-plugin=0.0.0", "--nonsense"])))
    script = f"set -o pipefail; head -c 1000000 /dev/zero | {argv}"
    done = subprocess.run(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment(), timeout=program.timeout)
    if done.returncode != 0 or not done.stdout.startswith(b"\n--- rollstamp: "):
        return [f"exit status {done.returncode}, stdout {shown(done.stdout)}"]
    return []


def closed_descriptors(program, closed, from_file):
    """A file that the program opens must not land on a closed standard descriptor, and be taken for stdout."""
    with tempfile.TemporaryDirectory(prefix="rollstamp-properties-") as tmp:
        paths = {name: pathlib.Path(tmp, name) for name in ("input", "stdout", "stderr", "report", "log")}
        paths["input"].write_bytes(STREAM)
        args = [*ARGS, f"--report={paths['report']}", f"--log={paths['log']}"]
        if from_file:
            args.append(str(paths["input"]))
        status = run_with_closed(program, args, closed, paths)
        written = {name: path.read_bytes() if path.exists() else b"" for name, path in paths.items()}
    expected = program.run(ARGS, STREAM)
    loses_data = 1 in closed or (0 in closed and not from_file)
    return [*status_problems(status, loses_data), *content_problems(written, expected.stdout, closed, loses_data)]


def run_with_closed(program, args, closed, paths):
    def close():
        for descriptor in closed:
            os.close(descriptor)

    with open(paths["input"], "rb") as stdin, open(paths["stdout"], "wb") as stdout, \
            open(paths["stderr"], "wb") as stderr:
        process = subprocess.Popen(program.argv(args), stdin=stdin, stdout=stdout, stderr=stderr, preexec_fn=close,
                                   env=environment())
        try:
            return process.wait(program.timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None


def status_problems(status, loses_data):
    wanted = 1 if loses_data else 0
    return [] if status == wanted else [f"exit status {status} instead of {wanted}"]


def content_problems(written, expected, closed, loses_data):
    problems = []
    if written["stdout"] not in ((b"",) if loses_data else (expected,)):
        problems.append(f"stdout holds {shown(written['stdout'])}")
    if loses_data and 2 not in closed and written["stderr"].count(b"\n") != 1:
        problems.append(f"stderr is not one line: {shown(written['stderr'])}")
    for name in ("stderr", "report", "log"):
        if MARKER in written[name]:
            problems.append(f"manifests in the {name}")
    if written["report"]:
        try:
            json.loads(written["report"])
        except ValueError:
            problems.append(f"the report is not JSON: {shown(written['report'])}")
    return problems


# ---- hostile input ------------------------------------------------------------------------------------------------

# A child's peak memory includes, for a moment, that of the process that started it. So a small one starts it.
MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as f:
    print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime, file=f)
"""


def hostile(program, data, statuses):
    result, megabytes, seconds = measured(program, data)
    if result.status not in statuses:
        return [f"exit status {result.status}, stderr {shown(result.stderr)}"]
    problems = failure_problems(result) if result.status else []
    if result.status == 0 and result.stdout != data:
        problems.append("accepted, and changed")
    if seconds > SECONDS * program.slow_factor:
        problems.append(f"took {seconds:.2f} s")
    if megabytes > MEGABYTES * program.slow_factor:
        problems.append(f"took {megabytes:.0f} MB")
    return problems


def measured(program, data):
    """(Result, MB at the peak, seconds of processor time) of a run. Processor time, because other tests are running."""
    with tempfile.TemporaryDirectory(prefix="rollstamp-properties-") as tmp:
        source, usage = os.path.join(tmp, "input"), os.path.join(tmp, "usage")
        pathlib.Path(source).write_bytes(data)
        with open(source, "rb") as stdin:
            process = subprocess.Popen([sys.executable, "-I", "-S", "-c", MEASURE, usage, *program.argv(ARGS)],
                                       stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=environment(), start_new_session=True)
            try:
                stdout, stderr = process.communicate(timeout=program.timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return Result(None, b"", b""), 0, 0
        status, kilobytes, seconds = pathlib.Path(usage).read_text().split()
    return Result(int(status), stdout, stderr), int(kilobytes) / 1024, float(seconds)


CONFIGMAP = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {key: value}\n---\n"
HEAD = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
CONTAINERS = b"[{name: web, envFrom: [{configMapRef: {name: settings}}]}]"
TEMPLATE = b"spec: {template: {spec: {containers: " + CONTAINERS + b"}}}\n"
DEPLOYMENT = HEAD + TEMPLATE


def laughs(count=30):
    """Definitions of which the last stands for ten to the power of `count` values."""
    lines = [b"x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"]
    for i in range(1, count):
        aliases = b", ".join(b"*x%d" % (i - 1) for _ in range(10))
        lines.append(b"x%d: &x%d [%s]\n" % (i, i, aliases))
    return b"".join(lines)


def nested(depth):
    """A Deployment with a node at this depth; the root is at depth 1."""
    return HEAD + b"x: " + b"[" * (depth - 1) + b"]" * (depth - 1) + b"\n" + TEMPLATE


def hostile_inputs():
    """(name, stream, exit statuses that are right)."""
    refused, either = (1,), (0, 1)
    secret = b"apiVersion: v1\nkind: Secret\nmetadata: {name: settings}\ndata: {key: '%s'}\n---\n"
    reads_secret = DEPLOYMENT.replace(b"configMapRef", b"secretRef")
    in_template = CONFIGMAP + HEAD + b"spec: {template: {%s, spec: {containers: " + CONTAINERS + b"}}}\n"
    return [
        # The template's alias would have to be written out in full, with all that it stands for.
        ("a billion laughs behind an alias that has to be written out", CONFIGMAP + HEAD + laughs() +
         b"t: &t {metadata: {labels: {l: *x29}}, spec: {containers: " + CONTAINERS + b"}}\nspec: {template: *t}\n",
         refused),
        ("a billion laughs of containers", CONFIGMAP + HEAD + laughs() +
         b"spec: {template: {spec: {containers: *x29}}}\n", either),
        ("a billion laughs that nobody reads", HEAD + laughs() + TEMPLATE, either),
        ("a billion laughs as a ConfigMap's data", CONFIGMAP.replace(b"\n---", b"\n" + laughs() + b"more: *x29\n---") +
         DEPLOYMENT.replace(b"settings", b"others"), either),
        ("a cyclic alias", CONFIGMAP + HEAD + b"x: &a [*a]\n" + TEMPLATE, refused),
        ("a cyclic alias in the template", in_template % b"metadata: &a {labels: *a}", refused),
        ("an undefined alias", CONFIGMAP + HEAD + b"x: *nowhere\n" + TEMPLATE, refused),
        ("a merge key", in_template % b"metadata: {<<: {labels: {a: b}}}", refused),
        ("a merge key in a ConfigMap", CONFIGMAP.replace(b"{key", b"{<<: {a: b}, key") + DEPLOYMENT, refused),
        ("60,000 %TAG lines", b"".join(b"%%TAG !t%d! tag:example.com,2000:\n" % i for i in range(60000)) + b"---\n" +
         DEPLOYMENT, refused),
        ("a directive", b"%YAML 1.1\n---\n" + DEPLOYMENT, refused),
        ("a million brackets", b"[" * 1000000, refused),
        ("a million brackets in a Deployment", HEAD + b"x: " + b"[" * 1000000 + b"\n" + TEMPLATE, refused),
        ("a million braces", b"{a: " * 1000000, refused),
        ("a million dashes", b"- " * 1000000, refused),
        ("nesting of 101", nested(101), refused),
        ("nesting of 100", nested(100), (0,)),
        ("a NUL byte", DEPLOYMENT + b"# \0\n", refused),
        ("a NUL byte in a document that cannot matter", b"kind: Service\nx: \0\n---\n" + DEPLOYMENT, refused),
        ("invalid UTF-8", DEPLOYMENT + b"# \xff\n", refused),
        ("an overlong encoding", DEPLOYMENT + b"# \xc0\xaf\n", refused),
        ("a surrogate", DEPLOYMENT + b"# \xed\xa0\x80\n", refused),
        ("UTF-16", b"\xff\xfe" + DEPLOYMENT.decode().encode("utf-16-le"), refused),
        ("text after the end of a document", DEPLOYMENT + b"...\nkind: Service\n", refused),
        ("a separator after a bare carriage return", DEPLOYMENT + b"# x\r---\r" + DEPLOYMENT, refused),
        ("broken base64 in a consumed Secret", secret % b"not base64!" + reads_secret, refused),
        ("base64 without padding in a consumed Secret", secret % b"YQ" + reads_secret, refused),
        ("base64 with too much padding in a consumed Secret", secret % b"YWE==" + reads_secret, refused),
        ("YAML that ends in the middle", HEAD + b"spec: {template: [\n", refused),
        ("100,000 aliases of one mapping", CONFIGMAP + HEAD + b"x: &x {a: b}\ny: [" + b"*x, " * 100000 + b"]\n" +
         TEMPLATE.replace(b"settings", b"others"), either),
        ("100,000 containers", CONFIGMAP + HEAD + b"spec: {template: {spec: {containers: [" +
         b"{name: a}, " * 100000 + b"]}}}\n", either),
        ("100,000 duplicate keys", HEAD + b"x: 1\n" * 100000 + TEMPLATE, either),
        ("100,000 documents", CONFIGMAP + b"---\n" * 100000, (0,)),
        ("10,000 ConfigMaps of one name", CONFIGMAP * 10000, (0,)),
        ("a megabyte on one line", HEAD + b"x: " + b"a" * 1000000 + b"\n" + TEMPLATE, (0,)),
        ("a megabyte of quotes", HEAD + b"x: '" + b"''" * 500000 + b"'\n" + TEMPLATE, (0,)),
        ("a key of a megabyte", HEAD + b"? " + b"a" * 1000000 + b"\n: b\n" + TEMPLATE, either),
    ]
