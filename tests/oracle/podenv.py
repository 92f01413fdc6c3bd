# SPDX-License-Identifier: Apache-2.0
"""A container's environment, as the kubelet computes it: what is known of it, what is absent, what nobody can know.

From Kubernetes' documentation: the sources of envFrom in their order, each with its prefix, then env, and the later one
wins; `$(NAME)` in a value of env means what stands before it, in command and args it means the whole environment; one
that means nothing stays as it is, `$$` is a dollar.
"""

import dataclasses
import re

import kubeyaml
import stamps
from kubeyaml import items_at, lookup, text_at

# What Kubernetes makes of the Services that are there when the pod starts.
SERVICE_VARIABLE = re.compile(r".*(_SERVICE_HOST|_SERVICE_PORT(_.+)?|_PORT(_.+)?)\Z", re.S)
KINDS = {"configMapRef": "configmap", "secretRef": "secret", "configMapKeyRef": "configmap", "secretKeyRef": "secret"}


@dataclasses.dataclass(frozen=True)
class Value:
    """A text, or what is known about it.

    text     None: unknown
    secret   (name, key) of the Secret that it or a part of it comes from
    outline  the text with a HIDDEN for what is of a Secret or not known; None: as the text
    shape    of one that is unknown or secret: its text with HOLE for each variable that is unknown, SECRET for a secret one
    """
    text: str | None
    secret: tuple | None = None
    shape: str | None = dataclasses.field(default=None, compare=False)
    outline: str | None = dataclasses.field(default=None, compare=False)

    @property
    def seen(self):
        return self.text if self.outline is None else self.outline

    @property
    def known(self):
        return self.text is not None


HIDDEN = "\0"
UNKNOWN = Value(None, outline=HIDDEN)
HOLE, SECRET = "\ue000", "\ue001"

# Linux takes no longer string (MAX_ARG_STRLEN): a value that references make longer is not known.
LONGEST = 128 * 1024


def expanded(text, find):
    """A Value: `text` with its `$(NAME)` replaced by what find(NAME) returns: a Value, or None for no such variable."""
    pieces, shape, outline, secret, at, is_known = [], [], [], None, 0, True
    while at < len(text):
        pair = text[at:at + 2]
        end = text.find(")", at) if pair == "$(" else -1
        if pair == "$$" or end < 0:
            # A `$` takes the character behind it along, so that `$` in front of `$(` cannot be read twice.
            piece = "$" if pair == "$$" else text[at:at + (2 if pair[:1] == "$" else 1)]
            at += 2 if pair[:1] == "$" else 1
            pieces.append(piece)
            shape.append(piece)
            outline.append(piece)
            continue
        value = find(text[at + 2:end])
        at, name = end + 1, text[at:end + 1]
        if value is None:
            pieces.append(name)
            shape.append(name)
            outline.append(name)
        elif not value.known:
            is_known = False
            shape.append(HOLE)
            outline.append(value.seen)
        else:
            if sum(map(len, pieces)) + len(value.text) > LONGEST:
                return UNKNOWN
            pieces.append(value.text)
            shape.append(SECRET if value.secret else value.text)
            outline.append(value.seen)
            secret = secret or value.secret
    if not is_known:
        return Value(None, shape="".join(shape), outline="".join(outline)[:LONGEST])
    return Value("".join(pieces), secret, "".join(shape) if secret else None, "".join(outline))


