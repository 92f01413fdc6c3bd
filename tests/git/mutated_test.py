# SPDX-License-Identifier: Apache-2.0
"""Mutated answers of servers, a few of them: whatever they do to rollstamp-git, a server that is well has its answer.

`mutated.py` runs as many as one likes, and finds what makes libgit2 crash.
"""

import os
import pathlib
import random

import mutated
from lib.tap import test

COUNT = 20  # of each scheme


@test("mutated answers end in an answer each, and do not reach the one of a server that is well", alone=True)
def mutations(case):
    helper = str(pathlib.Path(case.world.program).parent / "rollstamp-git")
    seed = int(os.environ.get("ROLLSTAMP_SEED") or random.SystemRandom().randrange(1 << 32))
    cases = [(scheme, number) for number in range(COUNT) for scheme in mutated.SCHEMES]
    told = []
    crashed, wrong, counts = mutated.run_all(helper, seed, cases, client=case.world.client, tell=told.append)
    case.notes.append(f"ROLLSTAMP_SEED={seed}: {counts}, {len(crashed)} crashed libgit2")
    for line in wrong:
        case.check(False, f"ROLLSTAMP_SEED={seed}: {line}")
    # libgit2 1.5 crashes by some answers of http servers, which is told for each of them; git never does.
    for scheme, number, sentence in crashed:
        case.check(scheme in ("http", "https") and not case.by_git,
                   f"ROLLSTAMP_SEED={seed}: {scheme} {number}: {sentence}")
