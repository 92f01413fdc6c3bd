# SPDX-License-Identifier: Apache-2.0
"""YAML as Kubernetes' tools read it: streams cut into documents, documents as trees.

Nothing here knows what a Deployment is. Trees are made from PyYAML's events and not with one of its constructors,
because go-yaml (which kubectl, Helm and the API server use) disagrees with PyYAML about keys, duplicates and nulls,
and because a test of a text editor has to see the quotes, anchors and aliases that constructors throw away.
"""

import base64
import math
import re
import struct

import yaml

# libyaml accepts more than PyYAML's own parser does, and it is what the program uses.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

BOM = b"\xef\xbb\xbf"
MAX_DEPTH = 100
STR = "tag:yaml.org,2002:str"
NULL = "tag:yaml.org,2002:null"
BINARY = "tag:yaml.org,2002:binary"
MERGE = "tag:yaml.org,2002:merge"
RESOLVED_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null", "timestamp")}

EXTRA_CARRIAGE = re.compile(r"\r(?=\r\n)")
ODD_BREAK = re.compile("[\x85\u2028\u2029]")
MARK_AT_LINE_START = re.compile("(?:\\A|(?<=[\n\r\x85\u2028\u2029]))\ufeff")
SEPARATOR = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.M)


def split_documents(data):
    """The chunks of a stream; together they are the stream, and each but the first begins with its `---` line.

    YAML lets `---` at the start of a line end a document wherever it stands, also inside a scalar, so no parser is
    needed to find them. A byte order mark stays with the first chunk.
    """
    start = len(BOM) if data.startswith(BOM) else 0
    cuts = [m.start() for m in SEPARATOR.finditer(data, start)]
    if start in cuts:
        cuts.remove(start)  # nothing stands before it: it opens the first chunk
    edges = [0, *(c for c in cuts if c > 0), len(data)]
    return [data[a:b] for a, b in zip(edges, edges[1:])]


class Refusal(Exception):
    """A document that the contract refuses to read; the message says why."""


class Undetermined(Exception):
    """An input about which the contract says too little to hold the program to something."""


class Node:
    """One node of a document.

    kind     "scalar", "mapping" or "sequence"
    value    text, list of (key node, value), or list of values; a value may be an Alias
    tag      as written, or None
    plain    True for a scalar without tag and quotes, the only ones whose text says what type they are
    style    a scalar's quotes: '"', "'", "|", ">" or ""
    aliases  how often the document points here with `*name`
    span     (from, to) in code points of the chunk's text, None for nodes that were made here
    floating keys of a mapping whose place among the others is free (of trees that say what is expected)
    must_be_quoted  a scalar that has to be double-quoted (the same)
    """

    __slots__ = ("kind", "value", "tag", "plain", "style", "flow", "anchor", "aliases", "span", "floating",
                 "must_be_quoted")

    def __init__(self, kind, value, tag=None, plain=False, style="", flow=False, anchor=None, span=None):
        self.kind = kind
        self.value = value
        self.tag = tag
        self.plain = plain
        self.style = style
        self.flow = flow
        self.anchor = anchor
        self.aliases = 0
        self.span = span
        self.floating = frozenset()
        self.must_be_quoted = False

    def copy_with(self, value):
        return Node(self.kind, value, self.tag, self.plain, self.style, self.flow)


class Alias:
    """A `*name` and what it points to."""

    __slots__ = ("target",)

    def __init__(self, target):
        self.target = target


def deref(node):
    return node.target if isinstance(node, Alias) else node


def quoted(text):
    return Node("scalar", text, style='"')


def text_of(chunk):
    """What kubectl and Helm 4 read of a chunk: of CR CR LF the first CR is lost. Spans of nodes count in this text."""
    try:
        text = chunk.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as e:
        raise Refusal("invalid UTF-8") from e
    return EXTRA_CARRIAGE.sub("", text)


