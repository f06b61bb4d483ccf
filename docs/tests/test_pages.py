"""The pages about policies: every block is a file to save or a session, and the table of app shells is true."""

from __future__ import annotations

import os
import re
import subprocess
import unittest

from blocks import blocks
from reader import ROOT, Reader

DOCS = ROOT / "docs"
CORSAC = ROOT / "target/debug/corsac"
SWITCH = "dangerously_allow_insecure_origins = true"


def evaluate(origin: str, pattern: str, *options: str) -> str:
    """The verdict of `corsac eval` for a policy with this pattern."""
    policy = "\n".join([f'allow_origins = ["{pattern}"]', *options])
    credentials = ["--credentials"] if "allow_credentials = true" in options else []
    command = [CORSAC, "eval", "-", "--origin", origin, *credentials]
    done = subprocess.run(command, input=policy.encode(), capture_output=True, check=False)
    if b"the script reads the response" in done.stdout and done.returncode == 0:
        return "allowed"
    return "refused" if done.returncode == 1 and b"error[" in done.stdout + done.stderr else f"denied: {done.stdout.decode()}{done.stderr.decode()}"


class PolicyPages(unittest.TestCase):
    """The pages with policies."""

    def test_every_block_does_what_the_page_says(self) -> None:
        for page in ("policy", "recipes", "app-origins"):
            with self.subTest(page=page), Reader({"PATH": f"{CORSAC.parent}:{os.environ['PATH']}"}) as reader:
                for block in blocks(DOCS / f"{page}.md"):
                    reader.follow(block)

    def test_app_shell_patterns_allow_the_origins_of_their_rows(self) -> None:
        rows = re.findall(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \| (.+?) \|$", (DOCS / "app-origins.md").read_text(), re.MULTILINE)
        self.assertGreater(len(rows), 15)
        for shell, origin, pattern, credentials in rows:
            with self.subTest(shell=shell):
                null = ["dangerously_allow_null_origin = true"] if pattern == "null" else []
                self.assertEqual(evaluate(origin, pattern, *null), "allowed")
                without = "allowed" if credentials == "yes" else "refused"
                self.assertEqual(evaluate(origin, pattern, "allow_credentials = true", *null), without)
                with_switch = "refused" if credentials == "never" else "allowed"
                self.assertIn(credentials, ("yes", "with a switch", "never"))
                self.assertEqual(evaluate(origin, pattern, "allow_credentials = true", SWITCH, *null), with_switch)

    def test_wrong_pattern_of_a_row_would_show(self) -> None:
        self.assertTrue(evaluate("ionic://localhost", "capacitor://localhost").startswith("denied"))
        self.assertEqual(evaluate("null", "null"), "refused")


if __name__ == "__main__":
    unittest.main()
