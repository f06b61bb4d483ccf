"""Writes LICENSE-THIRD-PARTY with the crates that are linked into the wheel. Run it after a change of Cargo.lock.

`python licences.py --names` lists the crates, which a test holds against the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE / "LICENSE-THIRD-PARTY"
PREAMBLE = """\
The compiled module of this package contains the crates below. Each name is followed by its licences, and each group of
names by the text. Where a crate offers several licences ("OR", "/") and MIT is one of them, MIT is chosen.

The crate psl contains the Public Suffix List (https://publicsuffix.org/list/), which is subject to the terms of the
Mozilla Public License, v. 2.0 (https://mozilla.org/MPL/2.0/). You can get the list in source form at
https://publicsuffix.org/list/public_suffix_list.dat. Only its form was changed.

What Firefox says about CORS in ten languages (diagnose/src/console/firefox.txt) is Mozilla's, and subject to the same
licence. The source form is in Corsac's repository. Only its form was changed.
"""


def linked() -> list[dict[str, str]]:
    """Return the linked third-party crates, without those that only run during the build."""
    tree = subprocess.check_output(
        [
            "cargo",
            "tree",
            "--locked",
            "--package=corsac-python",
            "--edges=normal,no-proc-macro",
            "--prefix=none",
            "--format={p}|{l}",
        ],
        cwd=HERE,
        text=True,
    )
    metadata = json.loads(
        subprocess.check_output(["cargo", "metadata", "--locked", "--format-version", "1"], cwd=HERE, text=True)
    )
    folders = {(package["name"], package["version"]): package for package in metadata["packages"] if package["source"]}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for line in tree.splitlines():
        package, _, licence = line.removesuffix(" (*)").partition("|")
        name, version = package.split(" ")[:2]
        known = folders.get((name, version.removeprefix("v")))
        if known is not None:
            folder = str(Path(known["manifest_path"]).parent)
            found[name, version] = {"name": name, "licence": licence, "folder": folder}
    return [found[key] for key in sorted(found)]


def texts(crate: dict[str, str]) -> list[str]:
    """Return the licence texts of a crate. If there is a choice, it is the chosen one."""
    files = sorted(
        path
        for path in Path(crate["folder"]).iterdir()
        if path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))
    )
    chosen = [path for path in files if "MIT" in path.name.upper()] if "MIT" in crate["licence"] else []
    return [path.read_text().strip() for path in chosen or files]


def main() -> None:
    crates = linked()
    if sys.argv[1:] == ["--names"]:
        print("\n".join(crate["name"] for crate in crates))
        return
    by_text: dict[tuple[str, ...], list[str]] = {}
    for crate in crates:
        by_text.setdefault(tuple(texts(crate)), []).append(f"{crate['name']} ({crate['licence']})")
    parts = [PREAMBLE]
    for written, names in sorted(by_text.items(), key=lambda item: item[1]):
        parts.append("\n".join(["-" * 80, *names, "-" * 80]))
        parts.extend(written or ["(This crate has no text of its own.)"])
    TARGET.write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
