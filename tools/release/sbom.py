#!/usr/bin/env python3
"""Writes the list of parts of an artefact to standard output: cargo-cyclonedx makes it, and this takes out what is not in there.

usage: sbom.py MANIFEST CRATE TARGET [OPTION...]

TARGET may be `all`. The options are cargo's own about features. cargo-cyclonedx lists the features of a whole workspace and of its tests; cargo itself says which
crates it compiles for this one. Those that run during a build alone, macros too, have the scope `excluded`. Rust's standard library is added.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "corsac-sbom"


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def crates(edges, manifest, crate, target, options):
    """Name and version of each crate that cargo compiles for this one."""
    asked = ["tree", "--locked", "--manifest-path", manifest, "--package", crate, "--target", target, "--edges", edges, *options]
    said = cargo(*asked, "--prefix", "none", "--format", "{p}")
    return {tuple(line.split()[:2]) for line in said.splitlines() if line}


def raw(manifest, crate, target):
    """What cargo-cyclonedx says, with every feature."""
    workspace = json.loads(cargo("metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", manifest))["packages"]
    folders = {package["name"]: Path(package["manifest_path"]).parent for package in workspace}
    options = ["--quiet", "--all-features", "--target", target, "--format", "json", "--spec-version", "1.5", "--override-filename", NAME]
    try:
        cargo("cyclonedx", "--manifest-path", str(folders[crate] / "Cargo.toml"), *options)
        return json.loads((folders[crate] / f"{NAME}.json").read_text())
    finally:
        # It writes one next to the manifest of each member, and nowhere else.
        for folder in folders.values():
            (folder / f"{NAME}.json").unlink(missing_ok=True)


def pruned(bom, linked, compiled):
    """The list with these parts alone."""
    there = {(part["name"], f"v{part['version']}"): part for part in (bom["metadata"]["component"], *bom["components"])}
    if lost := sorted(compiled - set(there)):
        raise SystemExit(f"cargo-cyclonedx does not list {', '.join(' '.join(part) for part in lost)}, which cargo compiles")
    parts = [{**there[key], "scope": "required" if key in linked else "excluded"} for key in there if key in compiled]
    references = {part["bom-ref"] for part in parts}
    own = bom["metadata"]["component"]["bom-ref"]
    dependencies = [
        {**edge, "dependsOn": kept} if (kept := [name for name in edge.get("dependsOn", ()) if name in references]) else {"ref": edge["ref"]}
        for edge in bom["dependencies"]
        if edge["ref"] in references
    ]
    return {**bom, "components": [part for part in parts if part["bom-ref"] != own], "dependencies": dependencies}


def standard_library():
    version = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    licences = [{"expression": "MIT OR Apache-2.0"}]
    return {"type": "library", "bom-ref": "rust-std", "name": "rust-std", "version": version, "scope": "required", "licenses": licences}


def main():
    if len(sys.argv) < 4:
        sys.exit("usage: sbom.py MANIFEST CRATE TARGET [OPTION...]")
    manifest, crate, target, *options = sys.argv[1:]
    linked = crates("normal,no-proc-macro", manifest, crate, target, options)
    compiled = crates("normal,build", manifest, crate, target, options)
    bom = pruned(raw(manifest, crate, target), linked, compiled)
    bom["components"].append(standard_library())
    # Where the checkout was is of no use to anyone.
    print(json.dumps(bom, indent=2).replace(f"file://{ROOT}", "file:///corsac"))


if __name__ == "__main__":
    main()
