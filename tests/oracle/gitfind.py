# SPDX-License-Identifier: Apache-2.0
"""Which commits a pod template checks out: the conventions of the contract's table, in parsed manifests."""

import dataclasses
import fnmatch
import posixpath
import re

import gitclone
import gitnames
import gitsync
import ownwords
from consumption import CONTAINER_LISTS
from kubeyaml import Undetermined, items_at, lookup, text_at
from manifests import annotation
from podenv import HIDDEN, UNKNOWN, Environment, Value, file_reader

HEAD = Value("HEAD")
LOOP = re.compile(r"(cd (?P<cd>/[\w/]+); )?while (true|:|sleep \d+); do "
                  r"git ((-C (?P<c>/[\w/]+)|--git-dir=(?P<git_dir>/[\w/]+)/\.git) )?(pull|fetch)(; sleep \d+)?; done")
# Variables of init containers: repository, refs in the order in which they count, the ref if they are empty, whether a
# commit does there as well.
PAIRS = [
    ("GIT_REPO", ("GIT_CHECKOUT_BRANCH",), "master", True),
    ("GIT_REPO", ("GIT_BRANCH", "GIT_REF"), "HEAD", False),
    ("GIT_REPO_URL", ("GIT_BRANCH", "GIT_COMMIT_SHA"), "HEAD", False),
    ("REPO_URL", ("REPO_BRANCH",), "HEAD", False),
    ("CONFIG_REPO_URL", ("CONFIG_REPO_BRANCH",), "HEAD", False),
    ("CONFIG_REPO", ("CONFIG_REPO_BRANCH",), "HEAD", False),
]


@dataclasses.dataclass
class Checkout:
    """Somebody in the template takes a ref of a repository.

    places  the containers that do: (list name, index)
    pin     where a commit does as well as the ref: ("env", place, name),
            ("word", path in the template, text before it), ("revision", path of a gitRepo volume in the template) or
            ("unclear", why)
    """
    places: tuple
    url: Value
    ref: Value
    branch_first: bool = False
    polls: bool = False
    pin: tuple | None = None
    volumes: frozenset = frozenset()  # what the containers mount
    spot: tuple | None = None  # (volume, path in it) that it is written to, if that is known
    is_wish: bool = False  # an annotation says it

    @property
    def known(self):
        return self.url.known and self.ref.known


@dataclasses.dataclass
class Stamp:
    name: str  # <repository>
    value: str
    places: set


@dataclasses.dataclass
class Pins:
    """What --git=pin writes."""
    variables: dict = dataclasses.field(default_factory=dict)  # place: {name: commit}
    scalars: dict = dataclasses.field(default_factory=dict)  # path in the template: text


def checkouts_of(workload, options, find_source):
    """Every Checkout of a workload's template."""
    found = []
    for list_name in CONTAINER_LISTS:
        for index, container in enumerate(items_at(workload.template, "spec", list_name)):
            if container.kind == "mapping":
                mounted = frozenset(text_at(m, "name") for m in items_at(container, "volumeMounts"))
                for checkout in _in_container((list_name, index), container, workload, options, find_source):
                    checkout.url = _without_userinfo(checkout.url)
                    checkout.volumes = mounted
                    checkout.spot = _spot_of(container, checkout.spot)
                    found.append(checkout)
    found += _volumes(workload.template)
    found += _annotations(workload)
    return found


def _without_userinfo(url):
    """A url of which nothing but userinfo is unknown or secret is neither."""
    if HIDDEN not in (url.seen or ""):
        return url
    bare = gitnames.without_hidden(url.seen, HIDDEN)
    try:
        if HIDDEN in bare or (url.known and gitnames.parse_url(url.text).bare != gitnames.parse_url(bare).bare):
            return url
        gitnames.parse_url(bare)
    except gitnames.Refused:
        return url
    return Value(bare)


# ---- containers ---------------------------------------------------------------------------------------------------

