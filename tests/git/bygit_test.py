# SPDX-License-Identifier: Apache-2.0
"""What asking by git brings, and what it must not: --git-client=git, whichever client the other tests have."""

import re

import faulty
import servers
from case import VARIABLE, web
from deadlines_test import lock_text, start
from faulty import SERVICE, answer, http, listing
from lib.tap import each, test

BY_GIT = "--git-client=git"


def good(case, run, name="x"):
    if case.succeeded(run):
        case.equal("commit", run.stamps(), {name: faulty.HASH})


@test("by git, a repository of SHA-256 resolves")
def sha256(case):
    run = case.rollstamp(web(f"{case.world.web.https}/git/sha256.git"), BY_GIT)
    if case.succeeded(run):
        case.equal("stamp", run.stamps(), {"sha256": case.world.repos.commit_of("sha256.git", "main")})


@test("by git, names of refs are taken whole, and tags peeled")
def names(case):
    """`git ls-remote URL main` shows a/main, too, and leaves out what v1^{} is."""
    refs = [("e" * 40, "HEAD"), ("d" * 40, "refs/heads/a/main"), ("c" * 40, "refs/heads/refs/heads/main"),
            (faulty.HASH, "refs/heads/main"), ("b" * 40, "refs/tags/a/v1"), ("a" * 40, "refs/tags/v1"),
            ("9" * 40, "refs/tags/v1^{}")]

    def handler(peer):
        peer.read()
        peer.send(listing(refs))
        peer.read()

    server = start(case, handler)
    good(case, case.rollstamp(web(f"git://127.0.0.1:{server.port}/x.git"), BY_GIT))
    run = case.rollstamp(web(f"git://127.0.0.1:{server.port}/x.git", "v1"), BY_GIT)
    if case.succeeded(run):
        case.equal("tag", run.stamps(), {"x": "9" * 40})


@test("by git, http.extraHeader of the user's configuration is sent, and that of the current directory is not")
def extra_header(case):
    @http
    def handler(peer, head):
        if "x-token: t0ken" in head.lower():
            answer(peer, SERVICE + listing())
        else:
            answer(peer, status="403 Forbidden")

    server = start(case, handler, True)
    url = f"https://localhost:{server.port}/x.git"
    case.failed(case.rollstamp(web(url), BY_GIT), "git-init", "403")
    case.config.write_text("[http]\n\textraHeader = X-Token: t0ken\n")
    good(case, case.rollstamp(web(url), BY_GIT))
    case.config.write_text("")
    env = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader", "GIT_CONFIG_VALUE_0": "X-Token: t0ken"}
    good(case, case.rollstamp(web(url), BY_GIT, env=env))


@test("by git, insteadOf leads elsewhere, also with a login of its own")
def instead_of(case):
    server = start(case, faulty.good_git)
    case.config.write_text(f'[url "git://127.0.0.1:{server.port}/"]\n\tinsteadOf = http://git.example/\n'
                           "\tinsteadOf = https://secure.example/\n")
    good(case, case.rollstamp(web("http://git.example/x.git"), BY_GIT))
    good(case, case.rollstamp(web("http://git.example/x.git"), BY_GIT, "--git-allow=git.example",
                              "--git-allow=127.0.0.1"))
    # What comes over https can be pinned: it must not come over git:// then.
    case.failed(case.rollstamp(web("https://secure.example/x.git"), BY_GIT), "git-init", "insteadOf", "--git-map")
    case.equal("connections", server.accepts, 2)
    case.config.write_text(f'[url "https://{servers.NAME}:{servers.PASSWORD}@localhost:{case.world.web.https_port}/"]\n'
                           "\tinsteadOf = https://git.example/\n")
    run = case.rollstamp(web("https://git.example/private/config.git"), BY_GIT)
    if case.succeeded(run):
        case.equal("stamp", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})


