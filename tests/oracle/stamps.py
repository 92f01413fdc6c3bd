# SPDX-License-Identifier: Apache-2.0
"""Digests, the names under which they are written, and the object that a stamped workload has to become."""

import binascii
import hashlib
import hmac
import re

import xxhash

import kubeyaml
from kubeyaml import Node, Undetermined, deref, entries_at, is_null, key_text, lookup, quoted, text_at

STAMP_ANNOTATION = re.compile(r"(configmaps?|secrets?|git|secretproviderclass)\.rollstamp\.io/")
STAMP_VARIABLE = re.compile(r"ROLLSTAMP_(CONFIGMAPS?|SECRETS?|GIT|SECRETPROVIDERCLASS)_")


# ---- values and digests -------------------------------------------------------------------------------------------

def decode_base64(text):
    """Standard base64 as Go's JSON decoder takes it: line ends are ignored, padding is required."""
    packed = b"".join(text.split())
    if len(packed) % 4 or not re.fullmatch(rb"[A-Za-z0-9+/]*={0,2}", packed):
        raise kubeyaml.Refusal("broken base64")
    if b" " in text or b"\t" in text:
        raise Undetermined("blanks in base64")
    value = binascii.a2b_base64(packed, strict_mode=True)
    if binascii.b2a_base64(value, newline=False) != packed:
        raise Undetermined("base64 with stray bits before its padding")
    return value


def _layers(source):
    """(field, whether base64) of an object's values; a later field lies over an earlier one."""
    if source.kind == "configmap":
        return [("data", False), ("binaryData", True)]
    return [("data", True), ("stringData", False)]


def present_keys(source):
    keys = set()
    for field, _ in _layers(source):
        keys.update(k for k in entries_at(source.node, field) if k is not None)
    return keys


def value_of(source, key):
    """The bytes that a pod sees, or None if the key is absent."""
    for field, is_base64 in reversed(_layers(source)):
        node = entries_at(source.node, field).get(key)
        if node is None:
            continue
        if node.kind != "scalar":
            raise Undetermined("a value that is no scalar")
        text = kubeyaml.text_bytes(node)
        return decode_base64(text) if is_base64 else text
    return None


def preimage(source, keys):
    """The bytes that are hashed, for a set of consumed keys."""
    if any(None in entries_at(source.node, field) for field, _ in _layers(source)):
        raise kubeyaml.Refusal("a key that can be none")
    if any(kubeyaml.has_twins(lookup(source.node, field)) for field, _ in _layers(source)):
        raise kubeyaml.Refusal("two keys that become one, of which kubectl takes one at random")
    name = f" {source.name}" if source.kind == "secret" else ""
    parts = [f"rollstamp/1 {source.kind}{name}\n".encode()]
    for key in sorted(k.encode() for k in keys):
        value = value_of(source, key.decode())
        parts.append(b"%d:%s" % (len(key), key))
        parts.append(b"!\n" if value is None else b"=%d:%s\n" % (len(value), value))
    return b"".join(parts)


def digest(source, keys, secret_key):
    """The stamp of an object for consumption.Keys."""
    if source.kind == "secretproviderclass":
        return hashlib.sha256(provider_preimage(source)).hexdigest()[:32]
    consumed = keys.named | (present_keys(source) if keys.everything else set())
    data = preimage(source, consumed)
    if source.kind == "configmap":
        return xxhash.xxh3_128_hexdigest(data)
    if secret_key is None:
        return hashlib.sha256(data).hexdigest()[:32]
    return hmac.new(secret_key, data, hashlib.sha256).hexdigest()[:32]


def selection_digest(kind, lines, secret_key):
    """The stamp of a selection: `lines` are {[NAMESPACE/]NAME: digest of the whole object}."""
    text = "".join(sorted(f"{name} {value}\n" for name, value in lines.items()))
    data = f"rollstamp/1 {kind}s\n{text}".encode()
    if kind == "configmap":
        return xxhash.xxh3_128_hexdigest(data)
    if secret_key is None:
        return hashlib.sha256(data).hexdigest()[:32]
    return hmac.new(secret_key, data, hashlib.sha256).hexdigest()[:32]


