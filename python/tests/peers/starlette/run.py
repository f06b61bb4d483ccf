"""Runs Starlette's own tests: `run.py class` with our class instead of its own, `run.py around` wraps each app in it.

The sources are downloaded from the package index when the tests run, in the version and with the hash of
requirements.txt. No copy is in this repository.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parents[2]

# Not collected in mode `around`: the tests of the replaced class, and tests that need libraries
# unrelated to CORS.
ELSEWHERE = [
    "tests/middleware/test_cors.py",
    "tests/middleware/test_opentelemetry.py",
    "tests/middleware/test_session.py",
    "tests/test_schemas.py",
    "tests/test_templates.py",
]
# This test needs an unreadable folder, but root can read every folder.
OF_ROOT = ["--deselect=tests/test_staticfiles.py::test_staticfiles_with_invalid_dir_permissions_returns_401"]


def main() -> int:
    place = sys.argv[1] if len(sys.argv) == 2 else ""
    if place not in ("class", "around", "theirs"):
        print("usage: run.py class|around|theirs", file=sys.stderr)
        return 2
    sources = unpacked(PYTHON.parent / "target" / "peers")
    tests = (
        ["tests/middleware/test_cors.py"]
        if place != "around"
        else ["tests", *(f"--ignore={path}" for path in ELSEWHERE), *(OF_ROOT if os.geteuid() == 0 else [])]
    )
    environment = {**os.environ, "CORSAC_PLACE": place, "PYTHONPATH": os.pathsep.join([str(HERE), str(sources)])}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "plugin",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=-rX --strict-config",
        "-W",
        "ignore::corsac.asgi.CorsacMigrationWarning",
        *tests,
        *os.environ.get("PYTEST_MORE", "").split(),
    ]
    ended = subprocess.call(command, cwd=sources, env=environment)
    # Show that the list can fail: with Starlette's own class, the listed tests pass, which is an
    # error (1).
    return int(ended != 1) if place == "theirs" else ended


def unpacked(folder: Path) -> Path:
    """Return the sources, and download them if they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = next(
        line.split()[0]
        for line in (HERE / "requirements.txt").read_text().splitlines()
        if line.startswith("starlette==")
    )
    name = wanted.replace("==", "-")
    if not (folder / name / "tests").is_dir():
        subprocess.check_call(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--no-binary",
                ":all:",
                "--require-hashes",
                "--requirement",
                HERE / "requirements.txt",
                "--dest",
                folder,
            ]
        )
        with tarfile.open(folder / f"{name}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    return folder / name


if __name__ == "__main__":
    raise SystemExit(main())
