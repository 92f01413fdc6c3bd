# SPDX-License-Identifier: Apache-2.0
"""The lock file: merging, order, what may write it, and what needs no network."""

import concurrent.futures
import json
import os
import re
import threading

import faulty
import netns
from case import deployment, pair, web
from deadlines_test import lock_text
from lib.tap import each, test

RUNS = 20


def entries_of(path):
    """[(url, ref, kind, commit)] in the order of the file."""
    value = json.loads(path.read_text())
    return [(entry["url"], entry["ref"], entry["kind"], entry["commit"]) for entry in value["refs"]]


def is_canonical(case, path):
    """One entry a line, sorted bytewise, and a final newline: as lock_text writes it."""
    found = entries_of(path)
    case.equal("the lock file", path.read_text(), lock_text(found))
    case.equal("order of the entries", [entry[:3] for entry in found],
               sorted((entry[:3] for entry in found), key=lambda entry: [part.encode() for part in entry]))
    return found


def url_of(case, name="config.git"):
    return f"{case.world.web.https}/git/{name}"


def commit(case, ref="main", name="config.git"):
    return case.world.repos.commit_of(name, ref)


REFS = {"main": ("branch", "refs/heads/main"), "annotated": ("tag", "refs/tags/annotated"), "HEAD": ("head", "HEAD"),
        "refs/changes/1/head": ("ref", "refs/changes/1/head"), "both": ("tag", "refs/tags/both")}


def every_ref(url):
    return [deployment(pair(url, ref), name=f"web{number}") for number, ref in enumerate(REFS)]


@test("--lock records url, ref, kind and commit, sorted, one a line")
def recorded(case):
    lock = case.directory / "lock.json"
    run = case.rollstamp(every_ref(url_of(case)), f"--lock={lock}")
    if not case.succeeded(run):
        return
    found = {(ref, kind): commit for _, ref, kind, commit in is_canonical(case, lock)}
    for ref, (kind, name) in REFS.items():
        case.equal(f"entry of {ref}", found.get((ref, kind)), commit(case, name))
    # A second run changes nothing, not even the time.
    before = lock.stat()
    case.succeeded(case.rollstamp(every_ref(url_of(case)), f"--lock={lock}"))
    case.equal("time of a lock that did not change", lock.stat().st_mtime_ns, before.st_mtime_ns)
    case.equal("files beside the lock", sorted(path.name for path in case.directory.glob("*lock*")), ["lock.json"])


@test("a full hash needs no entry in the lock")
def full_hash(case):
    lock = case.directory / "lock.json"
    case.succeeded(case.rollstamp(web(url_of(case), "ab" * 20), f"--lock={lock}"))
    if lock.exists():
        case.equal("entries", entries_of(lock), [])
    lock.write_text("")
    case.succeeded(case.rollstamp(web(url_of(case), "ab" * 20), f"--lock={lock}", "--locked"))


@test("20 runs at the same time on one lock lose no entry", alone=True)
def at_the_same_time(case):
    case.world.web  # pylint: disable=pointless-statement
    lock = case.directory / "lock.json"
    names = [case.world.new_repository() for _ in range(4)]
    start = threading.Barrier(RUNS)

    def one(number):
        start.wait()
        url = url_of(case, names[number % len(names)])
        refs = [f"branch{number}", "main"]
        return case.rollstamp([deployment(pair(url, ref), name=f"web{n}") for n, ref in enumerate(refs)],
                              f"--lock={lock}", "--git-timeout=40")

    for first, name in enumerate(names):
        case.world.repos.add(name, [(f"branch{number}", f"{number}") for number in range(first, RUNS, len(names))])
    with concurrent.futures.ThreadPoolExecutor(RUNS) as pool:
        for run in pool.map(one, range(RUNS)):
            case.succeeded(run)
    want = [(url_of(case, name), "main", "branch", commit(case, "main", name)) for name in names]
    want += [(url_of(case, names[number % len(names)]), f"branch{number}", "branch",
              commit(case, f"branch{number}", names[number % len(names)])) for number in range(RUNS)]
    case.equal("entries", is_canonical(case, lock), sorted(want))