def provider_preimage(source):
    """The bytes that are hashed of a SecretProviderClass, which is always consumed as a whole."""
    spec = lookup(source.node, "spec")
    spec = spec if spec is not None and spec.kind == "mapping" else None
    entries = []
    provider, objects = lookup(spec, "provider"), lookup(spec, "secretObjects")
    if provider is not None and not is_null(provider):
        entries.append(("provider", _string(provider)))
    parameters = lookup(spec, "parameters")
    if parameters is not None and not is_null(parameters):
        if parameters.kind != "mapping":
            raise kubeyaml.Refusal("parameters that are no mapping")
        if None in entries_at(parameters) or kubeyaml.has_twins(parameters):
            raise kubeyaml.Refusal("a parameter that can be none, or two that become one")
        of_parameters = entries_at(parameters).items()
        entries += sorted((f"parameters/{key}", _string(value)) for key, value in of_parameters)
    if objects is not None and not is_null(objects):
        entries.append(("secretObjects", _as_json(objects).encode()))
    parts = [f"rollstamp/1 secretproviderclass {source.name}\n".encode()]
    for key, value in entries:
        parts.append(b"%d:%s=%d:%s\n" % (len(key.encode()), key.encode(), len(value), value))
    return b"".join(parts)


def _string(node):
    if node.kind != "scalar":
        raise kubeyaml.Refusal("a value that is no string")
    return kubeyaml.text_bytes(node)


def _as_json(node):
    """Keys sorted, no blanks, and escapes only where JSON can't do without."""
    node = deref(node)
    if node.kind == "sequence":
        return f"[{','.join(map(_as_json, node.value))}]"
    if node.kind == "mapping":
        if None in entries_at(node) or kubeyaml.has_twins(node):
            raise Undetermined("a key of secretObjects that can be none, or two that become one")
        entries = sorted(entries_at(node).items(), key=lambda entry: entry[0].encode())
        return "{%s}" % ",".join(f"{_json_text(key)}:{_as_json(value)}" for key, value in entries)
    kind = kubeyaml.scalar_type(node)
    if kind == "null":
        return "null"
    if kind == "float" or (kind != "str" and not node.plain):
        raise Undetermined("a number in secretObjects, where all is text")
    return _json_text(kubeyaml.text_bytes(node).decode()) if kind == "str" else key_text(node)


def _json_text(text):
    return '"%s"' % re.sub(r'["\\\\]|[\0-\x1f]', lambda m: "\\" + m[0] if m[0] in '"\\' else f"\\u{ord(m[0]):04x}", text)


# ---- names --------------------------------------------------------------------------------------------------------

def short_hash(text):
    return xxhash.xxh3_64_hexdigest(text.encode())[:8]


def full_name(reference):
    return f"{reference.namespace}_{reference.name}" if reference.namespace else reference.name


def annotation_name(reference):
    return annotation_named(reference.kind, full_name(reference))


def variable_name(reference):
    return variable_named(reference.kind, full_name(reference))


