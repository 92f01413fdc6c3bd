# SPDX-License-Identifier: Apache-2.0
"""Random manifests in all the spellings that YAML has for one value.

A ConfigMap or Secret `a`, as YAML in blocks or in braces or as JSON: scalars that YAML 1.1 takes for something else, tags,
quotes, escapes, folds, doubled and aliased entries, odd line breaks; and one in four damaged at some place. What a text
means is not known here: see readers.py.
"""

import base64
import json

WORDS = """a b key 8 010 0x10 0X1f 0b11 0o17 0o8 08 1_000 1__0 _1 1_ 0_8 0x_1 .5 .5_0 .5__0 ._5 .5_ .5e1_0 5. 5_.5 1e3
1E+3 1e-7 1e400 1e39 -0 +1 -1 -.5 +.5_0 -0.0 0.0 0 00 0.1 0.10000000001 .1 1.0 8.0 123456 1234567 0.0001 0.00001 3.14159265
.inf -.Inf +.INF .nan .NaN y Y n yes Yes no on ON off true True TRUE false null Null NULL ~ << = ! - -- -x ?x x: :x a:b a#b
2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 1:30 190:20:30 12e03 123456789012345678901 18446744073709551615
9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 0xFFFFFFFFFFFFFFFF 0b1_1 -0b11 -0x10 +0x10
0x 0b 0b2 . .. ... --- % @ & * | > [ ] { } , # ' " ` \\ Infinity inf nan 1e 1e+ .e1 +. -. + 1.5.5 0x1p4 0x1.8 1_0.5 é ä.b""".split()
SENTENCES = ["", " ", "a b", "a  b ", " a", "a: b", "a #b", "#a", "x\ny", "x\n\ny", "x\n\n", "\nx", "  x\n y\n", "x \ny", "\tx", "x\t",
             "a\u2028b", "a \u2028 b", "a\u2029", "a\x85b", "\x85", "a\rb", "a\r\nb", "\ufeffa", "a\ufeff", "é\nü", "a\\b", "\U0001f600",
             "a'b", 'a"b', "a\\\nb", "x\n  - y\n", "k: |\n  v\n", "---\nx", "...\n", "a\x7fb", "\x00", "\x1b", "a\u00a0b", "- a", "? a"]
TAGS = ["!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!!timestamp", "!!merge", "!!map", "!", "!x", "!!x",
        "!<tag:yaml.org,2002:int>", "!<tag:yaml.org,2002:str>", "!<x>"]
BREAKS = ["\n", "\n", "\n", "\r\n", "\r\r\n", "\r\r\r\n", "\r", "\x85", "\u2028", "\u2029", "\n\n", " \n", "\t\n", "\n\ufeff"]
DAMAGE = ["\ufeff", "\x85", "\u2028", "\u2029", "\r", "\r\r\n", "\n", "\t", " ", "  ", "\x7f", "'", '"', "\\", ":", ": ", "- ", "? ", "#", " #", "&x ", "*x",
          "*y ", "!!int ", "!!str ", "! ", "|", ">", "{", "}", "[", "]", ",", "---\n", "...\n", "<<: *x\n", "%", "\\ud83d", "\\u2028", "\\x41", "\\/", "é"]
