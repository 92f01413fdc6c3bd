#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The independent check: what rollstamp has to write, computed from parsed manifests and compared with its output.

    oracle.py --binary PATH FILE...             every file with --inject=annotations, env and both
    oracle.py --binary PATH --corpus DIR        the same for every manifest below a directory, and with git refs
    oracle.py --binary PATH --golden DIR        the golden cases that succeed, with their own arguments
    oracle.py --binary PATH --random N          random streams with random arguments, other ones with another --seed

It shares nothing with the program but the contract: it is in another language, has another YAML tree and never edits
text. A document of the output has to be the object of the input plus exactly the stamps that are due; one to which
nothing is due has to be the same bytes. Where the contract leaves the program a choice, either is accepted.

Output is TAP version 13. --arg ARG (repeatable) gives the program an argument on every run that the oracle ignores.
"""

import argparse
import dataclasses
import os
import pathlib
import random
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import checksums
import generate
import gitfind
import gitnames
import inputs
import kubeyaml
import manifests
import options as option_module
import ownwords
import selections
import stamps
from consumption import Keys, Reference, consumption_of, is_excluded
from lib import cases, tap
from lib.program import Program, failure_problems, shown
from lib.tap import NothingToSay

MODES = ("annotations", "env", "both")
DIRECTIVE = re.compile(rb"^%", re.M)


@dataclasses.dataclass
class Plan:
    """What is due in one workload."""
    document: int
    workload: manifests.Workload
    annotations: dict = dataclasses.field(default_factory=dict)
    variables: dict = dataclasses.field(default_factory=dict)  # (container list, index): {name: value}
    scalars: dict = dataclasses.field(default_factory=dict)  # path in the template: text
    dropped: set = dataclasses.field(default_factory=set)  # names of annotations that go
    cause: str | None = None  # the workload's own change-cause, if it is to be written
    used: dict = dataclasses.field(default_factory=dict)  # Reference: (Source, Keys)
    selected: dict = dataclasses.field(default_factory=dict)  # Selection: its Sources, of those that have a stamp

    @property
    def own_annotations(self):
        return (*self.workload.own_path, "metadata", "annotations")


class Analysis:
    """What the contract says about a stream.

    chunks      its documents' bytes
    roots       their trees; None where there is none, or none that anybody has to read
    plans       a Plan for every workload that something is due in
    must_fail   why the program has to refuse the stream
    may_fail    why it may
    unclear     why nothing can be said about the result
    checkouts   what checks out a git ref, as gitfind finds it
    """

    def __init__(self, data, options):
        self.options = options
        self.chunks = kubeyaml.split_documents(data)
        self.roots = []
        self.plans = []
        self.must_fail = []
        self.may_fail = []
        self.unclear = []
        self.workloads = []
        self.sources = []
        self.checkouts = []
        if self._is_text(data):
            self._read()
            self._plan()

    def _is_text(self, data):
        if b"\0" in data:
            self.must_fail.append("a NUL byte")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            self.must_fail.append("invalid UTF-8")
        return not self.must_fail

    # -- reading

    def _read(self):
        kinds = manifests.our_kinds(self.options)
        for chunk in self.chunks:
            needless = manifests.is_blank(chunk) or manifests.cannot_matter(chunk, kinds)
            try:
                root = kubeyaml.parse_document(chunk)
            except kubeyaml.Refusal as e:
                self.roots.append(None)
                self._note_unreadable(chunk, needless, str(e))
                continue
            self.roots.append(root)
            objects = [(path, node) for path, node in manifests.objects_in(root)
                       if manifests.is_ours(node, self.options)]
            if needless and objects:
                raise AssertionError("a document that cannot matter holds an object of ours")
            if manifests.is_resource_list(root):
                self._read_function(root)
            elif self.options.krm:
                self.must_fail.append("something else than a ResourceList for a KRM function")
            self._look_for_merge_keys(root, objects, needless)
            self._collect(len(self.roots) - 1, objects)

    def _read_function(self, root):
        if not self.options.krm:
            self.must_fail.append("a ResourceList without --krm")
            return
        self.options, refused = option_module.under_function(self.options, kubeyaml.lookup(root, "functionConfig"))
        if refused:
            self.must_fail.append(refused)

    def _note_unreadable(self, chunk, needless, why):
        if needless:
            return
        # It may be part of an ignored object; and directives stand in the chunk before the document they belong to.
        excused = self.options.ignore or DIRECTIVE.search(chunk)
        (self.may_fail if excused else self.must_fail).append(why)

    def _look_for_merge_keys(self, root, objects, needless):
        if root is None or needless or not kubeyaml.has_merge_key(root):
            return
        certain = objects and not self.options.ignore
        (self.must_fail if certain else self.may_fail).append("a merge key")

    def _collect(self, number, objects):
        for path, node in objects:
            workload = manifests.workload_of(path, node, self.options)
            source = manifests.source_of(node, self.options)
            mistakes = []
            if workload and not workload.ignored:
                self.workloads.append((number, workload))
                mistakes = ownwords.of_workload(workload)
            if manifests.borrows_template(node) and not manifests.is_ignored(node, self.options) and not manifests.is_hook(node):
                mistakes = ownwords.of_object(node)
            if source:
                self.sources.append(source)
                mistakes = [] if source.ignored else ownwords.of_object(node)
            if self.options.strict:
                self.must_fail += mistakes

    # -- deciding

    def _plan(self):
        known = manifests.Sources(self.sources, self._external())
        for number, workload in self.workloads:
            try:
                self._plan_workload(Plan(number, workload), known)
            except kubeyaml.Undetermined as e:
                self.unclear.append(str(e))
            except kubeyaml.Refusal as e:
                self.must_fail.append(str(e))

    def _external(self):
        for data in self.options.external:
            for chunk in kubeyaml.split_documents(data):
                try:
                    root = kubeyaml.parse_document(chunk)
                except kubeyaml.Refusal as e:
                    self.may_fail.append(f"an external file: {e}")
                    continue
                for _, node in manifests.objects_in(root):
                    source = manifests.source_of(node, self.options)
                    if source:
                        yield source

    def _plan_workload(self, plan, known):
        git_stamps, pins = self._git_of(plan.workload, known)
        # What a pin takes the place of is not consumed any more.
        consumption = consumption_of(self._with_pins(plan, pins), self.options, known.find)
        digests = {}
        for reference, keys in consumption.template.items():
            namespace = reference.namespace or plan.workload.namespace
            source = known.find(reference.kind, namespace, reference.name)
            is_named = manifests.is_named_by_ignore(self.options, reference.kind, namespace, reference.name)
            if source and not source.ignored and not is_named:
                digests[reference] = stamps.digest(source, keys, self.options.secret_key)
                plan.used[reference] = (source, keys)
                self._look_for_broken_values(source)
        selected, unstamped = self._selected(plan, known)
        if self.options.drop_checksums:
            plan.dropped = checksums.dropped(
                plan.workload, self.roots[plan.document], kubeyaml.text_of(self.chunks[plan.document]), self.options,
                known, self.sources, digests, [w for _, w in self.workloads],
                manifests.made_at_run_time(self.roots), len(selected), unstamped)
        named = {stamps.annotation_name(r): d for r, d in digests.items()}
        named.update((stamps.annotation_named("git", s.name), s.value) for s in git_stamps)
        named.update((stamps.annotation_named(f"{s.kind}s", stamps.cleaned(s.text)), d) for s, d in selected.items())
        if self.options.annotations:
            plan.annotations.update(named)
        if self.options.env:
            of_selections = {stamps.variable_named(f"{s.kind}s", stamps.cleaned(s.text)): d for s, d in selected.items()}
            for place, references in consumption.containers.items():
                if place[0] == "containers":
                    self._add_variables(plan, place, of_selections)
                due = {stamps.variable_name(r): digests[r] for r in references if r in digests}
                self._add_variables(plan, place, due)
            for stamp in git_stamps:
                for place in stamp.places:
                    self._add_variables(plan, place, {stamps.variable_named("git", stamp.name): stamp.value})
        if self.options.change_cause:
            plan.cause = self._change_cause_of(plan.workload, named)
            if plan.cause and self._has_other_cause(plan) and not self._can_write_cause(plan):
                plan.cause = None
        if plan.annotations or plan.variables or plan.scalars or plan.dropped or plan.cause:
            self._look_at_places(plan)
            self.plans.append(plan)

    def _selected(self, plan, known):
        """({Selection: digest}, whether a selection of the workload is not stamped)."""
        workload = plan.workload

        def is_left_out(kind, namespace, name):
            return is_excluded(Reference(kind, namespace, name), workload, self.options, known.find)

        digests, is_any_left = {}, False
        for selection, is_annotated in selections.selections_of(workload, self.options).items():
            if selection.kind == "secret" and (not self.options.secrets or self._hides_secrets()):
                is_any_left = True
                continue
            result = selections.result_of(selection, workload, self.options, known, is_left_out)
            # One of --also may fit what is made at run time.
            may_be_made = selection.kind == "secret" and not result.found
            if self.options.strict and ((is_annotated and not result.found) or may_be_made or result.ambiguous):
                self.may_fail.append("a selection that fits nothing, or several objects of one name")
            is_any_left |= not result.is_due or result.leaves_out
            if not result.is_due:
                continue
            lines = {}
            for name, source in result.lines.items():
                lines[name] = stamps.digest(source, Keys(everything=True), self.options.secret_key)
                self._look_for_broken_values(source)
            plan.selected[selection] = list(result.lines.values())
            digests[selection] = stamps.selection_digest(selection.kind, lines, self.options.secret_key)
        return digests, is_any_left

    def _hides_secrets(self):
        return any(b"# HIDDEN: The Secret output has been suppressed" in chunk for chunk in self.chunks)

    @staticmethod
    def _change_cause_of(workload, named):
        """The text that is due, or None: also over one that is not of ours."""
        kind = manifests.group_of(workload.node), workload.kind
        if not named or kind not in manifests.WITH_HISTORY:
            return None
        there = kubeyaml.lookup(workload.node, "metadata", "annotations", stamps.CHANGE_CAUSE)
        if there is not None and not kubeyaml.is_null(there):
            if there.kind != "scalar" or not there.value.startswith(stamps.CHANGE_CAUSE_OF_OURS):
                return None
        return stamps.change_cause(named)

    @staticmethod
    def _add_variables(plan, place, variables):
        if variables:
            plan.variables.setdefault(place, {}).update(variables)

    def _git_of(self, workload, known):
        """(stamps, gitfind.Pins) of a workload's git refs."""
        if self.options.git == "off":
            return [], gitfind.Pins()
        checkouts = gitfind.checkouts_of(
            workload, self.options, lambda kind, name: known.find(kind, workload.namespace, name))
        self.checkouts += checkouts
        resolver = gitfind.Resolver(self.options, self.must_fail)
        return resolver.stamps_of(checkouts).values(), resolver.pins

    def _with_pins(self, plan, pins):
        """The workload with its template as the pins, which the plan gets, make it."""
        for place, variables in pins.variables.items():
            self._add_variables(plan, place, variables)
        plan.scalars = pins.scalars
        if not plan.variables and not plan.scalars:
            return plan.workload
        root = stamps.stamped(self.roots[plan.document], plan.workload.path, plan)
        return dataclasses.replace(plan.workload, template=kubeyaml.lookup_path(root, plan.workload.path))

    def _look_for_broken_values(self, source):
        """A value that nobody reads may be refused all the same."""
        for key in stamps.present_keys(source):
            try:
                stamps.value_of(source, key)
            except (kubeyaml.Undetermined, kubeyaml.Refusal, ValueError) as e:
                self.may_fail.append(str(e))

    # -- places that cannot be edited

    def _look_at_places(self, plan):
        root = self.roots[plan.document]
        before = stamps.stamps_of(plan.workload.template)
        places = []
        if any(before.get(("", name)) != value for name, value in plan.annotations.items()):
            places.append(("metadata", "annotations"))
        if plan.dropped and not places:
            places.append(("metadata", "annotations"))
        for (list_name, index), variables in plan.variables.items():
            if any(before.get((f"{list_name}[{index}]", name)) != value for name, value in variables.items()):
                places.append(("spec", list_name, index, "env"))
        paths = [(*plan.workload.path, *place) for place in places]
        for path in paths:
            if stamps.shared_on_path(root, path):
                changed = stamps.stamped(root, plan.workload.path, dataclasses.replace(plan, cause=None))
                stays = stamps.stays_shared_on_path(root, changed, path)
                (self.must_fail if stays else self.may_fail).append(f"{'.'.join(map(str, path))} is aliased elsewhere")
            if path[0] == "items" and stamps.has_alias_on_path(root, path):
                self.may_fail.append("an alias in an item of a list, which may mean something in another item")
            text = kubeyaml.text_of(self.chunks[plan.document])
            nodes = list(stamps.edited_nodes(root, path))
            for node in nodes:
                self._look_at_node(node, text)
            if any(node.anchor or node.kind != "scalar" for node in stamps.values_in(nodes[-1])):
                self.may_fail.append("a value with an anchor, or a valueFrom, where a stamp stands")

    @staticmethod
    def _has_other_cause(plan):
        there = kubeyaml.lookup(plan.workload.node, "metadata", "annotations", stamps.CHANGE_CAUSE)
        return there is None or kubeyaml.scalar_type(there) != "str" or there.value != plan.cause

    def _can_write_cause(self, plan):
        """Whether it can be written; where it can't it is left out, and nothing fails."""
        root, path = self.roots[plan.document], plan.own_annotations
        text = kubeyaml.text_of(self.chunks[plan.document])
        changed = stamps.stamped(root, plan.workload.path, dataclasses.replace(plan, cause=None))
        if stamps.stays_shared_on_path(root, changed, path):
            return False
        if stamps.has_alias_on_path(root, (*path, stamps.CHANGE_CAUSE)):
            if path[0] == "items" or any(node.tag for node in stamps.edited_nodes(root, path)):
                self.unclear.append("an alias on the way to a change-cause")
            return not any(node.kind != "mapping" and not kubeyaml.is_null(node) for node in stamps.edited_nodes(root, path))
        for node in stamps.edited_nodes(root, path):
            start, end = node.span
            if node.kind == "scalar" and not kubeyaml.is_null(node):
                return False
            if node.kind == "sequence" and node is kubeyaml.lookup_path(root, path):
                return False
            if node.kind == "scalar" and (node.anchor or (start == end and text[start - 1:start] != ":")):
                return False
        there = kubeyaml.lookup(plan.workload.node, "metadata", "annotations", stamps.CHANGE_CAUSE)
        if there is None:
            return True
        start, end = there.span
        return not there.anchor and (start < end or text[start - 1:start] == ":")

    def _look_at_node(self, node, text):
        start, end = node.span
        if node.kind == "scalar" and not kubeyaml.is_null(node):
            self.unclear.append("something else where a mapping or list belongs")
        if node.kind == "scalar" and (node.tag or node.anchor):
            self.may_fail.append("an empty node with an anchor or a tag")
        if node.kind == "scalar" and start == end and text[start - 1:start] != ":":
            self.may_fail.append("an empty node without a colon before it")
        if node.kind == "mapping" and node.flow and text[end - 1:end] != "}":
            self.may_fail.append("a mapping without braces")

    # -- what follows

    def expected_roots(self):
        """{document number: tree} of the documents that stamps are due in."""
        expected = {}
        for plan in self.plans:
            before = expected.get(plan.document, self.roots[plan.document])
            expected[plan.document] = stamps.stamped(before, plan.workload.path, plan)
        return expected


