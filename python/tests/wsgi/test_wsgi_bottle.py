"""Bottle through `corsac.wsgi`: its own errors, its redirects and the exceptions that it catches carry the headers."""

from __future__ import annotations

import bottle
import httpx
import pytest

from corsac.testing import assert_cors_allows, assert_cors_denies
from corsac.wsgi import CORSMiddleware

ORIGIN = "https://app.example.com"
EVIL = "https://evil.example"


@pytest.fixture
def client():
    app = bottle.Bottle()

    @app.get("/order")
    def order():
        return {"number": 7}

    @app.put("/order")
    def change():
        bottle.abort(409, "somebody else was first")

    @app.get("/moved")
    def moved():
        bottle.redirect("/order")

    @app.get("/raises")
    def raises():
        raise RuntimeError("a bug")

    governed = CORSMiddleware(app, allow_origins=[ORIGIN], allow_methods=["GET", "PUT"], allow_credentials=True)
    transport = httpx.WSGITransport(app=governed, raise_app_exceptions=False)
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize("path", ["/order", "/moved", "/raises", "/missing"])
def test_an_allowed_page_reads_every_answer_and_another_page_none(client, path, capsys):
    assert_cors_allows(client, path, origin=ORIGIN, credentials="include")
    assert_cors_denies(client, path, origin=EVIL, credentials="include")
    # Bottle prints what it catches.
    capsys.readouterr()


def test_an_error_behind_a_preflight_is_read(client):
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT", credentials="include")
    assert client.put("/order", headers={"Origin": ORIGIN}).status_code == 409
    assert_cors_denies(client, "/order", origin=ORIGIN, method="DELETE")


def test_a_plain_options_is_bottles_own(client):
    answer = client.request("OPTIONS", "/order", headers={"Origin": ORIGIN})
    assert answer.status_code == 405
    assert answer.headers["access-control-allow-origin"] == ORIGIN
