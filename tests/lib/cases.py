# SPDX-License-Identifier: Apache-2.0
"""The golden cases as they lie in their directories (the top of golden.py says what a case consists of), and the
corpus."""

import fnmatch
import os
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = TESTS / "golden"
# The program's own, which stands as {version} in the cases: they say the same of the next one.
VERSION = re.search(r"^  version: '(.*)',$", (TESTS.parent / "meson.build").read_text(), re.M)[1]
WITH_VERSION = ("args", "expected.yaml", "stderr")


def read(path):
    """The file's bytes, or None."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


class Case:
    """One golden case. Its title is there once, whatever the subject; its name begins with the subject."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.title = self.directory.name
        self.name = f"{self.directory.parent.name}/{self.title}"
        self.args = self.lines("args")
        self.env = dict(line.replace("{case}", str(self.directory)).split("=", 1) for line in self.lines("env") if line)

    def file(self, name):
        """The bytes of one of its files, or None."""
        content = read(self.directory / name)
        return content.replace(b"{version}", VERSION.encode()) if content and name in WITH_VERSION else content

    def lines(self, name):
        return (self.file(name) or b"").decode().splitlines()

    @property
    def input(self):
        path = self.directory / "input.yaml"
        # One that is a link to nowhere is no empty input.
        return path.read_bytes() if path.is_symlink() else read(path) or b""

    @property
    def status(self):
        return int((self.file("status") or b"0").strip())


def golden(directory=GOLDEN, pattern="*"):
    """The cases of a directory whose titles or names fit a glob, in the order of their names."""
    found = {}
    for subject in sorted(path for path in pathlib.Path(directory).resolve().iterdir() if path.is_dir()):
        for path in sorted(subject.iterdir()):
            if not path.is_dir():
                sys.exit(f"{path}: a case is a directory in the folder of its subject: golden/SUBJECT/{subject.name}/")
            if path.name in found:
                sys.exit(f"{path}: {found[path.name].name} has the same title")
            found[path.name] = Case(path)
    return [case for case in found.values()
            if fnmatch.fnmatchcase(case.title, pattern) or fnmatch.fnmatchcase(case.name, pattern)]


FROM_ENVIRONMENT = ""  # in place of a directory of the corpus: the one that ROLLSTAMP_CORPUS names
NO_CORPUS = "ROLLSTAMP_CORPUS names no directory of manifests"


def corpus_directory(directory=FROM_ENVIRONMENT):
    """The directory, or that of the environment; None if there is none."""
    path = directory or os.environ.get("ROLLSTAMP_CORPUS")
    return pathlib.Path(path) if path and os.path.isdir(path) else None


def corpus(directory):
    """(name, path) of every manifest below a directory, in a fixed order."""
    for path in sorted(p for p in directory.rglob("*") if p.is_file() and p.name != "INDEX.tsv"):
        yield str(path.relative_to(directory)), path