def parse_document(chunk):
    """The root of a chunk's document, or None if it holds none (comments, blank lines).

    Raises Refusal for what is an error wherever it is read: what libyaml refuses, directives, undefined and cyclic
    aliases, nesting above 100, a second document in the chunk.
    """
    text = text_of(chunk)
    if MARK_AT_LINE_START.search(text):
        raise Refusal("a byte order mark at the start of a line")
    if text.lstrip(" \t\r\n").startswith("{") and ODD_BREAK.search(text):
        raise Refusal("a line break of YAML alone in JSON")
    root = _Builder().build(text)
    is_empty = isinstance(root, Node) and root.plain and root.value == "" and not root.anchor
    return None if is_empty else root


class _Builder:
    """Makes a tree from events; no recursion, so that depth is a number and not a crash."""

    def __init__(self):
        self.anchors = {}
        self.open = []  # collections being filled, outermost first
        self.pending_key = []  # for each of them the key that waits for its value, or None
        self.root = None
        self.documents = 0
        self.text = ""

    def build(self, text):
        self.text = text
        try:
            for event in yaml.parse(text, Loader=LOADER):
                self._take(event)
        except yaml.YAMLError as e:
            raise Refusal(f"YAML: {' '.join(str(e).split())}") from e
        return self.root

    def _take(self, event):
        span = (event.start_mark.index, event.end_mark.index)
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.ScalarEvent):
            plain = event.tag is None and event.implicit[0]
            style = event.style or ""
            if event.tag is not None and not event.value and not style and self.text[span[1]:span[1] + 1] == ",":
                raise Refusal("a comma right behind a tag")
            self._place(Node("scalar", event.value, event.tag, plain, style, anchor=event.anchor, span=span))
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
            node = Node(kind, [], event.tag, flow=bool(event.flow_style), anchor=event.anchor, span=span)
            self._place(node)
            self.open.append(node)
            self.pending_key.append(None)
            if len(self.open) > MAX_DEPTH:
                raise Refusal("nested too deeply")
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            node = self.open.pop()
            self.pending_key.pop()
            node.span = (node.span[0], span[1])

    def _document(self, event):
        self.documents += 1
        if self.documents > 1:
            raise Refusal("more than one document between two separators")
        if event.version or event.tags:
            raise Refusal("directive")

    def _alias(self, event):
        target = self.anchors.get(event.anchor)
        if target is None:
            raise Refusal(f"undefined alias *{event.anchor}")
        if any(node is target for node in self.open):
            raise Refusal(f"cyclic alias *{event.anchor}")
        target.aliases += 1
        self._place(Alias(target))

    def _place(self, node):
        if isinstance(node, Node) and node.anchor:
            self.anchors[node.anchor] = node
        if not self.open:
            self.root = node
        elif self.open[-1].kind == "sequence":
            self.open[-1].value.append(node)
        elif self.pending_key[-1] is None:
            self.pending_key[-1] = node
        else:
            self.open[-1].value.append((self.pending_key[-1], node))
            self.pending_key[-1] = None


# ---- what a scalar means ------------------------------------------------------------------------------------------

BOOLS = {}
for _words, _value in (("y yes on true", True), ("n no off false", False)):
    for _word in _words.split():
        for _form in (_word, _word.capitalize(), _word.upper()):
            BOOLS[_form] = _value
