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


def commands(script):
    """[(operator before, words)]; a word is a str, or UNKNOWN if only the shell can tell it."""
    found, words, operator = [], [], ";"
    for kind, value in _tokens(script):
        if kind == "word":
            words.append(value)
        else:
            if words:
                found.append((operator, _command(words)))
                operator = value
            elif value in ("&&", "||", "|"):
                raise Undetermined("an operator without a command")
            words = []
            operator = value if found else ";"
    if words:
        found.append((operator, _command(words)))
    return found


def _command(tokens):
    """The words without assignments; tokens are (word, raw text)."""
    while tokens and ASSIGNMENT.match(tokens[0][1]):
        tokens = tokens[1:]
    if tokens and tokens[0][1] in RESERVED:
        raise Undetermined("a script with more than simple commands")
    return [word for word, _ in tokens]


def _tokens(text):
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
            at = _redirection(text, at)
        elif operator := next((o for o in OPERATORS if text.startswith(o, at)), None):
            yield "operator", ";" if operator == "\n" else operator
            at += len(operator)
        else:
            start = at
            word, at = _word(text, at)
            raw = text[start:at]
            if raw.isdigit() and text[at:at + 1] in ("<", ">"):
                continue
            yield "word", (word, raw)


def _redirection(text, at):
    while at < len(text) and text[at] in "<>&|-":
        at += 1
    while text[at:at + 1] in (" ", "\t"):
        at += 1
    _, end = _word(text, at)
    return end


def _word(text, at):
    """(word, where it ends)."""
    pieces, known, start = [], True, at
    while at < len(text):
        c = text[at]
        if c in " \t\n;&|<>()":
            break
        if c == "'":
            end = _find(text, "'", at + 1)
            pieces.append(text[at + 1:end])
            at = end + 1
        elif c == '"':
            piece, at = _double_quoted(text, at + 1)
            known = known and piece is not UNKNOWN
            pieces.append(piece or "")
        elif c == "\\":
            pieces.append("" if text[at + 1:at + 2] == "\n" else text[at + 1:at + 2])
            at += 2
        elif c == "`" or (c == "$" and NAME_START.match(text[at + 1:at + 2])):
            known = False
            at = _substitution(text, at)
        else:
            # What a shell would expand to names of files or to several words.
            known = known and c not in "*?[" and not (c == "~" and at == start) and c != "{"
            pieces.append(c)
            at += 1
    return ("".join(pieces) if known else UNKNOWN), at


def _find(text, what, at):
    end = text.find(what, at)
    if end < 0:
        raise Undetermined("a quote that is not closed")
    return end


def _double_quoted(text, at):
    pieces, known = [], True
    while at < len(text):
        c = text[at]
        if c == '"':
            return ("".join(pieces) if known else UNKNOWN), at + 1
        if c == "\\" and text[at + 1:at + 2] in ("$", "`", '"', "\\", "\n"):
            pieces.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        elif c == "`" or (c == "$" and re.match(r"[A-Za-z0-9_{(@*#?$!-]", text[at + 1:at + 2])):
            known = False
            at = _substitution(text, at)
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
            _, at = _double_quoted(text, at + 1)
        elif c == "\\":
            at += 2
        elif c == "`" or (c == "$" and NAME_START.match(text[at + 1:at + 2])):
            at = _substitution(text, at)
        elif c == "(":
            at = _nested(text, at + 1, ")")
        else:
            at += 1
    raise Undetermined("an expansion that is not closed")