def cleaned(text):
    """What a pattern, or the last part of a url, is called in the name of a stamp."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", text)
    name = re.sub(r"\A[^A-Za-z0-9]+|[^A-Za-z0-9]+\Z", "", name)
    return name if name == text else f"{name or 'selection'}-{short_hash(text)}"


def annotation_named(kind, name):
    if len(name) > 63:
        name = f"{name[:54]}-{short_hash(name)}"
    return f"{kind}.rollstamp.io/{name}"


def variable_named(kind, name):
    odd = re.search(r"[^a-z0-9-]", name)  # also the `_` after a foreign namespace
    suffix = f"_{short_hash(name).upper()}" if odd else ""
    return f"ROLLSTAMP_{kind.upper()}_{re.sub(r'[^a-z0-9]', '_', name).upper()}{suffix}"


# ---- what kubectl rollout history shows ----------------------------------------------------------------------------

CHANGE_CAUSE = "kubernetes.io/change-cause"
CHANGE_CAUSE_OF_OURS = "rollstamp:"
CHANGE_CAUSE_MOST = 250  # bytes


def change_cause(named):
    """The text for {annotation name: value}, all stamps of a template."""
    parts = []
    for name, value in sorted(named.items(), key=lambda item: item[0].encode()):
        kind, _, what = name.partition(".rollstamp.io/")
        between = "/" if kind in ("configmap", "secret", "secretproviderclass") else " "
        parts.append(f" {kind}{between}{what} {','.join(part[:8] for part in value.split(','))}")
    whole = CHANGE_CAUSE_OF_OURS + ",".join(parts)
    if len(whole) <= CHANGE_CAUSE_MOST:
        return whole
    candidates = (CHANGE_CAUSE_OF_OURS + ",".join(parts[:n]) + f" (+{len(parts) - n} {short_hash(whole)})"
                  for n in reversed(range(len(parts))))
    return next(text for text in candidates if len(text) <= CHANGE_CAUSE_MOST)


# ---- what is there ------------------------------------------------------------------------------------------------

def stamps_of(template):
    """Every stamp that stands in a template: {(place, name): value}, place being "" for annotations."""
    found = {}
    for name, node in entries_at(template, "metadata", "annotations").items():
        if name and STAMP_ANNOTATION.match(name):
            found["", name] = node.value if node.kind == "scalar" else None
    for place in ("containers", "initContainers"):
        for index, container in enumerate(kubeyaml.items_at(template, "spec", place)):
            for entry in kubeyaml.items_at(container, "env"):
                name = text_at(entry, "name")
                if name and STAMP_VARIABLE.match(name):
                    found[f"{place}[{index}]", name] = text_at(entry, "value")
    return found


def values_in(node):
    """The value nodes of the stamps in an annotations mapping or an env list."""
    if node.kind == "sequence":
        for entry in map(deref, node.value):
            if STAMP_VARIABLE.match(text_at(entry, "name") or ""):
                yield from (v for v in map(lambda field: lookup(entry, field), ("value", "valueFrom")) if v is not None)
    elif node.kind == "mapping":
        yield from (deref(v) for k, v in node.value
                    if key_text(k) == CHANGE_CAUSE or STAMP_ANNOTATION.match(key_text(k) or ""))


# ---- what has to be there -----------------------------------------------------------------------------------------

def stamped(root, path, plan):
    """The document's tree with the stamps of a plan in the template at a path; what is unchanged is shared."""
    if plan.dropped:
        root = _changed(root, (*path, "metadata", "annotations"), lambda n: _without(n, plan.dropped))
    if plan.annotations:
        root = _changed(root, (*path, "metadata", "annotations"), lambda n: _with_annotations(n, plan.annotations))
    for (list_name, index), variables in plan.variables.items():
        root = _changed(root, (*path, "spec", list_name, index, "env"), lambda n, v=variables: _with_variables(n, v))
    for place, text in plan.scalars.items():
        root = _changed(root, (*path, *place), lambda n, t=text: _stamp_value(t, n))
    if plan.cause:
        root = _changed(root, plan.own_annotations, lambda n: _with_annotations(n, {CHANGE_CAUSE: plan.cause}))
    return root


def _changed(node, path, change):
    """A copy of the tree in which the node at the path is what `change` makes of it."""
    node = deref(node) if node is not None else None
    if not path:
        return change(node)
    step, rest = path[0], path[1:]
    if node is not None and node.kind == "sequence":
        items = list(node.value)
        items[step] = _changed(items[step], rest, change)
        return node.copy_with(items)
    entries, floating = _entries(node)
    at = _last_index(entries, step)
    if at is None:
        entries.append((_plain_key(step), _changed(None, rest, change)))
        floating |= {step}
    else:
        entries[at] = (entries[at][0], _changed(entries[at][1], rest, change))
    return _mapping(node, entries, floating)


def _entries(node):
    if node is None or is_null(node):
        return [], frozenset()
    if node.kind != "mapping":
        raise Undetermined("something else where a mapping belongs")
    return list(node.value), node.floating


def _mapping(node, entries, floating=frozenset()):
    made = node.copy_with(entries) if node is not None and node.kind == "mapping" else Node("mapping", entries)
    made.floating = floating
    return made


def _last_index(entries, key):
    places = [i for i, (k, _) in enumerate(entries) if key_text(k) == key]
    return places[-1] if places else None


def _plain_key(text):
    return Node("scalar", text, plain=True)


def _stamp_value(digest_text, before=None):
    node = quoted(digest_text)
    # One that is there already and right needs no edit, however it is quoted.
    is_right = before is not None and before.kind == "scalar" and kubeyaml.scalar_type(before) == "str" \
        and before.value == digest_text
    node.must_be_quoted = not is_right
    return node


