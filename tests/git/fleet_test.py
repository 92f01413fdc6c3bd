# SPDX-License-Identifier: Apache-2.0
"""`rollstamp lock`: many releases, one lock file; and the examples that keep it."""

import concurrent.futures
import json
import pathlib
import re
import stat
import subprocess
import threading

import yaml

import faulty
from case import configmap, container, deployment, dump, of_configmap, pair, web
from deadlines_test import lock_text
from lib.tap import test
from servers import NAME, PASSWORD
from locks_test import entries_of, every_ref, is_canonical, url_of

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "examples"
RENDERS, SERVERS = 1000, 20


def renders(case, manifests, name="renders"):
    """A directory with one file for each of {name: objects}."""
    directory = case.directory / name
    for file, objects in manifests.items():
        path = directory / f"{file}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dump(objects))
    return directory


def lock(case, path, *args, **options):
    return case.rollstamp(b"", "lock", f"--lock={path}", *map(str, args), report=False, **options)


def answer(run):
    return json.loads(run.stdout)


def fleet(urls, count):
    """Releases whose objects have the same names; what they check out stands in a ConfigMap."""
    init = container("git-init", env={"GIT_REPO": of_configmap("source", "url"),
                                      "GIT_CHECKOUT_BRANCH": of_configmap("source", "ref")})
    return {f"release{number:04}": [configmap("source", url=urls[number % len(urls)], ref="main"), deployment(init)]
            for number in range(count)}


@test("lock lists each url once for 1,000 releases with the same names on 20 servers", alone=True)
def one_listing(case):
    servers = [case.use(faulty.Server(faulty.good_git)) for _ in range(SERVERS)]
    urls = [f"git://127.0.0.1:{server.port}/x.git" for server in servers]
    path = case.directory / "fleet.json"
    run = lock(case, path, "-o", "json", "--git-timeout=40", renders(case, fleet(urls, RENDERS)))
    if not case.succeeded(run):
        return
    case.equal("listings of each server", [server.accepts for server in servers], [1] * SERVERS)
    case.equal("entries", is_canonical(case, path), sorted((url, "main", "branch", faulty.HASH) for url in urls))
    users = {row["url"]: [user["render"].rpartition("/")[2] for user in row["usedBy"]] for row in answer(run)["refs"]}
    case.equal("users", users, {url: [f"release{number:04}.yaml" for number in range(at, RENDERS, SERVERS)]
                                for at, url in enumerate(urls)})
    case.notes.append(f"{run.seconds:.2f} s")


@test("every release of a fleet renders with --locked as the lock has decided")
def locked(case):
    name = case.world.new_repository()
    path = case.directory / "fleet.json"
    url = url_of(case, name)
    clone = deployment(container("clone", command=["git", "clone", "-b", "both", url, "/x"]), name="clone")
    refs = ["main", "annotated", "HEAD", "refs/changes/1/head", "both"]
    directory = renders(case, {**{f"r{number}": web(url, ref) for number, ref in enumerate(refs)}, "clone": clone})
    case.succeeded(lock(case, path, directory))
    want = {ref: case.world.repos.commit_of(name, "refs/tags/both" if ref == "both" else ref) for ref in refs}
    case.world.repos.commit(name, "main", "later")
    for number, ref in enumerate(refs):
        run = case.rollstamp((directory / f"r{number}.yaml").read_bytes(), f"--lock={path}", "--locked")
        if case.succeeded(run):
            case.equal(f"stamp of {ref}", list(run.stamps().values()), [want[ref]])
    run = case.rollstamp((directory / "clone.yaml").read_bytes(), f"--lock={path}", "--locked")
    if case.succeeded(run):
        case.equal("stamp of a clone, which takes the branch", list(run.stamps("clone").values()),
                   [case.world.repos.commit_of(name, "refs/heads/both")])


