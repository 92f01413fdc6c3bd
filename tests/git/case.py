# SPDX-License-Identifier: Apache-2.0
"""What a test works with: the world (servers, repositories, the program) and its own directory, home and checks.

Every run of the program is watched: it must leave no process and no temporary file behind, and nothing that is
registered as secret may show in what it prints or writes or in the arguments of a process that it starts.
"""

import contextlib
import dataclasses
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid

import yaml

import certs
import repos
import servers
from lib.program import REPORTLESS, SUBCOMMANDS, environment, sanitizer_options

ENDLESS = 60  # seconds after which a run is killed: far above every deadline that is tested
MARK = "ROLLSTAMP_TEST_RUN"  # in the environment of every run, by which its processes are known

# Put before git on PATH: notes the arguments and the environment of every call, and what `git credential` is asked.
RECORDER = """#!/bin/sh
note=$(mktemp "$ROLLSTAMP_TEST_TRACE/git.XXXXXX") || exit 1
{ printf '[%s]' "$@"; echo; } >"$note.argv"
env >"$note.env"
case " $* " in
*' credential fill '*) tee "$note.stdin" | "$ROLLSTAMP_TEST_GIT" "$@" ;;
*) exec "$ROLLSTAMP_TEST_GIT" "$@" ;;
esac
"""

# The same for ssh, which takes the home of the user from the system, and its configuration from there: here they are the
# case's own.
SSH = """#!/bin/sh
note=$(mktemp "$ROLLSTAMP_TEST_TRACE/ssh.XXXXXX") || exit 1
printf '[%s]' "$@" >"$note.ssh"
env >"$note.env"
exec /usr/bin/ssh -F "$HOME/.ssh/config" "$@"
"""
SSH_CONFIG = """
Host *
UserKnownHostsFile {home}/.ssh/known_hosts
GlobalKnownHostsFile /dev/null
IdentityFile {home}/.ssh/id_ed25519
IdentityFile {home}/.ssh/id_ecdsa
IdentityFile {home}/.ssh/id_rsa
"""


@dataclasses.dataclass
class Run:
    """What one run of the program did."""
    status: int  # negative: killed by that signal
    stdout: bytes
    stderr: str
    seconds: float
    report: object  # what --report wrote, None if nothing
    log: str
    trace: pathlib.Path  # notes of the recorder
    left: list  # descriptions of processes that were still there
    argv: set  # command lines seen, if the run was sampled
    max_rss: int  # KiB, of the largest of its processes

    def templates(self):
        """{name: pod template} of the workloads on stdout."""
        objects = [o for o in yaml.load_all(self.stdout, yaml.CSafeLoader) if o]
        objects = [item for o in objects for item in (o["items"] if o["kind"].endswith("List") else [o])]
        return {o["metadata"]["name"]: o["spec"]["template"] for o in objects if "template" in o.get("spec", {})}

    def stamps(self, workload="web"):
        """{annotation: value} of the git stamps of a workload, the prefix taken off."""
        annotations = self.templates()[workload].get("metadata", {}).get("annotations") or {}
        prefix = "git.rollstamp.io/"
        return {name.removeprefix(prefix): value for name, value in annotations.items() if name.startswith(prefix)}

    def started(self, name):
        """Whether a process of this program was seen, if the run was sampled."""
        return any(os.path.basename(argv.split(" ")[0]) == name for argv in self.argv)

    def asked_ssh(self):
        """The arguments that ssh was given, one string a call."""
        return [path.read_text() for path in sorted(self.trace.glob("*.ssh"))]

    def asked_credentials(self):
        """What `git credential` was given on stdin, one string a call."""
        return [path.read_text() for path in sorted(self.trace.glob("*.stdin"))]