def check(analysis, result):
    """The problems of a run of the program: none if it did what the contract says."""
    if result.status != 0:
        return _check_failure(analysis, result)
    if analysis.must_fail:
        return [f"accepted, although it holds {analysis.must_fail[0]}"]
    if analysis.unclear:
        raise NothingToSay(analysis.unclear[0])
    return _check_output(analysis, result.stdout)


def _check_failure(analysis, result):
    problems = failure_problems(result)
    if not analysis.must_fail and not analysis.may_fail and not analysis.unclear:
        problems.append(f"refused without a reason that the oracle sees: {shown(result.stderr)}")
    return problems


def _check_output(analysis, stdout):
    after = kubeyaml.split_documents(stdout)
    if len(after) != len(analysis.chunks):
        return [f"{len(analysis.chunks)} documents went in, {len(after)} came out"]
    problems = []
    try:
        expected = analysis.expected_roots()
    except kubeyaml.Undetermined as e:
        raise NothingToSay(str(e)) from e
    for number, (old, new) in enumerate(zip(analysis.chunks, after)):
        want = expected.get(number)
        if want is None or kubeyaml.same(want, analysis.roots[number]):
            if old != new:
                problems.append(f"document {number + 1} changed, although nothing is due in it")
        else:
            problems += _check_document(analysis, number, want, new)
    return problems


