#!/usr/bin/env python3
"""Writes the licence texts of the crates that are linked into a program or a library, to standard output.

usage: licences.py [--manifest-path Cargo.toml] [--all-features] [--names] PACKAGE...

What it names comes from cargo's lock file. --names lists the crates alone. After a change of Cargo.lock, write the Python
package's anew: tools/licences.py corsac-python > python/LICENSE-THIRD-PARTY
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PREAMBLE = """\
The compiled code of this package contains the crates below. Each name is followed by its licences, and each group of
names by the text. Where a crate offers several licences ("OR", "/") and MIT is one of them, MIT is chosen.
"""
# Texts that crates bring with them and that are not their authors'.
BROUGHT = {
    "corsac": """\
The engine contains the Public Suffix List (https://publicsuffix.org/list/), which is subject to the terms of the
Mozilla Public License, v. 2.0 (https://mozilla.org/MPL/2.0/). You can get the list in source form at
https://publicsuffix.org/list/public_suffix_list.dat. Only its form was changed.
""",
    "corsac-diagnose": """\
What Firefox says about CORS in ten languages (diagnose/src/console/firefox.txt) is Mozilla's, and subject to the same
licence. The source form is in Corsac's repository. Only its form was changed.
""",
}


def linked(packages: list[str], manifest: Path, *features: str) -> list[tuple[str, str, str]]:
    """Return name, version and licence of every linked crate, without those that only run during the build."""
    tree = subprocess.check_output(
        [
            "cargo",
            "tree",
            "--locked",
            f"--manifest-path={manifest}",
            *(f"--package={package}" for package in packages),
            *features,
            "--edges=normal,no-proc-macro",
            "--prefix=none",
            "--format={p}|{l}",
        ],
        text=True,
    )
    found = set()
    # Between the trees of two packages is an empty line.
    for line in filter(None, tree.splitlines()):
        named, _, licence = line.removesuffix(" (*)").partition("|")
        name, version = named.split(" ")[:2]
        found.add((name, version.removeprefix("v"), licence))
    return sorted(found)


def folders(manifest: Path, *features: str) -> dict[tuple[str, str], Path]:
    """Return where each crate of others was unpacked."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", f"--manifest-path={manifest}", *features]
    metadata = json.loads(subprocess.check_output(command, text=True))
    return {(crate["name"], crate["version"]): Path(crate["manifest_path"]).parent for crate in metadata["packages"] if crate["source"]}


def texts(licence: str, folder: Path) -> list[str]:
    """Return the licence texts of a crate. If there is a choice, it is the chosen one."""
    names = ("LICENSE", "LICENCE", "COPYING")
    files = sorted(path for path in folder.iterdir() if path.name.upper().startswith(names))
    chosen = [path for path in files if "MIT" in path.name.upper()] if "MIT" in licence else []
    return [path.read_text().strip() for path in chosen or files]


def common() -> str:
    """Return the text of the MIT licence, without anybody's copyright."""
    lines = (ROOT / "LICENSE-MIT").read_text().strip().splitlines()
    return "\n".join(line for line in lines if not line.startswith("Copyright")).strip()


def written(packages: list[str], manifest: Path, *features: str) -> str:
    """Return the whole file."""
    known = folders(manifest, *features)
    crates = linked(packages, manifest, *features)
    by_text: dict[tuple[str, ...], list[str]] = {}
    for name, version, licence in crates:
        if folder := known.get((name, version)):
            if not texts(licence, folder) and "MIT" not in licence:
                raise SystemExit(f"{name} is under {licence} and brings no text of it: add the text to tools/licences.py")
            by_text.setdefault(tuple(texts(licence, folder)), []).append(f"{name} ({licence})")
    names = {name for name, _, _ in crates}
    parts = ["\n".join([PREAMBLE, *(text for name, text in BROUGHT.items() if name in names)])]
    for found, group in sorted(by_text.items(), key=lambda item: item[1]):
        parts.append("\n".join(["-" * 80, *group, "-" * 80]))
        parts.extend(found or ["(No text comes with it. That of the licence is:)", common()])
    return "\n\n".join(parts) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(usage="licences.py [--manifest-path Cargo.toml] [--all-features] [--names] PACKAGE...")
    arguments.add_argument("--manifest-path", type=Path, default=ROOT / "Cargo.toml")
    arguments.add_argument("--names", action="store_true")
    arguments.add_argument("--all-features", dest="features", action="store_const", const=["--all-features"], default=[])
    arguments.add_argument("packages", nargs="+")
    chosen = arguments.parse_args()
    if chosen.names:
        known = folders(chosen.manifest_path, *chosen.features)
        print("\n".join(name for name, version, _ in linked(chosen.packages, chosen.manifest_path, *chosen.features) if (name, version) in known))
    else:
        print(written(chosen.packages, chosen.manifest_path, *chosen.features), end="")


if __name__ == "__main__":
    main()
