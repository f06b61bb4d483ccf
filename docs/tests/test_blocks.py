"""Every fenced block of every page is run, by this test or by another. What none runs is listed in reviewed.py with the reason."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import unittest
from fnmatch import fnmatchcase
from pathlib import Path

from before import BEFORE
from blocks import Block, blocks
from reader import ROOT, NotAsThePageSays
from reviewed import ANY, NOT_RUN, NOT_RUN_COMMANDS, RUN_BY
from trying import NotInstalledError, Trial, first_line


def pages() -> list[str]:
    """Every page of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return sorted(filter(None, listed.split("\0")))


def fits(words: str, pattern: str) -> bool:
    """Whether these words are those of the entry; "*" stands for any. Brackets stand for themselves."""
    return fnmatchcase(words, pattern.replace("[", "[[]"))


def listed(page: str, block: Block) -> list[int]:
    """The entries of reviewed.py for this block: first those of other tests, then those that no test runs."""
    line = first_line(block)
    ran = [fits(page, entry.pages) and entry.languages in (ANY, block.language) and fits(line, entry.first_line) for entry in RUN_BY]
    not_run = [fits(page, pattern) and fits(line, first) for pattern, first, _ in NOT_RUN]
    return [index for index, is_this in enumerate(ran + not_run) if is_this]


def try_all(trial: Trial, page: str, found: list[Block]) -> list[str]:
    """What is wrong with the blocks of the page that no list has, and what is missing to try them."""
    wrong = []
    for index, block in enumerate(found):
        before, following = found[index - 1] if index else None, found[index + 1] if index + 1 < len(found) else None
        following = following if following and not listed(page, following) else None
        is_output = block.language == "text" and before is not None and before.language == "python"
        if listed(page, block) or is_output:
            continue
        try:
            trial.try_block(page, block, following)
        except (NotAsThePageSays, SyntaxError, ValueError) as error:
            wrong.append(f"{page}:{block.line}: {error}")
        except NotInstalledError as error:
            wrong.append(f"not installed: {error}")
    return wrong


def lack(test: unittest.TestCase, missing: set[str]) -> None:
    """Skips the test if something is missing. In CI, which builds it before, that is a failure."""
    message = "; ".join(sorted(missing))
    if missing and os.environ.get("CI") == "true":
        test.fail(message)
    if missing:
        test.skipTest(message)


class Blocks(unittest.TestCase):
    """All pages."""

    def test_every_block_of_every_page_is_run(self) -> None:
        missing = set()
        with Trial() as trial:
            for page in pages():
                wrong = try_all(trial, page, blocks(ROOT / page))
                missing |= {fault for fault in wrong if fault.startswith("not installed: ")}
                with self.subTest(page=page):
                    self.assertEqual([fault for fault in wrong if fault not in missing], [])
        lack(self, missing)

    def test_examples_of_the_help_run(self) -> None:
        """They are as good as blocks. Those that read a file from standard input are not run: cli/tests give each of them its input."""
        missing = set()
        with Trial() as trial:
            for name, prefix in (("cli/src/args/*.rs", ""), ("js/src/command/main.ts", "npx ")):
                text = "".join(file.read_text() for file in sorted(ROOT.glob(name)))
                examples = re.findall(r"^ {4}(corsac [^<\n]+)$", text, re.MULTILINE)
                self.assertGreater(len(examples), 5)
                for example in examples:
                    with self.subTest(example=example):
                        try:
                            self.assertIsNotNone(trial.command(prefix + example))
                        except NotInstalledError as error:
                            missing.add(str(error))
        lack(self, missing)

    def test_every_entry_of_the_lists_fits_a_block(self) -> None:
        used = {entry for page in pages() for block in blocks(ROOT / page) for entry in listed(page, block)}
        everything = [*RUN_BY, *NOT_RUN]
        self.assertEqual([everything[index] for index in range(len(everything)) if index not in used], [])
        text = "".join((ROOT / page).read_text() for page in pages())
        self.assertEqual([command for command in NOT_RUN_COMMANDS if f"{command}\n" not in text], [])
        self.assertEqual([line for line in BEFORE if not re.search(rf"^\+?{re.escape(line)}$", text, re.MULTILINE)], [])

    def test_no_fence_is_hidden_from_this_test(self) -> None:
        self.assertEqual([page for page in pages() if re.search(r"^(?:[ \t>]+```|[ \t>]*~~~)", (ROOT / page).read_text(), re.MULTILINE)], [])

    def test_every_other_test_still_has_its_words(self) -> None:
        self.assertEqual([entry for entry in RUN_BY if entry.words not in (ROOT / entry.test).read_text()], [])
        named = [path for _, _, reason in NOT_RUN for path in re.findall(r"[\w-]+/[\w./-]+\.\w+", reason)]
        self.assertGreater(len(named), 8)
        self.assertEqual([path for path in named if not (ROOT / path).is_file()], [])


