"""The lines of a request that CORS is about, as a WSGI environ holds them: one value for each name, whatever arrived.

A server joins several lines of one name with a comma (:pep:`3333`, RFC 3875 section 4.1.18). For lists that says the
same. `Origin` is no list: a value with a comma is handed in as the lines it was made of, so that the policy refuses it
as two, never as one odd origin that an origin check is asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES = (
    ("HTTP_ACCESS_CONTROL_REQUEST_METHOD", "access-control-request-method"),
    ("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "access-control-request-headers"),
    ("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK", "access-control-request-private-network"),
)


def request_lines(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the lines for :meth:`corsac.Policy.evaluate`, from a WSGI environ or Django's ``request.META``."""
    origin = environ.get("HTTP_ORIGIN")
    lines: list[tuple[str, str]] = []
    if origin is not None:
        joined = origin.split(",")
        # White space is the server's only behind its comma.
        lines = [("origin", origin)] if len(joined) == 1 else [("origin", line.strip(" \t")) for line in joined]
    for key, name in _LINES:
        value = environ.get(key)
        if value is not None:
            lines.append((name, value))
    return lines


def path(environ: Mapping[str, Any]) -> str | bytes:
    """Return the path that the application's router sees: decoded, and without the mount point."""
    text: str = environ.get("PATH_INFO", "")
    # A str here holds one byte per code point (PEP 3333).
    return text if text.isascii() else text.encode("latin-1")


def raw_path(environ: Mapping[str, Any]) -> bytes | None:
    """Return the path as it was sent, if the server keeps it: only this one shows an encoded slash."""
    target = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    return target.encode("latin-1", "replace") if isinstance(target, str) else None


def reported_lines(environ: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Return what a report looks at: the lines of the decision, and those that say whether credentials came along."""
    lines = [(name.encode(), value.encode("latin-1")) for name, value in request_lines(environ)]
    lines += [
        (name.lower().encode(), b"") for name in ("Cookie", "Authorization") if environ.get(f"HTTP_{name.upper()}")
    ]
    return lines
