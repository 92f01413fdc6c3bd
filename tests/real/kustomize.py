#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rollstamp as a KRM function, called by a real kustomize."""

import re
import shutil
import sys

import harness
from harness import test

EXAMPLE = harness.HERE.parent.parent / "examples" / "kustomize"
BUILD = ["kustomize", "build", "--enable-alpha-plugins"]
FUNCTION = """\
apiVersion: rollstamp.io/v1
kind: Rollstamp
metadata:
  name: rollstamp
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: {program}
spec:
{options}
"""
RESOURCES = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  one: "1" # a comment
---
apiVersion: v1
kind: Service
metadata:
  name: untouched
spec:
  clusterIP: None
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: example.com/app:1
        envFrom:
        - configMapRef:
            name: settings
"""


def prepare(run, options="  inject: annotations", resources=RESOURCES, more="", program="rollstamp-krm"):
    """A directory with a kustomization that has rollstamp as its transformer."""
    run.write("app/resources.yaml", resources)
    run.write("app/function.yaml", FUNCTION.format(options=options, program=program))
    run.write("app/kustomization.yaml", "resources: [resources.yaml]\ntransformers: [function.yaml]\n" + more)
    (run.directory / "app" / "my-krm").symlink_to(run.rollstamp)
    (run.directory / "app" / "rollstamp-krm").symlink_to(run.rollstamp)
    return run.directory / "app"


def stamps(text):
    """The lines with stamps. kustomize writes its output anew, and leaves quotes out that are not needed."""
    return sorted(line.strip().replace('"', "") for line in text.splitlines() if ".rollstamp.io/" in line)


@test("as a transformer it stamps what the same manifests in a pipe are stamped with, and nothing else changes")
def _(run):
    where = prepare(run)
    result = run.run(*BUILD, "--enable-exec", where)
    run.equal(len(stamps(result.stdout)), 1, "stamps")
    run.equal(stamps(result.stdout), stamps(run.run("rollstamp", stdin=RESOURCES).stdout), "stamps")
    run.write("app/kustomization.yaml", "resources: [resources.yaml]\n")
    plain = run.run(*BUILD, where).stdout
    run.equal(re.sub(r"      annotations:\n        configmap\.rollstamp.*\n", "", result.stdout), plain, "output without the stamp")


@test("the name rollstamp-krm, by a path, or --krm among args chooses the function")
def _(run):
    for program in "rollstamp-krm", "./rollstamp-krm", "rollstamp\n        args: [--krm]", "./my-krm\n        args: [--krm]":
        result = run.run(*BUILD, "--enable-exec", prepare(run, program=program))
        run.equal(len(stamps(result.stdout)), 1, f"stamps of {program!r}")
        shutil.rmtree(run.directory / "app")


@test("by its own name the program is no function, and says so")
def _(run):
    result = run.run(*BUILD, "--enable-exec", prepare(run, program="./my-krm"), status=1)
    run.equal(result.stdout, "", "output")
    run.contains(result.stderr, "--krm", "message")


@test("ROLLSTAMP_CONFIG reaches the function, and its strict is not weakened")
def _(run):
    where = prepare(run, "  unresolved-ok: '*'", resources=RESOURCES.replace("name: settings\n", "name: other\n", 1))
    run.write("rollstamp.yaml", "strict: true\n")
    config = {"ROLLSTAMP_CONFIG": run.directory / "rollstamp.yaml"}
    result = run.run(*BUILD, "--enable-exec", where, env=config, status=1)
    run.equal(result.stdout, "", "output")
    run.contains(result.stderr, "unresolved-ok", "message")
    run.write("app/function.yaml", FUNCTION.format(options="  inject: env", program="rollstamp-krm"))
    result = run.run(*BUILD, "--enable-exec", where, env=config, status=1)
    run.contains(result.stderr, "ConfigMap settings is not in the input", "message")


@test("functionConfig is the configuration")
def _(run):
    result = run.run(*BUILD, "--enable-exec", prepare(run, "  inject: env"))
    run.contains(result.stdout, "ROLLSTAMP_CONFIGMAP_SETTINGS")
    run.equal(stamps(result.stdout), [], "annotations")


@test("configMapGenerator's names, with their hashes, are resolved")
def _(run):
    resources = RESOURCES.split("---\n", 1)[1]
    where = prepare(run, resources=resources, more="configMapGenerator:\n- name: settings\n  literals: [one=1]\n")
    result = run.run(*BUILD, "--enable-exec", where)
    run.equal(len(stamps(result.stdout)), 1, "stamps")


# A SecretProviderClass and what it makes, a stand-in, and a checksum of the overlay's own.
CONSUMED = """\
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: vault}
spec: {provider: vault, parameters: {roleName: shop}, secretObjects: [{secretName: made}]}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed}
spec: {encryptedData: {password: AgB}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {one: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:
        checksum/config: "of the labels, too"
    spec:
      containers:
      - name: main
        image: example.com/app:1
        envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: made}}SEALED]
        volumeMounts: [{name: store, mountPath: /mnt}]
      volumes:
      - name: store
        csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: vault}}
