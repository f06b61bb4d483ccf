"""The types of the package: stubs match the module, and mypy and pyright accept the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

USE = """
from corsac import Policy
policy = Policy(["https://a.example"], max_age=5)
reveal_type(policy.evaluate("GET", [(b"a", b"b")]).merge([]))
Policy("https://a.example", max_age=5.0)
"""


def test_mypy_knows_the_package_of_an_installed_wheel(tmp_path: Path) -> None:
    program = tmp_path / "use.py"
    program.write_text(USE)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout
    assert 'Revealed type is "list[tuple[bytes, bytes]]"' in said.replace("builtins.", "")
    assert 'Argument "max_age" to "Policy" has incompatible type "float"' in said
    assert "missing library stubs" not in said


def stubtest(search: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy.stubtest", "corsac._native"]
    environment = {**os.environ, "MYPYPATH": str(search)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def test_stubs_match_the_module(tmp_path: Path) -> None:
    package = tmp_path / "stubs" / "corsac"
    shutil.copytree(PROJECT / "src" / "corsac", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    told = stubtest(package.parent, tmp_path)
    assert told.returncode == 0, told.stdout
    stub = package / "_native.pyi"
    stub.write_text(stub.read_text().replace("def preflight_response(self)", "def reply(self)"))
    told = stubtest(package.parent, tmp_path)
    assert told.returncode == 1
    assert "corsac._native.Decision.reply is not present at runtime" in told.stdout
    assert "corsac._native.Decision.preflight_response is not present in stub" in told.stdout
