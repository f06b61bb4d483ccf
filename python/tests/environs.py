"""The shared vectors as WSGI environs: the cases that an environ can carry, and by rule those that it cannot."""

from __future__ import annotations

from typing import Any

import shared_vectors


def cases() -> list[dict[str, Any]]:
    """Every case with a decision whose spec Python can say, its texts as str of Latin-1."""
    found: list[dict[str, Any]] = []
    for name in shared_vectors.DECISIONS:
        for case in shared_vectors.cases(name):
            options = shared_vectors.options(case["spec"])
            if options is None:
                continue
            request, decision = case["request"], case["decision"]
            headers = [(name.lower(), value) for name, value in texts(decision["headers"])]
            found.append(
                {
                    "says": case["says"],
                    "spec": options,
                    "method": shared_vectors.latin(request["method"]).decode("latin-1"),
                    "lines": texts(request["headers"]),
                    "decision": decision | {"headers": headers},
                }
            )
    return found


def texts(pairs: list[list[Any]]) -> list[tuple[str, str]]:
    """Lines as str of Latin-1."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in shared_vectors.lines(pairs)]


def environ(case: dict[str, Any]) -> dict[str, str]:
    """The request as servers hand it on: lines of one name joined by a comma."""
    joined: dict[str, str] = {"REQUEST_METHOD": case["method"]}
    for name, value in case["lines"]:
        key = "HTTP_" + name.upper().replace("-", "_")
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined


def not_carried(case: dict[str, Any]) -> str | None:
    """The rule by which an environ does not carry a case, if one does."""
    values = {
        name.lower(): [value for other, value in case["lines"] if other.lower() == name.lower()]
        for name, _ in case["lines"]
    }
    if len(values.get("access-control-request-headers", ())) > 1 and "*" in case["spec"].get("allow_headers", ()):
        return "several lines of requested headers under any header are one line"
    if any("," in origin for origin in values.get("origin", ())):
        return "a comma inside Origin is the mark of two lines"
    return None
