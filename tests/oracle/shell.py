# SPDX-License-Identifier: Apache-2.0
"""What a plain shell script runs: its simple commands with their words, after XCU 2.2 and 2.3.

Only scripts that run from top to bottom are modelled. One with a loop, a condition, a function, a subshell or a here
document raises Undetermined: the point is to hold the program to what is certain, not to write a shell again.
"""

import re

from kubeyaml import Undetermined

RESERVED = set("if then else elif fi for while until do done case esac in { } ! function select [[ time coproc".split())
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
NAME_START = re.compile(r"[A-Za-z0-9_{(@*#?$!'\"-]")
OPERATORS = ("&&", "||", ";", "\n", "|", "&")
UNKNOWN = None
# What stands in a word for a piece that only the shell can tell, and for one that is secret.
HOLE, SECRET = "\ue000", "\ue001"
USERINFO = re.compile(f"([a-z+]+://)[^/?#]*[{HOLE}{SECRET}][^/?#]*@(?=[^/?#@]*(/|$))")
PARAMETER = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?])([\w./:@%+,-]*))?\})")
# What a shell sets by itself.
OWN = {"PWD", "OLDPWD", "SHLVL", "_", "PPID", "IFS", "OPTIND", "OPTARG", "RANDOM", "REPLY", "UID", "EUID", "SECONDS",
       "LINENO"}
# Builtins after which nothing is certain about variables.
SETTERS = {"read", "unset", "declare", "local", "typeset", "readonly", "getopts", "mapfile", "readarray", "printf",
           "let", "eval", ".", "source", "shift", "alias", "trap"}


class Variables:
    """What is known of the variables of a shell: `container` tells those of the container by name, as Values or None."""

    def __init__(self, container=lambda name: None):
        self.container = container
        self.assigned = {}
        self.is_lost = False

    def get(self, name):
        """The value, with HOLEs; HOLE alone if nobody can tell."""
        if self.is_lost:
            raise Undetermined("a variable behind something that may set it")
        if name in self.assigned:
            return self.assigned[name]
        value = None if name in OWN else self.container(name)
        # What nothing sets, the image may.
        if value is None or not value.known:
            return HOLE
        return SECRET if value.secret else value.text

    def for_child(self):
        def inherited(name):
            if name in self.assigned or self.is_lost:
                raise Undetermined("a variable in another shell")
            return self.container(name)
        return Variables(inherited)


def commands(script, variables=None):
    """
    [(operator before, words)]; a word is a str, or UNKNOWN if only the shell can tell it. The list is made while it is
    read, since every command sees what those before it have assigned.
    """
    variables = variables or Variables()
    found, words, operator = [], [], ";"
    for kind, value in _tokens(script, variables):
        if kind == "word":
            words.append(value)
        else:
            if words:
                found.append((operator, _command(words, operator, value, variables)))
                operator = value
            elif value in ("&&", "||", "|"):
                raise Undetermined("an operator without a command")
            elif value == ";" and operator != ";":
                continue  # a newline behind && and the like
            words = []
            operator = value if found else ";"
    if words:
        found.append((operator, _command(words, operator, ";", variables)))
    return found


def _command(tokens, before, behind, variables):
    """The words without assignments; tokens are (word, raw text)."""
    assignments = []
    while tokens and ASSIGNMENT.match(tokens[0][1]):
        assignments.append(tokens[0])
        tokens = tokens[1:]
    if tokens and tokens[0][1] in RESERVED:
        raise Undetermined("a script with more than simple commands")
    is_plain = before in (";", "&&") and behind in (";", "&&")
    name = tokens[0][1] if tokens else None
    if name == "export" and not assignments:
        assignments = [token for token in tokens[1:] if "=" in token[1]]
    elif name in SETTERS or (name == "set" and any(raw[:1] not in "-+" or "a" in raw for _, raw in tokens[1:])):
        variables.is_lost = True
    elif name is not None:
        assignments = []
    for word, raw in assignments:
        key, _, value = word.partition("=")
        # What may not have run makes it one of two values; so does a second one behind &&.
        if not is_plain or key.endswith("+") or (before == "&&" and variables.get(key) != HOLE):
            raise Undetermined("an assignment that may not have run")
        variables.assigned[key] = value
    return [_whole(word) for word, _ in tokens]


def _whole(word):
    word = USERINFO.sub(lambda m: m[1] + ("git@" if "ssh" in m[1] else ""), word)
    if SECRET in word:
        raise Undetermined("something secret in a script")
    return UNKNOWN if HOLE in word else word


