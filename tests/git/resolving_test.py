# SPDX-License-Identifier: Apache-2.0
"""What a ref resolves to, over every transport: compared with what git says in the repository itself."""

import os
import re
import subprocess

import faulty
import servers
from case import VARIABLE, configmap, container, deployment, of_configmap, pair, web
from lib.tap import Skip, each, test

REFS = ["main", "release/1.0", "light", "annotated", "nested", "refs/heads/main", "refs/tags/annotated",
        "refs/tags/light", "refs/changes/1/head", "changes/1/head", "HEAD", "origin/main", "origin/release/1.0", "0123abc"]


def meaning(ref):
    """A name that git knows in the repository itself for what `ref` means to its clone."""
    return "refs/heads/" + ref.removeprefix("origin/") if ref.startswith("origin/") else \
        "refs/heads/0123abc" if ref == "0123abc" else "refs/" + ref if ref.startswith("changes/") else ref


def shown(url):
    """The url without userinfo."""
    return re.sub("//[^/@]*@", "//", url)


def url_of(case, transport, name="config.git"):
    """The url of a repository, and the arguments and environment that it needs."""
    world = case.world
    if transport == "ssh":
        case.ssh_key("user_key")
        case.known_hosts(world.ssh.known_hosts_line())
        return f"{world.ssh.url}/{name}", []
    if transport == "git":
        return f"{world.daemon.url}/{name}", []
    if transport == "file":
        return f"file://{world.repositories}/{name}", ["--git-allow-local"]
    if transport == "path":
        return f"{world.repositories}/{name}", ["--git-allow-local"]
    return f"{getattr(world.web, transport)}/git/{name}", []


@each([(f"every kind of ref resolves over {transport}", transport)
       for transport in ("https", "http", "ssh", "git", "file", "path")])
def every_ref(case, transport):
    url, args = url_of(case, transport)
    workloads = [deployment(pair(url, ref), name=f"web{number}") for number, ref in enumerate(REFS)]
    run = case.rollstamp(workloads, *args)
    if not case.succeeded(run):
        return
    for number, ref in enumerate(REFS):
        want = case.world.repos.commit_of("config.git", meaning(ref))
        case.equal(ref, run.stamps(f"web{number}"), {"config": want})


def without_ref(url):
    return deployment(container(env={"GIT_REPO": url, "GIT_BRANCH": ""}))


@test("no ref is the remote's default branch, which need not be called main")
def default_branch(case):
    name = case.world.new_repository()
    case.world.repos.git(name, "symbolic-ref", "HEAD", "refs/heads/release/1.0")
    url, _ = url_of(case, "https", name)
    run = case.rollstamp(without_ref(url))
    if case.succeeded(run):
        case.equal("commit", list(run.stamps().values()), [case.world.repos.commit_of(name, "refs/heads/release/1.0")])


@test("HEAD of a repository whose HEAD is detached is its commit")
def detached(case):
    for transport in ("https", "git"):
        url, _ = url_of(case, transport, "detached.git")
        want = case.world.repos.commit_of("detached.git", "HEAD")
        case.check(want != case.world.repos.commit_of("detached.git", "main"), "the repository is not detached")
        for manifest in (without_ref(url), web(url, "HEAD")):
            run = case.rollstamp(manifest)
            if case.succeeded(run):
                case.equal("commit", run.stamps(), {"detached": want})


@test("HEAD that is a branch without commits is an error, and the other branches resolve")
def unborn(case):
    for transport in ("https", "git"):
        url, _ = url_of(case, transport, "unborn.git")
        run = case.rollstamp(without_ref(url))
        case.failed(run, "git-init", "GIT_REPO|GIT_BRANCH", re.escape(url), "HEAD|default branch")
        run = case.rollstamp(web(url, "main"))
        if case.succeeded(run):
            case.equal("commit", run.stamps(), {"unborn": case.world.repos.commit_of("unborn.git", "main")})


@test("a repository without any ref is an error that says that the ref is not there")
def empty(case):
    for transport in ("https", "git", "file"):
        url, args = url_of(case, transport, "empty.git")
        run = case.rollstamp(web(url, "main"), *args)
        case.failed(run, "git-init", "GIT_CHECKOUT_BRANCH", re.escape(url), "'main'", "no such|not there|no ref|has no")


