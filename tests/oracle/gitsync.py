# SPDX-License-Identifier: Apache-2.0
"""What a git-sync container checks out, from the documentation of its versions 2, 3 and 4."""

import dataclasses
import posixpath
import re

import shell
from kubeyaml import Undetermined
from podenv import UNKNOWN, Value

SHELLS = {"sh", "bash", "ash", "dash"}
IMAGE = re.compile(r"(?:.*/)?[^/:@]*git-sync[^/:@]*(?::([^@]*))?(?:@.*)?\Z")
TRUE, FALSE = {"1", "t", "T", "TRUE", "true", "True"}, {"0", "f", "F", "FALSE", "false", "False"}
# Flags that take no value.
BOOLEANS = {"one-time", "ssh", "ssh-known-hosts", "cookie-file", "add-user", "group-write", "http-metrics",
            "http-pprof"}


@dataclasses.dataclass
class Sync:
    version: int  # 0: nobody can tell whether it is one
    url: Value
    ref: Value
    branch_first: bool
    polls: bool
    pin: tuple | None = None  # where a commit works: ("env", name) or ("word", number, text before it)


def sync_of(image, words, has_command, environment, ends_by_itself):
    """The Sync that a container is, or None. `ends_by_itself`: an init container that must end."""
    match = IMAGE.match(image or "")
    if has_command and words and posixpath.basename(words[0].text or "") in SHELLS:
        return _started_by_shell(image, words, environment, ends_by_itself)
    names = [n for n in ("GITSYNC_REPO", "GIT_SYNC_REPO") if _is_there(environment.get(n))]
    is_program = bool(match) or any(posixpath.basename(w.text or "") == "git-sync" for w in words[:1])
    if not is_program and (not names or has_command):
        return None
    flags, places = _flags(words) if is_program else ({}, {})
    if not names and "repo" not in flags:
        return None
    if not is_program and not any(environment.get(n).known for n in names):
        return Sync(0, UNKNOWN, UNKNOWN, False, False)
    version, minor = _version(match.group(1) if match else None, names, flags)
    url = flags.get("repo") or _repository(environment, names, version, minor)
    ref, branch_first = _ref(environment, flags, version)
    polls = not ends_by_itself and not _is_one_time(environment, flags, version)
    return Sync(version, url, ref, branch_first, polls, _pin(version, minor, environment, flags, places))


def _started_by_shell(image, words, environment, ends_by_itself):
    """The git-sync that a script starts, where that is a script that runs from top to bottom."""
    text = words[2].text if len(words) == 3 and words[1].text in ("-c", "-ec") else None
    if text is None or "git-sync" not in text:
        if text is None and any("git-sync" in (w.text or "git-sync") for w in words):
            raise Undetermined("a shell that may start git-sync")
        return None
    found = []
    for _, command in shell.commands(text):
        if command[:1] == ["exec"]:
            command = command[1:]
        if command and posixpath.basename(command[0] or "") == "git-sync":
            found.append(command)
        elif any("git-sync" in (w or "git-sync") for w in command):
            raise Undetermined("a command that may start git-sync")
    if re.search(r"GIT_?SYNC_|\|\||&\s|&$", text) or len(found) > 1:
        raise Undetermined("a script with more than a git-sync")
    if not found:
        return None
    started = [Value(w, words[2].secret) if w is not None else UNKNOWN for w in found[0]]
    sync = sync_of(image, started, True, environment, ends_by_itself)
    if sync:
        sync.pin = None
    return sync


def _pin(version, minor, environment, flags, places):
    old = [f for f, v in (("branch", "GIT_SYNC_BRANCH"), ("rev", "GIT_SYNC_REV"))
           if _setting(environment, flags, f, v) is not None]
    if version >= 4:
        if old:
            return "unclear", "a pin of git-sync v4 by its old names"
        return ("word", *places["ref"]) if "ref" in flags else ("env", "GITSYNC_REF")
    if version < 3 or (version == 3 and minor == 0):
        return None
    depth = flags.get("depth") or environment.get("GIT_SYNC_DEPTH")  # also one that only could be there
    if depth is not None and depth.text not in ("", "0"):
        return None
    return ("word", *places["rev"]) if "rev" in flags else ("env", "GIT_SYNC_REV")


