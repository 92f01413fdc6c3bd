# SPDX-License-Identifier: Apache-2.0
"""What the oracle and the properties are tried on: golden cases and manifests, each with a command line that the oracle
understands."""

import dataclasses
import pathlib

import options as option_module
from lib import cases

TIMEOUT = 30  # seconds after which a run does not end any more; a busy machine makes one of milliseconds take some


@dataclasses.dataclass
class Case:
    """An input with the command line that belongs to it."""
    name: str
    data: bytes
    args: list = dataclasses.field(default_factory=list)
    env: dict = dataclasses.field(default_factory=dict)
    cwd: pathlib.Path | None = None
    title: str = ""  # of a golden case: its name in whatever folder it is
    skip: str | None = None  # why the oracle has nothing to say

    def options(self, more=()):
        return option_module.from_args([*self.args, *more], self.env, self.cwd or ".")[0]


def golden_cases(directory):
    """The cases of a golden directory that end with status 0."""
    return [golden_case(each) for each in cases.golden(directory) if each.status == 0]


def golden_case(golden):
    case = Case(golden.name, golden.input, golden.args, golden.env, golden.directory, golden.title)
    try:
        _, files = option_module.from_args(case.args, case.env, case.cwd)
    except (option_module.NotModelled, OSError) as e:
        case.skip = str(e)
        return case
    # What the case writes is of no interest here, and must not land in the case's directory.
    case.args = without(case.args, {"report", "log"})
    if files:
        case.data = option_module.join_files([(case.cwd / f).read_bytes() for f in files])
        case.args = [a for a in case.args if a not in files]
    return case


def without(args, names):
    """A command line without some of its options, in either spelling."""
    kept, rest = [], list(args)
    while rest:
        arg = rest.pop(0)
        name, has_value, _ = arg.removeprefix("--").partition("=")
        if arg.startswith("--") and name in names:
            if not has_value and rest:
                rest.pop(0)
            continue
        kept.append(arg)
    return kept


def corpus_cases(directory):
    """Every manifest of the corpus, in a fixed order."""
    for name, path in cases.corpus(cases.corpus_directory(directory)):
        yield file_case(path, name)


def file_case(path, name=None):
    # Manifests of others name servers of others, which a test must not ask.
    return Case(name or str(path), pathlib.Path(path).read_bytes(), ["--git=off"])
