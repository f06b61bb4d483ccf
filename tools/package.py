#!/usr/bin/env python3
"""Packs the crates that are published, in their order, and checks each package.

usage: package.py [--pack | --test | --publish]

Each package must hold both licence texts and a README whose links are absolute, name its documentation, and hold no test
that reads a file outside of it. All of them name the same repository, or none does, as long as the project has no address.
The packages go to target/package. Nothing is sent anywhere: cargo's own dry run of publishing ends before that. --pack leaves the
dry run out, which packs everything a second time and asks the registry. --test also
unpacks them, and runs each one's tests there against the unpacked others (minutes).
--publish sends them to crates.io in their order, with the token in CARGO_REGISTRY_TOKEN: only the release workflow has one.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target/package"
LICENCES = ("LICENSE-MIT", "LICENSE-APACHE")
FIELDS = ("description", "license", "documentation", "readme", "rust_version", "categories", "keywords")
# A link or an image of Markdown that leads neither to another site nor to a heading of the same page.
RELATIVE = re.compile(r"\]\((?!https://|#)([^)\s]*)\)|^\[[^\]]+\]:\s+(?!https://)(\S+)", re.MULTILINE)
# A path of a test that leads out of its package. `{depth}` is how many folders the file is below the package.
OUTSIDE = re.compile(r"(?:include_(?:str|bytes)!\(|join\(|CARGO_MANIFEST_DIR\"\),\s*|concat!\(|format!\()\s*\"[^\"\n]*?((?:/?\.\./)+)")


def metadata(root=ROOT):
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    return json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout)["packages"]


def in_order(packages):
    """The packages that are published, each after those of them that it needs."""
    published = {package["name"]: package for package in packages if package["publish"] != []}
    ordered = []
    while waiting := [name for name in published if name not in ordered]:
        ready = [name for name in waiting if needed(published[name], published) <= set(ordered)]
        if not ready:
            sys.exit(f"these crates need each other: {', '.join(waiting)}")
        ordered += sorted(ready)
    return [published[name] for name in ordered]


def needed(package, published):
    """Which of the published packages this one needs. Cargo leaves out development dependencies without a version."""
    names = {dependency["name"] for dependency in package["dependencies"] if dependency["kind"] != "dev"}
    return names & set(published) - {package["name"]}


def files_of(package, root=ROOT):
    """The text of every file that goes into a package, by its name there."""
    command = ["cargo", "package", "--list", "--offline", "--allow-dirty", "--package", package["name"]]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    folder = Path(package["manifest_path"]).parent
    return {name: (folder / name).read_text(errors="replace") for name in names if (folder / name).is_file()}


def faults(package, files):
    """What is wrong with a package, a sentence each."""
    for name in LICENCES:
        if not files.get(name, "").strip():
            yield f"{name} is not in the package: link it, ln -s ../{name}"
    for name in FIELDS:
        if name == "documentation" and any("bin" in target["kind"] for target in package["targets"]):
            continue
        if not package.get(name):
            yield f"Cargo.toml has no {name.replace('_', '-')}"
    for found in RELATIVE.finditer(files.get("README.md", "")):
        yield f"README.md links to {found[1] or found[2]}, which is not there on a registry: write https://, or a name without a link"
    for name, text in sorted(files.items()):
        if name.endswith(".rs"):
            yield from (f"{name} reads {found[1]}, which is outside of the package: exclude it" for found in OUTSIDE.finditer(text) if leaves(name, found))


def leaves(name, found):
    """Whether a path leads out of the package. `include_str!` begins at the file, everything else at the package."""
    depth = name.count("/") if found[0].startswith("include_") else 0
    return found[1].count("..") > depth


def addresses(packages):
    """The project has no public address yet, so no crate names one. The day it has, all of them must name the same."""
    known = {package["name"]: package["repository"] for package in packages}
    if len(set(known.values())) > 1:
        yield f"the crates name different repositories, {known}: write `repository.workspace = true` into each"
    yield from (f"{name}: the repository is not an https:// address" for name, address in known.items() if address and not address.startswith("https://"))


def check(packages):
    wrong = [f"{package['name']}: {fault}" for package in packages for fault in faults(package, files_of(package))]
    wrong += addresses(packages)
    if wrong:
        sys.exit("\n".join(wrong))


def pack(packages):
    named = [argument for package in packages for argument in ("--package", package["name"])]
    subprocess.run(["cargo", "package", "--offline", "--allow-dirty", "--no-verify", *named], cwd=ROOT, check=True)
    for package in packages:
        archive = OUT / f"{package['name']}-{package['version']}.crate"
        print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size // 1024} kB")


def publish(packages, *dry_run):
    """Cargo's publishing. Its dry run asks the registry whether each version is there already."""
    for package in packages:
        print(f"publish {package['name']} {package['version']}")
    named = [argument for package in packages for argument in ("--package", package["name"])]
    subprocess.run(["cargo", "publish", *dry_run, "--no-verify", *named], cwd=ROOT, check=True)


def test(packages):
    """The tests of the unpacked packages, as a distribution runs them: each uses the others as they were packed."""
    unpacked = OUT / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    folders = {}
    for package in packages:
        folders[package["name"]] = f"{package['name']}-{package['version']}"
        with tarfile.open(OUT / f"{folders[package['name']]}.crate") as archive:
            archive.extractall(unpacked, filter="data")
    patches = "".join(f'{name} = {{ path = "{folder}" }}\n' for name, folder in folders.items())
    members = ", ".join(f'"{folder}"' for folder in folders.values())
    # With the profiles and in the folder of the workspace, so that most of what they need is built already.
    profiles = (ROOT / "Cargo.toml").read_text().partition("[profile.dev]")
    workspace = f'[workspace]\nresolver = "3"\nmembers = [{members}]\n\n[patch.crates-io]\n{patches}\n'
    (unpacked / "Cargo.toml").write_text(workspace + "".join(profiles[1:]))
    shutil.copy(ROOT / "Cargo.lock", unpacked)
    command = ["cargo", "test", "--workspace", "--offline", "--all-features", "--no-fail-fast", "--target-dir", ROOT / "target"]
    subprocess.run(command, cwd=unpacked, check=True)


def main():
    arguments = argparse.ArgumentParser(usage="package.py [--pack | --test | --publish]")
    chosen = arguments.add_mutually_exclusive_group()
    chosen.add_argument("--pack", action="store_true")
    chosen.add_argument("--test", action="store_true")
    chosen.add_argument("--publish", action="store_true")
    arguments = arguments.parse_args()
    packages = in_order(metadata())
    check(packages)
    pack(packages)
    if not arguments.pack:
        publish(packages, *([] if arguments.publish else ["--dry-run", "--allow-dirty"]))
    if arguments.test:
        test(packages)


if __name__ == "__main__":
    main()
