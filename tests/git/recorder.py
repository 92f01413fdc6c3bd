#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command in a network of its own, in which everything that is sent is written down.

    unshare -n -m recorder.py LOG CERTIFICATE COMMAND...

Every name that is asked for is that of this machine, by a name server that writes the names down. On the ports of http,
https and git something listens that writes down all that it gets, in TLS also the name that is asked for, and answers in
one of several ways, with the path that was asked for wherever an answer can have it. Ports of ssh are somebody else's: the
test has an ssh of its own. Nothing is reached outside, so that what is not in LOG was not sent.
"""

import fcntl
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
RECORDING = b"recording"  # the first line of LOG, without which nothing was looked at
HASH = "1234567890abcdef1234567890abcdef12345678"


class Log:
    def __init__(self, path):
        self.file = open(path, "ab")  # pylint: disable=consider-using-with
        self.lock = threading.Lock()

    def write(self, data):
        with self.lock:
            self.file.write(data + b"\n")
            self.file.flush()


def packet(text):
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    return b"%04x" % (len(data) + 4) + data


def listing():
    return packet(f"{HASH} HEAD\0 agent=x symref=HEAD:refs/heads/main\n") + packet(f"{HASH} refs/heads/main\n") + b"0000"


def reply(head, body, kind="application/x-git-upload-pack-advertisement"):
    data = body if isinstance(body, bytes) else body.encode("latin-1")
    return f"HTTP/1.1 {head}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode(
        "latin-1") + data


def answers(path):
    """Every way to answer a request: with the refs, and with errors that say what was asked for."""
    service = packet("# service=git-upload-pack\n") + b"0000"
    plain = path.partition("?")[0]
    return [
        reply("200 OK", service + listing()),
        reply("404 Not Found", f"no {path} here", "text/plain"),
        reply(f"403 {plain.replace('/', ' ')}", f"{path} is forbidden", "text/html"),
        reply("200 OK", service + packet(f"ERR no {plain} here")),
        reply("200 OK", packet(f"{plain}\n")),
        reply("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"" + plain + "\"", path, "text/plain"),
        reply(f"302 Found\r\nLocation: https://localhost{path}x", ""),
        reply(f"302 Found\r\nLocation: http://localhost{path}", ""),
        reply(f"302 Found\r\nLocation: https://elsewhere.example{path}", ""),
        reply(f"302 Found\r\nLocation: {plain}://localhost/", ""),
    ]


def read_head(sock, log):
    data = b""
    while b"\r\n\r\n" not in data and len(data) < 65536:
        more = sock.recv(65536)
        if not more:
            break
        data += more
    log.write(data)
    return data.decode("latin-1")


def serve_http(sock, log, count=iter(range(10 ** 9))):
    path = (read_head(sock, log).split(" ") + ["/", "/"])[1]
    ways = answers(path)
    sock.sendall(ways[next(count) % len(ways)])


def serve_tls(certificate):
    def note(_, name, __):
        if name:
            note.log.write(b"TLS " + name.encode())

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = note

    def serve(sock, log):
        note.log = log
        with context.wrap_socket(sock, server_side=True) as inner:
            serve_http(inner, log)
    return serve


def serve_git(sock, log):
    request = sock.recv(65536)
    log.write(request)
    sock.sendall(packet(b"ERR no " + request[4:200].replace(b"\0", b" ") + b" here"))


def listen(port, serve, log):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)

    def run(sock):
        log.write(b"connected to port %d" % port)
        try:
            serve(sock, log)
        except (OSError, ValueError):
            pass
        sock.close()

    def accept():
        while True:
            threading.Thread(target=run, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def answer_names(log):
    """A name server for which every name is 127.0.0.1."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))

    def run():
        while True:
            query, peer = sock.recvfrom(4096)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]])
                at += 1 + query[at]
            log.write(b"DNS " + b".".join(labels))
            question = query[12:at + 5]
            is_a = question[-4:-2] == b"\0\1"
            found = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton("127.0.0.1") if is_a else b""
            sock.sendto(query[:2] + b"\x81\x80\0\1" + struct.pack(">H", int(is_a)) + b"\0\0\0\0" + question + found, peer)

    threading.Thread(target=run, daemon=True).start()


def main():
    path, certificate, *command = sys.argv[1:]
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", file.name, os.path.realpath("/etc/resolv.conf")], check=True)
    pathlib.Path(file.name).unlink()
    log = Log(path)
    answer_names(log)
    listen(80, serve_http, log)
    listen(443, serve_tls(certificate), log)
    listen(9418, serve_git, log)
    log.write(RECORDING)
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
