#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The shell of examples/ci and examples/argocd, with a helm that prints what it is told to.

    ci.py --binary PATH [--filter GLOB]

The suites helm and cluster run the same with real Helms; here is what a real Helm shows seldom: a cluster that is out of
reach, an empty answer, a revision that failed. Output is TAP version 13.
"""

import argparse
import fnmatch
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import tap  # noqa: E402
from lib.program import TIMEOUT, environment  # noqa: E402

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "examples"

# Writes down what it was asked, and answers from the files beside it.
HELM = """\
#!/bin/bash
cd "$HELM_STUB"
echo "$*" >>asked
case $1 in
history) if [[ -e history ]]; then cat history; else cat errors >&2; exit 1; fi ;;
get) cat "manifest-${*: -1}" ;;
template) bash -e render ;;
*) echo "no stub for $1" >&2; exit 1 ;;
esac
"""

WORKLOAD = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}{more}}}
    spec: {{containers: [{{name: app, image: "example.com/app:{image}"{env}}}]}}
"""
OBJECT = """\
---
apiVersion: v1
kind: {kind}
metadata: {{name: {name}}}
stringData: {{password: "{value}"}}
data: {{greeting: "{data}"}}
"""


def workload(name, image=1, env="", more=""):
    return WORKLOAD.format(name=name, image=image, env=f", envFrom: [{env}]" if env else "", more=more)


def config_map(value):
    return OBJECT.format(kind="ConfigMap", name="shop", value="", data=value).replace('stringData: {password: ""}\n', "")


def secret(value):
    return OBJECT.format(kind="Secret", name="db", value=value, data="").replace('data: {greeting: ""}\n', "")


class Run:
    """A directory with a stub of helm, and the programs on PATH."""

    def __init__(self, binary, directory):
        self.directory = directory
        self.stub = directory / "stub"
        self.temporary = directory / "tmp"
        for each in (self.stub, self.temporary, directory / "bin"):
            each.mkdir()
        self.write("bin/helm", HELM).chmod(0o755)
        (directory / "bin" / "rollstamp").symlink_to(binary)
        self.env = environment({"HELM_STUB": str(self.stub), "TMPDIR": str(self.temporary), "HOME": str(directory)})
        self.env["PATH"] = f"{directory}/bin:{self.env['PATH']}"

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *command, status=0, env=None, cwd=None):
        done = subprocess.run([str(word) for word in command], env={**self.env, **(env or {})}, cwd=cwd or self.directory,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT * 10, check=False)
        if done.returncode != status:
            raise tap.Failure(f"status {done.returncode} instead of {status}: {done.stdout}{done.stderr}")
        left = os.listdir(self.temporary)
        if left:
            raise tap.Failure(f"files are left: {left}")
        return done

    # What helm answers.

    def history(self, *statuses):
        """Revisions from 1 on; or without any, no release."""
        rows = [{"revision": number, "status": status} for number, status in enumerate(statuses, 1)]
        if rows:
            self.write("stub/history", json.dumps(rows))
        else:
            self.write("stub/errors", "Error: release: not found\n")

    def manifest(self, revision, text):
        self.write(f"stub/manifest-{revision}", text)

    def renders(self, script):
        self.write("stub/render", script)

    def asked(self):
        return (self.stub / "asked").read_text()

    # The examples.

    def guard(self, most, *command, **options):
        return self.run(EXAMPLES / "ci" / "guard", "shop", "prod", most, *command, **options)

    def steady(self, **options):
        return self.run(EXAMPLES / "ci" / "steady", "./chart", "shop", "prod", **options)


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise tap.Failure(f"no {part!r} in {text!r}")


def equal(got, wanted, what):
    if got != wanted:
        raise tap.Failure(f"{what}: {got!r} instead of {wanted!r}")


registered = []


def test(name):
    def add(function):
        registered.append((name, function))
        return function
    return add


# ---- guard --------------------------------------------------------------------------------------------------------

