#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Random shell scripts with `git clone` in them: what rollstamp reads in a script is compared with what a shell runs.

    shells.py --binary PATH [--random N] [--seed SEED] [--shell SHELL]...

Each script is run by real shells, with a `git` on PATH that only writes down how it was called. Of what rollstamp
stamps for it, everything must have been called so. It may find less, because it never guesses; but where a script is
simple enough for shell.py, it has to find all. Output is TAP version 13.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import gitclone
import gitnames
import inputs
import kubeyaml
import shell
import stamps
from lib import tap
from lib.program import Program, shown
from lib.tap import NothingToSay
from podenv import Value

URLS = {"a": "https://git.example.com/x/a.git", "b": "git@git.example.com:x/b.git", "c": "https://git.example.com/c"}
REFS = ["main", "v1.0", "release/2", "HEAD", "a'b", "x$y", 'q"r', "p;q", "it#s", "#1", "m&n"]
# What the container's environment has.
ENVIRONMENT = {"E_MAIN": "main", "E_TAG": "v1.0", "E_EMPTY": "", "E_TWO": "main v1.0",
               "E_URL": "https://git.example.com/x/a.git", "E_BASE": "https://git.example.com"}
NAMES = ["V", "W", "E_MAIN", "E_TAG", "E_EMPTY"]
GIT = r"""#!/bin/sh
printf '%s\0' "$PWD" "$#" "$@" >>"$GIT_CALLS"
[ "$1" != -C ] || { cd "$2"; shift 2; }
[ "$1" = clone ] || exit 0
for last in "$@"; do :; done
case $last in
*[:/]*) last=${last##*[:/]}; mkdir -p "${last%.git}" ;;
*) mkdir -p "$last" ;;
esac
"""


