"""The shared vectors as WSGI environs: the cases that an environ can carry, and by rule those that it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = ("credentials", "field", "malformed", "methods", "origins", "patterns", "request-headers", "vary")
REQUESTED_HEADERS = "access-control-request-headers"


def text(value: Any) -> str:
    """A text of the vectors: as it stands, repeated, or joined from parts."""
    if isinstance(value, list):
        return "".join(map(text, value))
    return text(value["repeat"]) * value["times"] if isinstance(value, dict) else value


def cases() -> list[dict[str, Any]]:
    found = []
    for name in FILES:
        for case in json.loads((VECTORS / f"{name}.json").read_text()):
            request, decision, spec = case["request"], case["decision"], case["spec"]
            request["headers"] = [(text(name), text(value)) for name, value in request["headers"]]
            decision["headers"] = [(name.lower(), text(value)) for name, value in decision["headers"]]
            for option in ("allow_origins", "allow_methods", "allow_headers", "expose_headers"):
                if option in spec:
                    spec[option] = [text(entry) for entry in spec[option]]
            found.append(case)
    return found


def environ(case: dict[str, Any]) -> dict[str, str]:
    """The request as servers hand it on: lines of one name joined by a comma (waitress and Django's servers alike)."""
    joined = {"REQUEST_METHOD": case["request"]["method"]}
    for name, value in case["request"]["headers"]:
        key = "HTTP_" + name.upper().replace("-", "_")
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined


def not_carried(case: dict[str, Any]) -> str | None:
    """The rule by which an environ does not carry a case, if one does."""
    lines = [value for name, value in case["request"]["headers"] if name.lower() == REQUESTED_HEADERS]
    origins = [value for name, value in case["request"]["headers"] if name.lower() == "origin"]
    if len(lines) > 1 and "*" in case["spec"].get("allow_headers", ()):
        return "several lines of requested headers under any header are one line"
    if any("," in origin for origin in origins):
        return "a comma inside Origin is the mark of two lines"
    return None
