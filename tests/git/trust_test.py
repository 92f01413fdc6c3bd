# SPDX-License-Identifier: Apache-2.0
"""Manifests are input from others: what they may make the program do, and what not."""

import re

import faulty
from case import VARIABLE, deployment, pair, web
from lib.tap import each, test


def marked(case, text):
    return text.format(mark=case.directory / "mark", repositories=case.world.repositories)


def unmarked(case):
    case.check(not (case.directory / "mark").exists(), "a command of the manifest ran")


REFUSED_URLS = [
    # what, url
    ("an ext:: url", "ext::sh -c touch%20{mark}"),
    ("an fd:: url", "fd::0"),
    ("a url of a remote helper", "testgit::{repositories}/config.git"),
    ("a url of a transport helper", "ext://sh -c touch%20{mark}"),
    ("an ftp url", "ftp://localhost/config.git"),
    ("an rsync url", "rsync://localhost/config.git"),
    ("a javascript url", "javascript:alert(1)//x"),
    ("a file url", "file://{repositories}/config.git"),
    ("a file url with a host", "file://localhost{repositories}/config.git"),
    ("a file url in capitals", "FILE://{repositories}/config.git"),
    ("an absolute path", "{repositories}/config.git"),
    ("a relative path", "../../repositories/config.git"),
    ("a path in the home", "~/config.git"),
    ("a name alone", "config.git"),
    ("a bundle", "/tmp/x.bundle"),
    ("an option as url", "--upload-pack=touch {mark}"),
    ("an option as ssh host", "ssh://-oProxyCommand=touch%20{mark}/x.git"),
    ("an option as ssh host behind a user", "ssh://x@-oProxyCommand=touch%20{mark}/x.git"),
    ("an option as ssh user", "ssh://-oProxyCommand=touch%20{mark}@localhost/x.git"),
    ("an encoded option as ssh host", "ssh://%2doProxyCommand=touch%20{mark}/x.git"),
    ("a command substitution as ssh user", "ssh://$(touch${{IFS}}{mark})@localhost/x.git"),
    ("a quote and a command as ssh user", "ssh://x';touch${{IFS}}$0'@localhost/x.git"),
    ("an encoded command as ssh user", "ssh://%60touch%20%24MARK%60@localhost/x.git"),
    ("a command as scp-like user", "`touch$IFS$MARK`@localhost:x.git"),
    ("a pipe as scp-like user", "x|y@localhost:x.git"),
    ("an option as scp-like host", "-oProxyCommand=touch {mark}:x.git"),
    ("an option as scp-like user", "-oProxyCommand=touch@localhost:x.git"),
    ("an option as path of ssh", "ssh://localhost/-oProxyCommand=x"),
    ("an encoded newline in the host", "https://localhost%0ahost=evil.example/x.git"),
    ("an encoded newline in the user", "https://a%0ahost=evil.example@localhost/x.git"),
    ("an encoded newline in the path", "https://localhost/x%0a%0ahost=evil.example"),
    ("an encoded carriage return", "https://localhost/x%0d.git"),
    ("an encoded NUL", "https://localhost/x%00.git"),
    ("a newline", "https://localhost/x\n.git"),
    ("a tab", "https://localhost/x\t.git"),
    ("an escape sequence", "https://localhost/\x1b[2Jx.git"),
    ("no host", "https:///x.git"),
    ("a port that is no number", "https://localhost:http/x.git"),
    ("a port that is too large", "https://localhost:70000/x.git"),
]


@each([(f"{what} is refused, and nothing runs", url) for what, url in REFUSED_URLS])
def refused_url(case, url):
    if url.startswith("ssh://localhost/-"):
        # A path begins with its slash: git takes this one, and so may we; nothing may run.
        case.rollstamp(web(marked(case, url)), "--git-timeout=1.5")
        return unmarked(case)
    run = case.rollstamp(web(marked(case, url)), "--git-timeout=5", "--strict", sample=True)
    case.failed(run, "Deployment", "web", "git-init", VARIABLE)
    unmarked(case)
    if url.startswith("javascript:"):
        return None  # a host of this name, which is asked for
    # It is none of a server's faults, and keeps nothing else from being stamped.
    plain = case.rollstamp(web(marked(case, url)), "--git-timeout=5")
    if case.succeeded(plain):
        case.equal("stamps", plain.stamps(), {})
    unmarked(case)
    return case.check(not any("evil.example" in argv for argv in run.argv), "the url is an argument")


