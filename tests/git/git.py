#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""End-to-end tests of git: the program against real git servers, and against servers that do one thing wrong.

    git.py --binary PATH [--client libgit2|git] [--slow-factor N] [--filter GLOB] [--workers N]

Everything happens on loopback, with keys, certificates and configuration of its own in one temporary directory; all
processes are ended at the end. It runs as root and as a user. Limits of time are multiplied by --slow-factor, for
builds with sanitizers. Output is TAP version 13.
"""

import argparse
import pathlib
import signal
import socket
import sys
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

# pylint: disable=wrong-import-position
import case
from lib import tap

# The order in which the tests are listed.
import harness_test  # noqa: F401 pylint: disable=unused-import
import resolving_test  # noqa: F401 pylint: disable=unused-import
import secrets_test  # noqa: F401 pylint: disable=unused-import
import deadlines_test  # noqa: F401 pylint: disable=unused-import
import isolation_test  # noqa: F401 pylint: disable=unused-import
import credentials_test  # noqa: F401 pylint: disable=unused-import
import ssh_test  # noqa: F401 pylint: disable=unused-import
import directory_test  # noqa: F401 pylint: disable=unused-import
import trust_test  # noqa: F401 pylint: disable=unused-import
import locks_test  # noqa: F401 pylint: disable=unused-import
import fleet_test  # noqa: F401 pylint: disable=unused-import
import mutated_test  # noqa: F401 pylint: disable=unused-import
import bygit_test  # noqa: F401 pylint: disable=unused-import
import pinning_test  # noqa: F401 pylint: disable=unused-import


def in_case(world, name, function):
    """The Outcome of a test that is given a case."""
    outcome = tap.Outcome()
    one = None
    try:
        one = case.Case(world, name)
        function(one)
    except Exception as e:  # pylint: disable=broad-except
        outcome = tap.raised(e)
    if one:
        try:
            one.close()
        except Exception as e:  # pylint: disable=broad-except
            outcome.problems += tap.raised(e).problems
        outcome.problems = one.problems + outcome.problems
        outcome.notes = one.notes
    return outcome


def main():
    parser = argparse.ArgumentParser(description="Run git end to end, print TAP.")
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--slow-factor", type=float, default=1)
    parser.add_argument("--client", default="libgit2", choices=("libgit2", "git"), help="who is to ask servers")
    parser.add_argument("--filter", default="*", help="glob on the tests' names")
    parser.add_argument("--workers", type=int, default=6)
    options = parser.parse_args()

    try:
        socket.getaddrinfo("localhost", 80)
    except OSError as error:
        sys.exit(tap.bail_out(f"The name localhost can't be resolved ({error}): put `127.0.0.1 localhost` into /etc/hosts."))
    # A runner that is told to stop stops its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    world = case.World(options.binary, options.slow_factor, options.client)
    status = 1
    try:
        tests = tap.registered(lambda name, function: in_case(world, name, function), options.filter)
        status = tap.run(tests, options.workers)
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()
    finally:
        world.close()
        tap.end_now(status)


if __name__ == "__main__":
    main()