def run_processes(mark):
    """{pid: command line} of the living processes that carry the mark."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{entry.name}/environ", "rb") as file:
                if mark not in file.read():
                    continue
            with open(f"/proc/{entry.name}/stat", encoding="latin-1") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    continue
            with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                found[int(entry.name)] = file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    return found


class World:
    """Everything that the tests of one run of the suite share. A server is started when it is first asked for."""

    def __init__(self, program, slow_factor=1, client="libgit2"):
        self.program = str(pathlib.Path(program).resolve())
        self.slow_factor = slow_factor
        self.client = client  # of --git-client
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rollstamp-git-"))
        self.directory.chmod(0o755)
        self.certificates = self.directory / "certificates"
        self.certificates.mkdir()
        self.bin = self.directory / "bin"
        self.bin.mkdir()
        for name, script in (("git", RECORDER), ("ssh", SSH)):
            (self.bin / name).write_text(script)
            (self.bin / name).chmod(0o755)
        self.git = shutil.which("git")
        # libgit2 1.5 keeps some memory of its regular expressions when it can't open a repository.
        self.suppressions = self.directory / "suppressions"
        self.suppressions.write_text("leak:libpcre2\n")
        certs.make_all(self.certificates)
        home = self.directory / "home"
        home.mkdir()
        self.repositories = self.directory / "repositories"
        self.repositories.mkdir()
        self.repos = repos.Repositories(self.repositories, home)
        self.repos.make_all()
        self.started = {}
        self.lock = threading.Lock()
        self.names = itertools.count()

    def server(self, name, make):
        with self.lock:
            if name not in self.started:
                try:
                    self.started[name] = make()
                except Exception as e:  # pylint: disable=broad-except
                    self.started[name] = e
            found = self.started[name]
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def web(self):
        return self.server("web", lambda: servers.Web(
            self.directory / "web", self.repositories, self.certificates / "good.pem"))

    @property
    def daemon(self):
        return self.server("daemon", lambda: servers.Daemon(self.directory / "daemon", self.repositories))

    @property
    def ssh(self):
        return self.server("ssh", lambda: servers.Ssh(self.directory / "ssh", self.repositories))

    @property
    def many(self):
        """Name of the repository with 100,000 refs."""
        return self.server("many", self.repos.make_many)

    def new_repository(self):
        """Name of a repository that only the caller knows, so that it may move its refs."""
        with self.lock:
            return self.repos.make(f"own{next(self.names)}.git")

    def close(self):
        for server in self.started.values():
            if hasattr(server, "close"):
                server.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class Case:
    """One test's view: its own directory and home, and what it found wrong."""

    def __init__(self, world, name):
        self.world = world
        self.name = name
        self.problems = []
        self.notes = []
        self.secrets = [servers.PASSWORD]
        # Those that are in a url, but not in its userinfo: git passes these on as arguments.
        self.url_secrets = []
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="test-", dir=world.directory))
        self.home = self.directory / "home"
        (self.home / ".ssh").mkdir(parents=True, mode=0o700)
        self.ssh_config("")
        self.config = self.home / ".gitconfig"
        # The machine's /etc/gitconfig can have helpers; an empty one forgets those before it.
        self.config.write_text("[credential]\n\thelper =\n")
        self.runs = itertools.count()
        self.stack = contextlib.ExitStack()

    def close(self):
        self.stack.close()

    def use(self, server):
        """Closes the server when the test ends."""
        self.stack.callback(server.close)
        return server

    @property
    def by_git(self):
        """Whether git asks the servers, and not libgit2."""
        return self.world.client == "git"

    # ---- Checks ----

    def check(self, good, message):
        if not good:
            self.problems.append(message)
        return good

    def equal(self, what, got, want):
        return self.check(got == want, f"{what}: expected {want!r}, is {got!r}")

    def succeeded(self, run):
        return self.check(run.status == 0, f"exit status {run.status}: {run.stderr.strip()}")

    def failed(self, run, *patterns, status=1):
        """The run failed as the contract says, and its message has something that fits each pattern."""
        self.equal("exit status", run.status, status)
        self.check(run.stdout == b"", f"stdout is not empty: {run.stdout[:200]!r}")
        if not self.check(run.stderr.count("\n") == 1 and run.stderr.endswith("\n"),
                          f"the message is not one line: {run.stderr!r}"):
            return
        self.check(run.stderr.startswith("rollstamp: ") and run.stderr[:-1].isprintable(), f"message: {run.stderr!r}")
        for pattern in patterns:
            self.check(re.search(pattern, run.stderr, re.IGNORECASE),
                       f"the message has nothing like {pattern!r}: {run.stderr.strip()!r}")

    # ---- Running ----

    def environment(self, mark, trace, temporary, more):
        env = environment({
            "LSAN_OPTIONS": f"suppressions={self.world.suppressions}:print_suppressions=0", **sanitizer_options(),
            "PATH": f"{self.world.bin}:/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home),
            "USER": servers.USER, "TMPDIR": str(temporary), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self.config), "SSL_CERT_FILE": str(self.world.certificates / "ca.pem"),
            "ROLLSTAMP_TEST_TRACE": str(trace), "ROLLSTAMP_TEST_GIT": self.world.git, MARK: mark,
        })
        env.update(more or {})
        return {name: value for name, value in env.items() if value is not None}

    def rollstamp(self, manifests, *args, env=None, report=True, prefix=(), during=None, sample=False,
                  cwd=None):
        """Runs the program on manifests (bytes, or objects), in a directory of its own or in `cwd`. `prefix` is put
        before its command line; during(process) is called while it runs; `sample` keeps the command lines of its
        processes."""
        own = self.directory / f"run{next(self.runs)}"
        trace, temporary = own / "trace", own / "tmp"
        trace.mkdir(parents=True)
        temporary.mkdir()
        (own / "stdin").write_bytes(manifests if isinstance(manifests, bytes) else dump(manifests))
        mark = f"{MARK}={uuid.uuid4()}"
        command = args[0] if args and args[0] in SUBCOMMANDS else None
        client = [] if command == "digest" else [f"--git-client={self.world.client}"]
        argv = [*prefix, self.world.program, *client, *args]
        if report and command not in REPORTLESS:
            argv += [f"--report={own / 'report'}", f"--log={own / 'log'}"]
        with open(own / "stdin", "rb") as stdin, open(own / "stdout", "wb") as stdout, \
                open(own / "stderr", "wb") as stderr:
            start = time.monotonic()
            # pylint: disable=consider-using-with
            process = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True,
                                       cwd=cwd or own, env=self.environment(mark.split("=")[1], trace, temporary, env))
        watch = Watch(process, mark.encode(), sample)
        if during:
            during(process)
        status, usage = watch.wait()
        run = Run(status, (own / "stdout").read_bytes(), (own / "stderr").read_text(errors="backslashreplace"),
                  time.monotonic() - start, None, "", trace, [], watch.argv, usage.ru_maxrss if usage else 0)
        run.left = self.leftovers(mark.encode())
        self.look_after(run, own, temporary)
        return run

    def leftovers(self, mark):
        """Processes of a run that are there after it; a killed one may take a moment to go."""
        until = time.monotonic() + 0.5 * self.world.slow_factor
        while (left := run_processes(mark)) and time.monotonic() < until:
            time.sleep(0.02)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return list(left.values())

    def look_after(self, run, own, temporary):
        """What has to hold after every run."""
        self.check(run.seconds < ENDLESS, "the program did not end by itself")
        self.check(not run.left, f"processes were left behind: {run.left}")
        found = sorted(str(path.relative_to(temporary)) for path in temporary.rglob("*"))
        self.check(not found, f"temporary files were left behind: {found}")
        report = own / "report"
        text = report.read_text() if report.exists() else ""
        run.report = json.loads(text) if text else None
        run.log = (own / "log").read_text() if (own / "log").exists() else ""
        arguments = [path.read_text(errors="replace") for path in run.trace.glob("*.argv")]
        places = {"stdout": run.stdout.decode("utf-8", "replace"), "stderr": run.stderr, "the report": text,
                  "the log": run.log, "arguments of git": "\n".join(arguments), "a command line": "\n".join(run.argv)}
        for secret in self.secrets + self.url_secrets:
            for place, content in places.items():
                if self.by_git and secret in self.url_secrets and place in ("arguments of git", "a command line"):
                    continue
                self.check(secret not in content or (place == "stdout" and self.in_input(own, secret)),
                           f"{place} shows a secret ({secret}): {content[:2000]}")

    @staticmethod
    def in_input(own, secret):
        """Manifests that contain a secret come out again as they went in."""
        count = (own / "stdin").read_text(errors="replace").count(secret)
        return 0 < count == (own / "stdout").read_text(errors="replace").count(secret)

    # ---- ssh ----

    def ssh_config(self, text):
        """What stands in the configuration of ssh, before where keys and known hosts are."""
        (self.home / ".ssh" / "config").write_text(text + SSH_CONFIG.format(home=self.home))

    def ssh_key(self, name):
        """Puts a key of the ssh server's into the home."""
        for end in ("", ".pub"):
            shutil.copyfile(self.world.ssh.directory / (name + end), self.home / ".ssh" / f"id_ed25519{end}")
        (self.home / ".ssh" / "id_ed25519").chmod(0o600)

    def known_hosts(self, text):
        (self.home / ".ssh" / "known_hosts").write_text(text)