REFUSED_REFS = ["-x", "--upload-pack=touch {mark}", "a\nb", "a\tb", "\x1b[2J", "a..b", "a b", "main~1", "main^", "a:b",
                "main@{{1}}", "*", "a?", "[a]", "refs/heads/*", ".a", "a/", "a.lock", "a//b", "@{{-1}}",
                "$(touch {mark})", "`touch {mark}`", "a\\b", "\x7f"]


@each([(f"the ref {ref!r} is refused without asking the server", ref) for ref in REFUSED_REFS])
def refused_ref(case, ref):
    server = case.use(faulty.Server(faulty.good_git))
    run = case.rollstamp(web(f"git://127.0.0.1:{server.port}/x.git", marked(case, ref)), "--git-timeout=5")
    case.failed(run, "Deployment", "web", "git-init", "GIT_CHECKOUT_BRANCH")
    case.equal("connections", server.accepts, 0)
    unmarked(case)


@test("--git-allow limits the hosts that are connected to")
def allowed_hosts(case):
    server = case.use(faulty.Server(faulty.good_git))
    url = f"git://127.0.0.1:{server.port}/x.git"
    for pattern in ("git.example.com", "127.0.0.2", "127.0.0", "*.0.0.2", "localhost"):
        run = case.rollstamp(web(url), f"--git-allow={pattern}")
        case.failed(run, "git-init", VARIABLE, re.escape(url), "--git-allow")
    case.equal("connections", server.accepts, 0)
    for patterns in (["127.0.0.1"], ["git.example.com", "127.*"], ["*"]):
        run = case.rollstamp(web(url), *[f"--git-allow={pattern}" for pattern in patterns])
        if case.succeeded(run):
            case.equal("commit", run.stamps(), {"x": faulty.HASH})


@test("--git-allow holds for the address behind --git-map or before it, and for every url of the run")
def allowed_mapped(case):
    server = case.use(faulty.Server(faulty.good_git))
    other = case.use(faulty.Server(faulty.good_git))
    good, bad = f"git://127.0.0.1:{server.port}/x.git", f"git://localhost:{other.port}/y.git"
    run = case.rollstamp([deployment(pair(good, "main"), name="good"), deployment(pair(bad, "main"), name="bad")],
                         "--git-allow=127.0.0.1")
    case.failed(run, "Deployment", "bad", re.escape(bad), "--git-allow")
    case.equal("connections to the refused host", other.accepts, 0)


@each([
    ("a user name that looks like the allowed host", "git://127.0.0.1@{host}/x.git"),
    ("a password that looks like the allowed host", "git://x:127.0.0.1@{host}/x.git"),
    ("a path that looks like the allowed host", "git://{host}/@127.0.0.1/x.git"),
    ("a fragment that looks like the allowed host", "git://{host}#@127.0.0.1/x.git"),
    ("a backslash before the allowed host", "git://{host}\\@127.0.0.1/x.git"),
    ("a query that looks like the allowed host", "git://{host}?@127.0.0.1/x.git"),
])
def fooled(case, url):
    """Two readers of a url that disagree about its host: the one that checks and the one that connects."""
    allowed = case.use(faulty.Server(faulty.good_git))
    other = case.use(faulty.Server(faulty.good_git))
    run = case.rollstamp(web(url.format(host=f"localhost:{other.port}")), "--git-allow=127.0.0.1", "--git-timeout=3",
                         "--strict")
    case.failed(run, "git-init", VARIABLE)
    case.equal("connections to the host that is not allowed", other.accepts, 0)
    case.equal("connections to the allowed host", allowed.accepts, 0)


