"""The example of each finding in `diagnose/src/codes/findings.md`: what is marked gives that finding, what is not has no error."""

from __future__ import annotations

import re
import subprocess
import unittest

from reader import ROOT

FINDINGS = ROOT / "diagnose/src/codes/findings.md"
MARK = re.compile(r"# (error|warning)\[([a-z0-9-]+)\]")


def examples() -> list[tuple[str, str]]:
    """Each code with its example."""
    entries = re.split(r"^## ", FINDINGS.read_text(), flags=re.MULTILINE)[1:]
    found = [(entry.split("\n", 1)[0], re.search(r"### Example\n\n```\n(.*?)```", entry, re.DOTALL)) for entry in entries]
    return [(code, example[1]) for code, example in found if example]


def policies(example: str) -> list[str]:
    """The policies of an example: a blank line ends one, and so does an option that it has already."""
    found: list[str] = []
    for part in example.strip("\n").split("\n\n"):
        policy: list[str] = []
        names: set[str] = set()
        is_set = "[[policy]]" in part
        for line in part.splitlines():
            name = line.split("=")[0].strip()
            if name in names and not is_set:
                found.append("\n".join(policy))
                policy, names = [], set()
            policy.append(line)
            names.add(name)
        found.append("\n".join(policy))
    return found


def check(policy: str) -> str:
    """What `corsac check` prints about it; a policy without origins gets one."""
    if "allow_origin" not in policy:
        policy = 'allow_origins = ["https://app.example.com"]\n' + policy
    done = subprocess.run([ROOT / "target/debug/corsac", "check", "-"], input=policy.encode(), capture_output=True, check=False)
    return (done.stdout + done.stderr).decode()


class FindingExamples(unittest.TestCase):
    """Each example shows what it says."""

    def test_example_gives_its_finding(self) -> None:
        found = examples()
        self.assertGreater(len(found), 50)
        for code, example in found:
            marked = 0
            for policy in policies(example):
                printed = check(policy)
                with self.subTest(code=code, policy=policy, printed=printed):
                    if mark := MARK.search(policy):
                        marked += 1
                        self.assertEqual(mark[2], code)
                        self.assertIn(f"{mark[1]}[{code}]", printed)
                    else:
                        self.assertNotIn(f"[{code}]", printed)
                        self.assertNotIn("error[", printed)
            with self.subTest(code=code):
                self.assertTrue(marked, "no policy is marked")

    def test_policy_of_an_example_ends_where_an_option_repeats(self) -> None:
        self.assertEqual(policies("a = 1\na = 2\n\nb = 1\nc = 1\n"), ["a = 1", "a = 2", "b = 1\nc = 1"])


if __name__ == "__main__":
    unittest.main()
