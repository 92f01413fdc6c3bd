#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Completion of command lines in the real shells.

    completion.py --binary PATH [--filter GLOB]

Each shell runs on a terminal, with the script that the program prints for it. A line is typed, then a tab, as a person
would; what the line has become is told by a key that prints it. A shell that is not there is a failure.

Output is TAP version 13.
"""

import argparse
import fnmatch
import functools
import os
import pathlib
import pty
import re
import select
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import tap  # noqa: E402

MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
data: {}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "$(touch broken)"}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: web, image: web, envFrom: [{configMapRef: {name: settings}}]}]
"""

# What is typed in front of the tab, and what the line is then. A blank stands behind a word that is complete.
LINES = {
    "a command": ("rollstamp ver", "rollstamp version "),
    "an option": ("rollstamp --stri", "rollstamp --strict "),
    "an option that takes a value goes on behind its =": ("rollstamp --inj", "rollstamp --inject="),
    "an option of the command": ("rollstamp list --che", "rollstamp list --check "),
    "one of the values of an option": ("rollstamp --git=ob", "rollstamp --git=observe "),
    "a value that is a word of its own": ("rollstamp --git ob", "rollstamp --git observe "),
    "a value of a short option": ("rollstamp why -o mark", "rollstamp why -o markdown "),
    "the common beginning of two options": ("rollstamp --secr", "rollstamp --secret"),
    "a file": ("rollstamp list rele", "rollstamp list release.yaml "),
    "a file with a blank in its name": ("rollstamp list my", "rollstamp list my\\ release.yaml "),
    "a file of an option": ("rollstamp --lock=rele", "rollstamp --lock=release.yaml "),
    "a directory": ("rollstamp why fold", "rollstamp why folder/"),
    "a command's name behind help": ("rollstamp help dig", "rollstamp help digest "),
    "a shell": ("rollstamp completion fi", "rollstamp completion fish "),
    "nothing where nothing fits": ("rollstamp --no-such", "rollstamp --no-such"),
    "the workload of a manifest on the line": ("rollstamp digest cm/settings release.yaml --for stat",
                                               "rollstamp digest cm/settings release.yaml --for statefulset/web "),
    "the workload and the object of an option": ("rollstamp release.yaml --exclude=statefulset/web=conf",
                                                 "rollstamp release.yaml --exclude=statefulset/web=configmap/settings "),
    "a workload in front of a =": ("rollstamp release.yaml --exclude=stat",
                                   "rollstamp release.yaml --exclude=statefulset/web="),
    "a name with a namespace": ("rollstamp release.yaml --ignore sec", "rollstamp release.yaml --ignore secret/shop/login "),
    "a name of a manifest with a blank in its name": ("rollstamp my\\ release.yaml --ignore stat",
                                                      "rollstamp my\\ release.yaml --ignore statefulset/web "),
}
# In the middle of a line, of which fish shows only what stands in front of the cursor: what is typed, how far back the cursor goes, and the line afterwards.
MIDDLE = {
    "an object of a manifest that is named behind it": ("rollstamp digest conf release.yaml", len(" release.yaml"),
                                                        r"rollstamp digest configmap/settings +release\.yaml"),
}
# What is shown when the line can go on in several ways: by fish at the first tab, by the others at the second.
CHOICES = {
    "all values of an option": ("rollstamp --git=", ("observe", "pin", "off")),
    "all commands, and files": ("rollstamp ", ("list", "digest", "why", "help", "version", "release.yaml")),
}

# A key prints the line; no history, no prompt of the user's.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], """\
PS1='ready> '
bind 'set enable-bracketed-paste off'
bind 'set completion-query-items 500'
bind 'set bell-style none'
bind -x '"\\C-g": printf "LINE<%s>\\n" "$READLINE_LINE"'
source <(rollstamp completion bash)
"""),
    "zsh": (["zsh", "-f", "-i"], """\
PS1='ready> '
unset zle_bracketed_paste
autoload -Uz compinit && compinit -u -D
show() { print -r -- "LINE<$BUFFER>" }
zle -N show
bindkey '^G' show
source <(rollstamp completion zsh)
"""),
    "fish": (["fish", "--private", "--no-config"], """\
