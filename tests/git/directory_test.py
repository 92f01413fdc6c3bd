# SPDX-License-Identifier: Apache-2.0
"""The directory that the program is started in is often somebody else's, an unpacked chart: whatever lies there, a
repository with a configuration, programs, the files that programs look for, nothing of it runs or counts."""

import ctypes
import os
import struct
import subprocess

import servers
from case import configmap, container, deployment, of_configmap, pair, web
from credentials_test import CREDENTIALS, private, resolved
from deadlines_test import helper
from lib.tap import each, test

# A program that git could be made to run.
MARKER = "touch {mark}; echo username=x; echo password=y"
# Every setting by which a repository could make git, or what it starts, run something, or ask somebody else.
HOSTILE = """
[core]
\tbare = {bare}
\trepositoryformatversion = 0
\tfsmonitor = "{marker}"
\thooksPath = {chart}/hooks
\tsshCommand = "{marker}"
\taskPass = {chart}/program
\tpager = "{marker}"
[credential]
\thelper = "!f() {{ {marker}; }}; f"
[credential "https://localhost"]
\thelper = {chart}/program
[include]
\tpath = {chart}/included
[alias]
\tcredential = "!{marker}"
\tcredential-mine = "!{marker}"
[url "ext::sh -c touch% {mark} "]
\tinsteadOf = https://localhost
"""


def settings(case, chart, bare):
    marker = MARKER.format(mark=case.directory / "mark").replace('"', '\\"')
    return HOSTILE.format(bare=bare, marker=marker, mark=case.directory / "mark", chart=chart)


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def bare(case, chart):
    (chart / "HEAD").write_text("ref: refs/heads/main\n")
    (chart / "objects").mkdir()
    (chart / "refs").mkdir()
    (chart / "config").write_text(settings(case, chart, "true"))
    return chart


def with_git_directory(case, chart):
    (chart / ".git").mkdir()
    bare(case, chart / ".git")
    (chart / ".git" / "config").write_text(settings(case, chart, "false"))
    return chart


def below_repository(case, chart):
    with_git_directory(case, chart)
    (chart / "charts" / "web").mkdir(parents=True)
    return chart / "charts" / "web"


def with_git_file(case, chart):
    (chart / "elsewhere").mkdir()
    bare(case, chart / "elsewhere")
    (chart / ".git").write_text("gitdir: elsewhere\n")
    return chart


REPOSITORIES = {
    "a bare repository": bare,
    "a repository with .git": with_git_directory,
    "a directory in a repository": below_repository,
    "a repository with a .git file": with_git_file,
}


def make_chart(case, make):
    """Where to start, in a chart that is a repository with every hostile setting."""
    chart = case.directory / "chart"
    chart.mkdir()
    marker = MARKER.format(mark=case.directory / "mark")
    script(chart / "program", marker)
    (chart / "hooks").mkdir()
    script(chart / "hooks" / "post-checkout", marker)
    (chart / "included").write_text(f'[credential]\n\thelper = "!f() {{ {marker}; }}; f"\n')
    return make(case, chart)


def unmarked(case):
    case.check(not (case.directory / "mark").exists(), "something of the directory ran")


