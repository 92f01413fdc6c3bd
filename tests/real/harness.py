# SPDX-License-Identifier: Apache-2.0
"""What the suites with real programs share: tests as functions, commands that are shown, TAP.

A test is a function that is given a Run and has a sentence for a name:

    @test("an upgrade without a change makes no new revision", helms=(3, 4))
    def _(run): ...

With `helms`, it is one test for each of them, in run.helm. Tests run concurrently, each with a directory and a namespace
of its own, in the one cluster of their program. Every command that a test runs stands below its TAP line, so that it can
be repeated by hand; what it printed too, if the test failed.
"""

import argparse
import contextlib
import fnmatch
import functools
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import cluster as clusters

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lib import tap  # noqa: E402 pylint: disable=wrong-import-position
from lib.tap import Failure, Skip  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import

CHARTS = HERE / "charts"
TIMEOUT = 120  # seconds for one command
CONCURRENT = 4  # a test mostly waits for a controller

tests = []


def test(name, helms=(None,)):
    def add(function):
        for helm in helms:
            tests.append((name if helm is None else f"Helm {helm}: {name}", function, helm))
        return function

    return add


class Result:
    def __init__(self, status, stdout, stderr):
        self.status, self.stdout, self.stderr = status, stdout, stderr

    @property
    def output(self):
        return self.stdout + self.stderr

    @property
    def json(self):
        return json.loads(self.stdout)


