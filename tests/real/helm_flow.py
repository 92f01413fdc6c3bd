#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rollstamp behind --post-renderer, with Helm 3 and Helm 4, against an API server with its controllers.

What happened is counted from the API (revisions, ReplicaSets, generations), never from what rollstamp says.
"""

import json
import sys

import harness
from harness import CHARTS, test

BOTH = (3, 4)
WORKLOADS = CHARTS / "workloads"
DEPLOYMENTS = ("demo-one", "demo-two", "demo-three")
ALL = [("deployment", each) for each in (*DEPLOYMENTS, "demo-paused")] + [("statefulset", "demo-stateful"), ("daemonset", "demo-daemon")]


def counts(run):
    """Everything that a rollout changes, by workload."""
    result = {name: run.revision(name) for name in DEPLOYMENTS}
    result["demo-stateful"] = run.revisions("statefulset", "demo-stateful")
    result["demo-daemon"] = run.revisions("daemonset", "demo-daemon")
    result["demo-paused"] = run.generation("deployment", "demo-paused")
    return result


def rolled(before, after):
    """The workloads that rolled between two counts, each once; a ReplicaSet more for every revision."""
    names = set()
    for name in before:
        if before[name] == after[name]:
            continue
        once = (before[name][0] + 1, before[name][1] + 1) if isinstance(before[name], tuple) else before[name] + 1
        if after[name] != once:
            raise harness.Failure(f"{name}: {before[name]} became {after[name]}, which is not one rollout")
        names.add(name.removeprefix("demo-"))
    return names


def install(run, **options):
    run.upgrade("demo", WORKLOADS, **options)
    return counts(run)


@test("without rollstamp, a changed ConfigMap and Secret roll nothing", BOTH)
def _(run):
    before = install(run, stamped=False)
    run.upgrade("demo", WORKLOADS, stamped=False, values={"one": "changed", "password": "changed"})
    run.equal(rolled(before, counts(run)), set(), "rolled")


@test("install gives every workload one revision, and an upgrade without a change none", BOTH)
def _(run):
    before = install(run)
    run.equal({before[name] for name in DEPLOYMENTS}, {(1, 1)}, "revisions and ReplicaSets")
    for kind, name in ALL:
        run.check(run.stamps(kind, name), f"no stamp on {name}")
    generations = [run.generation(*each) for each in ALL]
    run.upgrade("demo", WORKLOADS)
    run.equal([run.generation(*each) for each in ALL], generations, "generations")
    run.equal(rolled(before, counts(run)), set(), "rolled")


@test("a changed key rolls those that read it, and a label or comment nobody", BOTH)
def _(run):
    before = install(run)
    run.upgrade("demo", WORKLOADS, values={"one": "changed"})
    after = counts(run)
    run.equal(rolled(before, after), {"one", "stateful", "paused"}, "rolled by the key `one`")
    run.upgrade("demo", WORKLOADS, values={"one": "changed", "label": "b"})
    run.equal(rolled(after, counts(run)), set(), "rolled by a label and a comment")
    run.upgrade("demo", WORKLOADS, values={"one": "changed", "label": "b", "two": "changed"})
    run.equal(rolled(after, counts(run)), {"two", "daemon"}, "rolled by the key `two`")


@test("a changed Secret rolls the one that reads it", BOTH)
def _(run):
    before = install(run)
    result = run.upgrade("demo", WORKLOADS, values={"password": "s3cr3t"})
    run.equal(rolled(before, counts(run)), {"three"}, "rolled")
    run.check("s3cr3t" not in result.output, "the value is shown")
    scaled = [each["involvedObject"]["name"] for each in run.items("event") if each["reason"] == "ScalingReplicaSet"]
    run.check(scaled.count("demo-three") > scaled.count("demo-one"), f"events: {scaled}")


@test("a paused Deployment makes its ReplicaSet when it is resumed", BOTH)
def _(run):
    install(run)
    run.upgrade("demo", WORKLOADS, values={"one": "changed"})
    owned = [each for each in run.items("replicaset") if each["metadata"]["name"].startswith("demo-paused-")]
    run.equal(owned, [], "ReplicaSets of the paused Deployment")
    run.kubectl("rollout", "resume", "deployment/demo-paused")
    run.kubectl("rollout", "status", "deployment/demo-paused", "--timeout=60s")
    run.equal(run.revision("demo-paused"), (1, 1), "revision and ReplicaSets")


@test("with --inject=env an upgrade without a change makes no new generation, and a change rolls once", BOTH)
def _(run):
    before = install(run, stamped=["--inject=env"])
    generations = [run.generation(*each) for each in ALL]
    run.upgrade("demo", WORKLOADS, stamped=["--inject=env"])
    run.equal([run.generation(*each) for each in ALL], generations, "generations")
    container = run.get("deployment", "demo-one")["spec"]["template"]["spec"]["containers"][0]
    run.equal([each["name"] for each in container["env"]], ["ROLLSTAMP_CONFIGMAP_DEMO_CONFIG", "VALUE"], "env")
    run.upgrade("demo", WORKLOADS, stamped=["--inject=env"], values={"two": "changed"})
    run.equal(rolled(before, counts(run)), {"two", "daemon"}, "rolled")


@test("helm rollback brings back digests, configuration and pods in one rollout", BOTH)
def _(run):
    install(run)
    first = run.stamps("deployment", "demo-one")
    pods = {each["metadata"]["labels"]["pod-template-hash"] for each in run.items("pod", "app=demo-one")}
    run.upgrade("demo", WORKLOADS, values={"one": "changed"})
    before = counts(run)
    run.check(run.stamps("deployment", "demo-one") != first, "the digest did not change")
    run.run_helm("rollback", "demo", "1", "--wait", "--timeout", "90s")
    run.equal(run.stamps("deployment", "demo-one"), first, "stamps")
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "1", "the key")
    # The old ReplicaSet comes back under a new revision.
    revision, sets = run.revision("demo-one")
    run.equal((revision, sets), (before["demo-one"][0] + 1, before["demo-one"][1]), "revision and ReplicaSets")

    def are_old():
        found = run.items("pod", "app=demo-one")
        return {each["metadata"]["labels"]["pod-template-hash"] for each in found} == pods

    run.eventually("the pods are of the old template", are_old)


@test("helm get manifest is what rollstamp printed", (3,))
def _(run):
    plain = run.run_helm("template", "demo", WORKLOADS).stdout
    stamped = run.run("rollstamp", stdin=plain).stdout
    run.run_helm("install", "demo", WORKLOADS, *run.post_renderer())
    run.equal(run.run_helm("get", "manifest", "demo").stdout.rstrip("\n"), stamped.rstrip("\n"), "manifest")


@test("helm get manifest has the stamps that the API server has", (4,))
def _(run):
    run.upgrade("demo", WORKLOADS)
    manifest = run.run_helm("get", "manifest", "demo").stdout
    for each in ALL:
        for name, value in run.stamps(*each).items():
            run.contains(manifest, f'{name}: "{value}"', "manifest")


@test("template, dry runs and the upgrade itself stamp the same", BOTH)
def _(run):
    run.upgrade("demo", WORKLOADS)
    manifest = run.run_helm("get", "manifest", "demo").stdout
    wanted = stamp_lines(manifest)
    run.check(len(wanted) == len(ALL), f"{len(wanted)} stamps in the manifest")
    rendered = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer()).stdout
    run.equal(stamp_lines(rendered), wanted, "stamps of helm template")
    for mode in "client", "server":
        command = ("upgrade", "demo", WORKLOADS, f"--dry-run={mode}", *run.post_renderer())
        run.equal(stamp_lines(run.run_helm(*command).stdout), wanted, f"stamps of --dry-run={mode}")
    run.equal(len(run.run_helm("history", "demo", "-o", "json").json), 1, "revisions of the release")


def stamp_lines(text):
    return sorted(line.strip() for line in text.splitlines() if ".rollstamp.io/" in line)


@test("--hide-secret changes no other stamp", BOTH)
def _(run):
    plain = stamp_lines(run.run_helm("template", "demo", WORKLOADS, *run.post_renderer()).stdout)
    command = ("upgrade", "--install", "demo", WORKLOADS, "--dry-run=client", "--hide-secret", *run.post_renderer())
    hidden = run.run_helm(*command)
    run.check("hunter2" not in hidden.output, "the Secret is shown")
    run.equal([line for line in stamp_lines(hidden.stdout) if line.startswith("configmap.")], [line for line in plain if line.startswith("configmap.")], "stamps")


@test("hooks are left alone, and a ConfigMap that is a hook is no reason on Helm 3", (3,))
def _(run):
    run.upgrade("demo", CHARTS / "hooks")
    run.equal(run.stamps("deployment", "demo-app"), {}, "stamps")


@test("hooks are left alone, and a ConfigMap that is a hook is found", (4,))
def _(run):
    run.upgrade("demo", CHARTS / "hooks")
    run.equal(list(run.stamps("deployment", "demo-app")), ["configmap.rollstamp.io/demo-hook"], "stamps")
    template = run.get("job", "demo-job")["spec"]["template"]["metadata"]
    run.check("rollstamp" not in json.dumps(template.get("annotations", {})), "the hook's Job has a stamp")


@test("a chart that renders nothing installs", BOTH)
def _(run):
    run.upgrade("demo", CHARTS / "empty")
    run.equal(run.run_helm("status", "demo", "-o", "json").json["info"]["status"], "deployed", "status")


@test("a failure shows its message, makes no revision and applies nothing", BOTH)
def _(run):
    run.upgrade("demo", WORKLOADS, wait=False)
    strict = run.post_renderer("--strict", "--external=/nowhere")
    before = counts_of_objects(run)
    for command in ("upgrade", "demo", WORKLOADS, "--set-string", "one=changed"), ("install", "other", WORKLOADS), ("template", "other", WORKLOADS):
        result = run.run_helm(*command, *strict, status=1)
        run.contains(result.stderr, "rollstamp: ", "the message")
        run.contains(result.stderr, "/nowhere", "the message")
    run.equal(counts_of_objects(run), before, "objects and their generations")
    run.equal(len(run.run_helm("history", "demo", "-o", "json").json), 1, "revisions of the release")
    # Helm 3 and 4 record a failed install or not, but neither has applied a thing.
    run.check(not run.exists("configmap", "other-config"), "the other release's ConfigMap is there")


def counts_of_objects(run):
    found = [each for kind in ("deployment", "statefulset", "daemonset", "configmap", "secret") for each in run.items(kind)]
    names = [(each["kind"], each["metadata"]["name"], each["metadata"].get("generation")) for each in found]
    return sorted(each for each in names if not each[1].startswith("sh.helm."))


@test("a strict upgrade with an unresolved reference names it", BOTH)
def _(run):
    chart = run.directory / "chart"
    run.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n")
    text = run.run_helm("template", "demo", WORKLOADS, "-s", "templates/deployments.yaml").stdout
    run.write("chart/templates/deployments.yaml", text)
    result = run.run_helm("upgrade", "--install", "demo", chart, *run.post_renderer("--strict"), status=1)
    run.contains(result.stderr, "demo-config", "the message")


@test("after rollout undo, an upgrade repairs the stamp", (3,))
def _(run):
    undo(run)
    run.upgrade("demo", WORKLOADS, values={"one": "third"})
    run.equal(run.revision("demo-one")[1], 3, "ReplicaSets")


@test("after rollout undo, an upgrade with server-side apply is refused once, and --force-conflicts heals it", (4,))
def _(run):
    undo(run)
    result = run.upgrade("demo", WORKLOADS, values={"one": "third"}, status=1)
    run.contains(result.stderr, 'conflict with "kubectl"')
    run.upgrade("demo", WORKLOADS, "--force-conflicts", values={"one": "third"})
    run.equal(run.revision("demo-one")[1], 3, "ReplicaSets")
    run.upgrade("demo", WORKLOADS, values={"one": "fourth"})
    run.equal(run.revision("demo-one")[1], 4, "ReplicaSets")


@test("after rollout undo, an upgrade with client-side apply repairs the stamp", (4,))
def _(run):
    undo(run, "--server-side=false")
    run.upgrade("demo", WORKLOADS, "--server-side=false", values={"one": "third"})
    run.equal(run.revision("demo-one")[1], 3, "ReplicaSets")


def undo(run, *flags):
    """Two revisions, then kubectl rollout undo, which restores the stamp and not the ConfigMap."""
    run.upgrade("demo", WORKLOADS, *flags)
    first = run.stamps("deployment", "demo-one")
    run.upgrade("demo", WORKLOADS, *flags, values={"one": "second"})
    run.kubectl("rollout", "undo", "deployment/demo-one")
    run.kubectl("rollout", "status", "deployment/demo-one", "--timeout=60s")
    run.equal(run.stamps("deployment", "demo-one"), first, "stamps after the undo")
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "second", "the key after the undo")


@test("forgetting the flag removes the stamps again, which rolls once", BOTH)
def _(run):
    before = install(run)
    run.upgrade("demo", WORKLOADS, stamped=False)
    run.equal(rolled(before, counts(run)), {"one", "two", "three", "paused", "stateful", "daemon"}, "rolled")
    run.equal([run.stamps(*each) for each in ALL], [{}] * len(ALL), "stamps")


@test("the first use on a release that is there rolls every stamped workload once", BOTH)
def _(run):
    before = install(run, stamped=False)
    run.upgrade("demo", WORKLOADS)
    run.equal(rolled(before, counts(run)), {"one", "two", "three", "paused", "stateful", "daemon"}, "rolled")


@test("options come from ROLLSTAMP_CONFIG too", BOTH)
def _(run):
    config = run.write("rollstamp.yaml", "inject: env\n")
    command = ("template", "demo", WORKLOADS, *run.post_renderer())
    run.contains(run.run_helm(*command, env={"ROLLSTAMP_CONFIG": config}).stdout, "ROLLSTAMP_CONFIGMAP_DEMO_CONFIG")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