@each([(f"by git, insteadOf does not get round what is allowed: {row[0]}", *row[1:]) for row in [
    ("to a host that --git-allow leaves out", "https://127.0.0.1:{port}/", ["--git-allow=git.example"]),
    ("to a local path", "{repositories}/", []),
    ("to a file url", "file://{repositories}/", []),
    ("to a program", "ext::sh -c touch% {mark} ", []),
    ("to an option", "--upload-pack=touch {mark};", []),
]])
def no_way_round(case, target, options):
    """The manifest has a url that may be asked, and the configuration makes one of it that may not."""
    server = start(case, faulty.good_git)
    mark = case.directory / "mark"
    target = target.format(port=server.port, mark=mark, repositories=case.world.repositories)
    case.config.write_text(f'[url "{target}"]\n\tinsteadOf = https://git.example/\n')
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([("https://git.example/config.git", "main", "branch", "1" * 40)]))
    run = case.rollstamp(web("https://git.example/config.git"), BY_GIT, *options, f"--lock={lock}", "--lock-fallback")
    case.failed(run, "git-init", VARIABLE, "insteadOf", "--lock-fallback does not count")
    case.equal("connections", server.accepts, 0)
    case.check(not mark.exists(), "a command ran")


@test("by git, no redirect is followed where there is a --git-allow, whatever http.followRedirects says")
def redirects(case):
    other = start(case, faulty.good_http)
    server = start(case, faulty.redirect(lambda path: f"http://127.0.0.1:{other.port}{path}"))
    url = f"http://localhost:{server.port}/x.git"
    good(case, case.rollstamp(web(url), BY_GIT))
    before = other.accepts
    for section in ("http", f'http "http://localhost:{server.port}/x.git"', f'http "{url}/info/refs"'):
        case.config.write_text(f"[{section}]\n\tfollowRedirects = true\n")
        run = case.rollstamp(web(url), BY_GIT, "--git-allow=localhost")
        case.failed(run, "git-init", re.escape(url), "redirects", "--git-allow")
        case.equal(f"connections behind the redirect with {section}", other.accepts - before, 0)


@test("by git, no redirect leads from https to http")
def downgrade(case):
    other = start(case, faulty.good_http)
    server = start(case, faulty.redirect(lambda path: f"http://localhost:{other.port}{path}"), True)
    run = case.rollstamp(web(f"https://localhost:{server.port}/x.git"), BY_GIT)
    case.failed(run, "git-init", "redirect|scheme")
    case.equal("connections", other.accepts, 0)


@test("by git, certificates are checked, whatever the configuration says")
def certificates(case):
    server = start(case, faulty.good_http, faulty.server_context(case.world.certificates / "untrusted.pem"))
    url = f"https://localhost:{server.port}/x.git"
    for section in ("http", f'http "https://localhost:{server.port}/"', f'http "{url}"'):
        case.config.write_text(f"[{section}]\n\tsslVerify = false\n")
        case.failed(case.rollstamp(web(url), BY_GIT, env={"GIT_SSL_NO_VERIFY": "1"}), "git-init", "certificate")
    case.check(b"GET" not in server.received(), "a request was sent")


@test("by git, a helper is asked with the whole url, and never told to store or erase")
def helpers(case):
    asked = case.directory / "asked"
    script = case.directory / "helper"
    script.write_text(f'#!/bin/sh\necho "$1" >>{asked}\ncat >>{asked}\necho username={servers.NAME}\n'
                      f"echo password={servers.PASSWORD}\n")
    script.chmod(0o755)
    url = f"{case.world.web.https}/private/config.git"
    # A section for a part of the server counts, and one for another does not.
    for part, ok in (("private", True), ("other", False)):
        case.config.write_text(f'[credential]\n\thelper =\n[credential "{case.world.web.https}/{part}"]\n'
                               f"\thelper = {script}\n")
        run = case.rollstamp(web(url), BY_GIT)
        if ok and case.succeeded(run):
            case.equal("stamp", run.stamps(), {"config": case.world.repos.commit_of("config.git", "main")})
        elif not ok:
            case.failed(run, "git-init", "login")
    text = asked.read_text()
    case.check("get" in text and "store" not in text and "erase" not in text, f"the helper was asked {text!r}")


@test("by git, git that is not there is an error that says so, and no failure of the server")
def no_git(case):
    lock = case.directory / "lock.json"
    url = "git://127.0.0.1:1/x.git"
    lock.write_text(lock_text([(url, "main", "branch", "1" * 40)]))
    run = case.rollstamp(web(url), BY_GIT, f"--lock={lock}", "--lock-fallback", env={"PATH": "/nowhere"})
    case.failed(run, "git-init", "git can't be started", "--git-client=git")