class Environment:
    """The variables of a container. `find_source(kind, name)` returns a manifests.Source, or None."""

    def __init__(self, container, find_source):
        self.find_source = find_source
        self.known = {}  # name: Value
        self.guesses = []  # prefixes under which a source that is not there may define anything
        for source in items_at(container, "envFrom"):
            self._add_source(source)
        for entry in items_at(container, "env"):
            self._add_entry(entry)

    def get(self, name):
        """A Value, or None where the variable is absent."""
        if name in self.known:
            return self.known[name]
        if any(len(name) > len(prefix) and name.startswith(prefix) for prefix in self.guesses):
            return UNKNOWN
        return UNKNOWN if SERVICE_VARIABLE.match(name) else None

    def is_certain(self, name):
        """Whether the variable is there for certain, whatever its value is."""
        return name in self.known

    def expand(self, text):
        return expanded(text, self.get)

    def _add_source(self, entry):
        prefix = text_at(entry, "prefix") or ""
        field = next((f for f in ("configMapRef", "secretRef") if lookup(entry, f) is not None), None)
        if field is None:
            return
        source = self._source(KINDS[field], text_at(entry, field, "name"))
        if source is None:
            self.known = {n: v for n, v in self.known.items() if not n.startswith(prefix) or n == prefix}
            self.guesses.append(prefix)
            return
        for key in text_keys(source):
            self.known[prefix + key] = text_value(source, key)

    def _add_entry(self, entry):
        name = text_at(entry, "name")
        if not name:
            return
        text = text_at(entry, "value") or ""
        origin = lookup(entry, "valueFrom")
        if text or origin is None or origin.kind != "mapping":
            self.known[name] = self.expand(text)
            return
        value = self._value_from(origin)
        if value is not None:
            self.known[name] = value

    def _value_from(self, origin):
        """A Value, or None where an optional key is absent: what was there before stays."""
        for field in ("configMapKeyRef", "secretKeyRef"):
            reference = lookup(origin, field)
            if reference is None or reference.kind != "mapping":
                continue
            source = self._source(KINDS[field], text_at(reference, "name"))
            if source is None:
                return UNKNOWN
            key = text_at(reference, "key")
            if key in text_keys(source):
                return text_value(source, key)
            return None if kubeyaml.is_true(lookup(reference, "optional")) else UNKNOWN
        return UNKNOWN

    def _source(self, kind, name):
        source = self.find_source(kind, name) if name else None
        if source is not None and source.ignored:
            raise kubeyaml.Undetermined("a variable of an ignored object")
        return source


def text_keys(source):
    """The keys that can be variables: those of binaryData cannot."""
    fields = ("data",) if source.kind == "configmap" else ("data", "stringData")
    keys = set()
    for field in fields:
        keys.update(k for k in kubeyaml.entries_at(source.node, field) if k is not None)
    return keys


def text_value(source, key):
    try:
        data = stamps.value_of(source, key)
        text = data.decode("utf-8")
    except (ValueError, kubeyaml.Refusal, kubeyaml.Undetermined):
        return UNKNOWN
    return Value(text, (source.name, key), outline=HIDDEN) if source.kind == "secret" else Value(text)


def file_reader(container, template, find_source):
    """A function that tells the text of a file of a ConfigMap by its path in the container; None: there is none."""
    volumes = {text_at(volume, "name"): volume for volume in items_at(template, "spec", "volumes")}

    def read(path):
        mounts = [(text_at(m, "mountPath").rstrip("/"), m) for m in items_at(container, "volumeMounts")
                  if text_at(m, "mountPath")]
        mounts = [(root, m) for root, m in mounts if path == root or path.startswith(root + "/")]
        if not mounts:
            return None
        root, mount = max(mounts, key=lambda m: len(m[0]))
        part = "/".join(p for p in ((text_at(mount, "subPath") or "").strip("/"), path[len(root) + 1:]) if p)
        if text_at(mount, "subPathExpr"):
            return None
        volume = volumes.get(text_at(mount, "name"))
        if volume is None:
            return None
        sources = [lookup(volume, "configMap")]
        sources += [lookup(source, "configMap") for source in items_at(volume, "projected", "sources")]
        found = None
        for source in sources:
            if source is not None and source.kind == "mapping":
                found = _text_of_file(source, part, find_source) or found
        return found
    return read


def _text_of_file(volume, path, find_source):
    items = items_at(volume, "items")
    keys = [text_at(item, "key") for item in items if text_at(item, "path") == path] if items else [path]
    source = find_source("configmap", text_at(volume, "name"))
    if source is None:
        raise kubeyaml.Undetermined("a file of a ConfigMap that is not there")
    if not keys or keys[0] not in text_keys(source):
        return None
    return text_value(source, keys[0]).text
