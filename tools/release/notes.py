#!/usr/bin/env python3
"""Prints the CHANGELOG's section about this version, for the page of the release. Without one, or undated, it exits with 1."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import version  # noqa: E402


def section(changelog, wanted):
    """The text below the heading of a version, up to the next one."""
    heading = rf"^## \[{re.escape(wanted)}\] - (\S+)\n(.*?)(?=^## \[|\Z)"
    found = re.search(heading, changelog, re.MULTILINE | re.DOTALL)
    if found is None:
        raise SystemExit(f"CHANGELOG.md has no section about {wanted}: write ## [{wanted}] - YYYY-MM-DD")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", found[1]):
        raise SystemExit(f"CHANGELOG.md says {wanted} is {found[1]}: write the day of the release, YYYY-MM-DD")
    return found[2].strip() + "\n"


if __name__ == "__main__":
    print(section((ROOT / "CHANGELOG.md").read_text(), version.version()), end="")
