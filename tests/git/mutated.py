#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Answers of git servers with something wrong in them, many of them, and rollstamp-git asked about each.

    mutated.py --helper PATH [--seed N] [--count N] [--scheme git|http|https|ssh]... [--only N]
        [--client libgit2|git]

Answers come from a seed: number n of a seed and scheme is always the same one. rollstamp-git is asked for many at a
time, with one server that is well beside them; whatever makes it crash is told with its number, and what it wrote to
stderr (AddressSanitizer's report, where it and libgit2 are built so). The exit status is 1 if anything crashed.
"""

import argparse
import contextlib
import itertools
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading

import certs
import faulty
from faulty import HASH, LISTING_TYPE, SERVICE, listing, pkt

BATCH = 250
PORTS = 12  # of each scheme: rollstamp-git asks one server for a few things at a time
PATIENCE = 0.3  # seconds that a server waits for a request
SCHEMES = ("git", "http", "https", "ssh")
OTHER = "f" * 40

# ---- What is mutated ----------------------------------------------------------------------------------------------

CAPABILITIES = [
    "multi_ack thin-pack side-band side-band-64k ofs-delta shallow no-progress include-tag allow-tip-sha1-in-want "
    "allow-reachable-sha1-in-want no-done symref=HEAD:refs/heads/main object-format=sha1 agent=git/2.39.5",
    "symref=HEAD:refs/heads/main symref=refs/a:refs/b", "symref", "symref=", "symref=:", "symref=a", "symref=a:b c",
    "symref=HEAD:", "symref=*:refs/*", "symref=refs/*:refs/*:x", "object-format=sha256", "", " ", "ofs-delta",
    "multi_ack_detailed multi_ack delete-refs", "push-options symref=HEAD:refs/heads/" + "x" * 3000,
]


def first_line(rng, commit=HASH, name="HEAD"):
    return pkt(f"{commit} {name}\0{rng.choice(CAPABILITIES)}\n")


def listings(rng):
    """A whole listing of some kind."""
    refs = b"".join(pkt(f"{HASH} refs/heads/{name}\n") for name in ("a", "main", "x/y")[:rng.randrange(4)])
    tags = pkt(f"{OTHER} refs/tags/v1\n") + pkt(f"{HASH} refs/tags/v1^{{}}\n")
    return rng.choice([
        lambda: first_line(rng) + refs + tags + b"0000",
        lambda: first_line(rng, "0" * 40, "capabilities^{}") + b"0000",
        lambda: first_line(rng, "a" * 64) + b"0000",
        lambda: b"000eversion 1\n" + first_line(rng) + refs + b"0000",
        lambda: b"000eversion 2\n" + pkt("ls-refs=unborn\n") + pkt("fetch=shallow\n") + b"0000",
        lambda: first_line(rng) + refs + pkt(f"shallow {HASH}\n") + pkt(f"shallow {OTHER}\n") + b"0000",
        lambda: first_line(rng) + pkt("ERR " + rng.choice(["", "no", "x" * 60000])),
        lambda: pkt(rng.choice(["NAK\n", f"ACK {HASH}\n", f"ACK {HASH} continue\n", f"ACK {HASH} common", "ok refs/x\n",
                                "ng refs/x reason\n", "ng refs/x", "unpack ok\n", "# comment\n", "\x01PACK", "\x02x",
                                "\x03x", ".have", ""])) * rng.randrange(1, 4) + first_line(rng) + b"0000",
        lambda: first_line(rng) + pkt(f"{HASH} refs/heads/{'l' * rng.randrange(65000)}\n") + b"0000",
        lambda: b"0000" * rng.randrange(5) + first_line(rng) + refs + b"0000" * rng.randrange(5),
        lambda: b"0004" * rng.randrange(2000) + first_line(rng) + b"0000",
        lambda: first_line(rng) * rng.randrange(1, 4) + tags * 3 + b"0000",
    ])()


TOKENS = [b"\0", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\xff", b"0000", b"0001", b"0002", b"0003", b"0004", b"0005", b"fff0",
          b"ffff", b"-001", b"ERR ", b"ACK ", b"NAK", b"shallow ", b"unshallow ", b"\0symref=", b"^{}", b":", b"/", b"%00",
          b"A" * 300, b"HTTP/1.1 200 OK\r\n\r\n", b"Content-Length: 99999999999999999999\r\n",
          b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"WWW-Authenticate: Basic\r\n",
          b"Location: \r\n", b"Content-Type: \r\n", b"ffffffffffffffff\r\n"]


def mutate(rng, data):
    """A few small changes, or none."""
    data = bytearray(data)
    for _ in range(rng.choice([0, 1, 1, 2, 3, 8])):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice([1, 1, 2, 4, 40, 400]))
        kind = rng.randrange(8)
        if kind == 0:
            data[at:end] = b""
        elif kind == 1:
            data[at:at] = data[at:end]
        elif kind == 2:
            data[at:at] = rng.choice(TOKENS)
        elif kind == 3:
            data[at:end] = rng.choice(TOKENS)
        elif kind == 4:
            data[at:end] = bytes(rng.randrange(256) for _ in range(end - at))
        elif kind == 5 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 6:
            del data[at:]
        else:
            other = rng.randrange(len(data) + 1)
            data[at:at] = data[other:other + 60]
    return bytes(data)


def challenges(rng):
    return rng.choice(["Basic", 'Basic realm="x"', "Basic ", "Digest nonce=x", "Negotiate", "Negotiate YIIB", "NTLM",
                       "NTLM TlRMTVNTUAACAAAA", "Bearer x", "", "Basic realm=\"" + "r" * 5000, "basic", "Kerberos",
                       "NTLM =", "Negotiate !"])


def locations(rng, number):
    return rng.choice([
        f"/{number}.again/info/refs?service=git-upload-pack", f"/{number}.again", "/", "", "//", "http://", "https://",
        "http:///", "http://[", "http://[::1", "http://[::1]x", "http://127.0.0.1:99999/", "http://127.0.0.1:/x",
        "http://a:b@127.0.0.1:1/", "file:///etc/passwd", "ext::sh", "\x01", "http://127.0.0.1:1/%zz%",
        "http://" + "h" * 3000 + "/", "/" + "p" * 70000, "http://127.0.0.1:1?x#y", "HTTP://127.0.0.1:1/x",
        "http:/127.0.0.1:1/x", ":80/", "@", "http://@:@/", f"/{number}.again/info/refs",
    ])


def http_answers(rng, number):
    """A whole HTTP answer of some kind, or more than one."""
    body = SERVICE + mutate(rng, listings(rng))
    kind = f"Content-Type: {LISTING_TYPE}\r\n"
    length = f"Content-Length: {rng.choice([len(body), len(body), len(body), len(body) + 9, 0, 5])}\r\n"
    more = "".join(rng.sample([
        f"WWW-Authenticate: {challenges(rng)}\r\n", f"Proxy-Authenticate: {challenges(rng)}\r\n",
        "Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\n", kind,
        f"Location: {locations(rng, number)}\r\n", length, "Transfer-Encoding: chunked\r\n", "X: y\r\n z\r\n",
        "Trailer: X\r\n", "Content-Encoding: gzip\r\n", "Set-Cookie: a=b\r\n",
    ], rng.choice([0, 0, 1, 1, 2, 4])))
    chunks = b"".join(b"%x\r\n" % len(part) + part + b"\r\n" for part in (body[:30], body[30:], b""))

    def head(status, *lines):
        return f"HTTP/1.{rng.choice('110')} {status}\r\n{''.join(lines)}{more}\r\n".encode("latin-1", "replace")

    good = head("200 OK", kind, length) + body
    return rng.choice([
        lambda: good,
        lambda: head("200 OK", kind, "Transfer-Encoding: chunked\r\n") + chunks,
        lambda: head("200 OK", kind) + body,
        lambda: head(rng.choice(["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent", "300 Many",
                                 "304 Not"]), f"Location: {locations(rng, number)}\r\n", "Content-Length: 0\r\n"),
        lambda: head("401 Unauthorized", f"WWW-Authenticate: {challenges(rng)}\r\n", "Content-Length: 0\r\n"),
        lambda: head("401 Unauthorized", f"WWW-Authenticate: {challenges(rng)}\r\n", kind,
                     "Content-Length: 3\r\n") + b"abc",
        lambda: head("407 Proxy", f"Proxy-Authenticate: {challenges(rng)}\r\n", "Content-Length: 0\r\n"),
        lambda: head("100 Continue") + good,
        lambda: head("101 Switching", "Upgrade: x\r\nConnection: upgrade\r\n") + good,
        lambda: good + good,
        lambda: good + head("302 Found", "Location: /x\r\n"),
        lambda: head("204 No") + good,
        lambda: head(rng.choice(["404 x", "500 x", "999 x", "000 x", "99999 x", "", "20"]), kind, length) + body,
    ])()


def piece_sizes(rng, data):
    """Where the answer is cut into what is sent at a time."""
    return rng.choice([len(data) or 1, len(data) or 1, 1 + rng.randrange(200), 1 + rng.randrange(20)])


def rng_of(seed, scheme, number, turn=0):
    return random.Random(f"{seed} {scheme} {number} {turn}")


def stream(seed, scheme, number):
    """What git-upload-pack says, over git:// or ssh."""
    rng = rng_of(seed, scheme, number)
    return mutate(rng, listings(rng))


# ---- Servers ------------------------------------------------------------------------------------------------------

def number_in(text):
    found = re.search(r"/(\d+)", text)
    return int(found.group(1)) if found else 0


def send_in_pieces(rng, peer, data):
    size = max(piece_sizes(rng, data), len(data) // 50)
    for start in range(0, len(data), size):
        peer.send(data[start:start + size])


def git_handler(seed):
    def handler(peer):
        number = number_in(peer.read().decode("latin-1"))
        send_in_pieces(rng_of(seed, "pieces", number), peer, stream(seed, "git", number))
    return handler


def http_handler(seed, scheme):
    def handler(peer):
        peer.sock.settimeout(PATIENCE)
        turn = 0
        while head := peer.request():
            number = number_in(head.split("\r\n")[0])
            rng = rng_of(seed, scheme, number, f"{turn} {'.again' in head} {'uthorization' in head}")
            answer = http_answers(rng, number)
            if rng.randrange(2):
                answer = mutate(rng, answer)
            send_in_pieces(rng, peer, answer)
            turn += 1
            # Behind an answer that may have no end: nothing is there to be waited for.
            if turn == 4 or rng.randrange(3) or b"Content-Length" not in answer:
                return
    return handler


class Servers:
    """All of them, for one seed."""

    def __init__(self, seed, directory):
        certs.make_all(directory)
        self.ca = directory / "ca.pem"
        self.script = directory / "ssh"
        this = pathlib.Path(__file__).resolve()
        self.script.write_text(f"#!/bin/sh\nexec {sys.executable} {this} --stream {seed} \"$*\"\n")
        self.script.chmod(0o755)
        tls = faulty.server_context(directory / "good.pem")
        self.good = faulty.Server(faulty.good_git)
        self.servers = {
            "git": [faulty.Server(git_handler(seed)) for _ in range(PORTS)],
            "http": [faulty.Server(http_handler(seed, "http")) for _ in range(PORTS)],
            "https": [faulty.Server(http_handler(seed, "https"), tls) for _ in range(PORTS)],
        }

    def url(self, scheme, number):
        if scheme == "ssh":
            return f"ssh://host{number % PORTS}/{number}"
        host = {"git": "127.0.0.1", "http": "127.0.0.1", "https": "me:secret@localhost"}[scheme]
        return f"{scheme}://{host}:{self.servers[scheme][number % PORTS].port}/{number}"

    def close(self):
        for server in itertools.chain([self.good], *self.servers.values()):
            server.close()


# ---- The helper ---------------------------------------------------------------------------------------------------

def frame(data):
    data = data.encode() if isinstance(data, str) else data
    return b"%d:%s," % (len(data), data)


def frames(data):
    """The frames of bytes that are nothing else."""
    found = []
    while data:
        length, _, rest = data.partition(b":")
        size = int(length)
        assert rest[size:size + 1] == b",", data[:100]
        found.append(rest[:size])
        data = rest[size + 1:]
    return found


NAMES = ["HEAD", "refs/heads/main", "refs/tags/v1"]


def ask(helper, urls, env, client, timeout_ms=60000):
    """{index: [kind, ...]} of what it answers, its exit status, and its stderr."""
    body = b"".join(map(frame, ["rollstamp-git/2", str(timeout_ms), str(timeout_ms), client, "network", "0"]))
    for url in urls:
        body += frame(url) + frame(str(len(NAMES))) + b"".join(map(frame, NAMES))
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen([helper], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=env,
                              start_new_session=True) as process:
            # The end of its input would end it.
            process.stdin.write(frame(body))
            process.stdin.flush()
            output = process.stdout.read()
            process.wait()
        errors.seek(0)
        text = errors.read().decode("utf-8", "replace")
    answers = {}
    for payload in frames(output):
        index, kind, *rest = frames(payload)
        answers[int(index)] = [kind.decode(), *(item.decode("utf-8", "replace") for item in rest)]
    return answers, process.returncode, text


def environment(servers, directory):
    env = {name: value for name, value in os.environ.items()
           if not name.lower().endswith("_proxy") and not name.startswith(("GIT_", "SSL_"))}
    env.setdefault("ASAN_OPTIONS", "abort_on_error=1:detect_leaks=0:intercept_strstr=0")
    env.update(HOME=str(directory), GIT_CONFIG_NOSYSTEM="1", SSL_CERT_FILE=str(servers.ca),
               GIT_SSH_COMMAND=str(servers.script), GIT_SSH_VARIANT="simple")
    return env


def run_batch(helper, servers, env, cases, client):
    """Asks for these (scheme, number), and a server that is well in the middle. Returns (crashed cases, what is wrong
    beside that, stderr)."""
    urls = [servers.url(*entry) for entry in cases]
    middle = len(urls) // 2
    urls.insert(middle, f"git://127.0.0.1:{servers.good.port}/good")
    answers, status, text = ask(helper, urls, env, client)
    wrong = []
    if answers.get(middle) != ["commits", HASH, HASH, ""]:
        wrong.append(f"the good server: {answers.get(middle)}")
    if set(answers) != set(range(len(urls))) or status not in (0, -9):
        wrong.append(f"{len(answers)} of {len(urls)} answers, status {status}")
    crashed = []
    for index, (kind, *rest) in sorted(answers.items()):
        if kind == "trouble" and re.search("crashed|gave up|killed", rest[0]) or "no complete answer" in "".join(rest):
            crashed.append((*cases[index - (index > middle)], rest[0]))
    kinds = [" ".join(answer[:2])[:60] if answer[0] == "trouble" else answer[0] for answer in answers.values()]
    return crashed, wrong, text, {kind: kinds.count(kind) for kind in set(kinds)}


def run_all(helper, seed, cases, client="libgit2", tell=print):
    """Runs them in batches. Returns (cases that crashed, what else is wrong)."""
    crashed, wrong, counts = [], [], {}
    with tempfile.TemporaryDirectory(prefix="rollstamp-mutated-") as name, contextlib.ExitStack() as stack:
        directory = pathlib.Path(name)
        servers = Servers(seed, directory)
        stack.callback(servers.close)
        env = environment(servers, directory)
        for start in range(0, len(cases), BATCH):
            batch = cases[start:start + BATCH]
            found, odd, text, kinds = run_batch(helper, servers, env, batch, client)
            for kind, count in kinds.items():
                counts[kind] = counts.get(kind, 0) + count
            wrong += odd
            crashed += found
            for entry in found:
                tell(f"crash: {entry}")
            for line in odd:
                tell(f"wrong: {line}")
            if text.strip():
                tell(text[:20000])
    return crashed, wrong, counts


def main():
    parser = argparse.ArgumentParser(description="Ask rollstamp-git about mutated answers.")
    parser.add_argument("--helper")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000, help="of each scheme")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scheme", action="append", choices=SCHEMES)
    parser.add_argument("--only", type=int)
    parser.add_argument("--client", default="libgit2", choices=("libgit2", "git"))
    parser.add_argument("--stream", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        # In place of ssh: what comes after the login.
        sys.stdout.buffer.write(stream(options.stream[0], "ssh", number_in(options.stream[1])))
        return
    numbers = [options.only] if options.only is not None else range(options.first, options.first + options.count)
    cases = [(scheme, number) for number in numbers for scheme in options.scheme or ("git", "http", "https")]
    crashed, wrong, counts = run_all(options.helper, options.seed, cases, options.client)
    print(f"seed {options.seed}: {len(cases)} answers, {counts}, {len(crashed)} crashed, {len(wrong)} wrong")
    sys.exit(1 if crashed or wrong else 0)


if __name__ == "__main__":
    threading.stack_size(256 * 1024)
    main()
