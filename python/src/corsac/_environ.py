"""The CORS headers of a request in a WSGI environ, which has one value for each name.

If a request has several headers of one name, a server joins their values with a comma (:pep:`3333`, RFC 3875 section
4.1.18). For lists that means the same. `Origin` is not a list, so a value with a comma is split into several headers
again. The policy then denies the request because it has several origins. Without the split, an origin check would be
asked about one odd origin.
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


def request_lines(environ: Mapping[str, Any]) -> list[tuple[str, str | bytes]]:
    """Return the headers for :meth:`corsac.Policy.evaluate`, from a WSGI environ or Django's ``request.META``."""
    origin = environ.get("HTTP_ORIGIN")
    lines: list[tuple[str, str | bytes]] = []
    if origin is not None:
        if not origin.isascii():
            lines = [("origin", _bytes(origin))]
        elif "," not in origin:
            lines = [("origin", origin)]
        else:
            # A server may write white space after its comma.
            lines = [("origin", line.strip(" \t")) for line in origin.split(",")]
    for key, name in _LINES:
        value = environ.get(key)
        if value is not None:
            lines.append((name, value if value.isascii() else _bytes(value)))
    return lines


def path(environ: Mapping[str, Any]) -> str | bytes:
    """Return the path that the application's router sees: decoded, and without the mount point."""
    text: str = environ.get("PATH_INFO", "")
    if not text.startswith("/") and text != "*":
        # Test clients leave the slash out, and routers accept that.
        text = f"/{text}"
    return text if text.isascii() else _bytes(text)


def text_path(environ: Mapping[str, Any]) -> str:
    """Return the same path as a str, for routers and expressions over paths."""
    found = path(environ)
    return found if isinstance(found, str) else found.decode("utf-8", "replace")


def raw_path(environ: Mapping[str, Any]) -> bytes | None:
    """Return the path as it was sent, if the server keeps it, because only this path shows an encoded slash."""
    target = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    return target.encode("latin-1", "replace") if isinstance(target, str) else None


def logged_lines(environ: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Return the headers that the log needs: those of the decision, of credentials and of the page's relation."""
    lines = [
        (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in request_lines(environ)
    ]
    lines += [
        (name.lower().encode(), b"") for name in ("Cookie", "Authorization") if environ.get(f"HTTP_{name.upper()}")
    ]
    return [*lines, (b"sec-fetch-site", _bytes(environ.get("HTTP_SEC_FETCH_SITE", "")))]


def _bytes(text: str) -> bytes:
    """Return the bytes of a str with one byte per code point (PEP 3333).

    Test clients may send any str. Those become bytes that no origin has, and that the log escapes.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


class EnvironReader:
    """How a governor reads a WSGI environ."""

    def path(self, environ: Mapping[str, Any], /) -> str | bytes:
        """The decoded path that the router matches."""
        return path(environ)

    def raw_path(self, environ: Mapping[str, Any], /) -> bytes | None:
        """The path as it was sent, if the server keeps it."""
        return raw_path(environ)

    def method(self, environ: Mapping[str, Any], /) -> str:
        """The method."""
        return str(environ["REQUEST_METHOD"])

    def client(self, environ: Mapping[str, Any], /) -> str | None:
        """The client's address."""
        return environ.get("REMOTE_ADDR") or None

    def lines(self, environ: Mapping[str, Any], /) -> list[tuple[bytes, bytes]]:
        """The header lines that the log looks at."""
        return logged_lines(environ)


ENVIRONS = EnvironReader()
