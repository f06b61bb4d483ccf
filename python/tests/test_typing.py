"""The package's types are proven: the stubs against the module, the sources by mypy and pyright."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

USE = """
from corsac import Policy
policy = Policy(["https://a.example"], max_age=5)
reveal_type(policy.evaluate("GET", [(b"a", b"b")]).merge([]))
Policy("https://a.example", max_age="5")
"""


def test_mypy_knows_the_package_of_an_installed_wheel(tmp_path: Path) -> None:
    program = tmp_path / "use.py"
    program.write_text(USE)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout
    assert 'Revealed type is "list[tuple[bytes, bytes]]"' in said.replace("builtins.", "")
    assert 'Argument "max_age" to "Policy" has incompatible type "str"' in said
    assert "missing library stubs" not in said
