# SPDX-License-Identifier: Apache-2.0
"""Writes documents again in random styles: the same objects in other text.

An emitter of its own and not PyYAML's, since the point is the text that no emitter would choose: odd indentation,
comments that look like manifests, sequences without indentation, JSON, `? key`, folded quotes, CRLF, anchors.
"""

import kubeyaml
from kubeyaml import deref, scalar_type

COMMENTS = ["kind: Deployment", "--- # not a separator", "a comment", "{", "- item: [", "'\"", "key: |", "", "é→"]
NODE_LIMIT = 200000  # aliases are written out, and may stand for more than there is memory
SIMPLE_KEY_LIMIT = 200  # libyaml's is 1024 on one line; nothing that long is a key here
LETTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
PLAIN_SAFE = LETTERS | set("0123456789_./-")


class CannotRestyle(Exception):
    """A document with something that this emitter has no text for."""


def restyled(root, rng):
    """A document's text, beginning with its `---` line."""
    style = rng.choice(["block", "block", "block", "block", "flow", "json", "json-lines"])
    writer = Writer(rng, style)
    if style == "block" and root.kind == "mapping" and root.value:
        opening = rng.choice(["---", "---", "--- # comment", "---   "])
        body = opening + "\n" + writer.block(root, rng.choice([0, 0, 0, 2]))
    else:
        body = "---" + rng.choice([" ", "\n"]) + writer.flow(root, 1)
    body += rng.choice(["\n", "\n", "\n\n", "\n# end\n"])
    if rng.random() < 0.2:
        body = body.replace("\n", "\r\n")
    return body.encode("utf-8")


def in_a_list(roots):
    """One `kind: List` of several objects."""
    key = lambda text: kubeyaml.Node("scalar", text, plain=True)
    items = kubeyaml.Node("sequence", list(roots))
    return kubeyaml.Node("mapping", [(key("apiVersion"), key("v1")), (key("kind"), key("List")), (key("items"), items)])