class Watch:
    """Waits for a process, kills it when it is endless, and looks at its like meanwhile."""

    def __init__(self, process, mark, sample):
        self.process = process
        self.mark = mark
        self.sample = sample
        self.argv = set()

    def wait(self):
        """(exit status, resource usage)"""
        until = time.monotonic() + ENDLESS
        pause = 0.002
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                return self.process.returncode, usage
            if self.sample:
                self.argv.update(run_processes(self.mark).values())
            if time.monotonic() > until:
                self.process.kill()
            time.sleep(pause)
            pause = min(pause * 1.2, 0.02)


# A message about a server or a ref names the variable of the url or that of the ref: either says where to look.
VARIABLE = "GIT_REPO|GIT_CHECKOUT_BRANCH"


# ---- Manifests ----------------------------------------------------------------------------------------------------

def dump(objects):
    objects = objects if isinstance(objects, list) else [objects]
    return yaml.safe_dump_all(objects, explicit_start=True, sort_keys=False).encode()


def deployment(*init, name="web", containers=None, volumes=None, annotations=None, **spec):
    """A Deployment with these init containers."""
    metadata = {"name": name}
    if annotations:
        metadata["annotations"] = annotations
    pod = {"initContainers": list(init)} if init else {}
    pod["containers"] = containers or [{"name": "app", "image": "example.com/app:1"}]
    if volumes:
        pod["volumes"] = volumes
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
            "spec": {"selector": {"matchLabels": {"app": name}}, "template": template, **spec}}


def container(name="git-init", image="example.com/git:1", env=None, **more):
    """A container; env is {name: value}."""
    variables = [{"name": key, "value": value} if isinstance(value, str) else {"name": key, **value}
                 for key, value in (env or {}).items()]
    return {"name": name, "image": image, **({"env": variables} if variables else {}), **more}


def pair(url, ref, name="git-init"):
    """The pair of the chart that the project began with: git clone, then git checkout."""
    return container(name, env={"GIT_REPO": url, "GIT_CHECKOUT_BRANCH": ref})


def web(url, ref="main"):
    """The usual Deployment."""
    return deployment(pair(url, ref))


def of_secret(name, key):
    return {"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def of_configmap(name, key):
    return {"valueFrom": {"configMapKeyRef": {"name": name, "key": key}}}


def configmap(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def secret(name, **data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
