"""No dependency of a crate asks for a newer compiler than the crate's own rust-version: `msrv.py MANIFEST...`."""

import json
import subprocess
import sys


def version(text):
    major, minor, *patch = (int(part) for part in text.split("."))
    return major, minor, *(patch or [0])


def newer(metadata):
    """`[(crate, its rust-version, dependency, the dependency's)]` of what `cargo metadata` said."""
    packages = {package["id"]: package for package in metadata["packages"]}
    # What only tests and benches need may be newer.
    needed = {
        node["id"]: [
            dep["pkg"] for dep in node["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])
        ]
        for node in metadata["resolve"]["nodes"]
    }
    found = []
    for member in metadata["workspace_members"]:
        own = packages[member]["rust_version"]
        if own is None:
            found.append((packages[member]["name"], "no rust-version", "", ""))
            continue
        seen, left = set(), [member]
        while left:
            package = left.pop()
            if package in seen:
                continue
            seen.add(package)
            left += needed[package]
            theirs = packages[package]["rust_version"]
            if theirs and version(theirs) > version(own):
                found.append((packages[member]["name"], own, packages[package]["name"], theirs))
    return sorted(found)


def main():
    wrong = 0
    for manifest in sys.argv[1:]:
        command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
        command += ["--manifest-path", manifest]
        metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for crate, own, dependency, theirs in newer(metadata):
            wrong += 1
            print(f"{manifest}: {crate} ({own}): {dependency} asks for {theirs}", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
