"""The 500 of an exception that nobody caught: the application's own body and status, with the policy's headers.

Starlette answers it outside all middleware that `add_middleware` adds, through a `send` that no such middleware sees. So the three places
where its `ServerErrorMiddleware` makes a response (the handler, the debug page, the plain text) are told to add the decision of the request
that they answer. It still calls its handler once and raises the exception on, for the server's log.
"""

from __future__ import annotations

import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from corsac import Decision
    from corsac.asgi.protocol import Message, Receive, Scope, Send

_KEY = "corsac.decision"
_GOVERNED = "_corsac_governs"
_BODY = b"Internal Server Error"
_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_BODY))]


class GovernedSend:
    """The `send` of one request: the decision's headers on the response that leaves through it."""

    __slots__ = ("_merge", "_send", "started")

    def __init__(self, send: Send, decision: Decision) -> None:
        self._send = send
        self._merge = decision.merge
        self.started = False

    def __call__(self, message: Message) -> Any:
        if message["type"] == "http.response.start":
            self.started = True
            # A copy: an application may send the same message again.
            message = {**message, "headers": self._merge(message.get("headers", ()))}
        return self._send(message)


async def answer(error: Exception, scope: Scope, receive: Receive, send: GovernedSend, decision: Decision, inside: object) -> bool:
    """Have the response to an exception governed; whether the exception was handled, so that it ends here.

    :param send: through which nothing was sent yet.
    :param inside: the middleware that asks, to tell what stands outside it.
    """
    outside, is_below_router = _standing(scope, inside)
    handler = _router_handler(error, scope) if is_below_router else None
    if handler is not None:
        await _handle(handler, error, scope, receive, send)
        return True
    if outside is None:
        # What a server would send, which knows no policy.
        await send({"type": "http.response.start", "status": 500, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _BODY})
        return False
    # The outermost middleware is the last to come by, and has the last word.
    scope[_KEY] = decision
    _govern(outside)
    return False


def _standing(scope: Scope, inside: object) -> tuple[Any, bool]:
    """Starlette's `ServerErrorMiddleware` where it stands outside, and whether the application's `ExceptionMiddleware` does, too."""
    starlette = sys.modules.get("starlette.applications")
    layer = getattr(scope.get("app"), "middleware_stack", None)
    server_error, is_below_router = None, False
    while starlette is not None and layer is not None:
        if layer is inside:
            return server_error, False
        if isinstance(layer, starlette.ServerErrorMiddleware):
            server_error = layer
        is_below_router = is_below_router or isinstance(layer, starlette.ExceptionMiddleware)
        layer = getattr(layer, "app", None)
    return server_error, is_below_router


def _router_handler(error: Exception, scope: Scope) -> Callable[..., Any] | None:
    """What the `ExceptionMiddleware` outside would call: its response would leave without passing here."""
    handlers, status_handlers = scope.get("starlette.exception_handlers", ({}, {}))
    status = getattr(error, "status_code", None)
    by_type = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    # A handler for a status is there for HTTPException alone, whose handler is always there.
    is_http = any(kind.__name__ == "HTTPException" and kind in handlers for kind in type(error).__mro__)
    found = status_handlers.get(status, by_type) if is_http else by_type
    return found  # type: ignore[no-any-return]


async def _handle(handler: Callable[..., Any], error: Exception, scope: Scope, receive: Receive, send: GovernedSend) -> None:
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request

    request = Request(scope, receive)
    response = await handler(request, error) if _is_async(handler) else await run_in_threadpool(handler, request, error)
    if response is not None:
        await response(scope, receive, send)


def _govern(middleware: Any) -> None:
    if getattr(middleware, _GOVERNED, False):
        return
    if middleware.handler is not None:
        middleware.handler = _governed(middleware.handler)
    middleware.debug_response = _governed(middleware.debug_response)
    middleware.error_response = _governed(middleware.error_response)
    setattr(middleware, _GOVERNED, True)


def _governed(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The same handler; its response leaves with the headers of the decision that its request has, if it has one."""
    if _is_async(handler):

        @functools.wraps(handler)
        async def waiting(request: Any, error: Exception) -> Any:
            return _governed_response(await handler(request, error), request.scope)

        return waiting

    @functools.wraps(handler)
    def called(request: Any, error: Exception) -> Any:
        return _governed_response(handler(request, error), request.scope)

    return called


def _governed_response(response: Any, scope: Scope) -> Any:
    decision = scope.get(_KEY)
    return response if decision is None or response is None else _GovernedResponse(response, decision)


class _GovernedResponse:
    __slots__ = ("_decision", "_response")

    def __init__(self, response: Any, decision: Decision) -> None:
        self._response = response
        self._decision = decision

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(scope, receive, GovernedSend(send, self._decision))


def _is_async(handler: Any) -> bool:
    while isinstance(handler, functools.partial):
        handler = handler.func
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(getattr(handler, "__call__", None))  # noqa: B004
