#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What rollstamp reads out of ConfigMaps and Secrets, against what kubectl and Helm 4 read.

    readers.py --binary PATH [--programs DIR] [--documents N] [--seed SEED[/NUMBER]]

Random manifests in all spellings (spellings.py) go through `rollstamp digest --preimage`, through the Go parsers that
kubectl and Helm 4 are made of (go/yaml-check), and through the independent check's reader (tests/oracle). All have to see
the same values. Where rollstamp refuses what the others take, it is with one of the sentences below. Helm 4 writes every
document anew before a post-renderer sees it, so what it hands over is one more manifest.

The seed is printed; --seed=SEED/NUMBER shows one document of a run again. What differs is made smaller before it is
shown. Output is TAP version 13.
"""

import argparse
import base64
import collections
import concurrent.futures
import hashlib
import json
import pathlib
import random
import re
import subprocess
import sys

import spellings

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "oracle"), str(HERE.parent)]

import kubeyaml  # noqa: E402
import manifests  # noqa: E402
import options as oracle_options  # noqa: E402
import stamps  # noqa: E402
from lib import tap  # noqa: E402

BATCH = 500  # documents that one process of yaml-check is given
SHOWN = 8  # kinds of differences
# Why rollstamp may refuse what others take.
SENTENCES = {
    "a colon without a space in braces, which libyaml does not read": "a colon in braces or brackets without a space",
    "a comma behind a tag": "a comma right behind a tag",
    "a directive": "a %YAML or %TAG directive",
    "a line break of YAML alone in JSON": r"a raw U\+(0085|2028|2029) in JSON",
    "a tag that libyaml does not read": "while (scanning|parsing) a tag",
    "a merge key": "a merge key '<<'",
    "byte order mark at the start of a line": "a byte order mark inside of the text",
    "a tab in front of JSON": "a tab in front of JSON",
    "a colon on another line than its key, in JSON": "a colon must stand on the line of its key",
    "half of a surrogate pair": "half of a surrogate pair",
    "one key in two spellings": "is there twice in different spellings",
    "raw DEL": "a raw DEL character",
    "several documents or values": "more than one document or JSON value",
}


# ---- what others read --------------------------------------------------------------------------------------------

class Unusable(Exception):
    """The API server would not take this."""


class GoReaders:
    """yaml-check, one process for each batch of documents, and one that answers single questions."""

    def __init__(self, program):
        self.command = [str(program), "values"]
        self.process = None

    def read_all(self, texts):
        lines = b"".join(base64.b64encode(text) + b"\n" for text in texts)
        answers = subprocess.run(self.command, input=lines, stdout=subprocess.PIPE, check=True).stdout.splitlines()
        if len(answers) != len(texts):
            raise RuntimeError(f"{len(answers)} answers to {len(texts)} documents")
        return [json.loads(answer) for answer in answers]

    def read(self, text):
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdin.write(base64.b64encode(text) + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


def objects_in(objects):
    for thing in objects:
        if isinstance(thing, dict) and str(thing.get("kind", "")).endswith("List") and isinstance(thing.get("items"), list):
            yield from objects_in(thing["items"])
        else:
            yield thing


def values_of(kind, seen):
    """{key: bytes} of the object as the API server stores it; None if there is none."""
    found = None
    for thing in objects_in(seen.get("objects") or []):
        if isinstance(thing, dict) and isinstance(thing.get("metadata"), dict):
            if thing.get("kind") == kind and thing["metadata"].get("name") == "a":
                found = thing
    if found is None:
        return None
    if found.get("apiVersion") != "v1":
        raise Unusable("another apiVersion")
    texts, encoded = ("data", "binaryData") if kind == "ConfigMap" else ("stringData", "data")
    plain = {key: (value or "").encode() for key, value in strings_at(found, texts).items()}
    decoded = {key: decode(value or "") for key, value in strings_at(found, encoded).items()}
    if kind == "ConfigMap" and plain.keys() & decoded.keys():
        raise Unusable("a key in data and in binaryData")
    return {**decoded, **plain}


def strings_at(thing, field):
    found = thing.get(field)
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(value is None or isinstance(value, str) for value in found.values()):
        raise Unusable(f"{field} is no map of strings")
    return found


def decode(text):
    """Base64 as Go decodes it: no white space but line breaks, and unused bits may be anything."""
    text = text.replace("\r", "").replace("\n", "")
    if not re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", text):
        raise Unusable("not base64")
    return base64.b64decode(text)


def digest_input(kind, values):
    out = b"rollstamp/1 configmap\n" if kind == "ConfigMap" else b"rollstamp/1 secret a\n"
    for key in sorted(key.encode() for key in values):
        value = values[key.decode()]
        out += b"%d:%s=%d:%s\n" % (len(key), key, len(value), value)
    return out


def printed(kind, text):
    """What `rollstamp digest` prints for a preimage: that of a Secret it keeps for itself."""
    return text if kind == "ConfigMap" else hashlib.sha256(text).hexdigest()[:32].encode() + b"\n"


def read_by_oracle(kind, text):
    """(preimage, None), or (None, why not); Undetermined where it does not know."""
    nothing, found = oracle_options.Options(), None
    try:
        for chunk in kubeyaml.split_documents(text):
            for _, node in manifests.objects_in(kubeyaml.parse_document(chunk)):
                source = manifests.source_of(node, nothing)
                if source and (source.kind, source.name) == (kind.lower(), "a"):
                    found = source
        return (stamps.preimage(found, stamps.present_keys(found)), None) if found else (None, "no such object")
    except kubeyaml.Refusal as e:
        return None, str(e)


# ---- comparing ---------------------------------------------------------------------------------------------------

class Comparison:
    def __init__(self, binary):
        self.binary = binary
        self.counts = collections.Counter()

    def program(self, kind, text):
        """(output, None) or (None, message)"""
        more = ["--preimage"] if kind == "ConfigMap" else []
        command = [self.binary, "digest", f"{kind.lower()}/a", *more]
        result = subprocess.run(command, input=text, capture_output=True, timeout=60, check=False)
        if result.returncode == 0:
            return result.stdout, None
        if result.returncode != 1 or result.stdout:
            return None, f"status {result.returncode}, {len(result.stdout)} bytes on stdout"
        return None, result.stderr.decode(errors="replace").strip()

    def differences(self, kind, text, answer):
        """[(reader, what differs, the text)]"""
        found = [("kubectl", self.difference(kind, text, answer["kubectl"]), text)]
        handed = base64.b64decode(answer["helm4"].get("text", ""))
        if handed:
            self.counts["changed by Helm 4 when it comes back"] += answer["helm4"].get("changed", False)
            found.append(("Helm 4", self.difference(kind, handed, answer["helm4"]), handed))
        return [each for each in found if each[1]]

    def difference(self, kind, text, seen):
        """What differs between rollstamp and a reader that has seen this, or None."""
        if "refused" in seen:
            self.counts["not taken by the reader"] += 1
            return None
        if not text.endswith(b"\n") and not text.lstrip().startswith(b"{"):
            # kubectl ends the last line with a newline, Helm 4 does not, so that readers differ among themselves.
            self.counts["without a newline at the end"] += 1
            return None
        output, message = self.program(kind, text)
        try:
            values = values_of(kind, seen)
            if any(values_of(kind, {"objects": other}) != values for other in seen.get("others", [])):
                self.counts["one of two values is taken at random by the reader"] += 1
                return f"one of two values was taken: {output}" if message is None else None
        except Unusable:
            self.counts["not taken by the API server"] += 1
            return None
        if message is not None:
            return self.refusal(message, values)
        if values is None:
            return f"is no {kind} for the reader, but for rollstamp: {output}"
        wanted = digest_input(kind, values)
        if output != printed(kind, wanted):
            return f"the reader has {wanted}, rollstamp has {output}"
        self.counts["the same"] += 1
        return self.difference_of_oracle(kind, text, wanted)

    def refusal(self, message, values):
        if "is not in the input" in message or "these are no manifests" in message:
            if values is None:
                self.counts["nothing for both"] += 1
                return None
            return f"not seen: {message}"
        for name, sentence in SENTENCES.items():
            if re.search(sentence, message):
                self.counts[f"refused: {name}"] += 1
                return None
        if values is None:
            self.counts["nothing for the reader, refused by rollstamp"] += 1
            return None
        return f"refused: {message}"

    def difference_of_oracle(self, kind, text, wanted):
        try:
            preimage, why = read_by_oracle(kind, text)
        except kubeyaml.Undetermined:
            self.counts["the same, and the oracle does not know"] += 1
            return None
        return None if preimage == wanted else f"the reader has {wanted}, the oracle {preimage or why}"


def kind_of(difference):
    return re.sub(r"[\"'].*[\"']|\d+|\(.*?\)|[A-Z]\w+ a\b", "_", difference or "")[:70]


def smaller(text, is_enough):
    """A text of which this is true, too, and from which no piece can be taken."""
    size = max(1, len(text) // 2)
    while size:
        at = 0
        while at < len(text):
            candidate = text[:at] + text[at + size:]
            if candidate.decode(errors="ignore").encode() == candidate and is_enough(candidate):
                text = candidate
            else:
                at += size
        size //= 2
    return text


class Random:
    """Compares random documents."""

    def __init__(self, binary, readers, seed, say):
        self.comparison, self.readers, self.seed, self.say = Comparison(binary), readers, seed, say

    def document(self, number):
        return spellings.Writer(random.Random(f"{self.seed}/{number}")).stream()

    def batch(self, numbers):
        documents = [self.document(number) for number in numbers]
        answers = self.readers.read_all([text for _, text in documents])
        return [(number, kind, *difference) for number, (kind, text), answer in zip(numbers, documents, answers)
                for difference in self.comparison.differences(kind, text, answer)]

    def run(self, numbers, jobs):
        """The numbers of documents that differ; prints what there is to say."""
        batches = [numbers[at:at + BATCH] for at in range(0, len(numbers), BATCH)]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            found = [each for several in pool.map(self.batch, batches) for each in several]
        for name, count in self.comparison.counts.most_common():
            self.say(f"{count:7} {name}")
        kinds = collections.Counter()
        for difference in found:
            kind = kind_of(difference[3])
            kinds[kind] += 1
            if kinds[kind] == 1 and len(kinds) <= SHOWN:
                self.show(*difference)
        for kind, count in kinds.most_common():
            self.say(f"{count:7} differ: {kind}")
        return len({difference[0] for difference in found})

    def show(self, number, kind, reader, difference, text):
        def again(candidate):
            return self.comparison.difference(kind, candidate, self.readers.read(candidate)["kubectl"])

        if kind_of(again(text)) == kind_of(difference):
            text = smaller(text, lambda candidate: kind_of(again(candidate)) == kind_of(difference))
            difference = again(text)
        self.say(f"{self.seed}/{number}, read by {reader}: {text!r}\n  {difference}")


def check_comparison(binary, readers):
    """What has to be told, and is not if the comparison has gone blind."""
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"
    comparison = Comparison(binary)
    seen = readers.read(text)["kubectl"]
    other = json.loads(json.dumps(seen).replace('"v"', '"w"'))
    renamed = json.loads(json.dumps(seen).replace('"k"', '"l"'))
    told = [comparison.difference("ConfigMap", text, each) for each in (other, renamed, {"objects": []}, {**seen, "others": [other["objects"]]})]
    told.append(comparison.difference("ConfigMap", b"a: [\n", seen))
    return comparison.difference("ConfigMap", text, seen) is None and all(told)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the program rollstamp")
    parser.add_argument("--programs", default=HERE.parent.parent / "build-real", help="what tests/real/build made")
    parser.add_argument("--plugin", help="not needed: all programs of this folder are called alike")
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--seed", default=str(random.randrange(10**9)))
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)

    program = pathlib.Path(arguments.programs) / "bin" / "yaml-check"
    if not program.exists():
        return tap.bail_out(f"no {program}: tests/real/build makes it")
    readers = GoReaders(program)
    seed, _, number = arguments.seed.partition("/")
    numbers = [int(number)] if number else list(range(arguments.documents))
    results = tap.Tap(2)
    results.say(f"--seed={arguments.seed}")
    failed = Random(arguments.binary, readers, seed, results.say).run(numbers, arguments.jobs)
    results.result(f"{len(numbers)} random documents are read as kubectl and Helm 4 read them",
                   [f"{failed} are not: see above"] if failed else [])
    is_awake = check_comparison(arguments.binary, readers)
    results.result("a changed value, a changed key and a missing object are told",
                   [] if is_awake else ["the comparison tells nothing"])
    readers.close()
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
