"""How a governor reads an ASGI scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsac._reader import HeaderPairs
    from corsac.asgi.protocol import Scope


class _ScopeReader:
    def path(self, scope: Scope, /) -> str:
        """The path that a router below `root_path` matches."""
        path, root = str(scope["path"]), str(scope.get("root_path") or "")
        if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
            return path[len(root) :] or "/"
        return path

    def raw_path(self, scope: Scope, /) -> bytes | None:
        raw_path: bytes | None = scope.get("raw_path")
        return raw_path

    def method(self, scope: Scope, /) -> str:
        # The scope of a websocket handshake has no method; the request is a GET.
        return str(scope.get("method", "GET"))

    def client(self, scope: Scope, /) -> str | None:
        client = scope.get("client")
        return str(client[0]) if client else None

    def lines(self, scope: Scope, /) -> HeaderPairs:
        lines: HeaderPairs = scope["headers"]
        return lines


SCOPES = _ScopeReader()
