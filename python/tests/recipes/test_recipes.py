"""Runs the blocks of RECIPES.md: a preflight, an allowed and a denied request, an error, and a 404."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import httpx
import one_django
import pytest
from serving import PATIENCE, serving
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

TEXT = (Path(__file__).resolve().parents[2] / "RECIPES.md").read_text()
ORIGIN = "https://app.example.com"
EVIL = "https://evil.example"
ASKED = {"Access-Control-Request-Method": "PUT"}
TITLES = ["Litestar", "Quart", "Falcon (ASGI)", "Falcon (WSGI)", "Sanic", "Django Channels", "AWS Lambda"]


def code(title):
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    return "\n".join(re.findall(r"^```python\n(.*?)^```", found[1], re.DOTALL | re.MULTILINE))


def section(title):
    """Return the code of a section as a module, because frameworks look up annotations in one."""
    module = types.ModuleType("recipe_" + re.sub(r"\W", "_", title.lower()))
    sys.modules[module.__name__] = module
    exec(compile(code(title), f"RECIPES.md, {title}", "exec"), vars(module))
    return module


def test_every_section_is_tested():
    assert re.findall(r"^## (.*)$", TEXT, re.MULTILINE) == TITLES


def ask(client, path, origin, method="GET", **headers):
    response = client.request(method, path, headers={"Origin": origin} | headers)
    # Falcon's errors vary on Accept.
    vary = response.headers["vary"].removeprefix("Accept, ")
    return response.status_code, response.headers.get("access-control-allow-origin"), vary


def expect(client, preflight_status):
    """Check the responses that every application must send."""
    every = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    for path in ("/orders", "/nothing"):
        assert ask(client, path, ORIGIN, "OPTIONS", **ASKED) == (preflight_status, ORIGIN, every)
        assert ask(client, path, EVIL, "OPTIONS", **ASKED) == (403, None, every)
    for path, status in (("/orders", 200), ("/broken", 500), ("/nothing", 404)):
        assert ask(client, path, ORIGIN) == (status, ORIGIN, "Origin")
        assert ask(client, path, EVIL) == (status, None, "Origin")


@pytest.mark.parametrize("title", ["Litestar", "Quart", "Falcon (ASGI)", "Sanic"])
def test_asgi_application_responds_under_uvicorn(title, tmp_path):
    (tmp_path / "shop.py").write_text(code(title))
    server = serving(tmp_path, tmp_path / "log", "uvicorn", "shop:app", "--port", "{port}")
    with server as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
        expect(client, 200)


def test_channels_application_responds():
    one_django.configure()
    expect(TestClient(section("Django Channels").app, raise_server_exceptions=False), 200)


def test_wsgi_application_responds():
    transport = httpx.WSGITransport(app=section("Falcon (WSGI)").app)
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        expect(client, 204)


def test_channels_refuses_handshakes_of_strangers():
    one_django.configure()
    client = TestClient(section("Django Channels").app)
    for headers in ({"Origin": ORIGIN}, {"Origin": "https://shop.example.com", "Host": "shop.example.com"}):
        with client.websocket_connect("/chat", headers=headers):
            pass
    for headers in ({"Origin": EVIL}, {"Origin": "https://other.example.com", "Host": "other.example.com"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/chat", headers=headers):
            pass


class Lambda(httpx.BaseTransport):
    """Events and responses in both formats of a gateway."""

    def __init__(self, handler, is_first):
        self.handler, self.is_first = handler, is_first

    def handle_request(self, request):
        lines = [(name.decode(), value.decode()) for name, value in request.headers.raw]
        if self.is_first:
            many = {name: [value for other, value in lines if other == name] for name, _ in lines}
            event = {
                "httpMethod": request.method,
                "path": request.url.path,
                "headers": dict(lines),
                "multiValueHeaders": many,
            }
        else:
            http = {"method": request.method, "path": request.url.path}
            event = {
                "version": "2.0", "rawPath": request.url.path, "headers": {n.lower(): v for n, v in lines},
                "requestContext": {"http": http},
            }  # fmt: skip
        response = self.handler(event, None)
        assert "multiValueHeaders" in response or not self.is_first
        headers = [(name, value) for name, values in response.get("multiValueHeaders", {}).items() for value in values]
        return httpx.Response(
            response["statusCode"],
            headers=headers or list(response["headers"].items()),
            content=response.get("body", ""),
        )


@pytest.mark.parametrize("is_first", [True, False], ids=["format 1.0", "format 2.0"])
def test_lambda_handler_responds(is_first):
    with httpx.Client(
        transport=Lambda(section("AWS Lambda").handler, is_first), base_url="http://testserver"
    ) as client:
        expect(client, 204)
        assert client.get("/orders").headers["content-type"] == "application/json"
