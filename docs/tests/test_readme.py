"""The README: short, its links lead somewhere, its picture and the page of errors are up to date."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from pathlib import Path

from reader import ROOT

README = ROOT / "README.md"
LINES = 110
# A forge shows pages with these links; the site has its own test.
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs/start").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of this page's headings."""
    found: set[str] = set()
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        number = sum(1 for anchor in found if anchor == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", anchor))
        found.add(f"{slug}-{number}" if slug in found else slug)
    return found


def broken(page: Path) -> list[str]:
    """Links of this page that lead to no file, or to no heading."""
    found = []
    for link in LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(link)
    return found


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

    def test_links_lead_to_files_and_headings(self) -> None:
        for page in PAGES:
            with self.subTest(page=page.name):
                self.assertEqual(broken(page), [])

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

    def test_page_of_errors_is_what_the_command_line_says(self) -> None:
        done = subprocess.run([sys.executable, ROOT / "docs/errors.py"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_picture_is_what_probe_prints(self) -> None:
        done = subprocess.run([sys.executable, ROOT / "docs/picture/draw.py"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_broken_link_would_show(self) -> None:
        page = ROOT / "target/try/links.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("# A b\n\n# A b\n\n[x](#a-b) [x](#a-b-1) [x](#a-b-2) [x](gone.md) [x](https://a.example/)\n")
        self.assertEqual(broken(page), ["#a-b-2", "gone.md"])


if __name__ == "__main__":
    unittest.main()
