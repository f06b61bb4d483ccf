"""Builds the package with maturin, after a look at what that needs.

Without this, maturin would download a Rust toolchain by itself where none is installed. Here pip stops, and one
sentence says what is missing and where it comes from.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess

from maturin import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

# `rust-version` of the crate, which a test compares.
RUST = (1, 88)
ROUTE = (
    f"Building it needs Rust {RUST[0]}.{RUST[1]} or newer and a C compiler: install them (https://rustup.rs), "
    "then run the same pip command again. Nothing was downloaded."
)


def missing() -> str | None:
    """Return what this machine lacks for a build, as sentences."""
    here = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()} {platform.machine()}"
    if shutil.which("cargo") is None:
        return f"corsac has no wheel for {here}, and Rust is not installed. {ROUTE}"
    rustc = shutil.which("rustc")
    said = subprocess.run([rustc, "--version"], capture_output=True, text=True, check=False).stdout if rustc else ""
    found = re.match(r"rustc (\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < RUST:
        return f"corsac has no wheel for {here}, and the Rust here is {said.strip() or 'not complete'}. {ROUTE}"
    return None


def get_requires_for_build_wheel(_config_settings: object = None) -> list[str]:
    """Return no further requirement, or stop the build."""
    if sentence := missing():
        raise SystemExit(sentence)
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
