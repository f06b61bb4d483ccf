"""The wheel on each CPython that is here, and the sources where Rust is missing."""

import re
import shutil
import subprocess
import sys
import tarfile
import unittest
import zipfile

from artefact import CPU, ROOT, VERSION, Place, block, find, free_port, missing


def interpreters():
    """Every CPython from 3.10 on that is installed."""
    found = {}
    for name in ("python3", *(f"python3.{minor}" for minor in range(10, 20))):
        path = shutil.which(name)
        if path:
            said = subprocess.run([path, "-c", "import sys; print(sys.version_info[:2] >= (3, 10), sys.version)"], capture_output=True, text=True)
            allowed, _, what = said.stdout.partition(" ")
            if allowed == "True":
                found.setdefault(what, path)
    return list(found.values())


class Wheel(Place):
    def setUp(self):
        super().setUp()
        self.wheel = find(f"corsac-{VERSION}-cp310-abi3-manylinux*{CPU}.whl", f"dist-python-{CPU}-gnu")

    def test_fastapi_page_works_from_the_wheel(self):
        wheels = ROOT / "target/dist-wheels"
        # What FastAPI needs comes from the registry once, before the place without a network.
        asked = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", wheels, "fastapi", "uvicorn"]
        if not list(wheels.glob("fastapi-*")) and subprocess.run(asked).returncode:
            missing("FastAPI", "a network, once")
        (self.folder / "main.py").write_text(block("start/fastapi.md", "python"))
        for python in interpreters():
            with self.subTest(python):
                self.run_here(python, "-m", "venv", "--clear", "venv")
                pip = [self.folder / "venv/bin/pip", "install", "--quiet", "--no-index", "--only-binary", ":all:"]
                self.run_here(*pip, "--find-links", wheels, self.wheel, "fastapi", "uvicorn")
                port = free_port()
                with self.serving(self.folder / "venv/bin/uvicorn", "main:app", "--port", port, port=port):
                    self.assert_preflights(port)

    def test_wheel_says_what_is_in_it(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            names = wheel.namelist()
            metadata = wheel.read(f"corsac-{VERSION}.dist-info/METADATA").decode()
        for name in ("corsac/py.typed", "LICENSE-MIT", "LICENSE-APACHE", "LICENSE-THIRD-PARTY", ".cyclonedx.json"):
            self.assertTrue(any(name in there for there in names), name)
        self.assertIn(f"Version: {VERSION}\n", metadata)
        self.assertNotRegex(metadata, r"\]\((?!https://|#)", "a link of the README leads nowhere on the index")


class Sources(Place):
    def test_sources_without_rust_stop_with_one_sentence(self):
        sources = find(f"corsac-{VERSION}.tar.gz", "dist-sdist")
        wheels = ROOT / "target/dist-wheels"
        asked = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", wheels, "--no-deps", "maturin"]
        if not list(wheels.glob("maturin-*")) and subprocess.run(asked).returncode:
            missing("maturin", "a network, once")
        self.run_here(sys.executable, "-m", "venv", "venv")
        done = subprocess.run(
            [self.folder / "venv/bin/pip", "install", "--no-index", "--find-links", wheels, sources],
            env=self.environment(), cwd=self.folder, capture_output=True, text=True,
        )  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(re.sub(r"\s+", " ", done.stdout + done.stderr), "corsac has no wheel for .*, and Rust is not installed")

    def test_sources_hold_what_the_build_needs_and_the_licences(self):
        with tarfile.open(find(f"corsac-{VERSION}.tar.gz", "dist-sdist")) as sources:
            names = sources.getnames()
        for name in ("backend/corsac_build.py", "Cargo.lock", "LICENSE-MIT", "LICENSE-THIRD-PARTY", "PKG-INFO"):
            self.assertTrue(any(there.endswith(name) for there in names), name)


if __name__ == "__main__":
    unittest.main()
