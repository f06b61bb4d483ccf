"""The shared vectors as WSGI environs, and the rules for cases that an environ cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shared_vectors

if TYPE_CHECKING:
    from collections.abc import Iterable


def cases() -> list[dict[str, Any]]:
    """Return every case with a decision whose spec Python can hold, with texts as Latin-1 str."""
    found: list[dict[str, Any]] = []
    for name in [*shared_vectors.DECISIONS, "sets"]:
        for case in shared_vectors.cases(name):
            options = shared_vectors.options(case["spec"])
            if options is None or "request" not in case:
                continue
            request, decision = case["request"], case["decision"]
            if decision is not None:
                headers = [(name.lower(), value) for name, value in texts(decision["headers"])]
                decision = decision | {"headers": headers}
            found.append(
                {
                    "says": case["says"],
                    "options": options,
                    "echoes": any(entry.endswith("*") for entry in options.get("allow_headers", ())),
                    "method": shared_vectors.latin(request["method"]).decode("latin-1"),
                    "lines": texts(request["headers"]),
                    "paths": {key: path.decode("latin-1") for key, path in paths(request) if path is not None},
                    "decision": decision,
                }
            )
    return found


def paths(request: dict[str, Any]) -> Iterable[tuple[str, bytes | None]]:
    """Return the paths of a request under their keys in an environ. Without a path, it is the root."""
    if "path" not in request and "raw_path" not in request:
        return [("PATH_INFO", b"/")]
    return [
        ("PATH_INFO", shared_vectors.path(request, "path")),
        ("REQUEST_URI", shared_vectors.path(request, "raw_path")),
    ]


def texts(pairs: list[list[Any]]) -> list[tuple[str, str]]:
    """Return headers as Latin-1 str."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in shared_vectors.lines(pairs)]


def environ(case: dict[str, Any]) -> dict[str, str]:
    """Return the request as servers pass it on: values of one name are joined by a comma."""
    joined: dict[str, str] = {"REQUEST_METHOD": case["method"], **case["paths"]}
    for name, value in case["lines"]:
        key = "HTTP_" + name.upper().replace("-", "_")
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined


def not_carried(case: dict[str, Any]) -> str | None:
    """Return the rule that keeps a case out of an environ, if there is one."""
    values = {
        name.lower(): [value for other, value in case["lines"] if other.lower() == name.lower()]
        for name, _ in case["lines"]
    }
    if len(values.get("access-control-request-headers", ())) > 1 and case["echoes"]:
        return "several lines of requested headers that are echoed are one line"
    if any("," in origin for origin in values.get("origin", ())):
        return "a comma inside Origin is the mark of two lines"
    if "PATH_INFO" not in case["paths"]:
        return "a raw path alone"
    if not case["paths"]["PATH_INFO"].startswith(("/", "*")):
        return "a path without a slash is one with a slash, as routers take it"
    return None
