# SPDX-License-Identifier: Apache-2.0
"""Servers that do one thing wrong, and small proxies: threads of the test's own process, on loopback.

A handler is a function that gets a `Peer`, the accepted connection. It returns when it is done with it; the connection
is closed then.
"""

import base64
import contextlib
import socket
import ssl
import struct
import threading

HASH = "1234567890abcdef1234567890abcdef12345678"


class Peer:
    """One accepted connection. Everything that arrives is kept in `received`."""

    def __init__(self, server, sock):
        self.server = server
        self.sock = sock
        self.received = bytearray()
        self.rest = b""

    def read(self, size=65536):
        """What has arrived; empty at the end."""
        if self.rest:
            data, self.rest = self.rest, b""
            return data
        data = self.sock.recv(size)
        self.received += data
        return data

    def read_until(self, end):
        """What stands before `end`, and `end`; empty if the connection ended first."""
        data = b""
        while end not in data:
            more = self.read()
            if not more:
                return b""
            data += more
        head, _, self.rest = data.partition(end)
        return head + end

    def request(self):
        """The next HTTP request's head as text; empty at the end of the connection."""
        return self.read_until(b"\r\n\r\n").decode("latin-1")

    def send(self, data):
        self.sock.sendall(data)

    def drip(self, data, seconds=1.0):
        """Sends a byte at a time. Goes round, so that it never ends by itself."""
        while True:
            for byte in data:
                self.sock.sendall(bytes([byte]))
                self.wait(seconds)

    def wait(self, seconds):
        """Sleeps, unless the server is closed: then the handler ends."""
        if self.server.closed.wait(seconds):
            raise ConnectionAbortedError

    def hang(self):
        """Stays connected and says nothing."""
        while True:
            self.wait(60)

    def start_tls(self, context):
        self.sock = context.wrap_socket(self.sock, server_side=True)


class Server:
    """Listens on a free port of loopback, and hands every connection to the handler in a thread of its own."""

    def __init__(self, handler, tls=None, host="127.0.0.1"):
        self.handler = handler
        self.tls = tls
        self.closed = threading.Event()
        self.peers = []
        self.accepts = 0
        self.open = set()
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, 0))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.accepts += 1
                self.open.add(sock)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        peer = Peer(self, sock)
        with self.lock:
            self.peers.append(peer)
        # A peer that goes away is what these servers are made for; OSError has ssl.SSLError in it.
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                peer.start_tls(self.tls)
            self.handler(peer)
        with contextlib.suppress(OSError):
            peer.sock.close()
        with self.lock:
            self.open.discard(sock)

    def received(self):
        """All that arrived on all connections (inside of TLS where there is TLS)."""
        with self.lock:
            return b"\n".join(bytes(peer.received) for peer in self.peers)

    def close(self):
        self.closed.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            still_open = list(self.open)
        for sock in still_open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class NeverAccepts:
    """A listening port whose backlog is full: the kernel drops what connects."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.accepts = 0
        self.fill = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                sock.connect(("127.0.0.1", self.port))
            self.fill.append(sock)

    def close(self):
        for sock in [self.listener, *self.fill]:
            sock.close()


def server_context(pem, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if version:
        context.minimum_version = context.maximum_version = version
    return context


# ---- What a git server says ---------------------------------------------------------------------------------------

def pkt(data):
    data = data.encode() if isinstance(data, str) else data
    return b"%04x" % (len(data) + 4) + data


def listing(refs=((HASH, "HEAD"), (HASH, "refs/heads/main")), end=b"0000"):
    """The first answer of a git server."""
    lines = [pkt(f"{commit} {name}" + ("\0multi_ack side-band-64k ofs-delta agent=test" if not number else "") + "\n")
             for number, (commit, name) in enumerate(refs)]
    return b"".join(lines) + end


SERVICE = pkt("# service=git-upload-pack\n") + b"0000"
LISTING_TYPE = "application/x-git-upload-pack-advertisement"


def answer(peer, body=b"", status="200 OK", content_type=LISTING_TYPE, headers=(), length=None):
    """Sends an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}",
             f"Content-Length: {len(body) if length is None else length}", *headers]
    peer.send("".join(line + "\r\n" for line in lines).encode("latin-1") + b"\r\n" + body)


def http(respond):
    """A handler that reads requests and calls respond(peer, head of the request) for each."""
    def handler(peer):
        while head := peer.request():
            respond(peer, head)
    return handler


def good_git(peer):
    peer.read()
    peer.send(listing())
    peer.read()


@http
def good_http(peer, _):
    answer(peer, SERVICE + listing())


def redirect(location, status="302 Found"):
    """A handler that answers every request with a redirect; `location` may be a function of the request's path."""
    @http
    def handler(peer, head):
        path = head.split(" ")[1]
        target = location(path) if callable(location) else location
        answer(peer, status=status, content_type="text/html", headers=[f"Location: {target}"])
    return handler


# ---- Proxies ------------------------------------------------------------------------------------------------------

def copy(source, target, delay=None):
    """Copies bytes until the end, then closes the target's writing side."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if delay:
                delay()
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def join(left, right, delay=None):
    """Copies both ways until both have ended."""
    thread = threading.Thread(target=copy, args=(left, right, delay), daemon=True)
    thread.start()
    copy(right, left, delay)
    thread.join()


def forward(host, port, before=None):
    """A handler that passes bytes to a server and back, so that connections can be counted."""
    def handler(peer):
        if before:
            before(peer)
        with socket.create_connection((host, port)) as upstream:
            upstream.sendall(peer.rest)
            peer.rest = b""
            join(peer.sock, upstream)
    return handler


def login_proxy(login):
    """A handler that is an HTTP proxy which lets in whoever knows the login, `name:password`."""
    header = b"proxy-authorization: basic " + base64.b64encode(login.encode())

    def handler(peer):
        while head := peer.request():
            if any(line.lower() == header.decode().lower() for line in head.split("\r\n")):
                serve_proxy(peer, head)
                return
            answer(peer, status="407 Proxy Authentication Required", content_type="text/plain",
                   headers=['Proxy-Authenticate: Basic realm="x"'])
    return handler


def proxy(peer):
    """A handler that is an HTTP proxy: CONNECT, and requests with a whole url."""
    if head := peer.request():
        serve_proxy(peer, head)


def serve_proxy(peer, head):
    method, target = head.split(" ")[:2]
    if method == "CONNECT":
        host, _, port = target.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as upstream:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            join(peer.sock, upstream)
        return
    address, _, path = target.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port or 80))) as upstream:
        upstream.sendall(head.replace(target, "/" + path, 1).encode("latin-1"))
        join(peer.sock, upstream)


def reset(peer):
    """A handler that ends the connection with a reset."""
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