@test("a redirect does not lead to a host that --git-allow leaves out")
def allowed_redirect(case):
    other = case.use(faulty.Server(faulty.good_http))
    server = case.use(faulty.Server(faulty.redirect(lambda path: f"http://127.0.0.1:{other.port}{path}")))
    url = f"http://localhost:{server.port}/x.git"
    run = case.rollstamp(web(url))
    if case.succeeded(run):
        case.equal("without --git-allow", run.stamps(), {"x": faulty.HASH})
    before = other.accepts
    run = case.rollstamp(web(url), "--git-allow=localhost")
    case.failed(run, "git-init", re.escape(url))
    case.equal("connections to the host that is not allowed", other.accepts - before, 0)


@test("--git-skip leaves urls alone without connecting, and reports them")
def skipped(case):
    server = case.use(faulty.Server(faulty.good_git))
    other = case.use(faulty.Server(faulty.good_git))
    skip_url, url = f"git://localhost:{other.port}/y.git", f"git://127.0.0.1:{server.port}/x.git"
    run = case.rollstamp([deployment(pair(url, "main"), name="good"), deployment(pair(skip_url, "main"), name="bad")],
                         "--git-skip=localhost*")
    if case.succeeded(run):
        case.equal("asked", run.stamps("good"), {"x": faulty.HASH})
        case.equal("skipped", run.stamps("bad"), {})
        case.check(skip_url in str(run.report), f"the report does not say what was skipped: {run.report}")
    case.equal("connections to the skipped host", other.accepts, 0)


@test("the user's git configuration runs nothing and rewrites nothing")
def configuration(case):
    mark = case.directory / "mark"
    case.config.write_text(
        f"[core]\n\tsshCommand = touch {mark}\n\tgitProxy = touch {mark}\n\tfsmonitor = touch {mark}\n"
        f"[url \"ext::sh -c touch% {mark} \"]\n\tinsteadOf = git://\n")
    run = case.rollstamp(web(f"{case.world.daemon.url}/config.git"),
                         env={"GIT_SSH_COMMAND": f"touch {mark}", "GIT_SSH": "/bin/false",
                              "GIT_PROXY_COMMAND": f"touch {mark}"})
    if case.by_git:
        # It rewrites, as the user wants it, but to no program.
        case.failed(run, "git-init", "insteadOf", "remote helper")
    elif case.succeeded(run):
        case.equal("commit", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})
    unmarked(case)


@test("text of a server shows in a message without control characters and without becoming lines")
def server_text(case):
    for text in ("one\ntwo\nthree", "\x1b]0;title\x07", "\u202eevil", "caf\u00e9 \xff", "%s%n", "a" * 60000):
        def handler(peer, text=text):
            peer.read()
            peer.send(faulty.pkt(b"ERR " + text.encode("utf-8", "surrogatepass")))
        server = case.use(faulty.Server(handler))
        run = case.rollstamp(web(f"git://127.0.0.1:{server.port}/x.git"))
        case.failed(run, "git-init")
        case.check(len(run.stderr) < 5000, f"the message is {len(run.stderr)} bytes long")


@test("a ref name of a server is not taken for another one")
def server_refs(case):
    """Names that end in what peels a tag, that stand twice, or that are prefixes of the one that is looked for."""
    other = "f" * 40
    refs = [(other, "HEAD"), (other, "refs/heads/mai"), (faulty.HASH, "refs/heads/main"), (other, "refs/heads/main2"),
            (other, "refs/heads/main/x"), (other, "refs/remotes/origin/main"), (other, "refs/tags/x/main")]

    def handler(peer):
        peer.read()
        peer.send(faulty.listing(refs))
        peer.read()

    server = case.use(faulty.Server(handler))
    run = case.rollstamp(web(f"git://127.0.0.1:{server.port}/x.git"))
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {"x": faulty.HASH})


@test("a hash of a server that is none is not stamped")
def server_hashes(case):
    for commit in ("g" * 40, "1" * 39, "1" * 41, "../../../etc/passwd".ljust(40, "x")):
        def handler(peer, commit=commit):
            peer.read()
            peer.send(faulty.listing([(commit, "HEAD"), (commit, "refs/heads/main")]))
            peer.read()
        server = case.use(faulty.Server(handler))
        run = case.rollstamp(web(f"git://127.0.0.1:{server.port}/x.git"), "--git-timeout=3")
        case.failed(run, "git-init")
