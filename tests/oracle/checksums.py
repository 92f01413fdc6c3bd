# SPDX-License-Identifier: Apache-2.0
"""Which annotations of a chart's own --drop-checksums takes out of a pod template: those that the stamps cover."""

import dataclasses
import fnmatch
import re

import selections
from consumption import consumption_of, leaves_mounts_out, named_in
from kubeyaml import Alias, Undetermined, entries_at, items_at, key_text, lookup, text_at
from manifests import fits
from stamps import STAMP_ANNOTATION, has_alias_on_path

NOT_ONE = "knative.dev/example-checksum"
PLACE = ("metadata", "annotations")


def dropped(workload, root, chunk_text, options, known, sources, digests, all_workloads, made_later, selected, unstamped):
    """The names of the annotations that go; `selected` are the stamps of selections, `unstamped` whether one has none."""
    annotations = lookup(workload.template, *PLACE)
    names = {name for name in entries_at(annotations) if name and _is_one(name, options.drop_checksums)}
    if not names or len(names) > len(digests) + selected or unstamped:
        return set()
    if not _covers_all(workload, options, known, digests, made_later):
        return set()
    if _is_one_left_over(workload, options, known, sources, all_workloads):
        return set()
    if has_alias_on_path(root, (*workload.path, *PLACE)):
        return names
    return {name for name in names if _can_go(annotations, name, chunk_text)}


def _is_one(name, patterns):
    if name.startswith("rollstamp.io/"):
        return False
    return not STAMP_ANNOTATION.match(name) and name != NOT_ONE and any(fnmatch.fnmatchcase(name, p) for p in patterns)


def _covers_all(workload, options, known, digests, made_later):
    """Whether nothing is left out of what the template consumes, and all of it is stamped."""
    if leaves_mounts_out(workload, options):
        return False
    whole = dataclasses.replace(options, secrets=True, excludes_count=False)
    made = {name for reference in digests if reference.kind == "secretproviderclass"
            for name in _made_by(known.find(reference.kind, reference.namespace or workload.namespace, reference.name))}
    counted = consumption_of(workload, dataclasses.replace(options, secrets=True), known.find).template
    for reference in consumption_of(workload, whole, known.find).template:
        if reference in digests:
            continue
        # What is excluded can come to be in the cluster any time, whatever may be missing now.
        if reference not in counted:
            return False
        if not known.find(reference.kind, reference.namespace or workload.namespace, reference.name) and _may_be_missing(
                reference, workload, options):
            if reference.kind == "secret" and reference.name in made_later:
                return False
            continue
        if reference.kind == "secret" and not reference.namespace and reference.name in made and not known.find(
                reference.kind, workload.namespace, reference.name):
            continue
        return False
    return True


def _may_be_missing(reference, workload, options):
    if reference.kind == "configmap" and reference.name in ("kube-root-ca.crt", "openshift-service-ca.crt"):
        return True
    return any(fits(p, reference.kind, reference.namespace or workload.namespace, reference.name, options)
               for p in options.unresolved_ok if not p.lower().startswith("git/"))


def _made_by(source):
    return {text_at(item, "secretName") for item in items_at(source.node, "spec", "secretObjects")}


def _is_one_left_over(workload, options, known, sources, all_workloads):
    """Whether a ConfigMap or Secret of the release is there that no template names."""
    named = set()
    for other in all_workloads:
        for reference in named_in(other, options):
            source = known.find(reference.kind, reference.namespace or other.namespace, reference.name)
            if source:
                named.add(id(source))
        for selection in selections.selections_of(other, options):
            found = selections.result_of(selection, other, options, known, lambda *_: False)
            named |= {id(source) for source in found.lines.values()}
    mine = _instance(workload.node) or _instance(workload.template)
    last = {source.identity: source for source in sources if not source.hook}
    for source in last.values():
        its = _instance(source.node)
        if source.kind == "secretproviderclass" or source.ignored or id(source) in named:
            continue
        if not mine or not its or mine == its:
            return True
    return False


def _instance(node):
    labels = ("metadata", "labels")
    return text_at(node, *labels, "app.kubernetes.io/instance") or text_at(node, *labels, "release")


def _can_go(annotations, name, text):
    for key, value in annotations.value:
        if key_text(key) != name:
            continue
        if isinstance(key, Alias):
            return False
        if not isinstance(value, Alias) and (value.kind != "scalar" or value.style in ("|", ">") or value.aliases > 0):
            return False
        if key.aliases > 0:
            return False
        start, end = key.span
        if text[:start].rstrip(" \t").endswith("?") or not text[end:].lstrip(" \t").startswith(":"):
            return False
        if isinstance(value, Alias):
            # Nothing says where it ends; its name can have no `#` behind a blank.
            if "#" in text[end:annotations.span[1]]:
                raise Undetermined("an alias in front of a comment")
            continue
        if value.span[0] < value.span[1] and _begins_with_comment(_behind_colon(text[end:value.span[1]])):
            return False
        if annotations.flow and COMMENT.match(text[max(value.span[1], end):]):
            return False
    return True


COMMENT = re.compile(r":?[ \t\r\n]*#")
PROPERTY = re.compile(r"[&!][^ \t\r\n]*[ \t\r\n]+")


def _behind_colon(text):
    return text[text.index(":") + 1:]


def _begins_with_comment(text):
    """Whether a comment stands in front of a value, or behind its anchor or tag."""
    text = text.lstrip()
    while PROPERTY.match(text):
        text = text[PROPERTY.match(text).end():]
    return text.startswith("#")