@test("a reader never sees half of a lock file", alone=True)
def atomic(case):
    """While many entries are added one by one, the file is always whole."""
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(f"https://git.example.com/{n}.git", "main", "branch", "1" * 40) for n in range(3000)]))
    stop = threading.Event()
    bad = []

    def read():
        while not stop.is_set():
            try:
                json.loads(lock.read_text())
            except (ValueError, FileNotFoundError) as e:
                bad.append(str(e))

    reader = threading.Thread(target=read)
    reader.start()
    url = f"{case.world.daemon.url}/config.git"
    for ref in ("main", "light", "annotated", "nested", "HEAD"):
        case.succeeded(case.rollstamp(web(url, ref), f"--lock={lock}"))
    stop.set()
    reader.join()
    case.equal("bad reads", bad[:3], [])
    case.equal("entries", len(entries_of(lock)), 3005)


@test("entries of others are kept, and --lock-prune drops them")
def pruned(case):
    lock = case.directory / "lock.json"
    other = ("https://git.example.com/other.git", "main", "branch", "1" * 40)
    old = (url_of(case), "gone", "branch", "2" * 40)
    lock.write_text(lock_text([other, old]))
    case.succeeded(case.rollstamp(web(url_of(case)), f"--lock={lock}"))
    mine = (url_of(case), "main", "branch", commit(case))
    case.equal("merged", is_canonical(case, lock), sorted([other, old, mine]))
    case.succeeded(case.rollstamp(web(url_of(case)), f"--lock={lock}", "--lock-prune"))
    case.equal("pruned", is_canonical(case, lock), [mine])


@test("a moved branch changes one line of the lock")
def moved(case):
    name = case.world.new_repository()
    lock = case.directory / "lock.json"
    manifests = every_ref(url_of(case, name))
    case.succeeded(case.rollstamp(manifests, f"--lock={lock}"))
    before = lock.read_text().splitlines()
    case.world.repos.commit(name, "release/1.0", "unrelated")
    case.succeeded(case.rollstamp(manifests, f"--lock={lock}"))
    case.equal("after an unrelated commit", lock.read_text().splitlines(), before)
    case.world.repos.git(name, "tag", "-f", "-a", "-m", "again", "annotated", "main")
    case.succeeded(case.rollstamp(manifests, f"--lock={lock}"))
    changed = [line for line in lock.read_text().splitlines() if line not in before]
    case.check(len(changed) == 1 and '"annotated"' in changed[0], f"changed lines: {changed}")


@test("--locked gives the same bytes in an empty network namespace, and does not touch the lock", alone=True)
def locked(case):
    lock = case.directory / "lock.json"
    manifests = every_ref(url_of(case)) + [deployment(pair(f"{case.world.daemon.url}/config.git", "main"), name="git")]
    first = case.rollstamp(manifests, f"--lock={lock}")
    if not case.succeeded(first):
        return
    before = (lock.read_bytes(), lock.stat())
    prefix = netns.prefix(case)
    os.chmod(lock, 0o444)
    run = case.rollstamp(manifests, f"--lock={lock}", "--locked", prefix=prefix, sample=True)
    if case.succeeded(run):
        case.check(run.stdout == first.stdout, "the output differs")
    case.check(not run.started("rollstamp-git"), f"a helper was started: {run.argv}")
    after = lock.stat()
    case.check(lock.read_bytes() == before[0] and after.st_mtime_ns == before[1].st_mtime_ns
               and after.st_ino == before[1].st_ino, "the lock was written")
    os.chmod(lock, 0o644)
    # Without --locked the same run fails there, or else the namespace shows nothing.
    run = case.rollstamp(manifests, f"--lock={lock}", "--git-timeout=1.5", prefix=prefix)
    case.failed(run, "git-init")
    case.check(lock.read_bytes() == before[0], "a run that failed has written the lock")