@test("lock writes the very file that stamping the same renders one by one makes")
def same_file(case):
    url, git_url = url_of(case), f"{case.world.daemon.url}/config.git"
    sync = container("sync", image="registry.k8s.io/git-sync/git-sync:v4.2.1", args=[f"--repo={url}", "--ref=both", "--one-time"])
    templates = every_ref(url) + [deployment(sync, name="sync"), deployment(pair(git_url, "0123abc"), name="abbreviated"), *(
        deployment(container("clone", command=["git", "clone", "-b", ref, url, "/x"]), name=f"clone{number}")
        for number, ref in enumerate(("both", "main", "light")))]
    directory = renders(case, {f"r{number}": template for number, template in enumerate(templates)})
    together, alone = case.directory / "together.json", case.directory / "alone.json"
    case.succeeded(lock(case, together, directory))
    for file in sorted(directory.iterdir()):
        case.succeeded(case.rollstamp(file.read_bytes(), f"--lock={alone}"))
    case.equal("the lock", together.read_text(), alone.read_text())
    case.equal("status of --check on the other file", lock(case, alone, "--check", directory).status, 0)


@test("two users of one url who get different commits are an error, and the lock stays as it is")
def users(case):
    servers = [case.use(faulty.Server(faulty.good_git)) for _ in range(2)]
    other = faulty.listing([("f" * 40, "HEAD"), ("f" * 40, "refs/heads/main")])

    def moved_meanwhile(peer):
        peer.read()
        peer.send(other)
        peer.read()

    servers[1].handler = moved_meanwhile
    # A rule of --git-map for one of the two spellings stands for a server that tells its users apart.
    directory = renders(case, {"one": web("https://one@git.example.com/x.git"), "two": web("https://two@git.example.com/x.git")})
    maps = [f"--git-map=https://{user}@git.example.com/=git://127.0.0.1:{server.port}/"
            for user, server in zip(("one", "two"), servers)]
    path = case.directory / "fleet.json"
    path.write_text(lock_text([]))
    case.failed(lock(case, path, *maps, directory), "git ref main of https://git.example.com/x.git: no entry",
                "fleet.json stays as it is")
    both = b"---\n".join(file.read_bytes() for file in sorted(directory.iterdir()))
    case.failed(case.rollstamp(both.replace(b"name: web", b"name: other", 1), *maps, f"--lock={path}"), "no entry")
    case.equal("the lock", path.read_text(), lock_text([]))


@test("lock tells what has moved and who uses it, and --check writes nothing")
def moved(case):
    name = case.world.new_repository()
    path = case.directory / "fleet.json"
    url = url_of(case, name)
    directory = renders(case, {"one": web(url), "two": [web(url), web(url_of(case))], "three": web(url, "light")})
    case.succeeded(lock(case, path, directory))
    before, old = path.read_bytes(), case.world.repos.commit_of(name, "main")
    run = lock(case, path, "--check", directory)
    case.equal("status of --check without a change", run.status, 0)
    case.world.repos.commit(name, "main", "later")
    new = case.world.repos.commit_of(name, "main")
    run = lock(case, path, "--check", "-o", "json", directory)
    case.equal("status of --check", run.status, 1)
    case.check(path.read_bytes() == before, "--check has written the lock")
    rows = [row for row in answer(run)["refs"] if row["change"] != "same"]
    case.equal("rows", [(row["url"], row["ref"], row["from"], row["to"]) for row in rows], [(url, "main", old, new)])
    case.equal("users", [user["render"].rpartition("/")[2] for user in rows[0]["usedBy"]], ["one.yaml", "two.yaml"])
    run = lock(case, path, directory)
    if case.succeeded(run):
        text = run.stdout.decode()
        case.check(old[:8] in text and new[:8] in text and "yaml: Deployment web +1\n" in text, f"table: {text}")
    changed = [line for line in path.read_text().splitlines() if line not in before.decode().splitlines()]
    case.check(len(changed) == 1 and new in changed[0], f"changed lines: {changed}")
    # Nothing to write: not even the time changes.
    status = path.stat()
    case.succeeded(lock(case, path, directory))
    case.equal("time of a lock that did not change", path.stat().st_mtime_ns, status.st_mtime_ns)


