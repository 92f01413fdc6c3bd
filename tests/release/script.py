#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The release script: what it refuses, that it makes the same bytes again, and what is in them.

    script.py --made DIR

DIR is what tests/release/make has made of this commit. Output is TAP version 13.
"""

import argparse
import functools
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from lib import tap  # noqa: E402 pylint: disable=wrong-import-position

IN_A_TARBALL = {
    "bin/rollstamp", "bin/rollstamp-krm", "libexec/rollstamp-git", "share/man/man1/rollstamp.1",
    "share/man/man7/rollstamp-git-refs.7", "share/bash-completion/completions/rollstamp",
    "share/zsh/site-functions/_rollstamp", "share/fish/vendor_completions.d/rollstamp.fish",
    "share/rollstamp/helm/rollstamp/plugin.yaml", "share/rollstamp/LICENSE", "share/rollstamp/NEWS.md",
    "share/rollstamp/README.md", "share/rollstamp/SECURITY.md",
    *(f"share/rollstamp/{path.name}" for path in (ROOT / "doc").glob("*.schema.json")),
}


def version():
    return re.search(r"^  version: '(.*)',$", (ROOT / "meson.build").read_text(), re.M)[1]


def run(directory, *command):
    return subprocess.run([str(word) for word in command], cwd=directory, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


class Clone:
    """A clone of this commit, without any tag, and a directory for what is made of it."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rollstamp-release-"))
        self.sources = self.directory / "a directory with another name"
        self.to = self.directory / "made"
        self.git_in(self.directory, "clone", "--quiet", "--no-tags", ROOT, self.sources)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory)

    @staticmethod
    def git_in(directory, *arguments):
        done = run(directory, "git", *arguments)
        if done.returncode != 0:
            raise tap.Failure(f"git {arguments}: {done.stdout}")

    def git(self, *arguments):
        self.git_in(self.sources, *arguments)

    def commit(self, message):
        self.git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--all", "--message", message)

    def release(self):
        return run(self.sources, "packaging/release", "--sysroots", ROOT / "build-sysroot", self.to)


def refuses(prepare, part):
    with Clone() as clone:
        prepare(clone)
        done = clone.release()
        if done.returncode != 1 or part not in done.stdout:
            yield f"status {done.returncode}, and not {part!r} in {done.stdout!r}"
        if clone.to.exists() and list(clone.to.iterdir()):
            yield f"it made {list(clone.to.iterdir())}"


def tag(clone, name=None):
    clone.git("tag", name or f"v{version()}")


def dirty(clone):
    tag(clone)
    (clone.sources / "src" / "notes").write_text("not committed\n")


def changed(clone):
    tag(clone)
    with open(clone.sources / "README.md", "a", encoding="utf-8") as file:
        file.write("not committed\n")


def other_tag(clone):
    tag(clone, "v99.0.0")


def without_news(clone):
    news = clone.sources / "NEWS.md"
    news.write_text(news.read_text().replace(f"## {version()}\n", "## Another\n"))
    clone.commit("No entry")
    tag(clone)


def sums(directory):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()}


def same_bytes(made):
    """Compared without the signature, which has its time in it, and so without the list of sums."""
    os.environ["DEB_BUILD_OPTIONS"] = "nocheck"  # as tests/release/make
    with Clone() as clone:
        tag(clone)
        done = clone.release()
        if done.returncode != 0:
            return [done.stdout[-3000:]]
        first, again = sums(made / "files"), sums(clone.to)
        names = {name for name in first if not name.endswith(".prov")} - {"SHA256SUMS"}
        return [f"{name}: {first.get(name)} and then {again.get(name)}" for name in sorted(names | again.keys() - {"SHA256SUMS"})
                if first.get(name) != again.get(name)]


