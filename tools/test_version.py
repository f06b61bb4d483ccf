"""That a version which differs anywhere is named, and that --set reaches every place."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

import version


def copied(folder):
    """The files that name the version, alone."""
    for name, _ in version.patterns():
        target = Path(folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(version.ROOT / name, target)
    return Path(folder)


class Version(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = copied(folder.name)

    def test_repository_says_one_version(self):
        self.assertEqual(list(version.faults()), [])

    def test_each_place_that_differs_is_named(self):
        for name, expressions in version.patterns(self.root):
            for expression in expressions:
                path = self.root / name
                text = path.read_text()
                changed = re.sub(expression, r"\g<1>9.8.7\g<3>", text, count=1, flags=re.DOTALL)
                if changed == text:
                    self.assertIs(expression, version.OWN, name)
                    continue
                path.write_text(changed)
                found = "\n".join(version.faults(self.root))
                # All other places differ from the first one of Cargo.toml.
                self.assertIn("9.8.7", found, (name, expression))
                path.write_text(text)

    def test_place_without_version_is_named(self):
        (self.root / "include/corsac.h").write_text("/* nothing */")
        self.assertEqual(
            list(version.faults(self.root)),
            ["include/corsac.h: names no version any more: change SAYS in tools/version.py"],
        )

    def test_set_writes_every_place_but_the_changelog(self):
        version.write("1.2.3-rc.1", self.root)
        self.assertEqual(version.version(self.root), "1.2.3-rc.1")
        found = list(version.faults(self.root))
        self.assertEqual(len(found), 1, found)
        self.assertRegex(found[0], r"^CHANGELOG\.md:\d+: says 0\.1\.0")


if __name__ == "__main__":
    unittest.main()
