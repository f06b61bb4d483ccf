"""The shared ``vectors/`` as Python reads them: a text holds one byte per code point, or repeats of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = ["credentials", "field", "malformed", "methods", "origins", "patterns", "request-headers", "vary"]
LISTS = ("allow_origins", "allow_methods", "allow_headers", "expose_headers")


def cases(name: str) -> Any:  # noqa: ANN401
    return json.loads((ROOT / "vectors" / f"{name}.json").read_text())


def latin(text: Any) -> bytes:  # noqa: ANN401
    """The bytes of a text, of a repeat, or of a list of both."""
    if isinstance(text, list):
        return b"".join(latin(part) for part in text)
    if isinstance(text, dict):
        return latin(text["repeat"]) * int(text["times"])
    return str(text).encode("latin-1")


def lines(pairs: list[list[Any]]) -> list[tuple[bytes, bytes]]:
    return [(latin(name), latin(value)) for name, value in pairs]


def options(spec: dict[str, Any]) -> dict[str, Any] | None:
    """The spec as keyword arguments; None where an entry is no UTF-8, which no str of Python can say."""
    read = dict(spec)
    for name in LISTS:
        if name in read:
            try:
                read[name] = [latin(entry).decode() for entry in read[name]]
            except UnicodeDecodeError:
                return None
    return read
