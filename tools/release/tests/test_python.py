"""The wheel on each CPython that is here, and the sources where Rust is missing."""

import re
import shutil
import subprocess
import sys
import tarfile
import unittest
import zipfile

from artefact import CPU, DIST, IS_RELEASE, ROOT, VERSION, Place, block, find, free_port, missing, program


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
            if IS_RELEASE:
                parts = wheel.read(f"corsac-{VERSION}.dist-info/sboms/corsac.cyclonedx.json").decode()
                self.assert_parts(parts, f"{CPU}-unknown-linux-gnu", {"corsac", "pyo3", "url", "rust-std"})
        for name in ("corsac/py.typed", "LICENSE-MIT", "LICENSE-APACHE", "LICENSE-THIRD-PARTY", ".cyclonedx.json"):
            self.assertTrue(any(name in there for there in names), name)
        self.assertIn(f"Version: {VERSION}\n", metadata)
        # LICENSE-THIRD-PARTY has no text of another Python package.
        self.assertNotIn("Requires-Dist:", metadata)
        self.assertNotRegex(metadata, r"\]\((?!https://|#)", "a link of the README leads nowhere on the index")


class Other(Place):
    """What the wheels for other systems have in common: pip of this machine installs them, because theirs has no network or runs in an emulator."""

    PYTHONS = ROOT / "target/release-pythons"

    def interpreter(self, name):
        """The interpreter below a folder of that name, and its version."""
        found = self.PYTHONS / name / ("usr/bin" if name == "arm64" else "bin") / "python3"
        if not found.exists():
            missing(found.relative_to(ROOT), "make release-pythons")
        return found, found.resolve().name.removeprefix("python")

    def install(self, wheel, package, version, *platforms):
        """The wheel and the package, for these platforms, into a folder of its own."""
        wheels = ROOT / "target/dist-wheels" / platforms[0]
        chosen = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", version]
        chosen += [part for platform in platforms for part in ("--platform", platform)]
        asked = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", wheels, *chosen, *package]
        if not list(wheels.glob(f"{package[0]}-*")) and subprocess.run(asked).returncode:
            missing(package[0], "a network, once")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", wheels, "--target", self.folder / "site", *chosen]
        self.run_here(*pip, wheel, *package)

    def environment(self):
        return {**super().environment(), "PYTHONPATH": str(self.folder / "site")}


class Musl(Other):
    def test_flask_page_works_from_the_wheel_on_musl(self):
        wheel = find(f"corsac-{VERSION}-cp310-abi3-musllinux*{CPU}.whl", f"dist-python-{CPU}-musl")
        python, version = self.interpreter("musl")
        self.assertIn("ld-musl", self.run_here(program("readelf", "apt-get install binutils"), "--program-headers", python))
        self.install(wheel, ["flask"], version, f"musllinux_1_2_{CPU}", f"musllinux_1_1_{CPU}")
        (self.folder / "app.py").write_text(block("start/flask.md", "python"))
        port = free_port()
        with self.serving(python, "-m", "flask", "run", "--port", port, port=port):
            self.assert_preflights(port)


class Emulated(Other):
    """The wheel for ARM, on Debian's CPython for it."""

    @unittest.skipIf(CPU == "aarch64", "it is this machine's own")
    def test_fastapi_page_works_from_the_wheel_for_arm(self):
        wheel = find(f"corsac-{VERSION}-cp310-abi3-manylinux*aarch64.whl", "dist-python-aarch64-gnu")
        python, version = self.interpreter("arm64")
        self.install(wheel, ["fastapi", "uvicorn"], version, "manylinux_2_28_aarch64", "manylinux2014_aarch64", "manylinux_2_17_aarch64")
        (self.folder / "main.py").write_text(block("start/fastapi.md", "python"))
        port = free_port()
        emulator = [program("qemu-aarch64", "apt-get install qemu-user"), "-L", self.PYTHONS / "arm64"]
        with self.serving(*emulator, python, "-m", "uvicorn", "main:app", "--port", port, port=port, seconds=120):
            self.assert_preflights(port)


class Parts(Place):
    """What can be read off each wheel, for systems that are not here too."""

    # The policies of the two platforms: what else may be linked.
    LIBRARIES = {
        "manylinux": {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libgcc_s.so.1", "ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2"},
        "musllinux": {"libc.so"},
    }

    @unittest.skipUnless(IS_RELEASE, "what other tests have compiled needs this machine's C library")
    def test_wheels_need_only_what_their_platform_promises(self):
        for wheel in sorted(DIST.glob(f"corsac-{VERSION}-cp310-abi3-m*linux*.whl")):
            with self.subTest(wheel.name):
                with zipfile.ZipFile(wheel) as inside:
                    inside.extract("corsac/_native.abi3.so", self.folder)
                read = [program("readelf", "apt-get install binutils"), "--wide", "--file-header", "--dynamic", "--dyn-syms"]
                said = self.run_here(*read, self.folder / "corsac/_native.abi3.so")
                self.assertIn({"x86_64": "X86-64", "aarch64": "AArch64"}[re.search(r"(x86_64|aarch64)\.whl$", wheel.name)[1]], said)
                platform = "manylinux" if "manylinux" in wheel.name else "musllinux"
                self.assertLessEqual(set(re.findall(r"NEEDED.*\[(.*)\]", said)), self.LIBRARIES[platform])
                versions = {tuple(map(int, found.split("."))) for found in re.findall(r"@GLIBC_([\d.]+)", said)}
                self.assertLessEqual(max(versions, default=(0,)), (2, 17))
                self.assertEqual(platform == "manylinux", bool(versions))


class Systems(Place):
    """What pip takes on systems that are not here: a wheel, or else the sources, which say what they need."""

    def takes(self, platform):
        asked = [sys.executable, "-m", "pip", "download", "--no-index", "--find-links", DIST, "--no-deps", "--only-binary", ":all:", "--platform", platform]
        done = subprocess.run([*asked, f"corsac=={VERSION}"], env=self.environment(), cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            self.assertIn("No matching distribution found for corsac", done.stderr)
        return done.returncode == 0

    @unittest.skipUnless(IS_RELEASE, "what other tests have compiled needs this machine's C library")
    def test_wheel_is_for_the_systems_that_it_runs_on_alone(self):
        find(f"corsac-{VERSION}-cp310-abi3-manylinux*{CPU}.whl", f"dist-python-{CPU}-gnu")
        self.assertTrue(self.takes(f"manylinux2014_{CPU}"))
        # glibc 2.12, and a processor of 32 bits.
        for platform in (f"manylinux2010_{CPU}", "manylinux2014_i686", "manylinux2014_armv7l"):
            with self.subTest(platform):
                self.assertFalse(self.takes(platform))


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
        for name in ("backend/corsac_build.py", "Cargo.lock", "LICENSE-MIT", "LICENSE-THIRD-PARTY", "corsac.cyclonedx.json", "PKG-INFO"):
            self.assertTrue(any(there.endswith(name) for there in names), name)


if __name__ == "__main__":
    unittest.main()
