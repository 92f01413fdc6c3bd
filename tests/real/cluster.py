#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A Kubernetes control plane with simulated nodes, for as long as a command runs.

    cluster.py [--programs DIR] [--log DIR] COMMAND [ARG...]

Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok from DIR/bin (default: build-real/ at the
top of the sources; tests/real/build makes it), all on loopback, with one node on which pods become ready at once. Then
COMMAND runs with KUBECONFIG set and DIR/bin in front of PATH; its exit status is this one's.

Everything is in one temporary directory, which is removed at the end, and every process is ended by its pid: when
COMMAND has ended, when the start fails, on SIGTERM, SIGINT and SIGHUP, and (by the kernel) when this program is killed.
--log keeps what the programs wrote. Exit status 125: there is no cluster.

As a module: `with cluster.Cluster(programs) as c:` and c.kubeconfig, c.server, c.token, c.directory.
"""

import argparse
import ctypes
import http.client
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / "build-real"
START_LIMIT = 120  # seconds; 3 are usual, and a machine that compiles something else at the same time needs more
STOP_LIMIT = 2  # then they are killed: the API server would wait for its clients, and nothing of theirs is kept
TOKEN = "administrator"

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster: {{server: "{server}", insecure-skip-tls-verify: true}}
users:
- name: user
  user: {{token: "{token}"}}
contexts:
- name: test
  context: {{cluster: test, user: user}}
"""

NODE = """\
apiVersion: v1
kind: Node
metadata:
  name: node-1
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/hostname: node-1, kubernetes.io/os: linux}
status:
  allocatable: {cpu: "64", memory: 256Gi, pods: "1000"}
  capacity: {cpu: "64", memory: 256Gi, pods: "1000"}
"""


signalled = False  # by stop_on_signals: this program is to end at once


class Failed(Exception):
    """There is no cluster; the text says why."""


