# SPDX-License-Identifier: Apache-2.0
"""Random checkouts of git refs for generate.py: pairs of variables, git-sync, clones, volumes, annotations, and a lock
file that knows every ref of them.

Urls and refs come from small sets, so that containers meet in one repository and repositories meet in one name.
"""

import gitnames

COMMIT = "0123456789abcdef0123456789abcdef01234567"
URLS = [
    "https://git.example.com/shop/config.git", "https://git.example.com/shop/config.git",
    "https://git.example.com/other/config.git", "https://bot:pass@git.example.com/shop/config.git",
    "ssh://git@git.example.com:2222/shop/theme.git", "git@git.example.com:shop/theme.git",
    "https://git.example.com/shop/Odd~Name_1.git", "https://git.example.com/" + "long-" * 15 + "name",
]
REFS = ["main", "main", "release/1.x", "v1", "HEAD", "origin/main", "refs/heads/main", "refs/tags/v1",
        "refs/changes/1/2", "a1b2c3d", COMMIT]
PAIRS = [
    ("GIT_REPO", "GIT_CHECKOUT_BRANCH"), ("GIT_REPO", "GIT_CHECKOUT_BRANCH"), ("GIT_REPO", "GIT_BRANCH"),
    ("GIT_REPO", "GIT_REF"), ("GIT_REPO_URL", "GIT_COMMIT_SHA"), ("REPO_URL", "REPO_BRANCH"),
    ("CONFIG_REPO", "CONFIG_REPO_BRANCH"), ("CONFIG_REPO_URL", "CONFIG_REPO_BRANCH"), ("MY_REPO", "MY_REF"),
]
VALUES = ["$(BRANCH)", "$(REPO)", "$$(BRANCH)", "https://bot:$(key)@git.example.com/shop/config.git",
          "https://$(REPO)@git.example.com/shop/config.git", "ssh://$(key)@git.example.com:2222/shop/theme.git",
          "https://git.example.com/$(key)/config.git"]
KEYS = ["GIT_REPO", "GIT_CHECKOUT_BRANCH", "GIT_BRANCH", "REPO", "CHECKOUT_BRANCH", "key"]
SCRIPTS = [
    "git clone -b {ref} {url} /src", "git clone {url} /src && cd /src && git checkout {ref}",
    "set -e; git clone --depth 1 --branch='{ref}' \"{url}\" src",
    "git -C /tmp clone {url} x\ngit -C /tmp/x checkout {ref}\n",
    "# git clone {url}\ntrue", "echo git clone {url}", "git clone {url}", "git clone -b $BRANCH {url}",
    "mkdir -p /src && git clone -q -b $(BRANCH) {url} /src || exit 1",
]


def url_keys():
    for url in URLS:
        bare = gitnames.parse_url(url).bare
        yield bare, bare
        yield bare, gitnames.sha256(bare)


def lock_file(rng):
    """Every ref of every url; some names are both a branch and a tag, some are one of them."""
    entries = {}
    for bare, url_key in url_keys():
        for text in [*REFS, "master"]:
            ref = gitnames.parse_ref(text, False)
            lost = rng.choice([None, "branch", "tag"]) if set(ref.kinds) >= {"branch", "tag"} else None
            for ref_key in (text, gitnames.sha256(f"{bare}\n{text}")):
                lock = gitnames.Lock()
                lock.find(url_key, ref_key, ref)
                entries.update({key: commit for key, commit in lock.entries.items() if key[2] != lost})
                if "abbreviated" in ref.kinds:
                    entries[url_key, ref_key, "abbreviated"] = text
    lock = gitnames.Lock()
    lock.entries = entries
    return lock.text().encode()


class GitParts:
    """What a random container or template has of git. `rng` decides."""

    def __init__(self, rng):
        self.rng = rng

    def url(self):
        return self.rng.choice(URLS)

    def ref(self):
        return self.rng.choice([*REFS, *REFS, ""])

    def value(self, key):
        return self.url() if key.endswith(("REPO", "URL")) else self.ref()

    def variables(self, key_ref):
        """The entries of an env list; `key_ref` makes a valueFrom."""
        pair = self.rng.choice(PAIRS)
        entries = [{"name": "BRANCH", "value": self.ref()}] if self.rng.random() < 0.3 else []
        for name in pair:
            chance = self.rng.random()
            if chance < 0.7:
                entries.append({"name": name, "value": self.value(name)})
            elif chance < 0.8:
                entries.append({"name": name, "value": self.rng.choice(VALUES)})
            elif chance < 0.9:
                entries.append({"name": name, "valueFrom": key_ref()})
        if self.rng.random() < 0.1:
            self.rng.shuffle(entries)
        return entries

    def sync(self):
        """A git-sync container's fields."""
        old = self.rng.random() < 0.4
        repository, ref = ("GIT_SYNC_REPO", "GIT_SYNC_BRANCH") if old else ("GITSYNC_REPO", "GITSYNC_REF")
        version = self.rng.choice(["v3.6.9", "v2.0.6"] if old else ["v4.2.3", "v4.7.1"])
        container = {"image": f"registry.example.com/git-sync:{version}"}
        if self.rng.random() < 0.5:
            container["env"] = [{"name": repository, "value": self.url()}]
            if self.rng.random() < 0.8:
                container["env"].append({"name": ref, "value": self.ref()})
            if old and self.rng.random() < 0.3:
                container["env"].append({"name": "GIT_SYNC_REV", "value": self.ref()})
            if self.rng.random() < 0.2:
                container["env"].append({"name": "GIT_SYNC_DEPTH", "value": self.rng.choice(["0", "1"])})
        else:
            flag, args = "--branch" if old else "--ref", [f"--repo={self.url()}"]
            if self.rng.random() < 0.8:
                ref = self.rng.choice(REFS)
                args += [f"{flag}={ref}"] if self.rng.random() < 0.5 else [flag, ref]
            container["args"] = [*args, "--root=/git", *(["--one-time"] if self.rng.random() < 0.4 else [])]
        return container

    def clone(self):
        script = self.rng.choice(SCRIPTS).format(url=self.url(), ref=self.rng.choice(REFS))
        if self.rng.random() < 0.3:
            return {"command": ["git", "clone", "-b", self.rng.choice(REFS), self.url(), "/src"]}
        shell = self.rng.choice([["sh", "-c"], ["/bin/bash", "-ec"], ["sh", "-e", "-c"]])
        return {"command": shell, "args": [script]} if self.rng.random() < 0.5 else {"command": [*shell, script]}

    def volume(self):
        volume = {"repository": self.url()}
        if self.rng.random() < 0.7:
            volume["revision"] = self.ref()
        return {"gitRepo": volume}

    def annotation(self):
        entries = [self.url() + self.rng.choice(["", "#" + self.rng.choice(REFS)])
                   for _ in range(self.rng.randint(1, 2))]
        return self.rng.choice([",", ", "]).join(entries)

    def command_line(self):
        args = [f"--git={self.rng.choice(['observe', 'observe', 'pin', 'off'])}"]
        if self.rng.random() < 0.3:
            args.append(f"--git-pair=MY_REPO:MY_REF{self.rng.choice(['', ':main', ':pin', ':main:pin'])}")
        if self.rng.random() < 0.1:
            args.append("--git-skip=git.*")
        return args