@test("a ref that is not there is an error that names container, variable, url and ref")
def absent(case):
    for transport in ("https", "ssh", "git"):
        url, _ = url_of(case, transport)
        refs = ["no-such-branch", "refs/heads/light", "origin/light", "refs/tags/main", "mai", "main^{}", "main/x"]
        for ref in refs if transport == "git" else refs[:2]:
            run = case.rollstamp(web(url, ref))
            case.failed(run, "Deployment", "web", "git-init", "GIT_CHECKOUT_BRANCH", re.escape(shown(url)),
                        re.escape(ref))


@test("a repository that is not there is an error that names it")
def absent_repository(case):
    for transport in ("https", "http", "ssh", "git", "file"):
        url, args = url_of(case, transport, "absent.git")
        run = case.rollstamp(web(url), *args)
        case.failed(run, "git-init", VARIABLE, re.escape(shown(url)))


@test("a name that is branch and tag is what each way of checking out takes it for")
def both(case):
    url, _ = url_of(case, "https")
    branch = case.world.repos.commit_of("config.git", "refs/heads/both")
    tag = case.world.repos.commit_of("config.git", "refs/tags/both")
    image3, image4 = "registry.k8s.io/git-sync/git-sync:v3.6.9", "registry.k8s.io/git-sync/git-sync:v4.4.0"
    rows = [
        ("git clone -b", branch, container(command=["git", "clone", "-b", "both", url, "/x"])),
        ("git clone --branch=", branch, container(command=["git", "clone", "--branch=both", url, "/x"])),
        ("git checkout", tag, container(command=["sh", "-c", f"git clone {url} /x && cd /x && git checkout both"])),
        ("GIT_CHECKOUT_BRANCH", tag, pair(url, "both")),
        ("git-sync v3's branch", branch, container(image=image3, env={
            "GIT_SYNC_REPO": url, "GIT_SYNC_BRANCH": "both", "GIT_SYNC_ONE_TIME": "true"})),
        ("git-sync v3's rev", tag, container(image=image3, env={
            "GIT_SYNC_REPO": url, "GIT_SYNC_REV": "both", "GIT_SYNC_ONE_TIME": "true"})),
        ("git-sync v4's ref", tag, container(image=image4, env={
            "GITSYNC_REPO": url, "GITSYNC_REF": "both", "GITSYNC_ONE_TIME": "true"})),
    ]
    run = case.rollstamp([deployment(row[2], name=f"web{number}") for number, row in enumerate(rows)])
    if case.succeeded(run):
        for number, (what, want, _) in enumerate(rows):
            case.equal(what, run.stamps(f"web{number}"), {"config": want})


@test("what git clone, checkout, fetch and pull really take is what is stamped")
def both_for_real(case):
    url, _ = url_of(case, "git")
    repos = case.world.repos
    for number, script in enumerate((f"git clone -q -b both {url} x",
                                     f"git clone -q {url} x && cd x && git checkout both",
                                     f"git clone -q {url} x && cd x && git checkout origin/both",
                                     f"git clone -q {url} x && cd x && git checkout 0123abc",
                                     f"git clone -q {url} x && cd x && git checkout annotated",
                                     f"git clone -q -b nested {url} x", f"git clone -q {url} x",
                                     f"git clone -q {url} x && cd x && git fetch -q origin changes/1/head:pr && "
                                     "git checkout -q pr",
                                     f"mkdir x && cd x && git init -q && git remote add origin {url} && "
                                     "git fetch -q --depth 1 origin changes/1/head && git checkout -q FETCH_HEAD",
                                     f"git init -q x && git -C x pull -q {url} both")):
        work = case.directory / f"real{number}"
        work.mkdir()
        checked_out = run_script(repos, script, work)
        run = case.rollstamp(deployment(container(command=["sh", "-c", script])))
        if case.succeeded(run):
            case.equal(script, run.stamps(), {"config": checked_out})