def _in_container(place, container, workload, options, find_source):
    environment = Environment(container, find_source)
    is_init = place[0] == "initContainers"
    ends = is_init and text_at(container, "restartPolicy") != "Always"
    paths, words = [], []
    for field in ("command", "args"):
        for number, node in enumerate(items_at(container, field)):
            paths.append(("spec", *place, field, number))
            words.append(environment.expand(text_at(node) or ""))
    has_command = bool(items_at(container, "command"))
    sync = gitsync.sync_of(text_at(container, "image"), words, has_command, environment, ends)
    found = [Checkout((place,), sync.url, sync.ref, sync.branch_first, sync.polls, _pin_of(sync, place, paths))] \
        if sync else []
    pins_all = any(ownwords.is_true(annotation(node, "rollstamp.io/git-pin")) for node in (workload.node, workload.template))
    found += _pairs(place, environment, options, is_init, pins_all)
    if sync and sync.version:
        return found
    read = file_reader(container, workload.template, find_source)
    hook = [Value(text_at(node) or "") for node in items_at(container, "lifecycle", "postStart", "exec", "command")]
    pulls = any(re.search(r"\bgit\b.*\b(pull|fetch)\b", w.text or "git pull", re.S) for w in words)
    # A cron daemon may do so, too, by tables that stand elsewhere.
    pulls = pulls or any(re.search(r"\b(crond?|supercronic)\b", w.text or "") for w in words)
    if not is_init and pulls:
        # It may follow a branch, of whatever; that says something only where somebody else checks out.
        directory = _pulled([w.text for w in words], text_at(container, "workingDir"))
        found.append(Checkout((place,), UNKNOWN, UNKNOWN, polls=True, spot=directory))
        words = []
    for run, starts_with_program in ((words, has_command), (hook, True)):
        for clone in gitclone.clones_of(run, starts_with_program, text_at(container, "workingDir") or ".",
                                        text_at(container, "image") or "", environment.get, read) if run else ():
            for pair in found:
                # It may be the same variable, and then a commit would be in one repository only.
                if pair.pin and clone.url != pair.url and clone.ref == pair.ref:
                    pair.pin = "unclear", "a ref that is checked out of two repositories"
            found.append(Checkout((place,), clone.url, clone.ref or HEAD, clone.branch_first, spot=clone.directory))
    return found


def _pulled(words, directory):
    """The directory of a plain loop of `git pull`, if that is what the words are; else None."""
    match = LOOP.fullmatch(words[2]) if len(words) == 3 and words[:2] == ["sh", "-c"] and words[2] else None
    return match and (match["c"] or match["git_dir"] or match["cd"] or directory)


def _spot_of(container, directory):
    """(volume, path in it) of a directory of a container; None: not known."""
    if not directory or not directory.startswith("/"):
        return None
    directory = posixpath.normpath(directory)
    holding = [(posixpath.normpath(text_at(m, "mountPath") or "/"), m) for m in items_at(container, "volumeMounts")]
    holding = [(path, m) for path, m in holding if posixpath.commonpath([path, directory]) == path]
    if not holding:
        return f"container {id(container)}", directory
    path, mount = max(holding, key=lambda m: len(m[0]))
    if text_at(mount, "subPathExpr") or text_at(mount, "readOnly"):
        return None
    inner = posixpath.join("/", text_at(mount, "subPath") or "", posixpath.relpath(directory, path))
    return text_at(mount, "name"), posixpath.normpath(inner)


def _pin_of(sync, place, paths):
    if sync.pin is None or sync.pin[0] == "unclear":
        return sync.pin
    if sync.pin[0] == "env":
        return "env", place, sync.pin[1]
    _, word, before = sync.pin
    return "word", paths[word], before


