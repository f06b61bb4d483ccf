"""What tools/package.py refuses, and that the packages of this repository pass."""

import unittest

import package


def made(name, needs=(), publish=None, kind="lib"):
    fields = dict.fromkeys(package.FIELDS, "x")
    dependencies = [{"name": need, "kind": None} for need in needs]
    return {"name": name, "dependencies": dependencies, "publish": publish, "targets": [{"kind": [kind]}], **fields}


FILES = {"LICENSE-MIT": "MIT", "LICENSE-APACHE": "Apache", "README.md": "[docs](https://docs.rs/a) and [below](#a)", "src/lib.rs": ""}


class Refused(unittest.TestCase):
    def faults(self, files=(), **fields):
        return list(package.faults({**made("a"), **fields}, {**FILES, **dict(files)}))

    def test_whole_package_passes(self):
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.faults(targets=[{"kind": ["bin"]}], documentation=None), [])

    def test_missing_or_empty_licence_text_is_refused(self):
        self.assertRegex(self.faults({"LICENSE-MIT": " \n"})[0], "^LICENSE-MIT is not in the package")

    def test_missing_field_is_refused(self):
        self.assertEqual(self.faults(documentation=None), ["Cargo.toml has no documentation"])

    def test_relative_link_in_readme_is_refused(self):
        for text in ("[a](../docs/a.md)", "![a](a.png)", "[a]: docs/a.md", "[a](http://a.example)"):
            self.assertEqual(len(self.faults({"README.md": text})), 1, text)

    def test_test_that_reads_outside_is_refused(self):
        for name, text in (
            ("tests/a.rs", 'include_str!("../../vectors/a.json")'),
            ("tests/a/b.rs", 'include_bytes!("../../../vectors/a.json")'),
            ("src/a.rs", 'Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")'),
            ("tests/a.rs", 'concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/a.json")'),
        ):
            self.assertEqual(len(self.faults({name: text})), 1, text)

    def test_test_that_reads_inside_passes(self):
        for name, text in (("tests/a.rs", 'include_str!("../src/a.rs")'), ("src/a/b.rs", 'include_str!("../../tests/a")')):
            self.assertEqual(self.faults({name: text}), [], text)


class Addresses(unittest.TestCase):
    def found(self, *repositories):
        return list(package.addresses([{"name": f"crate-{at}", "repository": repository} for at, repository in enumerate(repositories)]))

    def test_all_or_none_name_the_repository(self):
        self.assertEqual(self.found(None, None), [])
        self.assertEqual(self.found("https://a.example/corsac", "https://a.example/corsac"), [])
        self.assertIn("different", self.found("https://a.example/corsac", None)[0])

    def test_repository_has_an_address(self):
        self.assertIn("https://", self.found("git@a.example:corsac")[0])


class Order(unittest.TestCase):
    def test_each_package_comes_after_what_it_needs(self):
        packages = [made("c", ["b"]), made("a"), made("b", ["a", "serde"]), made("private", ["c"], publish=[])]
        self.assertEqual([package["name"] for package in package.in_order(packages)], ["a", "b", "c"])

    def test_circle_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "a, b"):
            package.in_order([made("a", ["b"]), made("b", ["a"])])


class Here(unittest.TestCase):
    def test_packages_of_this_repository_pass(self):
        packages = package.in_order(package.metadata())
        self.assertLessEqual({"corsac", "corsac-macros", "corsac-cli"}, {package["name"] for package in packages})
        package.check(packages)


if __name__ == "__main__":
    unittest.main()