def run_script(repos, script, work):
    """The commit that a script has checked out in x."""
    subprocess.run(["sh", "-c", script], cwd=work, env=repos.environment, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return repos.git(str(work / "x"), "rev-parse", "HEAD")


@test("a full hash needs no network, in lower case or upper case")
def full_hash(case):
    server = case.use(faulty.Server(faulty.good_git))
    for commit in ("0123456789abcdef0123456789abcdef01234567", "0123456789ABCDEF0123456789ABCDEF01234567", "ab" * 32):
        run = case.rollstamp(web(f"git://127.0.0.1:{server.port}/config.git", commit))
        if case.succeeded(run):
            case.equal("commit", run.stamps(), {"config": commit.lower()})
    case.equal("connections", server.accepts, 0)


@test("hexadecimal digits that are no ref stand for themselves and are reported as abbreviated")
def abbreviated(case):
    url, _ = url_of(case, "https")
    digits = case.world.repos.commit_of("config.git", "main")[:10]
    run = case.rollstamp(web(url, digits))
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"config": digits})
        case.check("abbreviated" in str(run.report), f"report: {run.report}")
        case.check("abbreviated" in run.log, f"log: {run.log}")


@test("a repository of SHA-256 resolves, or says that the library cannot read it")
def sha256(case):
    for transport in ("https", "git", "file"):
        url, args = url_of(case, transport, "sha256.git")
        run = case.rollstamp(web(url), *args)
        if run.status == 0:
            case.equal("commit", run.stamps(), {"sha256": case.world.repos.commit_of("sha256.git", "main")})
        else:
            case.failed(run, "git-init", re.escape(url), "SHA-256")


@test("a url with an encoded space resolves, and the annotation's name has no space")
def with_space(case):
    want = case.world.repos.commit_of("with space.git", "main")
    run = case.rollstamp(web(f"{case.world.web.https}/git/with%20space.git"))
    if case.succeeded(run):
        case.equal("commits", list(run.stamps().values()), [want])
        case.check(all(re.fullmatch(r"with-20space-[0-9a-f]{8}|with-space-[0-9a-f]{8}", name)
                       for name in run.stamps()), f"names: {run.stamps()}")


@test("redirects are followed to another path, to https, and to a repository that asks for a password")
def redirects(case):
    want = {"config": case.world.repos.commit_of("config.git", "main")}
    for url in (f"{case.world.web.http}/moved/config.git", f"{case.world.web.https}/moved/config.git",
                f"{case.world.web.http}/to-https/config.git"):
        run = case.rollstamp(web(url))
        if case.succeeded(run):
            case.equal(url, run.stamps(), want)
    (case.home / "credentials").write_text(
        f"https://{servers.NAME}:{servers.PASSWORD}@localhost:{case.world.web.https_port}\n")
    case.config.write_text(f"[credential]\n\thelper =\n\thelper = store --file {case.home}/credentials\n")
    run = case.rollstamp(web(f"{case.world.web.https}/to-private/config.git"))
    if case.succeeded(run):
        case.equal("with a password", run.stamps(), want)


# ---- How often a server is asked ----------------------------------------------------------------------------------

def counted(case, transport):
    """(url of a repository behind a server that counts connections, that server)"""
    world = case.world
    if transport == "git":
        server = case.use(faulty.Server(faulty.forward("127.0.0.1", world.daemon.port)))
        return f"git://127.0.0.1:{server.port}/config.git", server
    port = world.web.http_port if transport == "http" else world.web.https_port
    server = case.use(faulty.Server(faulty.forward("127.0.0.1", port)))
    return f"{transport}://localhost:{server.port}/git/config.git", server


@each([(f"50 refs of one url take one connection over {transport}", transport)
       for transport in ("git", "http", "https")])
def one_connection(case, transport):
    name = case.world.new_repository()
    repos = case.world.repos
    commits = repos.add(name, [(f"branch{number}", f"{number}") for number in range(50)])
    url, server = counted(case, transport)
    url = url.replace("config.git", name)
    workloads = [deployment(pair(url, f"branch{number}"), name=f"web{number}") for number in range(50)]
    run = case.rollstamp(workloads)
    if case.succeeded(run):
        for number, commit in enumerate(commits):
            case.equal(f"branch{number}", list(run.stamps(f"web{number}").values()), [commit])
    case.equal("connections", server.accepts, 1)


