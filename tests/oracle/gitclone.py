# SPDX-License-Identifier: Apache-2.0
"""`git clone` in a container's command, from git's own manual pages."""

import dataclasses
import posixpath
import re

import shell
from kubeyaml import Undetermined
from podenv import UNKNOWN, Value

SHELLS = {"sh", "bash", "ash", "dash"}
# Programs that run their arguments, or that could.
RUNNERS = {"env", "exec", "sudo", "su", "time", "timeout", "nice", "nohup", "command", "eval", "xargs", "chroot",
           "busybox", "gosu", "su-exec", "setpriv", "runuser", "tini", "dumb-init", "ionice", "stdbuf", ".", "source",
           "trap", "find", "watch", "ssh-agent", "script", "flock", "retry", "apk", "chroot", "chpst", "setuidgid",
           "s6-setuidgid", "proxychains", "torsocks", "with-contenv", *SHELLS}
# Images, by the end of their name, whose entrypoint is git.
GIT_IMAGES = re.compile(r"(.*/)?(alpine/git|alpine-git|chainguard/git)(:[^/]*)?(@.*)?", re.S)
# Plain calls of programs that run another one: what stands in front of that.
WRAPPERS = re.compile(r"(env( \w+=\S*)*|exec|nice( -n \d+)?|nohup|timeout \d+|ssh-agent|runuser -u \w+ --|gosu \w+|"
                      r"su-exec \w+|sudo( -E)?( -u \w+)?) ")
VALUE_LETTERS = "boujc"
VALUE_OPTIONS = {"branch", "origin", "upload-pack", "template", "depth", "shallow-since", "shallow-exclude",
                 "reference", "reference-if-able", "separate-git-dir", "jobs", "config", "filter", "server-option"}
PLAIN_OPTIONS = {"quiet", "verbose", "progress", "no-progress", "single-branch", "no-single-branch", "no-tags", "tags",
                 "recursive", "recurse-submodules", "shallow-submodules", "no-hardlinks", "local", "shared",
                 "dissociate", "remote-submodules", "sparse"}
HARMLESS = {"submodule", "lfs", "log", "rev-parse", "status", "diff", "describe", "version", "gc", "add", "commit",
            "clean", "ls-files", "ls-remote", "branch", "grep", "apply", "tag", "push"}
# Commands that take files of a ref without checking it out, and where in a plain call of them it stands.
TAKERS = {"restore": re.compile(r"--source[ =](\S+) "), "read-tree": re.compile(r"(?:-\w+ )*(\S+)\Z"),
          "worktree": re.compile(r"add /\S+ (\S+)\Z"), "archive": re.compile(r"(\w[^ :]*)\Z"),
          "show": re.compile(r"([^ :]+):\S+\Z")}


@dataclasses.dataclass
class Clone:
    url: Value
    ref: Value | None  # None: the remote's HEAD
    branch_first: bool
    directory: str | None  # None: not known
    is_taken: bool = False  # files of some ref were taken from it
    is_made: bool = False  # by git init, and nothing was checked out in it yet
    fetched: Value | None = None  # FETCH_HEAD


