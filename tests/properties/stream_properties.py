# SPDX-License-Identifier: Apache-2.0
"""Properties of what the program does to a stream: each looks at one input, most by changing it in a way whose effect
is known.

A property is a function of a Subject that returns its problems; it raises NothingToSay where it says nothing about an
input.
"""

import base64
import fnmatch
import itertools
import json
import os
import random
import re
import subprocess
import tempfile
import textwrap

import yaml

import inputs
import kubeyaml
import manifests
import oracle
import restyle
import selections
import stamps
from kubeyaml import Node, deref, key_text, quoted
from lib import tap
from lib.program import environment, failure_problems, shown
from lib.tap import NothingToSay

EMPTY_NODE = re.compile(rb"(\{\}|\[\]|null|Null|NULL|~|!!null\b.*)?")
CHANGE_CAUSE = re.compile(r'"rollstamp: [ -!#-~]{1,239}"')
MARKER = "THIS-VALUE-IS-A-SECRET.."  # a multiple of three bytes, so that its base64 can be searched for
MARKERS = (MARKER.encode(), base64.b64encode(MARKER.encode()))


class Subject:
    """A case under test, with the runs of the program that several properties look at."""

    def __init__(self, program, case, seed, scratch, every_cut=False):
        self.program = program
        self.case = case
        self.seed = seed
        self.report = os.path.join(scratch, "report")
        self.log = os.path.join(scratch, "log")
        self.every_cut = every_cut
        self.args = [*inputs.without(case.args, {"inject"}), "--inject=both"]
        self.options = case.options(["--inject=both"])
        self._runs = {}
        self._analysis = None

    def random(self, purpose):
        return random.Random(f"{self.seed} {self.case.title or self.case.name} {purpose}")

    def in_mode(self, mode):
        return [*self.args[:-1], f"--inject={mode}"]

    def run(self, data, args=None):
        return self.program.run(args or self.args, data, self.case.env, self.case.cwd)

    def run_with_report(self, mode):
        """(Result, edits) of the case itself in a mode; edits are None if the run failed."""
        if mode not in self._runs:
            self._runs[mode] = self.report_of(self.case.data, self.in_mode(mode))
        return self._runs[mode]

    def report_of(self, data, args):
        result = self.run(data, [*args, f"--report={self.report}"])
        if result.status != 0:
            return result, None
        with open(self.report, "rb") as f:
            return result, json.load(f)["edits"]

    @property
    def output(self):
        """What the program prints for the case; NothingToSay if it refuses it."""
        result, _ = self.run_with_report("both")
        if result.status != 0:
            raise NothingToSay("refused")
        return result.stdout

    @property
    def analysis(self):
        if self._analysis is None:
            self._analysis = oracle.Analysis(self.case.data, self.options)
        return self._analysis

    def documents(self):
        """(chunk, root) of the case; the root is None where there is none or nobody can read it."""
        return list(zip(self.analysis.chunks, self.analysis.roots))

    def stamps_for(self, data):
        """[(workload's identity, its stamps)] that the program writes for some input, in the order of the output."""
        result = self.run(data)
        if result.status != 0:
            raise AssertionError(f"refused: {shown(result.stderr)}")
        return stamps_in(result.stdout, self.options)

    def has_duplicates(self):
        """Whether an object comes twice, so that the order of documents means something."""
        identities = [source.identity for source in self.analysis.sources]
        return len(set(identities)) < len(identities)

    def skip_directives(self):
        """A directive belongs to the document behind it, from which it must not be parted."""
        if any(line.startswith(b"%") for line in self.case.data.splitlines()):
            raise NothingToSay("it has a directive")


def stamps_in(stream, options):
    found = []
    for chunk in kubeyaml.split_documents(stream):
        try:
            root = kubeyaml.parse_document(chunk)
        except kubeyaml.Refusal:
            continue
        for path, node in manifests.objects_in(root):
            workload = manifests.workload_of(path, node, options)
            if workload:
                found.append((tuple(map(str, workload.identity)), stamps.stamps_of(workload.template)))
    return found


def in_any_order(stamps_list):
    return sorted((identity, sorted(found.items())) for identity, found in stamps_list)


