"""Reads the shared ``vectors/``. A text has one byte per code point, or is a text that repeats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# These have another form. Every other file has policies with decisions, so that a new file is read without a word here.
OTHERS = ("browser-cases", "browsers", "delivery", "findings", "sets")
DECISIONS = sorted(path.stem for path in (ROOT / "vectors").glob("*.json") if path.stem not in OTHERS)
assert DECISIONS
LISTS = ("allow_origins", "allow_methods", "allow_headers", "expose_headers", "dangerously_allow_public_suffixes")


def cases(name: str) -> Any:  # noqa: ANN401
    """Return the cases of a file. There is no file without cases: a suite that runs none must not pass."""
    found = json.loads((ROOT / "vectors" / f"{name}.json").read_text())
    assert found
    return found


def latin(text: Any) -> bytes:  # noqa: ANN401
    """Return the bytes of a text, of a repeated text, or of a list of both."""
    if isinstance(text, list):
        return b"".join(latin(part) for part in text)
    if isinstance(text, dict):
        return latin(text["repeat"]) * int(text["times"])
    return str(text).encode("latin-1")


def lines(pairs: list[list[Any]]) -> list[tuple[bytes, bytes]]:
    return [(latin(name), latin(value)) for name, value in pairs]


def options(spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return the spec of a policy or a set as a mapping; None if a text is not UTF-8, which a str cannot hold."""
    try:
        return _options(spec)
    except UnicodeDecodeError:
        return None


def _options(spec: dict[str, Any]) -> dict[str, Any]:
    if "policy" in spec:
        return {"policy": [_options(table) for table in spec["policy"]]}
    read = dict(spec)
    for name in LISTS:
        if isinstance(read.get(name), list):
            read[name] = [latin(entry).decode() for entry in read[name]]
    if "path" in read:
        read["path"] = latin(read["path"]).decode()
    return read


def path(request: dict[str, Any], name: str) -> bytes | None:
    """Return the path or raw path of a request, if it has one."""
    return latin(request[name]) if name in request else None
