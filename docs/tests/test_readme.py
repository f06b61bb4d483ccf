"""The README is short and its command runs; the comparison has no number of its own."""

from __future__ import annotations

import re
import subprocess
import unittest

from reader import ROOT

README = ROOT / "README.md"
LINES = 110


class Readme(unittest.TestCase):
    """The first page that people see."""

    def test_readme_is_short(self) -> None:
        self.assertLessEqual(len(README.read_text().splitlines()), LINES)

    def test_main_job_and_tests_are_one_line_each(self) -> None:
        lines = README.read_text().splitlines()
        self.assertTrue(any(line.startswith("cargo run -- ") for line in lines))
        self.assertTrue(any(line.startswith("make test") for line in lines))

    def test_main_job_runs(self) -> None:
        command = next(line for line in README.read_text().splitlines() if line.startswith("cargo run -- ")).split()[3:]
        done = subprocess.run([ROOT / "target/debug/corsac", *command], cwd=ROOT, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"request allowed", done.stdout)

    def test_every_number_of_the_comparison_is_in_a_record(self) -> None:
        """Each measured row of `compare.md` is in the results that it names."""
        records = "".join(
            (ROOT / name).read_text()
            for name in ("benches/results/README.md", "python/benches/results/asgi.md", "python/benches/results/wsgi.md", "nginx/bench/README.md")
        )
        numbers = re.findall(r"(?<=\| )[\d.]+(?: (?:ns|µs|ms))?(?: \([\d.–]+\))?(?= \|)", (ROOT / "docs/compare.md").read_text())
        self.assertGreater(len(numbers), 60)
        missing = [number for number in numbers if number not in records]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
