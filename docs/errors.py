"""Writes errors.md from the entries that the command line holds (diagnose/src/codes): `make docs-errors`.

Without --write this exits with 1 if the page is not what the entries say.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CODES = ROOT / "diagnose/src/codes"
PAGE = HERE / "errors.md"
# Entries that another crate holds.
ELSEWHERE = {"dialects": ROOT / "dialects/src/codes.md"}

# The file of entries, the heading of its section, and what a second meaning of a code is called there.
KINDS = [
    ("blocked", "Why a browser blocks a request", "blocked", "The code that `corsac explain` and `corsac probe` show first."),
    ("causes", "Causes", "cause", "The likely mistake behind it: the second code, as in `[acao-mismatch: trailing-slash]`."),
    ("live", "At a running server", "live", "What [`corsac verify`](verify.md) finds when it asks a server whether it keeps a policy."),
    ("delivery", "Why a request does not leave the browser", "delivery", "What stops a request before CORS: mixed content and the local network."),
    ("neighbours", "What is not CORS", "neighbour", "What people call a CORS error, and is not. `corsac explain --console` names it."),
    ("findings", "Findings", "finding", "What `corsac check`, `nginx -t` and every compiler of a policy say about a [policy](policy.md)."),
    ("dialects", "In other products' configurations", "dialect", "What `corsac check` finds in a [configuration of another product](dialects/kong.md)."),
    ("denials", "Denials", "denial", "Why a policy denies a request: in the log, and in the body of a refused preflight."),
]
INTRODUCTION = """\
# Errors

Every message of the browsers' consoles, and every code of Corsac: what it means, why, and how you fix it.
Your terminal has the same text: `corsac explain acao-missing` prints an entry, and `corsac explain --console "..."` finds the one for a message.

If the message doesn't say CORS, see [what is not CORS](not-cors.md). To see what your server really sends, [ask it](probe.md).

<!-- `make docs-errors` writes this page from diagnose/src/codes. -->
"""


@dataclass(frozen=True)
class Entry:
    """What one code means."""

    name: str
    facts: dict[str, str]
    means: str
    parts: list[tuple[str, str]]


def split(text: str, mark: str) -> list[tuple[str, str]]:
    """Headings of this level with what is below them. A fenced block is not looked into."""
    found: list[tuple[str, list[str]]] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if not fenced and line.startswith(mark + " "):
            found.append((line.removeprefix(mark + " "), []))
        elif found:
            found[-1][1].append(line)
    return [(heading, "\n".join(lines).strip("\n")) for heading, lines in found]


def entries(name: str) -> list[Entry]:
    """The entries of a file."""
    found = []
    for heading, text in split(ELSEWHERE.get(name, CODES / f"{name}.md").read_text(), "##"):
        before = re.split(r"^### ", text, maxsplit=1, flags=re.MULTILINE)[0].strip("\n")
        facts = dict(re.findall(r"^- ([a-z]+): (.+)$", before, re.MULTILINE))
        means = re.sub(r"\A(?:- [a-z]+: .+\n?)+\n*", "", before)
        found.append(Entry(heading, facts, means, split(text, "###")))
    return found


def slug(heading: str) -> str:
    """The anchor that a forge and the site make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def heading_of(kind: str, code: str, taken: dict[str, str]) -> str:
    """The code; where an earlier section has the same code, with what it is here."""
    return code if taken[code] == kind else f"{code} ({next(word for name, _, word, _ in KINDS if name == kind)})"


def linked(text: str, anchors: set[str]) -> str:
    """Turns a code in backticks into a link to its entry. Fenced blocks stay as they are."""

    def link(found: re.Match[str]) -> str:
        return f"[`{found[1]}`](#{found[1]})" if found[1] in anchors and "-" in found[1] else found[0]

    pieces = re.split(r"(^```.*?^```)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(piece if piece.startswith("```") else re.sub(r"(?<!\[)`([a-z0-9-]+)`", link, piece) for piece in pieces)


def page() -> str:
    """The whole page."""
    taken: dict[str, str] = {}
    for kind, *_ in KINDS:
        for entry in entries(kind):
            taken.setdefault(entry.name, kind)
    anchors = set(taken)
    out = [INTRODUCTION, "## What your console says\n", console(anchors)]
    for kind, title, _, introduction in KINDS:
        out.append(f"## {title}\n\n{introduction}\n")
        for entry in entries(kind):
            out.append(f"### {heading_of(kind, entry.name, taken)}\n")
            if entry.means:
                out.append(linked(entry.means, anchors - {entry.name}) + "\n")
            for heading, text in entry.parts:
                out.append(part(heading, linked(text, anchors - {entry.name})) + "\n")
            if trouble := entry.facts.get("stacks"):
                out.append(f"In your server or framework: [{trouble}](#{slug(f'in your stack: {trouble}')}).\n")
    out.append("## In your stack\n\nWhat people get wrong in each server and framework. `corsac probe --stack NAME` writes the whole fix.\n")
    for trouble, text in split((CODES / "stacks.md").read_text(), "##"):
        out.append(f"### In your stack: {trouble}\n")
        rows = [f"| {'all' if stack == 'any' else stack} | {' '.join(hint.split())} |" for stack, hint in split(text, "###")]
        out.append("\n".join(["| | |", "|---|---|", *(row.replace("`|`", "`\\|`") for row in rows)]) + "\n")
    return "\n".join(out)


def part(heading: str, text: str) -> str:
    """A part of an entry. A block of code has its name in front, everything else runs on from it."""
    if text.startswith("```"):
        return f"**{heading}**\n\n{text.replace('```', '```text', 1)}"
    return f"**{heading}.** {text}"


def console(anchors: set[str]) -> str:
    """The messages of the three browsers, each with what it means and the code that it leads to."""
    text = (CODES / "console.md").read_text()
    introduction = text.split("\n## ", 1)[0].split("\n", 2)[2]
    out = [linked(introduction, anchors) + "\n"]
    browsers: dict[str, list[Entry]] = {}
    for entry in entries("console"):
        browsers.setdefault(entry.facts["browser"], []).append(entry)
    for browser, messages in browsers.items():
        out.append(f"### {'Safari and other WebKit browsers' if browser == 'WebKit' else browser}\n")
        for entry in messages:
            codes = [f"[`{code}`](#{code})" for code in entry.facts["code"].split(", ")]
            means = linked(entry.means, anchors)
            out.append(f"#### {entry.name}\n\n{means}\n\nRead on: {', '.join(codes)}.\n")
    return "\n".join(out)


def main() -> None:
    """Writes the page, or compares it."""
    text = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text)
    elif PAGE.read_text() != text:
        raise SystemExit("docs/errors.md is not what diagnose/src/codes says: run `make docs-errors`")


if __name__ == "__main__":
    main()
