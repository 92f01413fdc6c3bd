# SPDX-License-Identifier: Apache-2.0
"""Servers that do one thing wrong: every run ends in time, with a message that helps, and leaves nothing behind."""

import itertools
import os
import re
import signal
import ssl
import threading
import time

import faulty
import servers
from case import VARIABLE, container, deployment, pair, web
from faulty import LISTING_TYPE, SERVICE, answer, http, listing, pkt
from lib.tap import each, test

TIMEOUT = 1.5  # seconds: --git-timeout of these runs
TOLERANCE = 1.0  # what a run may take beyond

NO_ANSWER = ["--git-timeout|time|deadline|seconds|answer"]
BROKEN = ["git server|protocol|unexpected|not.*(git|understood)|answer|invalid|clos|ended|broke|connection|TLS|read"]


# ---- Handlers -----------------------------------------------------------------------------------------------------

def hang(peer):
    peer.hang()


def read_and_hang(peer):
    peer.read()
    peer.hang()


def git_drip(peer):
    peer.read()
    peer.drip(listing(end=b"") * 100)


def drip_at_once(data):
    return lambda peer: peer.drip(data)


@http
def http_drip_status(peer, _):
    peer.drip(b"HTTP/1.1 200 OK" + b" " * 1000)


@http
def http_drip_header(peer, _):
    peer.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    peer.drip(b"abc")


@http
def http_drip_body(peer, _):
    answer(peer, b"", length=100000)
    peer.drip((SERVICE + listing(end=b"")) * 100)


