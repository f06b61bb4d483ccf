"""Starlette's own tests against our class: `run.py class` in the place of its own, `run.py around` around each app.

The sources come from the package index, of the version and hash in requirements.txt, when the tests run; nothing of
them is kept here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parents[2]

# Not collected around: the suite of the class that is ours here, and what needs libraries that say nothing of CORS.
ELSEWHERE = [
    "tests/middleware/test_cors.py",
    "tests/middleware/test_opentelemetry.py",
    "tests/middleware/test_session.py",
    "tests/test_schemas.py",
    "tests/test_templates.py",
]
# It makes a folder unreadable, which root can read.
OF_ROOT = ["--deselect=tests/test_staticfiles.py::test_staticfiles_with_invalid_dir_permissions_returns_401"]


def main() -> int:
    place = sys.argv[1] if len(sys.argv) == 2 else ""
    if place not in ("class", "around"):
        print("usage: run.py class|around", file=sys.stderr)
        return 2
    sources = unpacked(PYTHON.parent / "target" / "peers")
    tests = (
        ["tests/middleware/test_cors.py"]
        if place == "class"
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
    return subprocess.call(command, cwd=sources, env=environment)


def unpacked(folder: Path) -> Path:
    """The sources, fetched where they are not yet."""
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
