"""`corsac.testing` sends what a browser would send, through every client, and reports what a browser would report."""

from __future__ import annotations

import asyncio
import contextlib
import json

import falcon.testing
import httpx
import pytest
import quart
import requests
import urllib3
from known_clients import ASYNC_CLIENTS, CLIENTS, EVIL, ORIGIN, SERVED, Bridge, flask_app, served

from corsac.testing import assert_cors_allows, assert_cors_allows_async, assert_cors_denies, assert_cors_denies_async


@pytest.fixture(params=[*CLIENTS, *SERVED])
def client_of(request):
    if request.param in CLIENTS:
        yield CLIENTS[request.param]
        return
    with contextlib.ExitStack() as stack:
        yield lambda app: SERVED[request.param](stack.enter_context(served(app)))


@pytest.fixture(params=ASYNC_CLIENTS)
def async_client_of(request):
    return ASYNC_CLIENTS[request.param]


def test_request_without_preflight_is_sent_alone(client_of):
    app = flask_app()
    assert_cors_allows(client_of(app), "/order?x=1", origin=ORIGIN)
    assert [
        (seen["REQUEST_METHOD"], seen["PATH_INFO"], seen["QUERY_STRING"], seen["HTTP_ORIGIN"]) for seen in app.arrived
    ] == [
        ("GET", "/order", "x=1", ORIGIN),
    ]


def test_preflight_is_sent_first_when_a_browser_sends_one(client_of):
    app = flask_app(allow_methods=["PUT"], allow_headers=["content-type", "x-trace"])
    headers = {"Content-Type": "application/json", "X-Trace": "7"}
    content = json.dumps({"a": 1}).encode()
    assert_cors_allows(client_of(app), "/order", origin=ORIGIN, method="PUT", headers=headers, content=content)
    preflight, actual = app.arrived
    assert preflight["REQUEST_METHOD"] == "OPTIONS"
    assert preflight["HTTP_ACCESS_CONTROL_REQUEST_METHOD"] == "PUT"
    assert preflight["HTTP_ACCESS_CONTROL_REQUEST_HEADERS"] == "content-type,x-trace"
    assert "HTTP_X_TRACE" not in preflight
    assert (actual["REQUEST_METHOD"], actual["CONTENT_TYPE"], actual["HTTP_X_TRACE"]) == (
        "PUT",
        "application/json",
        "7",
    )


def test_cookies_are_sent_only_if_included_and_never_with_preflights(client_of):
    app = flask_app(allow_methods=["PUT"], allow_credentials=True)
    client = client_of(app)
    if not hasattr(client, "set_cookie") and not hasattr(client, "cookies"):
        pytest.skip("this client has no cookies")
    if hasattr(client, "set_cookie"):
        client.set_cookie("id", "7")
    elif hasattr(client.cookies, "set"):
        client.cookies.set("id", "7")
    else:
        client.cookies["id"] = "7"
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT", credentials="include")
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT", credentials="omit")
    assert [bool(seen.get("HTTP_COOKIE")) for seen in app.arrived] == [False, True, False, False]


def test_denied_origin_raises_with_browsers_cause_and_fix(client_of):
    with pytest.raises(AssertionError) as refused:
        assert_cors_allows(client_of(flask_app()), "/order", origin=EVIL)
    text = str(refused.value)
    assert text.startswith(f"a page at {EVIL} may not read GET /order\n")
    for word in ("chromium", "firefox", "webkit", "cause: ", "fix: ", "Access-Control-Allow-Origin"):
        assert word in text


def test_request_with_failed_preflight_is_not_sent(client_of):
    app = flask_app(allow_methods=["GET"])
    with pytest.raises(AssertionError, match="PUT"):
        assert_cors_allows(client_of(app), "/order", origin=ORIGIN, method="PUT")
    assert [seen["REQUEST_METHOD"] for seen in app.arrived] == ["OPTIONS"]


def test_unlisted_header_raises_an_assertion_error(client_of):
    with pytest.raises(AssertionError, match="x-trace"):
        assert_cors_allows(client_of(flask_app()), "/order", origin=ORIGIN, headers=[("X-Trace", "7")])


def test_credentials_need_a_policy_that_allows_them(client_of):
    client = client_of(flask_app())
    assert_cors_allows(client, "/order", origin=ORIGIN)
    with pytest.raises(AssertionError, match="Access-Control-Allow-Credentials"):
        assert_cors_allows(client, "/order", origin=ORIGIN, credentials="include")


