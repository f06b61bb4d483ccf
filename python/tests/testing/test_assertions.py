"""`corsac.testing` on every client: what a browser would send goes out, and what it would say comes back."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from flask import Flask, Response, redirect
from starlette.testclient import TestClient

from corsac.testing import assert_cors_allows, assert_cors_allows_async, assert_cors_denies, assert_cors_denies_async
from corsac.wsgi import CORSMiddleware

ORIGIN = "https://app.example.com"
EVIL = "https://evil.example"


def flask_app(**options):
    """An application that keeps what arrived."""
    app = Flask("shop")
    app.arrived = []

    @app.route("/order", methods=["GET", "POST", "PUT", "DELETE"])
    def order():
        return Response("ok", headers={"Set-Cookie": "seen=1"})

    @app.get("/moved")
    def moved():
        return redirect("/order")

    @app.get("/moved-away")
    def moved_away():
        return redirect("http://elsewhere.example/order")

    @app.get("/loops")
    def loops():
        return redirect("/loops")

    class Recorded:
        def __init__(self, inner):
            self.inner = inner

        def __call__(self, environ, start_response):
            app.arrived.append(dict(environ))
            return self.inner(environ, start_response)

    app.wsgi_app = Recorded(CORSMiddleware(app.wsgi_app, **({"allow_origins": [ORIGIN]} | options)))
    return app


class Bridge:
    """The same WSGI application for ASGI clients, so that every client meets the same answers."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        import io

        body = (await receive())["body"]
        environ = {
            "REQUEST_METHOD": scope["method"], "PATH_INFO": scope["path"],
            "QUERY_STRING": scope["query_string"].decode(),
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
        }  # fmt: skip
        for name, value in scope["headers"]:
            key = name.decode().upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value.decode("latin-1")
        started = []
        chunks = self.app(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        content = b"".join(chunks)
        status, headers = started[-1]
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": int(status[:3]), "headers": lines})
        await send({"type": "http.response.body", "body": content})


def django_client(app):
    import one_django

    one_django.configure()
    from django.test import Client

    client = Client()

    class Handler(type(client.handler)):
        """Answers as the Flask application does."""

        def get_response(self, request):
            from django.http import HttpResponse

            started = []
            chunks = app({**request.META, "wsgi.url_scheme": "http"}, lambda s, h, e=None: started.append((s, h)))
            status, headers = started[-1]
            response = HttpResponse(b"".join(chunks), status=int(status[:3]))
            for name, value in headers:
                if name.lower() == "set-cookie":
                    response.cookies.load(value)
                else:
                    response[name] = value
            response.wsgi_request = request
            return response

    client.handler = Handler(enforce_csrf_checks=False)
    return client


CLIENTS = {
    "flask": lambda app: app.test_client(),
    "httpx with WSGITransport": lambda app: httpx.Client(
        transport=httpx.WSGITransport(app=app), base_url="http://testserver"
    ),
    "starlette": lambda app: TestClient(Bridge(app)),
    "django": django_client,
}


@pytest.fixture(params=CLIENTS)
def client_of(request):
    return CLIENTS[request.param]


def test_a_request_without_preflight_is_sent_alone(client_of):
    app = flask_app()
    assert_cors_allows(client_of(app), "/order?x=1", origin=ORIGIN)
    assert [
        (seen["REQUEST_METHOD"], seen["PATH_INFO"], seen["QUERY_STRING"], seen["HTTP_ORIGIN"]) for seen in app.arrived
    ] == [
        ("GET", "/order", "x=1", ORIGIN),
    ]


def test_a_preflight_goes_first_where_a_browser_sends_one(client_of):
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


def test_cookies_go_along_only_where_the_script_includes_them_and_never_with_a_preflight(client_of):
    app = flask_app(allow_methods=["PUT"], allow_credentials=True)
    client = client_of(app)
    if hasattr(client, "set_cookie"):
        client.set_cookie("id", "7")
    elif hasattr(client, "build_request"):
        client.cookies.set("id", "7")
    else:
        client.cookies["id"] = "7"
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT", credentials="include")
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT", credentials="omit")
    assert [bool(seen.get("HTTP_COOKIE")) for seen in app.arrived] == [False, True, False, False]


def test_a_denied_origin_is_an_assertion_error_that_says_who_blocks_why_and_what_to_do(client_of):
    with pytest.raises(AssertionError) as refused:
        assert_cors_allows(client_of(flask_app()), "/order", origin=EVIL)
    text = str(refused.value)
    assert text.startswith(f"a page at {EVIL} may not read GET /order\n")
    for word in ("chromium", "firefox", "webkit", "cause: ", "fix: ", "Access-Control-Allow-Origin"):
        assert word in text


def test_a_request_whose_preflight_fails_is_not_sent(client_of):
    app = flask_app(allow_methods=["GET"])
    with pytest.raises(AssertionError, match="PUT"):
        assert_cors_allows(client_of(app), "/order", origin=ORIGIN, method="PUT")
    assert [seen["REQUEST_METHOD"] for seen in app.arrived] == ["OPTIONS"]


def test_a_header_that_the_policy_does_not_list_is_an_assertion_error(client_of):
    with pytest.raises(AssertionError, match="x-trace"):
        assert_cors_allows(client_of(flask_app()), "/order", origin=ORIGIN, headers=[("X-Trace", "7")])


def test_credentials_need_a_policy_that_allows_them(client_of):
    client = client_of(flask_app())
    assert_cors_allows(client, "/order", origin=ORIGIN)
    with pytest.raises(AssertionError, match="Access-Control-Allow-Credentials"):
        assert_cors_allows(client, "/order", origin=ORIGIN, credentials="include")


def test_a_redirect_is_followed_as_a_browser_follows_it(client_of):
    app = flask_app()
    assert_cors_allows(client_of(app), "/moved", origin=ORIGIN)
    assert [seen["PATH_INFO"] for seen in app.arrived] == ["/moved", "/order"]


def test_a_redirect_that_never_ends_is_denied(client_of):
    assert_cors_denies(client_of(flask_app()), "/loops", origin=ORIGIN)


def test_denies_passes_for_a_stranger_and_fails_for_a_friend(client_of):
    client = client_of(flask_app())
    assert_cors_denies(client, "/order", origin=EVIL)
    with pytest.raises(AssertionError, match=f"a page at {ORIGIN} may read GET /order in .*chromium"):
        assert_cors_denies(client, "/order", origin=ORIGIN)


def test_the_explanation_comes_back(client_of):
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


def test_asynchronous_clients_are_waited_for():
    async def run():
        app = flask_app(allow_methods=["PUT"])
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=Bridge(app)), base_url="http://testserver"
        ) as client:
            await assert_cors_allows_async(client, "/order", origin=ORIGIN, method="PUT")
            await assert_cors_denies_async(client, "/order", origin=EVIL)
            with pytest.raises(AssertionError):
                await assert_cors_allows_async(client, "/order", origin=EVIL)
        assert [seen["REQUEST_METHOD"] for seen in app.arrived[:2]] == ["OPTIONS", "PUT"]

    asyncio.run(run())


def test_a_client_and_an_assertion_that_do_not_fit_are_refused_with_what_to_write():
    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=Bridge(flask_app()))) as client:
            with pytest.raises(TypeError, match="AsyncClient is waited for: write await"):
                assert_cors_allows(client, "http://testserver/order", origin=ORIGIN)
        with pytest.raises(TypeError, match="FlaskClient is no client that is waited for: write assert_cors_"):
            await assert_cors_denies_async(flask_app().test_client(), "/order", origin=ORIGIN)

    asyncio.run(run())


def test_another_object_is_refused_with_what_to_write():
    with pytest.raises(TypeError, match="write Starlette's TestClient"):
        assert_cors_allows(object(), "/order", origin=ORIGIN)