def would_run(case, where):
    """Git itself takes what is there: else the test would show nothing."""
    mark = case.directory / "mark"
    subprocess.run([case.world.git, "credential", "fill"], input=b"url=https://localhost/x\n\n", cwd=where, check=False,
                   env={**servers.base_environment(case.home), "GIT_TERMINAL_PROMPT": "0"},
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    case.check(mark.exists(), "git itself runs nothing there")
    mark.unlink(missing_ok=True)


@each([(f"the configuration of {name} does not count", make) for name, make in REPOSITORIES.items()])
def repository(case, make):
    where = make_chart(case, make)
    would_run(case, where)
    run = case.rollstamp(web(private(case)), cwd=where)
    case.failed(run, "git-init", "credential")
    unmarked(case)
    # Beside it, the user's own helper is asked.
    helper(case, CREDENTIALS)
    resolved(case, case.rollstamp(web(private(case)), cwd=where))
    unmarked(case)


@test("core.sshCommand of the repository that the program is started in does not count")
def ssh_command(case):
    where = make_chart(case, with_git_directory)
    script(where / "ssh", MARKER.format(mark=case.directory / "mark"))
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    url = f"{case.world.ssh.url}/config.git"
    env = {"PATH": f":.:{case.world.bin}:/usr/bin:/bin"}
    resolved(case, case.rollstamp(web(url), cwd=where, env=env))
    unmarked(case)


@each([(f"a repository that {name} does not count", variables) for name, variables in {
        "a hook's GIT_DIR names": {"GIT_DIR": ".git"},
        "GIT_DIR and GIT_WORK_TREE name": {"GIT_DIR": "{chart}/.git", "GIT_WORK_TREE": "{chart}"},
        "GIT_COMMON_DIR names": {"GIT_COMMON_DIR": "{chart}/.git"},
        "GIT_CONFIG names": {"GIT_CONFIG": "{chart}/.git/config"},
}.items()])
def repository_of_variables(case, variables):
    where = make_chart(case, with_git_directory)
    env = {name: value.format(chart=where) for name, value in variables.items()}
    run = case.rollstamp(web(private(case)), cwd=where, env=env)
    case.failed(run, "git-init", "credential")
    unmarked(case)


@each([(f"the program {name} of the current directory is not taken, with {path!r} in PATH", name, path)
       for name in ("git", "kubectl", "rollstamp-git", "git-credential-mine") for path in ("", ".", "./bin", "bin")])
def program(case, name, path):
    chart = case.directory / "chart"
    (chart / "bin").mkdir(parents=True)
    for directory in (chart, chart / "bin"):
        script(directory / name, MARKER.format(mark=case.directory / "mark"))
    case.config.write_text("[credential]\n\thelper =\n\thelper = mine\n")
    manifest = [web(private(case)), deployment(container(env={"X": of_configmap("absent", "x")}), name="other")]
    for position in ("{path}:{rest}", "/usr/bin:{path}", "{path}"):
        env = {"PATH": position.format(path=path, rest="/usr/local/bin:/usr/bin:/bin")}
        run = case.rollstamp(manifest, cwd=chart, env=env)
        case.failed(run, "git-init")
        run = case.rollstamp([configmap("x", x="x"), manifest[1]], "--live", "--namespace=x", "--live-timeout=5",
                             "--kubeconfig=/nowhere", cwd=chart, env=env)
        case.equal("exit status", run.status, 1)
    unmarked(case)


@test("a helper in an absolute directory of PATH is found behind relative ones")
def absolute_directory(case):
    helper(case, CREDENTIALS)
    own = case.directory / "own"
    own.mkdir()
    script(own / "git-credential-mine", CREDENTIALS)
    case.config.write_text("[credential]\n\thelper =\n\thelper = mine\n")
    resolved(case, case.rollstamp(web(private(case)), env={"PATH": f"::.:{own}:./bin:{case.world.bin}:/usr/bin:/bin"}))


@test("without HOME nothing of the current directory is taken for the user's")
def no_home(case):
    """kubectl, and others, look for the configuration in the current directory then."""
    chart = case.directory / "chart"
    (chart / ".kube").mkdir(parents=True)
    mark = case.directory / "mark"
    (chart / ".kube" / "config").write_text(f"""
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "https://127.0.0.1:1"}}}}]
users:
- name: u
  user:
    exec: {{apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, "touch {mark}"], interactiveMode: Never}}
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
""")
    (chart / ".gitconfig").write_text(settings(case, chart, "true"))
    (chart / ".config" / "git").mkdir(parents=True)
    (chart / ".config" / "git" / "config").write_text(settings(case, chart, "true"))
    stand_in = case.directory / "bin"
    stand_in.mkdir()
    # What client-go does: the file is in HOME, and a path without a directory in front is a relative one.
    script(stand_in / "kubectl", f'test -e "${{HOME:-.}}/.kube/config" && touch {mark}; exit 1')
    for home in (None, ""):
        env = {"HOME": home, "GIT_CONFIG_GLOBAL": None, "PATH": f"{stand_in}:{case.world.bin}:/usr/bin:/bin"}
        run = case.rollstamp(web(private(case)), cwd=chart, env=env)
        case.failed(run, "git-init", "credential")
        run = case.rollstamp([deployment(container(env={"X": of_configmap("absent", "x")}))], "--live",
                             "--namespace=x", cwd=chart, env=env)
        case.failed(run, "kubectl")
    unmarked(case)


class Opened:
    """The files of a directory, with those below it, that anybody opens, by inotify(7)."""

    IN_OPEN, IN_NONBLOCK, EVENT = 0x20, 0o4000, struct.Struct("iIII")

    def __init__(self, directory):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(self.IN_NONBLOCK)
        self.places = {}
        for path in [directory, *(path for path in directory.rglob("*") if path.is_dir())]:
            watch = libc.inotify_add_watch(self.fd, os.fsencode(path), self.IN_OPEN)
            if watch < 0:
                raise OSError(ctypes.get_errno(), f"no watch for {path}")
            self.places[watch] = path

    def close(self):
        """Their paths."""
        found = set()
        with open(self.fd, "rb", buffering=0) as file:
            while data := file.read(65536):
                while data:
                    watch, _, _, length = self.EVENT.unpack_from(data)
                    name = data[self.EVENT.size:self.EVENT.size + length].rstrip(b"\0")
                    found.add(str(self.places[watch] / os.fsdecode(name)))
                    data = data[self.EVENT.size + length:]
        return sorted(found)


@each([(f"no process of a run opens a file of {name}", make) for name, make in REPOSITORIES.items()])
def opened(case, make):
    where = make_chart(case, make)
    for name in ("git", "ssh", "sh", "kubectl", "git-credential", "gitconfig", ".gitconfig", ".git-credentials"):
        script(where / name, "exit 0")
    helper(case, CREDENTIALS)
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    workloads = [web(private(case)), deployment(pair(f"{case.world.ssh.url}/config.git", "main"), name="other")]
    watched = Opened(case.directory / "chart")
    run = case.rollstamp(workloads, cwd=where, env={"PATH": f".::{case.world.bin}:/usr/bin:/bin:"})
    case.equal("opened files", watched.close(), [])
    resolved(case, run)
    # Git itself opens some: else the test would show nothing.
    watched = Opened(case.directory / "chart")
    would_run(case, where)
    case.check(watched.close(), "no file is seen that git opens")


# ---- What the user has set still counts ---------------------------------------------------------------------------

def job_token(case, directory):
    script(directory / "helper", CREDENTIALS)
    return "!./helper"


@test("a helper that the user's configuration names by a relative path is found")
def relative_helper(case):
    own = case.directory / "own"
    own.mkdir()
    case.config.write_text(f'[credential]\n\thelper =\n\thelper = "{job_token(case, own)}"\n')
    resolved(case, case.rollstamp(web(private(case)), cwd=own))


@test("a store that the user's configuration names by a relative path is read")
def relative_store(case):
    own = case.directory / "own"
    own.mkdir()
    (own / "credentials").write_text(
        f"https://{servers.NAME}:{servers.PASSWORD}@localhost:{case.world.web.https_port}\n")
    case.config.write_text('[credential]\n\thelper =\n\thelper = "store --file=credentials"\n')
    resolved(case, case.rollstamp(web(private(case)), cwd=own))


@test("GIT_CONFIG_GLOBAL can be a relative path")
def relative_configuration(case):
    own = case.directory / "own"
    own.mkdir()
    (own / "gitconfig").write_text(f'[credential]\n\thelper =\n\thelper = "{job_token(case, own)}"\n')
    resolved(case, case.rollstamp(web(private(case)), cwd=own, env={"GIT_CONFIG_GLOBAL": "gitconfig"}))


@test("configuration in variables, as CI gives it, lets in with the job's token")
def configuration_of_variables(case):
    echo = f"!f() {{ echo username={servers.NAME}; echo \"password=$JOB_TOKEN\"; }}; f"
    count = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"credential.{case.world.web.https}.helper",
             "GIT_CONFIG_VALUE_0": echo, "JOB_TOKEN": servers.PASSWORD}
    resolved(case, case.rollstamp(web(private(case)), env=count))
    parameters = {"GIT_CONFIG_PARAMETERS": "'credential.helper'='" + echo.replace("!", "'\\!'") + "'",
                  "JOB_TOKEN": servers.PASSWORD}
    resolved(case, case.rollstamp(web(private(case)), env=parameters))


