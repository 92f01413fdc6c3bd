#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The guard in front of real upgrades: examples/ci/guard with both Helms on a real API server, and examples/ci/steady.

What it refuses must leave no revision behind and change nothing; what it lets through must roll what it said.
"""

import json
import sys

import harness
from harness import CHARTS, test

BOTH = (3, 4)
WORKLOADS = CHARTS / "workloads"
EXAMPLES = harness.HERE.parent.parent / "examples" / "ci"
# Workloads of the chart that read the key `one`: a Deployment, a paused one and a StatefulSet.
READ_ONE = 3
# How each Helm shows the message of a post-renderer that fails.
SHOWN = {3: "error while running", 4: "invalid document separator: --- rollstamp: "}


def environment(run):
    return {"HELM": run.program}


def guarded(run, most, *arguments, chart=WORKLOADS, stamped=True, values=None, status=0, **options):
    flags = [*run.post_renderer(*(stamped if isinstance(stamped, list) else ()))]
    for key, value in (values or {}).items():
        flags += ["--set-string", f"{key}={value}"]
    command = [run.program, "--namespace", run.namespace, "upgrade", "--install", "demo", chart, "--wait", "--timeout", "90s"]
    return run.run(EXAMPLES / "guard", "demo", run.namespace, most, *command, *flags, *arguments, status=status,
                   env=environment(run), **options)


def revisions(run):
    """[(revision, status)] of the release."""
    rows = run.run_helm("history", "demo", "-o", "json").json
    return [(row["revision"], row["status"]) for row in rows]


def rolls(run):
    """What moves when pods roll: of Deployments the active revision, of the StatefulSet its update revision."""
    deployments = [run.revision(name) for name in ("demo-one", "demo-two", "demo-three")]
    return deployments, run.revisions("statefulset", "demo-stateful"), run.revisions("daemonset", "demo-daemon")


def refused(run, result, *parts):
    run.contains(result.stderr, SHOWN[run.helm], "how Helm shows it")
    for part in ("rollstamp: --max-rolls=", *parts):
        run.contains(result.stderr, part, "the message")


@test("a first install has nothing to compare with, then a limit refuses before anything is applied, and lets through", BOTH)
def _(run):
    guarded(run, 0)
    before = rolls(run), revisions(run)
    result = guarded(run, 2, values={"one": "second"}, status=1)
    refused(run, result, "3 of 6 workloads roll", "configmap/demo-config: key one changed", "Nothing is printed")
    run.equal((rolls(run), revisions(run)), before, "rolls and revisions after a refusal")
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "1", "the key after a refusal")
    guarded(run, READ_ONE, values={"one": "second"})
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "second", "the key")
    guarded(run, "50%", values={"one": "third"})
    refused(run, guarded(run, "49%", values={"one": "fourth"}, status=1), "49% are 2")


@test("--max-rolls=0 lets through a change of the chart that rolls nothing", BOTH)
def _(run):
    chart = run.directory / "chart"
    run.shell(f"cp -R {WORKLOADS} chart")
    guarded(run, 0, chart=chart)
    before = rolls(run)
    # Another file, a comment, a label of the ConfigMap, a default written out, keys in another order.
    run.shell("""
        mv chart/templates/stateful.yaml chart/templates/moved.yaml
        echo '# more' >>chart/templates/moved.yaml
        sed -i 's/    - name: main/    - terminationMessagePath: \\/dev\\/termination-log\\n      name: main/' chart/templates/_*
    """)
    guarded(run, 0, chart=chart, values={"label": "b"})
    run.equal(rolls(run), before, "rolls")
    run.shell("sed -i 's/example.com\\/app:1/example.com\\/app:2/' chart/templates/_*")
    refused(run, guarded(run, 0, chart=chart, values={"label": "b"}, status=1), "6 of 6 workloads roll", "image of main")
    run.equal(rolls(run), before, "rolls after the refusal")


@test("the first stamps of a release that is there count, and the message says so", BOTH)
def _(run):
    run.upgrade("demo", WORKLOADS, stamped=False)
    before = rolls(run)
    refused(run, guarded(run, 5, status=1), "6 of them because of the first stamp, which comes once")
    run.equal(rolls(run), before, "rolls")
    guarded(run, "100%")
    guarded(run, 0)


@test("after a failed upgrade the guard compares with what is deployed, and not with what failed", BOTH)
def _(run):
    chart = run.directory / "chart"
    run.shell(f"cp -R {WORKLOADS} chart")
    guarded(run, 0, chart=chart)
    # A hook that can't be made fails the upgrade before its first object.
    run.write("chart/templates/hook.yaml", """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: Not_A_Name
  annotations: {helm.sh/hook: pre-upgrade}
