"""The package includes the licence texts: its own, and those of the crates that are linked into it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution

from shared_vectors import ROOT

FILES = ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-THIRD-PARTY"]


def test_licence_texts_are_installed() -> None:
    installed = distribution("corsac")
    assert sorted(installed.metadata.get_all("License-File") or ()) == FILES
    paths = {path.name: path for path in installed.files or () if "licenses" in path.parts}
    assert sorted(paths) == FILES
    for name in FILES:
        source = ROOT / "python" / name
        assert paths[name].read_text() == source.read_text() != ""


def test_every_linked_crate_is_named_with_a_text() -> None:
    command = [sys.executable, str(ROOT / "tools" / "licences.py"), "--names", "corsac-python"]
    names = subprocess.check_output(command, text=True).split()
    assert "regex-syntax" in names
    notice = (ROOT / "python" / "LICENSE-THIRD-PARTY").read_text()
    missing = [name for name in names if f"\n{name} (" not in notice]
    assert missing == [], "run tools/licences.py corsac-python > python/LICENSE-THIRD-PARTY"
    assert "Mozilla Public License" in notice
    assert "has no text of its own" not in notice
