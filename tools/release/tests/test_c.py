"""libcorsac from its archive, moved elsewhere, by pkg-config and by CMake; and its Debian packages."""

import os
import shutil
import subprocess
import unittest

from artefact import CPU, ROOT, VERSION, Place, block, find, program

CMAKE = """cmake_minimum_required(VERSION 3.18)
project(app C)
find_package(corsac REQUIRED)
add_executable(app app.c)
target_link_libraries(app corsac::static)
"""
OTHER = "aarch64" if CPU == "x86_64" else "x86_64"


class Archive(Place):
    inside = None

    def setUp(self):
        super().setUp()
        self.inside = self.unpack(find(f"libcorsac-{VERSION}-{CPU}-unknown-linux-gnu.tar.gz", f"dist-c-{CPU}"))
        # Nothing may remember where it was built or unpacked.
        self.inside = self.inside.rename(self.folder / "moved")
        (self.folder / "app.c").write_text(block("start/c.md", "c"))

    def environment(self):
        if self.inside is None:
            return super().environment()
        return {**super().environment(), "PKG_CONFIG_PATH": str(self.inside / "lib/pkgconfig"), "CMAKE_PREFIX_PATH": str(self.inside)}

    def assert_decides(self, *command):
        said = self.run_here(*command)
        self.assertIn("Access-Control-Allow-Origin: https://preview-7.example.com", said)

    def test_program_builds_by_pkg_config(self):
        flags = self.run_here(program("pkg-config", "apt-get install pkg-config"), "--cflags", "--libs", "corsac").split()
        self.assertEqual(self.run_here("pkg-config", "--modversion", "corsac").strip(), VERSION)
        self.run_here(program("cc", "apt-get install gcc"), "app.c", *flags, f"-Wl,-rpath,{self.inside}/lib", "-o", "app")
        self.assert_decides("./app")

    def test_program_builds_by_cmake(self):
        (self.folder / "CMakeLists.txt").write_text(CMAKE)
        self.run_here(program("cmake", "apt-get install cmake"), "-S", ".", "-B", "out")
        self.run_here("cmake", "--build", "out")
        self.assert_decides("out/app")

    def test_documents_are_there(self):
        self.assert_documents([path.name for path in self.inside.iterdir()])
        self.assert_parts((self.inside / "sbom.cdx.json").read_text(), f"{CPU}-unknown-linux-gnu", {"corsac", "corsac-hot", "heapless"})


class Other(Place):
    def test_library_for_the_other_processor_has_the_same_functions(self):
        functions = {}
        nm = program("nm", "apt-get install binutils")
        for cpu in (CPU, OTHER):
            place = self.folder / cpu
            place.mkdir()
            archive = find(f"libcorsac-{VERSION}-{cpu}-unknown-linux-gnu.tar.gz", f"dist-c-{cpu}")
            subprocess.run(["tar", "--extract", "--file", archive, "--directory", place, "--strip-components=1"], check=True)
            said = self.run_here(nm, "--dynamic", "--defined-only", place / "lib/libcorsac.so")
            functions[cpu] = {line.split()[-1] for line in said.splitlines() if " T corsac_" in line}
        self.assertGreater(len(functions[CPU]), 20)
        self.assertEqual(functions[CPU], functions[OTHER])


class Packages(Place):
    def test_packages_split_library_and_header(self):
        for name in ("libcorsac1", "libcorsac-dev"):
            package = find(f"{name}_{VERSION}_{'amd64' if CPU == 'x86_64' else 'arm64'}.deb", f"dist-c-{CPU}")
            self.run_here(program("dpkg-deb", "apt-get install dpkg"), "--extract", package, self.folder / "tree")
        usr = self.folder / "tree/usr"
        library = usr / f"lib/{CPU}-linux-gnu"
        self.assertTrue((library / "libcorsac.so").resolve().is_file())
        for name in ("include/corsac.h", "share/doc/libcorsac1/copyright", "share/doc/libcorsac-dev/copyright"):
            self.assertTrue((usr / name).is_file(), name)
        (self.folder / "app.c").write_text(block("start/c.md", "c"))
        self.run_here(program("cc", "apt-get install gcc"), "app.c", f"-I{usr}/include", f"-L{library}", "-lcorsac", f"-Wl,-rpath,{library}", "-o", "app")
        self.run_here("./app")


if __name__ == "__main__":
    unittest.main()
