# SPDX-License-Identifier: Apache-2.0
"""Repositories of the test servers.

    config.git      branches main (three commits), release/1.0, both, 0123abc; light tag `light`, annotated tag
                    `annotated`, annotated tag `nested` of that tag, tag `both` that is another commit than the branch;
                    refs/changes/1/head; HEAD is main
    detached.git    HEAD is a commit that no branch points to
    unborn.git      HEAD is a branch that isn't there; branch main is
    empty.git       no refs at all
    sha256.git      branch main in a repository of SHA-256
    with space.git  branch main
    many.git        100,000 branches, made when asked for
"""

import subprocess
import threading

MANY = 100_000

AUTHOR = "A U Thor <author@example.com>"


def git_environment(home):
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com",
            "GIT_COMMITTER_NAME": "A U Thor", "GIT_COMMITTER_EMAIL": "author@example.com",
            "GIT_TERMINAL_PROMPT": "0"}


class Repositories:
    """Bare repositories below one directory."""

    def __init__(self, directory, home):
        self.directory = directory
        self.environment = git_environment(home)
        self.clock = 1_700_000_000
        self.tips = {}
        self.lock = threading.Lock()

    def git(self, name, *arguments, data=None):
        """Runs git in a repository; its stdout without the last newline."""
        done = subprocess.run(["git", "-C", str(self.directory / name), *arguments], input=data, check=False,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise RuntimeError(f"git {arguments}: {done.stderr.decode('utf-8', 'replace')}")
        return done.stdout.decode().rstrip("\n")

    def init(self, name, *options):
        (self.directory / name).mkdir(parents=True)
        self.git(name, "init", "-q", "--bare", "--initial-branch=main", *options)

    def add(self, name, commits):
        """Adds commits, (branch, content) each, to branches, which are made if they aren't there; the hashes. All in
        one process: the suite makes hundreds of commits."""
        stream, tips = [], {}
        for number, (branch, content) in enumerate(commits, 1):
            with self.lock:
                self.clock += 60
                clock = self.clock
            parent = tips.get(branch) or self.tips.get((name, branch))
            tips[branch] = f":{number}"
            stream.append(f"commit refs/heads/{branch}\nmark :{number}\ncommitter {AUTHOR} {clock} +0000\n"
                          f"data {len(content)}\n{content}\n" + (f"from {parent}\n" if parent else "") +
                          f"M 644 inline content\ndata {len(content)}\n{content}\n")
        stream += [f"get-mark :{number}\n" for number in range(1, len(commits) + 1)]
        hashes = self.git(name, "fast-import", "--quiet", data="".join(stream).encode()).split()
        for branch, mark in tips.items():
            self.tips[name, branch] = hashes[int(mark[1:]) - 1]
        return hashes

    def commit(self, name, branch, content):
        """Adds one commit; its hash."""
        return self.add(name, [(branch, content)])[0]

    def update(self, name, **refs):
        """Sets refs, given without `refs/` and with __ for /, to commits."""
        lines = [f"update refs/{ref.replace('__', '/')} {commit}\n" for ref, commit in refs.items()]
        self.git(name, "update-ref", "--stdin", data="".join(lines).encode())

    def commit_of(self, name, ref):
        """The commit that a ref points to, tags peeled."""
        return self.git(name, "rev-parse", "--verify", f"{ref}^{{commit}}")

    def make(self, name="config.git"):
        """A repository with every kind of ref; tests that move refs make their own."""
        self.init(name)
        # 0123abc looks like an abbreviated hash, and is a branch.
        commits = self.add(name, [("main", f"{name} {number}") for number in range(3)] + [
            ("release/1.0", f"{name} release"), ("both", f"{name} branch"), ("0123abc", f"{name} hexadecimal")])
        self.git(name, "tag", "-a", "-m", "annotated", "annotated", commits[0])
        self.git(name, "tag", "-a", "-m", "nested", "nested", "annotated")
        self.update(name, tags__light=commits[1], tags__both=commits[1], changes__1__head=commits[1])
        return name

    def make_all(self):
        self.make()
        self.init("detached.git")
        first, _ = self.add("detached.git", [("main", "detached 1"), ("main", "detached 2")])
        self.git("detached.git", "update-ref", "--no-deref", "HEAD", first)
        self.init("unborn.git")
        self.commit("unborn.git", "main", "unborn 1")
        self.git("unborn.git", "symbolic-ref", "HEAD", "refs/heads/nothing")
        self.init("empty.git")
        self.init("sha256.git", "--object-format=sha256")
        self.commit("sha256.git", "main", "sha256")
        self.init("with space.git")
        self.commit("with space.git", "main", "with space")

    def make_many(self):
        """many.git: the refs are written as git packs them, since making so many by commands takes minutes."""
        self.init("many.git")
        commit = self.commit("many.git", "main", "many")
        refs = "".join(f"{commit} refs/heads/branch-{number:06}\n" for number in range(MANY))
        header = "# pack-refs with: peeled fully-peeled sorted \n"
        (self.directory / "many.git" / "packed-refs").write_text(header + refs)
        return "many.git"
