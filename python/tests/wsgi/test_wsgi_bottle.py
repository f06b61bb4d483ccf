"""Bottle in `corsac.wsgi`: its errors, its redirects and the exceptions that it catches have the headers."""

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
def test_only_the_allowed_page_reads_responses(client, path, capsys):
    assert_cors_allows(client, path, origin=ORIGIN, credentials="include")
    assert_cors_denies(client, path, origin=EVIL, credentials="include")
    # Bottle prints the exceptions that it catches.
    capsys.readouterr()


def test_allowed_page_reads_an_error_after_a_preflight(client):
    assert_cors_allows(client, "/order", origin=ORIGIN, method="PUT", credentials="include")
    assert client.put("/order", headers={"Origin": ORIGIN}).status_code == 409
    assert_cors_denies(client, "/order", origin=ORIGIN, method="DELETE")


def test_plain_options_is_left_to_bottle(client):
    response = client.request("OPTIONS", "/order", headers={"Origin": ORIGIN})
    assert response.status_code == 405
    assert response.headers["access-control-allow-origin"] == ORIGIN