def _is_there(value):
    return value is not None and value.text != ""


def _version(tag, names, flags):
    numbers = re.match(r"v([234])(?:\.([0-9]+))?", tag or "")
    if numbers:
        return int(numbers[1]), None if numbers[2] is None else int(numbers[2])
    if "GITSYNC_REPO" in names or "ref" in flags:
        return 4, None
    if names or "branch" in flags or "rev" in flags:
        return 3, None
    raise Undetermined("a git-sync of an unknown version")


def _flags(words):
    """{name: Value, or True or False for --one-time}, and {name: (number of the value's word, text before it)}."""
    found, places, at = {}, {}, 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.text is None:
            raise Undetermined("a flag that is not known")
        flag = re.match(r"(--?([a-z][a-z-]*)=?)(.*)\Z", word.text, re.S)
        if not flag or (flag[3] and not flag[1].endswith("=")):
            continue
        name, value = flag[2], flag[3] if flag[1].endswith("=") else None
        if name == "one-time":
            if value is not None and value not in TRUE | FALSE:
                raise Undetermined("a boolean that is none")
            found[name] = value is None or value in TRUE
        elif value is not None:
            outline = word.outline and word.outline.removeprefix(flag[1])
            found[name], places[name] = Value(value, word.secret, outline=outline), (at - 1, flag[1])
        elif name not in BOOLEANS and at < len(words):
            found[name], places[name] = words[at], (at, "")
            at += 1
    return found, places


def _repository(environment, names, version, minor):
    if version < 4:
        names = [n for n in names if n == "GIT_SYNC_REPO"]
    names = [n for n in names if environment.is_certain(n)] or names
    if len(names) == 2 and environment.get(names[0]) != environment.get(names[1]):
        if minor is None:
            return UNKNOWN
        names = names[:1] if minor < 4 else names[1:]
    if not names:
        raise Undetermined("variables of another version of git-sync")
    return environment.get(names[0])


def _setting(environment, flags, flag, variable):
    """A Value that is given for certain, or None."""
    value = flags.get(flag) or (environment.get(variable) if environment.is_certain(variable) else None)
    return value if _is_there(value) else None


def _ref(environment, flags, version):
    """(Value, whether a branch comes before a tag)."""
    branch = _setting(environment, flags, "branch", "GIT_SYNC_BRANCH")
    rev = _setting(environment, flags, "rev", "GIT_SYNC_REV")
    ref = _setting(environment, flags, "ref", "GITSYNC_REF") if version >= 4 else None
    names = ("GIT_SYNC_BRANCH", "GIT_SYNC_REV", "GITSYNC_REF")[:3 if version >= 4 else 2]
    if (branch, rev, ref) == (None, None, None) and UNKNOWN in map(environment.get, names):
        return UNKNOWN, False
    if any(v is not None and not v.known for v in (branch, rev)):
        return UNKNOWN, False
    if version < 4:
        if rev is None or rev.text in ("HEAD", "FETCH_HEAD"):
            return branch or Value("master"), True
        return rev, False
    if branch is not None and (rev is None or rev.text == "HEAD"):
        return branch, False
    if branch is not None:
        return UNKNOWN, False
    return rev or ref or Value("HEAD"), False


def _is_one_time(environment, flags, version):
    if "one-time" in flags:
        return flags["one-time"]
    names = ("GIT_SYNC_ONE_TIME",) if version < 4 else ("GITSYNC_ONE_TIME", "GIT_SYNC_ONE_TIME")
    values = [v for v in map(environment.get, names) if _is_there(v)]
    if len({v.text for v in values}) > 1 or any(not v.known or v.text not in TRUE | FALSE for v in values):
        raise Undetermined("a one-time that cannot be told")
    return bool(values) and values[0].text in TRUE
