# SPDX-License-Identifier: Apache-2.0
"""The command line of rollstamp, as far as the oracle models it."""

import copy
import dataclasses
import os
import pathlib

import gitnames
import kubeyaml
from lib.program import SUBCOMMANDS

LETTERS = {"-n": "--namespace"}
FLAGS = {"strict", "git-allow-local", "locked", "krm", "change-cause"}
LISTS = {"external", "ignore", "exclude", "also", "volumes", "kind", "unresolved-ok", "git-pair", "git-map", "git-allow", "git-skip"}
OPTIONAL = {"drop-checksums": "checksum/*"}  # what they are without a value
VALUES = {"inject", "namespace", "secrets", "secret-key-file", "report", "log", "config", "git",
          "git-timeout", "lock"}
# What a functionConfig, which comes with the manifests, can have; and which of it could make a --strict pass.
OF_A_FUNCTION = {"inject", "namespace", "strict", "unresolved-ok", "ignore", "exclude", "also", "volumes", "secrets",
                 "kind", "git", "git-skip", "git-pair", "drop-checksums", "change-cause"}
WEAKENING = {"unresolved-ok", "ignore", "exclude", "git-skip"}
MANIFEST_SUFFIXES = (".yaml", ".yml", ".json")


class NotModelled(Exception):
    """The oracle has no opinion on this command line."""


@dataclasses.dataclass
class Options:
    inject: str = "annotations"
    namespace: str | None = None
    volumes: list = dataclasses.field(default_factory=list)  # [WORKLOAD=]MODE, in order
    secrets: bool = True
    secret_key: bytes | None = None
    ignore: list = dataclasses.field(default_factory=list)
    exclude: list = dataclasses.field(default_factory=list)
    unresolved_ok: list = dataclasses.field(default_factory=list)
    also: list = dataclasses.field(default_factory=list)
    kinds: dict = dataclasses.field(default_factory=dict)  # (group, kind): path of its template
    external: list = dataclasses.field(default_factory=list)  # contents, in order
    drop_checksums: list = dataclasses.field(default_factory=list)  # patterns
    excludes_count: bool = True  # --exclude and rollstamp.io/exclude (False: for a question of the oracle's own)
    git: str = "observe"
    git_pairs: list = dataclasses.field(default_factory=list)  # (repository, ref, its default, pins)
    git_allow: list = dataclasses.field(default_factory=list)
    git_skip: list = dataclasses.field(default_factory=list)
    git_allow_local: bool = False
    locked: bool = False
    krm: bool = False
    change_cause: bool = False
    strict: bool = False
    of_caller: set = dataclasses.field(default_factory=set)  # names of what the caller has set
    git_lock: gitnames.Lock | None = None  # None: servers are asked

    @property
    def annotations(self):
        return self.inject in ("annotations", "both")

    @property
    def env(self):
        return self.inject in ("env", "both")


def words_of(args, env=None, cwd="."):
    """(option, value) pairs and the file names of a command line, configuration files included, weakest first."""
    pairs, files = _split(args)
    config = (env or {}).get("ROLLSTAMP_CONFIG")
    for name, value in pairs:
        config = value if name == "config" else config
    if config:
        pairs = _read_config(pathlib.Path(cwd, config)) + pairs
    return pairs, files


def _split(args):
    pairs, files, rest = [], [], list(args)
    if rest and rest[0] in SUBCOMMANDS:
        raise NotModelled(f"sub-command {rest[0]}")
    while rest:
        arg = rest.pop(0)
        if arg == "--":
            return pairs, files + rest
        if not arg.startswith("-") or arg == "-":
            files.append(arg)
            continue
        if arg[:2] in LETTERS and arg[2:3] != "-":
            rest[:0] = [arg[2:]] if arg[2:] else []
            arg = LETTERS[arg[:2]]
        name, has_value, value = arg.removeprefix("--").partition("=")
        if not arg.startswith("--") or name not in FLAGS | LISTS | VALUES | set(OPTIONAL):
            raise NotModelled(f"option {arg}")
        if name in OPTIONAL and not has_value:
            value = OPTIONAL[name]
        elif name not in FLAGS and not has_value:
            if not rest:
                raise NotModelled(f"{arg} without a value")
            value = rest.pop(0)
        pairs.append((name, value))
    return pairs, files


