# SPDX-License-Identifier: Apache-2.0
"""Passwords over https: where they come from, who gets them, and where they never show."""

import base64
import os
import pty
import re
import select
import stat
import threading

import faulty
import servers
from case import VARIABLE, configmap, container, deployment, of_configmap, of_secret, secret, web
from deadlines_test import helper
from faulty import SERVICE, answer, http, listing
from lib.tap import each, test

CREDENTIALS = f"echo username={servers.NAME}\necho password={servers.PASSWORD}\n"


def private(case, name="config.git"):
    return f"{case.world.web.https}/private/{name}"


def with_userinfo(url, userinfo=f"{servers.NAME}:{servers.PASSWORD}"):
    return url.replace("://", f"://{userinfo}@", 1)


def want(case):
    return {"config": case.world.repos.commit_of("config.git", "main")}


def resolved(case, run):
    if case.succeeded(run):
        case.equal("commit", run.stamps(), want(case))


@test("a credential helper gives the password, and git is asked with the url alone")
def from_helper(case):
    asked = case.directory / "asked"
    helper(case, f'echo "$1" >>{asked}\ncat >>{asked}\n' + CREDENTIALS)
    run = case.rollstamp(web(private(case)), "--git-timeout=20", sample=True)
    resolved(case, run)
    if not case.by_git:
        case.equal("given to git credential", [text.strip() for text in run.asked_credentials()],
                   [f"url={private(case)}"])
    case.check(asked.exists() and asked.read_text().startswith("get\n"), "the helper was not asked to get")
    case.check("store" not in asked.read_text() and "erase" not in asked.read_text(),
               f"the helper was told to store or erase: {asked.read_text()}")


@test("git is asked for nothing where no password is needed")
def not_asked(case):
    helper(case, CREDENTIALS)
    run = case.rollstamp(web(f"{case.world.web.https}/git/config.git"))
    resolved(case, run)
    case.equal("calls of git credential", run.asked_credentials(), [])


@test("git's stored credentials give the password")
def stored(case):
    store = case.home / ".git-credentials"
    store.write_text(f"https://{servers.NAME}:{servers.PASSWORD}@localhost:{case.world.web.https_port}\n")
    case.config.write_text("[credential]\n\thelper =\n\thelper = store\n")
    before = store.read_bytes()
    resolved(case, case.rollstamp(web(private(case))))
    case.check(store.read_bytes() == before, "the store was changed")


@test("name and password in the url are used, shown nowhere, and stay in the manifest as they are")
def in_url(case):
    url = with_userinfo(private(case))
    lock = case.directory / "lock.json"
    run = case.rollstamp(web(url), f"--lock={lock}", sample=True)
    resolved(case, run)
    case.check(private(case) in lock.read_text(), f"the lock has not the url without userinfo: {lock.read_text()}")
    case.check(servers.PASSWORD not in lock.read_text() and servers.NAME not in lock.read_text(),
               f"the lock has the userinfo: {lock.read_text()}")
    case.check(url.encode() in run.stdout, "the url in the manifest was changed")


@test("a percent-encoded password in the url is decoded")
def encoded_in_url(case):
    first = servers.PASSWORD[0]
    url = with_userinfo(private(case), f"{servers.NAME}:%{ord(first):02x}{servers.PASSWORD[1:]}")
    resolved(case, case.rollstamp(web(url)))


@test("a name in the url and the password of a helper go together")
def name_in_url(case):
    helper(case, f"grep -q '^username={servers.NAME}$' || exit 0\necho password={servers.PASSWORD}\n")
    resolved(case, case.rollstamp(web(with_userinfo(private(case), servers.NAME))))


@test("a wrong password is an error that shows neither name nor password")
def wrong_password(case):
    case.secrets += ["wr0ng-passw0rd", "wr0ng-name"]
    url = private(case)
    for manifest, config in ((web(with_userinfo(url, "wr0ng-name:wr0ng-passw0rd")), None),
                             (web(url), "echo username=wr0ng-name\necho password=wr0ng-passw0rd\n")):
        if config:
            helper(case, config)
        run = case.rollstamp(manifest, sample=True)
        case.failed(run, "git-init", VARIABLE, re.escape(url), "credential|password|authenticat|login")


SECRET_URL = "s3cret-t0ken-of-the-url"


def secret_objects(case, url, ref="main"):
    return [secret("git", url=url, ref=ref),
            deployment(container(env={"GIT_REPO": of_secret("git", "url"),
                                      "GIT_CHECKOUT_BRANCH": of_secret("git", "ref")}))]