def differences(before, after):
    """What differs between two results of stamps_in, as text."""
    if len(before) != len(after):
        return [f"{len(before)} workloads became {len(after)}"]
    return [f"{shown(old)} became {shown(new)}" for old, new in zip(before, after) if old != new][:3]


# ---- the edits ----------------------------------------------------------------------------------------------------

def edits_make_the_output(subject):
    """The report's edits, applied to the input, give the output; undone, the input."""
    problems = []
    for mode in oracle.MODES:
        result, edits = subject.run_with_report(mode)
        if edits is None:
            problems += failure_problems(result)
            continue
        problems += [f"{mode}: {p}" for p in edit_problems(subject.case.data, result.stdout, edits)]
    return problems


def edit_problems(data, stdout, edits):
    at = 0
    pieces, undone = [], []
    out_at = 0
    for edit in edits:
        start, end, text = edit["from"], edit["to"], edit["text"].encode()
        if not at <= start <= end <= len(data):
            return [f"edit {start}-{end} is out of order or range"]
        pieces += [data[at:start], text]
        out_at += start - at
        undone += [stdout[out_at - (start - at):out_at], data[start:end]]
        if stdout[out_at:out_at + len(text)] != text:
            return [f"edit {start}-{end}: its text does not stand in the output"]
        out_at += len(text)
        at = end
    if b"".join(pieces) + data[at:] != stdout:
        return ["the edits applied to the input are not the output"]
    if b"".join(undone) + stdout[out_at:] != data:
        return ["the edits undone in the output are not the input"]
    return []


def edits_only_insert(subject):
    """Edits insert, or fill empty nodes, unless there is an earlier stamp or an alias, or --git=pin writes a commit in
    the place of a ref, or --drop-checksums takes entries out; in ASCII, with the newlines of the document."""
    problems = []
    for mode in oracle.MODES:
        _, edits = subject.run_with_report(mode)
        for edit in edits or []:
            chunk, root = document_at(subject, edit["from"])
            replaced = subject.case.data[edit["from"]:edit["to"]]
            is_known = EMPTY_NODE.fullmatch(replaced) or replaced.startswith(b"*")
            column = edit["from"] - subject.case.data.rfind(b"\n", 0, edit["from"]) - 1
            if not is_known and takes_checksums_out(replaced, column, subject.analysis.options):
                is_known = True
            if not is_known and subject.options.git != "pin" and not holds_stamps(root, subject.options):
                problems.append(f"{mode}: replaces {shown(replaced)}")
            problems += [f"{mode}: {p}" for p in text_problems(edit["text"], chunk)]
    return problems


def takes_checksums_out(replaced, column, options):
    """Is it nothing but entries whose keys --drop-checksums names, white space and commas, and no comment?"""
    text = replaced.decode().replace("\r\n", "\n")
    if not options.drop_checksums or COMMENT.search(QUOTED.sub('""', text)):
        return False
    if not text.strip(" \t\n,"):
        return True
    text = ALIAS.sub(r"\1 x", text).replace("\t", " ")  # PyYAML takes no tabs behind a colon
    for form in textwrap.dedent(" " * column + text), "{" + text.strip(" \t\n,") + "}":
        try:
            root = yaml.compose(form, Loader=yaml.BaseLoader)
        except yaml.YAMLError:
            continue
        if isinstance(root, yaml.MappingNode):
            return all(any(fnmatch.fnmatchcase(str(key.value), pattern) for pattern in options.drop_checksums)
                       for key, _ in root.value)
    return False


QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""", re.S)
COMMENT = re.compile(r"(?:^|\s)#")
ALIAS = re.compile(r"(:)\s*\*[^\s,}]+")


def text_problems(text, chunk):
    problems = []
    if not re.fullmatch(r"[ -~\r\n]*", text):
        problems.append(f"inserts other characters than printable ASCII: {shown(text)}")
    line_ends = chunk.count(b"\n")
    returns = chunk.count(b"\r\n")
    if returns == 0 and "\r" in text:
        problems.append("inserts CRLF into a document that has none")
    if returns and returns == line_ends and re.search(r"(?<!\r)\n", text):
        problems.append("inserts a bare LF into a document that has CRLF only")
    return problems


def document_at(subject, offset):
    """(chunk, root) of the document that an edit at an offset belongs to; one at the very end belongs to the last."""
    at = 0
    for chunk, root in subject.documents():
        at += len(chunk)
        if offset < at:
            return chunk, root
    return chunk, root


def holds_stamps(root, options):
    workloads = (manifests.workload_of(path, node, options) for path, node in manifests.objects_in(root))
    return any(stamps.stamps_of(workload.template) or has_change_cause(workload) for workload in workloads if workload)


def has_change_cause(workload):
    text = kubeyaml.text_at(workload.node, "metadata", "annotations", stamps.CHANGE_CAUSE)
    return text is not None and text.startswith(stamps.CHANGE_CAUSE_OF_OURS)


def a_change_cause_is_all_that_its_option_adds(subject):
    """Every other edit is the same with and without it."""
    if subject.options.change_cause:
        raise NothingToSay("the option is given")
    problems = []
    for mode in oracle.MODES:
        _, without = subject.run_with_report(mode)
        result, edits = subject.report_of(subject.case.data, [*subject.in_mode(mode), "--change-cause"])
        if edits is None:
            if without is not None:
                problems.append(f"{mode}: refused: {shown(result.stderr)}")
            continue
        if without is None:
            problems.append(f"{mode}: accepted, and without the option refused")
            continue
        # An alias that is written out takes the whole object with it.
        causes = {(edit["from"], edit["to"]) for edit in edits if CHANGE_CAUSE.search(edit["text"])}
        problems += [f"{mode}: {shown(edit)} is gone" for edit in without
                     if edit not in edits and (edit["from"], edit["to"]) not in causes]
        problems += [f"{mode}: {shown(edit)} is more than a change-cause" for edit in edits
                     if edit not in without and not CHANGE_CAUSE.search(edit["text"])]
    return problems


def untouched_documents_are_the_same_bytes(subject):
    """A document without an edit is copied; an input without edits comes out as it is."""
    problems = []
    for mode in oracle.MODES:
        result, edits = subject.run_with_report(mode)
        if edits is None:
            continue
        if not edits and result.stdout != subject.case.data:
            problems.append(f"{mode}: no edits, but other bytes")
        before = kubeyaml.split_documents(subject.case.data)
        after = kubeyaml.split_documents(result.stdout)
        if len(before) != len(after):
            problems.append(f"{mode}: {len(before)} documents became {len(after)}")
            continue
        at = 0
        for number, (old, new) in enumerate(zip(before, after)):
            is_edited = any(at <= edit["from"] < at + len(old) or edit["to"] == at + len(old) for edit in edits)
            if not is_edited and old != new:
                problems.append(f"{mode}: document {number + 1} has no edit, but other bytes")
            at += len(old)
    return problems


def a_second_run_changes_nothing(subject):
    problems = []
    for mode in oracle.MODES:
        first, _ = subject.run_with_report(mode)
        if first.status != 0:
            continue
        second = subject.run(first.stdout, subject.in_mode(mode))
        if second.status != 0:
            problems.append(f"{mode}: its own output is refused: {shown(second.stderr)}")
        elif second.stdout != first.stdout:
            problems.append(f"{mode}: a second run changes its output")
    return problems


# ---- the same objects in another form -----------------------------------------------------------------------------

def order_of_documents_does_not_matter(subject):
    before = in_any_order(stamps_in(subject.output, subject.options))
    subject.skip_directives()
    if subject.has_duplicates():
        raise NothingToSay("an object comes twice, the last one wins")
    chunks = kubeyaml.split_documents(subject.case.data.removeprefix(kubeyaml.BOM))
    complete = [with_line_ends(chunk) for chunk in chunks]
    for old, new in zip(chunks, complete):
        if old != new and not is_same_document(old, new):
            raise NothingToSay("its text ends without a newline, and means something else with one")
    return differences(before, in_any_order(subject.stamps_for(b"".join(reversed(complete)))))


def with_line_ends(chunk):
    """A chunk that can stand anywhere in a stream: with a separator before it and a newline at its end."""
    if not kubeyaml.SEPARATOR.match(chunk):
        chunk = b"---\n" + chunk
    return chunk if chunk.endswith(b"\n") else chunk + b"\n"


def is_same_document(a, b):
    try:
        a, b = kubeyaml.parse_document(a), kubeyaml.parse_document(b)
    except kubeyaml.Refusal:
        return True  # as unreadable as before
    return a is b or (a is not None and b is not None and kubeyaml.same(a, b))


def style_does_not_matter(subject):
    before = stamps_in(subject.output, subject.options)
    subject.skip_directives()
    rng = subject.random("style")
    chunks = [restyled(chunk, root, rng) for chunk, root in subject.documents()]
    problems = differences(before, subject.stamps_for(b"".join(chunks)))
    if not problems:
        problems = [f"as one List: {p}" for p in differences(before, as_a_list(subject, rng) or before)]
    return problems


def as_a_list(subject, rng):
    """The stamps when all objects are items of one List; None if that is not possible."""
    objects = [root for _, root in subject.documents() if root is not None]
    rest = [restyled(chunk, None, rng) for chunk, root in subject.documents() if root is None]
    if subject.has_duplicates() or not objects or not all(map(is_single_object, objects)):
        return None
    try:
        text = restyle.restyled(restyle.in_a_list(objects), rng)
    except restyle.CannotRestyle:
        return None
    return subject.stamps_for(b"".join(rest) + text)


def restyled(chunk, root, rng):
    if root is None:
        return with_line_ends(chunk.removeprefix(kubeyaml.BOM))
    try:
        text = restyle.restyled(deref(root), rng)
    except restyle.CannotRestyle:
        return with_line_ends(chunk.removeprefix(kubeyaml.BOM))
    if not kubeyaml.same(root, kubeyaml.parse_document(text)):
        raise AssertionError("the emitter wrote another object")
    return text


def is_single_object(root):
    return deref(root).kind == "mapping" and [path for path, _ in manifests.objects_in(root)] == [()]


# ---- changed values -----------------------------------------------------------------------------------------------

class Change:
    """The case's input with values of its ConfigMaps and Secrets changed. It has trees of its own, to change freely."""

    def __init__(self, subject):
        self.analysis = oracle.Analysis(subject.case.data, subject.options)
        self.rng = subject.random("change")
        self.touched = set()

    def sources(self):
        """(document number, Source) of every ConfigMap and Secret that can be changed by itself."""
        for number, root in enumerate(self.analysis.roots):
            for _, node in manifests.objects_in(root) if root is not None else ():
                source = manifests.source_of(node, self.analysis.options)
                if source and not has_aliases(node):
                    yield number, source

    def entries(self, source):
        """(key, value node, whether base64) of a source's values."""
        for field, is_base64 in (("data", source.kind == "secret"), ("binaryData", True), ("stringData", False)):
            for key, node in kubeyaml.entries_at(source.node, field).items():
                if node.kind == "scalar" and key is not None:
                    yield key, node, is_base64

    def set_value(self, number, node, value):
        make_scalar(node, value)
        self.touched.add(number)

    def add_entry(self, number, mapping, key, node):
        mapping.value.insert(self.rng.randint(0, len(mapping.value)), (quoted(key), node))
        self.touched.add(number)

    def text(self):
        """The stream, with the documents that were changed written anew, and nothing else."""
        chunks = []
        for number, (chunk, root) in enumerate(zip(self.analysis.chunks, self.analysis.roots)):
            if number in self.touched:
                chunk = b"---\n# changed\n" + restyle.Writer(self.rng, "json").flow(root, 0).encode() + b"\n"
            chunks.append(chunk)
        return b"".join(chunks)