ESCAPES = {"\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r", "\x1b": "\\e", " ": "\\ ",
           '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P", "/": "\\/"}


class Writer:
    def __init__(self, rng):
        self.rng = rng
        self.anchors = []

    def maybe(self, chance):
        return self.rng.random() < chance

    def text(self):
        if self.maybe(0.6):
            return self.rng.choice(WORDS)
        return "".join(self.rng.choice(SENTENCES) for _ in range(self.rng.choice([1, 1, 2, 3])))

    # -- scalars on one line

    def single_quoted(self, text):
        return "'" + text.replace("'", "''") + "'"

    def double_quoted(self, text):
        out = []
        for c in text:
            kind = self.rng.random()
            if kind < 0.15 and ord(c) < 0x100:
                out.append(f"\\x{ord(c):02x}")
            elif kind < 0.25 and ord(c) < 0x10000:
                out.append(f"\\u{ord(c):04X}")
            elif kind < 0.3:
                out.append(f"\\U{ord(c):08x}")
            elif c in '"\\' or c in ESCAPES and self.maybe(0.6):
                out.append(ESCAPES[c])
            else:
                out.append(c)
            if self.maybe(0.03):
                out.append("\\\n" + " " * self.rng.randint(0, 5))
        return '"' + "".join(out) + '"'

    def flow_scalar(self, text):
        kind = self.rng.random()
        if kind < 0.5:
            return text
        return self.single_quoted(text) if kind < 0.7 else self.double_quoted(text)

    def indented(self, text, indent):
        """The lines behind the first further in, so that a scalar of several lines goes on."""
        return text.replace("\n", "\n" + " " * self.rng.choice([indent, indent, indent + 1, 0])) if "\n" in text else text

    def properties(self):
        out = ""
        if self.maybe(0.12):
            out += self.rng.choice(TAGS) + " "
        if self.maybe(0.06):
            name = self.rng.choice("xyz")
            self.anchors.append(name)
            out = f"&{name} " + out if self.maybe(0.5) else out + f"&{name} "
        return out

    def alias(self):
        return "*" + self.rng.choice(self.anchors or ["x"])

    def base64(self):
        data = self.rng.choice([b"x", b"", b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80z", "é\n".encode(), bytes(self.rng.randbytes(5)), b"longer text than a line"])
        text = base64.b64encode(data).decode()
        return text if self.maybe(0.8) else text.replace("=", "", 1) if self.maybe(0.3) else text[:2] + "\n" + text[2:]

    # -- blocks

    def block_scalar(self, indent):
        deep = indent + self.rng.choice([1, 2, 2, 3])
        header = self.rng.choice("|>|") + self.rng.choice(["", "", "-", "+", str(deep - indent), f"{deep - indent}-", f"+{deep - indent}"])
        if self.maybe(0.1):
            header += self.rng.choice([" ", " # note", "\t"])
        lines = []
        for _ in range(self.rng.randint(0, 4)):
            line = self.rng.choice(["x", "y z", " deeper", "", "  ", "\tt", "x ", "# no comment", "a: b", "é", "\ufeffb", self.text().split("\n")[0]])
            lines.append(" " * deep + line if line.strip(" ") or self.maybe(0.5) else self.rng.choice(["", " " * self.rng.randint(0, deep + 2)]))
        return header + "\n" + "\n".join(lines)

    def value(self, indent, is_base64):
        kind = self.rng.random()
        if kind < 0.04:
            return self.alias()
        if kind < 0.07:
            return self.rng.choice(["{}", "[]", "{a: b}", "[a]", "", "|", "- a"])
        if kind < 0.1:
            return f"{self.properties()}!!binary {self.base64()}"
        text = self.base64() if is_base64 and self.maybe(0.9) else self.text()
        if kind < 0.45:
            return self.properties() + self.block_scalar(indent)
        return self.properties() + self.indented(self.flow_scalar(text), indent + 1)

    def key(self, indent):
        if self.maybe(0.02):
            return self.alias() + " "
        if self.maybe(0.02):
            return f"!!binary {self.base64()}"
        text = self.rng.choice(["a", "b", "8", "on"]) if self.maybe(0.25) else self.text()
        return self.properties() + self.indented(self.flow_scalar(text), indent + 1)

    def entries(self, indent, is_base64):
        lines = []
        pad = " " * indent
        for _ in range(self.rng.choice([1, 1, 2, 2, 3, 4])):
            if self.maybe(0.06):
                lines.append(self.rng.choice(["", "  ", "# note", f"{pad}# note", "\t"]))
            if self.maybe(0.06):
                lines.append(f"{pad}? {self.key(indent)}")
                if self.maybe(0.9):
                    lines.append(f"{pad}: {self.value(indent, is_base64)}")
            else:
                lines.append(f"{pad}{self.key(indent)}{self.rng.choice([': ', ': ', ': ', ':  ', ':'])}{self.value(indent, is_base64)}")
        return lines

    def flow_entries(self, is_base64):
        parts = []
        for _ in range(self.rng.choice([0, 1, 2, 3])):
            text = self.base64() if is_base64 else self.text()
            value = self.properties() + self.flow_scalar(text) if self.maybe(0.9) else self.alias()
            parts.append(f"{self.key(4)}{self.rng.choice([': ', ': ', ':', ' : '])}{value}")
        return "{" + self.rng.choice([", ", ",", ",\n    "]).join(parts) + self.rng.choice(["", "", ",", "\n  "]) + "}"

    # -- documents

    def fields(self, kind):
        names = ["data"] + (["binaryData"] if kind == "ConfigMap" else ["stringData"]) * self.maybe(0.3) + ["data"] * self.maybe(0.06)
        return [(name, (kind == "Secret" and name == "data") or name == "binaryData") for name in names]

    def yaml(self, kind):
        head = ["apiVersion: v1", f"kind: {kind}", self.rng.choice(["metadata: {name: a}", "metadata:\n  name: a"])]
        body = []
        for name, is_base64 in self.fields(kind):
            if self.maybe(0.2):
                body.append(f"{name}: {self.properties()}{self.flow_entries(is_base64)}")
            elif self.maybe(0.05):
                body.append(f"{name}: {self.rng.choice(['', '~', 'old', '[]', '*x', '{}'])}")
            else:
                body.append(f"{name}: {self.properties()}".rstrip())
                body += self.entries(self.rng.choice([1, 2, 2, 4]), is_base64)
        lines = head + body if self.maybe(0.7) else body + head
        return "\n".join(lines) + "\n"

    def json(self, kind):
        def string():
            return self.text()

        thing = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}}
        for name, is_base64 in self.fields(kind):
            thing[name] = {self.rng.choice([string(), "a", "b"]): self.base64() if is_base64 else self.rng.choice([string(), string(), None])
                           for _ in range(self.rng.randint(0, 3))}
        text = json.dumps(thing, ensure_ascii=self.maybe(0.3), indent=self.rng.choice([None, None, 1, 2, "\t"]),
                          separators=self.rng.choice([(",", ":"), (", ", ": "), (" , ", " : ")]))
        if self.maybe(0.3):
            text = text.replace("/", "\\/")
        return text + "\n" * self.maybe(0.8)

    def broken(self, text):
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            at = self.rng.randint(0, len(text))
            kind = self.rng.random()
            if kind < 0.7:
                text = text[:at] + self.rng.choice(DAMAGE) + text[at:]
            elif kind < 0.85:
                text = text[:at] + text[at + self.rng.choice([1, 1, 2, 5]):]
            else:
                lines = text.split("\n")
                line = self.rng.randrange(len(lines))
                text = "\n".join(lines[:line + 1] + lines[line:])
        return text

    def stream(self):
        """(kind, text in UTF-8)"""
        kind = "ConfigMap" if self.maybe(0.75) else "Secret"
        is_json = self.maybe(0.15)
        text = self.json(kind) if is_json else self.yaml(kind)
        if not is_json and self.maybe(0.25):
            breaks = self.rng.choice([["\r\n"], ["\r"], BREAKS, BREAKS + ["\n"] * 40])
            text = "".join(self.rng.choice(breaks) if c == "\n" else c for c in text)
        if self.maybe(0.12):
            text = self.broken(text)
        if self.maybe(0.2):
            text = self.rng.choice(["---\n", "--- # note\n", "# note\n", "\n", "\ufeff", "# note\n---\n", "---\n---\n", "kind: Other\n---\n", "  \n", "\ufeff---\n"]) + text
        if self.maybe(0.1):
            text += self.rng.choice(["---\n", "...\n", "# note\n", "\n\n", "---\nkind: Other\n", "  "])
        # kubectl ends the last line of a stream with a newline and Helm 4 does not; JSON does not care.
        if not is_json and not text.endswith("\n"):
            text += "\n"
        return kind, text.encode("utf-8", "replace")
