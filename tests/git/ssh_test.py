"""ssh: host keys as OpenSSH checks them, keys and the agent, both forms of urls."""

import os
import re
import socket
import subprocess
import time

import faulty
import netns
import servers
from case import VARIABLE, deployment, pair, web
from credentials_test import secret_objects
from servers import make_ssh_key
from tap import each, test


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
    case.failed(run, "git-init", VARIABLE, re.escape(shown(case)), "known_hosts", "ssh-keyscan -p", "SHA256:")
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


def resolved_or_old_rsa(case, run, kind):
    """libssh2 before 1.11 knows rsa with SHA-1 only, which servers have given up: then the message has to say so."""
    if kind == "rsa" and run.status != 0:
        case.failed(run, "git-init", re.escape(shown(case)), "rsa|other types")
    else:
        resolved(case, run)


@each([(f"a host of which only the {kind} key is known is trusted", kind) for kind in servers.Ssh.HOST_KEYS])
def known_kind(case, kind):
    case.ssh_key("user_key")
    case.known_hosts(case.world.ssh.known_hosts_line(kind=kind))
    resolved_or_old_rsa(case, case.rollstamp(web(url_of(case))), kind)


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
    resolved_or_old_rsa(case, case.rollstamp(web(url_of(case))), kind)


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
        for _ in range(200):
            if os.path.exists(self.socket):
                break
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
    case.ssh_key("user_key")
    case.secrets += [f":{case.world.ssh.port}", "/config.git", str(case.world.ssh.port)]
    run = case.rollstamp(secret_objects(case, url_of(case)), sample=True)
    case.failed(run, "git-init", "known_hosts", r"\(Secret git, key url\)")
