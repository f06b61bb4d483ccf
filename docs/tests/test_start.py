"""Every command and every block of every Start page, run on the page's own text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from blocks import blocks
from reader import ROOT, Reader

START = ROOT / "docs/start"
VENV = ROOT / "target/docs-start-venv"
# Pages whose Rust blocks `cargo test --package corsac-tower --doc` runs.
PAGES = ROOT / "tower/tests/pages"
DOCTESTED = [page.resolve().name for page in PAGES.iterdir() if f"tests/pages/{page.name}" in (ROOT / "tower/src/lib.rs").read_text()]


def environment() -> dict[str, str]:
    """That of a new user: the command line is installed, and `pip` installs into an environment of its own."""
    if not (VENV / "bin/python").exists():
        subprocess.run(["python3", "-m", "venv", VENV], check=True)
    kept = ("HOME", "LANG", "CARGO_HOME", "RUSTUP_HOME", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_FIND_LINKS", "TMPDIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PATH": f"{VENV / 'bin'}:{ROOT / 'target/debug'}:{os.environ['PATH']}:/usr/sbin",
        # What a user builds for speed is built here as the other tests build it.
        "PIP_CONFIG_SETTINGS": "build-args=--profile dev",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


class StartPages(unittest.TestCase):
    """One test for each page: they share the port's range, so they run one after the other."""

    def lack(self, missing: str) -> None:
        """Skips the page. In CI, where everything is installed, that is a failure."""
        message = f"not installed: {missing}; `make setup` installs it or says where it is"
        if os.environ.get("CI") == "true":
            self.fail(message)
        self.skipTest(message)

    def follow(self, name: str, *tools: str) -> None:
        """Does what the page says."""
        missing = [tool for tool in tools if not (shutil.which(tool) or Path(f"/usr/sbin/{tool}").exists())]
        if missing:
            self.lack(", ".join(missing))
        found = blocks(START / f"{name}.md")
        self.assertTrue(found)
        with Reader(environment(), DOCTESTED) as reader:
            for block in found:
                reader.follow(block)

    def test_fastapi_page_works_as_written(self) -> None:
        self.follow("fastapi", "cargo", "curl")

    def test_django_page_works_as_written(self) -> None:
        self.follow("django", "cargo", "curl")

    def test_flask_page_works_as_written(self) -> None:
        self.follow("flask", "cargo", "curl")

    def test_express_page_works_as_written(self) -> None:
        self.follow("express", "cargo", "curl", "node", "npm")

    def test_edge_page_works_as_written(self) -> None:
        self.follow("edge", "cargo", "curl", "node", "npm")

    def test_keep_it_working_page_works_as_written(self) -> None:
        self.follow("keep-it-working", "python3")

    def test_nginx_page_works_as_written(self) -> None:
        self.follow("nginx", "cargo", "cc", "curl", "nginx")

    def test_rust_page_works_as_written(self) -> None:
        self.follow("rust", "cargo", "curl")

    def test_c_page_works_as_written(self) -> None:
        if subprocess.run(["pkg-config", "--exists", "libmicrohttpd"], check=False).returncode:
            self.lack("libmicrohttpd-dev")
        self.follow("c", "cargo", "cc", "curl")

    def test_device_page_works_as_written(self) -> None:
        if subprocess.run([ROOT / "tools/cross/tools"], capture_output=True, check=False).returncode:
            self.lack("what tools/cross/tools names")
        self.follow("device", "cargo", "node")

    def test_page_whose_tool_is_missing_fails_in_ci(self) -> None:
        for ci, raised in (("true", AssertionError), ("", unittest.SkipTest)):
            with self.subTest(ci=ci), mock.patch.dict(os.environ, {"CI": ci}), self.assertRaisesRegex(raised, "not installed: no-such-tool; "):
                self.follow("fastapi", "cargo", "no-such-tool")

    def test_every_start_page_has_a_test(self) -> None:
        found = (re.fullmatch(r"test_(.*)_page_works_as_written", name) for name in dir(self))
        tests = {name[1].replace("_", "-") for name in found if name}
        self.assertEqual(tests, {page.stem for page in START.glob("*.md")})


if __name__ == "__main__":
    unittest.main()
