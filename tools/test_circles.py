"""tools/circles refuses a circle and an arrow that points upward, on crates that are made for it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CIRCLES = Path(__file__).resolve().parent / "circles"


class Circles(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)

    def problems(self, files, crate="core"):
        """The exit code for a crate of these files, and what is printed."""
        for name, text in {"Cargo.toml": "", **{f"src/{name}": text for name, text in files.items()}}.items():
            path = self.root / crate / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        run = subprocess.run([sys.executable, CIRCLES, self.root], check=False, **output)
        return run.returncode, run.stdout

    def assert_passes(self, files, crate="core"):
        self.assertEqual(self.problems(files, crate), (0, ""))

    def assert_refuses(self, files, *lines, crate="core"):
        code, said = self.problems(files, crate)
        self.assertEqual(code, 1, said)
        for line in lines:
            self.assertIn(line, said.splitlines())

    def test_arrows_that_point_downward_pass(self):
        self.assert_passes(
            {
                "lib.rs": "mod spec;\nmod syntax;\npub use spec::pattern::Pattern;\n",
                "spec/mod.rs": "pub mod pattern;\n",
                "spec/pattern.rs": "use crate::syntax::byte::{is_label, is_token as token};\n",
                "syntax/mod.rs": "pub mod byte;\n",
                "syntax/byte.rs": "use core::fmt;\n",
            }
        )

    def test_circle_of_two_files_is_refused_with_its_lines(self):
        self.assert_refuses(
            {
                "lib.rs": "mod one;\nmod two;\n",
                "one.rs": "//! One.\n\nuse crate::two::b;\n",
                "two.rs": "pub fn b() {\n    crate::one::a();\n}\n",
            },
            "macros/src: circle: one.rs, two.rs",
            "    one.rs:3 imports two.rs",
            "    two.rs:2 imports one.rs",
            crate="macros",
        )

    def test_circle_of_three_files_is_refused(self):
        files = {f"{name}.rs": f"use super::{next};\n" for name, next in ("ab", "bc", "ca")}
        files["lib.rs"] = "mod a;\nmod b;\nmod c;\n"
        self.assert_refuses(files, "macros/src: circle: a.rs, b.rs, c.rs", crate="macros")

    def test_circle_through_a_root_is_refused(self):
        root = "mod a;\npub struct Root;\nfn run() { a::go() }\n"
        files = {"lib.rs": root, "a.rs": "use crate::Root;\npub fn go() {}\n"}
        self.assert_refuses(files, "macros/src: circle: lib.rs, a.rs", crate="macros")

    def test_name_that_is_passed_on_leads_to_its_file(self):
        files = {"lib.rs": "mod a;\nmod b;\npub use b::Thing;\n", "a.rs": "use crate::Thing;\n"}
        self.assert_passes({**files, "b.rs": "pub struct Thing;\n"}, crate="macros")
        self.assert_refuses({**files, "b.rs": "use crate::a;\n"}, "macros/src: circle: a.rs, b.rs", crate="macros")

    def test_arrow_upward_between_folders_is_refused(self):
        files = {"lib.rs": "", "syntax/byte.rs": "", "spec/a.rs": ""}
        files["image/list.rs"] = "\nuse crate::syntax::byte;\n"
        self.assert_passes(files)
        files["spec/a.rs"] = "fn a() -> u8 { crate::image::list::get() }\n"
        why = "and spec/ may not import image/"
        self.assert_refuses(files, f"core/src: upward: spec/a.rs:1 imports image/list.rs, {why}")

    def test_browser_imports_syntax_alone(self):
        files = {"lib.rs": "", "syntax/byte.rs": "", "engine/request.rs": ""}
        files["browser/step.rs"] = "use crate::syntax::byte;\n"
        self.assert_passes(files)
        files["browser/step.rs"] = "use crate::engine::request;\n"
        why = "and browser/ may not import engine/"
        self.assert_refuses(files, f"core/src: upward: browser/step.rs:1 imports engine/request.rs, {why}")

    def test_folder_without_a_floor_is_refused(self):
        files = {"lib.rs": "", "syntax/byte.rs": "", "attic/box.rs": "use crate::syntax::byte;\n"}
        self.assert_refuses(files, "core/src: attic/ has no place among the floors: add it to tools/circles")

    def test_tests_comments_and_strings_are_left_out(self):
        self.assert_passes(
            {
                "lib.rs": "mod a;\nmod b;\n#[cfg(test)]\nmod checks;\n",
                "a.rs": "use crate::b::go;\n",
                "b.rs": "//! crate::a::x\n/* crate::a::x /* crate::a::x */ */\n"
                'pub fn go() { say("crate::a::x", r#"crate::a::"x"#, \'"\'); }\n'
                "#[cfg(test)]\n#[allow(unused)]\nmod tests {\n    use super::go;\n    use crate::a;\n}\n",
                "checks.rs": "use crate::a;\nmod more;\n",
                "checks/more.rs": "use super::a;\n",
            },
            crate="macros",
        )

    def test_module_inside_a_file_belongs_to_it(self):
        inner = "pub struct X;\nmod inner {\n    use super::X;\n    use super::super::a::Y;\n}\n"
        files = {"lib.rs": "mod a;\nmod b;\n", "a.rs": "use crate::b::X;\n", "b.rs": inner}
        self.assert_refuses(files, "    b.rs:4 imports a.rs", crate="macros")

    def test_folder_without_a_crate_is_refused(self):
        run = subprocess.run([sys.executable, CIRCLES, self.root], check=False, stderr=subprocess.PIPE, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("no crate was found", run.stderr)


if __name__ == "__main__":
    unittest.main()
