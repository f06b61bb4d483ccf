"""Keeps the build and the outcomes below target/mutants, so that the next run goes on where this one ended."""

import dataclasses
import hashlib
import json
import pathlib
import subprocess

from build import OUT, ROOT, Built, Mutant, build, tracked

BUILT = OUT / "built.json"
MISSED = "missed"


def fingerprint(files):
    """What outcomes depend on: core with its tests, the vectors, this tool, the compiler and the choice of files. Pages that tests read do not count."""
    digest = hashlib.sha256()
    own = [str(path.relative_to(ROOT)) for path in pathlib.Path(__file__).parent.glob("*.py")]
    inputs = [name for name in tracked() if name.startswith(("core/", "vectors/", "Cargo."))]
    for name in sorted([*inputs, *own, ".cargo/mutants.toml"]):
        digest.update(f"{name}\0".encode() + hashlib.sha256((ROOT / name).read_bytes()).digest())
    digest.update(subprocess.run(["rustc", "--version", "--verbose"], check=True, stdout=subprocess.PIPE).stdout)
    digest.update("\0".join(files).encode())
    return digest.hexdigest()


def kept(wanted, path=BUILT):
    """The build of this fingerprint with the seconds that its steps take, if it is still there."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if found["fingerprint"] != wanted or not all(pathlib.Path(program).is_file() for program in found["built"]["programs"]):
        return None
    parts = found["built"]
    built = Built(
        mutants=[Mutant(**mutant) for mutant in parts["mutants"]],
        left=[Mutant(**mutant) for mutant in parts["left"]],
        unwritten={int(number): reason for number, reason in parts["unwritten"].items()},
        dropped=set(parts["dropped"]),
        programs=parts["programs"],
    )
    return built, {tuple(step): seconds for step, seconds in found["took"]}


def keep(wanted, built, took, path=BUILT):
    parts = dataclasses.asdict(built) | {"dropped": sorted(built.dropped)}
    path.write_text(json.dumps({"fingerprint": wanted, "built": parts, "took": list(took.items())}))


def built_for(files, baseline):
    """The build for these files with the seconds that its steps take, and whether it is the one of the run before."""
    wanted = fingerprint(files)
    found = kept(wanted)
    if found is not None:
        return *found, True
    BUILT.unlink(missing_ok=True)
    built = build(files)
    took = baseline(built.programs)
    keep(wanted, built, took)
    return built, took, False


class Outcomes:
    """A line for each mutant that ran: what noticed it, or `missed`, and its name. A line counts once it is whole."""

    def __init__(self, path, may_go_on):
        self.path = path
        self.known = {}
        if may_go_on and path.exists():
            whole = [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
            self.known = dict(reversed(line.rstrip("\n").split("\t")) for line in whole)
        self._write()

    def forget_missed(self):
        self.known = {name: by for name, by in self.known.items() if by != MISSED}
        self._write()

    def add(self, mutant, by):
        self.known[mutant.name] = by
        with self.path.open("a") as file:
            file.write(f"{by}\t{mutant.name}\n")

    def _write(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("".join(f"{by}\t{name}\n" for name, by in self.known.items()))