class Script:
    """Makes a script out of statements that all run."""

    def __init__(self, rng):
        self.rng = rng
        self.number = 0

    def text(self):
        parts = [self.statement(2) for _ in range(self.rng.randint(1, 4))]
        text = parts[0]
        for part in parts[1:]:
            text += self.rng.choice(["\n", "\n\n  ", "; ", " && ", " &&\n"]) if not text.endswith("\n") else ""
            text += part
        return self.rng.choice(["", "set -e\n", "# it's a comment\n"]) + text + "\n:"

    def statement(self, depth):
        kind = self.rng.random()
        if kind < 0.45:
            return self.clone()
        if kind < 0.6:
            return self.variable_clone()
        if kind < 0.72:
            return self.maybe_setting()
        if kind < 0.82 or depth == 0:
            return self.noise()
        inner = self.statement(depth - 1).rstrip("\n")
        return self.rng.choice([
            "if true; then {0}\nfi", "for i in 1; do {0}\ndone", "{{ {0}\n}}", "( {0}\n)", "true && {0}",
            "false || {0}", "case x in x) {0}\n;; esac", "f() {{ {0}\n}}\nf", "while true; do {0}\nbreak; done",
            "if ! false\nthen\n{0}\nfi",
            "until false; do {0}\nbreak\ndone", "if false; then :; else {0}\nfi", "! false && {0}",
            "if false; then {0}\nfi", "false && {0}", "{{ true || {0}\n}}", "for V in main v1.0; do {0}\ndone",
            "{{ {0}\n}} | cat", "( {0}\n) &\nwait", "echo x | {{ {0}\n}}", "h() {{ {0}\nreturn\n:\n}}\nh main v1.0",
            "for i in 1 2; do {0}\ndone", "eval :; {0}",
        ]).format(inner)

    def maybe_setting(self):
        """The same where it need not run."""
        text = self.rng.choice([
            "{0}", "{0}", "if test -n \"$V\"; then {0}\nfi", "[ -z \"$W\" ] && {0}", "test x = \"$V\" || {0}",
            "while read W; do {0}\ndone </dev/null", "case $V in main) {0}\n;; *) : ;; esac",
            "if [ \"$E_MAIN\" = main ]; then {0}\nelse :\nfi", "{{ {0}\n}} | cat",
            "( {0}\n)", "for i in 1 2; do {0}\ndone", "X=$({0}\n:)", "{0} &\nwait",
        ]).format(self.setting())
        return f"{{ {text}\n:\n}}"

    def setting(self):
        """Something that sets a variable, or may."""
        name, value = self.rng.choice(NAMES), self.rng.choice(["main", "v1.0", "release/2", "", "'main'", "m\"ai\"n"])
        other = self.rng.choice(NAMES)
        return self.rng.choice([
            f"{name}={value}", f"export {name}={value}", f"{name}=${other}", f"{name}=${{{other}:-{value}}}",
            f"unset {name}", f"{name}=$(printf %s {value})", f": ${{{name}:={value or 'main'}}}",
            f"{name}={value} true", f"{name}={value} :", f"read {name} <<E\n{value}\nE\n", f"eval {name}={value}",
            f"true && {name}={value}", f"false && {name}={value}", f"false || {name}={value}", f"{name}={value} | cat",
            f"({name}={value})", f"set -- {value}", f"k() {{ {name}={value}; }}; k",
            f"readonly R_{name}={value}", f"echo ${{{name}:=v1.0}}", f"{name}=$(({name} + 1))" if name == "V" else ":",
            f": $((W = 1))", f"for {name} in {value} x; do :; done", f"{name}={value}; {name}=${name}",
        ])

    def variable_clone(self):
        self.number += 1
        directory, name = f"d{self.number}", self.rng.choice([*NAMES, *NAMES, "E_TWO", "1", "2"])
        url = self.rng.choice([*URLS.values(), "$E_URL", "\"$E_BASE/c\"", "${E_BASE}/x/a.git"])
        use = self.rng.choice([f"${name}", f"\"${{{name}}}\"", f"${{{name}:-v1.0}}", f"\"${{{name}:-$E_TAG}}\"",
                               f"${{{name}-main}}", f"\"${name}\""])
        return self.rng.choice([
            f"git clone -b {use} {url} {directory}", f"git clone --branch={use} {url} {directory}",
            f"git clone {url} {directory} && git -C {directory} checkout {use}",
            f"sh -c 'git clone -b {use} {url} {directory}'", f"{name if name in NAMES else 'V'}=main sh -c 'git clone -b {use} {url} {directory}'",
            f"sh -c \"git clone -b {use} {url} {directory}\"".replace('\\"', ""), f"env W=v1.0 sh -c 'git clone -b $W {url} {directory}'",
            f"nice -n 5 git clone -b {use} {url} {directory}", f"p() {{ git clone -b \"$1\" {url} $2; }}; p {use} {directory}",
            f"sh -c 'git clone -b \"$1\" {url} $0' {directory} {use}", f"eval git clone -b {use} {url} {directory}",
            f"git clone -b {use} \"https://$V:x@git.example.com/c\" {directory}",
            f"mkdir {directory}; cd {directory}; git init; git remote add origin {url}; git fetch origin {use}; "
            "git checkout FETCH_HEAD; cd ..",
        ])

    def clone(self):
        self.number += 1
        directory = f"d{self.number}"
        url, ref = self.word(self.rng.choice(list(URLS.values()))), self.word(self.rng.choice(REFS))
        options = self.rng.choice(["", "--depth 1 ", "-q ", "--single-branch --depth=1 ", "-o up "])
        return self.rng.choice([
            f"git clone {options}-b {ref} {url} {directory}", f"git clone {options}--branch={ref} -- {url} {directory}",
            f"git clone {options}{url} {directory} && git -C {directory} checkout {ref}",
            f"git -C . clone {options}{url} {directory}", f"git \\\n  clone \\\n {options} {url} \\\n {directory}",
            f"git clone {url} {directory} >/dev/null 2>&1", f"{{ git clone -b {ref} {url} {directory}; }} 2>/dev/null",
            f"REF={ref}; git clone -b \"$REF\" {url} {directory}", f"git clone -b $(printf %s {ref}) {url} {directory}",
            f"X=1 git clone -b {ref} {url} {directory} # git clone -b other {url}",
            f"GIT_DIR_X='a b' git clone {url} {directory}; cd {directory}; git checkout {ref}; cd ..",
        ])

    def noise(self):
        url = self.rng.choice(list(URLS.values()))
        return self.rng.choice([
            f"echo git clone -b no {url}", f"echo 'git clone -b no {url}'", f"echo \"it's; git clone -b no {url}\"",
            f"# git clone -b no {url}\n", f"cat <<EOF\ngit clone -b no {url}\nEOF\n",
            f"cat <<'E O' >/dev/null\n$(git clone -b no {url}\nE O\n", f"cat <<-E\n\tgit clone -b no {url}\n\tE\n",
            f"x='\ngit clone -b no {url}\n'", f"echo \\\ngit clone -b no {url}", f": \\' git clone -b no {url} \\'",
            f"echo \"\\\"; git clone -b no {url} #\"", "mkdir -p a b", "x=${y:-'}'}", "echo `echo \\`echo x\\``",
            "echo $((1 + (2)))", "echo a#b '#' \\# \"$(echo ')')\"", f"echo ${{z:-git clone -b no {url}}}",
            f"g() {{ echo git clone -b no {url}; }}", "true; true", "case git in clone) ;; *) : ;; esac",
        ])

    def word(self, text):
        """The text as a word of the shell, quoted in one of many ways."""
        pieces, at = [], 0
        while at < len(text):
            size = self.rng.choice([len(text), len(text), 1, 2, 5])
            pieces.append(self.quoted(text[at:at + size]))
            at += size
        return "".join(pieces)

    def quoted(self, text):
        escaped = "".join(c if c.isalnum() or c in "/:.@_-" else "\\" + c for c in text)
        double = '"' + "".join("\\" + c if c in '"$`\\' else c for c in text) + '"'
        single = "'" + text.replace("'", "'\\''") + "'"
        return self.rng.choice([escaped, escaped, double, single])


