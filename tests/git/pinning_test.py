# SPDX-License-Identifier: Apache-2.0
"""--git=pin: the pinned container's own command is run, and checks the stamped commit out, also later."""

import os
import subprocess

import yaml

from case import configmap, container, deployment, dump, of_configmap, pair, web
from lib.tap import each, test

CLONE = 'set -e; git clone -q "$GIT_REPO" repo; cd repo; git checkout -q "$GIT_CHECKOUT_BRANCH"'


def url_of(case, name):
    return f"{case.world.daemon.url}/{name}"


def pin(case, manifests, *options):
    """Pins what the pods fetch from the daemon; a commit that came over git:// is not pinned, so it is asked for over
    https."""
    mapped = f"--git-map={case.world.daemon.url}/={case.world.web.https}/git/"
    return case.rollstamp(manifests, "--git=pin", mapped, *options)


def expand(text, values):
    """$(VAR), as Kubernetes expands it in command and args."""
    for name, value in values.items():
        text = text.replace(f"$({name})", value)
    return text


def run_container(case, manifest, work, name="git-init"):
    """Runs a container's command in a directory; the commit that it has checked out in repo."""
    objects = [o for o in yaml.safe_load_all(manifest) if o]
    maps = {o["metadata"]["name"]: o["data"] for o in objects if o["kind"] == "ConfigMap"}
    pod = next(o for o in objects if o["kind"] == "Deployment")["spec"]["template"]["spec"]
    found = next(c for c in pod["initContainers"] if c["name"] == name)
    values = {}
    for source in found.get("envFrom", []):
        values.update({source.get("prefix", "") + k: v for k, v in maps[source["configMapRef"]["name"]].items()})
    for variable in found.get("env", []):
        reference = variable.get("valueFrom", {}).get("configMapKeyRef")
        values[variable["name"]] = maps[reference["name"]][reference["key"]] if reference else variable["value"]
    argv = [expand(word, values) for word in found["command"] + found.get("args", [])]
    work.mkdir()
    done = subprocess.run(argv, cwd=work, env={**case.world.repos.environment, **values}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if not case.check(done.returncode == 0, f"the container failed: {done.stdout.decode('utf-8', 'replace')}"):
        return None
    return case.world.repos.git(str(work / "repo"), "rev-parse", "HEAD")


def with_command(url, ref):
    return {**pair(url, ref), "command": ["sh", "-c", CLONE]}


def sources(url, ref):
    """The same container with its ref from everywhere."""
    command = {"command": ["sh", "-c", CLONE]}
    yield "literal", [deployment(with_command(url, ref))]
    yield "configMapKeyRef", [configmap("git", branch=ref), deployment(
        container(env={"GIT_REPO": url, "GIT_CHECKOUT_BRANCH": of_configmap("git", "branch")}, **command))]
    yield "envFrom", [configmap("git", GIT_REPO=url, GIT_CHECKOUT_BRANCH=ref),
                      deployment(container(envFrom=[{"configMapRef": {"name": "git"}}], **command))]
    yield "envFrom with a prefix", [configmap("git", REPO=url, CHECKOUT_BRANCH=ref), deployment(
        container(envFrom=[{"prefix": "GIT_", "configMapRef": {"name": "git"}}], **command))]
    yield "expansion", [configmap("git", branch=ref), deployment(container(env={
        "GIT_REPO": url, "WANTED": of_configmap("git", "branch"), "GIT_CHECKOUT_BRANCH": "$(WANTED)"}, **command))]


@each([(f"a pinned GIT_CHECKOUT_BRANCH checks out the commit of {ref}, also after the branch has moved", ref)
       for ref in ("main", "release/1.0", "annotated", "both")])
def pinned(case, ref):
    name = case.world.new_repository()
    url = url_of(case, name)
    commit = case.world.repos.commit_of(name, "refs/tags/both" if ref == "both" else ref)
    for number, (what, manifests) in enumerate(sources(url, ref)):
        if ref != "main" and what != "envFrom":
            continue
        run = pin(case, manifests)
        if not case.succeeded(run):
            continue
        case.equal(f"stamp of {what}", list(run.stamps().values()), [commit])
        case.equal(f"checked out by {what}", run_container(case, run.stdout, case.directory / f"now{number}"), commit)
        again = pin(case, run.stdout)
        case.succeeded(again)
        case.check(again.stdout == run.stdout, f"{what}: a run on the output changes it")
        observed = case.rollstamp(run.stdout)
        case.check(observed.stdout == run.stdout, f"{what}: a run without --git=pin on the output changes it")
        # Others push, the tag is moved, and pods of the old rollout start again.
        case.world.repos.add(name, [("main", f"later {number}"), ("release/1.0", f"later {number}")])
        later = run_container(case, run.stdout, case.directory / f"later{number}")
        case.equal(f"checked out later by {what}", later, commit)
        commit = case.world.repos.commit_of(name, "refs/tags/both" if ref == "both" else ref)


@test("observed containers keep their ref, and follow the branch")
def observed(case):
    name = case.world.new_repository()
    manifests = [deployment(with_command(url_of(case, name), "main"))]
    run = case.rollstamp(manifests)
    if not case.succeeded(run):
        return
    later = case.world.repos.commit(name, "main", "later")
    case.equal("checked out", run_container(case, run.stdout, case.directory / "work"), later)
    case.check(list(run.stamps().values()) != [later], "the stamp is of the later commit")


@test("a pinned gitRepo volume has the commit as revision, and the kubelet's commands check it out later")
def git_repo(case):
    name = case.world.new_repository()
    url = url_of(case, name)
    for revision in ("main", "annotated", None):
        volume = {"name": "content", "gitRepo": {"repository": url, **({"revision": revision} if revision else {})}}
        manifest = deployment(volumes=[volume], containers=[
            {"name": "app", "image": "example.com/app:1", "volumeMounts": [{"name": "content", "mountPath": "/x"}]}])
        commit = case.world.repos.commit_of(name, revision or "HEAD")
        run = pin(case, manifest)
        if not case.succeeded(run):
            continue
        found = run.templates()["web"]["spec"]["volumes"][0]["gitRepo"]
        case.equal(f"revision of {revision}", found.get("revision"), commit)
        case.equal(f"stamp of {revision}", list(run.stamps().values()), [commit])
        case.world.repos.commit(name, "main", "later")
        # What the kubelet does: clone, checkout, reset --hard.
        work = case.directory / f"volume-{revision}"
        work.mkdir()
        for argv in (["git", "clone", "-q", "--", found["repository"], "repo"],
                     ["git", "-C", "repo", "checkout", "-q", found["revision"]],
                     ["git", "-C", "repo", "reset", "-q", "--hard"]):
            subprocess.run(argv, cwd=work, env=case.world.repos.environment, check=True, stdin=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        case.equal(f"checked out for {revision}", case.world.repos.git(str(work / "repo"), "rev-parse", "HEAD"), commit)
        again = pin(case, run.stdout)
        case.check(again.stdout == run.stdout, "a run on the output changes it")


@each([(f"a commit that came over {scheme} is stamped and not pinned; one of a lock file is", scheme)
       for scheme in ("http", "git")])
def forgeable(case, scheme):
    name = case.world.new_repository()
    base = f"{case.world.web.http}/git" if scheme == "http" else case.world.daemon.url
    manifest, commit = deployment(pair(f"{base}/{name}", "main")), case.world.repos.commit_of(name, "main")
    lock = case.directory / "lock.json"
    run = case.rollstamp(manifest, "--git=pin", f"--lock={lock}")
    if case.succeeded(run):
        case.equal("stamp", list(run.stamps().values()), [commit])
        case.check("not pinned: the commit came over" in run.log, f"the log does not say why: {run.log}")
        case.equal("init containers", run.templates()["web"]["spec"]["initContainers"],
                   manifest["spec"]["template"]["spec"]["initContainers"])
    case.failed(case.rollstamp(manifest, "--git=pin", "--strict"), "not pinned", "https or ssh", "--locked")
    locked = case.rollstamp(manifest, "--git=pin", f"--lock={lock}", "--locked", "--strict")
    if case.succeeded(locked):
        pinned_values = [v.get("value") for v in locked.templates()["web"]["spec"]["initContainers"][0]["env"]]
        case.check(commit in pinned_values, f"it is not pinned: {pinned_values}")
    # Where it is asked for counts, not how the pod fetches it.
    mapped = case.rollstamp(manifest, "--git=pin", "--strict", f"--git-map={base}={case.world.web.https}/git")
    if case.succeeded(mapped):
        case.check("not pinned" not in mapped.log, mapped.log)


NOT_PINNED = [
    ("git clone -b", lambda url: container(command=["git", "clone", "-b", "main", url, "repo"])),
    ("GIT_BRANCH", lambda url: container(env={"GIT_REPO": url, "GIT_BRANCH": "main"})),
    ("git-sync v3 with a depth", lambda url: container(image="k8s.gcr.io/git-sync/git-sync:v3.6.9", env={
        "GIT_SYNC_REPO": url, "GIT_SYNC_BRANCH": "main", "GIT_SYNC_DEPTH": "1", "GIT_SYNC_ONE_TIME": "true"})),
]


@each([(f"{row[0]} is not pinned, reported so, and an error under --strict", row[1]) for row in NOT_PINNED])
def not_pinned(case, make):
    name = case.world.new_repository()
    manifest = deployment(make(url_of(case, name)))
    commit = case.world.repos.commit_of(name, "main")
    run = pin(case, manifest)
    if case.succeeded(run):
        case.equal("stamp", list(run.stamps().values()), [commit])
        case.check("not pinned: " in str(run.report) + run.log, f"no reason is given: {run.log}")
        template = run.templates()["web"]
        template["metadata"].pop("annotations")
        case.equal("the rest of the template", template, manifest["spec"]["template"])
    case.failed(pin(case, manifest, "--strict"), "git-init", "pin")


@test("a hash where it does not work breaks a container that starts later, as the contract says")
def why_not(case):
    """The reason for the table of what is pinned: these commands are the ones that are not."""
    name = case.world.new_repository()
    url, commit = url_of(case, name), case.world.repos.commit_of(name, "main")
    case.world.repos.commit(name, "main", "later")
    for number, script in enumerate((f"git clone -q -b {commit} {url} repo",
                                     f"git clone -q --depth=1 {url} repo && cd repo && git checkout -q {commit}")):
        work = case.directory / f"work{number}"
        work.mkdir()
        done = subprocess.run(["sh", "-c", script], cwd=work, env=case.world.repos.environment, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        case.check(done.returncode != 0, f"it works: {script}")


# What an image does with its variables, by itself: up to a certain day, and since then.
IMAGE_OF_OLD = 'set -e; GIT_BRANCH=${GIT_CHECKOUT_BRANCH:-master}; git clone -q -b "$GIT_BRANCH" "$GIT_REPO" repo'
IMAGE = ('set -e; GIT_BRANCH=${GIT_CHECKOUT_BRANCH:-master}; git clone -q "$GIT_REPO" repo; '
         'cd repo; git checkout -q "$GIT_BRANCH"')


def run_image(case, manifest, script, work):
    """The commit that the image's own script checks out with the variables of the first init container, or None."""
    objects = [o for o in yaml.safe_load_all(manifest) if o]
    found = next(o for o in objects if o["kind"] == "Deployment")["spec"]["template"]["spec"]["initContainers"][0]
    values = {k: v for o in objects if o["kind"] == "ConfigMap" for k, v in o["data"].items()}
    values.update({variable["name"]: variable["value"] for variable in found.get("env", [])})
    work.mkdir()
    done = subprocess.run(["sh", "-c", script], cwd=work, env={**case.world.repos.environment, **values}, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return case.world.repos.git(str(work / "repo"), "rev-parse", "HEAD") if done.returncode == 0 else None


@each([("a GIT_CHECKOUT_BRANCH beside GIT_BRANCH is not pinned, since it would break git clone -b",
        {"GIT_BRANCH": "main"}, IMAGE_OF_OLD, False),
       ("a GIT_CHECKOUT_BRANCH alone is pinned, which git checkout takes", {}, IMAGE, True)])
def images(case, more, script, is_pinned):
    name = case.world.new_repository()
    variables = {"GIT_REPO": url_of(case, name), "GIT_CHECKOUT_BRANCH": "main", **more}
    manifests = [configmap("git", **variables), deployment(container(envFrom=[{"configMapRef": {"name": "git"}}]))]
    commit = case.world.repos.commit_of(name, "main")
    run = pin(case, manifests)
    if not case.succeeded(run):
        return
    case.equal("the commit in the stamps", [v for v in run.stamps().values() if len(v) == 40], [commit])
    later = case.world.repos.commit(name, "main", "later")
    case.equal("checked out later", run_image(case, run.stdout, script, case.directory / "work"),
               commit if is_pinned else later)
    # What would become of it otherwise.
    forced = pin(case, manifests, "--git-pair=GIT_REPO:GIT_CHECKOUT_BRANCH:master:pin")
    case.equal("checked out with a pin", run_image(case, forced.stdout, script, case.directory / "forced"),
               later if is_pinned else None)


@test("pinned rollouts keep their commit, and a rollback returns to the old one")
def rollback(case):
    name = case.world.new_repository()
    manifests = [deployment(with_command(url_of(case, name), "main"))]
    first = pin(case, manifests)
    case.world.repos.commit(name, "main", "second")
    second = pin(case, manifests)
    if not (case.succeeded(first) and case.succeeded(second)):
        return
    commits = [run_container(case, run.stdout, case.directory / f"run{number}x") for number, run in
               enumerate((first, second, first))]
    case.check(commits[0] == commits[2] != commits[1], f"checked out: {commits}")


# ---- The whole story ----------------------------------------------------------------------------------------------

def changed_lines(before, after):
    before, after = before.splitlines(), after.splitlines()
    return [(old, new) for old, new in zip(before, after) if old != new] if len(before) == len(after) else None


@test("after a commit to the branch exactly the commit's annotation differs")
def story(case):
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "examples", "openig", "rendered.yaml"), "rb") as file:
        rendered = file.read()
    name = case.world.new_repository()
    for branch in ("main", "master"):
        case.world.repos.commit(name, branch, "first")
    url = f"file://{case.world.repositories}/{name}"
    options = ["--git-allow-local", f"--git-map=https://git.example.com/gateway/routes.git={url}"]
    first = case.rollstamp(rendered, *options)
    if not case.succeeded(first):
        return
    case.check(case.rollstamp(rendered, *options).stdout == first.stdout, "two runs differ")
    commit = case.world.repos.commit(name, "main", "second")
    second = case.rollstamp(rendered, *options)
    changed = changed_lines(first.stdout.decode(), second.stdout.decode())
    if case.check(changed and len(changed) == 1, f"what differs: {changed}"):
        case.check("git.rollstamp.io/routes: " in changed[0][1] and commit in changed[0][1], f"what differs: {changed}")
    # A commit to a branch that nobody reads, and a tag, change nothing.
    case.world.repos.commit(name, "release/1.0", "third")
    case.world.repos.git(name, "tag", "new-tag", commit)
    case.check(case.rollstamp(rendered, *options).stdout == second.stdout, "an unrelated commit changes the output")
    pinned_run = case.rollstamp(rendered, *options, "--git=pin")
    if case.succeeded(pinned_run):
        case.check(f'"{commit}"' in pinned_run.stdout.decode(), "the commit is not pinned")


@test("env mode gives every container that checks out the same commit")
def inject_env(case):
    name = case.world.new_repository()
    commit = case.world.repos.commit_of(name, "main")
    run = case.rollstamp(web(url_of(case, name)), "--inject=both")
    if not case.succeeded(run):
        return
    init = run.templates()["web"]["spec"]["initContainers"][0]
    values = {variable["name"]: variable.get("value") for variable in init["env"]}
    repository = name.removesuffix(".git")
    case.equal("variable", values.get(f"ROLLSTAMP_GIT_{repository.upper()}"), commit)
    case.equal("annotation", run.stamps(), {repository: commit})


@test("documents that have nothing to do with git stay the same bytes")
def untouched(case):
    before = dump([configmap("settings", a="b")]) + b"# a comment\n---\n# only a comment\n"
    name = case.world.new_repository()
    run = case.rollstamp(before + dump(web(url_of(case, name))))
    if case.succeeded(run):
        case.check(run.stdout.startswith(before), "what stands before the Deployment was changed")