def die_with_parent():
    """In a child before exec: the kernel kills it when this program ends in whatever way."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Cluster:
    """Runs from __enter__ to __exit__; to be used from the main thread."""

    def __init__(self, programs=PROGRAMS, users="", log=None):
        """users: more lines of the token file: token,name,uid,"group,group"."""
        self.bin = pathlib.Path(programs).resolve() / "bin"
        self.stages = pathlib.Path(programs).resolve() / "share" / "kwok-stages.yaml"
        self.users = users
        self.keep_log = log
        self.processes = []
        self.token = TOKEN
        self.local = threading.local()

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rollstamp-cluster-"))
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        # The API server first: it waits for etcd otherwise. Whoever sends a signal may kill us a second later.
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill() if signalled else process.terminate()
        deadline = time.monotonic() + STOP_LIMIT
        for process in self.processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.keep_log:
            os.makedirs(self.keep_log, exist_ok=True)
            for file in self.directory.glob("*.log"):
                shutil.copy(file, self.keep_log)
        shutil.rmtree(self.directory, ignore_errors=True)

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return str(path)

    def kubeconfig_for(self, token, name):
        """A kubeconfig file for another user's token."""
        return self.write(name, KUBECONFIG.format(server=self.server, token=token))

    def request(self, method, path, body=None, kind="application/yaml", token=None):
        """One request to the API server: (status, body as bytes)."""
        headers = {"Authorization": "Bearer " + (token or self.token)}
        if body is not None:
            headers["Content-Type"] = kind
        # One connection a thread, kept open: a TLS handshake takes longer than most requests.
        for attempt in 1, 2:
            connection = getattr(self.local, "connection", None)
            if not connection:
                connection = http.client.HTTPSConnection(*self.address, timeout=30, context=self.tls)
                self.local.connection = connection
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise

    def _run(self, program, *arguments):
        path = self.bin / program
        if not path.exists():
            raise Failed(f"no {path}: tests/real/build makes it")
        with open(self.directory / f"{program}.log", "wb") as log:
            process = subprocess.Popen(
                [path, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                preexec_fn=die_with_parent,
                start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": str(self.directory)},
            )
        process.program = program
        self.processes.append(process)

    def _wait(self, what, ready):
        while not ready():
            for process in self.processes:
                if process.poll() is not None:
                    tail = (self.directory / f"{process.program}.log").read_text(errors="replace").splitlines()[-20:]
                    raise Failed("\n".join([f"{process.program} ended with status {process.returncode}:", *tail]))
            if time.monotonic() > self.deadline:
                raise Failed(f"{what} did not come up within {START_LIMIT} s")
            time.sleep(0.1)

    def _answers(self, path):
        try:
            return self.request("GET", path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _start(self):
        self.deadline = time.monotonic() + START_LIMIT
        client, peer, secure, controller, scheduler, kwok = free_ports(6)
        etcd = f"http://127.0.0.1:{client}"
        peers = f"http://127.0.0.1:{peer}"
        self.server = f"https://127.0.0.1:{secure}"
        self.address = "127.0.0.1", secure
        self.tls = ssl._create_unverified_context()
        subprocess.run(["openssl", "genrsa", "-out", "sa.key", "2048"], cwd=self.directory, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["openssl", "rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub"], cwd=self.directory, check=True, stderr=subprocess.DEVNULL)
        tokens = self.write("tokens.csv", f'{TOKEN},admin,admin,"system:masters"\n{self.users}')
        self.kubeconfig = self.write("kubeconfig", KUBECONFIG.format(server=self.server, token=TOKEN))

        self._run(
            "etcd",
            "--data-dir=etcd",
            "--unsafe-no-fsync",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        )
        self._run(
            "kube-apiserver",
            f"--etcd-servers={etcd}",
            "--service-account-key-file=sa.pub",
            "--service-account-signing-key-file=sa.key",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--token-auth-file={tokens}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/24",
            f"--secure-port={secure}",
            "--bind-address=127.0.0.1",
            "--cert-dir=certificates",
            "--disable-admission-plugins=ServiceAccount",
            "--shutdown-delay-duration=0s",
        )
        self._wait("the API server", lambda: self._answers("/readyz"))
        loopback = ["--kubeconfig=kubeconfig", "--leader-elect=false", "--bind-address=127.0.0.1", "--cert-dir=certificates"]
        self._run(
            "kube-controller-manager",
            *loopback,
            f"--secure-port={controller}",
            "--service-account-private-key-file=sa.key",
        )
        self._run("kube-scheduler", *loopback, f"--secure-port={scheduler}")
        self._run(
            "kwok",
            "--kubeconfig=kubeconfig",
            "--manage-all-nodes=true",
            f"--config={self.stages}",
            f"--server-address=127.0.0.1:{kwok}",
        )
        status, answer = self.request("POST", "/api/v1/nodes", NODE.encode())
        if status != 201:
            raise Failed(f"the node was refused: {answer.decode(errors='replace')}")
        self._wait("the default namespace", lambda: self._answers("/api/v1/namespaces/default"))
        self._wait("the node", lambda: b'"Ready","status":"True"' in self.request("GET", "/api/v1/nodes/node-1")[1])


def stop_on_signals():
    """SIGTERM, SIGINT and SIGHUP become SystemExit, so that `with` and `finally` do their work."""

    def leave(number, _):
        global signalled
        signalled = True
        sys.exit(128 + number)

    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        signal.signal(number, leave)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=PROGRAMS)
    parser.add_argument("--log")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if not arguments.command:
        parser.error("no command")
    stop_on_signals()
    try:
        with Cluster(arguments.programs, log=arguments.log) as cluster:
            environment = dict(os.environ, KUBECONFIG=cluster.kubeconfig)
            environment["PATH"] = f"{cluster.bin}:{environment['PATH']}"
            child = subprocess.Popen(arguments.command, env=environment, preexec_fn=die_with_parent)
            try:
                return child.wait()
            finally:
                if child.poll() is None:
                    child.terminate()
                    child.wait()
    except Failed as error:
        print(f"cluster.py: {error}", file=sys.stderr)
        return 125


if __name__ == "__main__":
    sys.exit(main())
