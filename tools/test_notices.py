"""The licences of others that artefacts carry, against the lock files: without cargo-about, which `make dist` compares their texts with."""

import re
import subprocess
import tomllib
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tools/release/notices"
# The kinds of artefacts, with the manifest and the options of each: `write` has them.
KINDS = re.findall(r"^notice (\S+) (\S+) ?(.*)$", (FOLDER / "write").read_text(), re.MULTILINE)
with (FOLDER / "about.toml").open("rb") as opened:
    ABOUT = tomllib.load(opened)


def text(kind):
    return (FOLDER / f"LICENSE-{kind}").read_text()


def named(notice):
    """The crates that a notice names above its texts, as name, version and licences."""
    groups = re.findall(r"^-{80}\n((?:\S+ .*\n)+)-{80}$", notice, re.MULTILINE)
    return {" ".join(line.split()) for group in groups for line in group.splitlines()}


def linked(manifest, options):
    """The crates of others that cargo would link, for any of the systems, in the same form."""
    asked = ["cargo", "tree", "--locked", "--manifest-path", ROOT / manifest, *options.split(), "--edges", "normal,no-proc-macro", "--prefix", "none"]
    targets = [part for target in ABOUT["targets"] for part in ("--target", target)]
    said = subprocess.run([*asked, *targets, "--format", "{p}|{l}"], capture_output=True, text=True, check=True).stdout
    for line in filter(None, said.splitlines()):
        crate, _, licence = line.removesuffix(" (*)").partition("|")
        name, version, *place = crate.split()
        # Our own have a path.
        if not any("/" in part for part in place):
            # cargo-about writes the old form of a choice as the new one.
            licences = re.sub(" ?/ ?", " OR ", licence)
            yield f"{name} {version.removeprefix('v')} ({licences})"


def missing(notice, manifest, options):
    """What a notice should name, and does not."""
    return sorted(set(linked(manifest, options)) - named(notice))


class Notices(unittest.TestCase):
    def test_every_linked_crate_is_named_with_its_version_and_licence(self):
        self.assertEqual([kind for kind, _, _ in KINDS], ["program", "wheel", "library", "npm"])
        for kind, manifest, options in KINDS:
            self.assertEqual(missing(text(kind), manifest, options), [], f"tools/release/notices/LICENSE-{kind} is not up to date: make notices")

    def test_crate_that_is_not_named_is_found(self):
        kind, manifest, options = KINDS[2]
        (heapless,) = (line for line in named(text(kind)) if line.startswith("heapless "))
        self.assertEqual(missing(text(kind).replace(heapless, "heapless 0.0.1 (MIT)"), manifest, options), [heapless])

    def test_every_named_crate_is_in_the_lock_file(self):
        for kind, manifest, _ in KINDS:
            lock = (ROOT / manifest).with_name("Cargo.lock")
            lock = tomllib.loads((lock if lock.exists() else ROOT / "Cargo.lock").read_text())
            locked = {f"{package['name']} {package['version']}" for package in lock["package"] if "source" in package}
            ours = {package["name"] for package in lock["package"] if "source" not in package}
            for line in named(text(kind)):
                name, rest = line.split(" ", 1)
                self.assertTrue(f"{name} {rest.split(' ')[0]}" in locked or name in ours, f"LICENSE-{kind}: {line}: make notices")

    def test_others_that_are_no_crates_are_named(self):
        for kind, _, _ in KINDS:
            self.assertIn("https://publicsuffix.org/list/public_suffix_list.dat", text(kind))
            self.assertIn("Mozilla Public License Version 2.0", text(kind))
            self.assertIn("The Rust Project Contributors", text(kind))
        self.assertIn("Rich Felker", text("program"))
        self.assertEqual(["Firefox" in text(kind) for kind, _, _ in KINDS], [True, True, False, True])

    def test_licences_are_those_that_cargo_deny_accepts(self):
        deny = tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]
        self.assertEqual(sorted(ABOUT["accepted"]), sorted(deny["allow"]))


if __name__ == "__main__":
    unittest.main()