def has_aliases(node):
    """Whether anything below a node is shared with some other place."""
    todo = [node]
    while todo:
        current = todo.pop()
        if isinstance(current, kubeyaml.Alias) or current.aliases or current.tag:
            return True
        if current.kind == "sequence":
            todo += current.value
        elif current.kind == "mapping":
            todo += [part for pair in current.value for part in pair]
    return False


def make_scalar(node, text):
    node.value, node.plain, node.tag, node.style = text, False, None, '"'


def one_consumed_key_changes_its_consumers_only(subject):
    before = stamps_in(subject.output, subject.options)
    if subject.analysis.unclear:
        raise NothingToSay(subject.analysis.unclear[0])
    candidates = consumed_values(subject)
    if not candidates:
        raise NothingToSay("consumes nothing that it holds")
    rng = subject.random("key")
    problems = []
    for identity, key in rng.sample(candidates, min(2, len(candidates))):
        change = Change(subject)
        if not change_value(change, identity, key) or changes_git(subject, change.text()) or changes_selections(
                subject, change.text()):
            continue
        after = subject.stamps_for(change.text())
        want = consumers_of(subject, identity, key)
        got = changed_stamps(before, after)
        if got != want:
            problems.append(f"{'/'.join(map(str, identity))} key {shown(key)}: changed {shown(sorted(got - want))} "
                            f"too many, {shown(sorted(want - got))} too few")
    return problems


