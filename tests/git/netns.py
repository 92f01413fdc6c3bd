#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command in a network namespace of its own.

    unshare -n netns.py [--ssh SOCKET] COMMAND...

Without --ssh nothing is there, not even loopback. With it loopback is up, and what connects to its port 22 reaches the
unix socket, behind which the test's ssh server is: unix sockets don't mind network namespaces.
"""

import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading

SIOCSIFFLAGS, IFF_UP = 0x8914, 1


@functools.cache
def unshare(mounts=False):
    """The command that makes a network namespace, and one of mounts in which something can be mounted; or None. A user
    needs a user namespace for it."""
    found = shutil.which("unshare") or "/usr/bin/unshare"
    kinds, probe = (["-n", "-m"], ["mount", "--make-rprivate", "/"]) if mounts else (["-n"], ["true"])
    for options in ((kinds if os.getuid() == 0 else []), ["-r", *kinds]):
        if options:
            try:
                done = subprocess.run([found, *options, *probe], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, check=False)
            except FileNotFoundError:
                return None
            if done.returncode == 0:
                return [found, *options]
    return None


def prefix(case, ssh=False):
    """What to put before a command line, so that it runs without network; or the test is skipped."""
    import faulty  # pylint: disable=import-outside-toplevel
    from lib.tap import Skip  # pylint: disable=import-outside-toplevel

    command = unshare()
    if not command:
        raise Skip("unavoidable: no network namespace can be made here")
    if not ssh:
        return command
    path = str(case.directory / "ssh-socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    case.stack.callback(listener.close)

    def serve():
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", case.world.ssh.port))
            threading.Thread(target=faulty.join, args=(accepted, upstream), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return [*command, sys.executable, "-B", os.path.abspath(__file__), "--ssh", path]


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "--ssh":
        path, arguments = arguments[1], arguments[2:]
        with socket.socket() as sock:
            fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
        listener = socket.socket()
        listener.bind(("127.0.0.1", 22))
        listener.listen(16)
        if os.fork() == 0:
            forward(listener, path)
        listener.close()
    os.execvp(arguments[0], arguments)


def forward(listener, path):
    """Serves until the command is gone."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import faulty  # pylint: disable=import-outside-toplevel
    # The tests count what a run leaves behind by its environment; this is none of it.
    parent = os.getppid()

    def watch():
        import time  # pylint: disable=import-outside-toplevel
        while os.getppid() == parent:
            time.sleep(0.02)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    while True:
        accepted, _ = listener.accept()
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(path)
        threading.Thread(target=faulty.join, args=(accepted, upstream), daemon=True).start()


if __name__ == "__main__":
    main()
