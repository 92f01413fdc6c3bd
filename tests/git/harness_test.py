# SPDX-License-Identifier: Apache-2.0
"""The servers of the tests are what they say: git itself can read from them."""

import os
import subprocess

import faulty
import servers
from lib.tap import each


def git_lists(case, url, env=None, refused=None):
    """What `git ls-remote` prints for a url, as {ref: hash}; or it fails and says `refused`."""
    ssh = (f"ssh -F none -o UserKnownHostsFile={case.home}/.ssh/known_hosts -o BatchMode=yes "
           f"-i {case.home}/.ssh/id_ed25519")
    environment = {**servers.base_environment(case.home), "GIT_SSL_CAINFO": str(case.world.certificates / "ca.pem"),
                   "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": ssh, **(env or {})}
    done = subprocess.run(["git", "ls-remote", url], env=environment, stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    message = done.stderr.decode()
    case.check(refused in message if refused else done.returncode == 0, f"git ls-remote {url}: {message}")
    return {name: commit for commit, name in (line.split("\t") for line in done.stdout.decode().splitlines())}


def repository_lists(case, name):
    lines = case.world.repos.git(name, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ") for line in lines)


def same_refs(case, url, name="config.git"):
    refs = {ref: commit for ref, commit in git_lists(case, url).items()
            if ref != "HEAD" and not ref.endswith("^{}")}
    case.equal(f"refs of {url}", refs, repository_lists(case, name))


def over_https(case):
    same_refs(case, f"{case.world.web.https}/git/config.git")


def over_http(case):
    same_refs(case, f"{case.world.web.http}/git/config.git")


def with_password(case):
    url = f"https://{servers.NAME}:{servers.PASSWORD}@localhost:{case.world.web.https_port}/private/config.git"
    same_refs(case, url)
    git_lists(case, f"{case.world.web.https}/private/config.git", refused="could not read Username")


def over_ssh(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    same_refs(case, f"{case.world.ssh.url}/config.git")


def over_git(case):
    same_refs(case, f"{case.world.daemon.url}/config.git")


def redirected(case):
    same_refs(case, f"{case.world.web.http}/moved/config.git")
    same_refs(case, f"{case.world.web.http}/to-https/config.git")


def own_listing(case):
    """The faulty servers' well-behaved relatives, so that a fault is the fault and nothing else."""
    want = {"HEAD": faulty.HASH, "refs/heads/main": faulty.HASH}
    for scheme, handler, tls in (("git", faulty.good_git, False), ("http", faulty.good_http, False),
                                 ("https", faulty.good_http, True)):
        context = faulty.server_context(case.world.certificates / "good.pem") if tls else None
        server = case.use(faulty.Server(handler, context))
        case.equal(scheme, git_lists(case, f"{scheme}://127.0.0.1:{server.port}/x.git"), want)
        case.equal(f"connections over {scheme}", server.accepts, 1)


def through_proxy(case):
    server = case.use(faulty.Server(faulty.proxy))
    same = f"{case.world.web.https}/git/config.git"
    git_lists(case, same, {"https_proxy": f"http://127.0.0.1:{server.port}"})
    case.check(server.accepts > 0 and b"CONNECT localhost" in server.received(), "the proxy saw nothing")


def never_accepts(case):
    server = case.use(faulty.NeverAccepts())
    try:
        subprocess.run(["git", "ls-remote", f"git://127.0.0.1:{server.port}/x"], timeout=1, check=False,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"))
        case.check(False, "git could connect to a server that never accepts")
    except subprocess.TimeoutExpired:
        pass


@each([
    ("the web server answers git over https", over_https),
    ("the web server answers git over http", over_http),
    ("the web server asks for a password", with_password),
    ("the web server redirects git", redirected),
    ("the ssh server answers git", over_ssh),
    ("git daemon answers git", over_git),
    ("the tests' own server answers git", own_listing),
    ("the tests' own proxy passes git on", through_proxy),
    ("a server that never accepts keeps git waiting", never_accepts),
])
def harness(case, what):
    what(case)