def _read_config(path):
    root = kubeyaml.parse_document(path.read_bytes())
    pairs = []
    for name, node in kubeyaml.entries_at(root).items():
        if name not in FLAGS | LISTS | VALUES | set(OPTIONAL):
            raise NotModelled(f"{name} in a configuration file")
        values = kubeyaml.items_at(node) if node.kind == "sequence" else [node]
        for value in values:
            if name in OPTIONAL and (kubeyaml.is_true(value) or value.value == "true"):
                pairs.append((name, OPTIONAL[name]))
            elif name not in FLAGS or kubeyaml.is_true(value):
                pairs.append((name, value.value))
    return pairs


def from_args(args, env=None, cwd="."):
    """(Options, input file names) of a command line."""
    pairs, files = words_of(args, env, cwd)
    options = Options(of_caller={name for name, _ in pairs})
    for name, value in pairs:
        _apply(options, name, value, pathlib.Path(cwd))
    lock = dict(pairs).get("lock")
    if options.locked and lock:
        try:
            options.git_lock = gitnames.Lock(pathlib.Path(cwd, lock).read_text())
        except (KeyError, ValueError) as e:
            raise NotModelled("a broken lock file") from e
    return options, files


def _apply(options, name, value, cwd):
    if name in ("inject", "namespace", "git"):
        setattr(options, name, value or None)
    elif name in ("git-allow-local", "locked", "krm", "strict", "change-cause"):
        setattr(options, name.replace("-", "_"), True)
    elif name in ("git-allow", "git-skip"):
        getattr(options, name.replace("-", "_")).append(value)
    elif name == "git-pair":
        parts = value.split(":")
        pins = len(parts) > 2 and parts[-1] == "pin"
        repository, ref, *default = parts[:-1] if pins else parts
        options.git_pairs.append((repository, ref, "".join(default) or "HEAD", pins))
    elif name == "secrets":
        options.secrets = value != "off"
    elif name == "secret-key-file":
        options.secret_key = (cwd / value).read_bytes().removesuffix(b"\n")
    elif name == "external":
        options.external.extend(_contents(cwd / value))
    elif name == "kind":
        target, _, path = value.partition("=")
        group, _, kind = target.rpartition("/")
        options.kinds[group, kind] = tuple(path.split("."))
    elif name == "unresolved-ok":
        options.unresolved_ok.append(value)
    elif name == "drop-checksums":
        options.drop_checksums.append(value)
    elif name in ("ignore", "exclude", "also", "volumes"):
        getattr(options, name).append(value)


def under_function(options, function):
    """The options of a KRM function, and why its functionConfig is refused (None: it is not)."""
    if function is None or kubeyaml.is_null(function):
        return options, None
    place = "data" if kubeyaml.text_at(function, "kind") == "ConfigMap" else "spec"
    made = copy.deepcopy(options)
    for name, node in kubeyaml.entries_at(function, place).items():
        if name not in OF_A_FUNCTION:
            return options, f"{name} in a functionConfig"
        if name in options.of_caller and (name not in LISTS or name == "volumes"):
            continue
        weakens = name in WEAKENING or (name, node.value) in {("secrets", "off"), ("git", "off")}
        weakens = weakens or (name == "volumes" and node.value != "all")
        if weakens and options.strict:
            return options, f"{name} in a functionConfig under the caller's --strict"
        for value in _values_of(name, node):
            _apply(made, name, value, pathlib.Path("."))
    return made, None


def _values_of(name, node):
    if node.kind == "sequence":
        return [item.value for item in kubeyaml.items_at(node)]
    if name in OPTIONAL and (kubeyaml.is_true(node) or node.value == "true"):
        return [OPTIONAL[name]]
    if name in FLAGS:
        return [node.value] if kubeyaml.is_true(node) or node.value == "true" else []
    return [line.strip() for line in node.value.splitlines() if line.strip()] if name in LISTS | set(OPTIONAL) else [node.value]


def _contents(path):
    if not path.is_dir():
        return [path.read_bytes()]
    found = []
    for folder, below, files in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        found += [os.path.join(folder, name) for name in files if name.endswith(MANIFEST_SUFFIXES)]
    return [pathlib.Path(name).read_bytes() for name in sorted(found)]


def join_files(contents):
    """What several input files are together: a separator between two where the next one brings none of its own."""
    stream = b""
    for number, data in enumerate(contents):
        if number > 0:
            if stream and not stream.endswith(b"\n"):
                stream += b"\n"
            if not kubeyaml.SEPARATOR.match(data.removeprefix(kubeyaml.BOM)):
                stream += b"---\n"
        stream += data
    return stream
