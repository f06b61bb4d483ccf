"""Raw ASGI for the tests: a connection as from a server, and everything that the application sends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

APP = "https://app.example.com"
EVIL = "https://evil.example.net"


@dataclass
class Sent:
    """The response of the application."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    error: Exception | None = None

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def lines(self) -> list[tuple[bytes, bytes]]:
        return [tuple(line) for line in self.messages[0]["headers"]]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    def all(self, name: str) -> list[str]:
        return [value.decode("latin-1") for line, value in self.lines if line.lower() == name.encode()]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} is there {len(values)} times"
        return values[0] if values else None


def exchange(app: Any, method: str = "GET", path: str = "/", headers: Any = (), **scope: Any) -> Sent:
    """Run one connection, and return the messages of the application and its exception."""
    lines = [
        (
            name.encode("latin-1") if isinstance(name, str) else name,
            value.encode("latin-1") if isinstance(value, str) else value,
        )
        for name, value in (headers.items() if isinstance(headers, dict) else headers)
    ]
    connection = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": lines,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        **scope,
    }
    sent = Sent()

    first = {
        "http": {"type": "http.request", "body": b"", "more_body": False},
        "websocket": {"type": "websocket.connect"},
    }
    coming = [first[connection["type"]]]

    async def receive() -> dict[str, Any]:
        if not coming:
            # The client sends nothing more, and stays connected.
            await asyncio.Event().wait()
        return coming.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.messages.append(dict(message))

    try:
        asyncio.run(app(connection, receive, send))
    except Exception as error:
        sent.error = error
    return sent


class Answering:
    """An application that sends the same response to every request, and counts its calls."""

    def __init__(self, status: int = 200, headers: Any = (), body: bytes = b"hello") -> None:
        self.start = {"type": "http.response.start", "status": status, "headers": list(headers)}
        self.body = body
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send(self.start)
            await send({"type": "http.response.body", "body": self.body})


def preflight(origin: str = APP, method: str = "GET", *names: str) -> dict[str, str]:
    """Return the headers of a preflight."""
    lines = {"origin": origin, "access-control-request-method": method}
    return {**lines, "access-control-request-headers": ",".join(names)} if names else lines