def _pairs(place, environment, options, is_init, pins_all):
    """Each repository variable counts once; which of two pairs it is when they disagree is not said."""
    found = {}
    pairs = [(repo, (ref,), default, pins, False) for repo, ref, default, pins in options.git_pairs]
    pairs += [(*pair, True) for pair in PAIRS if is_init]
    for repository, refs, default, pins, needs_ref in pairs:
        url = environment.get(repository)
        values = [(v, name) for v, name in zip(map(environment.get, refs), refs) if v is not None]
        if url is None or url.text == "" or (needs_ref and not values):
            continue
        # One that is there counts before one that only could be there.
        values.sort(key=lambda v: not environment.is_certain(v[1]))
        ref, name = next((v for v in values if v[0].text != ""), (Value(default), refs[0]))
        # Images of the time when both were set run `git clone -b`, which takes no commit.
        if (refs, needs_ref) == (("GIT_CHECKOUT_BRANCH",), True) and environment.get("GIT_BRANCH") is not None:
            pins = False
        checkout = Checkout((place,), url, ref, pin=("env", place, name) if pins or pins_all else None)
        if found.setdefault(repository, checkout).ref != checkout.ref and checkout.known:
            raise Undetermined("a repository with the refs of two pairs")
    return list(found.values())


# ---- volumes and annotations --------------------------------------------------------------------------------------

def _volumes(template):
    for number, volume in enumerate(items_at(template, "spec", "volumes")):
        url = text_at(volume, "gitRepo", "repository")
        if not url:
            continue
        name, revision = text_at(volume, "name"), text_at(volume, "gitRepo", "revision")
        places = tuple((list_name, index) for list_name in CONTAINER_LISTS
                       for index, container in enumerate(items_at(template, "spec", list_name))
                       if any(text_at(m, "name") == name for m in items_at(container, "volumeMounts")))
        if not places:
            continue
        pin = ("revision", ("spec", "volumes", number, "gitRepo"))
        yield Checkout(places, Value(url), Value(revision or "HEAD"), pin=pin, volumes=frozenset([name]))


def _annotations(workload):
    regular = tuple(("containers", i) for i, _ in enumerate(items_at(workload.template, "spec", "containers")))
    for node in (workload.node, workload.template):
        for entry in (annotation(node, "rollstamp.io/git") or "").split(","):
            url, _, ref = entry.strip().partition("#")
            if url:
                yield Checkout(regular, Value(url), Value(ref or "HEAD"), is_wish=True)


# ---- commits ------------------------------------------------------------------------------------------------------

