#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Helm 4 plugin as it is released: verified, installed and used by the real Helm 4, on a control plane."""

import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "real"))

# pylint: disable=wrong-import-position
import harness  # noqa: E402
from harness import CHARTS, test  # noqa: E402

WORKLOADS = CHARTS / "workloads"


def package(run):
    found = list(run.setting.made.glob("files/rollstamp-*.tgz"))
    run.check(len(found) == 1, f"packages in {run.setting.made}: {found}")
    # Helm installs into its data directory, wherever HELM_PLUGINS points.
    del run.env["HELM_PLUGINS"]
    return found[0]


def keyring(run):
    return "--keyring", run.setting.made / "keyring.gpg"


def unpacked(run):
    found = list(run.setting.made.glob("unpacked/*-linux-amd64"))
    run.check(len(found) == 1, f"tarballs in {run.setting.made}: {found}")
    return found[0]


@test("helm plugin verify takes the package with its key, and no changed one, nor one with another key", (4,))
def _(run):
    source = package(run)
    run.run_helm("plugin", "verify", source, *keyring(run))
    for end in ("", ".prov"):
        shutil.copy(f"{source}{end}", run.directory)
    changed = run.directory / source.name
    with open(changed, "ab") as file:
        file.write(b"\0")
    refused = run.run_helm("plugin", "verify", changed, *keyring(run), status=1)
    run.contains(refused.stderr, "sha256 sum does not match", "what is said of a changed package")
    run.write("empty.gpg", "")
    run.run_helm("plugin", "verify", source, "--keyring", run.directory / "empty.gpg", status=1)


@test("helm plugin install takes the package, and upgrades roll what they have to", (4,))
def _(run):
    run.run_helm("plugin", "install", package(run), *keyring(run))
    listed = [line.split()[:2] for line in run.run_helm("plugin", "list", "--type", "postrenderer/v1").stdout.splitlines()]
    version = run.run(unpacked(run) / "bin" / "rollstamp", "--version").stdout.split()[1]
    run.check(["rollstamp", version] in listed, f"plugins: {listed}")
    run.upgrade("demo", WORKLOADS)
    first = run.stamps("deployment", "demo-one")
    run.check("configmap.rollstamp.io/demo-config" in first, f"stamps: {first}")
    before = run.revision("demo-one")
    run.upgrade("demo", WORKLOADS)
    run.equal(run.revision("demo-one"), before, "revision after the same upgrade again")
    run.upgrade("demo", WORKLOADS, values={"one": "changed"})
    run.equal(run.revision("demo-one"), (before[0] + 1, before[1] + 1), "revision after a changed key")
    failed = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer("--external=/nowhere"), status=1)
    run.contains(failed.stderr, "--- rollstamp: ", "what Helm says of a failure")


@test("the plugin's helper asks a git server", (4,))
def _(run):
    run.run_helm("plugin", "install", package(run), *keyring(run))
    commit = run.commit("routes")
    chart = run.directory / "git"
    run.write("git/Chart.yaml", "apiVersion: v2\nname: git\nversion: 0.1.0\n")
    run.write("git/templates/web.yaml", GIT.format(url=f"file://{run.directory}/routes"))
    result = run.run_helm("template", "demo", chart, *run.post_renderer("--git-allow-local"))
    run.check(re.search(rf'git\.rollstamp\.io/routes"?: "{commit}"', result.stdout), "the template has no stamp of the commit")


@test("helm plugin install takes the plugin's directory of the tarball, and finds the program beside it", (4,))
def _(run):
    package(run)
    run.run_helm("plugin", "install", unpacked(run) / "share" / "rollstamp" / "helm" / "rollstamp")
    result = run.run_helm("template", "demo", WORKLOADS, *run.post_renderer())
    run.contains(result.stdout, "configmap.rollstamp.io/demo-config", "the template")


GIT = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      initContainers:
      - name: checkout
        image: git
        command: [git, clone, --branch, main, "{url}", /routes]
      containers:
      - {{name: web, image: web}}
"""


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