@test("--locked works in a directory that cannot be written, and the branch may have moved")
def locked_read_only(case):
    name = case.world.new_repository()
    directory = case.directory / "ro"
    directory.mkdir()
    lock = directory / "lock.json"
    first = case.rollstamp(web(url_of(case, name)), f"--lock={lock}")
    case.succeeded(first)
    names = sorted(path.name for path in directory.iterdir())
    directory.chmod(0o555)
    case.world.repos.commit(name, "main", "later")
    run = case.rollstamp(web(url_of(case, name)), f"--lock={lock}", "--locked")
    if case.succeeded(run):
        case.check(run.stdout == first.stdout, "the output differs")
    directory.chmod(0o755)
    case.equal("files of the directory", sorted(path.name for path in directory.iterdir()), names)
    run = case.rollstamp(web(url_of(case, name)), f"--lock={lock}")
    case.check(run.stdout != first.stdout, "without --locked the branch did not move")


@test("--locked without an entry is an error that says how to get one, and writes nothing")
def locked_missing(case):
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(url_of(case), "other", "branch", "1" * 40)]))
    before = lock.read_bytes()
    for ref in ("main", "light", "HEAD"):
        run = case.rollstamp(web(url_of(case), ref), f"--lock={lock}", "--locked")
        case.failed(run, "git-init", "GIT_CHECKOUT_BRANCH|GIT_REPO", url_of(case), ref, "lock", "--locked")
    case.check(lock.read_bytes() == before, "the lock was written")
    run = case.rollstamp(web(url_of(case)), f"--lock={case.directory / 'absent.json'}", "--locked")
    case.failed(run, "absent.json")
    case.check(not (case.directory / "absent.json").exists(), "the lock was made")


@test("--locked without --lock is a usage error")
def locked_alone(case):
    for option in ("--locked", "--lock-prune", "--lock-fallback"):
        run = case.rollstamp(web(url_of(case)), option)
        case.equal(f"status of {option}", run.status, 2)
        case.check(run.stdout == b"" and "--lock" in run.stderr, f"message: {run.stderr!r}")


@test("without --lock-fallback a server that fails is an error although the lock has the commit")
def no_fallback(case):
    server = case.use(faulty.Server(faulty.reset))
    url = f"git://127.0.0.1:{server.port}/x.git"
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(url, "main", "branch", "1" * 40)]))
    before = lock.read_bytes()
    run = case.rollstamp(web(url), f"--lock={lock}")
    case.failed(run, "git-init", url)
    case.check(lock.read_bytes() == before, "a run that failed has written the lock")


FAILING = [
    ("resets the connection", faulty.reset),
    ("hangs", lambda peer: peer.hang()),
    ("sends garbage", lambda peer: peer.send(b"garbage" * 100)),
]


@each([(f"--lock-fallback uses the lock when a server {row[0]}, and reports it", row[1]) for row in FAILING])
def fallback(case, handler):
    server = case.use(faulty.Server(handler))
    url = f"git://127.0.0.1:{server.port}/x.git"
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(url, "main", "branch", "1" * 40), ("https://git.example.com/x", "a", "tag", "2" * 40)]))
    before = lock.read_bytes()
    run = case.rollstamp(web(url), f"--lock={lock}", "--lock-fallback", "--git-timeout=1.5")
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"x": "1" * 40})
        case.check("fallback" in str(run.report) or "lock" in str(run.report), f"the report is silent: {run.report}")
        case.check("lock" in run.log, f"the log is silent: {run.log}")
    case.check(lock.read_bytes() == before, "the lock was changed")
    run = case.rollstamp(web(url, "light"), f"--lock={lock}", "--lock-fallback", "--git-timeout=1.5")
    case.failed(run, "git-init", url)


