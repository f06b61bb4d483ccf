"""Every client that `corsac.testing` knows, each in front of the same application."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import wsgiref.simple_server

import aiohttp
import aiohttp.test_utils
import aiohttp.web
import falcon.testing
import httpx
import quart
import requests
import urllib3
from flask import Flask, Response, redirect
from starlette.testclient import TestClient

from corsac.wsgi import CORSMiddleware

ORIGIN = "https://app.example.com"


EVIL = "https://evil.example"


def flask_app(**options):
    """An application that records each request."""
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
    """The same WSGI application for ASGI clients, so that every client gets the same responses."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        import io

        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                # Falcon's client sends events of its own, too.
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
        """Hands each request to the Flask application."""

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
    """Serve the application on a port of this machine, for clients without a test transport, and yield its URL."""
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class Session(requests.Session):
    """A session with a base URL, like the one of requests_toolbelt."""

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
    async def handle(request):
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
    site.router.add_route("*", "/{path:.*}", handle)
    async with aiohttp.test_utils.TestClient(aiohttp.test_utils.TestServer(site)) as client:
        yield client


ASYNC_CLIENTS = {
    "httpx": httpx_client,
    "quart": quart_client,
    "falcon": lambda app: falcon.testing.ASGIConductor(Bridge(app), headers={"Authorization": "x"}),
    "aiohttp session": aiohttp_session,
    "aiohttp test client": aiohttp_client,
}
