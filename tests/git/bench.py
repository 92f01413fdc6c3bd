#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How fast git work is, as ratios within one run: meson test --benchmark --suite git --verbose.

    bench.py --binary PATH [--sanitizer NAME]

Prints figures and limits, and fails above a limit. A build with a sanitizer is skipped: its figures say nothing.
"""

import argparse
import asyncio
import pathlib
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

# pylint: disable=wrong-import-position
import case as case_module
import faulty
import fleet_test
import repos
from case import deployment, pair, web
from lib import tap

SERVERS = 20
LATENCY = 0.05  # seconds of a round trip
TRIES = 7


def best(function):
    """The shortest of some tries: what disturbs only ever adds."""
    seconds = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


class Distance:
    """Ports whose connections go on to other ports, half of the latency later each way. One thread for all of them:
    what the measuring costs is time that the program doesn't have."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def to(self, port, host):
        """The port of `host`, an address of loopback, from which it is far to this one."""
        async def serve(reader, writer):
            await asyncio.sleep(LATENCY)  # the connection itself takes a round trip
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(self.pass_on(reader, upstream_writer), self.pass_on(upstream_reader, writer))

        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, host, 0), self.loop).result()
        return server.sockets[0].getsockname()[1]

    async def pass_on(self, reader, writer):
        try:
            while data := await reader.read(65536):
                self.loop.call_later(LATENCY / 2, writer.write, data)
        except OSError:
            pass
        self.loop.call_later(LATENCY / 2, writer.close)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


class Bench:
    """The case that all figures share, and what went wrong."""

    def __init__(self, case):
        self.case = case
        self.good = True

    def limit(self, what, value, limit):
        good = value <= limit
        self.good = self.good and good
        print(f"{what}: {value:.2f}, limit {limit:.2f}{'' if good else ': TOO MUCH'}")

    def run(self, manifests, *args, more=None):
        """Runs the program once, without looking at its processes: that would count."""
        env = self.case.environment("bench", self.case.directory, self.case.directory, more)
        env["PATH"] = "/usr/bin:/bin"
        done = subprocess.run([self.case.world.program, *args], input=manifests, env=env, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"the program failed: {done.stderr.decode()}")

    def servers(self, scheme, handler, tls=None):
        """20 distant servers together against one of them, each on an address of its own: of one host fewer are asked
        at a time. Light ones: 20 processes of git on two processors would be slower than one whatever the program
        does."""
        distance = self.case.use(Distance())
        near = [self.case.use(faulty.Server(handler, tls)) for _ in range(SERVERS)]
        hosts = [f"127.0.0.{number}" for number in range(1, SERVERS + 1)]
        urls = [f"{scheme}://{host}:{distance.to(server.port, host)}/x.git" for host, server in zip(hosts, near)]
        one = case_module.dump(web(urls[0]))
        all_of_them = case_module.dump([deployment(pair(url, "main"), name=f"web{n}") for n, url in enumerate(urls)])
        alone, together = best(lambda: self.run(one)), best(lambda: self.run(all_of_them))
        print(f"{scheme}: one server {alone * 1000:.0f} ms, {SERVERS} servers {together * 1000:.0f} ms")
        self.limit(f"{SERVERS} servers with {LATENCY * 1000:.0f} ms over {scheme}, of one x 1.25 + 30 ms",
                   together / (alone * 1.25 + 0.03), 1)

    def fleet(self):
        """1,000 releases whose objects have the same names, on 20 servers: see fleet_test."""
        near = [self.case.use(faulty.Server(faulty.good_git)) for _ in range(SERVERS)]
        urls = [f"git://127.0.0.1:{server.port}/x.git" for server in near]
        directory = fleet_test.renders(self.case, fleet_test.fleet(urls, fleet_test.RENDERS))
        seconds = best(lambda: self.run(b"", "lock", f"--lock={self.case.directory / 'fleet.json'}", str(directory)))
        self.limit(f"seconds of a lock for {fleet_test.RENDERS} releases on {SERVERS} servers", seconds, 3)

    def many_refs(self, url):
        """A remote with many refs against git itself."""
        environment = {**repos.git_environment(self.case.home),
                       "GIT_SSL_CAINFO": str(self.case.world.certificates / "ca.pem")}
        manifest = case_module.dump(web(url, f"branch-{repos.MANY - 1:06}"))
        ours = best(lambda: self.run(manifest))
        theirs = best(lambda: subprocess.run(["git", "ls-remote", url], env=environment, check=True,
                                             stdout=subprocess.DEVNULL))
        scheme = url.split(":")[0]
        print(f"{scheme}: {repos.MANY} refs {ours * 1000:.0f} ms, git ls-remote {theirs * 1000:.0f} ms")
        self.limit(f"{repos.MANY} refs over {scheme}, of git ls-remote", ours / theirs, 1)

    def ssh(self, name):
        """One server over ssh against git itself, with the same program for ssh."""
        self.case.ssh_key("user_key")
        self.case.known_hosts(self.case.world.ssh.known_hosts_line())
        url = f"{self.case.world.ssh.url}/{name}"
        command = {"GIT_SSH_COMMAND": f"/usr/bin/ssh -F {self.case.home}/.ssh/config"}
        environment = {**repos.git_environment(self.case.home), **command}
        manifest = case_module.dump(web(url))
        ours = best(lambda: self.run(manifest, more=command))
        theirs = best(lambda: subprocess.run(["git", "ls-remote", url], env=environment, check=True,
                                             stdout=subprocess.DEVNULL))
        print(f"ssh: {ours * 1000:.0f} ms, git ls-remote {theirs * 1000:.0f} ms")
        self.limit("one server over ssh, of git ls-remote + 20 ms", ours / (theirs + 0.02), 1)


def main():
    parser = argparse.ArgumentParser(description="Measure git work.")
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--sanitizer", default="none")
    options = parser.parse_args()
    if options.sanitizer != "none":
        print("needs a build without sanitizers")
        sys.exit(77)

    world = case_module.World(options.binary)
    case = None
    good = False
    try:
        case = case_module.Case(world, "bench")
        bench = Bench(case)
        bench.servers("https", faulty.good_http, faulty.server_context(world.certificates / "good.pem"))
        bench.servers("git", faulty.good_git)
        bench.fleet()
        bench.many_refs(f"{world.daemon.url}/{world.many}")
        bench.many_refs(f"{world.web.https}/git/{world.many}")
        bench.many_refs(f"{world.web.http}/git/{world.many}")
        bench.ssh("config.git")
        good = bench.good
    except tap.Skip as e:
        print(e)
        sys.exit(77)
    finally:
        if case:
            case.close()
        world.close()
    tap.end_now(0 if good else 1)


if __name__ == "__main__":
    main()