@http
def http_chunks_drip(peer, _):
    peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: {LISTING_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    for byte in SERVICE + listing(end=b""):
        peer.send(b"1\r\n" + bytes([byte]) + b"\r\n")
        peer.wait(1)
    peer.hang()


@http
def http_continues(peer, _):
    while True:
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.wait(0.05)


@http
def http_endless_headers(peer, _):
    peer.send(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        peer.send(b"X-%d: %s\r\n" % (number, b"y" * 1000))


@http
def http_endless_line(peer, _):
    peer.send(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        peer.send(b"y" * 65536)


@http
def http_hang_after_listing_began(peer, _):
    answer(peer, SERVICE + listing(end=b""), length=100000)
    peer.hang()


@http
def http_hang_before_flush(peer, _):
    """All of the listing but its end: the connection stays open."""
    peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: {LISTING_TYPE}\r\n\r\n".encode() + SERVICE + listing(end=b""))
    peer.hang()


@http
def http_401_and_hang(peer, head):
    if "authorization:" in head.lower():
        peer.hang()
    answer(peer, status="401 Unauthorized", headers=['WWW-Authenticate: Basic realm="x"'])


def tls_drip(peer):
    """Bytes that could become a server's hello."""
    peer.drip(b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + b"\x03\x03" + b"r" * 1000)


def ssh_banner_drip(peer):
    peer.drip(b"SSH-2.0-OpenSSH_9.2" + b"x" * 200)


def ssh_lines_drip(peer):
    """Lines before the version, as many as it likes: the protocol allows them."""
    while True:
        peer.send(b"please wait\r\n")
        peer.wait(0.2)


def ssh_banner_and_hang(peer):
    peer.send(b"SSH-2.0-OpenSSH_9.2\r\n")
    peer.hang()


def git_endless_refs(peer):
    peer.read()
    for start in itertools.count(0, 500):
        peer.send(listing([(faulty.HASH, f"refs/heads/{start + number:012}") for number in range(500)], end=b""))


def git_many_empty(peer):
    """Packets without content, for ever."""
    peer.read()
    while True:
        peer.send(b"0004" * 10000)


HANGING = [
    # what, scheme, handler, inside of TLS
    ("accepts and never answers over git", "git", hang, False),
    ("reads the request and never answers over git", "git", read_and_hang, False),
    ("sends one byte a second over git", "git", git_drip, False),
    ("never ends its listing over git", "git", git_endless_refs, False),
    ("accepts and never answers over http", "http", hang, False),
    ("sends one byte a second of the http status", "http", http_drip_status, False),
    ("sends one byte a second of an http header", "http", http_drip_header, False),
    ("sends one byte a second of an http body", "http", http_drip_body, False),
    ("sends one byte a second in http chunks", "http", http_chunks_drip, False),
    ("stops in the middle of an http body", "http", http_hang_after_listing_began, False),
    ("stops before the end of the listing over http", "http", http_hang_before_flush, False),
    ("accepts and never begins with TLS", "https", hang, False),
    ("sends one byte a second of the TLS handshake", "https", tls_drip, False),
    ("never answers inside of TLS", "https", read_and_hang, True),
    ("sends one byte a second inside of TLS", "https", http_drip_body, True),
    ("accepts and never says its ssh version", "ssh", hang, False),
    ("sends one byte a second of its ssh version", "ssh", ssh_banner_drip, False),
    ("sends lines for ever before its ssh version", "ssh", ssh_lines_drip, False),
    ("stops after its ssh version", "ssh", ssh_banner_and_hang, False),
]


def start(case, handler, tls=None):
    context = faulty.server_context(case.world.certificates / "good.pem") if tls is True else tls
    return case.use(faulty.Server(handler, context))


def ended(case, run, timeout=TIMEOUT):
    case.check(run.seconds <= timeout + TOLERANCE * case.world.slow_factor,
               f"it took {run.seconds:.2f} s with a timeout of {timeout} s")


def judge(case, run, url, *patterns, timeout=TIMEOUT):
    """What has to be true of every failure of a server."""
    ended(case, run, timeout)
    case.failed(run, "Deployment", "web", "git-init", VARIABLE, re.escape(url), *patterns)
    case.check(run.report is None, "a report was written although the run failed")


def timed_out(case, run, url, timeout=TIMEOUT):
    judge(case, run, url, *NO_ANSWER, timeout=timeout)
    case.check(run.seconds >= timeout - 0.05, f"it gave up after {run.seconds:.2f} s of {timeout} s")
    # A reader can do something about it only if the message says that it was the time.
    case.check(re.search(f"--git-timeout|{timeout:g} s", run.stderr),
               f"the message does not say how long it waited, nor the option: {run.stderr!r}")


@each([(f"a server that {row[0]} is given up in time", *row[1:]) for row in HANGING])
def hanging(case, scheme, handler, tls):
    server = start(case, handler, tls)
    url = f"{scheme}://localhost:{server.port}/x.git"
    timed_out(case, case.rollstamp(web(url), f"--git-timeout={TIMEOUT}"), url)


@each([(f"a server that never accepts is given up in time over {scheme}", scheme)
       for scheme in ("git", "http", "https", "ssh")])
def never_accepts(case, scheme):
    server = case.use(faulty.NeverAccepts())
    url = f"{scheme}://127.0.0.1:{server.port}/x.git"
    timed_out(case, case.rollstamp(web(url), f"--git-timeout={TIMEOUT}"), url)


@test("an ssh server whose git never answers is given up in time")
def ssh_command_hangs(case):
    case.ssh_key("hanging_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    url = f"{case.world.ssh.url}/config.git"
    timed_out(case, case.rollstamp(web(url), f"--git-timeout={TIMEOUT}"),
              url.replace(f"{servers.USER}@", ""))


@each([
    ("headers for ever are given up in time and in bounded memory", http_endless_headers),
    ("a header line for ever is given up in time and in bounded memory", http_endless_line),
], alone=True)
def endless_headers(case, handler):
    server = start(case, handler)
    url = f"http://localhost:{server.port}/x.git"
    run = case.rollstamp(web(url), f"--git-timeout={TIMEOUT}")
    judge(case, run, url)
    case.check(run.max_rss < 1 << 20, f"it took {run.max_rss} KiB of memory")


# ---- Servers that answer, but wrongly -----------------------------------------------------------------------------

def git_says(data):
    def handler(peer):
        peer.read()
        peer.send(data)
    return handler


def git_says_and_stays(data):
    def handler(peer):
        peer.read()
        peer.send(data)
        peer.hang()
    return handler


def http_says(**kwargs):
    return http(lambda peer, _: answer(peer, **kwargs))


@http
def http_short(peer, _):
    answer(peer, SERVICE + listing(end=b""), length=5000)
    raise ConnectionAbortedError


GARBAGE = bytes(range(256)) * 16
CLOSED_MID_LISTING = listing(end=b"")[:-20]

WRONG = [
    # what, scheme, handler, inside of TLS, patterns of the message
    ("closes at once over git", "git", lambda peer: None, False, BROKEN),
    ("resets the connection over git", "git", faulty.reset, False, BROKEN),
    ("closes in the middle of the listing over git", "git", git_says(CLOSED_MID_LISTING), False, BROKEN),
    ("closes between two lines of the listing over git", "git", git_says(listing(end=b"")), False, BROKEN),
    ("sends garbage over git", "git", git_says(GARBAGE), False, BROKEN),
    ("sends garbage over git and stays", "git", git_says_and_stays(b"<html>" * 100), False, BROKEN),
    ("sends a bad length over git", "git", git_says_and_stays(b"0001" + listing()), False, []),
    ("sends a bad hash over git", "git", git_says_and_stays(pkt("x" * 40 + " HEAD\0\n") + b"0000"), False, []),
    ("sends only a flush over git", "git", git_says(b"0000"), False, ["'main'"]),
    ("sends empty packets for ever over git", "git", git_many_empty, False, BROKEN),
    ("sends 100 Continue for ever", "http", http_continues, False, ["HTTP"]),
    ("says an error over git", "git", git_says(pkt("ERR access denied or repository not exported\n")), False, []),
    ("says an error with escape sequences over git", "git", git_says(pkt("ERR \x1b[2J\x1b[31mpwned\r\n\n")), False, []),
    ("closes at once over http", "http", lambda peer: None, False, BROKEN),
    ("closes in the middle of the listing over http", "http", http_short, False, BROKEN),
    ("sends garbage over http", "http", http(lambda peer, _: peer.send(GARBAGE + b"\r\n\r\n")), False, BROKEN),
    ("sends a web page over http", "http", http_says(body=b"<html>hello</html>", content_type="text/html"), False, []),
    ("sends garbage as a listing over http", "http", http_says(body=GARBAGE), False, BROKEN),
    ("sends no listing over http", "http", http_says(body=SERVICE + b"0000"), False, ["'main'"]),
    ("says 403 over http", "http", http_says(status="403 Forbidden"), False, ["403|forbidden|denied|permission|right"]),
    ("says 404 over http", "http", http_says(status="404 Not Found"), False, ["404|not found|no such|repository"]),
    ("says 500 over http", "http", http_says(status="500 Internal Server Error"), False, ["500|error"]),
    ("says 401 over http, where no password may go", "http",
     http_says(status="401 Unauthorized", headers=['WWW-Authenticate: Basic realm="x"']), False,
     ["password|credential|authenticat|login", "https"]),
    ("redirects in a loop", "http", faulty.redirect(lambda path: path), False, ["redirect"]),
    ("redirects without saying where to", "http", http_says(status="302 Found"), False, ["redirect|Location"]),
    ("redirects to a file", "http", faulty.redirect("file:///etc/passwd"), False, ["redirect|scheme|refuse"]),
    ("redirects to git://", "http", faulty.redirect("git://127.0.0.1:9/x.git"), False, ["redirect|scheme|refuse"]),
    ("redirects to ssh", "https", faulty.redirect("ssh://-oProxyCommand=false/x"), True, ["redirect|scheme|refuse"]),
    ("redirects to nonsense", "http", faulty.redirect("http://[::1/%zz"), False, []),
    ("redirects in a loop inside of TLS", "https", faulty.redirect(lambda path: path), True, ["redirect"]),
    ("closes in the middle of the TLS handshake", "https", lambda peer: peer.read(), False, BROKEN),
    ("speaks http where TLS should be", "https", git_says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), False,
     ["TLS|SSL|handshake|https"]),
    ("says garbage over ssh", "ssh", lambda peer: peer.send(GARBAGE * 20), False, ["ssh|answer|connection"]),
    ("closes after its ssh version", "ssh", lambda peer: peer.send(b"SSH-2.0-x\r\n"), False, ["ssh|answer|connection"]),
]


@each([(f"a server that {row[0]} is an error at once", *row[1:]) for row in WRONG])
def wrong(case, scheme, handler, tls, patterns):
    server = start(case, handler, tls)
    url = f"{scheme}://localhost:{server.port}/x.git"
    if case.by_git and handler is http_continues:
        # As far as git, or curl, is concerned, the answer is still to come.
        timed_out(case, case.rollstamp(web(url), f"--git-timeout={TIMEOUT}"), url)
        return
    run = case.rollstamp(web(url), "--git-timeout=10")
    judge(case, run, url, *patterns, timeout=1)


CERTIFICATES = [
    ("for another name", "wrong-name", ["certificate", "name|localhost"]),
    ("that has expired", "expired", ["certificate", "expired|valid"]),
    ("that is not valid yet", "not-yet-valid", ["certificate", "valid|future"]),
    ("of an authority that nobody knows", "untrusted", ["certificate", "SSL_CERT_FILE|sslCAInfo|trust|authority"]),
]


@each([(f"a certificate {row[0]} is an error that says so", *row[1:]) for row in CERTIFICATES])
def certificates(case, name, patterns):
    server = start(case, faulty.good_http, faulty.server_context(case.world.certificates / f"{name}.pem"))
    url = f"https://localhost:{server.port}/x.git"
    judge(case, case.rollstamp(web(url), "--git-timeout=10"), url, *patterns, timeout=1)
    # What other tools obey is no way around it.
    case.config.write_text("[http]\n\tsslVerify = false\n")
    judge(case, case.rollstamp(web(url), env={"GIT_SSL_NO_VERIFY": "1"}), url, *patterns, timeout=1)
    case.check(b"GET" not in server.received(), "a request was sent")


@test("a server of TLS 1.3 only resolves, or is an error that says so")
def tls_1_3(case):
    context = faulty.server_context(case.world.certificates / "good.pem", ssl.TLSVersion.TLSv1_3)
    server = start(case, faulty.good_http, context)
    url = f"https://localhost:{server.port}/x.git"
    run = case.rollstamp(web(url))
    if run.status == 0:
        case.equal("commit", run.stamps(), {"x": faulty.HASH})
    else:
        judge(case, run, url, r"TLS 1\.3", r"TLS 1\.2", timeout=1)


@test("a port where nobody listens is an error at once")
def refused(case):
    port = servers.free_port()
    for scheme in ("git", "http", "https", "ssh"):
        url = f"{scheme}://127.0.0.1:{port}/x.git"
        judge(case, case.rollstamp(web(url)), url, "connect|refused|reach", timeout=1)


@test("a host that does not exist is an error in time")
def unknown_host(case):
    url = "https://no-such-host.invalid/x.git"
    judge(case, case.rollstamp(web(url), f"--git-timeout={TIMEOUT}"), url)


@test("2 million refs resolve or are given up in time, in bounded memory", alone=True)
def two_million(case):
    blocks = [listing([(faulty.HASH, "HEAD")], end=b"")]
    blocks += [b"".join(pkt(f"{faulty.HASH} refs/heads/branch-{start + number:07}\n") for number in range(10000))
               for start in range(0, 2_000_000, 10000)]

    def handler(peer):
        peer.read()
        for block in blocks:
            peer.send(block)
        peer.send(b"0000")
        peer.read()

    server = start(case, handler)
    url = f"git://127.0.0.1:{server.port}/x.git"
    run = case.rollstamp(web(url, "branch-1999999"), f"--git-timeout={TIMEOUT}")
    ended(case, run)
    case.notes.append(f"2 million refs: status {run.status} after {run.seconds:.2f} s, {run.max_rss} KiB")
    if run.status == 0:
        case.equal("commit", run.stamps(), {"x": faulty.HASH})
    else:
        judge(case, run, url)
    case.check(run.max_rss < 1536 << 10 or case.world.slow_factor > 1, f"it took {run.max_rss} KiB of memory")
    if case.world.slow_factor > 1:
        return
    run = case.rollstamp(web(url, "branch-1999999"), "--git-timeout=40")
    case.notes.append(f"2 million refs with time enough: status {run.status} after {run.seconds:.2f} s")
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"x": faulty.HASH})


def pieces(peer, data):
    """Sends data in twenty pieces that take a second together."""
    size = len(data) // 20 + 1
    for start in range(0, len(data), size):
        peer.send(data[start:start + size])
        peer.wait(0.05)


def git_slowly(peer):
    peer.read()
    pieces(peer, listing())
    peer.read()


@http
def http_slowly(peer, _):
    body = SERVICE + listing()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {LISTING_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    pieces(peer, head.encode() + body)


@each([(f"a slow server that is done before the deadline resolves over {scheme}", scheme, handler, scheme == "https")
       for scheme, handler in (("git", git_slowly), ("http", http_slowly), ("https", http_slowly))])
def slow_but_good(case, scheme, handler, tls):
    server = start(case, handler, tls)
    run = case.rollstamp(web(f"{scheme}://localhost:{server.port}/x.git"),
                         f"--git-timeout={4 * case.world.slow_factor}")
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"x": faulty.HASH})


