# SPDX-License-Identifier: Apache-2.0
"""ssh: by the user's own program, so that its configuration, keys and known hosts count; what a url can't make it do."""

import os
import pwd
import re
import socket
import subprocess
import time

import faulty
import netns
import servers
from case import VARIABLE, deployment, pair, web
from credentials_test import secret_objects
from deadlines_test import lock_text
from servers import make_ssh_key
from lib.tap import Skip, each, test


def url_of(case, name="config.git"):
    return f"{case.world.ssh.url}/{name}"


def shown(case):
    return url_of(case).replace(f"{servers.USER}@", "")


def want(case):
    return {"config": case.world.repos.commit_of("config.git", "main")}


def resolved(case, run):
    if case.succeeded(run):
        case.equal("commit", run.stamps(), want(case))


def hashed(case, text):
    """Host names of a known_hosts text replaced by their hashes, by ssh-keygen itself."""
    path = case.directory / "hosts"
    path.write_text(text)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(path)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return path.read_text()


@test("an unknown host is an error that says how to add it, and the file is not written")
def unknown_host(case):
    case.ssh_key("user_key")
    run = case.rollstamp(web(url_of(case)))
    case.failed(run, "git-init", VARIABLE, re.escape(shown(case)), "known_hosts", "ssh-keyscan -p", "fingerprint")
    case.check(not (case.home / ".ssh" / "known_hosts").exists(), "known_hosts was written")


@test("what the message for an unknown host says works")
def add_host(case):
    case.ssh_key("user_key")
    run = case.rollstamp(web(url_of(case)))
    command = re.search(r"ssh-keyscan [^'`\";>]*", run.stderr)
    if not case.check(command, f"no command in the message: {run.stderr!r}"):
        return
    words = {"PORT": str(case.world.ssh.port), "HOST": "127.0.0.1"}
    command = [words.get(word, word) for word in command[0].split()]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    case.known_hosts(done.stdout.decode())
    resolved(case, case.rollstamp(web(url_of(case))))


