"""What makes a release, and what makes none: a foreign file, a missing one, and a version without its section in the CHANGELOG."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools/release"))

import manifest  # noqa: E402
import notes  # noqa: E402
import readme  # noqa: E402
import sbom  # noqa: E402

WHOLE = [name for name, pattern, _, _ in manifest.names("1.2.3")]
KINDS = [pattern for pattern, _, _ in (*manifest.KINDS, *manifest.OTHERS)]


class Make(unittest.TestCase):
    def commands(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        asked = ["make", "--no-print-directory", "--dry-run", *arguments]
        return subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    def test_dist_runs_the_script_of_each_artefact(self):
        said = self.commands("dist")
        for cpu in ("x86_64", "aarch64"):
            wheels = [f"python {cpu} {libc}" for libc in ("gnu", "musl")]
            for script in (f"cli {cpu}", f"c {cpu}", *wheels, "python sdist", "npm", "crates", "nginx", "docs"):
                self.assertIn(f"tools/release/{script}\n", said)
        self.assertNotIn("aarch64", self.commands("dist", "DIST_CPUS=x86_64"))

    def test_module_is_built_after_its_library(self):
        said = self.commands("dist-nginx")
        self.assertLess(said.index(f"tools/release/c {os.uname().machine}\n"), said.index("tools/release/nginx\n"))

    def test_each_artefact_has_a_target(self):
        self.assertIn("tools/release/python aarch64 musl\n", self.commands("dist-python-aarch64-musl"))


class Quick(unittest.TestCase):
    def arguments(self, *command):
        return subprocess.run([ROOT / "tools/release/static", "printf", "%s\n", *command], capture_output=True, text=True, check=True).stdout.split()

    def test_only_the_program_is_linked_statically(self):
        self.assertEqual(self.arguments("--crate-name", "corsac_static")[-2:], ["-C", "target-feature=+crt-static"])
        self.assertEqual(self.arguments("--crate-name", "corsac_staticlib"), ["--crate-name", "corsac_staticlib"])

    def test_program_is_compiled_as_tests_are(self):
        said = (ROOT / "tools/mk/rust.mk").read_text()
        (asked,) = re.findall(r"^WORKSPACE := (.*)$", said, re.MULTILINE)
        self.assertIn(f" {asked} --bin corsac-static", (ROOT / "tools/release/cli").read_text())
        self.assertIn("$(CARGO) test $(WORKSPACE) --locked", (ROOT / "Makefile").read_text())


class Remap(unittest.TestCase):
    def test_folders_are_given_to_the_compiler_alone(self):
        places = {"CORSAC_ROOT": "/checkout", "CORSAC_REGISTRY": "/registry"}
        asked = [ROOT / "tools/release/remap", "printf", "%s\n", "--crate-name", "corsac"]
        said = subprocess.run(asked, env={**os.environ, **places}, capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(said[:2], ["--crate-name", "corsac"])
        for place in ("/checkout=", "/checkout/target/dist/tree=", "/registry=", "/proc/self/fd/8="):
            self.assertTrue(any(flag.startswith(f"--remap-path-prefix={place}") for flag in said[2:]), place)
        # cargo would hash what it gets itself.
        scripts = "".join(path.read_text() for path in (ROOT / "tools/release").iterdir() if path.is_file() and path.name != "remap")
        self.assertNotIn("--remap-path-prefix", scripts)


class Reproducible(unittest.TestCase):
    """A checkout whose artefacts are the same everywhere, or have their folder in them."""

    # Somebody commits during the first build.
    MAKEFILE = "same:\n\tmkdir -p dist && git log -1 --format=%H >dist/a\n\tgit -C $$(git config remote.origin.url) $(COMMIT)\nother: same\n\tpwd >dist/b\n"
    COMMIT = "COMMIT=-c user.name=a -c user.email=a@example.com -c commit.gpgsign=false commit --quiet --allow-empty --message=b"

    def builds(self, target):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "tools/release").mkdir(parents=True)
            shutil.copy(ROOT / "tools/release/reproducible", root / "tools/release")
            (root / "Makefile").write_text(self.MAKEFILE)
            person = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
            for command in (["init", "--quiet"], ["add", "--all"], [*person, "commit", "--quiet", "--message=a"]):
                subprocess.run(["git", *command], cwd=root, check=True)
            environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "GIT_"))}
            done = subprocess.run([root / "tools/release/reproducible", target, self.COMMIT], env=environment, capture_output=True, text=True)
            return done.returncode, done.stdout, done.stderr

    def test_same_bytes_pass(self):
        status, said, _ = self.builds("same")
        self.assertEqual((status, "the same: a\n" in said), (0, True))

    def test_file_with_its_folder_in_it_is_named(self):
        status, said, wrong = self.builds("other")
        self.assertEqual((status, "the same: a\n" in said), (1, True))
        self.assertIn("not the same: b\n", wrong)


class Manifest(unittest.TestCase):
    def test_whole_release_passes(self):
        self.assertEqual(list(manifest.faults(WHOLE, "1.2.3", KINDS)), [])
        self.assertIn("corsac-1.2.3-aarch64-unknown-linux-musl.tar.gz", WHOLE)
        self.assertIn("libcorsac1_1.2.3_arm64.deb", WHOLE)

    def test_each_missing_file_is_named(self):
        for name in WHOLE:
            rest = [other for other in WHOLE if other != name]
            expected = [] if name == "libnginx-mod-http-corsac_1.2.3-1_arm64.deb" else [f"dist/{name} is missing: make dist"]
            self.assertEqual(list(manifest.faults(rest, "1.2.3", KINDS)), expected)
            self.assertEqual(list(manifest.faults(rest, "1.2.3")), [])

    def test_file_of_another_version_or_kind_is_refused(self):
        for name in ("corsac-1.2.2.tgz", "core.1234", "crates/other-1.2.3.crate"):
            (said,) = manifest.faults([*WHOLE, name], "1.2.3", KINDS)
            self.assertRegex(said, f"^dist/{name} is not a part of 1.2.3")


class Parts(unittest.TestCase):
    """A program with a crate, a macro of it, and what only another member's tests have."""

    BOM = {
        "metadata": {"component": {"name": "app", "version": "1.0.0", "bom-ref": "a"}},
        "components": [{"name": name, "version": "2.0.0", "bom-ref": name[0], "scope": "required"} for name in ("linked", "macro", "tested")],
        "dependencies": [{"ref": "a", "dependsOn": ["l", "t"]}, {"ref": "l", "dependsOn": ["m"]}, {"ref": "m"}, {"ref": "t", "dependsOn": ["l"]}],
    }
    LINKED = {("app", "v1.0.0"), ("linked", "v2.0.0")}

    def test_list_has_what_is_compiled_for_this_artefact(self):
        said = sbom.pruned(self.BOM, self.LINKED, {*self.LINKED, ("macro", "v2.0.0")})
        self.assertEqual([(part["name"], part["scope"]) for part in said["components"]], [("linked", "required"), ("macro", "excluded")])
        self.assertEqual(said["dependencies"], [{"ref": "a", "dependsOn": ["l"]}, {"ref": "l", "dependsOn": ["m"]}, {"ref": "m"}])

    def test_crate_that_the_tool_does_not_list_is_named(self):
        with self.assertRaisesRegex(SystemExit, "does not list other v3, which"):
            sbom.pruned(self.BOM, self.LINKED, {*self.LINKED, ("other", "v3")})

    def test_workflow_has_the_same_tools_as_make(self):
        workflow = (ROOT / ".github/workflows/release.yml").read_text()
        (cyclonedx,) = re.findall(r"^CYCLONEDX := (.*)$", (ROOT / "tools/mk/release.mk").read_text(), re.MULTILINE)
        (maturin,) = re.findall(r"^maturin==(.*)$", (ROOT / "tools/release/tools.in").read_text(), re.MULTILINE)
        self.assertIn(f"cargo install --locked --version {cyclonedx} cargo-cyclonedx\n", workflow)
        self.assertIn(f"pip install maturin=={maturin}\n", workflow)