def _tokens(text, variables):
    at = 0
    while at < len(text):
        if text.startswith("\\\n", at):
            at += 2
        elif text[at] in " \t":
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif text[at] in "()" or text.startswith(("<<", "&>", ">(", "<(", ";;"), at):
            raise Undetermined("a subshell, function or here document")
        elif text[at] in "<>":
            at = _redirection(text, at, variables)
        elif operator := next((o for o in OPERATORS if text.startswith(o, at)), None):
            yield "operator", ";" if operator == "\n" else operator
            at += len(operator)
        else:
            start = at
            word, at = _word(text, at, variables)
            raw = text[start:at]
            if raw.isdigit() and text[at:at + 1] in ("<", ">"):
                continue
            yield "word", (word, raw)


def _redirection(text, at, variables):
    while at < len(text) and text[at] in "<>&|-":
        at += 1
    while text[at:at + 1] in (" ", "\t"):
        at += 1
    _, end = _word(text, at, variables)
    return end


def _word(text, at, variables):
    """(word with HOLEs, where it ends)."""
    pieces, start = [], at
    is_assignment = ASSIGNMENT.match(text, at)
    while at < len(text):
        c = text[at]
        if c in " \t\n;&|<>()":
            break
        if c == "'":
            end = _find(text, "'", at + 1)
            pieces.append(text[at + 1:end])
            at = end + 1
        elif c == '"':
            piece, at = _double_quoted(text, at + 1, variables)
            pieces.append(piece)
        elif c == "\\":
            pieces.append("" if text[at + 1:at + 2] == "\n" else text[at + 1:at + 2])
            at += 2
        elif c == "`" or (c == "$" and NAME_START.match(text[at + 1:at + 2])):
            end = _substitution(text, at)
            value = _value(text[at:end], variables)
            if not is_assignment and (re.search(r"[\s*?\[\\]", value) or value == ""):
                raise Undetermined("a value that is split")
            pieces.append(value)
            at = end
        else:
            # What a shell would expand to names of files or to several words.
            pieces.append(HOLE + "/?#" if c in "*?[{" or (c == "~" and at == start) else c)
            at += 1
    return "".join(pieces), at


def _value(text, variables):
    """What an expansion comes to."""
    match = PARAMETER.fullmatch(text)
    if re.match(r"\$\{?[\d@*]", text):
        raise Undetermined("a parameter of the script")
    if not match:
        return HOLE
    value = variables.get(match[1] or match[2])
    if match[3] and value == "" and ":" in match[3]:
        return match[4] if "-" in match[3] else HOLE
    return value


def _find(text, what, at):
    end = text.find(what, at)
    if end < 0:
        raise Undetermined("a quote that is not closed")
    return end


def _double_quoted(text, at, variables):
    pieces = []
    while at < len(text):
        c = text[at]
        if c == '"':
            return "".join(pieces), at + 1
        if c == "\\" and text[at + 1:at + 2] in ("$", "`", '"', "\\", "\n"):
            pieces.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        elif c == "`" or (c == "$" and re.match(r"[A-Za-z0-9_{(@*#?$!-]", text[at + 1:at + 2])):
            end = _substitution(text, at)
            pieces.append(_value(text[at:end], variables))
            at = end
        else:
            pieces.append(c)
            at += 1
    raise Undetermined("a quote that is not closed")


def _substitution(text, at):
    """Where a `$` or backquote expansion ends."""
    if text[at] == "`":
        return _find(text, "`", at + 1) + 1
    following = text[at + 1]
    if following in "({":
        return _nested(text, at + 2, ")" if following == "(" else "}")
    if following in "'\"":
        return at + 1  # $"..." and bash's $'...': the quotes are read by themselves, the word stays unknown
    name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|.", re.S).match(text, at + 1)
    return name.end()


def _nested(text, at, closing):
    while at < len(text):
        c = text[at]
        if c == closing:
            return at + 1
        if c == "'":
            at = _find(text, "'", at + 1) + 1
        elif c == '"':
            _, at = _double_quoted(text, at + 1, Variables())
        elif c == "\\":
            at += 2
        elif c == "`" or (c == "$" and NAME_START.match(text[at + 1:at + 2])):
            at = _substitution(text, at)
        elif c == "(":
            at = _nested(text, at + 1, ")")
        else:
            at += 1
    raise Undetermined("an expansion that is not closed")