@test("fractions of a second are a deadline too")
def fraction(case):
    server = start(case, hang)
    url = f"git://127.0.0.1:{server.port}/x.git"
    timed_out(case, case.rollstamp(web(url), "--git-timeout=0.3"), url, timeout=0.3)


@test("without --git-timeout the deadline is ten seconds")
def default_deadline(case):
    server = start(case, hang)
    url = f"git://127.0.0.1:{server.port}/x.git"
    timed_out(case, case.rollstamp(web(url)), url, timeout=10)


# ---- Credentials that hang ----------------------------------------------------------------------------------------

def helper(case, script):
    """Makes a credential helper of a shell script."""
    path = case.directory / "credential-helper"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    case.config.write_text(f"[credential]\n\thelper =\n\thelper = {path}\n")


HELPERS = [
    ("hangs", "exec sleep 300\n"),
    ("hangs and ignores signals", "trap '' TERM INT HUP PIPE\nwhile :; do sleep 300; done\n"),
    ("leaves a child that hangs and keeps its output open", "sleep 300 &\nsleep 300 &\nwait\n"),
    ("asks for ever", "while :; do echo username=x; sleep 0.1; done\n"),
    ("prints for ever", "exec yes username=x\n"),
]


@each([(f"a credential helper that {row[0]} is given up in time", row[1]) for row in HELPERS])
def hanging_helper(case, script):
    helper(case, script)
    url = f"{case.world.web.https}/private/config.git"
    run = case.rollstamp(web(url), f"--git-timeout={TIMEOUT}")
    judge(case, run, url)


