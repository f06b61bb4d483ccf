"""A project made to be refused, and the Makefile's own recipes run in it."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LINTS = re.search(r"\[workspace\.lints.*?(?=\n\[(?!workspace\.lints))", (ROOT / "Cargo.toml").read_text(), re.DOTALL)[0]
MANIFEST = """\
[workspace]

[package]
name = "corsac"
version = "0.0.0"
edition = "2024"
license = "MIT"
rust-version = "1.85"
{package}
{lints}

[lints]
workspace = true

[dependencies]
{dependencies}
"""


def manifest(package="", dependencies=""):
    return MANIFEST.format(package=package, dependencies=dependencies, lints=LINTS)


class Scratch(unittest.TestCase):
    lock = ["cargo", "generate-lockfile", "--offline"]

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()

    def run_in(self, *command, directory="."):
        ours = ("MAKE", "MFLAGS", "CARGO_", "RUSTFLAGS", "RUSTDOCFLAGS")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.run(command, cwd=self.root / directory, env=environment, **output)

    def make(self, target, files):
        """The exit code of `make target` where there are `files` alone, and what was printed."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if "Cargo.toml" in files:
            locked = self.run_in(*self.lock)
            self.assertEqual(locked.returncode, 0, locked.stdout)
        made = self.run_in("make", "--makefile", ROOT / "Makefile", target)
        return made.returncode, made.stdout

    def assert_passes(self, target, files):
        code, said = self.make(target, files)
        self.assertEqual(code, 0, said)

    def assert_refuses(self, target, files, *words):
        code, said = self.make(target, files)
        self.assertNotEqual(code, 0, said)
        for word in words:
            self.assertIn(word, said)