class Finder:
    def __init__(self, secret=None, container=lambda name: None):
        self.clones = []
        self.secret = secret  # where the words come from, if from a Secret
        self.container = container  # the container's variables, by name

    def value(self, text):
        return UNKNOWN if text is None else Value(text, self.secret)

    # -- one git command

    def git(self, words, cwd):
        words = list(words)
        while words:
            word = words.pop(0)
            if word is None:
                raise Undetermined("a git command that is not known")
            if word == "-C":
                cwd = _joined(cwd, words.pop(0) if words else None)
            elif word == "-c":
                words = words[1:]
            elif word in ("--no-pager", "-p", "--paginate", "-P"):
                continue
            elif word.startswith("-"):
                raise Undetermined("an option of git")
            else:
                return self.subcommand(word, words, cwd)

    def subcommand(self, name, words, cwd):
        if name == "lfs" and words[:1] == ["clone"]:
            name, words = "clone", words[1:]
            if any(w is not None and re.match("-[IX]|--(in|ex)clude", w) for w in words):
                raise Undetermined("git lfs clone of some files")
        if any(c.is_made for c in self.clones) and name in ("clone", "merge", "rebase", "pull", *TAKERS):
            raise Undetermined(f"git init and git {name}")
        if name == "clone":
            self.clone(words, cwd)
        elif name == "init":
            self.init(words, cwd)
        elif name == "remote" and words[:2] == ["add", "origin"] and len(words) == 3:
            self.remote(words[2], cwd)
        elif name == "fetch" and any(c.is_made for c in self.clones):
            self.fetch(words, cwd)
        elif name == "checkout":
            self.checkout(words, cwd)
        elif name in TAKERS:
            self.take(name, words, cwd)
        elif name == "config" and any(w is None or w.endswith(".url") for w in words):
            raise Undetermined("git config of a url")
        elif name not in HARMLESS | {"config"}:
            raise Undetermined(f"git {name}")

    def clone(self, words, cwd):
        branch, positional, words = None, [], list(words)
        while words:
            word = words.pop(0)
            if word is None or not word.startswith("-") or word == "-":
                positional.append(word)
            elif word == "--":
                positional += words
                break
            elif word.startswith("--"):
                name, has_value, value = word[2:].partition("=")
                if name in VALUE_OPTIONS:
                    value = value if has_value else words.pop(0)
                    branch = (value,) if name == "branch" else branch
                elif name not in PLAIN_OPTIONS:
                    raise Undetermined(f"git clone --{name}")
            else:
                value = self.short_options(word, words)
                branch = value if value is not None else branch
        if len(positional) not in (1, 2):
            raise Undetermined("git clone without a url")
        self.clones.append(self.made(positional, branch, cwd))

    def init(self, words, cwd):
        words = [w for w in words if w not in ("-q", "--quiet")]
        if len(words) > 1 or None in words or any(w.startswith("-") for w in words) or self.clones:
            raise Undetermined("git init of that kind")
        self.clones.append(Clone(None, None, False, _joined(cwd, words[0] if words else "."), is_made=True))

    def remote(self, url, cwd):
        if len(self.clones) != 1 or not self.clones[0].is_made or self.clones[0].directory != cwd or self.clones[0].url:
            raise Undetermined("git remote add")
        self.clones[0].url = self.value(url)

    def fetch(self, words, cwd):
        words = [w for w in words if w is None or not re.fullmatch("-q|--quiet|--depth=.*", w)]
        if words[:1] == ["--depth"]:
            words = words[2:]
        clone = self.clones[0]
        if len(words) != 2 or words[0] != "origin" or clone.directory != cwd or not clone.url or ":" in (words[1] or ""):
            raise Undetermined("git fetch")
        clone.fetched = self.value(words[1])

    @staticmethod
    def short_options(word, words):
        """The value of -b as a tuple of one, if it is among these letters."""
        for at, letter in enumerate(word[1:], 2):
            if letter in VALUE_LETTERS:
                value = word[at:] or (words.pop(0) if words else None)
                return (value,) if letter == "b" else None
            if letter not in "qvls":
                raise Undetermined(f"git clone -{letter}")
        return None

    def made(self, positional, branch, cwd):
        url = self.value(positional[0])
        directory = positional[1] if len(positional) == 2 else _directory_of(positional[0])
        ref = None if branch is None else self.value(branch[0])
        return Clone(url, ref, branch is not None, _joined(cwd, directory))

    def checkout(self, words, cwd):
        if not self.clones:
            return
        if cwd is None or any(c.directory is None for c in self.clones):
            raise Undetermined("git checkout in a directory that is not known")
        here = [c for c in self.clones if c.directory == cwd]
        target = _checked_out(words)
        if target is not None and any(c.is_taken for c in here):
            raise Undetermined("git checkout behind files of a ref")
        for clone in here if target is not None else ():
            clone.ref, clone.branch_first = self.value(target[0]), False
            if target[0] == "FETCH_HEAD":
                if not clone.fetched:
                    raise Undetermined("git checkout of what is fetched")
                clone.ref = clone.fetched
            elif clone.is_made:
                raise Undetermined("git checkout behind git init")
            clone.is_made = False

    def take(self, name, words, cwd):
        """Files of another ref than that of the clone: which commit that is, is for nobody to say."""
        if not self.clones:
            return
        match = None if None in words else TAKERS[name].match(" ".join(words))
        if cwd is None or any(c.directory is None for c in self.clones) or not match:
            raise Undetermined(f"git {name}")
        for clone in self.clones:
            if clone.directory != cwd:
                continue
            clone.is_taken = True
            if match[1] not in ("HEAD", clone.ref and clone.ref.text):
                clone.ref = UNKNOWN

    # -- scripts

    def script(self, text, cwd=".", variables=None):
        variables = variables or shell.Variables(self.container)
        commands = shell.commands(text, variables)
        for number, (operator, words) in enumerate(commands, 1):
            if not words:
                continue
            if words[0] in ("exit", "exec") and (words[0] == "exit" or len(words) > 1):
                if operator != ";" and number < len(commands):
                    raise Undetermined("an exit that may not run")
                if words[0] == "exit":
                    return
                words, is_last = words[1:], True
            else:
                is_last = False
            words = _unwrapped(words)
            name = posixpath.basename(words[0] or "")
            mentions = any(w is not None and re.search(r"\bgit\b", w) for w in words)
            if name == "cd":
                cwd = _joined(cwd, words[1] if len(words) == 2 else None)
            elif name == "git":
                if operator in ("||", "&", "|"):
                    raise Undetermined("git where it does not always run")
                self.git(words[1:], cwd)
            elif name in SHELLS and None in words:
                raise Undetermined("a script that is not known")
            elif name in SHELLS and _script_of(words[1:]) and operator not in ("||", "&", "|"):
                if _script_of(words[1:]) != words[-1]:
                    raise Undetermined("a script with parameters")
                self.script(_script_of(words[1:]), cwd, variables.for_child())
            elif (words[0] is None or name in RUNNERS) and mentions and "clone" in words:
                raise Undetermined("a program that may run git")
            elif name in RUNNERS - {"apk"} and mentions:
                raise Undetermined("a program that may run git")
            if is_last:
                return


