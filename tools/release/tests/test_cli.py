"""The command line from its archive and from its Debian package."""

import json
import os
import pathlib
import shutil
import unittest

from artefact import CPU, IS_RELEASE, ROOT, VERSION, Place, find, missing, program

CONSOLE = (
    "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: "
    "No 'Access-Control-Allow-Origin' header is present on the requested resource."
)
COMMANDS = ["audit", "check", "completions", "diff", "explain", "export", "import", "manual", "mcp", "probe", "verify"]


class Archive(Place):
    cpu = CPU

    def setUp(self):
        super().setUp()
        self.inside = self.unpack(find(f"corsac-{VERSION}-{self.cpu}-unknown-linux-{'musl' if IS_RELEASE else 'gnu'}.tar.gz", f"dist-cli-{self.cpu}"))

    def corsac(self, *arguments, **options):
        return self.run_here(*self.emulator(), self.inside / "corsac", *arguments, **options)

    def emulator(self):
        return []

    def test_program_explains_a_console_message(self):
        self.assertEqual(self.corsac("--version").strip(), f"corsac {VERSION}")
        said = json.loads(self.corsac("explain", "--console", CONSOLE, "--format", "json", expect=1))
        self.assertEqual(said[0]["code"], "acao-missing")

    def test_program_needs_no_library(self):
        headers = self.run_here(program("readelf", "apt-get install binutils"), "--program-headers", "--dynamic", self.inside / "corsac")
        self.assertNotIn("INTERP", headers)
        self.assertNotIn("NEEDED", headers)

    def test_documents_completions_and_manual_pages_are_there(self):
        names = [str(path.relative_to(self.inside)) for path in self.inside.rglob("*") if path.is_file()]
        self.assert_documents(names)
        for command in COMMANDS:
            self.assertIn(f"man/corsac-{command}.1", names)
        self.assertIn("man/corsac.1", names)
        self.assertEqual(len([name for name in names if name.startswith("completions/")]), 5)
        if not IS_RELEASE:
            return
        self.assert_parts((self.inside / "sbom.cdx.json").read_text(), f"{self.cpu}-unknown-linux-musl", {"corsac", "clap", "url", "rustls", "rust-std"})

    @unittest.skipUnless(IS_RELEASE, "only a release is compiled without them")
    def test_no_path_of_the_builder_is_in_the_program(self):
        program = (self.inside / "corsac").read_bytes()
        self.assertEqual([path for path in (ROOT, pathlib.Path.home()) if os.fsencode(path) in program], [])


class Emulated(Archive):
    """The program for the other processor, under user-mode emulation."""

    cpu = "aarch64" if CPU == "x86_64" else "x86_64"

    def emulator(self):
        return [shutil.which(f"qemu-{self.cpu}") or missing(f"qemu-{self.cpu}", "apt-get install qemu-user")]


class Package(Place):
    def test_package_puts_everything_in_its_place(self):
        package = find(f"corsac_{VERSION}_*.deb", f"dist-cli-{CPU}")
        self.run_here(program("dpkg-deb", "apt-get install dpkg"), "--extract", package, self.folder / "tree")
        tree = self.folder / "tree/usr"
        for name in ("share/man/man1/corsac-probe.1.gz", "share/bash-completion/completions/corsac", "share/doc/corsac/copyright"):
            self.assertTrue((tree / name).is_file(), name)
        self.assertEqual(self.run_here("dpkg-deb", "--field", package, "Version").strip(), VERSION)


if __name__ == "__main__":
    unittest.main()
