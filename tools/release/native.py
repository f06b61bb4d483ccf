#!/usr/bin/env python3
"""The command line and the wheel for the system that runs this, into dist/: for macOS and Windows, where Linux cannot build them.

Needs cargo and maturin. Linux has targets of its own: make dist.
"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DIST = ROOT / "dist"
sys.path.insert(0, str(ROOT / "tools"))

import version  # noqa: E402


def host():
    """The target of the Rust that is here."""
    said = subprocess.run(["rustc", "--version", "--verbose"], check=True, capture_output=True, text=True).stdout
    return next(line.removeprefix("host: ") for line in said.splitlines() if line.startswith("host: "))


def main():
    target = host()
    DIST.mkdir(exist_ok=True)
    subprocess.run(["cargo", "build", "--locked", "--profile", "dist", "--package", "corsac-cli"], cwd=ROOT, check=True)
    name = f"corsac-{version.version()}-{target}"
    folder = ROOT / "target/dist" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    suffix = sysconfig.get_config_var("EXE") or ""
    shutil.copy(ROOT / f"target/dist/corsac{suffix}", folder)
    for document in ("LICENSE-MIT", "LICENSE-APACHE", "cli/README.md"):
        shutil.copy(ROOT / document, folder)
    shutil.copy(ROOT / "tools/release/notices/LICENSE-program", folder / "LICENSE-THIRD-PARTY")
    parts = [sys.executable, ROOT / "tools/release/sbom.py", "Cargo.toml", "corsac-cli", target]
    (folder / "sbom.cdx.json").write_bytes(subprocess.run(parts, check=True, capture_output=True).stdout)
    kind = "zip" if suffix else "gztar"
    print(shutil.make_archive(str(DIST / name), kind, folder.parent, name))
    # Where git makes no links, such a file has the path of what it should lead to.
    for name in ("LICENSE-MIT", "LICENSE-APACHE", "LICENSE-THIRD-PARTY"):
        link = ROOT / "python" / name
        if not link.is_symlink() and "\n" not in (path := link.read_text()):
            link.write_text((link.parent / path).read_text())
    wheel = ["maturin", "build", "--manifest-path", "python/Cargo.toml", "--profile", "wheel", "--locked", "--out", DIST]
    subprocess.run(wheel, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