@test("a server that is down leaves the lock as it is, whatever the others say")
def down(case):
    name = case.world.new_repository()
    bad = case.use(faulty.Server(faulty.reset))
    path = case.directory / "fleet.json"
    url, failing = url_of(case, name), f"git://127.0.0.1:{bad.port}/x.git"
    case.succeeded(lock(case, path, renders(case, {"a": web(url)})))
    text = path.read_text().replace('"refs": [', f'"refs": [\n    {{"url": "{failing}", "ref": "main", "kind": "branch", '
                                    f'"commit": "{"1" * 40}"}},')
    path.write_text(text)
    case.world.repos.commit(name, "main", "later")
    directory = renders(case, {"a": web(url), "b": web(failing), "c": web(failing, "other"), "d": web(url, "gone")})
    run = lock(case, path, "--git-timeout=5", directory)
    case.failed(run, "b.yaml", "git ref 'main' of " + re.escape(failing), "so it is for 1 other ref of it",
                "fleet.json stays as it is; also: git ref 'gone' of " + re.escape(url))
    case.equal("the lock", path.read_text(), text)
    case.failed(lock(case, path, "--check", "--git-timeout=5", directory), status=2)
    for file in ("c", "d"):
        (directory / f"{file}.yaml").unlink()
    run = lock(case, path, "--git-timeout=5", "--lock-fallback", "-o", "json", directory)
    if case.succeeded(run):
        rows = {row["url"]: row for row in answer(run)["refs"]}
        case.equal("the server that is down", rows[failing]["change"], "same")
        case.check("serverFailure" in rows[failing], f"its failure is not told: {rows[failing]}")
        case.equal("the other one", rows[url]["change"], "moved")
    case.equal("entries", len(is_canonical(case, path)), 2)
    run = lock(case, path, "--git-timeout=5", "--lock-fallback", "--check", directory)
    case.equal("status of --check with a fallback", run.status, 2)


@test("--only asks these servers alone, and --prune drops their entries alone")
def only(case):
    asked, other = (case.use(faulty.Server(faulty.good_git)) for _ in range(2))
    urls = [f"git://127.0.0.1:{server.port}/x.git" for server in (asked, other)]
    path = case.directory / "fleet.json"
    kept = (urls[1], "main", "branch", "1" * 40)
    path.write_text(lock_text(sorted([kept, (urls[0], "old", "branch", "2" * 40)])))
    directory = renders(case, {"a": web(urls[0]), "b": web(urls[1])})
    case.succeeded(lock(case, path, f"--only=127.0.0.1:{asked.port}", "--prune", directory))
    case.equal("listings", (asked.accepts, other.accepts), (1, 0))
    case.equal("entries", is_canonical(case, path), sorted([kept, (urls[0], "main", "branch", faulty.HASH)]))


@test("--prune keeps what renders in directories below use")
def below(case):
    server = case.use(faulty.Server(faulty.good_git))
    urls = [f"git://127.0.0.1:{server.port}/{name}.git" for name in "abc"]
    path = case.directory / "fleet.json"
    path.write_text(lock_text([(url, "main", "branch", "1" * 40) for url in urls]))
    directory = renders(case, {"a": web(urls[0]), "prod/eu/b": web(urls[1])})
    case.succeeded(lock(case, path, "--prune", directory))
    case.equal("entries", is_canonical(case, path), [(url, "main", "branch", faulty.HASH) for url in urls[:2]])


@test("one url in two spellings is two entries, with userinfo and without it is one")
def spellings(case):
    path = case.directory / "fleet.json"
    url = url_of(case)
    case.succeeded(lock(case, path, renders(case, {
        "a": web(url), "b": web(url.removesuffix(".git")), "c": web(url.replace("https://", "https://somebody@"))})))
    commit = case.world.repos.commit_of("config.git", "main")
    case.equal("entries", is_canonical(case, path),
               sorted((text, "main", "branch", commit) for text in (url, url.removesuffix(".git"))))