@test("guard compares with the last revision that is deployed, not with one that failed behind it")
def _(run):
    run.history("superseded", "deployed", "failed", "pending-upgrade")
    run.manifest(2, workload("web", 2))
    for number in (1, 3, 4):
        run.manifest(number, workload("web", 3))
    run.write("new.yaml", workload("web", 3))
    result = run.guard(0, "rollstamp", "new.yaml", status=1)
    equal(result.stdout, "", "output")
    contains(result.stderr, "1 of 1 workload rolls", "Deployment/web", "example.com/app:2 -> example.com/app:3")
    contains(run.asked(), "history shop --namespace prod", "get manifest shop --namespace prod --revision 2")


@test("guard lets through what is within the limit, a number or a part")
def _(run):
    run.history("deployed")
    run.manifest(1, workload("web", 1) + workload("api", 1))
    run.write("new.yaml", workload("web", 2) + workload("api", 1))
    for most in ("1", "50%"):
        equal(run.guard(most, "rollstamp", "new.yaml").stdout, (run.directory / "new.yaml").read_text(), "output")
    for most in ("0", "49%"):
        run.guard(most, "rollstamp", "new.yaml", status=1)


@test("guard with 0 lets through a change that rolls nothing, and new workloads")
def _(run):
    run.history("deployed")
    run.manifest(1, workload("web"))
    run.write("new.yaml", workload("other") + workload("web").replace("{name: web}", "{labels: {a: b}, name: web}", 1))
    run.guard(0, "rollstamp", "new.yaml")


@test("guard has nothing to compare with before the first install, and behind an uninstall that keeps the history")
def _(run):
    run.write("new.yaml", workload("web"))
    run.history()
    run.guard(0, "rollstamp", "new.yaml")
    run.history("uninstalled")
    run.guard(0, "rollstamp", "new.yaml")


@test("guard runs nothing when the cluster can't be asked")
def _(run):
    run.write("stub/errors", "Error: Kubernetes cluster unreachable\n")
    result = run.guard("100%", "touch", "ran", status=1)
    contains(result.stderr, "Kubernetes cluster unreachable")
    run.history("deployed")
    run.guard("100%", "touch", "ran", status=1)  # there is no manifest
    equal((run.directory / "ran").exists(), False, "the command has run")


@test("guard refuses an answer without manifests")
def _(run):
    run.history("deployed")
    run.write("new.yaml", workload("web"))
    for text in ("", "\n", "# nothing\n"):
        run.manifest(1, text)
        contains(run.guard("100%", "rollstamp", "new.yaml", status=1).stderr, "nothing to compare with")


@test("guard refuses a limit that is none")
def _(run):
    run.history("deployed")
    run.manifest(1, workload("web"))
    run.write("new.yaml", workload("web"))
    for most in ("", "some", "-1", "101%"):
        contains(run.guard(most, "rollstamp", "new.yaml", status=2).stderr, "ROLLSTAMP_MAX_ROLLS")


@test("no configuration file switches guard off, whoever names it")
def _(run):
    run.history("deployed")
    run.manifest(1, workload("web", 1))
    run.write("new.yaml", workload("web", 2))
    run.write("some.yaml", "strict: true\nmax-rolls: 7\nsince: none\n")
    run.write("some.json", '{"strict": true}\n')
    for name in ("some.yaml", "some.json"):
        contains(run.guard(0, "rollstamp", f"--config={name}", "new.yaml", status=1).stderr, "1 of 1 workload rolls")
        contains(run.guard(0, "rollstamp", "new.yaml", env={"ROLLSTAMP_CONFIG": name}, status=1).stderr, "1 of 1 workload rolls")


@test("guard counts first stamps, and says so")
def _(run):
    run.history("deployed")
    text = config_map("hello") + workload("web", env="{configMapRef: {name: shop}}")
    run.manifest(1, text)
    run.write("new.yaml", text)
    contains(run.guard(0, "bash", "-c", "rollstamp <new.yaml | rollstamp", status=1).stderr, "1 of them because of the first stamp")


