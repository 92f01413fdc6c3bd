#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""examples/openig/replay, which counts for itself and stops at the first count that is wrong. Each has its own cluster."""

import sys

import harness
from harness import test


@test("the story of examples/openig holds", helms=(3, 4))
def _(run):
    script = harness.HERE.parent.parent / "examples" / "openig" / "replay"
    env = {"ROLLSTAMP": run.rollstamp, "REAL": run.setting.programs, "ROLLSTAMP_PLUGIN": run.setting.plugin or "/nowhere"}
    go = "/usr/local/go/bin:" + run.env["PATH"]
    result = run.run(script, str(run.helm), env={**env, "PATH": go}, timeout=420)
    run.note(result.stdout)
    run.contains(result.stdout, "That was all")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__, needs_cluster=False))
