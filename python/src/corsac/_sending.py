"""One request on its way out, and the head of its response, for every test client."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

# A client may have these by default. A browser sends them for a script only if the script wrote
# them.
CREDENTIALS = ("cookie", "authorization")


@dataclass(frozen=True)
class Sending:
    """One request on its way out.

    :param url: absolute.
    :param lines: the headers that the browser and the script write, in order.
    :param cookies: whether to send the client's own cookies.
    """

    method: str
    url: str
    lines: tuple[tuple[str, str], ...]
    content: bytes = b""
    cookies: bool = False

    @property
    def target(self) -> str:
        """Return path and query."""
        parts = urlsplit(self.url)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    @property
    def host(self) -> str:
        """Return host and port."""
        return urlsplit(self.url).netloc

    @property
    def scheme(self) -> str:
        """Return ``http`` or ``https``."""
        return urlsplit(self.url).scheme

    def has(self, name: str) -> bool:
        """Return whether there is a header of this lower-case name."""
        return any(written.lower() == name for written, _ in self.lines)

    def is_own(self, name: str) -> bool:
        """Return whether a header that a client adds by itself may stay."""
        name = name.lower()
        return name not in CREDENTIALS or self.has(name) or (name == "cookie" and self.cookies)

    def joined(self) -> dict[str, str]:
        """Return the headers for a client that has one value for each name."""
        headers: dict[str, str] = {}
        for name, value in self.lines:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return headers


@dataclass(frozen=True)
class Response:
    """The head of a response."""

    status: int
    lines: tuple[tuple[str, str], ...]

    @property
    def head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Return status and headers as :func:`corsac.explain` takes them."""
        return self.status, self.lines
