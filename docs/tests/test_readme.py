"""The README is short and its command runs; the comparison has no number of its own."""

from __future__ import annotations

import re
import subprocess
import unittest

from reader import ROOT

README = ROOT / "README.md"
COMPARISON = ROOT / "docs/compare.md"
LINES = 110
NANOSECONDS = {"ns": 1.0, "µs": 1e3, "ms": 1e6}


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
            for name in (
                "benches/results/README.md", "js/benches/results/README.md", "python/benches/results/asgi.md", "python/benches/results/wsgi.md",
                "nginx/bench/README.md",
            )  # fmt: skip
        )
        numbers = re.findall(r"(?<=\| )[\d.]+(?: (?:ns|µs|ms))?(?: \([\d.–]+\))?(?= \|)", COMPARISON.read_text())
        self.assertGreater(len(numbers), 60)
        missing = [number for number in numbers if number not in records]
        self.assertEqual(missing, [])

    def test_every_time_of_the_readme_is_rounded_from_the_comparison(self) -> None:
        """The tables of Python have no units: they are microseconds."""
        rows = re.findall(r"(?<=\| )([\d.]+)(?: (ns|µs|ms))?(?= [(|])", COMPARISON.read_text())
        measured = [float(number) * NANOSECONDS[unit or "µs"] for number, unit in rows]
        times = re.findall(r"([\d.]+)(?: (ns|µs|ms))? against ([\d.]+) (ns|µs|ms)", README.read_text())
        self.assertGreater(len(times), 8)
        for one, one_unit, other, other_unit in times:
            for number, unit in ((one, one_unit or other_unit), (other, other_unit)):
                # Half of its last digit, and a little for binary fractions.
                most = 0.501 * 10 ** -len(number.partition(".")[2])
                with self.subTest(number=number, unit=unit):
                    self.assertLessEqual(min(abs(time / NANOSECONDS[unit] - float(number)) for time in measured), most)


if __name__ == "__main__":
    unittest.main()
