"""The package includes the licence texts: its own, and those of the crates that are linked into it."""

from __future__ import annotations

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


def test_licences_of_others_name_crates_and_the_suffix_list() -> None:
    notice = (ROOT / "python" / "LICENSE-THIRD-PARTY").read_text()
    # tools/test_release.py compares all of them with the lock file.
    assert "\nregex-syntax " in notice
    assert "Public Suffix List" in notice
    assert "Mozilla Public License" in notice
