# SPDX-License-Identifier: Apache-2.0
"""What one server does to the program never reaches the answer of another: not by a crash, a kill, or a flood."""

import contextlib
import itertools
import os
import re
import resource
import signal
import threading
import time

import faulty
from case import deployment, pair, web
from deadlines_test import lock_text, start
from lib.tap import each, test

OLD = "1" * 40
# These signals come from the tests themselves: AddressSanitizer shall not take them for errors, and print what it thinks.
NO_REPORTS = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0:handle_sigbus=0:handle_abort=0"}


# ---- Whose process it is ------------------------------------------------------------------------------------------

def inode_of(port, peer_port):
    """The inode of the socket on loopback from `port` to `peer_port`."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        for line in file:
            fields = line.split()
            if fields[1].endswith(f":{port:04X}") and fields[2].endswith(f":{peer_port:04X}"):
                return fields[9]
    return None


def process_with(inode):
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                for fd in os.scandir(f"/proc/{entry.name}/fd"):
                    if os.readlink(fd.path) == f"socket:[{inode}]":
                        return int(entry.name)
    return None


def kill_client(peer, sig):
    """Does to the process at the other end what a crash of it, or the kernel for want of memory, would do."""
    port = peer.sock.getpeername()[1]
    pid = process_with(inode_of(port, peer.sock.getsockname()[1]))
    if pid:
        os.kill(pid, sig)


def killer(sig, times=None):
    """A handler that kills whoever asks, the first `times` times, and then answers."""
    count = itertools.count()

    def handler(peer):
        peer.read()
        if times is None or next(count) < times:
            kill_client(peer, sig)
        peer.send(faulty.listing())
        peer.read()
    return handler


def slow_good(peer):
    peer.read()
    peer.wait(0.3)
    peer.send(faulty.listing())
    peer.read()


def scene(case, bad_handler, goods=5, bads=1):
    """Workloads of good servers and, behind them, of bad ones; and options by which the lock would stand in."""
    good, bad = start(case, slow_good), start(case, bad_handler)
    urls = {f"good{number}": f"git://127.0.0.1:{good.port}/good{number}" for number in range(goods)}
    urls.update({f"bad{number}": f"git://127.0.0.1:{bad.port}/bad{number}" for number in range(bads)})
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(url, "main", "branch", OLD) for url in urls.values()]))
    return [deployment(pair(url, "main"), name=name) for name, url in urls.items()], [f"--lock={lock}",
                                                                                     "--lock-fallback"]


def only_bad_failed(case, run, *patterns):
    """The message is about a bad server, so every good one, which stand before it, has its answer."""
    case.failed(run, "Deployment", "bad0", *patterns)
    case.check("a bug" not in run.stderr, f"it blames itself without a reason: {run.stderr!r}")


def all_new(case, run, goods=5, bads=1):
    if case.succeeded(run):
        for name in [f"good{number}" for number in range(goods)] + [f"bad{number}" for number in range(bads)]:
            case.equal(name, list(run.stamps(name).values()), [faulty.HASH])


CRASHES = [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS]


@each([(f"a server whose answer ends the helper with {sig.name} fails alone, and no lock stands in", sig)
       for sig in CRASHES])
def crash(case, sig):
    workloads, options = scene(case, killer(sig))
    only_bad_failed(case, case.rollstamp(workloads, env=NO_REPORTS), "crashed", f"signal {sig.value}")
    only_bad_failed(case, case.rollstamp(workloads, *options, env=NO_REPORTS), "crashed", "--lock-fallback does not count")


@test("many servers whose answers end the helper fail alone")
def many_crashes(case):
    workloads, options = scene(case, killer(signal.SIGSEGV), goods=12, bads=20)
    only_bad_failed(case, case.rollstamp(workloads, *options, "--git-timeout=40", env=NO_REPORTS), "crashed")


@each([(f"those that were asked in a process that {sig.name} ended are asked again", sig)
       for sig in (signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM)])
def again(case, sig):
    """Alone, the second time, it is well: then all are."""
    workloads, options = scene(case, killer(sig, times=1))
    run = case.rollstamp(workloads, *options, env=NO_REPORTS)
    all_new(case, run)
    case.check(run.seconds < 5 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@test("a process that is killed whenever it asks one server is not started for ever")
def killed_for_ever(case):
    workloads, options = scene(case, killer(signal.SIGKILL))
    run = case.rollstamp(workloads, *options)
    only_bad_failed(case, run, "killed", "memory")
    case.check(run.seconds < 8 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


def helpers_of(process):
    """The helper that the program started itself, and none of the processes that this one started."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry.name}/stat", encoding="latin-1") as file:
                    name, _, rest = file.read().rpartition(")")
                # Before it has its name, whoever starts it is still waiting for that.
                if int(rest.split()[1]) == process.pid and name.endswith("(rollstamp-git"):
                    found.append(int(entry.name))
    return found