""")
    run.upgrade("demo", chart, values={"one": "second"}, status=1)
    run.equal([status for _, status in revisions(run)], ["deployed", "failed"], "the history")
    before = rolls(run)
    run.shell("rm chart/templates/hook.yaml")
    # The manifest that a plain `helm get manifest` prints is what failed: nothing would seem to roll.
    run.shell(f"{run.program} get manifest demo -n {run.namespace} >failed.yaml; "
              f"{run.program} template demo chart -n {run.namespace} --set-string one=second | "
              f"rollstamp --since=failed.yaml --max-rolls=0 >/dev/null")
    refused(run, guarded(run, 0, chart=chart, values={"one": "second"}, status=1), "3 of 6 workloads roll")
    run.equal(rolls(run), before, "rolls after the refusal")
    guarded(run, READ_ONE, chart=chart, values={"one": "second"})
    run.check(rolls(run) != before, "nothing has rolled")


@test("after uninstall --keep-history there is nothing to compare with", BOTH)
def _(run):
    guarded(run, 0)
    run.run_helm("uninstall", "demo", "--keep-history", "--wait")
    guarded(run, 0)


@test("a cluster that is out of reach is an error, and the upgrade is not tried", BOTH)
def _(run):
    guarded(run, 0)
    config = run.write("nowhere.yaml", json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {}}],
    }))
    env = {**environment(run), "KUBECONFIG": config}
    run.run(EXAMPLES / "guard", "demo", run.namespace, "100%", "touch", "ran", env=env, status=1)
    run.check(not (run.directory / "ran").exists(), "the command has run")
    # An empty file, which a careless script makes of that, is refused by the program, and shown by Helm.
    run.write("empty.yaml", "")
    result = run.upgrade("demo", WORKLOADS, stamped=["--since=empty.yaml", "--max-rolls=100%"], status=1)
    run.contains(result.stderr, SHOWN[run.helm], "how Helm shows it")
    run.contains(result.stderr, "nothing to compare with", "the message")


@test("a configuration file of the upgrade's own does not switch the guard off", BOTH)
def _(run):
    config = run.write("some.yaml", "strict: true\n")
    guarded(run, 0, stamped=[f"--config={config}"])
    refused(run, guarded(run, 0, stamped=[f"--config={config}"], values={"one": "second"}, status=1), "3 of 6 workloads roll")


@test("the guard in front of a pipe to kubectl", BOTH)
def _(run):
    guarded(run, 0)
    before = rolls(run)
    pipe = f"{run.program} template demo {WORKLOADS} -n {run.namespace} --set-string one=second | rollstamp | kubectl apply -n {run.namespace} -f -"
    command = EXAMPLES / "guard", "demo", run.namespace, "2", "bash", "-o", "pipefail", "-c", pipe
    result = run.run(*command, env=environment(run), status=1)
    run.contains(result.stderr, "3 of 6 workloads roll")
    run.equal(rolls(run), before, "rolls")


# What is made anew at each render.


def steady(run, chart, *arguments, **options):
    return run.run(EXAMPLES / "steady", chart, "demo", run.namespace, *arguments, env={**environment(run), **options.pop("env", {})},
                   **options)


@test("steady names the random values of a chart, the options that it prints leave them out, and the rest is steady", BOTH)
def _(run):
    steady(run, WORKLOADS)
    chart = run.directory / "chart"
    run.shell(f"cp -R {WORKLOADS} chart; sed -i 's/password: .*/password: {{{{ randAlphaNum 12 | quote }}}}/' chart/templates/secret.yaml")
    result = steady(run, chart, status=1)
    run.contains(result.stdout, "secret/demo-secret: key password changed")
    run.contains(result.stdout, "1 of 6 workloads rolls")
    (option,) = [line.strip() for line in result.stdout.splitlines() if "--exclude=" in line]
    run.equal(option.split("=", 1)[0], "--exclude", "the option")
    config = run.write("rollstamp.yaml", f"exclude: {option.split('=', 1)[1]}\n")
    steady(run, chart, env={"ROLLSTAMP_CONFIG": config})
    # And so each upgrade of the same chart rolls it, and none does where it is left out.
    for stamped, due in (True, [1, 2]), ([f"--config={config}"], [3, 3]):
        found = []
        for _ in due:
            run.upgrade("demo", chart, stamped=stamped)
            found.append(run.revision("demo-three")[0])
        run.equal(found, due, f"revisions with {stamped}")


@test("steady tells a chart that looks into the cluster only with --dry-run=server from one that does not", BOTH)
def _(run):
    chart = run.directory / "chart"
    run.shell(f"cp -R {WORKLOADS} chart")
    run.write("chart/templates/secret.yaml", """\
{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-secret" .Release.Name) }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-secret
data:
  password: {{ if $old }}{{ $old.data.password }}{{ else }}{{ randAlphaNum 12 | b64enc }}{{ end }}
""")
    run.upgrade("demo", chart)
    steady(run, chart, status=1)
    steady(run, chart, "--dry-run=server")


@test("steady ends with 2 when the chart is broken", BOTH)
def _(run):
    chart = run.directory / "chart"
    run.shell(f"cp -R {WORKLOADS} chart; echo '{{{{ fail \"on purpose\" }}}}' >chart/templates/broken.yaml")
    run.contains(steady(run, chart, status=2).stderr, "on purpose")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