@test("locks of a fleet at the same time lose no entry", alone=True)
def at_the_same_time(case):
    path = case.directory / "fleet.json"
    servers = [case.use(faulty.Server(faulty.good_git)) for _ in range(8)]
    start = threading.Barrier(len(servers))

    def one(number):
        directory = renders(case, {"a": web(f"git://127.0.0.1:{servers[number].port}/x.git")}, f"renders{number}")
        start.wait()
        return lock(case, path, "--git-timeout=40", directory)

    with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        for run in pool.map(one, range(len(servers))):
            case.succeeded(run)
    case.equal("entries", is_canonical(case, path), sorted(
        (f"git://127.0.0.1:{server.port}/x.git", "main", "branch", faulty.HASH) for server in servers))


@test("a lock that can't be written is left whole, and nothing stays beside it")
def unwritable(case):
    server = case.use(faulty.Server(faulty.good_git))
    url = f"git://127.0.0.1:{server.port}/x.git"
    directory = renders(case, {f"r{number}": web(url.replace("/x", f"/x{number}")) for number in range(20)})
    (case.directory / "locks").mkdir()
    path = case.directory / "locks" / "fleet.json"
    path.write_text(lock_text([("https://git.example.com/x", "a", "tag", "2" * 40)]))
    before = path.read_bytes()
    # No file may grow above 512 bytes: what is said when a disk is full.
    full = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]
    case.failed(lock(case, path, directory, prefix=full), "fleet.json")
    case.check(path.read_bytes() == before, "the lock was changed")
    case.equal("files beside the lock", [file.name for file in path.parent.iterdir()], ["fleet.json"])
    missing = case.directory / "no-such-directory" / "fleet.json"
    case.failed(lock(case, missing, directory), re.escape(str(missing)))
    case.failed(lock(case, case.directory / "locks", directory), re.escape(str(case.directory / "locks")))


@test("a lock of a fleet that is a symbolic link stays one")
def symbolic_link(case):
    real, link = case.directory / "real.json", case.directory / "fleet.json"
    real.write_text(lock_text([]))
    link.symlink_to("real.json")
    case.succeeded(lock(case, link, renders(case, {"a": web(url_of(case))})))
    case.check(link.is_symlink(), "the link became a file")
    case.equal("entries", len(entries_of(real)), 1)


@test("a lock is asked for with the logins and rules of stamping")
def trust(case):
    path = case.directory / "fleet.json"
    url = f"{case.world.web.https}/private/config.git"
    directory = renders(case, {"a": web(url)})
    case.failed(lock(case, path, directory), re.escape(url))
    case.failed(lock(case, path, "--git-allow=elsewhere.example.com", directory), "allowed by no --git-allow")
    case.failed(lock(case, path, renders(case, {"a": web("file:///etc")}, "local"), "--strict"), "--git-allow-local")
    case.check(not path.exists(), "a run that failed has made a lock")
    case.config.write_text(f'[credential "{case.world.web.https}"]\n\thelper =\n'
                           f'\thelper = "!f() {{ echo username={NAME}; echo password={PASSWORD}; }}; f"\n')
    case.succeeded(lock(case, path, directory))
    run = lock(case, path, f"--git-map=https://git.example.com={case.world.web.https}/private",
               renders(case, {"a": web("https://git.example.com/config.git")}, "mapped"))
    if case.succeeded(run):
        case.equal("urls", [entry[0] for entry in entries_of(path)], ["https://git.example.com/config.git", url])


# ---- Examples -----------------------------------------------------------------------------------------------------

