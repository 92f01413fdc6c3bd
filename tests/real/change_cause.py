#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""--change-cause on a real API server: what kubectl rollout history says of each revision, after upgrades of both Helms and
kubectl, rollbacks and undos; and that nothing rolls or drifts for it.
"""

import re
import sys

import harness
from harness import CHARTS, test

BOTH = (3, 4)
WORKLOADS = CHARTS / "workloads"
NAME = "kubernetes.io/change-cause"
STAMPED = ["--change-cause"]
DEPLOYMENT, STATEFUL = ("deployment", "demo-one"), ("statefulset", "demo-stateful")
DAEMON = "daemonset", "demo-daemon"
ALL = [DEPLOYMENT, STATEFUL, DAEMON]
FORGETFUL = [STATEFUL, DAEMON]  # undo takes back the template alone


def history(run, kind, name):
    """{revision: cause} as kubectl prints it."""
    lines = run.kubectl("rollout", "history", f"{kind}/{name}").stdout.splitlines()
    rows = [re.fullmatch(r"(\d+) +(\S.*)", line) for line in lines]
    return {int(row[1]): row[2].rstrip() for row in rows if row}


def cause(run, kind, name):
    """The workload's own annotation."""
    return run.get(kind, name)["metadata"].get("annotations", {}).get(NAME)


def due(run, kind, name):
    """What the stamps in the template make it."""
    (digest,) = run.stamps(kind, name).values()
    return f"rollstamp: configmap/demo-config {digest[:8]}"


def upgrade(run, value, *arguments, **options):
    return run.upgrade("demo", WORKLOADS, *arguments, values={"one": value, "two": value}, stamped=STAMPED, **options)


def two_revisions(run, *arguments):
    """[{workload: cause}] of two upgrades."""
    found = []
    for value in "first", "second":
        upgrade(run, value, *arguments)
        found.append({each: due(run, *each) for each in ALL})
        run.equal({each: cause(run, *each) for each in ALL}, found[-1], "causes")
    run.check(all(found[0][each] != found[1][each] for each in ALL), "the causes are the same")
    return found


def expect(run, what, revisions):
    """Each workload's history: the causes of its revisions, oldest first, whatever their numbers."""
    for each in ALL:
        found = history(run, *each)
        run.equal([found[number] for number in sorted(found)], [causes[each] for causes in revisions], f"history of {each} {what}")


def undo(run):
    for kind, name in ALL:
        run.kubectl("rollout", "undo", f"{kind}/{name}")
        run.kubectl("rollout", "status", f"{kind}/{name}", "--timeout=60s")


@test("history tells each revision of both Helms, and rollback takes its text along", BOTH)
def _(run):
    first, second = two_revisions(run)
    expect(run, "after two upgrades", [first, second])
    for kind, name in ALL:
        template = run.get(kind, name)["spec"]["template"]["metadata"]
        run.check(NAME not in template.get("annotations", {}), f"a change-cause in the template of {name}")
    run.run_helm("rollback", "demo", "1", "--wait", "--timeout", "90s")
    run.equal({each: cause(run, *each) for each in ALL}, first, "causes after the rollback")
    expect(run, "after the rollback", [second, first])
    upgrade(run, "third")
    third = {each: due(run, *each) for each in ALL}
    expect(run, "after one more upgrade", [second, first, third])


@test("the same upgrade twice changes nothing", BOTH)
def _(run):
    upgrade(run, "first")
    before = {each: (run.generation(*each), cause(run, *each), history(run, *each)) for each in ALL}
    upgrade(run, "first")
    after = {each: (run.generation(*each), cause(run, *each), history(run, *each)) for each in ALL}
    run.equal(after, before, "generations, causes and histories")


def undone(run, *arguments):
    first, second = two_revisions(run, *arguments)
    undo(run)
    expect(run, "after undo", [second, first])
    run.equal(cause(run, *DEPLOYMENT), first[DEPLOYMENT], "the Deployment's own text after undo")
    for each in FORGETFUL:
        run.equal(cause(run, *each), second[each], f"the text of {each} after undo")
    return second, first


def repaired(run, second, first):
    third = {each: due(run, *each) for each in ALL}
    run.equal({each: cause(run, *each) for each in ALL}, third, "causes after the upgrade")
    expect(run, "after the upgrade", [second, first, third])


@test("after rollout undo, Helm 3 repairs the text", (3,))
def _(run):
    before = undone(run)
    upgrade(run, "third")
    repaired(run, *before)


@test("after rollout undo, Helm 4 conflicts on the text as on the stamp, once, and --force-conflicts heals both", (4,))
def _(run):
    before = undone(run)
    result = upgrade(run, "third", status=1)
    run.contains(result.stderr, 'conflict with "kubectl"')
    run.contains(result.stderr, f".metadata.annotations.{NAME}")
    upgrade(run, "third", "--force-conflicts")
    repaired(run, *before)
    upgrade(run, "fourth")


