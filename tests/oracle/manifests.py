# SPDX-License-Identifier: Apache-2.0
"""Which objects a stream holds, which of them are workloads, and which one a reference means."""

import dataclasses
import fnmatch
import re

import kubeyaml
import ownwords
from kubeyaml import entries_at, items_at, lookup, text_at

TEMPLATE = ("spec", "template")
WORKLOADS = {
    ("apps", "Deployment"), ("extensions", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"), ("extensions", "DaemonSet"),
    ("argoproj.io", "Rollout"),
    ("apps.openshift.io", "DeploymentConfig"), ("", "DeploymentConfig"),  # the latter in OpenShift 3
}
# Of which kubectl rollout history tells the revisions.
WITH_HISTORY = {
    ("apps", "Deployment"), ("extensions", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"),
    ("extensions", "DaemonSet"),
}
SOURCES = {"ConfigMap": "configmap", "Secret": "secret", "SecretProviderClass": "secretproviderclass"}
SOURCE_GROUPS = {"SecretProviderClass": "secrets-store.csi.x-k8s.io"}  # of the others: the core group
# An item of a list of patterns: a comma in brackets, or behind a backslash, is its own.
LISTED = re.compile(r"(?:\\.|\[[!^]?\]?(?:\\.|[^\]\\])*\]|[^,])*", re.S)
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\Z")


def listed(text):
    """The entries of a comma-separated list of names and patterns."""
    entries, at = [], 0
    while text and at <= len(text):
        end = LISTED.match(text, at).end()
        entries.append(text[at:end].strip())
        at = end + 1
    return [entry for entry in entries if entry]


@dataclasses.dataclass
class Source:
    """A ConfigMap, Secret or SecretProviderClass."""
    kind: str  # "configmap", "secret" or "secretproviderclass"
    name: str
    namespace: str | None
    node: kubeyaml.Node
    hook: bool
    ignored: bool

    @property
    def identity(self):
        return self.kind, self.namespace, self.name


@dataclasses.dataclass
class Workload:
    kind: str
    name: str
    namespace: str | None
    node: kubeyaml.Node
    template: kubeyaml.Node
    path: tuple  # of keys and indexes, from the document's root to the template
    own_path: tuple  # ... and to the object
    ignored: bool

    @property
    def identity(self):
        return self.kind, self.namespace, self.name


def group_of(node):
    """The API group of an object; None if it names no version at all."""
    version = text_at(node, "apiVersion")
    if not version:
        return None
    return version.rpartition("/")[0]


def is_resource_list(root):
    """Whether a document is what a KRM function gets."""
    if root is None or kubeyaml.deref(root).kind != "mapping":
        return False
    return text_at(root, "kind") == "ResourceList" and group_of(kubeyaml.deref(root)) == "config.kubernetes.io"


def objects_in(root):
    """(path, node) of a document's objects: itself, or the items of a list, but not of a list in a list."""
    if root is None or kubeyaml.deref(root).kind != "mapping":
        return
    kind = text_at(root, "kind") or ""
    if not kind.endswith("List"):
        yield (), kubeyaml.deref(root)
        return
    for index, item in enumerate(items_at(root, "items")):
        node = kubeyaml.deref(item)
        if node is not None and node.kind == "mapping" and not (text_at(node, "kind") or "").endswith("List"):
            yield ("items", index), node


def template_paths(options):
    return {**{workload: TEMPLATE for workload in WORKLOADS}, **options.kinds}


def our_kinds(options):
    return {kind for _, kind in template_paths(options)} | set(SOURCES)


def is_ours(node, options):
    kind, group = text_at(node, "kind"), group_of(node)
    return (group, kind) in template_paths(options) or (kind in SOURCES and group == SOURCE_GROUPS.get(kind, ""))


def annotation(node, name):
    return text_at(node, "metadata", "annotations", name)


def is_hook(node):
    return "helm.sh/hook" in entries_at(node, "metadata", "annotations")


def namespace_of(node, options):
    return text_at(node, "metadata", "namespace") or options.namespace


def is_ignored(node, options):
    if ownwords.is_true(annotation(node, "rollstamp.io/ignore")):
        return True
    kind, name = text_at(node, "kind") or "", text_at(node, "metadata", "name") or ""
    return is_named_by_ignore(options, kind, namespace_of(node, options), name)


def is_named_by_ignore(options, kind, namespace, name):
    """Whether --ignore names an object; also asked of a reference, whose namespace the object need not name."""
    return any(fits(p, kind, namespace, name, options) for p in options.ignore)


def fits(pattern, kind, namespace, name, options):
    """Whether [KIND/][NAMESPACE/]NAME names an object; of two parts the first is a kind if one that is known fits it."""
    *before, last = pattern.split("/")
    if len(before) == 1:
        is_kind = any(fnmatch.fnmatchcase(known.lower(), before[0].lower()) for known in our_kinds(options))
        before = [before[0], "*"] if is_kind else ["*", before[0]]
    of_kind, of_namespace = before or ["*", "*"]
    return (fnmatch.fnmatchcase(kind.lower(), of_kind.lower()) and fnmatch.fnmatchcase(namespace or "", of_namespace)
            and fnmatch.fnmatchcase(name, last))


def borrows_template(node):
    """Whether it is an Argo Rollout whose template another object has: its own must be empty."""
    reference = lookup(node, "spec", "workloadRef")
    is_rollout = (group_of(node), text_at(node, "kind")) == ("argoproj.io", "Rollout")
    return is_rollout and reference is not None and reference.kind == "mapping"


def workload_of(path, node, options):
    """The Workload that an object is, or None."""
    if borrows_template(node):
        return None
    where = template_paths(options).get((group_of(node), text_at(node, "kind")))
    template = lookup(node, *where) if where else None
    if template is None or template.kind != "mapping" or is_hook(node):
        return None
    if group_of(node) == "serving.knative.dev" and text_at(template, "metadata", "name"):
        return None  # a revision with a fixed name must not change
    return Workload(text_at(node, "kind"), text_at(node, "metadata", "name") or "", namespace_of(node, options), node,
                    template, (*path, *where), path, is_ignored(node, options))


def source_of(node, options):
    """The Source that an object is, or None."""
    kind = SOURCES.get(text_at(node, "kind"))
    name = text_at(node, "metadata", "name")
    if kind is None or not name or group_of(node) != SOURCE_GROUPS.get(text_at(node, "kind"), ""):
        return None
    return Source(kind, name, namespace_of(node, options), node, is_hook(node), is_ignored(node, options))


# Kinds that stand for a Secret which a controller makes of them, and where they say what it is called; () is their name.
STAND_INS = {
    ("bitnami.com", "SealedSecret"): [()],
    ("external-secrets.io", "ExternalSecret"): [("spec", "target", "name"), ()],
    **{("secrets.hashicorp.com", kind): [("spec", "destination", "name")]
       for kind in ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "HCPVaultSecretsApp")},
    ("cert-manager.io", "Certificate"): [("spec", "secretName")],
    ("onepassword.com", "OnePasswordItem"): [()],
    ("secrets.doppler.com", "DopplerSecret"): [("spec", "managedSecret", "name")],
    ("secrets.infisical.com", "InfisicalSecret"): [("spec", "managedSecretReference", "secretName")],
    ("craftypath.github.io", "SopsSecret"): [()],
}


def made_at_run_time(roots):
    """The names of Secrets that something in the stream stands for, whatever their namespaces."""
    names = set()
    for _, node in (found for root in roots for found in objects_in(root)):
        for path in STAND_INS.get((group_of(node), text_at(node, "kind")), []):
            name = text_at(node, *(path or ("metadata", "name")))
            if name:
                names.add(name)
                break
        names |= {text_at(item, "name") for item in items_at(node, "spec", "secretTemplates")}
    return names


def is_valid_name(name):
    return len(name) <= 253 and NAME.match(name) is not None


class Sources:
    """The ConfigMaps and Secrets that are known: those of the stream before the external ones, hooks after all others.

    Helm 3 hides hooks from us and Helm 4 does not. So a hook must not change what a reference means that has a meaning
    without it.
    """

    def __init__(self, stream, external):
        stream, external = list(stream), list(external)
        self.tiers = [[self._by_identity(s for s in layer if s.hook == hook) for layer in (stream, external)]
                      for hook in (False, True)]

    @staticmethod
    def _by_identity(sources):
        """The last one wins."""
        return {source.identity: source for source in sources}

    def find(self, kind, namespace, name):
        """The Source that is meant, or None."""
        if not is_valid_name(name) or (namespace and not is_valid_name(namespace)):
            return None
        for layer in (layer for tier in self.tiers for layer in tier):
            exact = layer.get((kind, namespace, name))
            if exact:
                return exact
            namesakes = [s for s in layer.values() if s.kind == kind and s.name == name]
            if any(namespace is None or s.namespace is None for s in namesakes):
                return namesakes[0] if len(namesakes) == 1 else None
        return None

    def everything(self, kind):
        """All Sources of a kind, also those that another one of their identity covers."""
        return [s for tier in self.tiers for layer in tier for s in layer.values() if s.kind == kind]

    def is_used(self, source):
        """Whether it is what a reference by its namespace and name means."""
        return self.find(source.kind, source.namespace, source.name) is source

    def is_ambiguous(self, kind, namespace, name):
        """Whether find gives None since several are meant."""
        for layer in (layer for tier in self.tiers for layer in tier):
            if (kind, namespace, name) in layer:
                return False
            namesakes = [s for s in layer.values() if s.kind == kind and s.name == name]
            if any(namespace is None or s.namespace is None for s in namesakes):
                return len(namesakes) > 1
        return False


# ---- documents that cannot matter ---------------------------------------------------------------------------------

KEY_LINE = re.compile(rb"([A-Za-z][A-Za-z0-9_-]*):(?:[ ]|\Z)(.*)\Z", re.S)
PLAIN_WORD = re.compile(rb"[ ]*([A-Za-z0-9]+)[ ]*\Z")
ODD_BREAKS = re.compile("\r(?!\n)|\u0085|\u2028|\u2029")


def is_blank(chunk):
    """Whether a document is blank lines and comments alone, which nobody has to parse either (tabs and all)."""
    lines = chunk.removeprefix(kubeyaml.BOM).splitlines()
    if lines and kubeyaml.SEPARATOR.match(lines[0]):
        lines[0] = lines[0][3:]
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)


