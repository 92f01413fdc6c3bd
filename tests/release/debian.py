#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian packages, as somebody uses them who has nothing else of the project.

    debian.py --made DIR [--root DIR]

DIR is what tests/release/make has made. --root is where the empty system is made by debootstrap, or is already; without it, it
is made in a temporary directory, which takes two minutes. Needs root, and the network for Debian's own packages.

Output is TAP version 13.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import tap  # noqa: E402

# Of Debian's own programs, what lintian says is about the program and not about the user who runs it.
LINTIAN = ["lintian", "--fail-on", "error,warning", "--allow-root"]
# What Debian's own programs leave behind when packages are installed and removed.
NOT_OURS = re.compile(r"^\./(proc|sys|dev|tmp|run|root|var/(cache|lib|log))/|^\./etc/(ld\.so\.cache|ssl)|__pycache__")
MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: web, image: web, envFrom: [{configMapRef: {name: settings}}]}]
"""


def run(*argv, data="", **more):
    """What the program prints, both streams. A status other than 0 fails the test."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
    done = subprocess.run(argv, input=data, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)
    if done.returncode != 0:
        raise tap.Failure(f"{' '.join(map(str, argv))}: status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


class System:
    """An empty Debian in a directory of its own, which commands run in."""

    def __init__(self, base, directory):
        self.root = pathlib.Path(directory, "root")
        run("cp", "-a", "--reflink=auto", base, self.root)

    def run(self, *argv, data=""):
        # /proc goes with the namespace, however this ends.
        inside = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
        return run("unshare", "--mount", "sh", "-c", inside, self.root, *argv, data=data)

    def files(self):
        listed = run("find", ".", "-xdev", "!", "-type", "d", "-printf", "%p\n", cwd=self.root).splitlines()
        return {path for path in listed if not NOT_OURS.search(path)}

    def install(self, *packages):
        names = []
        for package in packages:
            shutil.copy(package, self.root / "tmp")
            names.append(f"/tmp/{pathlib.Path(package).name}")
        self.run("apt-get", "install", "-q", "-y", "--no-install-recommends", "--allow-downgrades", *names)

    def stamps(self):
        return "configmap.rollstamp.io/settings" in self.run("rollstamp", data=MANIFEST)


class Suite:
    def __init__(self, packages, base, directory):
        self.directory = directory
        self.base = base
        self.program, = packages.glob("rollstamp_*.deb")
        self.helper, = packages.glob("rollstamp-git_*.deb")
        self.source, = packages.glob("rollstamp_*.dsc")

    def system(self, name):
        directory = pathlib.Path(self.directory, name)
        directory.mkdir()
        return System(self.base, directory)

    def lintian_has_nothing_to_say(self):
        said = run(*LINTIAN, self.program, self.helper, self.source)
        return [said] if said.strip() else []

    def the_program_alone_stamps_and_says_what_is_missing(self):
        system = self.system("alone")
        system.install(self.program)
        problems = [] if system.stamps() else ["it stamps nothing"]
        said = system.run("rollstamp", "--version")
        if "rollstamp-git: not found" not in said:
            problems.append(said)
        return problems

    def what_is_installed_is_where_debian_looks_for_it(self):
        system = self.system("places")
        system.install(self.program, self.helper)
        expected = ["usr/bin/rollstamp", "usr/bin/rollstamp-krm", "usr/libexec/rollstamp-git",
                    "usr/share/bash-completion/completions/rollstamp", "usr/share/zsh/vendor-completions/_rollstamp",
                    "usr/share/fish/vendor_completions.d/rollstamp.fish", "usr/share/rollstamp/report.schema.json",
                    "usr/share/rollstamp/helm/rollstamp/plugin.yaml"]
        listed = system.run("dpkg", "-L", "rollstamp", "rollstamp-git").split()
        problems = [f"no {path}" for path in expected if f"/{path}" not in listed]
        said = system.run("rollstamp", "--version")
        if not re.search(r"rollstamp-git: \S*/libexec/rollstamp-git \(", said):
            problems.append(said)
        return problems

    def an_upgrade_keeps_it_working_and_a_purge_leaves_nothing(self):
        system = self.system("upgrade")
        older = [self.as_older(package) for package in (self.program, self.helper)]
        # What they depend on is not theirs.
        system.install(*older)
        system.run("apt-get", "purge", "-q", "-y", "rollstamp", "rollstamp-git")
        before = system.files()
        system.install(*older)
        system.install(self.program, self.helper)
        problems = [] if system.stamps() else ["after the upgrade it stamps nothing"]
        if "0.0.1" in system.run("dpkg-query", "-W", "rollstamp", "rollstamp-git"):
            problems.append("it was not upgraded")
        system.run("apt-get", "purge", "-q", "-y", "rollstamp", "rollstamp-git")
        problems += [f"left behind: {path}" for path in sorted(system.files() - before)]
        return problems

    def as_older(self, package):
        """The package under a version that comes before it."""
        tree = pathlib.Path(self.directory, f"older-{package.name}")
        run("dpkg-deb", "-R", package, tree)
        control = tree / "DEBIAN" / "control"
        control.write_text(re.sub("(?m)^Version: .*$", "Version: 0.0.1", control.read_text()))
        older = pathlib.Path(self.directory, re.sub("_[^_]*_", "_0.0.1_", package.name))
        run("dpkg-deb", "-b", tree, older)
        return older

    def quickstart_runs_as_its_test(self):
        system = self.system("autopkgtest")
        run("autopkgtest", "--no-built-binaries", self.program, self.helper, self.source, "--", "chroot", system.root)
        return []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", required=True, type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("--root", type=lambda text: pathlib.Path(text).absolute())
    options = parser.parse_args()
    if os.geteuid() != 0:
        return tap.skip_all("an empty system needs root: run as root")
    with tempfile.TemporaryDirectory(prefix="rollstamp-debian-", ignore_cleanup_errors=True) as directory:
        base = options.root or pathlib.Path(directory, "base")
        if not (base / "usr/bin/apt-get").exists():
            run("debootstrap", "--variant=minbase", "bookworm", base)
        suite = Suite(options.made / "files", base, directory)
        tests = [suite.lintian_has_nothing_to_say, suite.the_program_alone_stamps_and_says_what_is_missing,
                 suite.what_is_installed_is_where_debian_looks_for_it,
                 suite.an_upgrade_keeps_it_working_and_a_purge_leaves_nothing, suite.quickstart_runs_as_its_test]
        return tap.run([tap.Test(test.__name__.replace("_", " "), test) for test in tests], workers=1)


if __name__ == "__main__":
    sys.exit(main())
