"""The fenced blocks of a page, each with the paragraph in front of it, which says what the reader does with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    line: int
    language: str
    text: str
    before: str

    @property
    def saved_as(self) -> str | None:
        """The file that the reader writes, from "Save this as `NAME`"."""
        found = re.search(r"[Ss]ave (?:this|it) as `([^`]+)`", self.before)
        return found and found[1]

    @property
    def added_to(self) -> str | None:
        """The file that the reader makes longer, from "Add this at the end of `NAME`"."""
        found = re.search(r"Add this at the end of `([^`]+)`", self.before)
        return found and found[1]

    @property
    def is_server(self) -> bool:
        """Whether the command goes on while the reader reads on."""
        return "leave it running" in self.before

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """Every fenced block of the page, in its order."""
    text = path.read_text()
    found = []
    for fence in FENCE.finditer(text):
        before = text[: fence.start()].rstrip("\n").rsplit("\n\n", 1)[-1]
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(path.name, line, fence[1], fence[2], before))
    return found


def commands(block: Block) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
        else:
            raise ValueError(f"{block}: output without a command: {line!r}")
    return found


def prints_as_shown(shown: list[str], printed: list[str]) -> bool:
    """Whether these lines are printed in this order; "..." is any number of lines."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(prints_as_shown(shown[1:], printed[start:]) for start in range(len(printed) + 1))
    return bool(printed) and printed[0] == shown[0] and prints_as_shown(shown[1:], printed[1:])