class Resolver:
    """Turns Checkouts into Stamps, and notes what must make the program fail."""

    def __init__(self, options, must_fail):
        self.options = options
        self.must_fail = must_fail
        self.pins = Pins()

    def stamps_of(self, checkouts):
        """{<repository>: Stamp} of a template."""
        commits, places, names = {}, {}, {}
        followed = {self.url_of(c).identity for c in checkouts if c.polls and c.url.known}
        loops = [c for c in checkouts if c.polls and not c.url.known]
        written = frozenset().union(*(c.volumes for c in checkouts if c.polls and c not in loops))
        for checkout in checkouts:
            if checkout.url.known and not checkout.ref.known and not _is_usable(checkout.url.text):
                raise Undetermined("a url to refuse, with a ref that is not known")
            if not checkout.known or checkout.polls:
                continue
            url = self.url_of(checkout)
            # Who writes an annotation wants the stamp, whoever else follows the branch.
            is_followed = url.identity in followed or any([_is_pulled(checkout, loop) for loop in loops])
            if (is_followed and not checkout.is_wish) or self._is_skipped(url):
                continue
            if checkout.volumes & written:
                raise Undetermined("a volume of a poller of another url")
            commit = self._commit(checkout, url)
            if commit is None:
                continue
            if self.options.git == "pin" and checkout.ref.text != commit:
                self._pin(checkout, commit)
            commits.setdefault(url.bare, set()).add(commit)
            places.setdefault(url.bare, set()).update(checkout.places)
            if names.setdefault(url.bare, _repository(checkout, url)) != _repository(checkout, url):
                raise Undetermined("a url that is secret here and not there")
        return self._named(commits, places, names)

    def url_of(self, checkout):
        try:
            return gitnames.parse_url(checkout.url.text)
        except gitnames.Refused:
            return gitnames.Url("", None, "")  # one that only the pod can use, if anyone: no error, and no stamp

    def _is_skipped(self, url):
        return not url.bare or any(_fits(pattern, url) for pattern in self.options.git_skip)

    def _commit(self, checkout, url):
        if url.host is None and not self.options.git_allow_local:
            return None
        if not checkout.url.secret and url.host and self.options.git_allow and not any(_fits(p, url) for p in self.options.git_allow):
            self.must_fail.append("a host that is not allowed")
            return None
        try:
            ref = gitnames.parse_ref(checkout.ref.text, checkout.branch_first)
        except gitnames.Refused as e:
            self.must_fail.append(f"a ref that is refused: {e}")
            return None
        key = self.options.secret_key
        url_key = gitnames.hashed(url.bare, key) if checkout.url.secret else url.key
        ref_key = gitnames.hashed(f"{url.bare}\n{ref.text}", key) if checkout.ref.secret else ref.text
        commit = ref.commit or (self.options.git_lock and self.options.git_lock.find(url_key, ref_key, ref))
        # Digits that a Secret holds are a part of it: its own stamp covers them.
        is_digits = checkout.ref.secret and gitnames.HEX.match(ref.text) and len(ref.text) >= 7
        if is_digits and (ref.commit or (len(ref.text) < 40 and commit in (None, ref.text.lower()))):
            if self.options.git_lock is None and not ref.commit:
                raise Undetermined("a ref that a server has to be asked for")
            return None
        if commit is None:
            if checkout.url.secret and not self._may_send(checkout, url):
                return None
            if self.options.git_lock is None:
                raise Undetermined("a ref that a server has to be asked for")
            self.must_fail.append(f"{ref.text} of {url.bare} is not in the lock")
        return commit

    def _may_send(self, checkout, url):
        """Whether a url with something of a Secret in it is asked for at all."""
        scheme = checkout.url.text.partition("://")[0] if "://" in checkout.url.text else "ssh"
        if url.host is None or scheme not in ("https", "ssh", "git+ssh", "ssh+git"):
            return False
        is_shown = gitnames.shows_host(checkout.url.seen, HIDDEN, url)
        return any(_fits(p, url) and (is_shown or not re.search(r"[*?\[\\]", p)) for p in self.options.git_allow)

    def _pin(self, checkout, commit):
        if checkout.pin is None or len(commit) < 40:
            return
        if checkout.ref.secret or checkout.ref.text.lower() == commit:
            raise Undetermined("a pin of what is secret, or a commit already")
        kind, where, *more = checkout.pin
        if kind == "unclear":
            raise Undetermined(where)
        if kind == "env":
            if self.pins.variables.setdefault(where, {}).setdefault(more[0], commit) != commit:
                raise Undetermined("two pins in one place")
        elif kind == "word":
            self.pins.scalars[where] = more[0] + commit
        else:
            self.pins.scalars[(*where, "revision")] = commit

    def _named(self, commits, places, names):
        stamps, count = {}, list(names.values())
        for bare, name in names.items():
            if count.count(name) > 1:
                name = f"{name}-{gitnames.short_hash(bare)}"
            stamps[name] = Stamp(name, ",".join(sorted(commits[bare])), places[bare])
        return stamps


def _is_pulled(checkout, loop):
    """Whether a loop of `git pull`, somewhere, keeps a checkout up to date."""
    if checkout.is_wish:
        return False
    if checkout.spot is None or loop.spot is None:
        raise Undetermined("a checkout beside a poller of what is not known")
    (volume, path), (pulled_volume, pulled) = checkout.spot, loop.spot
    if volume != pulled_volume or path == pulled:
        return volume == pulled_volume
    if posixpath.commonpath([path, pulled]) in (path, pulled):
        raise Undetermined("a loop of git pull above or below a checkout")
    return False


def _is_usable(text):
    try:
        return gitnames.parse_url(text).host is not None
    except gitnames.Refused:
        return False


def _fits(pattern, url):
    if re.search(r"[/:]", pattern) or url.host is None:
        raise Undetermined("a pattern of more than a host")
    return fnmatch.fnmatchcase(url.host.lower(), pattern.lower())


def _repository(checkout, url):
    if checkout.url.secret:
        return "secret-{}-{}".format(*checkout.url.secret)
    return gitnames.repository(url)