@test("one url in several containers, workloads and files is asked once")
def once(case):
    url, server = counted(case, "git")
    other = case.directory / "other.yaml"
    other.write_bytes(b"")
    workloads = [
        deployment(pair(url, "main", "one"), pair(url, "release/1.0", "two"), name="web"),
        deployment(container(command=["git", "clone", url, "/x"]), name="clone"),
        deployment(name="volume", volumes=[{"name": "v", "gitRepo": {"repository": url, "revision": "light"}}],
                   containers=[{"name": "app", "image": "a", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]),
    ]
    run = case.rollstamp(workloads)
    commit = case.world.repos.commit_of
    if case.succeeded(run):
        case.equal("two containers", run.stamps("web"),
                   {"config": ",".join(sorted([commit("config.git", "main"), commit("config.git", "release/1.0")]))})
        case.equal("git clone", run.stamps("clone"), {"config": commit("config.git", "main")})
        case.equal("gitRepo", run.stamps("volume"), {"config": commit("config.git", "light")})
    case.equal("connections", server.accepts, 1)


@test("a run without git work connects to nothing and starts no helper")
def nothing_to_do(case):
    run = case.rollstamp(deployment(), sample=True)
    case.succeeded(run)
    case.check(not run.started("rollstamp-git"), f"started: {run.argv}")
    server = case.use(faulty.Server(faulty.good_git))
    url = f"git://127.0.0.1:{server.port}/config.git"
    run = case.rollstamp(web(url), "--git=off")
    if case.succeeded(run):
        case.equal("stamps", run.stamps(), {})
    run = case.rollstamp(web(url), "--git-skip=127.0.0.1*")
    if case.succeeded(run):
        case.equal("stamps", run.stamps(), {})
        case.check("127.0.0.1" in str(run.report) and "127.0.0.1" in run.log, "what was skipped is not reported")
    case.equal("connections", server.accepts, 0)


# ---- Proxies ------------------------------------------------------------------------------------------------------

@each([
    ("https goes through https_proxy", "https", {"https_proxy": "{}"}, True),
    ("https goes through HTTPS_PROXY", "https", {"HTTPS_PROXY": "{}"}, True),
    ("http goes through http_proxy", "http", {"http_proxy": "{}"}, True),
    ("https does not go through http_proxy", "https", {"http_proxy": "{}"}, False),
    ("no_proxy leaves a host out of the proxy", "https", {"https_proxy": "{}", "no_proxy": "example.com,localhost"},
     False),
    ("NO_PROXY leaves a host out of the proxy", "https", {"https_proxy": "{}", "NO_PROXY": "localhost"}, False),
    ("no_proxy of another host does not", "https", {"https_proxy": "{}", "no_proxy": "example.com"}, True),
])
def proxies(case, transport, env, through):
    proxy = case.use(faulty.Server(faulty.proxy))
    address = f"http://127.0.0.1:{proxy.port}"
    url, _ = url_of(case, transport)
    run = case.rollstamp(web(url), env={name: value.format(address) for name, value in env.items()})
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})
    case.check((proxy.accepts > 0) == through, f"the proxy got {proxy.accepts} connections")


@test("a proxy's password does not show when the proxy fails")
def proxy_password(case):
    case.secrets.append("pr0xy-passw0rd")

    @faulty.http
    def refuse(peer, _):
        faulty.answer(peer, status="502 Bad Gateway", content_type="text/plain")

    proxy = case.use(faulty.Server(refuse))
    url, _ = url_of(case, "https")
    run = case.rollstamp(web(url), env={"https_proxy": f"http://me:pr0xy-passw0rd@127.0.0.1:{proxy.port}"})
    case.failed(run, "git-init", re.escape(url), "proxy|502")


def refuse_connect(peer, _):
    faulty.answer(peer, status="407 Proxy Authentication Required", content_type="text/plain",
                  headers=['Proxy-Authenticate: Basic realm="x"'])


def proxy_stops(peer):
    peer.request()
    faulty.answer(peer, length=9)
    peer.hang()