@test("guard's command keeps its exit status and its own umask, and manifests are nobody else's")
def _(run):
    run.history("deployed")
    run.manifest(1, secret("hunter2"))
    run.guard(1, "bash", "-c", "exit 7", status=7)
    script = 'stat -c %a "$ROLLSTAMP_SINCE" "$(dirname "$ROLLSTAMP_SINCE")"; umask; test "$(cat "$ROLLSTAMP_SINCE")"'
    shown = run.run("bash", "-c", 'umask 027; exec "$@"', "-", EXAMPLES / "ci" / "guard", "shop", "prod", 1, "bash", "-c", script)
    equal(shown.stdout.split(), ["600", "700", "0027"], "modes and umask")


@test("guard and steady say how they are called")
def _(run):
    contains(run.guard("1", status=2).stderr, "guard RELEASE NAMESPACE MAX-ROLLS COMMAND...")
    contains(run.run(EXAMPLES / "ci" / "steady", status=2).stderr, "steady CHART RELEASE NAMESPACE")


# ---- steady -------------------------------------------------------------------------------------------------------

READS_SECRET = workload("web", env="{secretRef: {name: db}}")
READS_BOTH = workload("web", env="{secretRef: {name: db}}, {configMapRef: {name: shop}}")
# A shell's word that is another one at each render.
ANEW = "$(date +%s%N)"


def printing(text):
    return f"cat <<END\n{text}END\n"


@test("steady names workload, object and key of a Secret that is made anew, and the option that leaves it out")
def _(run):
    run.renders(printing(secret(ANEW) + config_map("hello") + READS_BOTH + workload("other")))
    result = run.steady(status=1)
    contains(result.stdout, "Deployment/web", "secret/db: key password changed", "1 of 2 workloads", "--exclude=Deployment/web=secret/db")
    equal(result.stdout.count("--exclude="), 1, "how often it says so")
    contains(run.asked(), "template shop ./chart --namespace prod")


@test("steady names the options for ConfigMaps, too, and beside other differences")
def _(run):
    run.renders(printing(secret(ANEW) + config_map(ANEW) + READS_BOTH))
    options = "--exclude=Deployment/web=configmap/shop", "--exclude=Deployment/web=secret/db"
    contains(run.steady(status=1).stdout, "configmap/shop: key greeting changed", *options)
    run.renders(printing(secret(ANEW) + workload("web", env="{secretRef: {name: db}}", more=f', annotations: {{at: "{ANEW}"}}')))
    contains(run.steady(status=1).stdout, "annotations[at]", "--exclude=Deployment/web=secret/db")


@test("steady passes a chart whose renders are the same, and one whose new values nobody reads")
def _(run):
    run.renders(printing(secret("hunter2") + READS_SECRET))
    contains(run.steady().stdout, "0 of 1 workload")
    run.renders(printing(secret(ANEW) + workload("web")))
    run.steady()


@test("steady passes what the configuration file leaves out")
def _(run):
    run.renders(printing(secret(ANEW) + READS_SECRET))
    run.write("rollstamp.yaml", "exclude: deployment/web=secret/db\n")
    run.steady(env={"ROLLSTAMP_CONFIG": "rollstamp.yaml"})


@test("steady finds a value that is the time in seconds")
def _(run):
    run.renders(printing(secret("$(date +%s)") + READS_SECRET))
    run.steady(status=1)


@test("steady ends with 2 when helm fails, or renders nothing")
def _(run):
    run.renders("echo 'Error: broken on purpose' >&2; exit 1\n")
    contains(run.steady(status=2).stderr, "broken on purpose")
    run.renders("true\n")
    contains(run.steady(status=2).stderr, "no manifests")


# ---- render -------------------------------------------------------------------------------------------------------