def _unwrapped(words):
    """What wrappers, in plain calls of them, run in the end."""
    while None not in words and (match := WRAPPERS.match(" ".join(words) + " ")):
        count = match[0].count(" ")
        if count >= len(words):
            return words
        words = words[count:]
    return words


def _joined(cwd, directory):
    if cwd is None or directory is None:
        return None
    return posixpath.normpath(posixpath.join(cwd, directory))


def _directory_of(url):
    if url is None:
        return None
    return re.sub(r"\.git\Z", "", re.split(r"[/:]", url.rstrip("/"))[-1])


def _checked_out(words):
    """What `git checkout` leaves checked out, as a tuple of one; None: what was there before."""
    words, makes = list(words), False
    while words and words[0] is not None and words[0].startswith("-") and words[0] != "-":
        option = words.pop(0)
        if option == "--":
            return None
        if option in ("-b", "-B"):
            makes = True
            break
        if option not in ("-q", "--quiet", "-f", "--force", "--detach", "-d", "--progress", "--no-progress"):
            raise Undetermined(f"git checkout {option}")
    words = words[1:] if makes else words
    if len(words) > 1 or "-" in words:
        if words[1:2] == ["--"]:
            return None if len(words) > 2 else (words[0],)
        raise Undetermined("git checkout of files")
    return (words[0],) if words else None


def clones_of(words, has_command, cwd=".", image="", container=lambda name: None, read=lambda path: None):
    """The Clones in a container's words, which are Values. `read` tells the text of a file of a ConfigMap."""
    # Of a url it does not matter who asks.
    bare = [w.shape and shell.USERINFO.sub(r"\1", w.shape) for w in words]
    is_plain = [b is not None and not re.search(f"[{shell.HOLE}{shell.SECRET}]", b) for b in bare]
    texts = [b if plain else w.text for w, b, plain in zip(words, bare, is_plain)]
    certain = " ".join([image, *(t for t in texts if t is not None)])
    file = _file_of(texts) if has_command else None
    text = read(posixpath.normpath(posixpath.join(cwd, file))) if file else None
    if text is not None:
        if re.match(r"#!(?!.*\b(ba|da|a)?sh\b)", text):
            return []
        finder = Finder(None, container)
        finder.script(text, cwd)
        return finder.clones
    if not re.search(r"\bgit\b", certain) and None not in texts:
        return []
    secret = next((w.secret for w, plain in zip(words, is_plain) if w.secret and not plain), None)
    if secret and texts and posixpath.basename(texts[0] or "") in SHELLS:
        texts, secret = [w.shape if w.secret else t for w, t in zip(words, texts)], None
    finder = Finder(secret, container)
    if has_command and texts:
        texts = _unwrapped(texts)
    name = posixpath.basename(texts[0] or "") if has_command else ""
    if GIT_IMAGES.fullmatch(image) and not has_command:
        finder.git(texts, cwd)
    elif name == "git":
        finder.git(texts[1:], cwd)
    elif name in SHELLS:
        script = _script_of(texts[1:])
        if script is None:
            if None in texts:
                raise Undetermined("a script that is not known")
            return []
        if re.search(r"\bgit\b", script):
            finder.script(script, cwd)
    elif None in texts or ("clone" in certain):
        raise Undetermined("a command that may run git")
    if any(c.is_made for c in finder.clones):
        raise Undetermined("git init and nothing checked out")
    return finder.clones


def _file_of(words):
    """The path of the script that the words run, or None."""
    words = _unwrapped(words)
    if words and posixpath.basename(words[0] or "") in SHELLS:
        return next((w for w in words[1:] if w is None or not w.startswith(("-", "+"))), None) \
            if not any(w is None or re.match("-[a-z]*[co]", w) for w in words[1:]) else None
    return words[0] if words and "/" in (words[0] or "") else None


def _script_of(words):
    """The text behind -c, or None."""
    is_script = False
    for word in words:
        if word is None:
            return None
        if is_script and (not word.startswith("-") or word == "-"):
            return word
        if word == "--" or word == "-o" or word == "pipefail":
            continue
        if not word.startswith(("-", "+")):
            return None
        is_script = is_script or (not word.startswith("--") and "c" in word)
    return None
