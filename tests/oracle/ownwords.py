# SPDX-License-Identifier: Apache-2.0
"""rollstamp's own words in manifests, and those that mean nothing, which --strict takes for errors."""

from kubeyaml import deref, entries_at, is_null, items_at, lookup, text_at

PREFIX = "rollstamp.io/"
# YAML 1.1's booleans, and those of Go's strconv.ParseBool.
TRUE = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1", "t", "T"}
FALSE = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0", "f", "F"}
VALUES = {"ignore": TRUE | FALSE, "git-pin": TRUE | FALSE, "volumes": {"all", "subpath", "none"}}
OF_TEMPLATE = {"exclude", "volumes", "configmaps", "configmap-selector", "secrets", "secret-selector", "git", "git-pin"}
OF_WORKLOAD = OF_TEMPLATE | {"ignore"}
OF_OBJECT = {"ignore"}


def is_true(text):
    return text in TRUE


def of_workload(workload):
    """What means nothing in a workload and its template."""
    found = _annotations(workload.node, OF_WORKLOAD) + _annotations(workload.template, OF_TEMPLATE)
    spec = lookup(workload.template, "spec")
    found += _lists(spec, "containers", "initContainers", "volumes", "imagePullSecrets")
    for name in ("containers", "initContainers"):
        for container in items_at(spec, name):
            found += _lists(container, "env", "envFrom", "volumeMounts")
    for volume in items_at(spec, "volumes"):
        found += _lists(lookup(volume, "configMap"), "items") + _lists(lookup(volume, "secret"), "items")
        found += _lists(lookup(volume, "projected"), "sources")
    return found


def of_object(node):
    """What means nothing on a ConfigMap or Secret."""
    return _annotations(node, OF_OBJECT)


def _annotations(node, known):
    found = []
    for name in entries_at(node, "metadata", "annotations"):
        word = name.removeprefix(PREFIX)
        if word == name:
            continue
        value = text_at(node, "metadata", "annotations", name)
        is_empty = word.endswith("-selector") and value is not None and not value.strip()
        if word not in known or value is None or is_empty or (word in VALUES and value not in VALUES[word]):
            found.append(f"annotation {name}")
    return found


def _lists(node, *fields):
    values = {field: lookup(node, field) if node is not None else None for field in fields}
    return [f"{field} that is no list" for field, value in values.items()
            if value is not None and deref(value).kind != "sequence" and not is_null(deref(value))]
