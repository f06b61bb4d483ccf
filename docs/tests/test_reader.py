"""The reader notices what is wrong with a page."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from blocks import blocks, prints_as_shown
from reader import NotAsThePageSays, Reader


def follow(page: str) -> None:
    """Follows this page to its end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.md"
        path.write_text(page)
        found = blocks(path)
    with Reader({"PATH": os.environ["PATH"]}) as reader:
        for block in found:
            reader.follow(block)


class ReaderTest(unittest.TestCase):
    """Each of these pages has one mistake, but the first."""

    def test_right_page_passes(self) -> None:
        follow(
            "In an empty folder, save this as `a.txt`:\n\n```text\none\n```\n\nAdd this at the end of `a.txt`:\n\n```text\ntwo\nlast\n```\n\n"
            "Look:\n\n```console\n$ cat a.txt\none\n...\nlast\n$ true\n```\n\nStart it, and leave it running:\n\n"
            "```sh\npython3 -m http.server --bind 127.0.0.1 8000\n```\n\nAsk:\n\n```console\n$ curl -s http://localhost:8000/a.txt\none\n...\n```\n"
        )

    def test_wrong_output_fails(self) -> None:
        with self.assertRaisesRegex(NotAsThePageSays, r"page\.md:3: \$ echo one"):
            follow("Look:\n\n```console\n$ echo one\ntwo\n```\n")

    def test_output_that_the_page_leaves_out_fails(self) -> None:
        with self.assertRaises(NotAsThePageSays):
            follow("Look:\n\n```console\n$ echo one\n```\n")

    def test_failing_command_fails(self) -> None:
        with self.assertRaisesRegex(NotAsThePageSays, "exit code 3"):
            follow("Run:\n\n```sh\n(exit 3)\ntrue\n```\n")

    def test_block_that_is_never_run_fails(self) -> None:
        with self.assertRaisesRegex(NotAsThePageSays, "no one runs this block"):
            follow("This is a policy:\n\n```toml\na = 1\n```\n")

    def test_server_that_does_not_listen_fails(self) -> None:
        with self.assertRaisesRegex(NotAsThePageSays, "does not listen"):
            follow("Start it, and leave it running:\n\n```sh\nfalse\n```\n")

    def test_page_changes_nothing_of_the_checkout(self) -> None:
        with self.assertRaisesRegex(NotAsThePageSays, "would change the checkout"):
            follow("In a checkout of Corsac, save this as `README.md`:\n\n```text\nx\n```\n")

    def test_dots_are_any_number_of_lines(self) -> None:
        self.assertTrue(prints_as_shown(["a", "...", "z"], ["a", "z"]))
        self.assertTrue(prints_as_shown(["...", "z"], ["a", "b", "z"]))
        self.assertFalse(prints_as_shown(["a", "..."], ["b"]))
        self.assertFalse(prints_as_shown(["...", "z"], ["a", "z", "b"]))


if __name__ == "__main__":
    unittest.main()