class Writer:
    def __init__(self, rng, style):
        self.rng = rng
        self.style = style
        self.strings = {}  # texts that have an anchor: its name
        self.written = {}  # anchors of collections, which their nodes bring along: the node that has it
        self.nodes = 0
        self.json = style.startswith("json")

    def _chance(self, probability):
        return self.style == "block" and self.rng.random() < probability

    def _count(self, node):
        self.nodes += 1 + len(node.value)
        if self.nodes > NODE_LIMIT:
            raise CannotRestyle("more aliases than can be written out")
        if node.tag is not None:
            raise CannotRestyle("a collection with a tag")

    # -- block collections; a column is where a collection's keys or dashes stand

    def block(self, node, column):
        """A non-empty collection in lines of its own, without the last newline."""
        return "\n".join(self._block_lines(node, column))

    def _block_lines(self, node, column):
        self._count(node)
        pad = " " * column
        for number, entry in enumerate(node.value):
            if number > 0:
                yield from self._noise(column)
            if node.kind == "sequence":
                yield f"{pad}-{self._after_dash(deref(entry), column)}"
                continue
            key, value = self._key(entry[0]), deref(entry[1])
            if len(key) > SIMPLE_KEY_LIMIT or self._chance(0.02):
                yield f"{pad}? {key}"
                yield f"{pad}:{self._after_colon(value, column)}"
            else:
                yield f"{pad}{key}:{self._after_colon(value, column)}"

    def _noise(self, column):
        """Comments and blank lines between entries, none deeper than the entries, where it could be text of a block
        scalar before it."""
        if self._chance(0.05):
            yield " " * self.rng.randint(0, column) + "# " + self.rng.choice(COMMENTS)
        if self._chance(0.05):
            yield " " * self.rng.choice([0, column])

    def _after_colon(self, node, column):
        if node.kind == "scalar":
            return self._scalar_after_mark(node, column)
        if not node.value or self._is_written(node) or self._chance(0.08):
            return self._space() + self.flow(node, column + 1)
        may_be_indentless = node.kind == "sequence"
        if may_be_indentless and self.rng.random() < 0.5:
            inner = column
        else:
            inner = column + self.rng.choice([1, 2, 2, 2, 3, 4, 7])
        return self._anchor(node) + self._end_of_line() + "\n" + self.block(node, inner)

    def _after_dash(self, node, column):
        if node.kind == "scalar":
            return self._scalar_after_mark(node, column)
        if not node.value or self._is_written(node) or self._chance(0.08):
            return self._space() + self.flow(node, column + 1)
        if node.anchor or self._chance(0.15):
            rest_of_line = self._anchor(node) + self._end_of_line()
            return rest_of_line + "\n" + self.block(node, column + self.rng.choice([1, 2, 4]))
        gap = self.rng.choice([1, 1, 1, 3])
        return " " * gap + self.block(node, column + 1 + gap).lstrip(" ")

    def _anchor(self, node):
        """A collection's anchor, to stand after a `:` or `-`; from then on an alias can be written for the node."""
        if self.json or not node.anchor or node.anchor in self.written:
            return ""
        self.written[node.anchor] = node
        return f" &{node.anchor}"

    def _is_written(self, node):
        return node.anchor is not None and self.written.get(node.anchor) is node

    def _scalar_after_mark(self, node, column):
        """A scalar after a `:` or `-`, with what may follow it on its line."""
        if scalar_type(node) == "null" and node.plain and self._chance(0.4):
            return self._end_of_line()
        block = self._block_scalar(node, column) if self._chance(0.7) else None
        if block:
            return " " + block
        return self._space() + self._scalar(node, column + 1) + self._end_of_line()

    def _space(self):
        return "   " if self._chance(0.05) else " "

    def _end_of_line(self):
        if self._chance(0.05):
            return " # " + self.rng.choice(COMMENTS)
        return "  " if self._chance(0.03) else ""

    # -- scalars

    def _key(self, node):
        node = deref(node)
        if node.kind != "scalar":
            raise CannotRestyle("a key that is no scalar")
        if node.plain and scalar_type(node) != "str":
            return node.value
        return self._string(node.value, None)

    def _scalar(self, node, column):
        """A scalar on the line; column is how far its continuation lines have to be indented."""
        kind = scalar_type(node)
        if node.plain and kind == "null":
            return "null" if self.json else self.rng.choice(["~", "null", "Null", "NULL"])
        if node.plain and kind != "str":
            return node.value
        if node.tag not in (None, kubeyaml.STR, "!"):
            return f"!<{node.tag}> {self._double(node.value, column)}"
        return self._anchored(node.value, column)

    def _anchored(self, text, column):
        if text in self.strings:
            return f"*{self.strings[text]}" if self._chance(0.5) else self._string(text, column)
        if self._chance(0.03):
            self.strings[text] = f"text-{len(self.strings)}"
            return f"&{self.strings[text]} {self._string(text, column)}"
        return self._string(text, column)

    def _string(self, text, column):
        if self.json:
            return self._double(text, None)
        choice = self.rng.choice(["plain", "plain", "single", "double"])
        if choice == "plain" and _can_be_plain(text):
            return text
        if choice == "single" and all(_is_ordinary(c) for c in text):
            return "'" + text.replace("'", "''") + "'"
        return self._double(text, column)

    def _double(self, text, column):
        """Double quotes; with a column, perhaps over several lines that are indented as far."""
        out = []
        for position, char in enumerate(text):
            if column is not None and position > 0 and self._chance(0.01):
                # A blank at the start of the next line would not count.
                out.append("\\\n" + " " * (column + self.rng.randint(0, 2)) + ("\\" if char == " " else ""))
                out.append(char if char == " " else self._escaped(char))
                continue
            out.append(self._escaped(char))
        return '"' + "".join(out) + '"'

    def _escaped(self, char):
        if char in '"\\':
            return "\\" + char
        if char in "\n\t\r":
            return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char]
        if _is_ordinary(char) and (ord(char) < 0x7F or ord(char) > 0xFFFF or self.rng.random() < 0.5):
            return char
        return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"

    def _block_scalar(self, node, column):
        """Text below a `|` or `>`, or None for text that these cannot hold."""
        text = node.value
        if node.tag not in (None, kubeyaml.STR, "!") or (node.plain and scalar_type(node) != "str"):
            return None
        body = text.rstrip("\n")
        if not body or len(text) - len(body) > 1 or not all(_is_ordinary(c) or c in "\n\t" for c in text):
            return None
        chomp = "" if text.endswith("\n") else "-"
        step = self.rng.choice([1, 2, 4])
        header = "|" if "\n" in body or self.rng.random() < 0.5 or body[0] in " \t" else ">"
        hint = str(step) if body[0] in " \t\n" or self.rng.random() < 0.1 else ""
        pad = " " * (column + step)
        lines = "\n".join(pad + line if line else "" for line in body.split("\n"))
        return f"{header}{hint}{chomp}{self._end_of_line()}\n{lines}"

    # -- flow collections

    def flow(self, node, column):
        """Any node in flow style; column is how far the lines of a block around it are indented."""
        node = deref(node)
        if node.kind == "scalar":
            return self._scalar(node, column)
        if self._is_written(node):
            return f"*{node.anchor} "
        self._count(node)
        anchor = (self._anchor(node) + " ").lstrip()
        opening, closing = "{}" if node.kind == "mapping" else "[]"
        parts = [self._flow_entry(node.kind, entry, column) for entry in node.value]
        if not parts:
            return anchor + opening + self.rng.choice(["", " "]) + closing
        line = "\n" + " " * column
        if self.style == "json-lines" or (self.style == "flow" and self.rng.random() < 0.2):
            return anchor + opening + line + ("," + line).join(parts) + line + closing
        gap = self.rng.choice(["", " "])
        comma = self.rng.choice([", ", ", "] + [","] * self.json)
        return anchor + opening + gap + comma.join(parts) + gap + closing

    def _flow_entry(self, kind, entry, column):
        if kind == "sequence":
            return self.flow(entry, column + 1)
        key = self._key(entry[0])
        mark = "? " if len(key) > SIMPLE_KEY_LIMIT else ""
        return f"{mark}{key}: {self.flow(entry[1], column + 1)}"


def _is_ordinary(char):
    """Whether a character can stand for itself everywhere in YAML."""
    code = ord(char)
    if code < 0x20 or 0x7F <= code < 0xA0 or code in (0x2028, 0x2029, 0xFEFF):
        return False
    return not (0xD800 <= code < 0xE000 or 0xFFFE <= code <= 0xFFFF)


def _can_be_plain(text):
    if not text or text[0] not in LETTERS or kubeyaml.resolve(text)[0] != "str":
        return False
    return all(word and set(word) <= PLAIN_SAFE for word in text.split(" "))
