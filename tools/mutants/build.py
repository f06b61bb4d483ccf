"""Makes the copy of the tree that holds all mutants, and builds its tests. Mutants that do not compile are dropped and the rest is built again."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from rewrite import FEATURES, SWITCH, Mutant, offsets, rewrite

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "target/mutants"
TREE = OUT / "tree"
# Its tests look at symbols or allocations, which the switch changes; or they read the source itself.
LEFT_OUT = {"api", "examples", "freestanding", "no_alloc", "security"}
NOT_EXHAUSTIVE = "E0004"
ASKS = re.compile(rb"crate::mutated::is\((\d+)\)")


@dataclasses.dataclass(frozen=True)
class Built:
    """All mutants, those of them in the programs, why others are not in them, and the test programs."""

    mutants: list
    left: list
    unwritten: dict
    dropped: set
    programs: list


def listed(files):
    """What cargo-mutants lists for these files (all of core where there are none), with numbers from 1."""
    command = ["cargo", "mutants", "--list", "--json", "--package", "corsac"]
    for file in files:
        command += ["--file", f"{file.rstrip('/')}/**" if (ROOT / file).is_dir() else file]
    entries = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    at, found = {}, []
    for number, entry in enumerate(entries, 1):
        file = entry["file"]
        if file not in at:
            at[file] = offsets((ROOT / file).read_bytes())
        start, end = (at[file](entry["span"][side]) for side in ("start", "end"))
        found.append(Mutant(number, entry["name"], file, entry["genre"], entry["replacement"], start, end, (entry["function"] or {}).get("return_type", "")))
    return found


def tracked():
    """The tracked files of core and of what its tests read."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "core", "vectors", "macros", "diagnose", "examples", "docs", "Cargo.toml", "Cargo.lock", "SECURITY.md"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def copy_tree():
    shutil.rmtree(TREE, ignore_errors=True)
    for name in tracked():
        (TREE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, TREE / name)
    # These tests read the places of fields from core's source, which is rewritten.
    helper = TREE / "core/tests/layout/mod.rs"
    helper.write_text(helper.read_text().replace("../../src/image/layout.rs", str(ROOT / "core/src/image/layout.rs")))
    text = (TREE / "Cargo.toml").read_text()
    text = re.sub(r"(?ms)^members = \[.*?\]", 'members = ["core"]', text, count=1)
    text = re.sub(r"(?m)^default-members = .*\n", "", text)
    # Speed of the tests, with the checks of a debug build.
    text += "\n[profile.mutants]\ninherits = \"dev\"\nopt-level = 1\ndebug = false\n"
    (TREE / "Cargo.toml").write_text(text)


def write(mutants, files):
    """Core's files with these mutants in them. Returns what could not be written."""
    unwritten = {}
    for file in files:
        source = (ROOT / file).read_bytes()
        text, missing = rewrite(source, [mutant for mutant in mutants if mutant.file == file])
        (TREE / file).write_bytes(text)
        unwritten |= missing
    lib = TREE / "core/src/lib.rs"
    text = (ROOT / "core/src/lib.rs").read_bytes().replace(b"#![no_std]\n", b"#![no_std]\n" + FEATURES)
    lib.write_bytes(text + SWITCH.encode())
    return unwritten


def cargo(*arguments):
    environment = os.environ | {
        "RUSTC_BOOTSTRAP": "1",
        "CARGO_TARGET_DIR": str(OUT / "build"),
        "RUSTFLAGS": "--cap-lints allow",
    }
    command = ["cargo", *arguments, "--package", "corsac", "--all-features", "--profile", "mutants", "--message-format", "json"]
    run = subprocess.run(command, cwd=TREE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return run, [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def blamed(messages):
    """The numbers of the mutants that rustc's errors point at."""
    numbers, unknown = set(), []
    for message in messages:
        if message.get("reason") != "compiler-message" or message["message"]["level"] != "error":
            continue
        spans = message["message"]["spans"]
        found = set()
        for span in sorted(spans, key=lambda span: not span["is_primary"]):
            if not span["file_name"].startswith("core/src"):
                continue
            text = (TREE / span["file_name"]).read_bytes()
            if (message["message"]["code"] or {}).get("code") == NOT_EXHAUSTIVE:
                found = arms_behind(text, span["byte_end"])
            else:
                found = asked_at(text, span["byte_start"], span["byte_end"])
            if found:
                break
        numbers |= found
        if spans and not found:
            unknown.append(message["message"]["rendered"])
    return numbers, unknown


def arms_behind(text, start):
    """The arms that have a choice in the `match` whose value ends at `start`."""
    depth, end = 0, start
    for end in range(start, len(text)):
        depth += {ord("{"): 1, ord("}"): -1}.get(text[end], 0)
        if depth == 0 and text[end] == ord("}"):
            break
    return {int(asks[1]) for asks in ASKS.finditer(text, start, end) if text[asks.start() - 1] == ord("!")}


def asked_at(text, start, end):
    """The mutant whose choice holds the place: `if …is(7) { HERE }`. If no choice does, all mutants of its lines."""
    last = None
    for asks in ASKS.finditer(text, 0, end):
        last = asks
    within = {int(asks[1]) for asks in ASKS.finditer(text, start, end)}
    if last is not None and last.end() <= start:
        depth, position = 0, last.end()
        # Inside of the braces behind the question?
        for position in range(last.end(), start):
            depth += {ord("{"): 1, ord("}"): -1, ord("("): 1, ord(")"): -1}.get(text[position], 0)
            if depth < 0:
                break
        if depth > 0:
            return {int(last[1])}
    if within:
        return within
    line_start, line_end = text.rfind(b"\n", 0, start), text.find(b"\n", end)
    return {int(asks[1]) for asks in ASKS.finditer(text, line_start, line_end)}


def build(files):
    mutants = listed(files)
    copy_tree()
    left, dropped, unwritten = list(mutants), set(), {}
    touched = sorted({mutant.file for mutant in mutants} - {"core/src/lib.rs"})
    for _ in range(40):
        unwritten |= write(left, touched)
        left = [mutant for mutant in left if mutant.number not in unwritten]
        run, messages = cargo("check", "--lib")
        if run.returncode == 0:
            break
        numbers, unknown = blamed(messages)
        if not numbers:
            sys.exit("".join(unknown)[:4000] + run.stderr[-2000:] + "\nno mutant is to blame")
        print(f"{len(numbers)} mutants do not compile", file=sys.stderr)
        dropped |= {mutant.number for mutant in left if mutant.number in numbers}
        left = [mutant for mutant in left if mutant.number not in numbers]
    else:
        sys.exit("after 40 rounds there are still mutants that do not compile")
    folder = ROOT / "core/tests"
    tests = {path.stem for path in folder.glob("*.rs")} | {path.parent.name for path in folder.glob("*/main.rs")}
    tests = sorted(tests - LEFT_OUT)
    run, messages = cargo("test", "--no-run", "--lib", *(word for test in tests for word in ("--test", test)))
    if run.returncode != 0:
        rendered = "".join(m["message"]["rendered"] for m in messages if m.get("reason") == "compiler-message")
        sys.exit(rendered[:6000] + run.stderr[-3000:])
    programs = [m["executable"] for m in messages if m.get("reason") == "compiler-artifact" and m.get("executable")]
    return Built(mutants, left, unwritten, dropped, programs)
