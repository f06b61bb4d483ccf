"""Flask on waitress and gunicorn: authentication, endpoints that raise, a stream; then a page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import API_HOST, PAGE_HOST, STRANGER_HOST, assert_reads, call, need_chromium, page_server
from serving import Received, logged, serving

APPS = Path(__file__).parent / "apps"
ORIGIN = "http://app.site.localhost:7"
SERVERS = {
    "waitress": ("waitress", "--listen=127.0.0.1:{port}", "flask_app:app"),
    "gunicorn": (
        "gunicorn",
        "--bind=127.0.0.1:{port}",
        "--workers=1",
        "--threads=2",
        "--no-control-socket",
        "flask_app:app",
    ),
}


@pytest.fixture(params=SERVERS, scope="module")
def server(request, tmp_path_factory):
    log = tmp_path_factory.mktemp(request.param) / "log"
    with serving(APPS, log, *SERVERS[request.param], PROPAGATE="1") as port:
        yield port, log


PREFLIGHT = (
    ("Origin", ORIGIN),
    ("Access-Control-Request-Method", "PUT"),
    ("Access-Control-Request-Headers", "content-type"),
)


def test_preflight_is_decided_before_authentication(server):
    response = Received(server[0], "OPTIONS", "/me", *PREFLIGHT)
    assert (response.status, response.body) == (204, b"")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["access-control-allow-methods"] == "GET, POST, PUT"


def test_denied_preflight_gives_its_reason(server):
    response = Received(server[0], "OPTIONS", "/me", ("Origin", "https://evil.example"), *PREFLIGHT[1:])
    assert response.status == 403
    assert response.body.startswith(b'origin "https://evil.example" is not allowed')


@pytest.mark.parametrize(("path", "status"), [("/me", 401), ("/missing", 401)])
def test_error_response_has_the_headers(server, path, status):
    response = Received(server[0], "GET", path, ("Origin", ORIGIN))
    assert response.status == status
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "Origin" in response.vary()


def logged_in(port):
    lines = (("Content-Type", "application/json"), ("Content-Length", "15"))
    return Received(port, "POST", "/login", *lines, body=b'{"name": "fox"}').headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("path", ["/raise", "/stream-raise"])
def test_exception_becomes_a_500_and_is_in_the_server_log(server, path):
    port, log = server
    response = Received(port, "GET", path, ("Origin", ORIGIN), ("Cookie", logged_in(port)))
    assert (response.status, response.body) == (500, b"Internal Server Error")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert logged(log, "LookupError")


def test_stream_arrives_complete(server):
    response = Received(server[0], "GET", "/stream", ("Origin", ORIGIN), ("Cookie", logged_in(server[0])))
    assert (response.status, response.body) == (200, b"one two three")
    assert response.headers["access-control-allow-origin"] == ORIGIN


def test_two_origin_lines_are_denied_however_the_server_joins_them(server):
    response = Received(server[0], "OPTIONS", "/me", ("Origin", ORIGIN), *PREFLIGHT)
    assert response.status == 403
    assert b"well-formed origin" in response.body
    assert "access-control-allow-origin" not in response.headers


def test_several_lines_of_requested_headers_are_one_list(server):
    lines = (*PREFLIGHT, ("Access-Control-Request-Headers", "x-unlisted"))
    response = Received(server[0], "OPTIONS", "/me", *lines)
    assert response.headers["access-control-allow-headers"] == "content-type"
    assert logged(server[1], 'preflight denied: request header "x-unlisted" is not allowed')


@pytest.mark.parametrize("name", SERVERS)
def test_page_in_chromium_calls_flask_with_cookies(name, tmp_path):
    need_chromium()
    with serving(APPS, tmp_path / "log", *SERVERS[name]) as api, page_server() as page:
        assert_reads(call(f"http://{PAGE_HOST}:{page}/", f"http://{API_HOST}:{api}"))


def test_page_of_an_unlisted_origin_reads_nothing(tmp_path):
    need_chromium()
    with serving(APPS, tmp_path / "log", *SERVERS["waitress"]) as api, page_server() as page:
        results = call(f"http://{STRANGER_HOST}:{page}/", f"http://{API_HOST}:{api}")
    assert {name: result.get("error") for name, result in results.items()} == dict.fromkeys(results, "TypeError")
