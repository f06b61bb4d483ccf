"""Report-only mode in ASGI: the log compares the application's own response with the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from corsac import Decision
    from corsac._governor import Governor
    from corsac.asgi.protocol import Message, Scope, Send


class ReportingSend:
    """The `send` of one request. It reports the head of the response and changes nothing."""

    __slots__ = ("_decision", "_governor", "_scope", "_send")

    def __init__(self, send: Send, governor: Governor[Scope], decision: Decision, scope: Scope) -> None:
        self._send = send
        self._governor = governor
        self._decision = decision
        self._scope = scope

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            self._governor.report(self._decision, self._scope, message["status"], headers)
        return self._send(message)