def commits(run):
    return int(run.run("git", "-C", "tree", "rev-list", "--count", "--all").stdout)


@test("render with ROLLSTAMP_MAX_ROLLS commits nothing that restarts more than that")
def _(run):
    names = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    run.env.update(names, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
    run.run("git", "init", "-q", "-b", "main", "tree")
    render = EXAMPLES / "ci" / "render", "./chart", "shop", "prod", "tree"
    limit = {"ROLLSTAMP_MAX_ROLLS": "0"}
    run.renders(printing(config_map("one") + workload("web", env="{configMapRef: {name: shop}}")))
    run.run(*render, env=limit)
    run.run(*render, env=limit)
    equal(commits(run), 1, "commits")
    before = (run.directory / "tree" / "manifests.yaml").read_text()
    run.renders(printing(config_map("two") + workload("web", env="{configMapRef: {name: shop}}")))
    contains(run.run(*render, env=limit, status=1).stderr, "configmap/shop: key greeting changed")
    equal((run.directory / "tree" / "manifests.yaml").read_text(), before, "manifests")
    equal(commits(run), 1, "commits behind a refusal")
    run.run(*render, env={"ROLLSTAMP_MAX_ROLLS": "1"})
    equal(commits(run), 2, "commits")
    contains((run.directory / "tree" / "manifests.yaml").read_text(), "two")


# ---- Argo CD ------------------------------------------------------------------------------------------------------

def generate(run, status=0, **env):
    plugin = yaml.safe_load((EXAMPLES / "argocd" / "plugin.yaml").read_text())["spec"]["generate"]
    variables = {"ARGOCD_APP_NAME": "shop", "ARGOCD_APP_NAMESPACE": "prod", **env}
    return run.run(*plugin["command"], *plugin["args"], env=variables, status=status)


@test("Argo CD's plugin with MAX_ROLLS prints nothing that restarts more than that")
def _(run):
    run.write("rollstamp.lock.json", '{"format": "rollstamp-lock/1", "refs": []}\n')
    run.renders(printing(config_map("one") + workload("web", env="{configMapRef: {name: shop}}")))
    deployed = generate(run).stdout
    contains(deployed, "configmap.rollstamp.io/shop")
    result = generate(run, status=1, ARGOCD_ENV_MAX_ROLLS="0")
    equal(result.stdout, "", "output without a report")
    contains(result.stderr, "rollstamp.deployed.json")
    # What the example says about the report.
    run.run("bash", "-c", "helm template shop . -n prod | rollstamp -n prod --lock=rollstamp.lock.json --locked "
            "--report=rollstamp.deployed.json >/dev/null")
    equal(generate(run, ARGOCD_ENV_MAX_ROLLS="0").stdout, deployed, "output")
    run.renders(printing(config_map("two") + workload("web", env="{configMapRef: {name: shop}}")))
    result = generate(run, status=1, ARGOCD_ENV_MAX_ROLLS="0")
    equal(result.stdout, "", "output of a refusal")
    contains(result.stderr, "1 of 1 workload rolls", "configmap/shop")
    contains(generate(run, ARGOCD_ENV_MAX_ROLLS="1").stdout, "two")
    contains(generate(run).stdout, "two")


def perform(binary, function):
    with tempfile.TemporaryDirectory(prefix="rollstamp-examples-") as directory:
        function(Run(binary, pathlib.Path(directory).resolve()))
    return []


def main():
    parser = argparse.ArgumentParser(description="Runs the shell of the examples for CI with a stub of helm.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--filter", default="*")
    args = parser.parse_args()
    for program in ("jq", "git"):
        if not shutil.which(program):
            return tap.skip_all(f"no {program}")
    binary = pathlib.Path(args.binary).resolve()
    return tap.run([tap.Test(name, functools.partial(perform, binary, function)) for name, function in registered
                    if fnmatch.fnmatchcase(name, args.filter)], workers=2)


if __name__ == "__main__":
    sys.exit(main())
