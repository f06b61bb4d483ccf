"""`make install`, and how you use the installed files: cc with pkg-config, shared and static, and CMake."""

import re
import tempfile
import unittest
from pathlib import Path

from programs import C99, HERE, ROOT, Programs, needs, run

VERSION = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
ABI = re.search(r"^#define CORSAC_ABI_VERSION (\d+)", (ROOT / "include/corsac.h").read_text(), re.MULTILINE)[1]
SAID = f"corsac {VERSION}, ABI {ABI}\n"
APP = HERE / "app.c"
CMAKE = """\
cmake_minimum_required(VERSION 3.13)
project(app C)
find_package(corsac {wanted} REQUIRED)
add_executable(shared {app})
target_link_libraries(shared PRIVATE corsac::corsac)
add_executable(static {app})
target_link_libraries(static PRIVATE corsac::static)
"""


class Install(Programs):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.scratch = Path(directory.name).resolve()
        cls.prefix = cls.scratch / "usr"
        code, said = run("make", "--directory", ROOT, "install", f"PREFIX={cls.prefix}")
        if code:
            raise AssertionError(said)

    def flags(self, *options):
        environment = {"PKG_CONFIG_PATH": str(self.prefix / "lib/pkgconfig"), "PATH": "/usr/bin:/bin"}
        return self.succeeds("pkg-config", *options, "corsac", env=environment).split()

    def loads(self, program):
        return self.succeeds("readelf", "--dynamic", "--wide", program)

    def test_installed_files_are_at_their_places(self):
        files = sorted(str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if not path.is_dir())
        cmake = [f"lib/cmake/corsac/corsac-config{end}.cmake" for end in ("-version", "")]
        library = ["lib/libcorsac.a", "lib/libcorsac.so", f"lib/libcorsac.so.{ABI}"]
        self.assertEqual(files, ["include/corsac.h", *cmake, *library, "lib/pkgconfig/corsac.pc"])
        for path in self.prefix.rglob("*.pc"):
            self.assertNotIn("@", path.read_text())
        for path in self.prefix.rglob("*.cmake"):
            self.assertNotRegex(path.read_text(), "@[A-Z]")

    @needs("readelf")
    def test_shared_library_has_its_name_and_needs_no_other(self):
        said = self.loads(self.prefix / "lib/libcorsac.so")
        self.assertIn(f"Library soname: [libcorsac.so.{ABI}]", said)
        self.assertNotIn("(NEEDED)", said)

    @needs("gcc", "pkg-config", "readelf")
    def test_cc_with_pkg_config_links_the_shared_library(self):
        program = self.scratch / "app-shared"
        self.succeeds("cc", *C99, APP, *self.flags("--cflags", "--libs"), "-o", program)
        self.assertIn(f"[libcorsac.so.{ABI}]", self.loads(program))
        self.assertEqual(self.succeeds(program, env={"LD_LIBRARY_PATH": str(self.prefix / "lib")}), SAID)
        self.refuses(f"libcorsac.so.{ABI}", program, env={})

    @needs("gcc", "pkg-config", "readelf")
    def test_cc_with_pkg_config_links_all_statically(self):
        program = self.scratch / "app-static"
        self.succeeds("cc", *C99, "-static", APP, *self.flags("--static", "--cflags", "--libs"), "-o", program)
        self.assertNotIn("(NEEDED)", self.loads(program))
        self.assertEqual(self.succeeds(program), SAID)

    @needs("pkg-config")
    def test_pkg_config_knows_the_version(self):
        self.assertEqual(self.flags("--modversion"), [VERSION])

    def cmake(self, wanted, prefix):
        directory = tempfile.TemporaryDirectory(dir=self.scratch)
        self.addCleanup(directory.cleanup)
        source = Path(directory.name)
        (source / "CMakeLists.txt").write_text(CMAKE.format(wanted=wanted, app=APP))
        return source, ["cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}"]

    @needs("cmake", "gcc", "make", "readelf")
    def test_cmake_project_finds_a_moved_installation(self):
        moved = self.scratch / "moved"
        self.succeeds("cp", "-a", self.prefix, moved)
        source, configure = self.cmake(VERSION, moved)
        self.succeeds(*configure)
        self.succeeds("cmake", "--build", source / "build")
        self.assertIn(f"[libcorsac.so.{ABI}]", self.loads(source / "build/shared"))
        self.assertNotIn("libcorsac", self.loads(source / "build/static"))
        for program in ("shared", "static"):
            self.assertEqual(self.succeeds(source / "build" / program), SAID)

    @needs("cmake", "gcc", "make")
    def test_cmake_refuses_a_version_that_is_not_there(self):
        self.refuses("corsac", *self.cmake("99.0", self.prefix)[1])

    def test_relative_prefix_is_refused(self):
        code, said = run("make", "--directory", ROOT, "install", "PREFIX=target/relative")
        self.assertNotEqual(code, 0)
        self.assertIn(f"write PREFIX={ROOT}/target/relative", said)
        self.assertFalse((ROOT / "target/relative").exists())

    def test_destdir_goes_in_front_and_uninstall_leaves_nothing(self):
        stage = self.scratch / "stage"
        where = [f"DESTDIR={stage}", "PREFIX=/opt/corsac", "LIBDIR=/opt/corsac/lib64"]
        self.succeeds("make", "--directory", ROOT, "install", *where)
        self.assertIn("libdir=/opt/corsac/lib64\n", (stage / "opt/corsac/lib64/pkgconfig/corsac.pc").read_text())
        self.assertTrue((stage / "opt/corsac/lib64/libcorsac.so").exists())
        self.succeeds("make", "--directory", ROOT, "uninstall", *where)
        self.assertEqual([path for path in stage.rglob("*") if not path.is_dir()], [])


if __name__ == "__main__":
    unittest.main()