def _check_document(analysis, number, want, chunk):
    try:
        got = kubeyaml.parse_document(chunk)
    except kubeyaml.Refusal as e:
        return [f"document {number + 1} cannot be read any more: {e}"]
    if kubeyaml.same(want, got):
        return []
    problems = _stamp_differences(analysis, number, want, got)
    return problems or [f"document {number + 1}: the stamps are right, but something else is not as it was"]


def _stamp_differences(analysis, number, want, got):
    problems = []
    for plan in analysis.plans:
        if plan.document != number:
            continue
        due = stamps.stamps_of(kubeyaml.lookup_path(want, plan.workload.path))
        there = stamps.stamps_of(kubeyaml.lookup_path(got, plan.workload.path))
        for place in sorted(due.keys() | there.keys()):
            if due.get(place) != there.get(place):
                where = " ".join(filter(None, (plan.workload.kind, plan.workload.name, *place)))
                problems.append(f"document {number + 1}, {where}: due {due.get(place)}, is {there.get(place)}")
    return problems


def check_case(program, case, more=()):
    """Runs the program on a case and checks the result."""
    analysis = Analysis(case.data, case.options(more))
    return check(analysis, program.run([*case.args, *more], case.data, case.env, case.cwd))


def check_in_all_modes(program, case):
    problems = []
    for mode in MODES:
        problems += [f"--inject={mode}: {p}" for p in check_case(program, case, [f"--inject={mode}"])]
    return problems


