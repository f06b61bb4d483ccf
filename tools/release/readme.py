#!/usr/bin/env python3
"""Prints a README as an index shows it, alone: relative links become links into the repository.

usage: readme.py README.md

The address is `repository` of [workspace.package] in Cargo.toml. While there is none, a link becomes its text, with the path
that it led to, and a picture its description.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# A link or a picture that leads neither to another site nor to a heading of the same page.
RELATIVE = re.compile(r"(!?)\[((?:[^\]`]|`[^`]*`)*)\]\((?!https?://|#)([^)\s#]+)(#[^)\s]*)?\)")


def alone(text, folder, address):
    """The text of a README in a folder of the repository, for a place where nothing else is."""

    def absolute(found):
        picture, shown, path, anchor = found[1], found[2], found[3], found[4] or ""
        inside = os.path.normpath(os.path.join(folder, path))
        if address:
            return f"{picture}[{shown}]({address}/{'raw' if picture else 'blob'}/main/{inside}{anchor})"
        named = f"`{inside}`"
        return shown if picture or shown.strip("`") in (inside, path) else f"{shown} ({named} in the repository)"

    return RELATIVE.sub(absolute, text)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: readme.py README.md")
    readme = Path(sys.argv[1]).resolve()
    with (ROOT / "Cargo.toml").open("rb") as file:
        address = tomllib.load(file)["workspace"]["package"].get("repository")
    print(alone(readme.read_text(), readme.parent.relative_to(ROOT), address), end="")


if __name__ == "__main__":
    main()