@test("a server that hangs after it got a password is given up in time")
def hangs_with_password(case):
    server = start(case, http_401_and_hang, True)
    url = f"https://localhost:{server.port}/x.git"
    case.secrets.append("s3cret-passw0rd")
    run = case.rollstamp(web(url.replace("https://", "https://me:s3cret-passw0rd@")), f"--git-timeout={TIMEOUT}")
    timed_out(case, run, url)


@test("a server that says 401 for ever is an error at once, and is not asked for ever")
def unauthorized_for_ever(case):
    server = start(case, http_says(status="401 Unauthorized", headers=['WWW-Authenticate: Basic realm="x"']), True)
    case.secrets.append("s3cret-passw0rd")
    helper(case, "echo username=me\necho password=s3cret-passw0rd\n")
    url = f"https://localhost:{server.port}/x.git"
    run = case.rollstamp(web(url), "--git-timeout=10")
    judge(case, run, url, "password|credential|authenticat|login", timeout=2)
    case.check(server.received().count(b"GET ") <= 4, f"{server.received().count(b'GET ')} requests")


@test("no credentials at all is an error that says how to give some")
def no_credentials(case):
    url = f"{case.world.web.https}/private/config.git"
    judge(case, case.rollstamp(web(url)), url, "credential|authenticat|login",
          "git credential|credential helper|password", timeout=2)