"""


@test("SecretProviderClasses, stand-ins and checksums are what they are in a pipe")
def _(run):
    for sealed in "", ", {secretRef: {name: sealed}}":
        text = CONSUMED.replace("SEALED", sealed)
        where = prepare(run, "  drop-checksums: checksum/*", resources=text)
        result = run.run(*BUILD, "--enable-exec", where)
        piped = run.run("rollstamp", "--drop-checksums", stdin=text).stdout
        run.equal(len(stamps(result.stdout)), 2, "stamps")
        run.equal(stamps(result.stdout), stamps(piped), "stamps")
        # The stand-in's content is covered by no stamp, so the checksum may be for that.
        for output in result.stdout, piped:
            run.equal("checksum/config" in output, bool(sealed), "is the checksum there?")
        run.write("app/function.yaml", FUNCTION.format(options="  strict: true", program="rollstamp-krm"))
        strict = run.run(*BUILD, "--enable-exec", where, status=1 if sealed else 0)
        if sealed:
            run.equal(strict.stdout, "", "output")
            run.contains(strict.stderr, "Secret sealed comes from SealedSecret/sealed", "message")
        shutil.rmtree(where)


@test("a failure fails the build, and prints nothing but a message")
def _(run):
    where = prepare(run, "  strict: true", resources=RESOURCES.replace("name: settings\n", "name: other\n", 1))
    result = run.run(*BUILD, "--enable-exec", where, status=1)
    run.equal(result.stdout, "", "output")
    run.contains(result.stderr, "settings", "message")


@test("a configuration that is wrong fails the build and says where")
def _(run):
    result = run.run(*BUILD, "--enable-exec", prepare(run, "  injekt: env"), status=1)
    run.contains(result.stderr, "injekt", "message")


@test("without --enable-exec kustomize skips the function silently")
def _(run):
    result = run.run(*BUILD, prepare(run), status=None)
    run.equal(stamps(result.stdout), [], "stamps")


@test("kustomize build | rollstamp | kubectl apply rolls by a changed key")
def _(run):
    where = prepare(run)
    run.write("app/kustomization.yaml", "resources: [resources.yaml]\n")
    pipe = f"kustomize build {where} | rollstamp | kubectl -n {run.namespace} apply -f -"
    run.shell(pipe)
    run.write("app/resources.yaml", RESOURCES.replace('one: "1"', 'one: "2"'))
    run.shell(pipe)
    run.equal(run.revision("web"), (2, 2), "revision and ReplicaSets")


@test("the build with the function is applied, and rolls by a changed key alone")
def _(run):
    where = prepare(run)
    pipe = f"kustomize build --enable-alpha-plugins --enable-exec {where} | kubectl -n {run.namespace} apply -f -"
    run.shell(pipe)
    run.write("app/resources.yaml", RESOURCES.replace("# a comment", "# another"))
    run.shell(pipe)
    run.equal(run.revision("web"), (1, 1), "revision and ReplicaSets after another comment")
    run.write("app/resources.yaml", RESOURCES.replace('one: "1"', 'one: "2"'))
    run.shell(pipe)
    run.equal(run.revision("web"), (2, 2), "revision and ReplicaSets after another value")


@test("examples/kustomize builds with a stamp in it")
def _(run):
    run.check(EXAMPLE.is_dir(), f"no {EXAMPLE}")
    shutil.copytree(EXAMPLE, run.directory / "example")
    result = run.run(*BUILD, "--enable-exec", run.directory / "example")
    run.check(stamps(result.stdout), "no stamp")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
