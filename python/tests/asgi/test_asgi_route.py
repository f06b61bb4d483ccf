"""A policy for one route. The outermost middleware finds it, and decides its preflight before everything else."""

from __future__ import annotations

from typing import Any

import pytest
from asgi_connection import APP, EVIL, exchange, preflight
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router

from corsac import Policy, PolicyError
from corsac.asgi import CORSMiddleware, cors_policy
from corsac.asgi.route import RoutePolicy

ACAO = "access-control-allow-origin"
OTHER = "https://other.example"


class Locked:
    """Authentication that refuses every request without a token, even a preflight."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (b"authorization", b"x") not in scope["headers"]:
            await PlainTextResponse("log in", 401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@cors_policy(Policy(["*"]))
async def avatar(request: Request) -> PlainTextResponse:
    return PlainTextResponse("avatar")


async def user(request: Request) -> PlainTextResponse:
    return PlainTextResponse("user")


async def theirs(request: Request) -> PlainTextResponse:
    return PlainTextResponse("theirs", headers={ACAO: "https://theirs.example"})


@cors_policy({"allow_origins": [OTHER], "allow_methods": ["PUT"]})
class Orders(HTTPEndpoint):
    async def put(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse("order")


def starlette() -> Starlette:
    routes = [
        Route("/users/{id}/avatar", avatar),
        Route("/users/{id}", user),
        Route("/users/{id}", Orders, methods=["PUT"]),
        Route("/orders", Orders),
        Route("/shared", user, middleware=[Middleware(RoutePolicy, policy=Policy([OTHER]))]),
        Route("/raw", cors_policy(None)(theirs)),
        Mount("/inner", routes=[Route("/avatar", avatar), Mount("/deep", app=Router([Route("/a", avatar)]))]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(CORSMiddleware, [APP]), Middleware(Locked)])


def fastapi() -> FastAPI:
    app, router, inner = FastAPI(), APIRouter(), APIRouter()

    @router.get("/{number}/avatar")
    @cors_policy(Policy(["*"]))
    def get_avatar(number: int) -> str:
        return "avatar"

    @cors_policy(Policy([OTHER], allow_methods=["PUT"]))
    @inner.put("/deep")
    async def put_deep() -> str:
        return "deep"

    @router.get("/{number}")
    def get_user(number: int) -> str:
        return "user"

    router.include_router(inner, prefix="/inner")
    app.include_router(router, prefix="/users")
    app.add_middleware(Locked)
    app.add_middleware(CORSMiddleware, [APP])
    return app


@pytest.mark.parametrize(
    ("make", "path", "method", "origin", "acao"),
    [
        (starlette, "/users/7/avatar", "GET", EVIL, "*"),
        (starlette, "/users/7", "GET", EVIL, None),
        (starlette, "/users/7", "GET", APP, APP),
        (starlette, "/users/7", "PUT", OTHER, None),
        (starlette, "/orders", "PUT", OTHER, OTHER),
        (starlette, "/orders", "PUT", APP, None),
        (starlette, "/shared", "GET", OTHER, OTHER),
        (starlette, "/shared", "GET", APP, None),
        (starlette, "/inner/avatar", "GET", EVIL, "*"),
        (starlette, "/inner/deep/a", "GET", EVIL, "*"),
        (starlette, "/inner/deep/b", "GET", EVIL, None),
        (starlette, "/nowhere", "GET", APP, APP),
        (fastapi, "/users/7/avatar", "GET", EVIL, "*"),
        (fastapi, "/users/7", "GET", EVIL, None),
        (fastapi, "/users/7", "GET", APP, APP),
        (fastapi, "/users/inner/deep", "PUT", OTHER, OTHER),
        (fastapi, "/users/inner/deep", "PUT", APP, None),
    ],
)
def test_policy_of_a_route_decides_preflight_and_request(
    make: Any, path: str, method: str, origin: str, acao: str | None
) -> None:
    app = make()
    sent = exchange(app, "OPTIONS", path, preflight(origin, method))
    # /users/7 has a route for GET before the one for PUT. The router chooses by method.
    if (path, method) == ("/users/7", "PUT"):
        acao = OTHER
    assert (sent.one(ACAO), sent.status == 403) == (acao, acao is None)
    assert exchange(app, method, path, {"origin": origin, "authorization": "x"}).one(ACAO) == acao
    refused = exchange(app, method, path, {"origin": origin})
    assert (refused.status, refused.one(ACAO)) == (401, acao)


def test_policy_of_a_route_explains_a_denied_method() -> None:
    sent = exchange(starlette(), "OPTIONS", "/users/7/avatar", preflight(EVIL, "DELETE"))
    assert (sent.one(ACAO), sent.one("access-control-allow-methods")) == ("*", "GET, HEAD, POST")


def test_route_without_a_policy_by_none_is_untouched() -> None:
    for headers in ({"origin": APP, "authorization": "x"}, {"authorization": "x"}):
        sent = exchange(starlette(), "GET", "/raw", headers)
        assert (sent.one(ACAO), sent.one("vary")) == ("https://theirs.example", None)
    assert exchange(starlette(), "OPTIONS", "/raw", preflight()).status == 401


def test_only_routes_with_a_policy_may_be_governed() -> None:
    app = Starlette(
        routes=[Route("/a", avatar), Route("/b", theirs)],
        middleware=[Middleware(CORSMiddleware, off_when_empty=True)],
    )
    assert exchange(app, "GET", "/a", {"origin": EVIL}).one(ACAO) == "*"
    assert exchange(app, "GET", "/b", {"origin": EVIL}).one(ACAO) == "https://theirs.example"


def test_middleware_around_the_application_finds_the_routes() -> None:
    app = CORSMiddleware(Locked(Starlette(routes=[Route("/a", avatar)])), [APP])
    assert exchange(app, "OPTIONS", "/a", preflight(EVIL)).one(ACAO) == "*"
    assert exchange(app, "OPTIONS", "/a", preflight(EVIL), root_path="/v1").one(ACAO) == "*"


def test_report_only_changes_nothing_for_routes_too() -> None:
    app = CORSMiddleware(Starlette(routes=[Route("/a", avatar)]), [APP], report_only=True)
    assert exchange(app, "OPTIONS", "/a", preflight(EVIL)).status == 405
    assert exchange(app, "GET", "/a", {"origin": EVIL}).one(ACAO) is None


def test_origin_check_of_a_route_is_asked_and_awaited() -> None:
    async def check(origin: bytes) -> bool:
        return origin == OTHER.encode()

    async def endpoint(request: Request) -> PlainTextResponse:
        return PlainTextResponse("x")

    marked = cors_policy({"external_origins": True}, origin_check=check)(endpoint)
    app = CORSMiddleware(Starlette(routes=[Route("/a", marked)]), [APP])
    assert exchange(app, "OPTIONS", "/a", preflight(OTHER)).one(ACAO) == OTHER
    assert exchange(app, "GET", "/a", {"origin": EVIL}).one(ACAO) is None
    with pytest.raises(ValueError, match="never asked"):
        cors_policy(Policy([APP]), origin_check=check)


def test_wrong_policy_is_refused_where_it_is_written(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(PolicyError):
        cors_policy({"allow_origins": ["https://route.example/"]})
    assert "https://route.example" in caplog.text


def mounted(outer: Any) -> Starlette:
    inner = Starlette(routes=[Route("/x", user)], middleware=[Middleware(CORSMiddleware, ["*"])])
    return Starlette(routes=[Mount("/public", app=inner), Route("/x", user)], middleware=[outer])


def test_governed_response_of_the_outer_middleware_wins() -> None:
    app = mounted(Middleware(CORSMiddleware, [APP]))
    assert exchange(app, "GET", "/public/x", {"origin": EVIL}).one(ACAO) is None
    assert exchange(app, "GET", "/public/x", {"origin": APP}).one(ACAO) == APP
    assert exchange(app, "OPTIONS", "/public/x", preflight(EVIL)).status == 403


def test_inner_middleware_decides_where_the_outer_is_off() -> None:
    app = mounted(Middleware(CORSMiddleware, policies={"/public": None, "/": Policy([APP])}))
    assert exchange(app, "GET", "/public/x", {"origin": EVIL}).one(ACAO) == "*"
    assert exchange(app, "OPTIONS", "/public/x", preflight(EVIL)).one(ACAO) == "*"
    assert exchange(app, "GET", "/x", {"origin": EVIL}).one(ACAO) is None
