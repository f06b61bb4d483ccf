"""The 500 of an unhandled exception: the application's own response, with the policy's headers."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from asgi_connection import APP, EVIL, exchange
from fastapi import FastAPI, HTTPException
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from corsac.asgi import CORSMiddleware

CORS: dict[str, Any] = {"allow_origins": [APP], "allow_credentials": True}


class Trouble(Exception):
    pass


def trouble(_request: Request) -> PlainTextResponse:
    raise Trouble("the reason")


async def late(_request: Request) -> StreamingResponse:
    def parts() -> Any:
        yield b"some"
        raise Trouble("late")

    return StreamingResponse(parts())


ROUTES = [Route("/", trouble), Route("/late", late), Route("/fine", lambda _: PlainTextResponse("fine"))]


class Handler:
    """Responds with its own body, and counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, _request: Request, error: Exception) -> JSONResponse:
        self.calls += 1
        return JSONResponse(
            {"error": str(error)}, status_code=503, headers={"Access-Control-Allow-Origin": "theirs", "Vary": "Cookie"}
        )

    async def waiting(self, request: Request, error: Exception) -> JSONResponse:
        return self(request, error)


def added(app: Any) -> Any:
    app.add_middleware(CORSMiddleware, **CORS)
    return app


def wrapped(app: Any) -> Any:
    return CORSMiddleware(app, **CORS)


both = pytest.mark.parametrize("put", [added, wrapped])


@both
@pytest.mark.parametrize(("origin", "acao"), [(APP, APP), (EVIL, None)])
def test_500_of_the_application_has_the_headers_and_is_raised(put: Any, origin: str, acao: str | None) -> None:
    for app in (put(Starlette(routes=ROUTES)), put(FastAPI(routes=ROUTES))):
        # The first request builds the stack of the application, the second one uses it.
        for _ in range(2):
            sent = exchange(app, headers={"origin": origin})
            assert (sent.status, sent.body) == (500, b"Internal Server Error")
            assert sent.one("access-control-allow-origin") == acao
            assert sent.one("vary") == "Origin"
            assert isinstance(sent.error, Trouble)


@both
@pytest.mark.parametrize("key", [500, Exception])
@pytest.mark.parametrize("kind", ["function", "coroutine", "partial"])
def test_handler_of_the_application_is_called_once(put: Any, key: Any, kind: str) -> None:
    handler = Handler()
    function = {
        "function": handler,
        "coroutine": handler.waiting,
        "partial": functools.partial(Handler.waiting, handler),
    }[kind]
    app = put(Starlette(routes=ROUTES, exception_handlers={key: function}))
    for calls in (1, 2):
        sent = exchange(app, headers={"origin": APP})
        assert (sent.status, sent.body) == (503, b'{"error":"the reason"}')
        assert sent.one("access-control-allow-origin") == APP
        assert sent.all("vary") == ["Cookie", "Origin"]
        assert isinstance(sent.error, Trouble)
        assert handler.calls == calls


@both
def test_debug_page_has_the_headers(put: Any) -> None:
    app = put(Starlette(routes=ROUTES, debug=True))
    page = exchange(app, headers={"origin": APP, "accept": "text/html"})
    assert b"Starlette Debugger" in page.body
    assert page.one("access-control-allow-origin") == APP
    text = exchange(app, headers={"origin": APP})
    assert b"Trouble: the reason" in text.body
    assert text.one("access-control-allow-origin") == APP


def test_error_never_uses_the_decision_of_another_request() -> None:
    app = added(Starlette(routes=ROUTES))
    assert exchange(app, headers={"origin": APP}).one("access-control-allow-origin") == APP
    assert exchange(app, headers={"origin": EVIL}).one("access-control-allow-origin") is None
    assert exchange(app, headers={}).one("access-control-allow-origin") is None


def test_untouched_path_stays_untouched_after_a_governed_error() -> None:
    app = Starlette(routes=[*ROUTES, Route("/raw", trouble)])
    app.add_middleware(CORSMiddleware, policies={"/": {"allow_origins": [APP]}, "/raw": None})
    assert exchange(app, headers={"origin": APP}).one("access-control-allow-origin") == APP
    sent = exchange(app, path="/raw", headers={"origin": APP})
    assert (sent.status, sent.all("access-control-allow-origin"), sent.all("vary")) == (500, [], [])


@both
def test_exception_after_the_response_began_is_only_raised(put: Any) -> None:
    sent = exchange(put(Starlette(routes=ROUTES)), path="/late", headers={"origin": APP})
    assert [message["type"] for message in sent.messages].count("http.response.start") == 1
    assert sent.status == 200
    assert isinstance(sent.error, Trouble)


