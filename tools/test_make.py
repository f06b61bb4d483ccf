"""The Makefile's own tools: parts go on and name what failed, setup says first and asks, links and help are held."""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS, SETUP = ROOT / "tools/parts", ROOT / "tools/setup"


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)

    def run_in(self, *command, **options):
        """The exit code and what was printed."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        run = subprocess.run(command, cwd=self.root, check=False, **{"env": env, **output, **options})
        return run.returncode, run.stdout


class Parts(Case):
    MAKEFILE = "good:\n\t@echo fine\nbad:\n\t@echo wrong; exit 3\n"

    def parts(self, *arguments):
        (self.root / "Makefile").write_text(self.MAKEFILE)
        return self.run_in(sys.executable, PARTS, *arguments)

    def test_later_parts_run_after_a_failure_that_is_named(self):
        code, text = self.parts("make", "-s", "--", "good", "bad", "good")
        self.assertEqual(code, 1)
        self.assertEqual(re.findall(r"^(?:fine|wrong)$", text, re.MULTILINE), ["fine", "wrong", "fine"])
        self.assertRegex(text, r"\nbad +\d+\.\d s +\d+\.\d s  failed \(2\)\n")
        self.assertRegex(text, r"\nfailed: bad: .*\n2 passed, 1 failed\n$")

    def test_parts_that_pass_end_with_their_times(self):
        code, text = self.parts("make", "-s", "--", "good")
        self.assertEqual(code, 0)
        self.assertRegex(text, r"== times\n +clock +processors\ngood +\d+\.\d s +\d+\.\d s\nall +\d+\.\d s +\d+\.\d s\n1 passed, 0 failed\n$")

    def test_quiet_prints_only_what_fails(self):
        code, text = self.parts("--quiet", "make", "-s", "--", "good", "bad")
        self.assertEqual((code, "wrong" in text, "fine" in text), (1, True, False))

    def test_two_parts_run_at_once_and_print_in_pieces(self):
        # Each ends only when the other has begun.
        self.MAKEFILE = "one two: %:\n\t@echo $@ begins; touch $@; until [ -e one -a -e two ]; do sleep 0.01; done; echo $@ ends\n"
        code, text = self.parts("--jobs", "2", "make", "-s", "--", "one", "two")
        self.assertEqual(code, 0)
        for name in ("one", "two"):
            self.assertIn(f"== {name}\n{name} begins\n{name} ends\n", text)

    def test_part_waits_for_the_earlier_ones_that_it_names(self):
        code, text = self.parts("--jobs", "3", "make", "-s", "--", "bad", "good:bad", "good:good,bad")
        self.assertEqual(re.findall(r"^(?:fine|wrong)$", text, re.MULTILINE), ["wrong", "fine", "fine"])
        self.assertRegex(text, r"\n2 passed, 1 failed\n$")
        self.assertEqual(code, 1)
        code, text = self.parts("make", "--", "good:bad", "bad")
        self.assertEqual((code, text), (1, "parts: good waits for bad, which does not come before it\n"))

    def test_parts_of_make_test_wait_for_earlier_ones(self):
        # With a make that does nothing.
        code, text = self.run_in("make", "-C", ROOT, "test", "MAKE=true")
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"\n\d\d passed, 0 failed\n")
        for earlier, later in (("setup", "python-test"), ("rust-build", "rust-test"), ("c-library", "c-test"), ("nginx-test", "docs-test")):
            self.assertLess(text.index(f"== {earlier}\n"), text.index(f"-- {later} begins"))

    def test_no_part_is_refused(self):
        self.assertEqual(self.parts("make", "--")[0], 1)


class Disk(Case):
    def free(self, megabytes):
        (self.root / "df").write_text(f"#!/bin/sh\necho 'Filesystem 1048576-blocks Used Available Capacity Mounted on'\necho '/dev/a 9 9 {megabytes} 9% /'\n")
        (self.root / "df").chmod(0o755)
        makefile = f"include {ROOT}/Makefile\ntry:\n\t$(call enough-disk,360,the bundlers)\n\t@echo fetched\n"
        (self.root / "Try").write_text(makefile)
        env = {**os.environ, "PATH": f"{self.root}:{os.environ['PATH']}"}
        return self.run_in("make", "-s", "-C", ROOT, "-f", self.root / "Try", "try", env=env)

    def test_a_full_disk_is_said_before_anything_is_fetched(self):
        code, text = self.free(200)
        self.assertNotEqual(code, 0)
        self.assertIn("the bundlers need 360 MB, and only 200 MB are free in ", text)
        self.assertNotIn("fetched", text)

    def test_enough_disk_says_nothing(self):
        self.assertEqual(self.free(360), (0, "fetched\n"))


class Setup(Case):
    """setup on a machine that has nothing, whose apt-get only writes down its arguments."""

    def setUp(self):
        super().setUp()
        for name in ("bash", "env", "dirname"):
            (self.root / name).symlink_to(shutil.which(name))
        self.tool("apt-get", f'echo "$@" >> {self.root}/calls')
        self.tool("id", "echo 0")

    def tool(self, name, script):
        (self.root / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.root / name).chmod(0o755)

    def setup(self, *parts, **options):
        return self.run_in(SETUP, *parts, env={"PATH": str(self.root)}, **options)

    def installed(self):
        calls = self.root / "calls"
        return calls.read_text() if calls.exists() else ""

    def test_setup_says_first_and_installs_as_root(self):
        code, text = self.setup("base", stdin=subprocess.DEVNULL)
        packages = "gcc libc6-dev g++ binutils python3 python3-venv valgrind curl"
        self.assertEqual((code, text), (0, f"to install from Debian's packages: {packages}\n"))
        self.assertRegex(self.installed(), rf"^update\ninstall --yes --no-install-recommends {re.escape(packages)} -o ")

    def test_setup_names_the_command_where_it_cannot_install(self):
        self.tool("id", "echo 1000")
        code, text = self.setup("base")
        self.assertEqual((code, self.installed()), (1, ""))
        self.assertTrue(text.startswith("missing: apt-get install --yes --no-install-recommends gcc "), text)
        self.assertEqual(self.setup("nginx-test")[0], 0)

    def test_setup_asks_at_a_terminal(self):
        for reply, code, calls in ((b"n\n", 1, False), (b"\n", 0, True)):
            ours, theirs = pty.openpty()
            os.write(ours, reply)
            run = self.setup("base", stdin=theirs)
            self.assertEqual((run[0], bool(self.installed())), (code, calls), run)
            os.close(ours)
            os.close(theirs)

    def test_setup_installs_the_tools_of_rustc_own_llvm(self):
        (self.root / "sed").symlink_to(shutil.which("sed"))
        self.tool("rustc", "echo 'LLVM version: 22.1.2'")
        self.assertEqual(self.setup("coverage", stdin=subprocess.DEVNULL), (0, "to install from Debian's packages: llvm-22\n"))
        self.assertRegex(self.installed(), r"^update\ninstall --yes --no-install-recommends llvm-22 -o ")
        self.tool("llvm-cov-22", "")
        self.assertEqual(self.setup("coverage"), (0, ""))

    def test_unknown_part_is_refused(self):
        self.assertEqual(self.setup("kitchen")[0], 2)

    def test_no_other_recipe_installs_packages(self):
        files = [ROOT / "Makefile", *(ROOT / "tools/mk").glob("*.mk"), *(ROOT / "tools/cross").iterdir()]
        for file in files:
            with self.subTest(file.name):
                for line in file.read_text().splitlines():
                    # A recipe may name the command in a message, and cross/tools downloads sources into target/.
                    self.assertIsNone(
                        re.search(r"^\W*(?:\w+=\S+ )*apt-get (?!indextargets)|&& apt-get (?!-qq update)", line), line
                    )


class Links(Case):
    def links(self, text):
        subprocess.run(["git", "init", "--quiet", self.root], check=True)
        (self.root / "page.md").write_text(f"# A heading\n\n{text}\n")
        subprocess.run(["git", "-C", self.root, "add", "."], check=True)
        return self.run_in("make", "--makefile", ROOT / "Makefile", "links")

    def test_links_to_pages_and_headings_pass(self):
        code, text = self.links("[here](page.md#a-heading), [there](#a-heading)")
        self.assertEqual(code, 0, text)

    def test_missing_file_and_missing_heading_are_refused(self):
        for link in ("[it](gone.md)", "[it](#gone)", "![it](gone.svg)"):
            code, text = self.links(link)
            self.assertNotEqual(code, 0, text)
            self.assertIn("page.md:3:", text)


class Scripts(Case):
    def typing(self, line):
        (self.root / "tsconfig.json").write_text(f'{{"extends": "{ROOT}/tests/browsers/tsconfig.json", "include": ["*.mjs", "{ROOT}/tests/browsers/*.d.ts"]}}')
        (self.root / "a.mjs").write_text(f"import {{ start }} from '{ROOT}/tests/browsers/chromium.mjs';\nconst browser = await start('', '');\n{line}\n")
        return self.run_in("make", "-C", ROOT, "--no-print-directory", "scripts-typing", f"SCRIPTS={self.root}")

    def test_a_method_that_is_not_there_is_refused(self):
        self.assertEqual(self.typing("await browser.settled();"), (0, ""))
        code, text = self.typing("await browser.setled();")
        self.assertNotEqual(code, 0, text)
        self.assertIn("'setled' does not exist", text)


class Help(Case):
    def test_every_help_target_is_in_one_group_and_column(self):
        code, text = self.run_in("make", "-C", ROOT, "--no-print-directory", "help")
        self.assertEqual(code, 0, text)
        groups = re.findall(r"^(\w+)$", text, re.MULTILINE)
        self.assertEqual(groups, ["Everyday", "Rust", "C", "nginx", "Python", "JavaScript", "Documentation", "Slow", "Releases"])
        for line in filter(None, text.splitlines()):
            self.assertRegex(line, r"^(?:\w+|  [a-z-]{1,21} +\S.*| {24}\S.*)$")
            if line.startswith("  "):
                self.assertEqual(line[23], " ")
                self.assertNotEqual(line[24], " ")

    def test_makefile_stays_short(self):
        self.assertLessEqual(len((ROOT / "Makefile").read_text().splitlines()), 180)


if __name__ == "__main__":
    unittest.main()
