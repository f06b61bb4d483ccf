"""What the WSGI middleware logs, in report-only mode too."""

from __future__ import annotations

import logging

import pytest
from wsgi_server import OPTIONS, ORIGIN, PREFLIGHT, Server, application, ask, reflecting, unreachable

from corsac.wsgi import CORSMiddleware


def test_denied_preflight_cannot_forge_log_lines(caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        ask(unreachable, "OPTIONS", PREFLIGHT | {"Origin": "https://evil.example\r\nforged"})
    assert len(caplog.records) == 1
    assert "\n" not in caplog.records[0].getMessage()


@pytest.mark.parametrize(
    ("method", "headers", "says"),
    [
        ("GET", {"Origin": ORIGIN}, "this request would be allowed; the application's own response does not pass"),
        ("GET", {"Origin": "https://evil.example"}, "this request would be denied"),
        ("OPTIONS", PREFLIGHT, "this preflight would be allowed; the application's own response does not pass"),
    ],
)
def test_report_only_changes_nothing_and_logs_the_decision(caplog, method, headers, says):
    with caplog.at_level(logging.INFO, "corsac"):
        response = ask(application, method, headers, report_only=True, **OPTIONS)
    assert (response.status, response.body) == (200, b"ok")
    assert response.headers == [("Content-Type", "text/plain"), ("Content-Length", "2")]
    assert says in caplog.text


def test_report_only_logs_that_the_response_passes(caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        response = ask(reflecting, "GET", {"Origin": ORIGIN}, report_only=True, **OPTIONS)
    assert response.header("vary") == ["Cookie", "Accept, ORIGIN"]
    assert "the application's own response passes" in caplog.text


def test_log_names_method_path_and_client_and_never_the_query(caplog):
    caplog.set_level(logging.DEBUG, "corsac")
    middleware = CORSMiddleware(application, **OPTIONS)
    evil = {"Origin": "https://evil.example"}
    extra = {"REMOTE_ADDR": "203.0.113.7", "REQUEST_URI": "/a%20b?token=secret"}
    for number in range(100):
        Server(middleware).request("OPTIONS", PREFLIGHT | evil, f"/{number}", **extra)
        Server(middleware).request("GET", evil, f"/{number}", **extra)
        Server(middleware).request("GET", evil | {"Sec-Fetch-Site": "same-origin"}, f"/{number}", **extra)
    lines = [f"{record.levelname} {record.getMessage()}" for record in caplog.records]
    because = 'origin "https://evil.example" is not allowed'
    assert lines[:2] == [
        f"WARNING preflight denied: {because}; OPTIONS /a%20b from 203.0.113.7",
        f"DEBUG response not shared: {because}; GET /a%20b from 203.0.113.7",
    ]
    assert len(lines) == 2 * (16 + 2)


def test_replaced_header_of_the_application_is_logged_once(caplog):
    middleware = CORSMiddleware(reflecting, **OPTIONS)
    for _ in range(3):
        Server(middleware).request(headers={"Origin": "https://evil.example"})
    names = [record.getMessage().split()[8].rstrip(":") for record in caplog.records]
    assert names == [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-max-age",
    ]
