#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The tarball, as a stranger uses it: in a root that has next to nothing.

    tarball.py --made DIR [--filter GLOB]

There is one root with the unpacked tarball alone, and one that has as well what asking git servers takes: git, ssh and a
shell with their libraries, certificates, /etc/hosts and /etc/resolv.conf. Neither has /proc or any library of rollstamp's.
The servers are those of tests/git, outside, on loopback; a name server that knows one name is beside them. Needs root, for
chroot and the port of DNS. Output is TAP version 13.
"""

import argparse
import os
import pathlib
import re
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS / "git")]

# pylint: disable=wrong-import-position
import case as cases  # noqa: E402
import servers  # noqa: E402
from lib import tap  # noqa: E402
from lib.tap import test  # noqa: E402

EXAMPLE = TESTS.parent / "examples" / "openig" / "rendered.yaml"
AT = "/opt/rollstamp"  # where it was unpacked
HOME = "/home/user"
CERTIFICATES = {"Debian": "etc/ssl/certs/ca-certificates.crt", "Fedora": "etc/pki/tls/certs/ca-bundle.crt"}
NAME_SERVER = "127.0.0.19"
BY_HOSTS, BY_DNS = "git.hosts.test", "git.dns.test"  # names that the certificate has, too

# A source of names as /etc/nsswitch.conf can name one; who loads it leaves a mark.
POISON = """
#include <fcntl.h>
__attribute__((constructor)) static void loaded(void)
{
	(void)creat("/tmp/loaded", 0600);
}
"""


class NameServer:
    """Answers what is asked for BY_DNS with the address of loopback, and that there is nothing else."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))
        self.asked = set()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, client = self.socket.recvfrom(512)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            name, kind = ".".join(labels), struct.unpack(">H", query[at + 1:at + 3])[0]
            self.asked.add(name)
            known = name == BY_DNS
            answer = struct.pack(">HHHLH4s", 0xc00c, 1, 1, 60, 4, b"\x7f\0\0\1") if known and kind == 1 else b""
            head = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, bool(answer), 0, 0)
            self.socket.sendto(head + query[12:at + 5] + answer, client)


def libraries(program):
    told = subprocess.run(["ldd", program], stdout=subprocess.PIPE, check=True, text=True).stdout
    return re.findall(r"(/\S+) \(0x", told)


