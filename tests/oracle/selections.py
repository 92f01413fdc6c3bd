# SPDX-License-Identifier: Apache-2.0
"""Selections: what a glob or a label selector fits of the ConfigMaps or Secrets, which is one stamp.

The grammar of selectors is that of k8s.io/apimachinery/pkg/labels (Parse), the environment of k8s-sidecar that of its
README (METHOD, LABEL, LABEL_VALUE, RESOURCE, NAMESPACE).
"""

import dataclasses
import fnmatch
import re

import kubeyaml
from kubeyaml import entries_at, items_at, text_at
from manifests import annotation, fits, is_named_by_ignore, is_valid_name, listed
from podenv import Environment

WILD = re.compile(r"[*?[\\]")
KINDS = ("configmap", "secret")


@dataclasses.dataclass(frozen=True)
class Selection:
    """What is selected; `text` is what the stamp is called after."""
    kind: str
    text: str
    namespace: str | None = None  # a pattern; None: the workload's own
    name: str = "*"  # a pattern
    requirements: tuple = ()  # (key, operator, values) that the labels have to meet

    def fits_labels(self, source):
        labels = labels_of(source)
        return all(_meets(labels, *requirement) for requirement in self.requirements)


@dataclasses.dataclass
class Result:
    """What has become of a selection."""
    lines: dict = dataclasses.field(default_factory=dict)  # [NAMESPACE/]NAME: Source
    found: bool = False  # anything, also what is left out
    leaves_out: bool = False  # something that it fits, by --ignore or --exclude
    ambiguous: bool = False
    followed: bool = False

    @property
    def is_due(self):
        return bool(self.lines) and not self.ambiguous and not self.followed


def labels_of(source):
    return {key: "" if kubeyaml.is_null(node) else node.value
            for key, node in entries_at(source.node, "metadata", "labels").items() if node.kind == "scalar"}


def is_glob(entry):
    return WILD.search(entry) is not None


# ---- what a workload selects --------------------------------------------------------------------------------------

def selections_of(workload, options):
    """{Selection: whether an annotation makes it} of a workload."""
    found = {}
    for kind in KINDS:
        for node in (workload.node, workload.template):
            for entry in listed(annotation(node, f"rollstamp.io/{kind}s")):
                if is_glob(entry):
                    found[_glob(kind, entry, workload)] = True
            text = (annotation(node, f"rollstamp.io/{kind}-selector") or "").strip()
            if text:
                found[Selection(kind, text, requirements=parse_selector(text))] = True
    for pair in options.also:
        who, _, what = pair.partition("=")
        if not fits(who, workload.kind, workload.namespace, workload.name, options):
            continue
        kind, colon, text = what.partition(":")
        if colon and kind.lower() in KINDS:
            selection = Selection(kind.lower(), text.strip(), requirements=parse_selector(text))
        elif is_glob(what):
            kind, _, entry = what.partition("/")
            selection = _glob(kind.lower(), entry, workload)
        else:
            continue
        found.setdefault(selection, False)
    return found


def _glob(kind, entry, workload):
    namespace, slash, name = entry.rpartition("/")
    if not slash or namespace == workload.namespace:
        return Selection(kind, name, name=name)
    return Selection(kind, entry, namespace, name)


# ---- what it fits -------------------------------------------------------------------------------------------------

def result_of(selection, workload, options, known, is_excluded):
    """The Result; `is_excluded(kind, foreign namespace or None, name)` tells what is left out for this workload."""
    result = Result()
    for foreign, source in _candidates(selection, workload, known, result):
        result.found = True
        namespaces = {source.namespace, foreign or workload.namespace}
        if source.ignored or any(is_named_by_ignore(options, source.kind, n, source.name) for n in namespaces) \
                or is_excluded(source.kind, foreign, source.name):
            result.leaves_out = True
            continue
        result.lines[f"{foreign}/{source.name}" if foreign else source.name] = source
    watchers = list(_watchers(workload, known))
    result.followed = bool(result.lines) and all(
        any(_watches(watcher, source, key, workload) for watcher in watchers) for key, source in result.lines.items())
    return result


def _candidates(selection, workload, known, result):
    """(foreign namespace or None, Source) of all that it fits."""
    sources = [s for s in known.everything(selection.kind) if fnmatch.fnmatchcase(s.name, selection.name)
               and selection.fits_labels(s) and is_valid_name(s.name)]
    names = sorted({s.name for s in sources})
    if selection.namespace is None or not is_glob(selection.namespace):
        wanted = selection.namespace or workload.namespace
        for name in names:
            source = known.find(selection.kind, wanted, name)
            if source is None:
                result.ambiguous |= known.is_ambiguous(selection.kind, wanted, name)
            elif selection.fits_labels(source):
                yield selection.namespace, source
        return
    own = []
    if fnmatch.fnmatchcase(workload.namespace or "", selection.namespace):
        own = [source for source in (known.find(selection.kind, workload.namespace, name) for name in names) if source]
        yield from ((None, source) for source in own)
    for source in sources:
        is_foreign = source.namespace and source.namespace != workload.namespace and source not in own
        if is_foreign and fnmatch.fnmatchcase(source.namespace, selection.namespace) and known.is_used(source):
            yield source.namespace, source