def git_stamps(analysis):
    """What the oracle expects of git, workload by workload."""
    return [sorted((str(place), name, value) for place, named in [("", plan.annotations), *plan.variables.items()]
                   for name, value in named.items() if name.startswith(("git.", "ROLLSTAMP_GIT_")))
            for plan in analysis.plans]


def changes_git(subject, data):
    """Whether a changed input has other git refs: one that the lock file does not have is an error, or leaves no stamp."""
    if not subject.analysis.checkouts:
        return False
    changed = oracle.Analysis(data, subject.options)
    return bool(changed.must_fail or changed.unclear) or git_stamps(changed) != git_stamps(subject.analysis)


def changes_selections(subject, data):
    """Whether a changed input has other selections: a ConfigMap can say whether a sidecar follows what is selected."""
    if not any(selections.selections_of(plan.workload, subject.options) for plan in subject.analysis.plans):
        return False
    return [set(plan.selected) for plan in oracle.Analysis(data, subject.options).plans] != [
        set(plan.selected) for plan in subject.analysis.plans]


def consumed_values(subject):
    """(identity, key) of the values that a stamp depends on and that the stream itself holds."""
    streams = {id(source) for source in subject.analysis.sources}
    found = set()
    for plan in subject.analysis.plans:
        for source, keys in plan.used.values():
            if id(source) in streams and not has_aliases(source.node):
                present = stamps.present_keys(source)
                found |= {(source.identity, key) for key in (present if keys.everything else present & keys.named)}
        for source in itertools.chain(*plan.selected.values()):
            if id(source) in streams and not has_aliases(source.node):
                found |= {(source.identity, key) for key in stamps.present_keys(source)}
    return sorted(found, key=str)


def change_value(change, identity, key):
    """Changes a value of the object that counts; False if it has a form that cannot be changed simply."""
    counting = [(n, s) for n, s in change.sources() if s.identity == identity]
    ordinary = [(n, s) for n, s in counting if not s.hook]
    if not counting:
        return False
    number, source = (ordinary or counting)[-1]
    entries = [(node, is_base64) for k, node, is_base64 in change.entries(source) if k == key]
    if not entries:
        return False
    node, is_base64 = entries[-1]
    old = kubeyaml.text_bytes(node).decode()
    change.set_value(number, node, longer_base64(old) if is_base64 else old + "!")
    return True


def longer_base64(text):
    try:
        value = base64.b64decode(text)
    except ValueError:
        value = b""
    return base64.b64encode(value + b"!").decode()


def consumers_of(subject, identity, key):
    """{(workload's number, place, stamp name)} of the stamps that depend on a value."""
    found = set()
    numbers = {id(w): i for i, w in enumerate(all_workloads(subject))}
    for plan in subject.analysis.plans:
        number = numbers[id(plan.workload.node)]
        names = [(stamps.annotation_name(reference), stamps.variable_name(reference))
                 for reference, (source, keys) in plan.used.items()
                 if source.identity == identity and (keys.everything or key in keys.named)]
        for selection, sources in plan.selected.items():
            if any(source.identity == identity for source in sources):
                what = f"{selection.kind}s", stamps.cleaned(selection.text)
                names.append((stamps.annotation_named(*what), stamps.variable_named(*what)))
        for annotation, variable in names:
            found.add((number, "", annotation))
            for (place, index), variables in plan.variables.items():
                if variable in variables:
                    found.add((number, f"{place}[{index}]", variable))
    return found