def tools(case, **scripts):
    """An environment in which PATH begins with rollstamp and these scripts."""
    directory = case.directory / "tools"
    directory.mkdir(exist_ok=True)
    scripts = {"rollstamp": f'#!/bin/sh\nexec {case.world.program} --git-client={case.world.client} "$@"\n', **scripts}
    for name, text in scripts.items():
        (directory / name).write_text(text)
        (directory / name).chmod(0o755)
    env = case.environment("example", case.directory, case.directory, None)
    return {**env, "PATH": f"{directory}:/usr/bin:/bin"}


def example(case, name, *args, cwd=None, env):
    return subprocess.run([EXAMPLES / name, *map(str, args)], cwd=cwd, env=env, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)


def git(directory, *args, env):
    done = subprocess.run(["git", "-C", str(directory), *args], env=env, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"git {args}: {done.stdout}")
    return done.stdout.strip()


def work_tree(case, name, origin, env):
    """A clone of the repository that holds the lock."""
    directory = case.directory / name
    git(case.directory, "clone", "--quiet", str(origin), name, env=env)
    for key, value in (("user.name", "CI"), ("user.email", "ci@example.com")):
        git(directory, "config", key, value, env=env)
    return directory


@test("examples/ci/lock commits a lock that has moved, says what moved, and pushes it")
def example_ci(case):
    env = tools(case)
    name = case.world.new_repository()
    origin = case.directory / "origin.git"
    git(case.directory, "init", "--quiet", "--bare", "--initial-branch=main", str(origin), env=env)
    directory = renders(case, {"one": web(url_of(case, name)), "two": web(url_of(case, name))})
    tree = work_tree(case, "tree", origin, env)
    git(tree, "commit", "--quiet", "--allow-empty", "-m", "first", env=env)
    git(tree, "push", "--quiet", "origin", "main", env=env)
    git(tree, "branch", "--quiet", "--set-upstream-to=origin/main", env=env)

    def job(where):
        return example(case, "ci/lock", where / "fleet.lock.json", "renders", cwd=case.directory, env=env)

    done = job(tree)
    case.equal("status of the first job", (done.returncode, done.stderr), (0, ""))
    head = git(origin, "rev-parse", "main", env=env)
    case.equal("what is pushed", head, git(tree, "rev-parse", "HEAD", env=env))
    done = job(tree)
    case.equal("status without a change", (done.returncode, done.stderr), (0, ""))
    case.equal("commits without a change", git(origin, "rev-parse", "main", env=env), head)
    # It moves, and somebody else is faster.
    other = work_tree(case, "other", origin, env)
    (other / "README").write_text("another change\n")
    git(other, "add", "README", env=env)
    git(other, "commit", "--quiet", "-m", "another change", env=env)
    git(other, "push", "--quiet", env=env)
    old = case.world.repos.commit_of(name, "main")
    case.world.repos.commit(name, "main", "later")
    new = case.world.repos.commit_of(name, "main")
    done = job(tree)
    case.equal("status of a job that is not the first to push", done.returncode, 0)
    case.equal("commits", git(origin, "log", "--format=%s", "main", env=env).split("\n"),
               ["Move the commits of git refs", "another change", "Move the commits of git refs", "first"])
    message = git(origin, "log", "-1", "--format=%B", "main", env=env)
    case.check(old[:8] in message and new[:8] in message and "one.yaml: Deployment web" in message, f"message: {message}")
    case.check(new in git(origin, "show", "main:fleet.lock.json", env=env), "the lock has not the new commit")
    # A server that is down.
    before = git(origin, "rev-parse", "main", env=env)
    renders(case, {"three": web("git://127.0.0.1:1/x.git")})
    done = job(tree)
    case.check(done.returncode != 0 and "three.yaml" in done.stderr, f"a server that is down: {done}")
    case.equal("commits then", git(origin, "rev-parse", "main", env=env), before)
    case.equal("the work tree then", git(tree, "status", "--porcelain", env=env), "")
    # A work tree with changes is not touched.
    (directory / "three.yaml").unlink()
    (tree / "README").write_text("mine\n")
    case.check(job(tree).returncode == 1 and (tree / "README").read_text() == "mine\n", "changes were lost")