WRONG = {
    "another output": "```console\n$ corsac check cors.toml\ncors.toml: one finding\n```\n",
    "a command that fails": "```console\n$ corsac check no-such-file.toml\n```\n",
    "wrong usage": "```sh\ncorsac eval cors.toml --no-such-option\n```\n",
    "a command that is not run": "```sh\ntrue\n```\n",
    "a server of someone else": "```sh\ncorsac probe https://other.example/ --origin https://app.example.com\n```\n",
    "no such target": "```sh\nmake no-such-target\n```\n",
    "usage without a command": "```text\ncorsac check   POLICY\n```\n",
    "a text": "```text\nanything\n```\n",
    "no language": "```\nanything\n```\n",
    "no JSON": '```json\n{"a": 1,}\n```\n',
    "no such tool server": '```json\n{"servers": {"corsac": {"command": "corsac", "args": ["mcq"]}}}\n```\n',
    "another result": '```json\n{"verdict": {"spec": "allowed"}, "untrusted": "blocked"}\n```\n',
    "a policy with an error": '```toml\nallow_origins = ["https://app.example.com/"]\n```\n',
    "no Python": "```python\nimport\n```\n",
    "Python that raises": "```python\nfrom corsac import Policy\n\nPolicy(['https://app.example.com/'])\n```\n",
    "Python that prints something else": "```python\nprint(1)\n```\n\n```text\n2\n```\n",
    "no such name": "```python\nfrom corsac.flask import CORSX\n```\n",
    "no such module": '```python\nMIDDLEWARE = ["corsac.djangox.CorsMiddleware"]\n```\n',
    "no JavaScript": "```js\nconst = 1;\n```\n",
    "no such entry": "```js\nrequire('corsac/expressx');\n```\n",
    "a difference": "```diff\n-import cors\n+from corsac.asgi import CORSMiddlewareX\n```\n",
    "C that does not compile": "```c\nint a = CORSAC_NO_SUCH_NAME;\n```\n",
    "no such directive": "```nginx\ncors_no_such_directive on;\n```\n",
}


class Guard(unittest.TestCase):
    """A page with one of these mistakes is noticed."""

    def test_each_mistake_of_a_page_is_noticed(self) -> None:
        missing = set()
        with tempfile.TemporaryDirectory() as folder, Trial() as trial:
            path = Path(folder) / "page.md"
            for mistake, text in WRONG.items():
                path.write_text(text)
                wrong = try_all(trial, "page.md", blocks(path))
                missing |= {fault for fault in wrong if fault.startswith("not installed: ")}
                with self.subTest(mistake=mistake, wrong=wrong):
                    self.assertEqual(len(wrong), 1)
        lack(self, missing)

    def test_right_blocks_pass(self) -> None:
        text = "```console\n$ corsac check cors.toml\ncors.toml: no findings\n```\n\n```json\n{}\n```\n\n```sh\nmake test\n```\n"
        with tempfile.TemporaryDirectory() as folder, Trial() as trial:
            path = Path(folder) / "page.md"
            path.write_text(text)
            self.assertEqual(try_all(trial, "page.md", blocks(path)), [])


if __name__ == "__main__":
    unittest.main()
