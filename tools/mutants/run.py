"""Runs core's tests once for each mutant, and names the mutants that no test notices.

usage: run.py [--write FILE] [--sample N/M] [FILE...]

Exit 1: a mutant was missed. Each line of FILE is a mutant's name and what became of it.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import time

from build import OUT, TREE, build

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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=pathlib.Path, default=OUT / "outcome")
    parser.add_argument("--sample", default="1/1", help="the Nth of M parts of all mutants: 2/10")
    parser.add_argument("--resume", action="store_true", help="keep what the file of outcomes has, and run the others")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    part, parts = map(int, arguments.sample.split("/"))
    mutants, left, unwritten, dropped, programs = build(arguments.files)
    took = baseline(programs)
    noticed_by = collections.defaultdict(collections.Counter)
    missed = []
    known = {}
    if arguments.resume:
        known = dict(reversed(line.split("\t")) for line in arguments.write.read_text().splitlines())
    begun = time.monotonic()
    with arguments.write.open("w") as outcome:
        chosen = left[part - 1 :: parts]
        for done, mutant in enumerate(chosen, 1):
            counts = noticed_by[mutant.file]
            killer = None
            if mutant.name in known:
                outcome.write(f"{known[mutant.name]}\t{mutant.name}\n")
                if known[mutant.name] == "missed":
                    missed.append(mutant)
                continue
            for step in sorted(took, key=lambda step: (-counts[step], took[step])):
                if step[1:] == tuple(SLOW) and not mutant.file.startswith(SLOW_FOR):
                    continue
                passed, _ = run(step, mutant.number, 5 + 10 * took[step])
                if not passed:
                    killer = step
                    break
            if killer is None:
                missed.append(mutant)
                outcome.write(f"missed\t{mutant.name}\n")
            else:
                counts[killer] += 1
                outcome.write(f"{name(killer[0])}\t{mutant.name}\n")
            outcome.flush()
            print(f"\r{done} of {len(chosen)}, {len(missed)} missed, {time.monotonic() - begun:.0f} s", end="", file=sys.stderr)
        for mutant in mutants:
            if mutant.number in unwritten:
                outcome.write(f"not written: {unwritten[mutant.number]}\t{mutant.name}\n")
            elif mutant.number in dropped:
                outcome.write(f"does not compile\t{mutant.name}\n")
    print(file=sys.stderr)
    for mutant in missed:
        print(f"missed: {mutant.name}")
    print(f"{len(chosen)} mutants: {len(chosen) - len(missed)} noticed, {len(missed)} missed; "
          f"{len(unwritten)} are not written as a choice, {len(dropped)} do not compile")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