@test("two accounts on one server are told apart by sections with their urls")
def two_accounts(case):
    url = case.world.web.https
    case.config.write_text(
        "[credential]\n\thelper =\n\tuseHttpPath = true\n"
        f'[credential "{url}/private/config.git"]\n\thelper = "!f() {{ echo username={servers.NAME}; '
        f'echo password={servers.PASSWORD}; }}; f"\n'
        f'[credential "{url}/private/other.git"]\n\thelper = "!f() {{ echo username=other; echo password=x; }}; f"\n')
    resolved(case, case.rollstamp(web(private(case))))


@test("includeIf of a directory fits nothing, and an include without a condition counts")
def include_if(case):
    where = make_chart(case, with_git_directory)
    (case.home / "included").write_text(f'[credential]\n\thelper = "!f() {{ touch {case.directory}/mark; }}; f"\n')
    conditions = [f"gitdir:{where}/", f"gitdir:{where}/.git", f"gitdir:{case.directory}/", "gitdir:chart/", "onbranch:**",
                  "hasconfig:remote.*.url:**"]
    case.config.write_text("[credential]\n\thelper =\n" + "".join(
        f'[includeIf "{condition}"]\n\tpath = {case.home}/included\n' for condition in conditions))
    case.failed(case.rollstamp(web(private(case)), cwd=where), "git-init", "credential")
    unmarked(case)
    (case.home / "own").write_text(
        f'[credential]\n\thelper = "!f() {{ echo username={servers.NAME}; echo password={servers.PASSWORD}; }}; f"\n')
    case.config.write_text(f"[credential]\n\thelper =\n[include]\n\tpath = {case.home}/own\n")
    resolved(case, case.rollstamp(web(private(case)), cwd=where))


@test("a relative GIT_EXEC_PATH does not count, an absolute one does")
def exec_path(case):
    chart = case.directory / "chart"
    chart.mkdir()
    script(chart / "git-credential-mine", MARKER.format(mark=case.directory / "mark"))
    script(chart / "git-credential", MARKER.format(mark=case.directory / "mark"))
    case.config.write_text("[credential]\n\thelper =\n\thelper = mine\n")
    case.failed(case.rollstamp(web(private(case)), cwd=chart, env={"GIT_EXEC_PATH": "."}), "git-init", "credential")
    unmarked(case)
    own = subprocess.run([case.world.git, "--exec-path"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    links = case.directory / "exec"
    links.mkdir()
    for name in os.listdir(own):
        (links / name).symlink_to(f"{own}/{name}")
    script(links / "git-credential-mine", CREDENTIALS)
    resolved(case, case.rollstamp(web(private(case)), cwd=chart, env={"GIT_EXEC_PATH": str(links)}))
