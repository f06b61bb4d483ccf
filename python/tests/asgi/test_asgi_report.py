"""Report-only mode: the application's responses are not changed, and the log shows the decision."""

from __future__ import annotations

import logging

import pytest
from asgi_connection import APP, EVIL, Answering, exchange, preflight

from corsac import Policy
from corsac._report import report
from corsac.asgi import CORSMiddleware

OWN = [(b"Access-Control-Allow-Origin", b"*"), (b"Vary", b"Cookie")]


def reported(
    app: Answering, caplog: pytest.LogCaptureFixture, method: str = "GET", **headers: str
) -> tuple[list[tuple[bytes, bytes]], list[str]]:
    caplog.clear()
    governed = CORSMiddleware(app, allow_origins=[APP], allow_methods=["GET", "PUT"], report_only=True)
    with caplog.at_level(logging.INFO, "corsac"):
        sent = exchange(governed, method, headers=headers)
    assert sent.lines == app.start["headers"], "nothing is added, removed or merged"
    assert sent.body == app.body
    assert len(app.scopes) == 1, "the application answers"
    return sent.lines, [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


def test_report_only_compares_the_applications_preflight_response(caplog: pytest.LogCaptureFixture) -> None:
    _, (line,) = reported(Answering(405, OWN), caplog, "OPTIONS", **preflight(APP, "PUT"))
    assert line.startswith(
        "WARNING report only: this preflight would be allowed; the application's own response does not pass: "
    )
    lines = [*OWN, (b"access-control-allow-methods", b"PUT")]
    _, (line,) = reported(Answering(204, lines), caplog, "OPTIONS", **preflight(APP, "PUT"))
    passes = "the application's own response passes; OPTIONS / from 127.0.0.1"
    assert line == f"INFO report only: this preflight would be allowed; {passes}"
    _, (line,) = reported(Answering(204, lines), caplog, "OPTIONS", **preflight(EVIL, "PUT"))
    assert line.startswith("WARNING report only: this preflight would be denied: ")
    assert line.endswith("; the application's own response passes; OPTIONS / from 127.0.0.1")


def test_requested_headers_count(caplog: pytest.LogCaptureFixture) -> None:
    lines = [*OWN, (b"access-control-allow-methods", b"PUT")]
    _, (line,) = reported(Answering(204, lines), caplog, "OPTIONS", **preflight(APP, "PUT", "content-type"))
    assert "does not pass" in line


def test_requested_headers_of_each_line_count() -> None:
    requested = b"access-control-request-headers"
    asked = [(b"origin", APP.encode()), (b"access-control-request-method", b"PUT")]
    asked += [(requested, b"x-first"), (requested, b"x-last")]
    decision = Policy([APP], allow_methods=["PUT"], allow_headers=["x-first", "x-last"]).evaluate("OPTIONS", asked)
    response = [*OWN, (b"access-control-allow-methods", b"PUT"), (b"access-control-allow-headers", b"x-last")]
    reported = report(decision, asked, 204, response)
    assert reported is not None
    assert "does not pass" in reported[2]
    assert "x-first" in reported[2]


def test_preflight_that_no_script_can_cause_does_not_pass(caplog: pytest.LogCaptureFixture) -> None:
    lines = [*OWN, (b"access-control-allow-methods", b"*"), (b"access-control-allow-headers", b"*")]
    for method, names, code in [("TRACE", "x-a", "method-forbidden"), ("PUT", "no token", "header-invalid")]:
        _, (line,) = reported(Answering(204, lines), caplog, "OPTIONS", **preflight(APP, method, names))
        assert f"the application's own response does not pass: no browser sends this request: {code}" in line


def test_report_only_compares_actual_but_not_plain_requests(caplog: pytest.LogCaptureFixture) -> None:
    _, (line,) = reported(Answering(200, OWN), caplog, origin=APP)
    assert line == (
        "INFO report only: this request would be allowed; the application's own response passes; GET / from 127.0.0.1"
    )
    _, (line,) = reported(Answering(200, []), caplog, origin=APP)
    assert line.startswith(
        "WARNING report only: this request would be allowed; the application's own response does not pass: "
    )
    _, (line,) = reported(Answering(200, OWN), caplog, origin=APP, cookie="a=b")
    assert "does not pass" in line, "a star is not enough beside cookies"
    _, lines = reported(Answering(200, OWN), caplog)
    assert lines == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "patch", "TRACE", "CONNECT", "no token", "", "é"])
@pytest.mark.parametrize("names", [None, "", "content-type", "x-a,x-b", "cookie", "no token", ",,"])
@pytest.mark.parametrize("origin", [APP, EVIL, "null", "rubbish"])
def test_response_without_cors_headers_never_passes(
    method: str, names: str | None, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    asked = {"origin": origin, "access-control-request-method": method}
    if names is not None:
        asked["access-control-request-headers"] = names
    _, (line,) = reported(Answering(200, []), caplog, "OPTIONS", **asked)
    assert "the application's own response does not pass: " in line
    assert line.startswith("INFO" if "would be denied" in line else "WARNING")


@pytest.mark.parametrize("origin", ["", "rubbish", "https://a.example\xff", "null", "x" * 10_000])
def test_odd_bytes_in_headers_stay_printable_in_the_log(origin: str, caplog: pytest.LogCaptureFixture) -> None:
    _, (line,) = reported(Answering(200, OWN), caplog, origin=origin)
    assert line.isprintable()
    assert line.isascii()
    assert len(line) < 1000
    _, (line,) = reported(
        Answering(200, OWN),
        caplog,
        "OPTIONS",
        **{"origin": origin, "access-control-request-method": "\xff \n", "access-control-request-headers": "\xff,,a b"},
    )
    assert line.isprintable()
    assert line.isascii()
    assert len(line) < 1000