class Run:
    """One test's surroundings."""

    def __init__(self, setting, helm, number):
        self.setting, self.helm = setting, helm
        self.cluster = setting.cluster
        self.rollstamp = str(setting.binary)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"test-{number}-", dir=setting.directory))
        self.namespace = f"test-{number}"
        self.log = []
        self.env = setting.environment(self.directory, helm)
        if self.cluster:
            self.namespace_exists(self.namespace)

    def namespace_exists(self, name):
        body = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        self.cluster.request("POST", "/api/v1/namespaces", body.encode(), "application/json")

    # What a test says.

    def note(self, text):
        self.log.append((str(text), False))

    def check(self, condition, message):
        if not condition:
            raise Failure(message)

    def equal(self, got, wanted, what):
        if got != wanted:
            raise Failure(f"{what}: got {got!r}, wanted {wanted!r}")

    def contains(self, text, part, what="output"):
        if part not in text:
            raise Failure(f"{what}: no {part!r} in {text!r}")

    # Files and commands.

    def write(self, name, text, mode=0o644):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def run(self, *command, status=0, stdin=None, env=None, cwd=None, timeout=TIMEOUT):
        """Runs a command; status: what it has to end with; None: any."""
        command = [str(word) for word in command]
        extra = {key: str(value) for key, value in (env or {}).items()}
        shown = [f"{key}={shlex.quote(value)}" for key, value in extra.items()] + [shlex.join(command)]
        self.note("$ " + " ".join(shown))
        if isinstance(stdin, str):
            stdin = stdin.encode()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd or self.directory,
            env={**self.env, **extra},
            start_new_session=True,
        )
        with self.setting.running(process):
            try:
                stdout, stderr = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired as error:
                os.killpg(process.pid, signal.SIGKILL)
                self.log.append((b"".join(process.communicate()).decode(errors="replace"), True))
                raise Failure(f"not done after {timeout} s: {shlex.join(command)}") from error
        result = Result(process.returncode, stdout.decode(errors="replace"), stderr.decode(errors="replace"))
        self.log.append((result.output, True))
        if status is not None and result.status != status:
            raise Failure(f"status {result.status} instead of {status}: {shlex.join(command)}")
        return result

    def shell(self, script, **options):
        return self.run("bash", "-o", "pipefail", "-ec", script, **options)

    # Programs.

    def kubectl(self, *arguments, **options):
        return self.run("kubectl", "--namespace", self.namespace, *arguments, **options)

    # Objects as the API server has them: without kubectl, which takes longer to start than the server to answer.

    def raw(self, path):
        self.note(f"$ kubectl get --raw '{path}'")
        status, body = self.cluster.request("GET", path)
        if status != 200:
            raise Failure(f"status {status} for {path}: {body.decode(errors='replace')}")
        return json.loads(body)

    def get(self, kind, name):
        return self.raw(f"{PATHS[kind].format(namespace=self.namespace)}/{name}")

    def items(self, kind, labels=""):
        """The objects of a kind, but for the ConfigMap that the control plane puts into every namespace, whenever it comes to that."""
        query = f"?labelSelector={urllib.parse.quote(labels)}" if labels else ""
        found = self.raw(PATHS[kind].format(namespace=self.namespace) + query)["items"]
        # A list leaves out what its items are.
        return [{"kind": kind, **each} for each in found if each["metadata"]["name"] != "kube-root-ca.crt"]

    def exists(self, kind, name):
        return any(each["metadata"]["name"] == name for each in self.items(kind))

    @property
    def program(self):
        return f"helm{self.helm}"

    def post_renderer(self, *arguments):
        """The flags that put rollstamp behind this Helm."""
        flags = ["--post-renderer", "rollstamp"]
        for argument in arguments:
            flags += ["--post-renderer-args", argument]
        return flags

    def run_helm(self, *arguments, **options):
        return self.run(self.program, "--namespace", self.namespace, *arguments, **options)

    def upgrade(self, release, chart, *arguments, values=None, stamped=True, wait=True, **options):
        """helm upgrade --install, with rollstamp unless stamped=False (or its arguments in stamped=[...])."""
        flags = ["--wait", "--timeout", "90s"] if wait else []
        if stamped:
            flags += self.post_renderer(*(stamped if isinstance(stamped, (list, tuple)) else ()))
        for key, value in (values or {}).items():
            flags += ["--set-string", f"{key}={value}"]
        return self.run_helm("upgrade", "--install", release, chart, *flags, *arguments, **options)

    def plugin(self, name, script):
        """Installs a post-renderer of the test's own into this Helm 4, which runs a shell script."""
        directory = pathlib.Path(self.env["HELM_PLUGINS"]) / name
        directory.mkdir(parents=True)
        (directory / "run").write_text(f"#!/bin/bash\n{script}\n")
        (directory / "run").chmod(0o755)
        (directory / "plugin.yaml").write_text(PLUGIN.format(name=name))
        self.note(f"plugin {name}: {script}")

    def filter(self, name, script):
        """A post-renderer of the test's own for either Helm: what --post-renderer takes."""
        if self.helm == 4:
            self.plugin(name, script)
            return name
        return self.write(name, f"#!/bin/bash\n{script}\n", 0o755)

    def has_helm_diff(self):
        """Sees to it that this Helm has the plugin helm-diff."""
        plugin = pathlib.Path(self.env["HELM_PLUGINS"]) / "diff"
        source = self.setting.programs / "share" / "helm-diff"
        self.check(source.exists(), f"no {source}: tests/real/build makes it")
        if not plugin.exists():
            plugin.symlink_to(source)

    def commit(self, repository):
        """A new commit on `main` of a repository in the test's directory, which is made if need be: its hash."""
        self.run("git", "init", "--quiet", "--initial-branch=main", repository)
        git = "git", "-C", repository, "-c", "user.name=test", "-c", "user.email=test@example.com"
        self.run(*git, "commit", "--quiet", "--allow-empty", "--message=test")
        return self.run(*git, "rev-parse", "HEAD").stdout.strip()

    # What the API server knows of a workload.

    def observed(self, kind, name):
        """The workload, once its controller has seen the newest generation of it."""
        found = []

        def is_seen():
            found[:] = [self.get(kind, name)]
            return found[0].get("status", {}).get("observedGeneration", 0) >= found[0]["metadata"]["generation"]

        self.eventually(f"the controller sees the {kind} {name}", is_seen)
        return found[0]

    def revision(self, name):
        """Of a Deployment: (revision, ReplicaSets)."""
        deployment = self.observed("deployment", name)
        owned = [each for each in self.items("replicaset") if owner(each) == deployment["metadata"]["uid"]]
        return int(deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"]), len(owned)

    def revisions(self, kind, name):
        """Of a StatefulSet or DaemonSet: how many ControllerRevisions it has."""
        uid = self.observed(kind, name)["metadata"]["uid"]
        return sum(owner(each) == uid for each in self.items("controllerrevision"))

    def generation(self, kind, name):
        return self.get(kind, name)["metadata"]["generation"]

    def stamps(self, kind, name):
        annotations = self.get(kind, name)["spec"]["template"]["metadata"].get("annotations", {})
        return {key: value for key, value in annotations.items() if "rollstamp.io/" in key}

    def eventually(self, what, condition, limit=60):
        deadline = time.monotonic() + limit
        while not condition():
            if time.monotonic() > deadline:
                raise Failure(f"not within {limit} s: {what}")
            time.sleep(0.2)


CORE, APPS, BATCH = "/api/v1", "/apis/apps/v1", "/apis/batch/v1"
PATHS = {
    kind: f"{group}/namespaces/{{namespace}}/{kind}s"
    for group, kinds in {
        CORE: ("configmap", "secret", "pod", "event"),
        APPS: ("deployment", "replicaset", "statefulset", "daemonset", "controllerrevision"),
        BATCH: ("job",),
    }.items()
    for kind in kinds
}

PLUGIN = """\
apiVersion: v1
type: postrenderer/v1
name: {name}
version: 0.0.1
runtime: subprocess
runtimeConfig:
  platformCommand:
  - command: ${{HELM_PLUGIN_DIR}}/run
"""


def owner(thing):
    references = thing["metadata"].get("ownerReferences", [])
    return references[0]["uid"] if references else None


class Setting:
    """What the tests of one program share."""

    def __init__(self, arguments, directory):
        self.binary = pathlib.Path(arguments.binary).resolve()
        self.build = self.binary.parent
        self.plugin = pathlib.Path(arguments.plugin).resolve() if arguments.plugin else None
        self.made = pathlib.Path(arguments.made).resolve() if arguments.made else None
        # tests/run --installed: what somebody installed, in place of what the build made.
        self.installed = pathlib.Path(os.environ["ROLLSTAMP_INSTALLED"]) if os.environ.get("ROLLSTAMP_INSTALLED") else None
        if self.installed:
            self.binary = self.installed / "bin" / "rollstamp"
            self.plugin = self.installed / "share" / "rollstamp" / "helm" / "rollstamp"
        self.programs = pathlib.Path(arguments.programs).resolve()
        self.directory = directory
        self.cluster = None
        self.processes = set()
        self.is_over = False
        # rollstamp on PATH, beside nothing else of the build.
        (directory / "bin").mkdir()
        for program in (self.binary.with_name(name) for name in ("rollstamp", "rollstamp-krm", "rollstamp-git")):
            if program.exists():
                (directory / "bin" / program.name).symlink_to(program)

    @contextlib.contextmanager
    def running(self, process):
        """Sees to it that a command of a test does not outlive the block, or stop()."""
        self.processes.add(process)
        try:
            if self.is_over:
                raise Failure("stopped")
            yield
        finally:
            self.processes.discard(process)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def stop(self):
        self.is_over = True
        for process in list(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def environment(self, home, helm):
        plugins = home / "plugins"
        plugins.mkdir()
        if helm == 4 and self.plugin:
            (plugins / "rollstamp").symlink_to(self.plugin)
        return {
            "PATH": f"{self.programs / 'bin'}:{self.directory / 'bin'}:/usr/bin:/bin",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "KUBECONFIG": self.cluster.kubeconfig if self.cluster else str(home / "no-kubeconfig"),
            "HELM_PLUGINS": str(plugins),
            "TMPDIR": str(home),
        }


def perform(setting, number, function, helm):
    """The Outcome of one test, with the commands that it ran below it."""
    run, outcome = None, tap.Outcome()
    started = time.monotonic()
    try:
        run = Run(setting, helm, number)
        function(run)
    except Exception as e:  # pylint: disable=broad-except
        outcome = tap.raised(e)
    if run:
        for text, is_output in run.log:
            if not is_output:
                outcome.notes.append(text)
            elif outcome.problems:
                outcome.notes += ["  | " + line for line in text.splitlines()]
        shutil.rmtree(run.directory, ignore_errors=True)
    outcome.notes.append(f"({time.monotonic() - started:.1f} s)")
    return outcome


def main(description, needs_cluster=True, users="", prepare=None):
    """Runs the tests that have been defined. prepare(setting), called once the cluster is up, makes what they share."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the program rollstamp")
    parser.add_argument("--plugin", help="the directory of the Helm 4 plugin")
    parser.add_argument("--made", help="what tests/release/make has made")
    parser.add_argument("--programs", default=clusters.PROGRAMS, help="what tests/real/build made")
    parser.add_argument("--filter", default="*", help="glob on the tests' names")
    arguments = parser.parse_args()
    clusters.stop_on_signals()
    sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)

    chosen = [each for each in tests if fnmatch.fnmatchcase(each[0], arguments.filter)]
    with tempfile.TemporaryDirectory(prefix="rollstamp-real-") as directory:
        setting = Setting(arguments, pathlib.Path(directory))
        if not needs_cluster:
            return perform_all(setting, chosen, prepare)
        try:
            with clusters.Cluster(arguments.programs, users=users) as setting.cluster:
                return perform_all(setting, chosen, prepare)
        except clusters.Failed as error:
            return tap.bail_out(f"no cluster: {error}")


def perform_all(setting, chosen, prepare):
    if prepare:
        prepare(setting)
    return tap.run(
        [tap.Test(name, functools.partial(perform, setting, number, function, helm))
         for number, (name, function, helm) in enumerate(chosen, 1)],
        CONCURRENT, stop=setting.stop)