def cannot_matter(chunk, kinds):
    """Whether the lines alone show that a document holds nothing of interest, so that nobody has to parse it."""
    chunk = chunk.removeprefix(kubeyaml.BOM)
    if ODD_BREAKS.search(chunk.decode("utf-8", "replace")):
        return False
    lines = [line.rstrip(b"\r") for line in chunk.split(b"\n")]
    if kubeyaml.SEPARATOR.match(lines[0]):
        rest = lines.pop(0)[3:].strip(b" \t")
        if rest and not rest.startswith(b"#"):
            return False
    content = [line for line in lines if line.strip(b" \t") and not line.lstrip(b" \t").startswith(b"#")]
    if not content or content[0][:1] in b" \t":
        return False
    return _top_level_kind(content, kinds)


def _top_level_kind(content, kinds):
    found = []
    for number, line in enumerate(line for line in content if line[:1] not in b" \t"):
        if number > 0 and re.match(rb"-(?:[ ]|\Z)", line):
            continue
        key = KEY_LINE.match(line)
        if not key:
            return False
        if key.group(1) == b"kind":
            found.append(key.group(2))
    word = PLAIN_WORD.match(found[0]) if len(found) == 1 else None
    if not word:
        return False
    kind = word.group(1).decode()
    return kind not in kinds and not kind.endswith("List")