# ---- Several servers ----------------------------------------------------------------------------------------------

@test("many servers that hang end together, not one after the other", alone=True)
def many_hang(case):
    server = start(case, hang)
    workloads = [deployment(pair(f"git://127.0.0.1:{server.port}/r{number}.git", "main"), name=f"web{number}")
                 for number in range(100)]
    run = case.rollstamp(workloads, f"--git-timeout={TIMEOUT}")
    ended(case, run)
    case.failed(run, "git-init", "--git-timeout|seconds|time")


@test("one server that hangs does not delay the others' connections")
def others_go_on(case):
    bad = start(case, hang)
    arrived = []
    lock = threading.Lock()

    def note(_):
        with lock:
            arrived.append(time.monotonic())

    good = case.use(faulty.Server(faulty.forward("127.0.0.1", case.world.daemon.port, note)))
    workloads = [deployment(pair(f"git://127.0.0.1:{bad.port}/bad.git", "main"), name="bad")]
    workloads += [deployment(pair(f"git://127.0.0.1:{good.port}/{name}.git", "main"), name=name)
                  for name in ("config", "detached", "unborn")]
    # Whoever had waited for the other one would come behind its time.
    patience = 3 * TIMEOUT * case.world.slow_factor
    begin = time.monotonic()
    run = case.rollstamp(workloads, f"--git-timeout={patience}")
    case.failed(run, "Deployment", "bad", f"git://127.0.0.1:{bad.port}/bad.git")
    case.check("config.git" not in run.stderr, "the message names a server that was well")
    case.equal("servers asked", len(arrived), 3)
    case.check(all(at - begin < 0.9 * patience for at in arrived),
               f"asked after {[round(at - begin, 2) for at in arrived]} s")


