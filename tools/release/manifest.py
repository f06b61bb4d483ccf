#!/usr/bin/env python3
"""Writes dist/SHA256SUMS and dist/MANIFEST.md, and refuses a folder that is not one release.

usage: manifest.py [--linux | --all]

Every file must carry the version of Cargo.toml in its name and be of a kind that is listed here. With --linux, everything that
`make dist` builds must be there; with --all, also what macOS and Windows build.
"""

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import version  # noqa: E402

DIST = ROOT / "dist"
CPUS = ("x86_64", "aarch64")
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
CRATES = ("corsac", "corsac-macros", "corsac-diagnose", "corsac-dialects", "corsac-regexes", "corsac-tower", "corsac-cli")
# What each kind is called, what it is for, and what you do with it. {v}: the version, {c}: a processor, {d}: Debian's name of it.
KINDS = (
    ("corsac-{v}-{c}-unknown-linux-musl.tar.gz", "the command line, static", "unpack it, and put `corsac` on your PATH"),
    ("corsac_{v}_{d}.deb", "the command line, for Debian and Ubuntu", "`apt install ./FILE`"),
    ("corsac-{v}-cp310-abi3-manylinux2014_{c}.manylinux_2_17_{c}.whl", "the Python package, glibc 2.17 or newer", "`pip install FILE`"),
    ("corsac-{v}-cp310-abi3-musllinux_1_2_{c}.whl", "the Python package, musl", "`pip install FILE`"),
    ("corsac-{v}.tar.gz", "the Python package, sources", "`pip install FILE`, with Rust"),
    ("corsac-{v}.tgz", "the npm package", "`npm install FILE`"),
    ("libcorsac-{v}-{c}-unknown-linux-gnu.tar.gz", "the C library", "unpack it; pkg-config and CMake find it where it is"),
    ("libcorsac1_{v}_{d}.deb", "the C library, for programs that run", "`apt install ./FILE`"),
    ("libcorsac-dev_{v}_{d}.deb", "the C library, header and static library", "`apt install ./FILE`"),
    ("libnginx-mod-http-corsac_{v}-1_{d}.deb", "the nginx module, for Debian's nginx", "`apt install ./FILE`"),
    ("crates/corsac-{v}.crate", "the engine, for Rust", "`cargo add corsac`"),
    ("crates/corsac-macros-{v}.crate", "policies at build time, for Rust", "`cargo add corsac-macros`"),
    ("crates/corsac-diagnose-{v}.crate", "the diagnosis, for Rust", "`cargo add corsac-diagnose`"),
    ("crates/corsac-dialects-{v}.crate", "other products' configurations, for Rust", "`cargo add corsac-dialects`"),
    ("crates/corsac-regexes-{v}.crate", "the proof of expressions, for Rust", "`cargo add corsac-regexes`"),
    ("crates/corsac-tower-{v}.crate", "the layer for axum, tonic and hyper", "`cargo add corsac-tower`"),
    ("crates/corsac-cli-{v}.crate", "the command line, from source", "`cargo install corsac-cli`"),
    *((f"crates/{name}-{{v}}.cdx.json", f"the parts of {name}", "as CycloneDX") for name in CRATES),
    ("corsac-docs-{v}.tar.gz", "this documentation with its playground", "unpack it on any web server"),
)
# What other systems build (native.py).
OTHERS = (
    *((f"corsac-{{v}}-{cpu}-apple-darwin.tar.gz", "the command line, macOS", KINDS[0][2]) for cpu in CPUS),
    *((f"corsac-{{v}}-{cpu}-pc-windows-msvc.zip", "the command line, Windows", KINDS[0][2]) for cpu in CPUS),
    *((f"corsac-{{v}}-cp310-abi3-{tag}.whl", "the Python package, macOS", "`pip install FILE`") for tag in ("macosx_10_12_x86_64", "macosx_11_0_arm64")),
    *((f"corsac-{{v}}-cp310-abi3-{tag}.whl", "the Python package, Windows", "`pip install FILE`") for tag in ("win_amd64", "win_arm64")),
)
# The module is built for the nginx of one Debian, so a machine builds it for its own processor alone.
NATIVE = "libnginx-mod-http-corsac_{v}-1_{d}.deb"


def names(wanted):
    """Every file name of a release, with its kind."""
    for pattern, what, use in (*KINDS, *OTHERS):
        for cpu in CPUS if "{c}" in pattern or "{d}" in pattern else CPUS[:1]:
            yield pattern.format(v=wanted, c=cpu, d=DEBIAN[cpu]), pattern, what, use


def files(folder):
    """What is in the folder, but for what this writes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in paths if path.name not in ("SHA256SUMS", "MANIFEST.md")]


def faults(there, wanted, kinds=()):
    """What is wrong with a release of these files, of which each of these kinds must be there: a sentence each."""
    known = {name: pattern for name, pattern, _, _ in names(wanted)}
    for name in there:
        if name not in known:
            yield f"dist/{name} is not a part of {wanted}: remove it, or add its kind to tools/release/manifest.py"
    for name, pattern in known.items():
        if pattern in kinds and name not in there and not (pattern == NATIVE and "arm64" in name):
            yield f"dist/{name} is missing: make dist"


def size(count):
    return f"{count / 1_000_000:.2f} MB" if count >= 1_000_000 else f"{count / 1000:.0f} kB"


def page(folder, there, wanted):
    """The manifest, as Markdown."""
    uses = {name: (what, use) for name, _, what, use in names(wanted)}
    rows = [f"| `{name}` | {size((folder / name).stat().st_size)} | {uses[name][0]} | {uses[name][1].replace('FILE', Path(name).name)} |" for name in there]
    head = [f"# Corsac {wanted}", "", "Check what you downloaded: `sha256sum --check --ignore-missing SHA256SUMS`.", ""]
    return "\n".join([*head, "| file | size | what it is | how to install it |", "|---|---|---|---|", *rows, ""])


def main():
    arguments = argparse.ArgumentParser(usage="manifest.py [--linux | --all]")
    chosen = arguments.add_mutually_exclusive_group()
    chosen.add_argument("--linux", dest="kinds", action="store_const", const=KINDS, default=())
    chosen.add_argument("--all", dest="kinds", action="store_const", const=(*KINDS, *OTHERS))
    kinds = [pattern for pattern, _, _ in arguments.parse_args().kinds]
    wanted = version.version()
    there = files(DIST)
    wrong = [*version.faults(), *faults(there, wanted, kinds)]
    if wrong:
        sys.exit("\n".join(wrong))
    sums = "".join(f"{hashlib.sha256((DIST / name).read_bytes()).hexdigest()}  {name}\n" for name in there)
    (DIST / "SHA256SUMS").write_text(sums)
    (DIST / "MANIFEST.md").write_text(page(DIST, there, wanted))
    for name in there:
        print(f"dist/{name}: {size((DIST / name).stat().st_size)}")


if __name__ == "__main__":
    main()
