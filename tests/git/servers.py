# SPDX-License-Identifier: Apache-2.0
"""Real git servers on loopback: `git http-backend` behind lighttpd, sshd, git daemon.

All their files lie in one directory, and nothing of the machine's configuration of git or ssh counts. `Process` is
ended by its process id, with what it started, when the suite ends, however it ends.
"""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

from lib.tap import Skip

READY = 20  # seconds that a server may take to listen

try:
    USER, SHELL = pwd.getpwuid(os.getuid()).pw_name, pwd.getpwuid(os.getuid()).pw_shell
except KeyError:
    USER, SHELL = str(os.getuid()), ""
NAME, PASSWORD = "deployer", "t0ken-of-the-password-file"

LIGHTTPD = """
server.document-root = "{directory}"
server.bind = "127.0.0.1"
server.port = {http}
server.errorlog = "{directory}/error.log"
server.modules = ("mod_alias", "mod_auth", "mod_authn_file", "mod_redirect", "mod_setenv", "mod_cgi", "mod_openssl")
server.max-connections = 256
server.upload-dirs = ("{directory}")

$SERVER["socket"] == "127.0.0.1:{https}" {{
    ssl.engine = "enable"
    ssl.pemfile = "{certificate}"
}}

auth.backend = "plain"
auth.backend.plain.userfile = "{directory}/passwords"
$HTTP["url"] =~ "^/private/" {{
    auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
}}
alias.url = ("/git/" => "{backend}/", "/private/" => "{backend}/")
$HTTP["url"] =~ "^/(git|private)/" {{
    cgi.assign = ("" => "")
    setenv.add-environment = ("GIT_PROJECT_ROOT" => "{repositories}", "GIT_HTTP_EXPORT_ALL" => "1",
        "HOME" => "{directory}", "GIT_CONFIG_NOSYSTEM" => "1")
}}
url.redirect-code = 301
url.redirect = (
    "^/moved/(.*)$" => "/git/$1",
    "^/to-https/(.*)$" => "https://localhost:{https}/git/$1",
    "^/to-private/(.*)$" => "/private/$1"
)
"""

SSHD = """
ListenAddress 127.0.0.1
Port {port}
{host_keys}
AuthorizedKeysFile {directory}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
SetEnv HOME={directory} GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
"""


class Process:
    """A server's process, the leader of its own group."""

    def __init__(self, argv, log, env):
        self.log = pathlib.Path(log)
        with open(log, "ab") as output:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True)

    def close(self):
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sig)
            except ProcessLookupError:
                break
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def start(make_argv, ports, log, env):
    """Starts a server on free ports and waits until it listens on all. make_argv(*ports) gives its command. A port can
    be taken by somebody else before the server binds it: then it is tried again."""
    for _ in range(3):
        numbers = [free_port() for _ in range(ports)]
        process = Process(make_argv(*numbers), log, env)
        if all(listening(process, port) for port in numbers):
            return process, numbers
        process.close()
    raise RuntimeError(f"{make_argv(*numbers)[0]} does not listen:\n{process.log.read_text(errors='replace')}")


def listening(process, port):
    until = time.monotonic() + READY
    while time.monotonic() < until and process.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def program(name, *places):
    """The path of a program, which must be there: it is in the list of packages of tests/run."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *places]))
    if not found:
        raise Skip(f"no {name} here")
    return found


def git_program(name):
    """A program of git's own directory."""
    where = subprocess.run(["git", "--exec-path"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    return program(name, where)


def base_environment(directory):
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "HOME": str(directory),
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


class Web:
    """lighttpd: /git/ for everyone, /private/ with basic authentication, over http and https."""

    def __init__(self, directory, repositories, certificate):
        directory.mkdir()
        (directory / "passwords").write_text(f"{NAME}:{PASSWORD}\n")
        lighttpd, backend = program("lighttpd"), git_program("git-http-backend")

        def argv(http, https):
            (directory / "lighttpd.conf").write_text(LIGHTTPD.format(
                directory=directory, http=http, https=https, certificate=certificate, backend=backend,
                repositories=repositories))
            return [lighttpd, "-D", "-f", str(directory / "lighttpd.conf")]

        self.process, (self.http_port, self.https_port) = start(
            argv, 2, directory / "output", base_environment(directory))
        self.http = f"http://localhost:{self.http_port}"
        self.https = f"https://localhost:{self.https_port}"

    def close(self):
        self.process.close()


class Daemon:
    """git daemon."""

    def __init__(self, directory, repositories):
        directory.mkdir()
        daemon = git_program("git-daemon")

        def argv(port):
            return [daemon, "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={repositories}",
                    "--export-all", "--informative-errors", "--max-connections=128", str(repositories)]

        self.process, (self.port,) = start(argv, 1, directory / "output", base_environment(directory))
        self.url = f"git://127.0.0.1:{self.port}"

    def close(self):
        self.process.close()


def make_ssh_key(path, kind="ed25519", passphrase=""):
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)], check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class Ssh:
    """sshd as the user that runs the tests. user_key may do what it wants; hanging_key only starts a command that says
    nothing; locked_key is user_key's like with a passphrase."""

    HOST_KEYS = ("ed25519", "ecdsa", "rsa")

    def __init__(self, directory, repositories):
        self.directory = directory
        self.repositories = repositories
        directory.mkdir()
        sshd = program("sshd")
        if not SHELL or SHELL.endswith(("/nologin", "/false")):
            raise Skip("unavoidable: the user that runs the tests has no login shell, so sshd runs no git for it")
        if os.getuid() == 0:
            # Compiled into sshd, which starts only if it is there; Debian's service makes it at every start.
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        for kind in self.HOST_KEYS:
            make_ssh_key(directory / f"host_{kind}", kind)
        make_ssh_key(directory / "user_key")
        make_ssh_key(directory / "hanging_key")
        make_ssh_key(directory / "stranger_key")
        make_ssh_key(directory / "locked_key", passphrase="pass phrase")
        authorized = [(directory / f"{name}_key.pub").read_text() for name in ("user", "locked")]
        authorized.append('command="exec cat >/dev/null" ' + (directory / "hanging_key.pub").read_text())
        (directory / "authorized_keys").write_text("".join(authorized))

        def argv(port):
            keys = "\n".join(f"HostKey {directory}/host_{kind}" for kind in self.HOST_KEYS)
            text = SSHD.format(directory=directory, port=port, host_keys=keys)
            config = directory / "sshd_config"
            # Newer servers shut addresses out that have failed often: all of our clients have one address.
            config.write_text(text + "PerSourcePenalties no\n")
            checked = subprocess.run([sshd, "-t", "-f", str(config)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     check=False)
            if checked.returncode != 0:
                config.write_text(text)
            return [sshd, "-D", "-e", "-f", str(config)]

        self.process, (self.port,) = start(argv, 1, directory / "output", base_environment(directory))
        self.url = f"ssh://{USER}@127.0.0.1:{self.port}{repositories}"

    def known_hosts_line(self, host=None, kind="ed25519"):
        public = (self.directory / f"host_{kind}.pub").read_text().split()
        return f"{host or f'[127.0.0.1]:{self.port}'} {public[0]} {public[1]}\n"

    def close(self):
        self.process.close()