@test("--lock-fallback does not hide a ref that is gone")
def fallback_absent(case):
    """The server answers: then what it says counts."""
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(url_of(case), "gone", "branch", "1" * 40)]))
    run = case.rollstamp(web(url_of(case), "gone"), f"--lock={lock}", "--lock-fallback")
    case.failed(run, "git-init", "gone")


BROKEN = [
    ("is no JSON", "{"),
    ("has another format", '{"format": "rollstamp-lock/2", "refs": []}\n'),
    ("has no format", '{"refs": []}\n'),
    ("has a commit that is none", '{"format": "rollstamp-lock/1", "refs": [{"url": "u", "ref": "r", "kind": "branch", '
                                  '"commit": "x\\" y"}]}\n'),
    ("has conflicts of a merge", '{\n<<<<<<< HEAD\n  "format": "rollstamp-lock/1",\n  "refs": []\n}\n'),
]


@each([(f"a lock that {row[0]} is an error, and stays as it is", row[1]) for row in BROKEN])
def broken(case, text):
    lock = case.directory / "lock.json"
    lock.write_text(text)
    for options in ([], ["--locked"], ["--lock-prune"]):
        run = case.rollstamp(web(url_of(case)), f"--lock={lock}", *options)
        case.failed(run, "lock.json")
        case.equal("the lock", lock.read_text(), text)


@test("an empty file is a lock without entries")
def empty_file(case):
    lock = case.directory / "lock.json"
    lock.write_text("")
    case.succeeded(case.rollstamp(web(url_of(case)), f"--lock={lock}"))
    case.equal("entries", is_canonical(case, lock), [(url_of(case), "main", "branch", commit(case))])


@test("a lock that cannot be written is an error before anything is printed")
def unwritable(case):
    for path in (case.directory / "no-such-directory" / "lock.json", case.directory):
        case.failed(case.rollstamp(web(url_of(case)), f"--lock={path}"), re.escape(str(path)))


@test("a lock that is a symbolic link stays one, and the file behind it is written")
def symbolic_link(case):
    real = case.directory / "real.json"
    real.write_text(lock_text([("https://git.example.com/x", "a", "tag", "2" * 40)]))
    link = case.directory / "lock.json"
    link.symlink_to("real.json")
    case.succeeded(case.rollstamp(web(url_of(case)), f"--lock={link}"))
    case.check(link.is_symlink(), "the link became a file")
    case.equal("entries", len(entries_of(real)), 2)


@test("mode and owner of the lock stay as they are")
def mode(case):
    lock = case.directory / "lock.json"
    lock.write_text('{\n  "format": "rollstamp-lock/1",\n  "refs": []\n}\n')
    lock.chmod(0o664)
    case.succeeded(case.rollstamp(web(url_of(case)), f"--lock={lock}"))
    case.equal("mode", oct(lock.stat().st_mode & 0o777), oct(0o664))


@test("a lock that is made by CI is used at deploy behind --git-map")
def ci_and_deploy(case):
    url = "https://git.internal.example/config.git"
    lock = case.directory / "lock.json"
    first = case.rollstamp(web(url), f"--git-map=https://git.internal.example={case.world.web.https}/git",
                           f"--lock={lock}")
    case.succeeded(first)
    second = case.rollstamp(web(url), f"--lock={lock}", "--locked")
    if case.succeeded(second):
        case.check(first.stdout == second.stdout, "the output differs")
    third = case.rollstamp(first.stdout, f"--lock={lock}", "--locked")
    if case.succeeded(third):
        case.check(first.stdout == third.stdout, "a run on the output changes it")


@test("a failing run writes no lock although other servers answered")
def failed_run(case):
    lock = case.directory / "lock.json"
    server = case.use(faulty.Server(faulty.reset))
    bad = f"git://127.0.0.1:{server.port}/x.git"
    run = case.rollstamp([deployment(pair(url_of(case), "main"), name="good"),
                          deployment(pair(bad, "main"), name="bad")], f"--lock={lock}")
    case.failed(run, "bad")
    case.check(not lock.exists(), "a lock was written")
