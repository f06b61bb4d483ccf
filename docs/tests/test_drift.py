"""What is drawn or written from something else is up to date: the page of errors, the picture, the plots."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from reader import ROOT

sys.path += [str(ROOT / "docs"), str(ROOT / "docs/picture"), str(ROOT / "tools")]
import draw
import errors
import plots


class UpToDate(unittest.TestCase):
    """Each is compared as its own command does it."""

    def run_tool(self, name: str) -> None:
        """The tool, without --write."""
        done = subprocess.run([sys.executable, ROOT / name], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_page_of_errors_is_what_the_command_line_says(self) -> None:
        self.run_tool("docs/errors.py")

    def test_picture_is_what_probe_prints(self) -> None:
        self.run_tool("docs/picture/draw.py")

    def test_plots_are_what_their_records_say(self) -> None:
        self.run_tool("tools/plots.py")


class Guard(unittest.TestCase):
    """Another text is noticed."""

    def test_other_page_picture_and_plot_are_noticed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / "other"
            other.write_text("another text\n")
            record = Path(folder) / "README.md"
            record.write_text(plots.CORE.read_text())
            (Path(folder) / "actual.svg").write_text("<svg/>\n")
            plot = plots.of_core("actual.svg", "title", "actual allowed")
            moved = plots.Plot(record, plot.name, plot.unit, plot.panels)
            for tool, patch in (
                (errors, mock.patch.object(errors, "PAGE", other)),
                (draw, mock.patch.multiple(draw, PICTURE=other, ROOT=ROOT, draw=lambda: "<svg/>\n")),
                (plots, mock.patch.multiple(plots, PLOTS=[moved], ROOT=Path(folder))),
            ):
                with self.subTest(tool=tool.__name__), patch, mock.patch.object(sys, "argv", ["tool"]), self.assertRaises((SystemExit, ValueError)):
                    tool.main()


if __name__ == "__main__":
    unittest.main()