def ssh_trusts(case):
    """What OpenSSH says to the known_hosts of the case: nothing if it trusts the host, else its message."""
    done = subprocess.run(
        ["ssh", "-F", "none", "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={case.home}/.ssh/known_hosts",
         "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-i", f"{case.home}/.ssh/id_ed25519",
         "-p", str(case.world.ssh.port), "127.0.0.1", "true"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return done.returncode == 0, done.stderr.decode("utf-8", "replace")


def write_known(case, text):
    key = case.world.ssh.known_hosts_line("x").split(" ", 1)[1].strip()
    stranger = " ".join((case.world.ssh.directory / "stranger_key.pub").read_text().split()[:2])
    case.known_hosts(text.format(host=f"[127.0.0.1]:{case.world.ssh.port}", key=key, stranger=stranger))


KNOWN = [
    # what, known_hosts: {host} is [127.0.0.1]:port, {key} the server's
    ("by address and port", "{host} {key}\n"),
    ("in a list of hosts", "example.com,{host},other.example {key}\n"),
    ("by a pattern", "[127.0.0.?]:* {key}\n"),
    ("behind comments, blank lines and broken ones",
     "# comment\n\nnonsense\n|1|x|y {key}\n@unknown {host} {key}\n{host} {key}\n"),
    ("with a comment behind the key", "{host} {key} me@example.com\n"),
    ("behind another key of the host", "{host} {stranger}\n{host} {key}\n"),
]


@each([(f"a host that is known {row[0]} is trusted", row[1]) for row in KNOWN])
def known(case, text):
    case.ssh_key("user_key")
    write_known(case, text)
    trusted, message = ssh_trusts(case)
    case.check(trusted, f"ssh itself does not trust the host: {message}")
    resolved(case, case.rollstamp(web(url_of(case))))


@test("a host that is known by the hash of its name is trusted")
def known_by_hash(case):
    case.ssh_key("user_key")
    case.known_hosts(hashed(case, case.world.ssh.known_hosts_line()))
    case.check("127.0.0.1" not in (case.home / ".ssh" / "known_hosts").read_text(), "the name is not hashed")
    resolved(case, case.rollstamp(web(url_of(case))))


@each([(f"a host of which only the {kind} key is known is trusted", kind) for kind in servers.Ssh.HOST_KEYS])
def known_kind(case, kind):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line(kind=kind))
    resolved(case, case.rollstamp(web(url_of(case))))


UNTRUSTED = [
    # what, known_hosts, patterns of the message
    ("has another key now", "{host} {stranger}\n", ["changed|another|differ|not the|mismatch"]),
    ("is known on another port only", "[127.0.0.1]:1 {key}\n127.0.0.1 {stranger}\n", ["known_hosts"]),
    ("is excluded from a pattern", "[127.0.0.1]:*,!{host} {key}\n", ["known_hosts"]),
    ("has a revoked key", "{host} {key}\n@revoked {host} {key}\n", ["revoked"]),
    ("has a revoked key that is listed first", "@revoked * {key}\n{host} {key}\n", ["revoked"]),
    ("is known as an authority only", "@cert-authority {host} {key}\n", ["known_hosts"]),
]


@each([(f"a host that {row[0]} is refused", *row[1:]) for row in UNTRUSTED])
def untrusted(case, text, patterns):
    case.ssh_key("user_key")
    write_known(case, text)
    trusted, _ = ssh_trusts(case)
    case.check(not trusted, "ssh itself trusts the host")
    run = case.rollstamp(web(url_of(case)))
    case.failed(run, "git-init", VARIABLE, re.escape(shown(case)), *patterns)


@test("without a key the error says what was tried")
def no_key(case):
    case.known_hosts(case.world.ssh.known_hosts_line())
    run = case.rollstamp(web(url_of(case)))
    case.failed(run, "git-init", VARIABLE, re.escape(shown(case)), "key", "agent|SSH_AUTH_SOCK")


@test("a key that the server does not know is an error")
def stranger(case):
    case.ssh_key("stranger_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    run = case.rollstamp(web(url_of(case)))
    case.failed(run, "git-init", VARIABLE, re.escape(shown(case)), "key")


@test("a key with a passphrase is an error that speaks of the agent, and nobody is asked")
def locked(case):
    case.ssh_key("locked_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    run = case.rollstamp(web(url_of(case)))
    case.failed(run, "git-init", re.escape(shown(case)), "agent|passphrase|ssh-add")
    case.check(run.seconds < 5 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@each([(f"a key file of kind {kind} lets in", kind) for kind in ("ecdsa", "rsa")])
def other_keys(case, kind):
    ssh = case.world.ssh
    with case.world.lock:
        path = case.directory / f"id_{kind}"
        make_ssh_key(path, kind)
        with open(ssh.directory / "authorized_keys", "a", encoding="ascii") as file:
            file.write((case.directory / f"id_{kind}.pub").read_text())
    for end in ("", ".pub"):
        os.rename(f"{path}{end}", case.home / ".ssh" / f"id_{kind}{end}")
    case.known_hosts(ssh.known_hosts_line())
    resolved(case, case.rollstamp(web(url_of(case))))


@test("a second key file is tried when the first one is not let in")
def second_key(case):
    ssh = case.world.ssh
    case.ssh_key("stranger_key")
    with case.world.lock:
        make_ssh_key(case.home / ".ssh" / "id_ecdsa", "ecdsa")
        with open(ssh.directory / "authorized_keys", "a", encoding="ascii") as file:
            file.write((case.home / ".ssh" / "id_ecdsa.pub").read_text())
    case.known_hosts(ssh.known_hosts_line())
    resolved(case, case.rollstamp(web(url_of(case))))


class Agent:
    """An ssh-agent with keys in it."""

    def __init__(self, case, *keys):
        self.socket = str(case.directory / "agent")
        self.process = servers.Process(["ssh-agent", "-D", "-a", self.socket], case.directory / "agent.log",
                                       servers.base_environment(case.home))
        until = time.monotonic() + 20
        while not os.path.exists(self.socket) and time.monotonic() < until:
            time.sleep(0.02)
        self.environment = {"SSH_AUTH_SOCK": self.socket}
        for key in keys:
            subprocess.run(["ssh-add", "-q", str(key)], check=True, stdin=subprocess.DEVNULL,
                           env={**servers.base_environment(case.home), **self.environment},
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        self.process.close()


@test("the agent's key lets in, also as one of several")
def agent(case):
    case.known_hosts(case.world.ssh.known_hosts_line())
    directory = case.world.ssh.directory
    running = case.use(Agent(case, directory / "stranger_key", directory / "user_key"))
    resolved(case, case.rollstamp(web(url_of(case)), env=running.environment))


@test("key files are tried when the agent is dead, empty or has a key that is not let in")
def agent_without_use(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    resolved(case, case.rollstamp(web(url_of(case)), env={"SSH_AUTH_SOCK": "/nowhere/agent"}))
    running = case.use(Agent(case))
    resolved(case, case.rollstamp(web(url_of(case)), env=running.environment))
    subprocess.run(["ssh-add", "-q", str(case.world.ssh.directory / "stranger_key")], check=True,
                   env={**servers.base_environment(case.home), **running.environment}, stderr=subprocess.DEVNULL)
    resolved(case, case.rollstamp(web(url_of(case)), env=running.environment))


@test("an agent that never answers is given up in time")
def hanging_agent(case):
    case.known_hosts(case.world.ssh.known_hosts_line())
    path = str(case.directory / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(8)
        run = case.rollstamp(web(url_of(case)), "--git-timeout=1.5", env={"SSH_AUTH_SOCK": path})
    case.failed(run, "git-init", re.escape(shown(case)))
    case.check(run.seconds < 2.5 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@test("without a user in the url it is the name of who runs the program")
def default_user(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    resolved(case, case.rollstamp(web(shown(case))))


@test("the scp-like form resolves, with the port of ssh")
def scp_like(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line("127.0.0.1"))
    prefix = netns.prefix(case, ssh=True)
    path = f"{case.world.repositories}/config.git"
    urls = [f"{servers.USER}@127.0.0.1:{path}", f"ssh://{servers.USER}@127.0.0.1{path}"]
    if os.getuid() == 0:  # others are root in the namespace, and nobody at the server
        urls.append(f"127.0.0.1:{path}")
    for url in urls:
        resolved(case, case.rollstamp(web(url), prefix=prefix))
    run = case.rollstamp(web(f"{servers.USER}@127.0.0.1:{case.world.repositories}/absent.git"), prefix=prefix)
    case.failed(run, "git-init", VARIABLE, f"127.0.0.1:{case.world.repositories}/absent.git")


@each([
    ("quotes and commands in the path", "x'; touch {mark}; '.git"),
    ("a command substitution in the path", "$(touch {mark}).git"),
    ("backquotes in the path", "`touch {mark}`.git"),
    ("an encoded quote in the path", "x%27%3b%20touch%20{mark}%3b%20%27.git"),
    ("an option as path", "--upload-pack=touch {mark}"),
])
def path_is_no_command(case, path):
    """The path goes through the shell of the ssh server's side."""
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    mark = case.directory / "mark"
    run = case.rollstamp(web(f"{case.world.ssh.url}/{path.format(mark=mark)}"))
    case.failed(run, "git-init")
    case.check(not mark.exists(), "the path ran as a command")


@test("an ssh server is not asked for credentials with git credential")
def no_git_credential(case):
    case.known_hosts(case.world.ssh.known_hosts_line())
    run = case.rollstamp(web(url_of(case)))
    case.failed(run, "git-init")
    case.check(not any("password" in text for text in run.asked_credentials()), f"{run.asked_credentials()}")


@test("50 refs of one url take one connection over ssh")
def one_connection(case):
    server = case.use(faulty.Server(faulty.forward("127.0.0.1", case.world.ssh.port)))
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line(f"[127.0.0.1]:{server.port}"))
    url = f"ssh://{servers.USER}@127.0.0.1:{server.port}{case.world.repositories}/config.git"
    refs = ["main", "light", "both", "annotated", "HEAD"] * 10
    run = case.rollstamp([deployment(pair(url, ref), name=f"web{n}") for n, ref in enumerate(refs)])
    case.succeeded(run)
    case.equal("connections", server.accepts, 1)


@test("an unknown host in a Secret's url is an error that does not show it")
def secret_host(case):
    """But for the arguments of ssh, in which host, port and path stand."""
    case.ssh_key("user_key")
    case.url_secrets += [f":{case.world.ssh.port}", "/config.git", str(case.world.ssh.port)]
    run = case.rollstamp(secret_objects(case, url_of(case)), "--git-allow=127.0.0.1")
    case.failed(run, "git-init", "known_hosts", r"\(Secret git, key url\)")


@test("a password in a url of ssh goes nowhere, not even to ssh")
def password(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    case.secrets.append("p4ss-of-the-url")
    run = case.rollstamp(web(url_of(case).replace("@", ":p4ss-of-the-url@", 1)), sample=True)
    resolved(case, run)
    case.check(run.asked_ssh() and "p4ss" not in str(run.asked_ssh()), f"arguments of ssh: {run.asked_ssh()}")


# ---- The user's own configuration ---------------------------------------------------------------------------------

# An alias: what stands in it is nowhere else, so it must have been read.
ALIAS = """Host {alias}
HostName 127.0.0.1
Port {port}
User {user}
{more}
"""


def alias(case, more="", name="team-git", port=None):
    return ALIAS.format(alias=name, port=port or case.world.ssh.port, user=servers.USER, more=more)


def alias_url(case, name="team-git"):
    return f"ssh://{name}{case.world.repositories}/config.git"


def own_key(case, name="user_key"):
    """A key in a place where ssh does not look by itself."""
    (case.home / "keys").mkdir()
    for end in ("", ".pub"):
        (case.home / "keys" / f"deploy{end}").write_bytes((case.world.ssh.directory / f"{name}{end}").read_bytes())
    (case.home / "keys" / "deploy").chmod(0o600)
    return case.home / "keys" / "deploy"


@test("a Host alias with its own IdentityFile lets in, in both forms of urls")
def host_alias(case):
    case.ssh_key("stranger_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    case.ssh_config(alias(case, f"IdentityFile {own_key(case)}\nIdentitiesOnly yes"))
    for url in (alias_url(case), f"team-git:{case.world.repositories}/config.git"):
        resolved(case, case.rollstamp(web(url)))


@test("--git-map leads two repositories of one server to the keys of two aliases")
def two_accounts(case):
    case.known_hosts(case.world.ssh.known_hosts_line())
    case.ssh_config(alias(case, f"IdentityFile {own_key(case)}\nIdentitiesOnly yes") +
                    alias(case, "IdentityFile /nowhere\nIdentitiesOnly yes", name="other-git"))
    url = f"git@git.example.com:{case.world.repositories}/config.git"
    resolved(case, case.rollstamp(web(url), "--git-map=git@git.example.com:=team-git:"))
    run = case.rollstamp(web(url), "--git-map=git@git.example.com:=other-git:")
    case.failed(run, "git-init", "none of the keys")


def jump_config(case, jump_port):
    return alias(case, name="jump", port=jump_port) + alias(case, "ProxyJump jump")


@test("a server behind a jump host is reached through it")
def jump(case):
    through = case.use(faulty.Server(faulty.forward("127.0.0.1", case.world.ssh.port)))
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line() +
                     case.world.ssh.known_hosts_line(f"[127.0.0.1]:{through.port}"))
    case.ssh_config(jump_config(case, through.port))
    resolved(case, case.rollstamp(web(alias_url(case))))
    case.equal("connections through the jump host", through.accepts, 1)


@test("an unknown jump host, and one that is not there, are errors that help")
def bad_jump(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    through = case.use(faulty.Server(faulty.forward("127.0.0.1", case.world.ssh.port)))
    case.ssh_config(jump_config(case, through.port))
    case.failed(case.rollstamp(web(alias_url(case))), "git-init", "known_hosts")
    case.ssh_config(jump_config(case, servers.free_port()))
    case.failed(case.rollstamp(web(alias_url(case))), "git-init", "refused")


@test("a jump host that never answers is given up in time, with all that was started")
def hanging_jump(case):
    def hang(peer):
        peer.hang()

    through = case.use(faulty.Server(hang))
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    case.ssh_config(jump_config(case, through.port))
    run = case.rollstamp(web(alias_url(case)), "--git-timeout=1.5")
    case.failed(run, "git-init", "--git-timeout")
    case.check(run.seconds < 2.5 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@test("a ProxyCommand that never ends and ignores signals is given up in time, with all that it started")
def hanging_proxy(case):
    script = case.directory / "proxy"
    script.write_text("#!/bin/sh\ntrap '' TERM INT HUP PIPE\nsleep 300 &\nwhile :; do sleep 300; done\n")
    script.chmod(0o755)
    case.ssh_config(alias(case, f"ProxyCommand {script} %h %p"))
    run = case.rollstamp(web(alias_url(case)), "--git-timeout=1.5")
    case.failed(run, "git-init", "--git-timeout")
    case.check(run.seconds < 2.5 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@test("a certificate lets in whose authority the server trusts")
def certificate(case):
    ssh = case.world.ssh
    ca = case.directory / "ca"
    make_ssh_key(ca)
    key = case.home / ".ssh" / "id_ed25519"
    make_ssh_key(key)
    subprocess.run(["ssh-keygen", "-q", "-s", str(ca), "-I", "test", "-n", servers.USER, f"{key}.pub"], check=True,
                   stderr=subprocess.DEVNULL)
    with case.world.lock, open(ssh.directory / "authorized_keys", "a", encoding="ascii") as file:
        file.write("cert-authority " + (case.directory / "ca.pub").read_text())
    case.known_hosts(ssh.known_hosts_line())
    resolved(case, case.rollstamp(web(url_of(case))))
    (case.home / ".ssh" / "id_ed25519-cert.pub").unlink()
    case.failed(case.rollstamp(web(url_of(case))), "git-init", "none of the keys")


@test("what the user's configuration would open or leave behind is not opened, and nothing is left")
def nothing_more(case):
    """The harness looks for processes: that of a ControlMaster would stay."""
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    port = servers.free_port()
    case.ssh_config(alias(case, f"ControlMaster auto\nControlPath {case.directory}/m\nControlPersist 600\n"
                                f"LocalForward 127.0.0.1:{port} 127.0.0.1:1\nExitOnForwardFailure yes\n"
                                "ForwardAgent yes\nForwardX11 yes\nRequestTTY force\nUpdateHostKeys yes\n"
                                "LogLevel QUIET"))
    before = (case.home / ".ssh" / "known_hosts").read_bytes()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        resolved(case, case.rollstamp(web(alias_url(case))))
    case.check(not (case.directory / "m").exists(), "there is a socket of a master")
    case.check((case.home / ".ssh" / "known_hosts").read_bytes() == before, "known_hosts was written")
    case.known_hosts("")
    case.failed(case.rollstamp(web(alias_url(case))), "git-init", "known_hosts")


@test("a connection that a master of the user's keeps open is used")
def existing_master(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    config = alias(case, f"ControlPath {case.directory}/m")
    case.ssh_config(config)
    master = case.use(servers.Process(
        ["ssh", "-F", str(case.home / ".ssh" / "config"), "-M", "-N", "team-git"], case.directory / "master.log",
        servers.base_environment(case.home)))
    until = time.monotonic() + 20
    while not (case.directory / "m").exists() and time.monotonic() < until and master.process.poll() is None:
        time.sleep(0.02)
    case.known_hosts("")
    (case.home / ".ssh" / "id_ed25519").unlink()
    resolved(case, case.rollstamp(web(alias_url(case))))


@test("the configuration in the home that the system knows is read")
def real_home(case):
    """Without the stand-in for ssh: in a mount namespace of its own, in which that home is the case's."""
    unshare = ["unshare", *([] if os.getuid() == 0 else ["-r"]), "-m"]
    home = pwd.getpwuid(0 if len(unshare) == 3 else os.getuid()).pw_dir
    prefix = [*unshare, "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', str(case.home / ".ssh"), f"{home}/.ssh"]
    made = not os.path.isdir(f"{home}/.ssh")
    if made and os.getuid() == 0:
        os.makedirs(f"{home}/.ssh", 0o700)
        case.stack.callback(os.rmdir, f"{home}/.ssh")
    try:
        done = subprocess.run([*prefix, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        done = None
    if not done or done.returncode != 0:
        raise Skip("unavoidable: no mount namespace can be made here")
    case.known_hosts(case.world.ssh.known_hosts_line())
    (case.home / ".ssh" / "config").write_text(alias(case, f"IdentityFile {own_key(case)}"))
    resolved(case, case.rollstamp(web(alias_url(case)), prefix=prefix, env={"PATH": "/usr/local/bin:/usr/bin:/bin"}))


# ---- Which program ------------------------------------------------------------------------------------------------

def wrapper(case, name, text):
    path = case.directory / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def real_ssh(case, key=None):
    return f"/usr/bin/ssh -F {case.home}/.ssh/config" + (f" -i {key}" if key else "")


@each([(f"{what} is the program", how) for what, how in {
    "GIT_SSH_COMMAND": lambda case, line: {"GIT_SSH_COMMAND": line},
    "core.sshCommand of the user's configuration":
        lambda case, line: case.config.write_text(f"[core]\n\tsshCommand = {line}\n") and {},
    "core.sshCommand of an included file":
        lambda case, line: (case.home / "more").write_text(f"[core]\n\tsshCommand = {line}\n")
        and case.config.write_text(f"[include]\n\tpath = {case.home}/more\n") and {},
    "core.sshCommand in GIT_CONFIG_COUNT": lambda case, line: {
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.sshCommand", "GIT_CONFIG_VALUE_0": line},
    "GIT_SSH": lambda case, line: {"GIT_SSH": str(wrapper(case, "my-ssh", f'exec {line} "$@"'))},
    "GIT_SSH_COMMAND before the configuration": lambda case, line: case.config.write_text(
        "[core]\n\tsshCommand = false\n") and {"GIT_SSH_COMMAND": line},
}.items()])
def chosen(case, how):
    case.known_hosts(case.world.ssh.known_hosts_line())
    env = how(case, real_ssh(case, own_key(case)))
    run = case.rollstamp(web(url_of(case)), env=env)
    resolved(case, run)
    case.equal("calls of ssh on PATH", run.asked_ssh(), [])


@test("GIT_SSH_COMMAND can name a key by a path that is relative to the current directory")
def relative_key(case):
    case.known_hosts(case.world.ssh.known_hosts_line())
    key = own_key(case)
    resolved(case, case.rollstamp(web(url_of(case)), cwd=key.parent,
                                  env={"GIT_SSH_COMMAND": real_ssh(case) + " -i deploy"}))


@test("a program that takes no options gets host and command alone")
def simple(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    case.ssh_config(alias(case))
    script = wrapper(case, "simple", f'[ $# = 2 ] || exit 9\nexec {real_ssh(case)} -- "$1" "$2"')
    resolved(case, case.rollstamp(web(alias_url(case)), env={"GIT_SSH": str(script), "GIT_SSH_VARIANT": "simple"}))
    # Found out by asking it.
    resolved(case, case.rollstamp(web(alias_url(case)), env={"GIT_SSH": str(script)}))
    run = case.rollstamp(web(url_of(case)), env={"GIT_SSH": str(script)})
    case.failed(run, "git-init", "port", "GIT_SSH_VARIANT")


@test("plink gets its own options")
def plink(case):
    if case.by_git:
        raise Skip("unavoidable: which options plink gets is up to git")
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    script = wrapper(case, "plink", f'[ "$1 $2" = "-batch -P" ] || exit 9\nexec {real_ssh(case)} -p "$3" "$4" "$5"')
    resolved(case, case.rollstamp(web(url_of(case)), env={"GIT_SSH": str(script)}))


@test("a program that says much before it starts is understood")
def talkative(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    script = wrapper(case, "talkative", f'head -c 1000000 /dev/zero | tr "\\0" x >&2\nexec {real_ssh(case)} "$@"')
    resolved(case, case.rollstamp(web(url_of(case)), env={"GIT_SSH": str(script), "GIT_SSH_VARIANT": "ssh"}))


@test("a program that does not end when it has answered is not waited for, and ends")
def lingering(case):
    if case.by_git:
        raise Skip("unavoidable: git waits for the end of its ssh")
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    script = wrapper(case, "ssh", f"trap '' TERM HUP INT\n{real_ssh(case)} \"$@\"\nwhile :; do sleep 300; done")
    run = case.rollstamp(web(url_of(case)), "--git-timeout=20", env={"GIT_SSH": str(script)})
    resolved(case, run)
    case.check(run.seconds < 10 * case.world.slow_factor, f"it took {run.seconds:.1f} s")


@each([
    ("no ssh on PATH is an error that says so", {"PATH": "/nowhere"}, ["OpenSSH|PATH"]),
    ("a GIT_SSH that is not there is an error that says so", {"GIT_SSH": "/nowhere/ssh"}, ["can't be started"]),
    ("a GIT_SSH_COMMAND that is not there is an error that says so", {"GIT_SSH_COMMAND": "/nowhere/ssh -x"},
     ["GIT_SSH_COMMAND"]),
    ("a GIT_SSH_COMMAND that is no command is an error", {"GIT_SSH_COMMAND": "'"}, ["git-init"]),
    ("a GIT_SSH_COMMAND that prints something else is an error", {"GIT_SSH_COMMAND": "echo hello; true"}, ["git-init"]),
])
def no_program(case, env, patterns):
    run = case.rollstamp(web(url_of(case)), env=env)
    case.failed(run, "git-init", VARIABLE, re.escape(shown(case)), *patterns)


@test("a server without git is an error that says so")
def no_git_there(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    script = wrapper(case, "without-git", 'echo "sh: 1: git-upload-pack: not found" >&2\nexit 127')
    run = case.rollstamp(web(url_of(case)), env={"GIT_SSH": str(script), "GIT_SSH_VARIANT": "ssh"})
    case.failed(run, "git-init", "no git-upload-pack")


@test("the lock stands in for an ssh server that is gone, never for an ssh that can't run")
def fallback(case):
    url = f"ssh://{servers.USER}@127.0.0.1:{servers.free_port()}/x.git"
    lock = case.directory / "lock.json"
    lock.write_text(lock_text([(url.replace(f"{servers.USER}@", ""), "main", "branch", "0" * 39 + "1")]))
    options = [f"--lock={lock}", "--lock-fallback"]
    run = case.rollstamp(web(url), *options)
    if case.succeeded(run):
        case.equal("stamp", run.stamps(), {"x": "0" * 39 + "1"})
    for env in ({"PATH": "/nowhere"}, {"GIT_SSH_COMMAND": "/nowhere/ssh"}, {"GIT_SSH_COMMAND": "kill -KILL $$"}):
        case.failed(case.rollstamp(web(url), *options, env=env), "git-init", "ssh", "--lock-fallback does not count")
    case.ssh_config("NoSuchOption yes\n")
    case.failed(case.rollstamp(web(url), *options), "git-init", "ssh -G", "--lock-fallback does not count")


@test("few descriptors are enough for ssh")
def few_descriptors(case):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line())
    names = ["config.git", "config.git/"]
    workloads = [deployment(pair(url_of(case, name), "main"), name=f"web{n}") for n, name in enumerate(names)]
    run = case.rollstamp(workloads, "--git-timeout=30", prefix=("sh", "-c", 'ulimit -n 24; exec "$0" "$@"'))
    if case.succeeded(run):
        case.equal("stamps", [run.stamps(f"web{n}") for n in range(len(names))], [want(case)] * len(names))