FAULTY_PROXIES = [
    # what, handler, whether it is the deadline that ends it
    ("never answers", lambda peer: peer.hang(), True),
    ("sends one byte a second", lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\n"), True),
    ("answers with a length and then says nothing", proxy_stops, True),
    ("closes at once", lambda peer: None, False),
    ("sends garbage", lambda peer: peer.send(bytes(range(256)) * 16), False),
    ("asks for a login", faulty.http(refuse_connect), False),
]


@each([(f"a proxy that {row[0]} is an error in time over {transport}", *row[1:], transport)
       for row in FAULTY_PROXIES for transport in ("https", "http")])
def faulty_proxy(case, handler, hangs, transport):
    proxy = case.use(faulty.Server(handler))
    url, _ = url_of(case, transport)
    run = case.rollstamp(web(url), f"--git-timeout={1.5 if hangs else 10}",
                         env={f"{transport}_proxy": f"http://127.0.0.1:{proxy.port}"})
    case.failed(run, "git-init", VARIABLE, re.escape(url), "--git-timeout|seconds| s[ :,]" if hangs else "")
    case.check(run.seconds < 2.5 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@each([
    ("a proxy gets the login of its url when it asks", "http://me:pr0xy-passw0rd@127.0.0.1:{port}"),
    ("a proxy's url may end in a slash", "http://127.0.0.1:{port}/"),
    ("a proxy may be given without a scheme", "127.0.0.1:{port}"),
])
def proxy_urls(case, address):
    case.secrets.append("pr0xy-passw0rd")
    for transport in ("https", "http"):
        proxy = case.use(faulty.Server(faulty.login_proxy("me:pr0xy-passw0rd") if "@" in address else faulty.proxy))
        url, _ = url_of(case, transport)
        run = case.rollstamp(web(url), env={f"{transport}_proxy": address.format(port=proxy.port)})
        if case.succeeded(run):
            case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})
        case.check(proxy.accepts > 0, "the proxy was not used")


@test("a proxy that is named empty is none")
def empty_proxy(case):
    for transport in ("https", "http"):
        url, _ = url_of(case, transport)
        run = case.rollstamp(web(url), env={"https_proxy": "", "http_proxy": ""})
        if case.succeeded(run):
            case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})


@test("a proxy does not get what is meant for the server")
def proxy_sees(case):
    proxy = case.use(faulty.Server(faulty.proxy))
    url = f"https://{servers.NAME}:{servers.PASSWORD}@localhost:{case.world.web.https_port}/private/config.git"
    run = case.rollstamp(web(url), env={"https_proxy": f"http://127.0.0.1:{proxy.port}"})
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})
    heads = b"".join(bytes(peer.received) for peer in proxy.peers)
    case.check(b"authorization" not in heads.lower() and b"/private" not in heads, f"the proxy got {heads!r}")


# ---- Other options ------------------------------------------------------------------------------------------------

@test("--git-map connects to another address, and everything that is written has the manifest's")
def mapped(case):
    url = "http://git-server.ci.svc.cluster.local/config.git"
    lock = case.directory / "lock.json"
    run = case.rollstamp(web(url), f"--git-map=http://git-server.ci.svc.cluster.local={case.world.web.https}/git",
                         f"--lock={lock}")
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})
        for place, text in (("report", str(run.report)), ("lock", lock.read_text())):
            case.check(url in text, f"the {place} has not the url of the manifest: {text}")
            case.check(case.world.web.https not in text or place == "report", f"the {place} has the url that was asked")
    # The longest prefix wins; one that ends inside of a host name is none.
    run = case.rollstamp(web(url), f"--git-map=http://git-server.ci.svc.cluster.local={case.world.web.https}/git",
                         "--git-map=http://git-server=http://127.0.0.1:1", "--git-map=http://=http://127.0.0.1:1/")
    if case.succeeded(run):
        case.equal("the longest prefix", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})


@test("a failure behind --git-map names the manifest's url and the address that was asked")
def mapped_failure(case):
    url = "http://git-server.ci.svc.cluster.local/absent.git"
    run = case.rollstamp(web(url), f"--git-map=http://git-server.ci.svc.cluster.local={case.world.web.https}/git")
    case.failed(run, "git-init", VARIABLE, re.escape(url), re.escape(f"asked at {case.world.web.https}/git/absent.git"))