def all_workloads(subject):
    """The nodes of all workloads, in the order of stamps_in."""
    for root in subject.analysis.roots:
        for path, node in manifests.objects_in(root) if root is not None else ():
            if manifests.workload_of(path, node, subject.options):
                yield node


def changed_stamps(before, after):
    found = set()
    for number, ((_, old), (_, new)) in enumerate(zip(before, after)):
        found |= {(number, *name) for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if len(before) != len(after):
        found.add(("number of workloads", str(len(before)), str(len(after))))
    return found


def unrelated_changes_change_no_stamp(subject):
    """Labels, comments, keys that nobody reads and objects that nobody reads: all changed at once."""
    before = stamps_in(subject.output, subject.options)
    if subject.analysis.unclear:
        raise NothingToSay(subject.analysis.unclear[0])
    change = Change(subject)
    for number, source in change.sources():
        keys = keys_read(subject, source.identity)
        add_label(change, number, source)
        for key, node, is_base64 in list(change.entries(source)):
            if keys is not None and key not in keys:
                old = kubeyaml.text_bytes(node).decode("utf-8", "replace")
                change.set_value(number, node, longer_base64(old) if is_base64 else old + "!")
        data = kubeyaml.lookup(source.node, "data")
        if keys is not None and data is not None and data.kind == "mapping" and "nobody-reads-this" not in keys:
            change.add_entry(number, data, "nobody-reads-this", quoted("bm9ib2R5"))
    if not change.touched:
        raise NothingToSay("holds neither ConfigMap nor Secret")
    if changes_git(subject, change.text()):
        raise NothingToSay("a git ref comes from a key that nothing else reads")
    return differences(before, subject.stamps_for(change.text()))


def keys_read(subject, identity):
    """The keys of an object that somebody reads; None if somebody reads all."""
    found = set()
    for plan in subject.analysis.plans:
        if any(source.identity == identity for source in itertools.chain(*plan.selected.values())):
            return None
        for source, keys in plan.used.values():
            if source.identity == identity:
                if keys.everything:
                    return None
                found |= keys.named
    return found


def add_label(change, number, source):
    metadata = kubeyaml.lookup(source.node, "metadata")
    labels = kubeyaml.lookup(metadata, "labels")
    if labels is None:
        change.add_entry(number, metadata, "labels", Node("mapping", [(quoted("added"), quoted("label"))]))
    elif labels.kind == "mapping":
        change.add_entry(number, labels, "added", quoted("label"))


# ---- how it arrives -----------------------------------------------------------------------------------------------

def pieces_of(data):
    """Single bytes of what is small; of more, single bytes at both ends and small pieces between."""
    edge = len(data) if len(data) <= 8000 else 500
    yield from (data[i:i + 1] for i in range(edge))
    end = max(edge, len(data) - edge)
    yield from (data[i:min(i + 997, end)] for i in range(edge, end, 997))
    yield from (data[i:i + 1] for i in range(end, len(data)))


def small_writes_make_no_difference(subject):
    want, _ = subject.run_with_report("both")
    process = subprocess.Popen(subject.program.argv(subject.args), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment(subject.case.env),
                               cwd=subject.case.cwd, bufsize=0)
    with process:
        try:
            for piece in pieces_of(subject.case.data):
                process.stdin.write(piece)
        except BrokenPipeError:
            pass  # it refuses without reading to the end
        try:
            stdout, stderr = process.communicate(timeout=subject.program.timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            return ["did not end in time"]
    if (process.returncode, stdout, stderr) != (want.status, want.stdout, want.stderr):
        return [f"status {process.returncode} instead of {want.status}, {shown(stderr)}, or other output"]
    return []


def locale_makes_no_difference(subject):
    """Turkish has another upper case for `i`, which is where programs trip."""
    want, _ = subject.run_with_report("both")
    env = {**subject.case.env, "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}
    got = subject.program.run(subject.args, subject.case.data, env, subject.case.cwd)
    return [] if got == want else [f"status {got.status} instead of {want.status}, or other output"]


def every_cut_is_valid_or_refused(subject):
    data = subject.case.data
    problems = []
    for cut in cuts_of(subject):
        result, edits = subject.report_of(data[:cut], subject.args)
        if edits is None:
            found = failure_problems(result)
        else:
            found = edit_problems(data[:cut], result.stdout, edits)
        problems += [f"cut at byte {cut}: {p}" for p in found]
    return problems


def cuts_of(subject):
    """Where to cut: every byte of what is small, a sample of the rest. Golden cases are there for their corners, and
    get more than manifests of the corpus, which are much alike."""
    size = len(subject.case.data)
    small, sample = (200, 30) if subject.case.cwd else (0, 4)
    if subject.every_cut:
        small = 8000
    if size <= small:
        return range(size)
    return sorted(subject.random("cut").sample(range(size), min(sample, size)))


# ---- secrets ------------------------------------------------------------------------------------------------------

def values_are_never_printed(subject):
    """With a marker as every value, nothing but stdout may contain it, whether the run succeeds or fails."""
    if not subject.analysis.sources:
        raise NothingToSay("holds neither ConfigMap nor Secret")
    marked = with_markers(subject, lambda is_base64: MARKERS[1].decode() if is_base64 else MARKER)
    broken = with_markers(subject, lambda is_base64: MARKER + "!" if is_base64 else MARKER)
    cut = marked[:max(marked.rfind(marker) for marker in MARKERS) + len(MARKER)]
    problems = []
    for name, data, more in [("success", marked, []), ("strict", marked, ["--strict"]),
                             ("broken base64", broken, []), ("cut", cut, [])]:
        problems += [f"{name}: {p}" for p in leaks(subject, data, more)]
    listed = subject.run(marked, ["list", *subject.args])
    if has_marker(listed.stdout) or has_marker(listed.stderr):
        problems.append("list prints a value")
    return problems


def with_markers(subject, value):
    change = Change(subject)
    for number, source in change.sources():
        if source.kind == "configmap" and (subject.analysis.checkouts or "--locked" in subject.args):
            continue  # a url or ref that comes from a ConfigMap is shown
        for _, node, is_base64 in list(change.entries(source)):
            change.set_value(number, node, value(is_base64))
    return change.text()


def has_marker(data):
    return any(marker in data for marker in MARKERS)


def leaks(subject, data, more):
    for path in (subject.report, subject.log):
        if os.path.exists(path):
            os.unlink(path)
    result = subject.run(data, [*subject.args, *more, f"--report={subject.report}", f"--log={subject.log}"])
    problems = ["a value on stderr"] if has_marker(result.stderr) else []
    for path in (subject.report, subject.log):
        if os.path.exists(path):
            with open(path, "rb") as f:
                if has_marker(f.read()):
                    problems.append(f"a value in the {os.path.basename(path)}")
    if result.status != 0:
        problems += failure_problems(result)
    return problems


PROPERTIES = [
    edits_make_the_output,
    edits_only_insert,
    untouched_documents_are_the_same_bytes,
    a_second_run_changes_nothing,
    a_change_cause_is_all_that_its_option_adds,
    order_of_documents_does_not_matter,
    style_does_not_matter,
    one_consumed_key_changes_its_consumers_only,
    unrelated_changes_change_no_stamp,
    small_writes_make_no_difference,
    locale_makes_no_difference,
    every_cut_is_valid_or_refused,
    values_are_never_printed,
]


def results(program, case, seed, every_cut):
    """(name, Outcome) of every property for one case."""
    if case.skip:
        return [(f"{case.name}: all properties", tap.Outcome(silence=case.skip))]
    found = []
    with tempfile.TemporaryDirectory(prefix="rollstamp-properties-") as scratch:
        subject = Subject(program, case, seed, scratch, every_cut)
        for prop in PROPERTIES:
            title = f"{case.name}: {prop.__name__.replace('_', ' ')}"
            found.append((title, tap.perform(tap.Test(title, lambda prop=prop: prop(subject)))))
    return found
