# SPDX-License-Identifier: Apache-2.0
"""Urls and refs of git: which ones may be used, what a ref can mean, how the lock file and the stamps name them."""

import dataclasses
import hashlib
import hmac
import json
import re
import urllib.parse

import xxhash

from kubeyaml import Undetermined

HEX = re.compile(r"[0-9a-fA-F]+\Z")
SCHEMES = {"https", "http", "ssh", "git", "git+ssh", "ssh+git"}
SSH_USER = re.compile(r"[A-Za-z0-9._+@=~-]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SCP = re.compile(r"(?:([^@/]*)@)?(\[[^\]/]*\]|[^:/\[\]]+):(.*)\Z", re.S)


class Refused(Exception):
    """A url or ref that must not be used: the program has to fail."""


def sha256(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def hashed(text, key):
    """What stands for a secret in the lock file."""
    return "hmac-sha256:" + hmac.new(key, text.encode(), "sha256").hexdigest() if key else sha256(text)


# ---- urls ---------------------------------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Url:
    """A url as far as it matters here.

    bare   without userinfo: its identity
    host   None for local ones
    """
    bare: str
    host: str | None
    path: str
    has_query: bool = False

    @property
    def key(self):
        """Its name in the lock file, unless it came from a Secret."""
        return sha256(self.bare) if self.has_query else self.bare

    @property
    def identity(self):
        """Equal for two ways to write one repository."""
        if self.host is None:
            path = urllib.parse.unquote(self.path) if "://" in self.bare else self.path
            return re.sub(r"\.git\Z", "", path.rstrip("/")).rstrip("/")
        scheme, colons, rest = self.bare.partition("://")
        scheme = re.sub(r"\+git|git\+", "", scheme) if colons else "ssh"
        port = re.search(r":(\d+)\Z", rest.partition("/")[0])
        port = port[1] if port else {"https": "443", "http": "80", "ssh": "22", "git": "9418"}[scheme]
        path = re.sub(r"\.git\Z", "", urllib.parse.unquote(self.path).strip("/"))
        return scheme, self.host.lower(), port, path, self.bare.partition("?")[2]


def parse_url(text):
    """The Url that a text is. Raises Refused for what must not be used, Undetermined for what the contract leaves
    open."""
    if CONTROL.search(urllib.parse.unquote(text)) or not text:
        raise Refused("an empty url or one with control characters")
    scheme, colons, rest = text.partition("://")
    if not colons or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return _scp_or_path(text)
    if scheme == "file":
        return Url(text, None, rest)
    if scheme not in SCHEMES:
        raise Refused(f"scheme {scheme}")
    authority, slash, path = rest.partition("/")
    if "?" in authority or "#" in text or "@" in authority.rpartition("@")[0]:
        raise Undetermined("an odd url")
    userinfo, _, host = authority.rpartition("@")
    name = _host_name(host)
    if name.startswith("-") or urllib.parse.unquote(userinfo).startswith("-"):
        raise Refused("a host or user that looks like an option")
    if "ssh" in scheme and not SSH_USER.fullmatch(urllib.parse.unquote(userinfo.partition(":")[0])):
        raise Refused("a user of ssh with odd characters")
    if not slash or not path.strip("/"):
        raise Undetermined("a url without a path")
    path, query, _ = path.partition("?")
    return Url(f"{scheme}://{host}/{rest.partition('/')[2]}", name, "/" + path, bool(query))


def _host_name(host):
    name = re.sub(r":[0-9]*\Z", "", host)
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise Refused("a host with odd characters") if not name.startswith("[") else Undetermined("an IPv6 address")
    return name


def _scp_or_path(text):
    if "::" in text.partition("/")[0]:
        raise Refused("a remote helper")
    match = SCP.match(text)
    if text.startswith("//") or (match and ":" in (match[1] or "")):
        raise Refused("what looks like a url with a password, and is none")
    if not match or text[0] in "/.":
        return Url(text, None, text)
    user, host, path = match.groups()
    if host.startswith("-") or (user or "").startswith("-") or path.startswith("-"):
        raise Refused("a host, user or path that looks like an option")
    if not SSH_USER.fullmatch(user or ""):
        raise Refused("a user of ssh with odd characters")
    if not path.strip("/") or "@" in path or not re.fullmatch(r"[A-Za-z0-9._-]+", host):
        raise Undetermined("an odd scp-like url")
    return Url(f"{host}:{path}", host, path)


def _authority(text):
    """(scheme and ://, what stands in front of the path, path) of what may be a url."""
    scheme, colons, rest = text.partition("://")
    if not colons:
        scheme, rest = "", text
    end = re.search(r"[/?#]" if colons else r"[/:]", rest)
    end = end.start() if end else len(rest)
    return scheme + colons, rest[:end], rest[end:]


def without_hidden(outline, hidden):
    """A url without its userinfo, if something is hidden there: who asks is not what is asked for. Of ssh it is git."""
    scheme, authority, rest = _authority(outline)
    userinfo, _, host = authority.rpartition("@")
    if hidden not in userinfo:
        return outline
    return scheme + ("git@" if not scheme or "ssh" in scheme else "") + host + rest


def shows_host(outline, hidden, url):
    """Whether nothing that is hidden can have a part in the host that a Url has."""
    scheme, authority, rest = _authority(outline)
    if hidden in scheme + authority.rpartition("@")[2] or not rest.startswith("/" if scheme else ":"):
        return False
    try:
        return parse_url(outline.replace(hidden, "x")).host == url.host
    except Refused:
        return False


def short_hash(text):
    return xxhash.xxh3_64_hexdigest(text.encode())[:8]


def repository(url):
    """The name of a url in stamps, before it is cut."""
    last = re.sub(r"\.git\Z", "", re.split(r"[/:]" if "://" not in url.bare else "/", url.path.rstrip("/"))[-1])
    name = re.sub(r"\A[^A-Za-z0-9]+|[^A-Za-z0-9]+\Z", "", re.sub(r"[^A-Za-z0-9._-]", "-", last))
    if not name:
        return f"repo-{short_hash(url.bare)}"
    return name if name == last else f"{name}-{short_hash(last)}"


# ---- refs ---------------------------------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Ref:
    """commit: it is one. Else kinds: entries of the lock file to look for, best first."""
    text: str
    commit: str | None = None
    kinds: tuple = ()


def parse_ref(text, branch_first):
    _check_ref(text)
    if HEX.match(text) and len(text) in (40, 64):
        return Ref(text, commit=text.lower())
    if text.startswith("refs/"):
        kind = {"heads": "branch", "tags": "tag"}.get(text.split("/")[1], "ref")
        return Ref(text, kinds=(kind,))
    if text in ("HEAD", "@", "origin/HEAD"):
        return Ref(text, kinds=("head",))
    if text.startswith(("heads/", "tags/", "remotes/")):
        raise Undetermined("a ref that names its folder")
    # Behind both, what git fetch finds below refs/: pull/12/head.
    kinds = ("branch", "tag") if branch_first else ("tag", "branch") + (("ref",) if "/" in text else ())
    if HEX.match(text) and 7 <= len(text) < 40:
        kinds += ("abbreviated",)
    return Ref(text, kinds=kinds)


def _check_ref(text):
    """git-check-ref-format(1)."""
    parts = text.split("/")
    if (not text or text.startswith("-") or text.endswith((".", "/")) or ".." in text or "@{" in text
            or re.search(r"[\x00-\x20\x7f~^:?*\[\\]", text)
            or any(not p or p.startswith(".") or p.endswith(".lock") for p in parts)):
        raise Refused("a ref that git would not take")


# ---- the lock file ------------------------------------------------------------------------------------------------

class Lock:
    """What a lock file says; with `made_up`, an endless one that has an answer for every ref, and remembers it."""

    def __init__(self, text=None):
        self.made_up = text is None
        self.entries = {}
        for entry in json.loads(text or '{"refs": []}')["refs"] if (text or "").strip() or self.made_up else ():
            self.entries[entry["url"], entry["ref"], entry["kind"]] = entry["commit"]

    def find(self, url_key, ref_key, ref):
        """The commit that is recorded for a Ref, or None."""
        if ref.commit:
            return ref.commit
        if self.made_up:
            self._make_up(url_key, ref_key, ref)
        for kind in ref.kinds:
            commit = self.entries.get((url_key, ref_key, kind))
            if commit:
                return commit
        return None

    def _make_up(self, url_key, ref_key, ref):
        for kind in ref.kinds:
            if kind != "abbreviated":
                commit = hashlib.sha1(f"{url_key} {ref_key} {kind}".encode()).hexdigest()
                self.entries[url_key, ref_key, kind] = commit

    def text(self):
        refs = [dict(zip(("url", "ref", "kind", "commit"), (*key, commit))) for key, commit in self.entries.items()]
        return json.dumps({"format": "rollstamp-lock/1", "refs": refs})