@test("url and ref of a Secret work and show nowhere")
def url_of_secret(case):
    # Its own credentials are another user's: the helper's are used.
    url = with_userinfo(private(case), "wr0ng-name:wr0ng-passw0rd")
    helper(case, CREDENTIALS)
    case.url_secrets += ["/private/config"]
    case.secrets += ["annotated", "wr0ng-name", "wr0ng-passw0rd"]
    lock = case.directory / "lock.json"
    if case.by_git:
        # Its arguments would show the url.
        run = case.rollstamp(secret_objects(case, url, "annotated"), "--git-allow=localhost", sample=True)
        case.equal("stamps", run.stamps(), {})
        case.check("the arguments of git would show" in run.log, run.log)
        return
    run = case.rollstamp(secret_objects(case, url, "annotated"), f"--lock={lock}", "--git-allow=localhost", sample=True)
    if case.succeeded(run):
        case.equal("stamp", run.stamps(), {"secret-git-url": case.world.repos.commit_of("config.git", "annotated")})
    text = lock.read_text()
    for word in case.secrets + case.url_secrets:
        case.check(word not in text, f"the lock shows {word}: {text}")
    again = case.rollstamp(secret_objects(case, url, "annotated"), f"--lock={lock}", "--locked")
    case.succeeded(again)
    case.check(again.stdout == run.stdout, "with the lock the output is another one")
    listed = case.rollstamp(secret_objects(case, url, "annotated"), "list", "--git-allow=localhost")
    for word in case.secrets + case.url_secrets:
        case.check(word not in listed.stdout.decode(), f"list shows {word}: {listed.stdout.decode()}")


@each([
    ("a wrong ref of a Secret is an error that does not show it", "{private}", "s3cret-ref-name"),
    ("an absent repository of a Secret's url is an error that does not show it", "{web}/git/s3cret-ref-name.git",
     "main"),
    ("a server of a Secret's url that cannot be reached is an error that does not show it",
     "https://s3cret-ref-name.invalid/x.git", "main"),
    ("a refused url of a Secret is an error that does not show it", "ext::sh -c s3cret-ref-name", "main"),
    ("a local url of a Secret is an error that does not show it", "file:///s3cret-ref-name", "main"),
    ("a refused ref of a Secret is an error that does not show it", "{private}", "-s3cret-ref-name"),
    ("a Secret's url that no pattern allows is an error that does not show it", "https://s3cret-ref-name.org/x",
     "main"),
])
def failing_secret(case, url, ref):
    url = url.format(private=with_userinfo(private(case)), web=case.world.web.https)
    # In a ref it is in no argument list either.
    (case.secrets if ref != "main" else case.url_secrets).append("s3cret-ref-name")
    case.url_secrets.append(f":{case.world.web.https_port}")
    run = case.rollstamp(secret_objects(case, url, ref), "--git-timeout=5", "--git-allow=localhost",
                         "--git-allow=*.invalid", "--strict", sample=True)
    case.failed(run, "git-init", VARIABLE, r"\(Secret git, key (url|ref)\)")


@test("a url whose password comes from a Secret is asked for with the user's own")
def composed(case):
    case.secrets.append(base64.b64encode(servers.PASSWORD.encode()).decode())
    case.secrets.append("t0ken-of-the-secret")
    url = private(case).replace("https://", "https://oauth2:$(GIT_TOKEN)@")
    init = container(env={"GIT_TOKEN": of_secret("git", "token"), "GIT_REPO": url, "GIT_CHECKOUT_BRANCH": "main"})
    objects = [secret("git", token="t0ken-of-the-secret"), deployment(init)]
    case.failed(case.rollstamp(objects), "git-init", VARIABLE, re.escape(private(case)), "credential helper")
    helper(case, CREDENTIALS)
    lock = case.directory / "lock.json"
    run = case.rollstamp(objects, f"--lock={lock}", sample=True)
    resolved(case, run)
    case.check("t0ken-of-the-secret" not in lock.read_text(), "the lock shows the token")
    # That the Secret is not in the input changes nothing.
    resolved(case, case.rollstamp([deployment(init)]))