function fish_prompt; echo 'ready> '; end
set -g fish_autosuggestion_enabled 0
bind \\cg 'echo LINE"<"(commandline)">"; commandline -f repaint'
rollstamp completion fish | source
"""),
}
WAIT = 20  # seconds; a tab takes some hundredths
QUIET = 0.4  # seconds without output after which a line that was typed is complete


class Shell:
    """A shell on a terminal of its own, in a directory with manifests."""

    def __init__(self, name, directory, binary):
        self.name = name
        argv, script = SHELLS[name]
        pathlib.Path(directory, "start").write_text(script, encoding="utf-8")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            environment = {"PATH": f"{binary.parent}:/usr/bin:/bin", "HOME": directory, "TERM": "xterm" if name == "fish" else "dumb", "LC_ALL": "C.UTF-8",
                           "COLUMNS": "200", "LINES": "50", "XDG_CONFIG_HOME": directory, "XDG_DATA_HOME": directory}
            try:
                os.execvpe(argv[0], argv, environment)
            finally:
                os._exit(127)
        self.seen = ""
        self.send(" . ./start; echo be''gun\r" if name != "fish" else " source ./start; echo be''gun\r")
        self.expect(r"begun")

    def send(self, text):
        os.write(self.terminal, text.encode())

    def read(self, seconds):
        """Adds what the shell prints within that time. False if it is nothing."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        return True

    def expect(self, pattern):
        """Waits until the pattern has been printed, and forgets everything up to its end."""
        end = time.monotonic() + WAIT
        while not (found := re.search(pattern, self.seen, re.DOTALL)):
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                raise tap.Failure(f"no {pattern!r} in {self.seen!r}")
        self.seen = self.seen[found.end():]
        return found

    def settle(self):
        while self.read(QUIET):
            pass

    def missing(self, words):
        """Those of the words that do not come, however slow the machine is."""
        end = time.monotonic() + WAIT
        while any(word not in self.seen for word in words) and self.read(max(end - time.monotonic(), 0)):
            pass
        return [word for word in words if word not in self.seen]

    def line(self):
        """What the line has become."""
        self.send("\a")
        return self.expect(r"LINE<(.*?)>\r?\n").group(1)

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def in_shell(name, binary, work):
    with tempfile.TemporaryDirectory(prefix="rollstamp-completion-") as directory:
        for file in ("release.yaml", "my release.yaml"):
            pathlib.Path(directory, file).write_text(MANIFEST, encoding="utf-8")
        pathlib.Path(directory, "folder").mkdir()
        shell = Shell(name, directory, binary)
        try:
            problems = work(shell)
        finally:
            shell.close()
        return ["the name of an object was run"] if pathlib.Path(directory, "broken").exists() else problems


def complete(typed, back, expected):
    def work(shell):
        shell.send(typed + "\x02" * back + "\t")
        shell.settle()
        line = shell.line()
        return [] if re.fullmatch(expected, line) else [f"{typed!r} became {line!r}, not {expected!r}"]
    return work


def choose(typed, expected):
    def work(shell):
        shell.send(typed)
        shell.settle()
        shell.seen = ""
        shell.send("\t" if shell.name == "fish" else "\t\t")
        missing = shell.missing(expected)
        return [f"{missing} not in {shell.seen!r}"] if missing else []
    return work


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("--filter", default="*")
    options = parser.parse_args()
    assert options.binary.name == "rollstamp", "the shells know the program by its name"
    tests = []
    works = {f"completes {what}": complete(typed, 0, re.escape(line)) for what, (typed, line) in LINES.items()}
    in_the_middle = {f"completes {what}": complete(*row) for what, row in MIDDLE.items()}
    works |= {f"shows {what}": choose(*row) for what, row in CHOICES.items()}
    for shell in SHELLS:
        for what, work in (works if shell == "fish" else works | in_the_middle).items():
            if fnmatch.fnmatch(f"{shell} {what}", options.filter):
                tests.append(tap.Test(f"{shell} {what}", functools.partial(in_shell, shell, options.binary, work)))
    return tap.run(tests, workers=4)


if __name__ == "__main__":
    sys.exit(main())
