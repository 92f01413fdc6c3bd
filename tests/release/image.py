#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The container images, used as their callers use them.

    image.py --made DIR [--helm PROGRAM] [--kustomize PROGRAM]

DIR is what tests/release/make has made. A container is the image's files and configuration in namespaces of its own,
without a network: what docker adds to that is nothing that the program could see. With a real Helm it is Argo CD's sidecar
(examples/argocd), with a real kustomize the container of a KRM function. Needs root and buildah.

Output is TAP version 13.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import cases, tap  # noqa: E402

ROOT = cases.TESTS.parent
RENDER = ROOT / "examples/openig/rendered.yaml"
REF = "https://git.example.com/gateway/routes.git"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LOCK = {"format": "rollstamp-lock/1", "refs": [{"url": REF, "ref": "main", "kind": "branch", "commit": COMMIT}]}
# What kustomize gives docker is left out where it is about the container itself.
DOCKER = """\
#!/bin/sh
# docker run [OPTION...] IMAGE, as kustomize calls it.
[ "$1" = run ] || exit 1
case $* in *"--network none"*) ;; *) echo "not without a network" >&2; exit 1 ;; esac
exec {container}
"""


def run(*argv, data=b"", env=None, cwd=None):
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run(argv, input=data, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise tap.Failure(f"{' '.join(map(str, argv))}: status {done.returncode}\n{done.stderr.decode()[-4000:]}")
    return done.stdout


class Image:
    """One image of the archive, unpacked."""

    def __init__(self, archive, name, directory):
        buildah = ["buildah", "--root", f"{directory}/storage", "--runroot", f"{directory}/run", "--storage-driver", "vfs"]
        container = run(*buildah, "from", f"oci-archive:{archive}:{name}").decode().strip()
        self.root = pathlib.Path(run(*buildah, "mount", container).decode().strip())
        self.config = json.loads(run(*buildah, "inspect", container))["OCIv1"]["config"]

    def argv(self, *args, user=None, program=None):
        """How a container of it is started: as its configuration says, on its files, with no network."""
        user = user or self.config["User"]
        if ":" not in user:
            user += f":{user}"
        program = program or self.config["Entrypoint"]
        return ["unshare", "--net", "--pid", "--fork", "--ipc", "chroot", f"--userspec={user}", str(self.root),
                "/usr/bin/env", "-i", *self.config["Env"], *program, *args]

    def run(self, *args, data=b"", user=None, program=None):
        return run(*self.argv(*args, user=user, program=program), data=data)


class Suite:
    def __init__(self, options, directory):
        archive, = options.made.glob("files/rollstamp-*-image.tar")
        version = re.fullmatch(r"rollstamp-(.*)-image\.tar", archive.name).group(1)
        self.options, self.directory = options, pathlib.Path(directory)
        self.filter = Image(archive, f"rollstamp:{version}", directory)
        self.krm = Image(archive, f"rollstamp:{version}-krm", directory)

    def stamps(self, text):
        return set(re.findall(rb"(?:configmap|secret|git)\.rollstamp\.io/[a-z-]+", text))

    def neither_of_them_runs_as_root(self):
        return [f"User {image.config['User']}" for image in (self.filter, self.krm) if image.config["User"] != "999:999"]

    def a_filter_stamps_what_is_piped_through_it(self):
        out = self.filter.run("--git=off", data=RENDER.read_bytes())
        return [] if b"configmap.rollstamp.io/demo-app" in self.stamps(out) else [out.decode()]

    def commits_come_from_a_lock_without_a_network(self):
        (self.filter.root / "tmp/lock.json").write_text(json.dumps(LOCK))
        out = self.filter.run("--lock=/tmp/lock.json", "--locked", data=RENDER.read_bytes())
        return [] if COMMIT.encode() in out else [out.decode()]

    def it_has_what_it_starts(self):
        said = self.filter.run("--version").decode()
        problems = [] if re.search(r"rollstamp-git: \S+ \(", said) else [said]
        for program in (["git", "--version"], ["ssh", "-V"], ["test", "-s", "/etc/ssl/certs/ca-certificates.crt"]):
            self.filter.run(program=program)
        return problems

    def argo_cd_runs_its_plugin_as_a_user_that_is_nobody(self):
        if not self.options.helm:
            raise tap.Skip("Helm is not given: --helm")
        import yaml
        plugin = yaml.safe_load((ROOT / "examples/argocd/plugin.yaml").read_text())["spec"]["generate"]
        shutil.copy(self.options.helm, self.filter.root / "usr/local/bin/helm")
        chart = self.filter.root / "tmp/chart"
        shutil.copytree(ROOT / "examples/openig", chart)
        (chart / "rollstamp.lock.json").write_text(json.dumps(LOCK))
        inside = ["env", "--chdir=/tmp/chart", "ARGOCD_APP_NAME=demo", "ARGOCD_APP_NAMESPACE=shop", *plugin["command"]]
        out = self.filter.run(*plugin["args"], user="999", program=inside)
        return [] if COMMIT.encode() in out and b"configmap.rollstamp.io/demo-app" in self.stamps(out) else [out.decode()]

    def kustomize_runs_it_as_the_container_of_a_function(self):
        if not self.options.kustomize:
            raise tap.Skip("kustomize is not given: --kustomize")
        docker = self.directory / "bin/docker"
        docker.parent.mkdir()
        docker.write_text(DOCKER.format(container=" ".join(self.krm.argv(user="65534"))))
        docker.chmod(0o755)
        example = self.directory / "kustomize"
        shutil.copytree(ROOT / "examples/kustomize", example)
        function = example / "rollstamp.yaml"
        text, count = re.subn(r"exec:\n(\s+)path: rollstamp-krm", r"container:\n\1image: rollstamp-krm", function.read_text())
        if count != 1:
            raise tap.Failure("the example has no function that is a program any more")
        function.write_text(text)
        out = run(self.options.kustomize, "build", "--enable-alpha-plugins", example,
                  env={"PATH": f"{docker.parent}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.directory)})
        return [] if b"configmap.rollstamp.io/web-settings" in out else [out.decode()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", required=True, type=lambda text: pathlib.Path(text).absolute())
    for program in ("helm", "kustomize"):
        parser.add_argument(f"--{program}", type=lambda text: pathlib.Path(text).absolute())
    options = parser.parse_args()
    if os.geteuid() != 0:
        return tap.skip_all("a container needs root: run as root")
    with tempfile.TemporaryDirectory(prefix="rollstamp-image-", ignore_cleanup_errors=True) as directory:
        suite = Suite(options, directory)
        tests = [suite.neither_of_them_runs_as_root, suite.a_filter_stamps_what_is_piped_through_it,
                 suite.commits_come_from_a_lock_without_a_network, suite.it_has_what_it_starts,
                 suite.argo_cd_runs_its_plugin_as_a_user_that_is_nobody,
                 suite.kustomize_runs_it_as_the_container_of_a_function]
        return tap.run([tap.Test(test.__name__.replace("_", " "), test) for test in tests], workers=1)


if __name__ == "__main__":
    sys.exit(main())