@test("after rollout undo, Helm 4 with client-side apply repairs the text", (4,))
def _(run):
    before = undone(run, "--server-side=false")
    upgrade(run, "third", "--server-side=false")
    repaired(run, *before)


@test("after kubectl annotate, Helm 3 writes its text again", (3,))
def _(run):
    upgrade(run, "first")
    run.kubectl("annotate", "--overwrite", "deployment/demo-one", f"{NAME}=by hand")
    upgrade(run, "second")
    run.equal(cause(run, *DEPLOYMENT), due(run, *DEPLOYMENT), "the text")


@test("after kubectl annotate, Helm 4 conflicts on the text alone, once, and --force-conflicts heals it", (4,))
def _(run):
    upgrade(run, "first")
    run.kubectl("annotate", "--overwrite", "deployment/demo-one", f"{NAME}=by hand")
    result = upgrade(run, "second", status=1)
    run.contains(result.stderr, 'conflict with "kubectl')
    run.contains(result.stderr, f".metadata.annotations.{NAME}")
    run.check("rollstamp.io/" not in result.stderr, "a stamp conflicts, too")
    upgrade(run, "second", "--force-conflicts")
    run.equal(cause(run, *DEPLOYMENT), due(run, *DEPLOYMENT), "the text")
    upgrade(run, "third")
    run.equal(cause(run, *DEPLOYMENT), due(run, *DEPLOYMENT), "the text")


@test("switched on later it rolls nothing, and why foretells that", BOTH)
def _(run):
    run.upgrade("demo", WORKLOADS)
    before = [run.revision("demo-one"), run.revisions(*STATEFUL), run.revisions(*DAEMON)]
    run.shell("helm$HELM_VERSION get manifest demo -n $NAMESPACE >old.yaml",
              env={"HELM_VERSION": run.helm, "NAMESPACE": run.namespace})
    run.upgrade("demo", WORKLOADS, stamped=STAMPED)
    run.shell("helm$HELM_VERSION get manifest demo -n $NAMESPACE >new.yaml",
              env={"HELM_VERSION": run.helm, "NAMESPACE": run.namespace})
    run.run("rollstamp", "why", "--exit-code", "old.yaml", "new.yaml")
    run.equal([run.revision("demo-one"), run.revisions(*STATEFUL), run.revisions(*DAEMON)], before, "revisions")
    run.equal({each: cause(run, *each) for each in ALL}, {each: due(run, *each) for each in ALL}, "causes")
    # The controller of Deployments writes it to the ReplicaSet that is there; revisions of the others are for ever.
    run.equal(history(run, *DEPLOYMENT), {1: due(run, *DEPLOYMENT)}, "history of the Deployment")
    for each in FORGETFUL:
        run.equal(history(run, *each), {1: "<none>"}, f"history of {each}")


@test("a text of the chart's own stays", BOTH)
def _(run):
    chart = run.directory / "chart"
    run.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n")
    text = run.run_helm("template", "demo", WORKLOADS).stdout
    text = text.replace("  name: demo-one\n", f"  name: demo-one\n  annotations:\n    {NAME}: the chart's\n")
    run.write("chart/templates/all.yaml", text)
    run.upgrade("demo", chart, stamped=STAMPED)
    run.equal(history(run, *DEPLOYMENT), {1: "the chart's"}, "history")
    run.equal(cause(run, *STATEFUL), due(run, *STATEFUL), "the other's text")


def pipe(run, end, value, helm=3):
    return (f"helm{helm} template demo {WORKLOADS} -n {run.namespace} --set-string one={value},two={value} | "
            f"rollstamp --change-cause | {end}")


def apply_and_diff(run, *side):
    """As a GitOps tool does it: the render is applied, rendered again, and compared with what is there."""
    side, causes = " ".join(side), []
    for value in "first", "second":
        run.shell(pipe(run, f"kubectl -n {run.namespace} apply {side} -f -", value))
        for kind, name in ALL:
            run.kubectl("rollout", "status", f"{kind}/{name}", "--timeout=60s")
        run.equal(run.shell(pipe(run, f"kubectl -n {run.namespace} diff {side} -f -", value)).stdout, "", "the diff of the same render")
        causes.append({each: due(run, *each) for each in ALL})
    expect(run, "after two applies", causes)
    result = run.shell(pipe(run, f"kubectl -n {run.namespace} diff {side} -f -", "third"), status=1)
    run.equal(len(re.findall(rf"^\+ +{NAME}: ", result.stdout, re.M)), 5, "texts in the diff of another render")


@test("kubectl apply: every revision has its text, and the same render again shows no drift")
def _(run):
    apply_and_diff(run)


@test("kubectl apply --server-side: every revision has its text, and the same render again shows no drift")
def _(run):
    apply_and_diff(run, "--server-side")


@test("two renders are the same bytes", BOTH)
def _(run):
    run.shell(f"for i in 1 2; do {pipe(run, 'cat >$i', 'x', run.helm)}; done; cmp 1 2; rollstamp --change-cause <1 | cmp - 1")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