@test("one server that hangs does not lose the others' results", alone=True)
def others_count(case):
    """The lock takes the failed server's place: all the others have to be what the servers say now."""
    name = case.world.new_repository()
    bad = start(case, hang)
    lock = case.directory / "lock.json"
    good_url, bad_url = f"{case.world.web.https}/git/{name}", f"git://127.0.0.1:{bad.port}/bad.git"
    old = "1" * 40
    lock.write_text(lock_text([(good_url, "main", "branch", old), (bad_url, "main", "branch", old)]))
    workloads = [deployment(pair(good_url, "main"), name="good"), deployment(pair(bad_url, "main"), name="bad")]
    run = case.rollstamp(workloads, f"--git-timeout={TIMEOUT}", f"--lock={lock}", "--lock-fallback")
    ended(case, run)
    if case.succeeded(run):
        case.equal("of the server", list(run.stamps("good").values()), [case.world.repos.commit_of(name, "main")])
        case.equal("of the lock", list(run.stamps("bad").values()), [old])


def lock_text(entries):
    """A lock file with these (url, ref, kind, commit)."""
    lines = [f'    {{"url": "{url}", "ref": "{ref}", "kind": "{kind}", "commit": "{commit}"}}'
             for url, ref, kind, commit in sorted(entries)]
    return '{\n  "format": "rollstamp-lock/1",\n  "refs": [\n' + ",\n".join(lines) + "\n  ]\n}\n"


@test("of several servers that fail the message names the first of the manifests")
def several_fail(case):
    server = start(case, http_says(status="404 Not Found"))
    urls = [f"http://localhost:{server.port}/r{number}.git" for number in range(3)]
    run = case.rollstamp([deployment(pair(url, "main"), name=f"web{number}") for number, url in enumerate(urls)])
    case.failed(run, "git-init", re.escape(urls[0]))


# ---- The program is killed ----------------------------------------------------------------------------------------

def kill_when(case, reached, sig):
    """For `during`: kills the program once `reached()` is true."""
    def during(process):
        until = time.monotonic() + 5
        while not reached() and time.monotonic() < until:
            time.sleep(0.01)
        case.check(reached(), "the server was never reached")
        os.kill(process.pid, sig)
    return during


def killed_by(case, sig, url, reached):
    run = case.rollstamp(web(url), "--git-timeout=30", during=kill_when(case, reached, sig), report=False)
    case.check(run.status in (-sig, 128 + sig, 1), f"status {run.status}")
    case.check(run.seconds < 10, f"it ended after {run.seconds:.1f} s")


@each([(f"{sig.name} to the program ends its helper while a server hangs over {scheme}", sig, scheme)
       for sig in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT) for scheme in ("git", "https")])
def killed(case, sig, scheme):
    server = start(case, read_and_hang, scheme == "https")
    killed_by(case, sig, f"{scheme}://localhost:{server.port}/x.git", server.received)


@each([(f"{sig.name} to the program ends a credential helper that hangs", sig)
       for sig in (signal.SIGKILL, signal.SIGTERM)])
def killed_in_helper(case, sig):
    mark = case.directory / "asked"
    helper(case, f": >{mark}\ntrap '' TERM INT HUP PIPE\nwhile :; do sleep 300; done\n")
    killed_by(case, sig, f"{case.world.web.https}/private/config.git", mark.exists)


@test("a lock that was being waited for does not survive SIGKILL")
def killed_with_lock(case):
    server = start(case, read_and_hang)
    lock = case.directory / "lock.json"
    url = f"git://127.0.0.1:{server.port}/x.git"
    case.rollstamp(web(url), "--git-timeout=30", f"--lock={lock}",
                   during=kill_when(case, server.received, signal.SIGKILL), report=False)
    run = case.rollstamp(web(f"{case.world.web.https}/git/config.git"), f"--lock={lock}")
    case.succeeded(run)
    case.check("config.git" in lock.read_text(), "the lock has no entry")


@test("output that nobody reads does not keep the helper")
def closed_output(case):
    """stdout is a pipe without a reader: SIGPIPE or EPIPE, and nothing is left."""
    server = start(case, hang)
    url = f"git://127.0.0.1:{server.port}/x.git"
    run = case.rollstamp(web(url), f"--git-timeout={TIMEOUT}", prefix=("sh", "-c", '"$@" 2>&1 | :', "sh"))
    ended(case, run)


@test("a failure of a git clone names the container")
def clone_failure(case):
    server = start(case, http_says(status="404 Not Found"))
    url = f"http://localhost:{server.port}/x.git"
    run = case.rollstamp(deployment(container("fetch-content", command=["git", "clone", "-b", "main", url, "/x"])))
    case.failed(run, "Deployment", "web", "fetch-content", re.escape(url))