def check_with_lock(program, case):
    """The git refs of a manifest, with a lock file in which there is a commit for every ref that the oracle finds.

    A ref that the program alone finds is not there, which is an error.
    """
    args = [*inputs.without(case.args, {"git"}), "--inject=both"]
    case = dataclasses.replace(case, args=args)
    options = case.options()
    options.git_lock = gitnames.Lock()
    analysis = Analysis(case.data, options)
    with tempfile.NamedTemporaryFile("w", prefix="rollstamp-oracle-", suffix=".json") as lock:
        lock.write(options.git_lock.text())
        lock.flush()
        return check(analysis, program.run([*args, "--locked", f"--lock={lock.name}"], case.data, case.env, case.cwd))


def check_golden(program, case):
    if case.skip:
        raise NothingToSay(case.skip)
    return check_case(program, case)


def check_generated(program, seed):
    """A random case; what is needed to run it again by hand stands below the test if it fails."""
    data, args, files = generate.generated(random.Random(seed))
    with tempfile.TemporaryDirectory(prefix="rollstamp-oracle-") as directory:
        for name, contents in files.items():
            pathlib.Path(directory, name).write_bytes(contents)
        case = inputs.Case(seed, data, args, cwd=pathlib.Path(directory))
        problems = check_case(program, case)
    if problems:
        problems += [" ".join(args)] + [f"{name}: {shown(c, 10000)}" for name, c in files.items()]
        problems.append(data.decode())
    return problems


