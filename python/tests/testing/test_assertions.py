"""`corsac.testing` on every client: what a browser would send goes out, and what it would say comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import wsgiref.simple_server

import aiohttp
import aiohttp.test_utils
import aiohttp.web
import falcon.testing
import httpx
import pytest
import quart
import requests
import urllib3
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

        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                # Falcon's client sends events that no application knows.
                if kind in ("lifespan.startup", "lifespan.shutdown"):
                    await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        body = (await receive()).get("body", b"")
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
        lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
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


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(app):
    """The application on a port of this machine, as clients without a test transport need it; its URL."""
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class Session(requests.Session):
    """A session with a base URL, as requests_toolbelt has one."""

    def __init__(self, base_url):
        super().__init__()
        self.base_url = base_url


class Pool(urllib3.PoolManager):
    def __init__(self, base_url):
        super().__init__(headers={"Authorization": "x", "Accept": "*/*"})
        self.base_url = base_url


CLIENTS = {
    "flask": lambda app: app.test_client(),
    "falcon": lambda app: falcon.testing.TestClient(app, headers={"Authorization": "x", "X-Own": "1"}),
    "httpx with WSGITransport": lambda app: httpx.Client(
        transport=httpx.WSGITransport(app=app), base_url="http://testserver"
    ),
    "starlette": lambda app: TestClient(Bridge(app)),
    "django": django_client,
}
SERVED = {"requests": Session, "urllib3": Pool}


@pytest.fixture(params=[*CLIENTS, *SERVED])
def client_of(request):
    if request.param in CLIENTS:
        yield CLIENTS[request.param]
        return
    with contextlib.ExitStack() as stack:
        yield lambda app: SERVED[request.param](stack.enter_context(served(app)))


@contextlib.asynccontextmanager
async def quart_client(app):
    site = quart.Quart("shop")
    site.asgi_app = Bridge(app)
    yield site.test_client()


@contextlib.asynccontextmanager
async def httpx_client(app):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=Bridge(app)), base_url="http://testserver"
    ) as client:
        yield client


@contextlib.asynccontextmanager
async def aiohttp_session(app):
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        url = await loop.run_in_executor(None, stack.enter_context, served(app))
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(url, cookie_jar=jar, headers={"Authorization": "x"}) as client:
            yield client
        await loop.run_in_executor(None, stack.close)


@contextlib.asynccontextmanager
async def aiohttp_client(app):
    async def answer(request):
        environ = {
            "REQUEST_METHOD": request.method, "PATH_INFO": request.path, "QUERY_STRING": request.query_string,
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        }  # fmt: skip
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
        started = []
        body = b"".join(app(environ, lambda status, headers, exc_info=None: started.append((status, headers))))
        status, headers = started[-1]
        return aiohttp.web.Response(status=int(status[:3]), headers=[*headers], body=body)

    site = aiohttp.web.Application()
    site.router.add_route("*", "/{path:.*}", answer)
    async with aiohttp.test_utils.TestClient(aiohttp.test_utils.TestServer(site)) as client:
        yield client


WAITED_FOR = {
    "httpx": httpx_client,
    "quart": quart_client,
    "falcon": lambda app: falcon.testing.ASGIConductor(Bridge(app), headers={"Authorization": "x"}),
    "aiohttp session": aiohttp_session,
    "aiohttp test client": aiohttp_client,
}


@pytest.fixture(params=WAITED_FOR)
def waited_for(request):
    return WAITED_FOR[request.param]


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


def test_default_credentials_and_other_headers_of_a_client(client_of):
    app = flask_app(allow_methods=["PUT"])
    client = client_of(app)
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT")
    assert [seen.get("HTTP_AUTHORIZATION") for seen in app.arrived] == [None, None]
    if isinstance(client, falcon.testing.TestClient):
        assert [seen.get("HTTP_X_OWN") for seen in app.arrived] == ["1", "1"]


def test_asynchronous_clients_are_waited_for(waited_for):
    async def run():
        app = flask_app(allow_methods=["PUT"])
        async with waited_for(app) as client:
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


def test_cookies_of_asynchronous_clients_go_along_only_where_they_are_included(waited_for):
    async def run():
        app = flask_app(allow_methods=["PUT"], allow_credentials=True)
        async with waited_for(app) as client:
            if isinstance(client, falcon.testing.ASGIConductor):
                return
            # `seen`, which the application sets.
            for credentials in ("include", "include", "omit"):
                await assert_cors_allows_async(client, "/order", origin=ORIGIN, method="PUT", credentials=credentials)
        assert [bool(seen.get("HTTP_COOKIE")) for seen in app.arrived] == [False, False, False, True, False, False]

    asyncio.run(run())


def test_a_client_and_an_assertion_that_do_not_fit_are_refused_with_what_to_write():
    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=Bridge(flask_app()))) as client:
            with pytest.raises(TypeError, match="AsyncClient is waited for: write await"):
                assert_cors_allows(client, "http://testserver/order", origin=ORIGIN)
        with pytest.raises(TypeError, match="QuartClient is waited for: write await assert_cors_"):
            assert_cors_allows(quart.Quart("shop").test_client(), "/order", origin=ORIGIN)
        with pytest.raises(TypeError, match="FlaskClient is no client that is waited for: write assert_cors_"):
            await assert_cors_denies_async(flask_app().test_client(), "/order", origin=ORIGIN)

    asyncio.run(run())


def test_a_client_without_a_base_url_needs_a_whole_url():
    for client in (requests.Session(), urllib3.PoolManager()):
        with pytest.raises(ValueError, match="has no base URL: write an absolute one"):
            assert_cors_allows(client, "/order", origin=ORIGIN)
    with served(flask_app()) as url:
        assert_cors_allows(requests.Session(), f"{url}order", origin=ORIGIN)


def test_another_object_is_refused_with_what_to_write():
    with pytest.raises(TypeError, match="write Starlette's TestClient"):
        assert_cors_allows(object(), "/order", origin=ORIGIN)
