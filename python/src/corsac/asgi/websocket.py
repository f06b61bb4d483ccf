"""Websocket handshakes from pages of the server's own origin: CORS says nothing of them, and no policy lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from corsac.asgi.protocol import Scope

_HOST = r"([a-z0-9._-]+|\[[0-9a-f:.]+\])"
_AUTHORITY = re.compile(rf"{_HOST}(?::([0-9]{{1,5}}))?", re.ASCII)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class OwnHosts:
    """The names of a server, for handshakes whose Origin is the server's own.

    Host is compared with Origin, so it must be a name of the server: a hostile name that leads to the server's address
    (DNS rebinding) would be equal in both. `X-Forwarded-*` is never read, because anyone can send it.

    :param hosts: names or addresses without scheme and port, in lower case.
    :raises ValueError: an entry that no Host matches, or `*`.
    """

    def __init__(self, hosts: Collection[str]) -> None:
        if isinstance(hosts, str):
            raise TypeError(f"websocket_hosts is a list: write [{hosts!r}]")
        for host in hosts:
            if not re.fullmatch(_HOST, host):
                raise ValueError(
                    f"websocket_hosts: {host!r} is not a host name in lower case, without scheme and port: "
                    'write the names of this server, such as "app.example.com" or "localhost"'
                )
        self._hosts = frozenset(hosts)

    def are_origin_of(self, scope: Scope) -> bool:
        """Whether a handshake comes from a page of the server's own origin."""
        host_lines, origin_lines = _values(scope["headers"], b"host"), _values(scope["headers"], b"origin")
        if len(host_lines) != 1 or len(origin_lines) != 1:
            return False
        scheme, sign, authority = origin_lines[0].partition("://")
        if not sign or scheme not in _DEFAULT_PORTS or (scheme == "http" and scope.get("scheme") == "wss"):
            return False
        # Browsers send Origin in lower case, and nothing else counts as one. Other programs may send Host in any case.
        asked, page = _parsed(host_lines[0].lower(), scheme), _parsed(authority, scheme)
        return asked is not None and asked == page and asked[0] in self._hosts


def _values(lines: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in lines if name.lower() == wanted]


def _parsed(authority: str, scheme: str) -> tuple[str, str] | None:
    """Return a host and its port, which is the default of Origin's scheme if there is none."""
    parts = _AUTHORITY.fullmatch(authority)
    return None if parts is None else (parts[1], parts[2] or _DEFAULT_PORTS[scheme])