def sums_fit(made):
    done = run(made / "files", "sha256sum", "--check", "--strict", "SHA256SUMS")
    listed = set(re.findall(r"^(.*): OK$", done.stdout, re.M))
    there = {path.name for path in (made / "files").iterdir()} - {"SHA256SUMS"}
    debian = version().replace("-", "~")
    wanted = {f"rollstamp-{version()}{end}" for end in
              ("-source.tar.gz", "-linux-amd64.tar.gz", "-linux-arm64.tar.gz", ".tgz", ".tgz.prov", "-image.tar")}
    wanted |= {f"{name}_{debian}{end}" for name, end in
               (("rollstamp", "_amd64.deb"), ("rollstamp-git", "_amd64.deb"), ("rollstamp", ".dsc"),
                ("rollstamp", ".tar.xz"))}
    return [f"{what}: {sorted(got)}, and not {sorted(wanted)}" for what, got in (("files", there), ("sums", listed))
            if got != wanted]


def contents(made):
    for architecture in ("amd64", "arm64"):
        name = f"rollstamp-{version()}-linux-{architecture}"
        with tarfile.open(made / "files" / f"{name}.tar.gz") as archive:
            members = [member for member in archive if not member.isdir()]
        found = {member.name.removeprefix(name + "/") for member in members}
        if found != IN_A_TARBALL:
            yield f"{architecture}: {sorted(found ^ IN_A_TARBALL)} is there, or is not"
        yield from (f"{member.name}: owner {member.uid}, mode {member.mode:o}" for member in members
                    if member.uid or member.gid or (member.isfile() and member.mode not in (0o644, 0o755)))


def static(made):
    for program in [*made.glob("unpacked/*/bin/rollstamp"), *made.glob("unpacked/*/libexec/rollstamp-git")]:
        done = run(made, "readelf", "--dynamic", "--program-headers", "--wide", program)
        if done.returncode != 0 or "NEEDED" in done.stdout or "INTERP" in done.stdout:
            yield f"{program} needs libraries: {done.stdout}"


def source_builds(made):
    """The archive of the sources knows its commit, and is what git has."""
    with tempfile.TemporaryDirectory(prefix="rollstamp-source-") as directory:
        with tarfile.open(made / "files" / f"rollstamp-{version()}-source.tar.gz") as archive:
            archive.extractall(directory)
        top = pathlib.Path(directory, f"rollstamp-{version()}")
        commit = run(ROOT, "git", "rev-parse", "--short=12", "HEAD").stdout
        told = run(top, "src/commit", ".").stdout
        if told != commit:
            yield f"the sources are of {told!r}, not {commit!r}"
        listed = set(run(ROOT, "git", "ls-tree", "-r", "--name-only", "-z", "HEAD").stdout.split("\0")) - {""}
        found = {str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir() or path.is_symlink()}
        if found != listed:
            yield f"files: {sorted(found ^ listed)[:20]}"


def main():
    parser = argparse.ArgumentParser(description="Test the release script.")
    parser.add_argument("--made", required=True, type=pathlib.Path)
    made = parser.parse_args().made.resolve()
    if not (made / "files").exists():
        return tap.bail_out(f"no {made / 'files'}: tests/release/make makes it")
    tests = {
        "a working tree with a new file is refused": lambda: refuses(dirty, "not clean"),
        "a working tree with a change is refused": lambda: refuses(changed, "not clean"),
        "a commit without a tag is refused": lambda: refuses(lambda clone: None, "has no tag"),
        "a tag that is not the version is refused": lambda: refuses(other_tag, "v99.0.0 is not the version"),
        "a version without an entry in the news is refused": lambda: refuses(without_news, "NEWS.md has no entry"),
        "every file is listed with its sum": lambda: sums_fit(made),
        "a tarball has the programs, man pages, completions and the plugin, and belongs to nobody": lambda: contents(made),
        "the programs need no library": lambda: static(made),
        "the source archive is the commit, and knows it": lambda: source_builds(made),
        "a second run elsewhere gives the same bytes": lambda: same_bytes(made),
    }
    return tap.run([tap.Test(name, functools.partial(function)) for name, function in tests.items()], 2)


if __name__ == "__main__":
    sys.exit(main())