def calls_of(shell_path, script):
    """[(working directory, words)] of every call of git when a shell runs the script; None if it failed."""
    with tempfile.TemporaryDirectory(prefix="rollstamp-shells-") as root:
        root = os.path.realpath(root)
        programs, work, calls = (pathlib.Path(root, name) for name in ("bin", "work", "calls"))
        programs.mkdir()
        work.mkdir()
        calls.touch()
        (programs / "git").write_text(GIT)
        (programs / "git").chmod(0o755)
        for name in ("cat", "mkdir", "env", "nice", "sh"):
            (programs / name).symlink_to(shutil.which(name))
        done = subprocess.run([shell_path, "-c", script], cwd=work, stdin=subprocess.DEVNULL, timeout=20, check=False,
                              env={"PATH": str(programs), "GIT_CALLS": str(calls), "LC_ALL": "C", **ENVIRONMENT},
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode != 0:
            return None
        fields = calls.read_bytes().decode().split("\0")[:-1]
        found = []
        while fields:
            cwd, count = fields[0], int(fields[1])
            found.append((os.path.relpath(cwd, work), fields[2:2 + count]))
            fields = fields[2 + count:]
        return found


def checked_out(calls):
    """{(url, ref, whether a branch comes first)} after these calls."""
    finder = gitclone.Finder()
    for cwd, words in calls:
        finder.git(words, cwd)
    return {(c.url.text, c.ref.text if c.ref else "HEAD", c.branch_first) for c in finder.clones}


def lock_of(rng):
    """A lock file in which each ref of each url has a commit of its own, as branch and as tag."""
    lock = gitnames.Lock()
    for url in URLS.values():
        bare = gitnames.parse_url(url).bare
        for ref in [*REFS, "no", "other"]:
            lock.find(bare, ref, gitnames.parse_ref(ref, False))
    return lock


def manifest(shell_name, script):
    environment = [{"name": name, "value": value} for name, value in ENVIRONMENT.items()]
    pod = {"initContainers": [{"name": "c", "image": "i", "command": [shell_name, "-c", script], "env": environment}],
           "containers": [{"name": "web", "image": "i"}]}
    workload = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
                "spec": {"template": {"metadata": {"labels": {"app": "web"}}, "spec": pod}}}
    return json.dumps(workload).encode()


def stamped(output):
    """Every commit that stands in the stamps of an output."""
    template = kubeyaml.lookup(kubeyaml.parse_document(output), "spec", "template")
    return {commit for value in stamps.stamps_of(template).values() for commit in value.split(",")}


def is_simple(script):
    """Whether shell.py, which knows less than a shell, can tell everything about the script."""
    try:
        finder = gitclone.Finder(container=lambda name: Value(ENVIRONMENT[name]) if name in ENVIRONMENT else None)
        finder.script(script)
    except kubeyaml.Undetermined:
        return False
    return all(c.url.known and (c.ref is None or c.ref.known) for c in finder.clones)


def check_script(program, shells, seed):
    rng = random.Random(seed)
    script = Script(rng).text()
    lock = lock_of(rng)
    with tempfile.NamedTemporaryFile("w", prefix="rollstamp-shells-", suffix=".json") as file:
        file.write(lock.text())
        file.flush()
        result = program.run(["--locked", f"--lock={file.name}"], manifest("sh", script))
    if result.status != 0 and (b"has no entry" in result.stderr or b"git ref '" in result.stderr):
        raise NothingToSay("a ref that is not there")
    if result.status != 0:
        return [f"failed: {shown(result.stderr)}", script]
    got = stamped(result.stdout)
    problems = []
    for path in shells:
        calls = calls_of(path, script)
        if calls is None:
            raise NothingToSay("a script that fails")
        if any("" in words or "--branch=" in words for _, words in calls):
            raise NothingToSay("a call of git that fails")
        try:
            refs = checked_out(calls)
        except kubeyaml.Undetermined as e:
            raise NothingToSay(f"a call of git that fails: {e}") from e
        want = set()
        for url, ref, branch_first in refs:
            try:
                want.add(lock.find(gitnames.parse_url(url).bare, ref, gitnames.parse_ref(ref, branch_first)))
            except gitnames.Refused:
                pass  # where git fails, nothing is stamped either
        if got - want:
            problems.append(f"{path}: stamps {len(got - want)} commits that it never checks out")
        if want - got and is_simple(script):
            problems.append(f"{path}: does not find {len(want - got)} of {len(want)} commits in a simple script")
    return [*problems, script] if problems else []


def main():
    parser = argparse.ArgumentParser(description="Compares what rollstamp reads in shell scripts with what shells run.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--random", metavar="N", type=int, default=300)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--shell", action="append", help="default: those of sh, dash and bash that are there")
    args = parser.parse_args()
    shells = args.shell or sorted({os.path.realpath(p) for p in map(shutil.which, ("sh", "dash", "bash")) if p})
    program = Program(args.binary, timeout=inputs.TIMEOUT)
    seeds = [f"{args.seed}-{number}" for number in range(args.random)]
    tests = [tap.Test(f"script {seed}", lambda seed=seed: check_script(program, shells, seed)) for seed in seeds]
    return tap.run(tests, planned=False)


if __name__ == "__main__":
    sys.exit(main())