@test("a helper that is killed from outside is started again, and no lock stands in")
def killed_from_outside(case):
    asked = threading.Event()

    def handler(peer):
        peer.read()
        asked.set()
        peer.wait(0.3)
        peer.send(faulty.listing())
        peer.read()

    def during(process):
        asked.wait(10)
        for pid in helpers_of(process):
            os.kill(pid, signal.SIGKILL)

    workloads, options = scene(case, handler)
    all_new(case, case.rollstamp(workloads, *options, during=during))


@test("a helper that is killed again and again is an error that says so, and no lock stands in")
def killed_again_and_again(case):
    """No server answers, so no helper is done before it is found, however slow the machine is."""
    def has_ended(process):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)

    def during(process):
        while not has_ended(process):
            for pid in helpers_of(process):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    workloads, options = scene(case, faulty.Peer.hang, goods=0, bads=5)
    run = case.rollstamp(workloads, *options, f"--git-timeout={10 * case.world.slow_factor}", during=during)
    case.failed(run, "Deployment", "bad0", "rollstamp-git was ended", "signal 9")
    case.check("a bug" not in run.stderr, f"it blames itself without a reason: {run.stderr!r}")


@test("a helper that is stopped is no failure of a server")
def stopped(case):
    def during(process):
        until = time.monotonic() + 5
        while not (found := helpers_of(process)) and time.monotonic() < until:
            time.sleep(0.002)
        for pid in found:
            os.kill(pid, signal.SIGSTOP)

    workloads, options = scene(case, slow_good)
    run = case.rollstamp(workloads, *options, "--git-timeout=1", during=during)
    # It may have answered before it was stopped.
    if run.status == 0:
        all_new(case, run)
    else:
        case.failed(run, "had not answered within 1 s|no complete answer")


# ---- Floods -------------------------------------------------------------------------------------------------------

LONG = faulty.pkt(f"{faulty.HASH} refs/heads/{'x' * 65000}\n") * 16


def long_refs(peer):
    peer.read()
    while True:
        peer.send(LONG)


@test("a server that sends long refs for ever fails alone, in bounded memory", alone=True)
def flood(case):
    workloads, options = scene(case, long_refs, bads=3)
    run = case.rollstamp(workloads, *options, "--git-timeout=20")
    # Either its time or its share is up. Only the former is a failure of the server.
    if run.status == 0:
        all_new(case, run, bads=0)
        case.equal("of the lock", list(run.stamps("bad0").values()), [OLD])
    else:
        only_bad_failed(case, run, "256 MiB|memory|crashed|gave up")
    case.check(run.max_rss < 1200 << 10 or case.world.slow_factor > 1, f"it took {run.max_rss} KiB of memory")


TINY = b"0008NAK\n" * 100000


@test("a server that sends tiny packets for ever fails alone, in bounded memory", alone=True)
def tiny_flood(case):
    def handler(peer):
        peer.read()
        while True:
            peer.send(TINY)

    workloads, options = scene(case, handler, bads=3)
    run = case.rollstamp(workloads, *options, "--git-timeout=5")
    if run.status == 0:
        all_new(case, run, bads=0)
        case.equal("of the lock", list(run.stamps("bad0").values()), [OLD])
    else:
        only_bad_failed(case, run)
    case.check(run.max_rss < 1200 << 10 or case.world.slow_factor > 1, f"it took {run.max_rss} KiB of memory")


# ---- Our own limits -----------------------------------------------------------------------------------------------

def with_descriptors(count):
    return ("sh", "-c", f'ulimit -n {count} && exec "$@"', "sh")


@test("few descriptors are no failure of a server")
def few_descriptors(case):
    workloads, options = scene(case, faulty.good_git, goods=8, bads=60)
    for count in (24, 16):
        run = case.rollstamp(workloads, *options, "--git-timeout=30", prefix=with_descriptors(count))
        all_new(case, run, goods=8, bads=60)


