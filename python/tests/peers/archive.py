"""Downloads a peer's published sources when the tests run, runs its own tests, and keeps no file."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def outcomes(work: Path, package: str, tests: list[str], *, path: Path, plugin: str | None = None) -> Counter:
    """Run some of a package's own tests. Count the outcomes of each `file::class::test`, without parameters.

    :param package: `name==version`. archives.txt in this folder has the hash of its archive.
    :param path: the folder with the replacement of the peer.
    """
    requirements = [
        line for line in (Path(__file__).parent / "archives.txt").read_text().splitlines() if line.startswith(package)
    ]
    assert len(requirements) == 1, f"archives.txt must have one line for {package}"
    (work / "requirements.txt").write_text(requirements[0])
    download = [
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary=:all:",
        "--no-build-isolation",
        "--require-hashes",
        "-r",
        "requirements.txt",
    ]
    fetched = subprocess.run([sys.executable, "-m", "pip", *download], cwd=work, capture_output=True, text=True)
    if fetched.returncode != 0:
        missing = f"{package} could not be fetched:\n{fetched.stderr}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with tarfile.open(next(work.glob("*.tar.gz"))) as source:
        members = [member for member in source.getmembers() if "/tests/" in member.name]
        source.extractall(work, members, filter="data")
    suite = next(folder for folder in work.iterdir() if (folder / "tests").is_dir())
    report = work / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={suite}", f"--junitxml={report}"]
    options += ["-p", plugin] if plugin else []
    paths = os.pathsep.join([str(path), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "pytest", *options, *tests]
    run = subprocess.run(
        command, cwd=suite, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, timeout=1200
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    found: Counter = Counter()
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name').partition('[')[0]}"
        found[name, next((child.tag for child in case), "passed")] += 1
    return found


def failed(found: Counter) -> set[str]:
    return {name for name, outcome in found if outcome in ("failure", "error")}


def exceptions(file: Path) -> set[str]:
    """Return the tests that may fail. A file lists them under their reasons."""
    return {name for names in tomllib.loads(file.read_text()).values() for name in names["tests"]}
