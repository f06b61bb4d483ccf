"""The 500 of an exception that nobody caught: the application's own body and status, with the policy's headers.

Starlette answers it outside all middleware that `add_middleware` adds, through a `send` that no such middleware sees.
So the three places where its `ServerErrorMiddleware` makes a response (the handler, the debug page, the plain text) are
told to add the decision of the request that they answer. It still calls its handler once and raises the exception on,
for the server's log.
"""

from __future__ import annotations

import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from corsac import Decision
    from corsac.asgi.protocol import ASGIApp, Message, Receive, Scope, Send

    Handler: TypeAlias = Callable[..., Any]

    class Request(Protocol):
        scope: Scope

    class ServerErrorMiddleware(Protocol):
        handler: Handler | None
        debug_response: Handler
        error_response: Handler


_KEY = "corsac.decision"
_GOVERNED = "_corsac_governs"
_BODY = b"Internal Server Error"
_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_BODY))]


async def answer(
    error: Exception, scope: Scope, receive: Receive, send: Send, decision: Decision, inside: object
) -> bool:
    """Have the response to an exception governed; whether the exception was handled, so that it ends here.

    :param send: adds the headers; nothing was sent through it yet.
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


def _standing(scope: Scope, inside: object) -> tuple[ServerErrorMiddleware | None, bool]:
    """Starlette's `ServerErrorMiddleware` where it stands outside, and whether `ExceptionMiddleware` does, too."""
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


def _router_handler(error: Exception, scope: Scope) -> Handler | None:
    """What the `ExceptionMiddleware` outside would call: its response would leave without passing here."""
    handlers, status_handlers = scope.get("starlette.exception_handlers", ({}, {}))
    status = getattr(error, "status_code", None)
    by_type = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    # A handler for a status is there for HTTPException alone, whose handler is always there.
    is_http = any(kind.__name__ == "HTTPException" and kind in handlers for kind in type(error).__mro__)
    return status_handlers.get(status, by_type) if is_http else by_type


async def _handle(handler: Handler, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request

    request = Request(scope, receive)
    response = await handler(request, error) if _is_async(handler) else await run_in_threadpool(handler, request, error)
    if response is not None:
        await response(scope, receive, send)


def _govern(middleware: ServerErrorMiddleware) -> None:
    if getattr(middleware, _GOVERNED, False):
        return
    if middleware.handler is not None:
        middleware.handler = _governed(middleware.handler)
    middleware.debug_response = _governed(middleware.debug_response)
    middleware.error_response = _governed(middleware.error_response)
    setattr(middleware, _GOVERNED, True)


def _governed(handler: Handler) -> Handler:
    """The same handler; its response leaves with the headers of the decision that its request has, if it has one."""
    if _is_async(handler):

        @functools.wraps(handler)
        async def waiting(request: Request, error: Exception) -> ASGIApp | None:
            return _governed_response(await handler(request, error), request.scope)

        return waiting

    @functools.wraps(handler)
    def called(request: Request, error: Exception) -> ASGIApp | None:
        return _governed_response(handler(request, error), request.scope)

    return called


def _governed_response(response: ASGIApp | None, scope: Scope) -> ASGIApp | None:
    decision = scope.get(_KEY)
    return response if decision is None or response is None else _GovernedResponse(response, decision)


class _GovernedResponse:
    __slots__ = ("_decision", "_response")

    def __init__(self, response: ASGIApp, decision: Decision) -> None:
        self._response = response
        self._decision = decision

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def governed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._decision.merge(message.get("headers", ()))}
            await send(message)

        await self._response(scope, receive, governed)


def _is_async(handler: object) -> bool:
    while isinstance(handler, functools.partial):
        handler = handler.func
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(getattr(handler, "__call__", None))  # noqa: B004