@test("few descriptors and servers that hang are an error, and no old commit of a server that was well")
def few_descriptors_and_hanging(case):
    workloads, options = scene(case, lambda peer: peer.hang(), goods=30, bads=5)
    # Those that hang come first, and take what there is.
    run = case.rollstamp(workloads[::-1], *options, "--git-timeout=2", prefix=with_descriptors(24))
    case.failed(run, "--lock-fallback does not count")


@test("too few descriptors for anything are an error that says so")
def no_descriptors(case):
    workloads, options = scene(case, faulty.good_git)
    for count in range(5, 12):
        run = case.rollstamp(workloads, *options, "--git-timeout=2", report=False, prefix=with_descriptors(count))
        if run.status == 0:
            all_new(case, run)
        else:
            case.check(run.status in (1, 127) and run.stdout == b"", f"status {run.status}: {run.stdout[:200]}")
            case.check(OLD not in run.stderr and "bug" not in run.stderr, f"{count}: {run.stderr}")


@test("20,000 urls resolve, or are an error that says so, and none has an old commit", alone=True)
def many_urls(case):
    count = int(20000 / case.world.slow_factor) if not case.by_git else 500
    workloads, options = scene(case, faulty.good_git, goods=0, bads=count)
    run = case.rollstamp(workloads, *options, f"--git-timeout={10 * case.world.slow_factor}", report=False)
    case.notes.append(f"{count} urls: status {run.status} after {run.seconds:.1f} s, {run.max_rss} KiB, "
                      f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss} KiB of any run")
    case.check(OLD.encode() not in run.stdout, "an old commit was stamped")
    if run.status == 0:
        case.equal("stamps", run.stdout.count(faulty.HASH.encode()), count)
    else:
        case.failed(run, "git-init", "was not asked within|no complete answer within")


# ---- What libgit2 can't take --------------------------------------------------------------------------------------

def redirect_once(headers, status="302 Found"):
    """Redirects to another path of the same server, which is well."""
    @faulty.http
    def handler(peer, head):
        path = head.split(" ")[1]
        if path.startswith("/well/"):
            faulty.answer(peer, faulty.SERVICE + faulty.listing())
        else:
            faulty.answer(peer, status=status, headers=[f"Location: /well{path}", *headers])
    return handler


CHALLENGES = [
    ("Basic", ['WWW-Authenticate: Basic realm="x"']),
    ("Negotiate", ["WWW-Authenticate: Negotiate"]),
    ("NTLM", ["WWW-Authenticate: NTLM"]),
    ("a scheme that nobody knows", ["WWW-Authenticate: Nonsense x=y"]),
    ("Basic of a proxy", ['Proxy-Authenticate: Basic realm="x"']),
    ("Basic in another case", ['wWW-aUTHENTICATE:Basic realm="x"']),
]


@each([(f"a redirect that asks for {row[0]} over {scheme} resolves, or fails alone", scheme, row[1])
       for row in CHALLENGES for scheme in ("http", "https")])
def redirect_with_challenge(case, scheme, headers):
    good = start(case, slow_good)
    server = start(case, redirect_once(headers), scheme == "https")
    good_url, url = f"git://127.0.0.1:{good.port}/good.git", f"{scheme}://localhost:{server.port}/bad.git"
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(good_url, "main", "branch", OLD), (url, "main", "branch", OLD)]))
    workloads = [deployment(pair(good_url, "main"), name="good"), deployment(pair(url, "main"), name="bad")]
    run = case.rollstamp(workloads, f"--lock={lock}", "--lock-fallback")
    if run.status != 0:
        case.failed(run, "Deployment", "bad", re.escape(url))
        case.check(scheme == "https", f"over http it resolves: {run.stderr!r}")
        return
    case.equal("good", list(run.stamps("good").values()), [faulty.HASH])
    # Below TLS the header can't be left out: this server, and no other, may have failed.
    case.check(list(run.stamps("bad").values()) in ([[faulty.HASH]] + [[OLD]] * (scheme == "https")), "the bad one")


@test("a second answer behind the first one over http fails alone")
def pipelined(case):
    @faulty.http
    def handler(peer, _):
        body = faulty.SERVICE + faulty.listing()
        one = (f"HTTP/1.1 200 OK\r\nContent-Type: {faulty.LISTING_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
               ).encode() + body
        peer.send(one * 3)

    server = start(case, handler)
    run = case.rollstamp(web(f"http://127.0.0.1:{server.port}/x.git"))
    if run.status == 0:
        case.equal("commit", run.stamps(), {"x": faulty.HASH})
    else:
        case.failed(run, "git-init")