def test_other_middleware_may_be_inside_or_outside() -> None:
    class Passing(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: Any) -> Any:
            return await call_next(request)

    handler = Handler()
    middleware = [Middleware(Passing), Middleware(CORSMiddleware, **CORS), Middleware(Passing)]
    app = Starlette(routes=ROUTES, middleware=middleware, exception_handlers={500: handler})
    sent = exchange(app, headers={"origin": APP})
    assert (sent.status, sent.one("access-control-allow-origin"), handler.calls) == (503, APP, 1)
    assert isinstance(sent.error, Trouble)


def test_two_middlewares_and_the_outer_one_has_the_last_word() -> None:
    middleware = [Middleware(CORSMiddleware, **CORS), Middleware(CORSMiddleware, allow_origins=["*"])]
    sent = exchange(Starlette(routes=ROUTES, middleware=middleware), headers={"origin": EVIL})
    assert (sent.status, sent.one("access-control-allow-origin")) == (500, None)
    sent = exchange(Starlette(routes=ROUTES, middleware=middleware), headers={"origin": APP})
    assert sent.one("access-control-allow-origin") == APP


def test_plain_asgi_application_gets_a_servers_500() -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise Trouble

    sent = exchange(CORSMiddleware(app, **CORS), headers={"origin": APP})
    assert (sent.status, sent.body, sent.one("content-length")) == (500, b"Internal Server Error", "21")
    assert sent.one("access-control-allow-origin") == APP
    assert isinstance(sent.error, Trouble)


@pytest.mark.parametrize("place", ["app", "mount"])
def test_http_exception_has_the_headers_at_every_layer(place: str) -> None:
    def teapot(_request: Request) -> None:
        raise HTTPException(418, "no coffee")

    cors = [Middleware(CORSMiddleware, **CORS)]
    inner = Mount("/api", routes=[Route("/pot", teapot)], middleware=cors if place == "mount" else [])
    app = Starlette(routes=[inner], middleware=cors if place == "app" else [])
    for path, status in (("/api/pot", 418), ("/api/none", 404)):
        sent = exchange(app, path=path, headers={"origin": APP})
        assert (sent.status, sent.one("access-control-allow-origin"), sent.error) == (status, APP, None)


@pytest.mark.parametrize("waits", [True, False])
def test_exception_handler_is_called_once_below_a_mount(waits: bool) -> None:
    async def bare(_scope: Any, _receive: Any, _send: Any) -> None:
        raise Trouble("below")

    handler = Handler()
    app = Starlette(
        routes=[Mount("/api", app=CORSMiddleware(bare, **CORS))],
        exception_handlers={Trouble: handler.waiting if waits else handler},
    )
    sent = exchange(app, path="/api/", headers={"origin": APP})
    assert (sent.status, sent.one("access-control-allow-origin"), handler.calls, sent.error) == (503, APP, 1, None)


def test_unhandled_exception_below_a_mount_is_the_applications_500() -> None:
    async def bare(_scope: Any, _receive: Any, _send: Any) -> None:
        raise Trouble("below")

    handler = Handler()
    app = Starlette(routes=[Mount("/api", app=CORSMiddleware(bare, **CORS))], exception_handlers={500: handler})
    sent = exchange(app, path="/api/", headers={"origin": APP})
    assert (sent.status, sent.one("access-control-allow-origin"), handler.calls) == (503, APP, 1)
    assert isinstance(sent.error, Trouble)


def test_exception_of_inner_middleware_skips_the_routers_handlers() -> None:
    class Refusing(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: Any) -> Any:
            await call_next(request)
            raise HTTPException(401)

    with_ours = Starlette(routes=ROUTES, middleware=[Middleware(CORSMiddleware, **CORS), Middleware(Refusing)])
    without = Starlette(routes=ROUTES, middleware=[Middleware(Refusing)])
    ours, theirs = (exchange(app, path="/fine", headers={"origin": APP}) for app in (with_ours, without))
    assert (ours.status, type(ours.error)) == (theirs.status, type(theirs.error)) == (500, HTTPException)
    assert ours.one("access-control-allow-origin") == APP


def test_response_whose_headers_are_refused_has_not_begun() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", 7)]})

    sent = exchange(CORSMiddleware(app, allow_origins=[APP]), headers={"origin": APP})
    assert (sent.status, sent.one("access-control-allow-origin")) == (500, APP)
    assert isinstance(sent.error, TypeError)
