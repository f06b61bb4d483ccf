"""Django on real servers, sync on waitress and async on uvicorn: authentication, errors, streams, a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import API_HOST, PAGE_HOST, STRANGER_HOST, assert_reads, call, need_chromium, page_server
from serving import Received, logged, serving

SITE = Path(__file__).parent
ORIGIN = "http://app.site.localhost:7"
SERVERS = {
    "sync on waitress": ("waitress", "--listen=127.0.0.1:{port}", "project.wsgi:application"),
    "async on uvicorn": ("uvicorn", "--host=127.0.0.1", "--port={port}", "--lifespan=off", "project.asgi:application"),
}


@pytest.fixture(params=SERVERS, scope="module")
def server(request, tmp_path_factory):
    log = tmp_path_factory.mktemp(request.param.partition(" ")[0]) / "log"
    with serving(SITE, log, *SERVERS[request.param]) as port:
        yield port, log


PREFLIGHT = (
    ("Origin", ORIGIN),
    ("Access-Control-Request-Method", "PUT"),
    ("Access-Control-Request-Headers", "content-type"),
)


def logged_in(port):
    response = Received(port, "POST", "/login", ("Content-Length", "15"), body=b'{"name": "fox"}')
    return response.headers["set-cookie"].partition(";")[0]


def test_preflight_is_decided_before_authentication(server):
    response = Received(server[0], "OPTIONS", "/me", *PREFLIGHT)
    assert (response.status, response.body) == (204, b"")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-methods"] == "GET, POST, PUT"


def test_denied_preflight_gives_its_reason(server):
    response = Received(server[0], "OPTIONS", "/me", ("Origin", "https://evil.example"), *PREFLIGHT[1:])
    assert response.status == 403
    assert response.body.startswith(b'origin "https://evil.example" is not allowed')
    assert response.headers["content-type"] == "text/plain"


def test_error_response_has_the_headers(server):
    response = Received(server[0], "GET", "/me", ("Origin", ORIGIN))
    assert response.status == 401
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "Origin" in response.vary()


@pytest.mark.parametrize("path", ["/raise", "/async/raise"])
def test_exception_of_a_view_becomes_a_500_with_headers(server, path):
    port, log = server
    response = Received(port, "GET", path, ("Origin", ORIGIN), ("Cookie", logged_in(port)))
    assert response.status == 500
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert logged(log, "LookupError")


@pytest.mark.parametrize("path", ["/stream", "/async/stream"])
# Django warns that one kind of server collects streams of the other kind. This is the server's log,
# not ours.
def test_stream_arrives_complete(server, path):
    response = Received(server[0], "GET", path, ("Origin", ORIGIN), ("Cookie", logged_in(server[0])))
    assert (response.status, response.body) == (200, b"one two three")
    assert response.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("path", ["/me", "/async/me"])
def test_vary_keeps_what_the_session_wrote(server, path):
    response = Received(server[0], "GET", path, ("Origin", ORIGIN), ("Cookie", logged_in(server[0])))
    assert (response.status, response.body) == (200, b"fox")
    assert response.vary() == ["Cookie", "Origin"]


def test_two_origin_lines_are_denied_however_the_server_joins_them(server):
    response = Received(server[0], "OPTIONS", "/me", ("Origin", ORIGIN), *PREFLIGHT)
    assert response.status == 403
    assert b"well-formed origin" in response.body


@pytest.mark.parametrize("name", SERVERS)
def test_page_in_chromium_calls_django_with_cookies(name, tmp_path):
    need_chromium()
    with serving(SITE, tmp_path / "log", *SERVERS[name]) as api, page_server() as page:
        assert_reads(call(f"http://{PAGE_HOST}:{page}/", f"http://{API_HOST}:{api}"))


@pytest.mark.parametrize("name", SERVERS)
def test_page_of_an_unlisted_origin_reads_nothing(name, tmp_path):
    need_chromium()
    with serving(SITE, tmp_path / "log", *SERVERS[name]) as api, page_server() as page:
        results = call(f"http://{STRANGER_HOST}:{page}/", f"http://{API_HOST}:{api}")
    assert {name: result.get("error") for name, result in results.items()} == dict.fromkeys(results, "TypeError")
