"""`corsac.aiohttp` in aiohttp's own server: the headers are on every response."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from corsac import Policy, PolicyError, PolicySet
from corsac.aiohttp import setup
from corsac.testing import assert_cors_allows_async, assert_cors_denies_async

ORIGIN = "https://app.example.com"
EVIL = "https://evil.example"
ASKED = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}


async def order(request):
    return web.Response(text="order", headers={"Access-Control-Allow-Origin": "*", "Vary": "Accept"})


async def broken(request):
    raise RuntimeError("broken")


async def forbidden(request):
    raise web.HTTPForbidden


async def stream(request):
    response = web.StreamResponse(headers={"Access-Control-Allow-Origin": "*"})
    await response.prepare(request)
    for part in (b"one", b"two"):
        await response.write(part)
    return response


async def file(request):
    return web.FileResponse(__file__)


async def socket(request):
    response = web.WebSocketResponse()
    await response.prepare(request)
    await response.send_str("hello")
    await response.close()
    return response


@web.middleware
async def authentication(request, handler):
    if "Authorization" not in request.headers and request.path == "/private":
        raise web.HTTPUnauthorized
    return await handler(request)


def site(**options):
    app = web.Application(middlewares=[authentication])
    app.router.add_get("/order", order)
    app.router.add_put("/order", order)
    app.router.add_put("/private", order)
    app.router.add_get("/broken", broken)
    app.router.add_get("/forbidden", forbidden)
    app.router.add_get("/stream", stream)
    app.router.add_get("/socket", socket)
    app.router.add_get("/file", file)
    setup(app, **({"allow_origins": [ORIGIN], "allow_methods": ["GET", "PUT"]} | options))
    return app


@contextlib.asynccontextmanager
async def served(app):
    async with TestClient(TestServer(app)) as client:
        yield client


def run(test, app=None):
    async def running():
        async with served(site() if app is None else app) as client:
            await test(client)

    asyncio.run(running())


def shared(response):
    return response.headers.getall("Access-Control-Allow-Origin", [])


@pytest.mark.parametrize("path", ["/order", "/private", "/nothing", "/stream", "/file"])
def test_preflight_is_decided_before_router_and_authentication(path):
    async def test(client):
        response = await client.options(path, headers=ASKED)
        assert response.status == 204
        assert shared(response) == [ORIGIN]
        assert response.headers["Access-Control-Allow-Methods"] == "GET, PUT"
        assert await response.read() == b""
        denied = await client.options(path, headers=ASKED | {"Origin": EVIL})
        assert denied.status == 403
        assert shared(denied) == []
        assert (await denied.text()) == f'origin "{EVIL}" is not allowed\n'

    run(test)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/order", 200),
        ("GET", "/nothing", 404),
        ("DELETE", "/order", 405),
        ("OPTIONS", "/order", 405),
        ("PUT", "/private", 401),
        ("GET", "/forbidden", 403),
        ("GET", "/broken", 500),
        ("GET", "/stream", 200),
        ("GET", "/file", 200),
    ],
)
def test_every_response_has_the_headers_of_the_decision_alone(method, path, status):
    async def test(client):
        for origin, expected in ((ORIGIN, [ORIGIN]), (EVIL, []), (None, [])):
            headers = {} if origin is None else {"Origin": origin}
            response = await client.request(method, path, headers=headers)
            assert response.status == status
            assert shared(response) == expected
            varies = response.headers.getall("Vary")
            assert varies == (["Accept", "Origin"] if (path, status) == ("/order", 200) else ["Origin"])

    run(test)


def test_response_before_all_middlewares_has_the_headers():
    async def test(client):
        response = await client.get("/order", headers={"Origin": ORIGIN, "Expect": "tea"})
        assert response.status == 417
        assert shared(response) == [ORIGIN]

    run(test)


def test_websocket_is_left_as_it_is():
    async def test(client):
        async with client.ws_connect("/socket", origin=EVIL) as connection:
            assert await connection.receive_str() == "hello"
            assert "Vary" not in connection._response.headers

    run(test)


def test_browsers_say_the_same():
    async def test(client):
        await assert_cors_allows_async(client, "/order", origin=ORIGIN, method="PUT")
        await assert_cors_allows_async(client, "/broken", origin=ORIGIN)
        await assert_cors_denies_async(client, "/order", origin=EVIL)

    run(test)


def test_policies_by_path_and_none():
    by_path = {"/order": Policy([EVIL]), "/stream": None}

    async def test(client):
        assert shared(await client.get("/order", headers={"Origin": EVIL})) == [EVIL]
        assert shared(await client.get("/stream", headers={"Origin": EVIL})) == ["*"]
        assert shared(await client.get("/forbidden", headers={"Origin": ORIGIN})) == [ORIGIN]
        # An encoded slash, which two programs could read differently.
        assert shared(await client.session.get(client.make_url("/").with_path("/order%2Fx", encoded=True))) == []

    run(test, site(policies=by_path))


def test_policy_set_and_replacement_while_serving():
    async def test(client):
        assert shared(await client.get("/order", headers={"Origin": ORIGIN})) == [ORIGIN]
        cors.policy = Policy([EVIL])
        assert shared(await client.get("/order", headers={"Origin": ORIGIN})) == []

    app = web.Application()
    app.router.add_get("/order", order)
    cors = setup(app, policy=PolicySet([{"allow_origins": [ORIGIN]}]))
    run(test, app)


def test_origin_check_is_awaited_once():
    asked = []

    async def check(origin):
        asked.append(origin)
        await asyncio.sleep(0)
        return origin == b"https://tenant.example"

    async def test(client):
        assert shared(await client.get("/order", headers={"Origin": "https://tenant.example"})) == [
            "https://tenant.example"
        ]
        assert shared(await client.get("/broken", headers={"Origin": EVIL})) == []
        assert asked == [b"https://tenant.example", EVIL.encode()]

    run(test, site(origin_check=check))


def test_report_only_changes_nothing_and_logs_the_decision(caplog):
    caplog.set_level(logging.INFO, "corsac")

    async def test(client):
        response = await client.get("/order", headers={"Origin": EVIL})
        assert shared(response) == ["*"]
        assert response.headers.getall("Vary") == ["Accept"]
        assert (await client.options("/order", headers=ASKED)).status == 405

    run(test, site(report_only=True))
    said = [record.getMessage() for record in caplog.records if "report only" in record.getMessage()]
    assert len(said) == 2
    assert "GET /order" in said[0]


def test_inner_policy_decides_only_where_the_outer_has_none():
    inner = web.Application()
    inner.router.add_get("/order", order)
    setup(inner, allow_origins=[EVIL])
    outer = web.Application()
    outer.add_subapp("/free", inner)
    setup(outer, policies={"/free": None, "/other": Policy([ORIGIN])})

    async def test(client):
        assert shared(await client.get("/free/order", headers={"Origin": EVIL})) == [EVIL]
        preflight = await client.options("/free/order", headers=ASKED | {"Origin": EVIL})
        # Denied for its method. The status lets the browser's console name the method.
        assert (preflight.status, preflight.headers["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, POST")
        assert shared(preflight) == [EVIL]

    run(test, outer)
    inner = web.Application()
    inner.router.add_get("/order", order)
    setup(inner, allow_origins=[EVIL])
    outer = web.Application()
    outer.add_subapp("/free", inner)
    setup(outer, allow_origins=[ORIGIN])

    async def outer_wins(client):
        assert shared(await client.get("/free/order", headers={"Origin": EVIL})) == []
        assert shared(await client.get("/free/order", headers={"Origin": ORIGIN})) == [ORIGIN]

    run(outer_wins, outer)


def test_refusals_are_raised_where_the_application_is_made():
    with pytest.raises(PolicyError, match="trailing slash"):
        setup(web.Application(), allow_origins=[f"{ORIGIN}/"])
    with pytest.raises(TypeError, match="remove allow_origins"):
        setup(web.Application(), allow_origins=[ORIGIN], policy=Policy([ORIGIN]))
    app = web.Application()
    app.freeze()
    with pytest.raises(RuntimeError):
        setup(app, allow_origins=[ORIGIN])


def test_off_when_empty_leaves_the_application_untouched():
    async def test(client):
        assert shared(await client.get("/order", headers={"Origin": EVIL})) == ["*"]

    app = web.Application()
    app.router.add_get("/order", order)
    setup(app, allow_origins=[], off_when_empty=True)
    run(test, app)