@test("a token in the query of a url shows nowhere")
def in_query(case):
    case.url_secrets.append("t0ken-of-the-query")
    seen = []

    @http
    def handler(peer, head):
        seen.append(head)
        answer(peer, SERVICE + listing())

    server = case.use(faulty.Server(handler, faulty.server_context(case.world.certificates / "good.pem")))
    lock = case.directory / "lock.json"
    url = f"https://localhost:{server.port}/x.git?private_token=t0ken-of-the-query"
    run = case.rollstamp(web(url), f"--lock={lock}", sample=True)
    case.check(not lock.exists() or "t0ken" not in lock.read_text(), "the lock shows the token")
    listed = case.rollstamp(web(url), "list")
    case.check(b"t0ken" not in listed.stdout, "list shows the token")
    run = case.rollstamp(web(url, "absent"), f"--lock={lock}")
    case.failed(run, "git-init")


# ---- Who gets them ------------------------------------------------------------------------------------------------

@http
def ask_password(peer, head):
    if "\r\nauthorization:" in head.lower():
        answer(peer, SERVICE + listing())
    else:
        answer(peer, status="401 Unauthorized", headers=['WWW-Authenticate: Basic realm="x"'])


@test("no password is sent over plain http, not even one in the url")
def plain_http(case):
    helper(case, CREDENTIALS)
    server = case.use(faulty.Server(ask_password))
    url = f"http://localhost:{server.port}/x.git"
    for manifest in (web(url), web(with_userinfo(url))):
        run = case.rollstamp(manifest)
        case.failed(run, "git-init", VARIABLE, re.escape(url), "https")
        case.equal("calls of git credential", run.asked_credentials(), [])
    received = server.received().lower()
    case.check(b"get " in received and b"authorization" not in received, f"the server got {received!r}")


REDIRECTS = [
    # what, scheme of the other server, host of the other server
    ("another port", "https", "localhost"),
    ("another host", "https", "127.0.0.1"),
    ("plain http of another port", "http", "localhost"),
    ("plain http of another host", "http", "127.0.0.1"),
]


@each([(f"after a redirect to {row[0]} no password is sent", *row[1:]) for row in REDIRECTS])
def redirected(case, scheme, host):
    tls = faulty.server_context(case.world.certificates / "good.pem")
    other = case.use(faulty.Server(ask_password, tls if scheme == "https" else None))
    target = lambda path: f"{scheme}://{host}:{other.port}{path}"  # noqa: E731
    server = case.use(faulty.Server(faulty.redirect(target), tls))

    @http
    def ask_then_redirect(peer, head):
        if "\r\nauthorization:" in head.lower():
            answer(peer, status="302 Found", headers=[f"Location: {target(head.split(' ')[1])}"])
        else:
            answer(peer, status="401 Unauthorized", headers=['WWW-Authenticate: Basic realm="x"'])

    asking = case.use(faulty.Server(ask_then_redirect, tls))
    userinfo = base64.b64encode(f"{servers.NAME}:{servers.PASSWORD}".encode())
    helper(case, CREDENTIALS)
    for first in (server, asking):
        url = f"https://localhost:{first.port}/x.git"
        for manifest in (web(with_userinfo(url)), web(url)):
            run = case.rollstamp(manifest, sample=True)
            case.failed(run, "git-init", re.escape(url))
            case.check(not any(f":{other.port}" in text for text in run.asked_credentials()),
                       f"git was asked for the other server: {run.asked_credentials()}")
    received = other.received()
    case.check(b"authorization" not in received.lower() and userinfo not in received
               and servers.PASSWORD.encode() not in received, f"the other server got {received!r}")


@test("a redirect whose target has a name and password sends neither elsewhere nor shows them")
def redirect_with_userinfo(case):
    case.secrets.append("redirect-s3cret")
    target = with_userinfo(f"{case.world.web.http}/absent", "me:redirect-s3cret")
    server = case.use(faulty.Server(faulty.redirect(lambda path: f"{target}{path}?x=redirect-s3cret")))
    url = f"http://localhost:{server.port}/x.git"
    case.failed(case.rollstamp(web(url)), "git-init", re.escape(url))


# ---- Nobody is asked ----------------------------------------------------------------------------------------------

