"""Runs core's tests once for each mutant, and names the mutants that no test notices.

usage: run.py [--seconds N] [--fresh | --changed] [--sample N/M] [--write FILE] [FILE|FOLDER...]

The build and the outcomes are kept (kept.py): the next run goes on where this one ended. Exit 1: a mutant was missed. Exit 3: the time is over.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import time

from build import OUT, TREE
from kept import MISSED, Outcomes, built_for

# A generated case costs more than it finds here: the vectors and examples come first, and a property that notices a mutant needs few cases.
CASES = "8"
# They build the engine anew, or take minutes.
SKIPPED = ["no_panic", "no_std", "four_gibibytes"]
# Unit tests that take a second or more are a step of their own, which runs only for mutants of the folders that they are about.
SLOW = ["hostile", "oracle", "a_wildcard_is_found"]
SLOW_FOR = ("core/src/origins/", "core/src/syntax/", "core/src/toml/")


def run(step, number, limit):
    """Whether the tests of one step (a program, and which of its tests) pass, and the seconds that they took. A run that does not end within `limit` seconds has failed."""
    program, *chosen = step
    skip = [word for name in SKIPPED for word in ("--skip", name)]
    command = [program, "--quiet", "-Z", "unstable-options", "--fail-fast", *skip, *chosen]
    environment = os.environ | {
        "CORSAC_MUTANT": str(number), "PROPTEST_CASES": CASES, "PROPTEST_MAX_SHRINK_ITERS": "0", "RUSTC_BOOTSTRAP": "1", "RUST_BACKTRACE": "0",
    }
    begun = time.monotonic()
    try:
        ended = subprocess.run(
            command, cwd=TREE / "core", env=environment, timeout=limit, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return False, time.monotonic() - begun
    return ended.returncode == 0, time.monotonic() - begun


def steps(programs):
    """What is run for each mutant: every program, and the slow unit tests as a step of their own."""
    for program in programs:
        if name(program) == "corsac":
            yield (program, *(word for test in SLOW for word in ("--skip", test)))
            yield (program, *SLOW)
        else:
            yield (program,)


def name(program):
    return pathlib.Path(program).name.rsplit("-", 1)[0]


def baseline(programs):
    """The steps with the seconds that each takes while no mutant is awake; they must pass."""
    took = {}
    for step in steps(programs):
        passed, took[step] = run(step, 0, 600)
        print(f"{took[step]:6.2f} s  {name(step[0])}", file=sys.stderr)
        if not passed:
            sys.exit(f"{step} fails without a mutant")
    return took


def first_failure(mutant, took, counts):
    """The step that notices this mutant, the likeliest first."""
    for step in sorted(took, key=lambda step: (-counts[name(step[0])], took[step])):
        if step[1:] == tuple(SLOW) and not mutant.file.startswith(SLOW_FOR):
            continue
        passed, _ = run(step, mutant.number, 5 + 10 * took[step])
        if not passed:
            return name(step[0])
    return None


def run_all(chosen, took, outcomes, seconds):
    """Runs the mutants without an outcome, until there are none or the time is over."""
    noticed_by = collections.defaultdict(collections.Counter)
    for mutant in chosen:
        if mutant.name in outcomes.known:
            noticed_by[mutant.file][outcomes.known[mutant.name]] += 1
    begun = time.monotonic()
    for mutant in chosen:
        if mutant.name in outcomes.known:
            continue
        if seconds is not None and time.monotonic() - begun > seconds:
            break
        by = first_failure(mutant, took, noticed_by[mutant.file])
        outcomes.add(mutant, by or MISSED)
        noticed_by[mutant.file][by or MISSED] += 1
        done = sum(mutant.name in outcomes.known for mutant in chosen)
        missed = sum(outcomes.known.get(mutant.name) == MISSED for mutant in chosen)
        print(f"\r{done} of {len(chosen)}, {missed} missed, {time.monotonic() - begun:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=pathlib.Path, default=OUT / "outcome")
    parser.add_argument("--sample", default="1/1", help="the Nth of M parts of all mutants: 2/10")
    parser.add_argument("--seconds", type=float, help="stop after so long; the next run goes on")
    parser.add_argument("--fresh", action="store_true", help="run every mutant again")
    parser.add_argument("--changed", action="store_true", help="the source or the tests have changed: keep what was noticed before, and run the others")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    part, parts = map(int, arguments.sample.split("/"))
    built, took, is_kept = built_for(arguments.files, baseline)
    outcomes = Outcomes(arguments.write, not arguments.fresh and (is_kept or arguments.changed))
    if arguments.changed:
        outcomes.forget_missed()
    chosen = built.left[part - 1 :: parts]
    run_all(chosen, took, outcomes, arguments.seconds)
    ran = [mutant for mutant in chosen if mutant.name in outcomes.known]
    missed = [mutant for mutant in ran if outcomes.known[mutant.name] == MISSED]
    for mutant in missed:
        print(f"missed: {mutant.name}")
    for mutant in built.mutants:
        if mutant.number in built.unwritten:
            print(f"not written, {built.unwritten[mutant.number]}: {mutant.name}")
    print(f"{len(ran)} of {len(chosen)} mutants ran: {len(ran) - len(missed)} noticed, {len(missed)} missed; "
          f"{len(built.unwritten)} are not written as a choice, {len(built.dropped)} do not compile")
    if len(ran) < len(chosen):
        print("the time is over: run it again to go on")
        return 3
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