def _with_annotations(node, wanted):
    entries, floating = _entries(node)
    new = []
    for name, value in sorted(wanted.items()):
        at = _last_index(entries, name)
        if at is None:
            new.append((_plain_key(name), _stamp_value(value)))
        else:
            entries[at] = (entries[at][0], _stamp_value(value, deref(entries[at][1])))
    return _mapping(node, new + entries, floating)


def _without(node, names):
    entries, floating = _entries(node)
    return _mapping(node, [(k, v) for k, v in entries if key_text(k) not in names], floating)


def _with_variables(node, wanted):
    if node is not None and not is_null(node) and node.kind != "sequence":
        raise Undetermined("an env that is no list")
    items = list(node.value) if node is not None and not is_null(node) else []
    new = []
    for name, value in sorted(wanted.items()):
        places = [i for i, item in enumerate(items) if text_at(deref(item), "name") == name]
        for at in places:
            items[at] = _with_value(deref(items[at]), value)
        if not places:
            fields = [(_plain_key("name"), quoted(name)), (_plain_key("value"), _stamp_value(value))]
            new.append(Node("mapping", fields))
    tag = node.tag if node is not None and node.kind == "sequence" else None
    return Node("sequence", new + items, tag)


def _with_value(entry, value):
    """An env entry with a value of its own, in the place of the value or valueFrom that it had."""
    entries, floating = list(entry.value), frozenset()
    at = _last_index(entries, "value")
    source = _last_index(entries, "valueFrom")
    if at is not None and source is not None:
        raise Undetermined("an env entry with value and valueFrom")
    if at is None and source is None:
        entries.append((_plain_key("value"), _stamp_value(value)))
        floating = frozenset({"value"})
    else:
        before = deref(entries[at][1]) if at is not None else None
        key = entries[at][0] if at is not None else _plain_key("value")
        entries[at if at is not None else source] = (key, _stamp_value(value, before))
    return _mapping(entry, entries, floating)


# ---- what cannot be edited ----------------------------------------------------------------------------------------

def _part_at(node, step):
    """What a mapping or sequence has at one step of a path, as it stands there; None if it has nothing."""
    if node.kind == "sequence":
        return node.value[step]
    at = _last_index(node.value, step)
    return node.value[at][1] if at is not None else None


def shared_on_path(root, path):
    """Whether an edit at the path would show elsewhere, through an alias to something that holds it.

    Below an alias nothing is shared any more: the alias itself is replaced by a copy.
    """
    node = root
    for step in (*path, None):
        if isinstance(node, kubeyaml.Alias):
            return False
        if node is None:
            return False
        if node.aliases > 0:
            return True
        if step is None or node.kind == "scalar":
            return False
        node = _part_at(node, step)
    return False


def remaining_aliases(root):
    """The nodes that aliases of a changed tree still point to."""
    targets, pending = [], [root]
    while pending:
        node = pending.pop()
        if isinstance(node, kubeyaml.Alias):
            targets.append(node.target)
        elif node is not None and node.kind == "mapping":
            pending += [part for entry in node.value for part in entry]
        elif node is not None and node.kind == "sequence":
            pending += node.value
    return targets


def stays_shared_on_path(root, changed, path):
    """The same, once the tree has been changed: an alias may have been written out."""
    targets = remaining_aliases(changed)
    node = root
    for step in (*path, None):
        if node is None or isinstance(node, kubeyaml.Alias):
            return False
        if any(node is target for target in targets):
            return True
        if step is None or node.kind == "scalar" or (node.kind == "sequence") != isinstance(step, int):
            return False
        node = _part_at(node, step)
    return False


def has_alias_on_path(root, path):
    node = root
    for step in path:
        if isinstance(node, kubeyaml.Alias):
            return True
        if node is None or node.kind == "scalar" or (node.kind == "sequence") != isinstance(step, int):
            return False
        node = _part_at(node, step)
    return isinstance(node, kubeyaml.Alias)


def edited_nodes(root, path):
    """The nodes from the root to the place of an edit, as far as they are there."""
    for length in range(len(path) + 1):
        node = root
        for step in path[:length]:
            node = deref(node)
            if node.kind == "sequence":
                node = node.value[step]
            else:
                node = lookup(node, step)
            if node is None:
                return
        yield deref(node)