def renovate_patterns():
    """[compiled pattern]: Renovate's are ECMAScript's, in which named groups are spelled otherwise."""
    manager, = json.loads((EXAMPLES / "renovate" / "renovate.json").read_text())["customManagers"]
    return manager, [re.compile(text.replace("(?<", "(?P<")) for text in manager["matchStrings"]]


@test("the pattern of examples/renovate finds branches and HEAD in a real lock, and what it writes is a lock")
def example_renovate(case):
    manager, patterns = renovate_patterns()
    path = case.directory / "fleet.lock.json"
    url = url_of(case)
    refs = {"main": "branch", "release/1.0": "branch", "annotated": "tag", "HEAD": "head", "refs/changes/1/head": "ref"}
    odd = 'https://git.example.com/a"b.git'
    directory = renders(case, {f"r{number}": web(url, ref) for number, ref in enumerate(refs)})
    case.succeeded(lock(case, path, directory))
    text = path.read_text()
    hashed = (f"sha256:{'0' * 64}", "main", "branch", "1" * 40)
    path.write_text(lock_text(sorted(entries_of(path) + [hashed, (odd, "main", "branch", "2" * 40)])))
    found = [match for pattern in patterns for match in pattern.finditer(path.read_text())]
    case.equal("what is found", sorted(
        (match["packageName"], match.groupdict().get("currentValue"), match["currentDigest"]) for match in found
        if match.groupdict().get("currentValue")), sorted(
            (url, ref, case.world.repos.commit_of("config.git", ref)) for ref in ("main", "release/1.0")))
    case.equal("HEAD", [match["currentDigest"] for match in found if "currentValue" not in match.groupdict()],
               [case.world.repos.commit_of("config.git", "HEAD")])
    names = [re.compile(name[1:-1]) for name in manager["managerFilePatterns"]]
    case.check(any(name.search(str(path)) for name in names), "the file is not looked at")
    # It puts another digest in the place of the one that was found.
    path.write_text(text)
    match = next(patterns[0].finditer(text))
    start, end = match.span("currentDigest")
    path.write_text(text[:start] + "3" * 40 + text[end:])
    run = case.rollstamp(web(url, match["currentValue"]), f"--lock={path}", "--locked")
    if case.succeeded(run):
        case.equal("stamp", list(run.stamps().values()), ["3" * 40])


FLUX = [  # url, ref, revision, when: as GitRepositories have them
    ("https://git.example.com/a", {"branch": "main"}, f"main@sha1:{'a' * 40}", "2026-01-02T00:00:00Z"),
    ("https://git.example.com/a.git", {"branch": "main"}, f"main@sha1:{'b' * 40}", "2026-01-01T00:00:00Z"),
    ("https://git.example.com/old.git", {"branch": "feature/x"}, f"feature/x/{'c' * 40}", "2023-01-01T00:00:00Z"),
    ("ssh://git@git.example.com/s.git", {"semver": "1.x"}, f"v1.2.0@sha1:{'d' * 40}", "2026-01-01T00:00:00Z"),
    ("https://git.example.com/n.git", {"name": "refs/heads/dev"}, f"refs/heads/dev@sha256:{'e' * 64}", "2026-01-01T00:00:00Z"),
    ("https://git.example.com/none.git", {"branch": "main"}, None, None),
]


def git_repositories():
    """What `kubectl get gitrepositories -o json` prints."""
    items = []
    for number, (url, ref, revision, when) in enumerate(FLUX):
        item = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                "metadata": {"name": f"g{number}", "namespace": "flux-system"}, "spec": {"interval": "1m", "url": url, "ref": ref},
                "status": {"conditions": [{"type": "Ready", "status": "True" if revision else "False"}]}}
        if revision:
            item["status"]["artifact"] = {"digest": f"sha256:{'0' * 64}", "lastUpdateTime": when, "revision": revision,
                                          "path": "x", "url": "http://source-controller/x"}
        items.append(item)
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


