"""The 500 of an unhandled exception: the application's own body and status, with the policy's headers.

Starlette sends it outside of all middleware that `add_middleware` adds, through a `send` that they do not see. So the
three functions of its `ServerErrorMiddleware` that make a response (the handler, the debug page, the plain text) are
wrapped: the wrappers add the headers of the request's decision. `ServerErrorMiddleware` still calls its handler once,
and raises the exception for the server's log.
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


async def send_error(
    error: Exception, scope: Scope, receive: Receive, send: Send, decision: Decision, inside: object
) -> bool:
    """Send the response to an exception with CORS headers, and return whether the exception was handled.

    :param send: adds the headers. Nothing was sent through it yet.
    :param inside: the middleware that calls this. Layers outside of it make the response.
    """
    outside, is_below_router = _layers_outside(scope, inside)
    handler = _router_handler(error, scope) if is_below_router else None
    if handler is not None:
        await _handle(handler, error, scope, receive, send)
        return True
    if outside is None:
        # Send what a server would send, because a server does not know the policy.
        await send({"type": "http.response.start", "status": 500, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _BODY})
        return False
    # The outermost middleware writes its decision last, so its decision is used.
    scope[_KEY] = decision
    _govern(outside)
    return False


def _layers_outside(scope: Scope, inside: object) -> tuple[ServerErrorMiddleware | None, bool]:
    """Return Starlette's `ServerErrorMiddleware` if it is outside, and whether `ExceptionMiddleware` is outside too."""
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
    """Return the handler that the outer `ExceptionMiddleware` would call, past this middleware."""
    handlers, status_handlers = scope.get("starlette.exception_handlers", ({}, {}))
    status = getattr(error, "status_code", None)
    by_type = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    # Starlette uses handlers for a status for HTTPException only, and always has a handler for
    # HTTPException itself.
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
    """Wrap a handler: its response gets the headers of the request's decision, if there is one."""
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