NULLS = {"", "~", "null", "Null", "NULL"}
INT = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)\Z")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
DOT_FLOATS = {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")} | {".nan", ".NaN", ".NAN"}


def resolve(text):
    """(type, value) that go-yaml gives a plain scalar. Timestamps stay text there, so they do here."""
    if text in NULLS:
        return "null", None
    if text in BOOLS:
        return "bool", BOOLS[text]
    if text in DOT_FLOATS:
        return "float", float(text.replace(".", "", 1))
    if not text or text[0] not in "+-.0123456789":
        return "str", text
    if text[0] == "." and re.search(r"(?<![0-9])_|_(?![0-9])", text):
        return "str", text  # Go's own rule: between digits only
    digits = text.replace("_", "")
    if text[0] != "." and INT.match(digits):
        value = _go_int(digits)
        if -2**63 <= value < 2**64:
            return "int", value
    if FLOAT.match(digits) and not math.isinf(float(digits)):  # Go says that such a number is out of range
        return "float", float(digits)
    return "str", text


def _go_int(digits):
    sign = -1 if digits[0] == "-" else 1
    body = digits.lstrip("+-")
    if len(body) > 1 and body[0] == "0" and body[1] in "01234567":
        return sign * int(body, 8)
    return sign * int(body, 0)


def scalar_type(node):
    if node.plain:
        return resolve(node.value)[0]
    if node.tag in RESOLVED_TAGS:
        return "null" if node.tag == NULL else resolve(node.value)[0]
    return "str"


def is_null(node):
    return node.kind == "scalar" and scalar_type(node) == "null"


def is_true(node):
    return node is not None and node.kind == "scalar" and node.plain and BOOLS.get(node.value) is True


def text_bytes(node):
    """What a scalar's value is as a string: bytes, because `!!binary` need not be text."""
    if is_null(node):
        return b""
    if node.tag == BINARY:
        return as_json_carries(base64.b64decode("".join(node.value.split()), validate=True))
    return node.value.encode("utf-8")


def as_json_carries(data):
    """Every byte that is not UTF-8 becomes U+FFFD, since the API server is sent JSON."""
    return re.sub("[\udc80-\udcff]", "\ufffd", data.decode("utf-8", "surrogateescape")).encode()


def key_text(node):
    """A mapping key as a string, which is all that JSON, and so Kubernetes, knows. None if go-yaml refuses it."""
    node = deref(node)
    if node.kind != "scalar":
        return None
    if node.tag == BINARY:
        return text_bytes(node).decode()
    if not node.plain and node.tag not in RESOLVED_TAGS:
        return node.value
    kind, value = resolve(node.value)
    tag = (node.tag or "").rpartition(":")[2]
    if tag == "float" and kind == "int" and value < 2**63:
        kind, value = "float", float(value)
    if tag and kind != tag:
        return node.value if tag == "timestamp" and kind == "str" else None
    if kind == "int" and value >= 2**63:
        return None
    if kind == "bool":
        return "true" if value else "false"
    if kind == "int":
        return str(value)
    if kind == "float":
        return _go_float32(value)
    return None if kind == "null" else node.value


def _go_float32(value):
    """Go's strconv.FormatFloat(value, 'g', -1, 32), with go-yaml's names for the values that are no numbers."""
    if value != value:
        return ".nan"
    single = struct.unpack("f", struct.pack("f", value))[0] if abs(value) < 3.4e38 else math.copysign(math.inf, value)
    if math.isinf(single):
        return ".inf" if single > 0 else "-.inf"
    if single == 0:
        return "-0" if math.copysign(1, single) < 0 else "0"
    for precision in range(9):
        shown = f"{single:.{precision}e}"
        if struct.unpack("f", struct.pack("f", float(shown)))[0] == single:
            break
    mantissa, exponent = shown.split("e")
    exponent = int(exponent)
    digits = mantissa.lstrip("-").replace(".", "")
    sign = "-" if mantissa.startswith("-") else ""
    # Go decides on the exponent's form as if for six digits, however many there are.
    if exponent < -4 or exponent >= 6:
        return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, rest = digits[:exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1:]
    return f"{sign}{whole}{'.' + rest if rest else ''}"


# ---- looking things up --------------------------------------------------------------------------------------------

def lookup(node, *path):
    """The node at a path of keys; None where there is none. Of duplicate keys the last counts."""
    for key in path:
        node = deref(node) if node is not None else None
        if node is None or node.kind != "mapping":
            return None
        found = None
        for k, v in node.value:
            if key_text(k) == key:
                found = v
        node = found
    return deref(node) if node is not None else None


def lookup_path(node, path):
    """The node at a path of keys and indexes that is known to be there."""
    for step in path:
        node = deref(node)
        node = node.value[step] if node.kind == "sequence" else lookup(node, step)
    return deref(node)


def text_at(node, *path):
    """The text of the scalar at a path; None if there is none, or a null."""
    found = lookup(node, *path)
    if found is None or found.kind != "scalar" or is_null(found):
        return None
    return found.value


def items_at(node, *path):
    """The entries of the sequence at a path; none where there is no sequence."""
    found = lookup(node, *path)
    if found is None or found.kind != "sequence":
        return []
    return [deref(item) for item in found.value]


def entries_at(node, *path):
    """The mapping at a path as {key: node}, duplicates resolved."""
    found = lookup(node, *path)
    if found is None or found.kind != "mapping":
        return {}
    return {key_text(k): deref(v) for k, v in found.value}


def has_twins(mapping):
    """Whether two keys become one string, of which at least one is no string and which are not written the same way."""
    seen, zeros = {}, set()
    for key, _ in mapping.value if mapping is not None and mapping.kind == "mapping" else ():
        node = deref(key)
        if node.kind != "scalar":
            continue
        is_text = scalar_type(node) in ("str", "timestamp")
        writing = (isinstance(key, Alias), node.anchor, node.tag, node.plain, node.value)
        if not is_text and key_text(node) in ("0", "-0"):
            zeros.add(key_text(node))
        others = seen.setdefault(key_text(node), [])
        for other_is_text, other in others:
            if not (is_text and other_is_text) and (writing != other or key_text(node) == ".nan"):
                return True
        others.append((is_text, writing))
    return len(zeros) > 1  # -0 is 0, and the strings differ


def has_merge_key(node):
    """Whether a plain `<<` is a key anywhere in the document."""
    seen = set()
    todo = [node]
    while todo:
        current = deref(todo.pop())
        if id(current) in seen or current.kind == "scalar":
            continue
        seen.add(id(current))
        if current.kind == "sequence":
            todo.extend(current.value)
            continue
        for key, value in current.value:
            key = deref(key)
            if key.kind == "scalar" and key.value == "<<" and (key.plain or key.tag in ("!", MERGE)):
                return True
            todo.extend((key, value))
    return False


# ---- comparing ----------------------------------------------------------------------------------------------------

def same(a, b, seen=None):
    """Whether two trees are one object: types and values, duplicates and order, but not quotes, anchors or layout.

    The first may be an expectation: with floating keys, and values that must be quoted.
    Pairs that were compared once are not compared again, so that aliases cost nothing.
    """
    seen = set() if seen is None else seen
    a, b = deref(a), deref(b)
    if a is b or (id(a), id(b)) in seen:
        return True
    if a.kind != b.kind:
        return False
    if a.kind == "scalar":
        return _meaning(a) == _meaning(b) and (b.style == '"' or not a.must_be_quoted)
    if a.tag != b.tag or len(a.value) != len(b.value):
        return False
    seen.add((id(a), id(b)))
    if a.kind == "sequence":
        return all(same(x, y, seen) for x, y in zip(a.value, b.value))
    pairs = zip(_floating_first(a.value, a.floating), _floating_first(b.value, a.floating))
    return all(same(k, m, seen) and same(v, w, seen) for (k, v), (m, w) in pairs)


def _floating_first(entries, floating):
    if not floating:
        return entries
    return sorted(entries, key=lambda entry: (0, key_text(entry[0])) if key_text(entry[0]) in floating else (1, ""))


def _meaning(node):
    kind = scalar_type(node)
    if kind == "null":
        return "null"
    tag = node.tag if not node.plain and node.tag not in (STR, "!") else None
    return kind, tag, node.value
