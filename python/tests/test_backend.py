"""Where the package cannot be built, pip gets one sentence, and downloads no toolchain."""

from __future__ import annotations

import importlib.util
import os
import re
import stat
import sys
import types
from pathlib import Path

import pytest
from shared_vectors import ROOT


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Return the build backend. maturin's own hooks are replaced, because they are only passed on."""
    hooks = types.ModuleType("maturin")
    for name in ("build_editable", "build_sdist", "build_wheel", "get_requires_for_build_sdist"):
        setattr(hooks, name, None)
    hooks.prepare_metadata_for_build_editable = hooks.prepare_metadata_for_build_wheel = None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "maturin", hooks)
    spec = importlib.util.spec_from_file_location("corsac_build", ROOT / "python" / "backend" / "corsac_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_build_without_rust_stops_with_a_sentence(
    backend: types.ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"Rust is not installed. Building it needs Rust 1\.88 or newer"):
        backend.get_requires_for_build_wheel()

    program(tmp_path, "cargo", "cargo 1.75.0")
    with pytest.raises(SystemExit, match="the Rust here is not complete"):
        backend.get_requires_for_build_editable()

    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    program(tmp_path, "rustc", "rustc 1.75.0 (82e1608df 2023-12-21)")
    with pytest.raises(SystemExit, match=r"the Rust here is rustc 1\.75\.0 .*Nothing was downloaded"):
        backend.get_requires_for_build_wheel()

    program(tmp_path, "rustc", "rustc 1.88.0 (6b00bc388 2025-06-23)")
    assert backend.get_requires_for_build_wheel() == []


def test_backend_asks_for_the_rust_of_the_crate(backend: types.ModuleType) -> None:
    asked = re.search(r'^rust-version = "(\d+)\.(\d+)"', (ROOT / "python" / "Cargo.toml").read_text(), re.MULTILINE)
    assert asked is not None
    assert (int(asked[1]), int(asked[2])) == backend.RUST
