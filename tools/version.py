#!/usr/bin/env python3
"""Holds every place that names Corsac's version to the one in Cargo.toml.

usage: version.py [--set X.Y.Z]

Without an option, it prints the version, or names each place that says another one and exits with 1. --set writes a new
version into all of them, lock files included; the CHANGELOG's heading and date stay yours to write.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = r"\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?"

# Where a person or a program reads the version. The middle group is the version.
SAYS = {
    "Cargo.toml": (
        rf'(\[workspace\.package\]\nversion = ")({VERSION})(")',
        rf'(\ncorsac[a-z-]* = \{{ path = "[^"]*", version = ")({VERSION})(")',
    ),
    "ffi/artifact/Cargo.toml": (rf'(\nversion = ")({VERSION})(")',),
    "js/wasm/Cargo.toml": (rf'(\nversion = ")({VERSION})(")',),
    "js/wasm/dialects/Cargo.toml": (rf'(\nversion = ")({VERSION})(")',),
    "js/wasm/explain/Cargo.toml": (rf'(\nversion = ")({VERSION})(")',),
    "js/wasm/regexes/Cargo.toml": (rf'(\nversion = ")({VERSION})(")',),
    "js/package.json": (rf'(\n  "version": ")({VERSION})(")',),
    # The name "corsac" comes before both.
    "js/package-lock.json": (rf'("name": "corsac",\s+"version": ")({VERSION})(")',),
    "ffi/src/version.rs": (rf"(The version of the linked library: `)({VERSION})(`)",),
    "include/corsac.h": (rf"(The version of the linked library: `)({VERSION})(`)",),
    "docs/install.md": (rf"((?:corsac|libcorsac1|libcorsac-dev)[-_])({VERSION})([-_])",),
    "docs/start/edge.md": (rf"(/corsac-)({VERSION})(\.tgz)",),
    "docs/start/express.md": (rf"(/corsac-)({VERSION})(\.tgz)",),
    "CHANGELOG.md": (rf"(\A(?:(?!\n## ).)*?\n## \[)({VERSION})(\])",),
}
# Only a person can say when a version was released, and what it brought.
KEPT = {"CHANGELOG.md"}
# A package of a lock file that has no source is one of the repository's own.
OWN = rf'(\[\[package\]\]\nname = "corsac[a-z-]*"\nversion = ")({VERSION})("\n(?!source))'
# Examples and tests are never published, and have no version.
UNPUBLISHED = "0.0.0"


def version(root=ROOT):
    """The version that all others are held to."""
    with (root / "Cargo.toml").open("rb") as file:
        return tomllib.load(file)["workspace"]["package"]["version"]


def patterns(root=ROOT):
    """Every file that names the version, with its expressions."""
    yield from SAYS.items()
    for lock in sorted(root.glob("**/Cargo.lock")):
        if not {"target", "node_modules"} & set(lock.relative_to(root).parts):
            yield str(lock.relative_to(root)), (OWN,)


def faults(root=ROOT):
    """What is wrong, a sentence each."""
    wanted = version(root)
    for name, expressions in patterns(root):
        text = (root / name).read_text()
        for expression in expressions:
            found = list(re.finditer(expression, text, re.DOTALL))
            if not found and expression is not OWN:
                yield f"{name}: names no version any more: change SAYS in tools/version.py"
            for place in found:
                if place[2] not in (wanted, UNPUBLISHED):
                    line = text.count("\n", 0, place.start(2)) + 1
                    yield f"{name}:{line}: says {place[2]}, and Cargo.toml says {wanted}: tools/version.py --set {wanted}"


def write(new, root=ROOT):
    """Write a version into every place. Nothing is written where an expression finds none."""
    texts = {}
    for name, expressions in patterns(root):
        if name not in KEPT:
            text = (root / name).read_text()
            for expression in expressions:
                text = re.sub(expression, lambda found: replaced(found, new), text, flags=re.DOTALL)
            texts[root / name] = text
    for path, text in texts.items():
        path.write_text(text)


def replaced(found, new):
    return found[0] if found[2] == UNPUBLISHED else f"{found[1]}{new}{found[3]}"


def main():
    arguments = argparse.ArgumentParser(usage="version.py [--set X.Y.Z]")
    arguments.add_argument("--set", dest="new")
    new = arguments.parse_args().new
    if new is not None:
        if not re.fullmatch(VERSION, new):
            sys.exit(f"{new!r} is not a version: write three numbers, such as 0.2.0 or 0.2.0-rc.1")
        write(new)
    wrong = list(faults())
    if wrong:
        sys.exit("\n".join(wrong))
    print(version())


if __name__ == "__main__":
    main()