@test("nobody is ever prompted: neither the terminal nor an askpass program")
def no_prompt(case):
    called = case.directory / "askpass-was-called"
    askpass = case.directory / "askpass"
    askpass.write_text(f"#!/bin/sh\n: >{called}\necho {servers.PASSWORD}\n")
    askpass.chmod(askpass.stat().st_mode | stat.S_IXUSR)
    case.config.write_text(f"[credential]\n\thelper =\n[core]\n\taskPass = {askpass}\n")
    env = {"GIT_ASKPASS": str(askpass), "SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0",
           "GIT_TERMINAL_PROMPT": "1"}
    master, slave = pty.openpty()
    shown = bytearray()

    def read():
        while select.select([master], [], [], 0.1)[0] or not done.is_set():
            try:
                if select.select([master], [], [], 0)[0]:
                    shown.extend(os.read(master, 4096))
            except OSError:
                return

    done = threading.Event()
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    url = private(case)
    # A new session, whose terminal is the pty.
    prefix = ("/usr/bin/python3", "-c",
              "import fcntl, os, sys, termios\n"
              f"fd = os.open({os.ttyname(slave)!r}, os.O_RDWR)\n"
              "fcntl.ioctl(fd, termios.TIOCSCTTY, 0)\n"
              "os.execv(sys.argv[1], sys.argv[1:])\n")
    runs = [case.rollstamp(web(url), "--git-timeout=5", env=env, prefix=prefix)]
    case.ssh_key("locked_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    ssh_url = f"{case.world.ssh.url}/config.git"
    runs.append(case.rollstamp(web(ssh_url), "--git-timeout=5", env=env, prefix=prefix))
    done.set()
    reader.join()
    os.close(master)
    os.close(slave)
    for run in runs:
        case.failed(run, "git-init")
        case.check(run.seconds < 4 * case.world.slow_factor, f"it waited {run.seconds:.1f} s")
    case.check(not called.exists(), "askpass was called")
    case.equal("shown on the terminal", bytes(shown), b"")


# ---- Whom the program trusts --------------------------------------------------------------------------------------

def authority(case):
    return case.world.certificates / "ca.pem"


@test("without the authority's certificate nothing is trusted")
def no_authority(case):
    run = case.rollstamp(web(f"{case.world.web.https}/git/config.git"), env={"SSL_CERT_FILE": None})
    case.failed(run, "git-init", "certificate", "SSL_CERT_FILE")


@test("git's http.sslCAInfo adds an authority")
def ca_info(case):
    case.config.write_text(f"[http]\n\tsslCAInfo = {authority(case)}\n")
    resolved(case, case.rollstamp(web(f"{case.world.web.https}/git/config.git"), env={"SSL_CERT_FILE": None}))


@test("git's http.<url>.sslCAInfo adds an authority for a server")
def ca_info_of_url(case):
    case.config.write_text(f'[http "{case.world.web.https}"]\n\tsslCAInfo = {authority(case)}\n')
    run = case.rollstamp(web(f"{case.world.web.https}/git/config.git"), env={"SSL_CERT_FILE": None})
    if run.status != 0:
        case.failed(run, "git-init", "certificate", "SSL_CERT_FILE")
    else:
        resolved(case, run)


@test("GIT_SSL_CAINFO adds an authority, as for git")
def ca_info_of_environment(case):
    resolved(case, case.rollstamp(web(f"{case.world.web.https}/git/config.git"),
                                  env={"SSL_CERT_FILE": None, "GIT_SSL_CAINFO": str(authority(case))}))


@test("SSL_CERT_DIR adds the authorities of a directory")
def ca_directory(case):
    directory = case.directory / "authorities"
    directory.mkdir()
    (directory / "ca.pem").write_bytes(authority(case).read_bytes())
    servers.subprocess.run(["openssl", "rehash", str(directory)], check=True)
    resolved(case, case.rollstamp(web(f"{case.world.web.https}/git/config.git"),
                                  env={"SSL_CERT_FILE": None, "SSL_CERT_DIR": str(directory)}))


@each([
    ("that is not there", None),
    ("that is empty", b""),
    ("that is no certificate", b"hello\n"),
])
def bad_authority(case, content):
    path = case.directory / "authority.pem"
    if content is not None:
        path.write_bytes(content)
    run = case.rollstamp(web(f"{case.world.web.https}/git/config.git"), env={"SSL_CERT_FILE": str(path)})
    case.failed(run, "git-init", "certificate|SSL_CERT_FILE|authority")


@test("SSL_CERT_FILE does not matter where there is no TLS")
def authority_without_tls(case):
    resolved(case, case.rollstamp(web(f"{case.world.web.http}/git/config.git"), env={"SSL_CERT_FILE": "/nowhere"}))


@test("a url of a ConfigMap is shown without its password")
def url_of_configmap(case):
    url = with_userinfo(private(case))
    init = container(env={"GIT_REPO": of_configmap("settings", "url"), "GIT_CHECKOUT_BRANCH": "main"})
    run = case.rollstamp([configmap("settings", url=url), deployment(init)], sample=True)
    resolved(case, run)
    case.check(private(case) in str(run.report), f"the report has not the url: {run.report}")