@test("examples/flux/lock gives the refs of a lock the commits that Flux has fetched")
def example_flux(case):
    (case.directory / "answer.json").write_text(git_repositories())
    env = tools(case, kubectl=f'#!/bin/sh\necho "$@" >{case.directory}/arguments\ncat {case.directory}/answer.json\n')
    path = case.directory / "fleet.lock.json"
    old = [("https://git.example.com/a.git", "main", "branch", "1" * 40), ("https://git.example.com/a.git", "main", "tag", "2" * 40),
           ("https://git.example.com/n", "dev", "branch", "3" * 40), ("https://git.example.com/none.git", "main", "branch", "4" * 40),
           ("https://git.example.com/old.git", "feature/x", "branch", "5" * 40), ("ssh://git.example.com/s", "v1.2.0", "tag", "6" * 40),
           (f"sha256:{'7' * 64}", "main", "branch", "8" * 40)]
    path.write_text(lock_text(sorted(old)))
    path.chmod(0o640)
    link = case.directory / "link.json"
    link.symlink_to(path.name)
    done = example(case, "flux/lock", link, "--all-namespaces", env=env)
    case.equal("status", (done.returncode, done.stderr), (0, ""))
    case.check("--all-namespaces" in (case.directory / "arguments").read_text(), "kubectl has not got the arguments")
    want = dict(zip([entry[:3] for entry in old], ["a" * 40, "2" * 40, "e" * 64, "4" * 40, "c" * 40, "d" * 40, "8" * 40]))
    case.equal("entries", is_canonical(case, path), sorted((*key, commit) for key, commit in want.items()))
    case.check(link.is_symlink() and stat.S_IMODE(path.stat().st_mode) == 0o640, "the link or the mode has changed")
    case.equal("lines that are shown", sorted(line[0] for line in done.stdout.splitlines()), ["+"] * 4 + ["-"] * 4)
    before = path.stat()
    done = example(case, "flux/lock", path, env=env)
    case.equal("the second time", (done.returncode, done.stdout), (0, "Nothing has moved.\n"))
    case.equal("time of a lock that did not change", path.stat().st_mtime_ns, before.st_mtime_ns)
    run = case.rollstamp(web("https://git.example.com/a.git"), f"--lock={path}", "--locked")
    case.succeeded(run)
    (case.directory / "answer.json").write_text("error")
    text = path.read_text()
    case.check(example(case, "flux/lock", path, env=env).returncode != 0 and path.read_text() == text,
               "a failure of kubectl has changed the lock")
    case.equal("files that are left", sorted(file.name for file in case.directory.glob("fleet.lock.json*")), ["fleet.lock.json"])


@test("examples/kargo hands the file that examples/ci/lock writes from stage to stage")
def example_kargo(case):
    """Only that the documents fit each other: Kargo is not run."""
    objects = {(o["kind"], o["metadata"]["name"]): o
               for o in yaml.safe_load_all((EXAMPLES / "kargo" / "stages.yaml").read_text())}
    warehouse = objects["Warehouse", "lock"]
    file, = warehouse["spec"]["subscriptions"][0]["git"]["includePaths"]
    task = objects["PromotionTask", "copy-lock"]
    copied, = [step["config"] for step in task["spec"]["steps"] if step["uses"] == "copy"]
    case.equal("what is copied", (copied["inPath"], copied["outPath"]), (f"./from/{file}", f"./to/{file}"))
    case.equal("its repository", task["spec"]["vars"][0]["value"], warehouse["spec"]["subscriptions"][0]["git"]["repoURL"])
    for stage in ("test", "prod"):
        step, = objects["Stage", stage]["spec"]["promotionTemplate"]["spec"]["steps"]
        case.equal(f"the task of {stage}", step["task"]["name"], task["metadata"]["name"])
    case.equal("where prod gets it from", objects["Stage", "prod"]["spec"]["requestedFreight"][0]["sources"], {"stages": ["test"]})
