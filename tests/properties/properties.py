#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The property suite: what has to hold for every input, found out by running the program.

    properties.py --binary PATH [--golden DIR] [--corpus DIR] [--process] [--seed N] [--every-cut] [--slow-factor N]

    --golden DIR   the stream properties over every golden case that succeeds, with its own arguments
    --corpus DIR   the same over every manifest below a directory ($ROLLSTAMP_CORPUS, if none is named)
    --process      the properties of the process: descriptors, locale, hostile input (process_properties.py)

Without one of the three it does all for which there is a directory. Output is TAP version 13, one line for each
property and input. Everything that is random comes from the seed and the input's name.
"""

import argparse
import concurrent.futures
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "oracle"), str(HERE.parent)]

import inputs
import process_properties
import stream_properties
from lib import cases, tap
from lib.program import Program

WORKERS = 2


def stream_results(program, subjects, seed, every_cut):
    """(name, Outcome) for every case and property, in order."""
    def job(case):
        return stream_properties.results(program, case, seed, every_cut)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for results in pool.map(job, subjects):
            yield from results


def main():
    parser = argparse.ArgumentParser(description="Checks properties that rollstamp has on every input.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--golden", metavar="DIR")
    parser.add_argument("--corpus", metavar="DIR", nargs="?", const=cases.FROM_ENVIRONMENT)
    parser.add_argument("--process", action="store_true")
    parser.add_argument("--arg", action="append", default=[], help="an argument for every run")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--every-cut", action="store_true", help="cut inputs of up to 8,000 bytes at every byte (slow)")
    parser.add_argument("--slow-factor", type=float, default=1, help="widens time and memory limits (sanitizer builds)")
    args = parser.parse_args()
    if not (args.golden or args.corpus is not None or args.process):
        args.golden = cases.GOLDEN
        args.corpus = cases.corpus_directory()
        args.process = True

    if args.corpus == cases.FROM_ENVIRONMENT and not cases.corpus_directory():
        return tap.skip_all(cases.NO_CORPUS)
    program = Program(args.binary, args.arg, inputs.TIMEOUT, args.slow_factor)
    results_of = tap.Tap()
    if args.process:
        results_of.run([tap.Test(*test) for test in process_properties.tests(program)], WORKERS)
    subjects = []
    if args.golden:
        subjects += inputs.golden_cases(args.golden)
    if args.corpus is not None:
        subjects += inputs.corpus_cases(args.corpus)
    for result in stream_results(program, subjects, args.seed, args.every_cut):
        results_of.result(*result)
    return results_of.end()


if __name__ == "__main__":
    sys.exit(main())