class Containers(unittest.TestCase):
    def test_image_is_of_the_debian_that_builds_the_module(self):
        (debian,) = re.findall(r"^ARG DEBIAN=(.*)$", (ROOT / "tools/release/containers/nginx.Containerfile").read_text(), re.MULTILINE)
        built = re.findall(r"^    container: rust:1-(.*)$", (ROOT / ".github/workflows/release.yml").read_text(), re.MULTILINE)
        self.assertEqual(set(built), {debian})


class Notes(unittest.TestCase):
    TEXT = "# Changelog\n\n## [1.2.3] - 2026-12-01\n\n### Added\n\n* A.\n\n## [1.2.2] - unreleased\n\n* B.\n"

    def test_section_of_the_version_is_printed_alone(self):
        self.assertEqual(notes.section(self.TEXT, "1.2.3"), "### Added\n\n* A.\n")

    def test_version_without_section_or_day_is_refused(self):
        for wanted, says in (("1.2.4", "no section about 1.2.4"), ("1.2.2", "says 1.2.2 is unreleased"), ("1.2", "no section")):
            with self.assertRaisesRegex(SystemExit, says):
                notes.section(self.TEXT, wanted)


class Readme(unittest.TestCase):
    TEXT = "[policy](../docs/policy.md#paths), ![plot](a.svg), [`tests`](tests), [here](#here), [site](https://a.example/)"

    def test_relative_links_lead_into_the_repository(self):
        said = readme.alone(self.TEXT, "python", "https://forge.example/corsac")
        self.assertIn("[policy](https://forge.example/corsac/blob/main/docs/policy.md#paths)", said)
        self.assertIn("![plot](https://forge.example/corsac/raw/main/python/a.svg)", said)
        self.assertTrue(said.endswith("[here](#here), [site](https://a.example/)"))

    def test_without_an_address_paths_are_named(self):
        said = readme.alone(self.TEXT, "python", None)
        self.assertEqual(
            said,
            "policy (`docs/policy.md` in the repository), plot, `tests`, [here](#here), [site](https://a.example/)",
        )


if __name__ == "__main__":
    unittest.main()
