"""Reads a policy from an image, known by its first bytes, or from a policy file, and shows the findings."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from corsac import PolicyError, PolicySet
from corsac._policy_file import IMAGE_MAGIC, of_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corsac import Finding

# Tabs become spaces, because the column of a finding counts characters.
_TAB = "    "


class Failure(Exception):  # noqa: N818
    """A command could not run, or has no result: exit code 2."""


class Loaded:
    """A policy or a set that was read, as a set, with its findings. There is no set if a finding is an error."""

    def __init__(
        self, name: str, image_len: int | None, findings: Sequence[Finding], policies: PolicySet | None
    ) -> None:
        self.name = name
        self.image_len = image_len
        self.findings = findings
        self.policies = policies

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors


def load(policy: str) -> Loaded:
    """Read and check the policy of an argument; ``-`` is standard input."""
    name = "standard input" if policy == "-" else printable(policy)
    try:
        data = sys.stdin.buffer.read() if policy == "-" else Path(policy).read_bytes()
    except OSError as error:
        raise Failure(f"cannot read the policy {name}: {error.strerror or error}") from None
    if data.startswith(IMAGE_MAGIC):
        try:
            return Loaded(name, len(data), (), PolicySet.from_image(data))
        except ValueError as error:
            raise Failure(f"cannot open the image {name}: {error}") from None
    try:
        compiled = of_text(data)
    except PolicyError as error:
        return Loaded(name, None, error.findings, None)
    except (TypeError, ValueError) as error:
        raise Failure(f"{name}: {printable(str(error))}") from None
    policies = compiled if isinstance(compiled, PolicySet) else PolicySet.from_image(compiled.image)
    return Loaded(name, None, compiled.findings, policies)


def url_path(path: str) -> bytes:
    """Return the path of a URL as it was sent.

    :raises Failure: it has no slash at its start, or it is a whole URL.
    """
    raw_path = os.fsencode(path)
    if raw_path.startswith(b"/"):
        return raw_path
    raise Failure(
        f'"{shown(raw_path[:128])}" is not a path: write the path of the URL with its slash, such as /account/cards'
    )


def usable(policy: str) -> PolicySet | None:
    """Return the set of an argument, or None if it has errors. Findings go to standard error."""
    loaded = load(policy)
    if loaded.findings:
        print(in_words(loaded), end="", file=sys.stderr)
    return loaded.policies


def in_words(loaded: Loaded) -> str:
    """Return every finding with its place and its help, and how many there are."""
    if loaded.image_len is not None:
        return f"{loaded.name}: a sound image of {loaded.image_len} bytes\n"
    lines: list[str] = []
    for finding in loaded.findings:
        line, column = place(finding)
        at = loaded.name if line is None else f"{loaded.name}:{line}:{column}"
        lines.append(f"{at}: {finding.severity}[{finding.code}]: {field(finding)}: {printable(finding.message)}")
        if finding.suggestion is not None:
            lines.append(f"  help: {printable(finding.suggestion)}")
    lines.append(f"{loaded.name}: {_counted(loaded.errors, loaded.warnings)}")
    return "\n".join(lines) + "\n"


def in_json(loaded: Loaded, policy: str, path: dict[str, object] | None) -> str:
    """Return one JSON object with every finding, and with what there is to know about a path."""
    found = [_object(finding, policy) for finding in loaded.findings]
    report = {"findings": found, "errors": loaded.errors, "warnings": loaded.warnings}
    return line_of(report if path is None else {**report, "path": path})


def line_of(value: object) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(value, separators=(",", ":")) + "\n"


def _object(finding: Finding, policy: str) -> dict[str, object]:
    has_item = finding.index is not None or finding.text
    line, column = place(finding)
    return {
        "severity": finding.severity,
        "code": finding.code,
        "table": finding.table,
        "field": finding.field.encode().decode("latin-1"),
        "index": finding.index,
        "item": finding.text.decode("latin-1") if has_item else None,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "file": os.fsencode(policy).decode("latin-1"),
        "line": line,
        "column": column,
    }


def place(finding: Finding) -> tuple[int | None, int | None]:
    """Return line and column of a finding, from 1; None if it is about something missing."""
    return finding.line, finding.column


def field(finding: Finding) -> str:
    """Return the option of a finding, with its table and entry."""
    table = "" if finding.table is None else f"policy[{finding.table}]."
    index = "" if finding.index is None else f"[{finding.index}]"
    return f"{table}{printable(finding.field)}{index}"


def _counted(errors: int, warnings: int) -> str:
    words = [f"{n} {one}{'' if n == 1 else 's'}" for n, one in ((errors, "error"), (warnings, "warning")) if n]
    return ", ".join(words) or "no findings"


def printable(text: str) -> str:
    """Return text for a terminal, with everything escaped that is not printable."""
    shown = text.replace("\t", _TAB)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)


def shown(data: bytes) -> str:
    """Return bytes of a request, escaped as the engine escapes them."""
    return "".join(chr(b) if 0x20 <= b <= 0x7E and b not in b'\\"' else f"\\x{b:02X}" for b in data)
