#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The golden cases with the programs of the arm64 tarball, under qemu.

    arm64.py --made DIR [ARGUMENT OF golden.py...]

The kernel does not start programs of another architecture, so each has a script of its name in front of it.
"""

import argparse
import os
import pathlib
import shutil
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from lib import tap  # noqa: E402 pylint: disable=wrong-import-position

QEMU = "qemu-aarch64-static"

# A child of posix_spawn has memory of its own under qemu, so that its parent never learns that it could not start a program.
NO_FAILED_SPAWN = "unavoidable: qemu does not tell that a program can't be started"
SKIPPED = ("live/live-without-kubectl-is-an-error", "live/live-takes-no-kubectl-of-the-current-directory")


def main():
    parser = argparse.ArgumentParser(description="Run the golden cases under qemu.")
    parser.add_argument("--made", required=True, type=pathlib.Path)
    options, others = parser.parse_known_args()
    if not shutil.which(QEMU):
        return tap.skip_all(f"no {QEMU} here")
    found = list(options.made.glob("unpacked/*-linux-arm64"))
    if len(found) != 1:
        return tap.bail_out(f"no tarball of arm64 in {options.made}: tests/release/make makes it")
    with tempfile.TemporaryDirectory(prefix="rollstamp-arm64-") as directory:
        installed = pathlib.Path(directory, "installed")
        shutil.copytree(found[0], installed, symlinks=True)
        for program in (installed / "bin" / "rollstamp", installed / "libexec" / "rollstamp-git"):
            program.rename(program.with_suffix(".arm64"))
            program.write_text(f'#!/bin/sh\nexec {QEMU} -0 "$0" {program.with_suffix(".arm64")} "$@"\n')
            program.chmod(0o755)
        command = [sys.executable, str(TESTS / "golden.py"), "--binary", str(installed / "bin" / "rollstamp"), *others]
        for name in SKIPPED:
            command += ["--skip", f"{name}={NO_FAILED_SPAWN}"]
        return os.spawnv(os.P_WAIT, sys.executable, command)


if __name__ == "__main__":
    sys.exit(main())