def copy(path, root):
    to = root / path.lstrip("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    if not to.exists():
        shutil.copy2(os.path.realpath(path), to)


class Roots:
    """Both roots, the servers, and what is run in them."""

    def __init__(self, made):
        found = list(made.glob("unpacked/*-linux-amd64"))
        if len(found) != 1:
            raise SystemExit(tap.bail_out(f"no tarball of amd64 in {made}: tests/release/make makes it"))
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rollstamp-roots-"))
        self.directory.chmod(0o755)
        self.empty, self.root = self.directory / "empty", self.directory / "root"
        for root in (self.empty, self.root):
            shutil.copytree(found[0], root / AT.lstrip("/"), symlinks=True)
        self.world = cases.World(found[0] / "bin" / "rollstamp")
        self.names = NameServer()
        self.fill()

    def write(self, path, text, mode=0o644):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def fill(self):
        for path in ("/usr/bin/git", "/usr/bin/ssh", "/bin/sh"):
            copy(path, self.root)
            for library in libraries(path):
                copy(library, self.root)
        for name in ("tmp", "dev"):
            (self.root / name).mkdir()
        os.mknod(self.root / "dev" / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        (self.root / "dev" / "null").chmod(0o666)
        self.write("etc/passwd", f"root:x:0:0::{HOME}:/bin/sh\n")
        self.write("etc/hosts", f"127.0.0.1 localhost {BY_HOSTS}\n")
        self.write("etc/resolv.conf", f"nameserver {NAME_SERVER}\n")
        self.write("etc/nsswitch.conf", "hosts: poison files dns\n")
        self.write("poison.c", POISON)
        library = self.root / next(path for path in libraries("/usr/bin/git") if "/libc.so" in path).lstrip("/")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library.parent / "libnss_poison.so.2", self.root / "poison.c"], check=True)
        world, ssh = self.world, self.root / HOME.lstrip("/") / ".ssh"
        ssh.mkdir(parents=True, mode=0o700)
        shutil.copy(world.ssh.directory / "user_key", ssh / "id_ed25519")
        (ssh / "id_ed25519").chmod(0o600)
        (ssh / "known_hosts").write_text(world.ssh.known_hosts_line())

    def certificates(self, system):
        for path in CERTIFICATES.values():
            (self.root / path).unlink(missing_ok=True)
        self.write(CERTIFICATES[system], (self.world.certificates / "ca.pem").read_text())

    def run(self, *command, root=None, stdin=b""):
        return subprocess.run(["/usr/sbin/chroot", root or self.root, *command], input=stdin, check=False, timeout=120,
                              env={"PATH": "/usr/bin:/bin", "HOME": HOME}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def resolves(self, *urls, args=()):
        """What is wrong when the branch main of these urls is asked for, from inside."""
        workloads = [cases.deployment(cases.pair(url, "main"), name=f"web{number}") for number, url in enumerate(urls)]
        done = self.run(f"{AT}/bin/rollstamp", *args, stdin=cases.dump(workloads))
        if done.returncode != 0:
            return [f"status {done.returncode}: {done.stderr.decode()}"]
        want = self.world.repos.commit_of("config.git", "main")
        found = re.findall(rb'git\.rollstamp\.io/config: "(.*)"', done.stdout)
        return [] if found == [want.encode()] * len(urls) else [f"stamps {found}, and not {want} for each of {urls}"]

    def close(self):
        self.world.close()
        shutil.rmtree(self.directory)


def port(url):
    return urllib.parse.urlsplit(url).port


@test("with nothing but the tarball, the first stamp of the example takes a moment")
def _(roots):
    start = time.monotonic()
    done = roots.run(f"{AT}/bin/rollstamp", "--git=off", root=roots.empty, stdin=EXAMPLE.read_bytes())
    seconds = time.monotonic() - start
    count = len(re.findall(rb'(?:configmap|secret)\.rollstamp\.io/\S+: "[0-9a-f]{32}"', done.stdout))
    problems = [f"status {done.returncode}: {done.stderr.decode()}"] if done.returncode else []
    if count != 4:
        problems.append(f"{count} stamps of ConfigMaps and Secrets")
    return tap.Outcome(problems, [f"{seconds:.3f} s"])


@test("the program finds its helper, and says what both are made of")
def _(roots):
    done = roots.run(f"{AT}/bin/rollstamp", "--version", root=roots.empty)
    if not re.search(rf"^rollstamp-git: {AT}/bin/\.\./libexec/rollstamp-git \(rollstamp-git .*, libgit2 ", done.stdout.decode(), re.M):
        yield f"{done.stdout.decode()}{done.stderr.decode()}"


@test("a branch resolves over git with nothing but the tarball, and over http and git in the other root")
def _(roots):
    done = roots.run(f"{AT}/bin/rollstamp", root=roots.empty,
                     stdin=cases.dump([cases.deployment(cases.pair(f"{roots.world.daemon.url}/config.git", "main"))]))
    if done.returncode != 0:
        yield done.stderr.decode()
    yield from roots.resolves(f"{roots.world.web.http}/git/config.git", f"{roots.world.daemon.url}/config.git")


@test("a branch resolves over https, with the certificates where Debian and where Fedora has them", alone=True)
def _(roots):
    for system in CERTIFICATES:
        roots.certificates(system)
        yield from roots.resolves(f"https://localhost:{port(roots.world.web.https)}/git/config.git")


@test("without certificates, https is an error that says so", alone=True)
def _(roots):
    roots.certificates("Debian")
    (roots.root / CERTIFICATES["Debian"]).unlink()
    wrong = roots.resolves(f"https://localhost:{port(roots.world.web.https)}/git/config.git")
    if not wrong or "certificate" not in wrong[0]:
        yield f"{wrong}"


@test("a branch resolves over ssh, by the ssh program and its keys")
def _(roots):
    yield from roots.resolves(f"{roots.world.ssh.url}/config.git")


@test("a login comes from git's credential helpers", alone=True)
def _(roots):
    roots.certificates("Debian")
    roots.write(f"{HOME.lstrip('/')}/.gitconfig", "[credential]\n\thelper = \"!echo username="
                f"{servers.NAME}; echo password={servers.PASSWORD}; :\"\n")
    yield from roots.resolves(f"https://localhost:{port(roots.world.web.https)}/private/config.git")


@test("names resolve by /etc/hosts and by DNS, and nothing that nsswitch.conf names is loaded", alone=True)
def _(roots):
    roots.certificates("Debian")
    loaded = roots.root / "tmp" / "loaded"
    loaded.unlink(missing_ok=True)
    for name in (BY_HOSTS, BY_DNS):
        for found in roots.resolves(f"https://{name}:{port(roots.world.web.https)}/git/config.git",
                                    f"git://{name}:{port(roots.world.daemon.url)}/config.git"):
            yield f"{name}: {found}"
    if BY_DNS not in roots.names.asked:
        yield f"the name server was asked for {roots.names.asked}"
    if loaded.exists():
        yield "rollstamp-git loads a library of the system for host names"
    # Who does as nsswitch.conf says, does.
    roots.run("/usr/bin/ssh", "-o", "BatchMode=yes", BY_DNS)
    if not loaded.exists():
        yield "ssh does not load it, so that this shows nothing"


def outcome_of(found):
    return found if isinstance(found, tap.Outcome) else tap.Outcome(list(found))


def main():
    parser = argparse.ArgumentParser(description="Use the tarball in an empty root.")
    parser.add_argument("--made", required=True, type=pathlib.Path)
    parser.add_argument("--filter", default="*", help="glob on the tests' names")
    options = parser.parse_args()
    if os.getuid() != 0:
        return tap.skip_all("unavoidable: needs root, for chroot and the port of DNS")
    roots = Roots(options.made.resolve())
    try:
        return tap.run(tap.registered(lambda _, function: outcome_of(function(roots)), options.filter), 2)
    finally:
        roots.close()


if __name__ == "__main__":
    tap.end_now(main())