def tests_of(args, program):
    if args.golden:
        for case in inputs.golden_cases(args.golden):
            yield case.name, lambda case=case: check_golden(program, case)
    if args.corpus is not None:
        for case in inputs.corpus_cases(args.corpus):
            yield case.name, lambda case=case: check_in_all_modes(program, case)
            yield f"{case.name}, its git refs from a lock", lambda case=case: check_with_lock(program, case)
    for number in range(args.random):
        seed = f"{args.seed}-{number}"
        yield f"random stream {seed}", lambda seed=seed: check_generated(program, seed)
    for path in args.files:
        yield path, lambda path=path: check_in_all_modes(program, inputs.file_case(path))


def main():
    parser = argparse.ArgumentParser(description="Checks rollstamp's output against the parsed manifests.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--golden", metavar="DIR")
    parser.add_argument("--corpus", metavar="DIR", nargs="?", const=cases.FROM_ENVIRONMENT)
    parser.add_argument("--random", metavar="N", type=int, default=0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--arg", action="append", default=[], help="an argument for every run")
    parser.add_argument("--slow-factor", type=float, default=1, help="for sanitizer builds")
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args()
    if args.corpus == cases.FROM_ENVIRONMENT and not cases.corpus_directory():
        return tap.skip_all(cases.NO_CORPUS)
    program = Program(args.binary, args.arg, inputs.TIMEOUT, args.slow_factor)
    return tap.run((tap.Test(*test) for test in tests_of(args, program)), planned=False)


if __name__ == "__main__":
    sys.exit(main())