# ---- sidecars that watch ------------------------------------------------------------------------------------------

def _watchers(workload, known):
    """The environments of containers that keep what they select up to date by themselves."""
    for field in ("containers", "initContainers"):
        for container in items_at(workload.template, "spec", field):
            image = (text_at(container, "image") or "").split("@")[0].rpartition("/")[2].split(":")[0]
            if image != "k8s-sidecar":
                continue
            if field == "initContainers" and text_at(container, "restartPolicy") != "Always":
                continue
            environment = Environment(container, lambda kind, name: known.find(kind, workload.namespace, name))
            method = environment.get("METHOD")
            if method is None or method.text != "LIST":
                yield environment


def _watches(environment, source, line, workload):
    def variable(name, default):
        value = environment.get(name)
        return default if value is None or value.text == "" else value.text  # None: unknown

    label, wanted = variable("LABEL", ""), variable("LABEL_VALUE", "")
    if label == "":
        return False
    if label is not None and label not in labels_of(source):
        return False
    if label is not None and wanted and labels_of(source)[label] != wanted:
        return False
    resource = variable("RESOURCE", "configmap")
    if resource not in (None, "both", source.kind):
        return False
    namespaces = variable("NAMESPACE", "")
    if namespaces in (None, "ALL"):
        return True
    own = line.rpartition("/")[0] or workload.namespace
    if namespaces == "":
        return "/" not in line
    return own is None or own in [n.strip() for n in namespaces.split(",")]


# ---- label selectors ----------------------------------------------------------------------------------------------

TOKEN = re.compile(r"[ \t\r\n]*(==|!=|=|!|\(|\)|,|>|<|[^ \t\r\n=!(),<>]+)")
SEGMENT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?\Z")
SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")
NUMBER = re.compile(r"[+-]?[0-9]+\Z")
SYMBOLS = {"==", "!=", "=", "!", "(", ")", ",", ">", "<"}


def parse_selector(text):
    """The requirements of a selector; raises kubeyaml.Refusal."""
    tokens, at = [], 0
    while text[at:].strip(" \t\r\n"):
        match = TOKEN.match(text, at)
        tokens.append(match[1])
        at = match.end()
    found = []
    while True:
        found.append(_requirement(tokens))
        if not tokens:
            return tuple(found)
        _expect(tokens, ",")


def _word(tokens):
    if not tokens or tokens[0] in SYMBOLS:
        raise kubeyaml.Refusal("a selector with a word missing")
    return tokens.pop(0)


def _expect(tokens, symbol):
    if not tokens or tokens.pop(0) != symbol:
        raise kubeyaml.Refusal(f"a selector without its {symbol}")


def _requirement(tokens):
    if tokens[:1] == ["!"]:
        tokens.pop(0)
        return _key(_word(tokens)), "absent", ()
    key = _key(_word(tokens))
    if not tokens or tokens[0] == ",":
        return key, "present", ()
    operator = tokens.pop(0)
    if operator in ("in", "notin"):
        return key, operator, _values(tokens)
    if operator not in ("=", "==", "!=", "<", ">"):
        raise kubeyaml.Refusal(f"a selector with {operator}")
    value = "" if not tokens or tokens[0] == "," else _value(_word(tokens))
    if operator in "<>" and not _is_number(value):
        raise kubeyaml.Refusal("a selector that compares with something else than a number")
    return key, {"==": "in", "=": "in", "!=": "notin"}.get(operator, operator), (value,)


def _values(tokens):
    _expect(tokens, "(")
    values = []
    while True:
        values.append("" if tokens and tokens[0] in (",", ")") else _value(_word(tokens)))
        if tokens and tokens[0] == ")":
            tokens.pop(0)
            return tuple(values)
        _expect(tokens, ",")


def _key(text):
    prefix, slash, name = text.rpartition("/")
    if len(name) > 63 or not SEGMENT.match(name):
        raise kubeyaml.Refusal("a selector with a key that is none")
    if slash and (len(prefix) > 253 or not SUBDOMAIN.match(prefix)):
        raise kubeyaml.Refusal("a selector with a key's prefix that is none")
    return text


def _value(text):
    if text and (len(text) > 63 or not SEGMENT.match(text)):
        raise kubeyaml.Refusal("a selector with a value that is none")
    return text


def _is_number(text):
    return NUMBER.match(text) is not None and -2**63 <= int(text) < 2**63


def _meets(labels, key, operator, values):
    if operator in ("present", "absent"):
        return (key in labels) == (operator == "present")
    if operator == "in":
        return labels.get(key) in values
    if operator == "notin":
        return key not in labels or labels[key] not in values
    if key not in labels or not _is_number(labels[key]):
        return False
    return int(labels[key]) > int(values[0]) if operator == ">" else int(labels[key]) < int(values[0])