def entries(value, commit):
    """All objects in a report that have this commit as a value."""
    found = []
    if isinstance(value, dict):
        if commit in value.values():
            found.append(value)
        for part in value.values():
            found += entries(part, commit)
    elif isinstance(value, list):
        for part in value:
            found += entries(part, commit)
    return found


@test("report, log and list say url, ref, kind, commit, container and where the ref was found")
def reported(case):
    url, _ = url_of(case, "https")
    shown = url
    url = url.replace("https://", "https://someone:t0ken-in-url@")
    case.secrets.append("t0ken-in-url")
    init = container(env={"GIT_REPO": url, "GIT_CHECKOUT_BRANCH": of_configmap("settings", "branch")})
    manifests = [configmap("settings", branch="annotated"), deployment(init)]
    commit = case.world.repos.commit_of("config.git", "annotated")
    run = case.rollstamp(manifests)
    if not case.succeeded(run):
        return
    found = entries(run.report, commit)
    case.check(found, f"the report has no entry with the commit: {run.report}")
    for word in (shown, "annotated", "tag", "git-init", "GIT_CHECKOUT_BRANCH"):
        case.check(any(word in str(entry) for entry in found), f"no entry of the report says {word!r}: {found}")
    for word in (shown, "annotated", commit[:7], "git-init"):
        case.check(word in run.log, f"the log does not say {word!r}: {run.log}")
    run = case.rollstamp(manifests, "list")
    text = run.stdout.decode()
    case.equal("status of list", run.status, 0)
    for word in ("config", "annotated", commit[:7]):
        case.check(word in text, f"list does not say {word!r}: {text}")


@test("list --check finds what cannot be resolved, and list shows it")
def checked(case):
    url, _ = url_of(case, "https")
    run = case.rollstamp(web(url), "list", "--check")
    case.equal("status without findings", run.status, 0)
    run = case.rollstamp(web(url, "no-such-branch"), "list", "--check")
    case.equal("status with a ref that is not there", run.status, 1)
    case.check("no-such-branch" in run.stdout.decode() + run.stderr, "nobody says which ref")
    unknown = deployment(container(env={"GIT_REPO": url, "GIT_CHECKOUT_BRANCH": of_configmap("nowhere", "branch")}))
    run = case.rollstamp(unknown, "list", "--check")
    case.equal("status with an unknown ref", run.status, 1)
    case.check("unresolved" in run.stdout.decode(), f"list: {run.stdout.decode()}")
    refused = [deployment(pair("http://127.0.0.1:1/config.git", "main"), name="lost"), deployment(pair(url, "main"), name="found")]
    run = case.rollstamp(refused, "list", "--check")
    case.equal("status with a server that does not answer", run.status, 2)
    commit = case.world.repos.commit_of("config.git", "main")
    for word in ("failed", "lost", "found", commit[:7]):
        case.check(word in run.stdout.decode(), f"list does not say {word!r}: {run.stdout.decode()}")


@test("a server on an IPv6 address resolves")
def ipv6(case):
    try:
        server = case.use(faulty.Server(faulty.forward("127.0.0.1", case.world.web.http_port), host="::1"))
    except OSError as e:
        raise Skip(f"unavoidable: no IPv6 on loopback: {e}") from e
    run = case.rollstamp(web(f"http://[::1]:{server.port}/git/config.git"))
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})


@test("a local repository of another owner resolves or says what git wants, and never silently fails")
def foreign_owner(case):
    if os.getuid() != 0:
        raise Skip("unavoidable: only root can give a repository another owner")
    name = case.world.new_repository()
    want = case.world.repos.commit_of(name, "main")
    top = case.world.repositories / name
    for path in [top, *top.rglob("*")]:
        os.chown(path, 65534, 65534)
    run = case.rollstamp(web(f"file://{case.world.repositories}/{name}"), "--git-allow-local")
    if run.status == 0:
        case.equal("commits", list(run.stamps().values()), [want])
    else:
        case.failed(run, "git-init", "owner|safe\\.directory")