def test_redirect_is_followed_as_by_a_browser(client_of):
    app = flask_app()
    assert_cors_allows(client_of(app), "/moved", origin=ORIGIN)
    assert [seen["PATH_INFO"] for seen in app.arrived] == ["/moved", "/order"]


def test_endless_redirect_is_denied(client_of):
    assert_cors_denies(client_of(flask_app()), "/loops", origin=ORIGIN)


def test_assert_denies_passes_only_for_unlisted_origins(client_of):
    client = client_of(flask_app())
    assert_cors_denies(client, "/order", origin=EVIL)
    with pytest.raises(AssertionError, match=f"a page at {ORIGIN} may read GET /order in .*chromium"):
        assert_cors_denies(client, "/order", origin=ORIGIN)


def test_assertion_returns_the_explanation(client_of):
    explanation = assert_cors_allows(client_of(flask_app(expose_headers=["etag"])), "/order", origin=ORIGIN)
    assert explanation.allowed_in_all


def test_default_credentials_of_a_client_are_left_out():
    app = flask_app(allow_methods=["PUT"])
    client = httpx.Client(
        transport=httpx.WSGITransport(app=app),
        base_url="http://testserver",
        headers={"Authorization": "x"},
        auth=("a", "b"),
    )
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT")
    assert [seen.get("HTTP_AUTHORIZATION") for seen in app.arrived] == [None, None]


def test_default_headers_of_a_client_are_sent_except_credentials(client_of):
    app = flask_app(allow_methods=["PUT"])
    client = client_of(app)
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT")
    assert [seen.get("HTTP_AUTHORIZATION") for seen in app.arrived] == [None, None]
    if isinstance(client, falcon.testing.TestClient):
        assert [seen.get("HTTP_X_OWN") for seen in app.arrived] == ["1", "1"]


def test_async_clients_are_awaited(async_client_of):
    async def run():
        app = flask_app(allow_methods=["PUT"])
        async with async_client_of(app) as client:
            await assert_cors_allows_async(client, "/order?x=1", origin=ORIGIN, method="PUT")
            await assert_cors_denies_async(client, "/order", origin=EVIL)
            await assert_cors_allows_async(client, "/moved", origin=ORIGIN)
            with pytest.raises(AssertionError):
                await assert_cors_allows_async(client, "/order", origin=EVIL)
        assert [
            (seen["REQUEST_METHOD"], seen["PATH_INFO"], seen["QUERY_STRING"], seen.get("HTTP_AUTHORIZATION"))
            for seen in app.arrived[:4]
        ] == [
            ("OPTIONS", "/order", "x=1", None),
            ("PUT", "/order", "x=1", None),
            ("GET", "/order", "", None),
            ("GET", "/moved", "", None),
        ]

    asyncio.run(run())


def test_cookies_of_async_clients_are_sent_only_if_included(async_client_of):
    async def run():
        app = flask_app(allow_methods=["PUT"], allow_credentials=True)
        async with async_client_of(app) as client:
            if isinstance(client, falcon.testing.ASGIConductor):
                return
            # The cookie is `seen`, which the application sets.
            for credentials in ("include", "include", "omit"):
                await assert_cors_allows_async(client, "/order", origin=ORIGIN, method="PUT", credentials=credentials)
        assert [bool(seen.get("HTTP_COOKIE")) for seen in app.arrived] == [False, False, False, True, False, False]

    asyncio.run(run())


def test_sync_and_async_functions_refuse_the_other_kind_of_client():
    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=Bridge(flask_app()))) as client:
            with pytest.raises(TypeError, match="AsyncClient is asynchronous: write await"):
                assert_cors_allows(client, "http://testserver/order", origin=ORIGIN)
        with pytest.raises(TypeError, match="QuartClient is asynchronous: write await assert_cors_"):
            assert_cors_allows(quart.Quart("shop").test_client(), "/order", origin=ORIGIN)
        with pytest.raises(TypeError, match="FlaskClient is not asynchronous: write assert_cors_"):
            await assert_cors_denies_async(flask_app().test_client(), "/order", origin=ORIGIN)

    asyncio.run(run())


def test_client_without_base_url_needs_an_absolute_url():
    for client in (requests.Session(), urllib3.PoolManager()):
        with pytest.raises(ValueError, match="has no base URL: write an absolute URL"):
            assert_cors_allows(client, "/order", origin=ORIGIN)
    with served(flask_app()) as url:
        assert_cors_allows(requests.Session(), f"{url}order", origin=ORIGIN)


def test_unknown_client_is_refused_with_the_known_ones():
    with pytest.raises(TypeError, match="use Starlette's TestClient"):
        assert_cors_allows(object(), "/order", origin=ORIGIN)
