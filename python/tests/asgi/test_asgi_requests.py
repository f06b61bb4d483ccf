"""Each class of request on raw ASGI: one decision, then a response to the preflight or headers on the response."""

from __future__ import annotations

import asyncio
import logging

import pytest
from asgi_connection import APP, EVIL, Answering, exchange, preflight

from corsac import Policy
from corsac.asgi import CORSMiddleware

CORS = {
    "allow_origins": [APP],
    "allow_methods": ["GET", "PUT"],
    "allow_headers": ["X-Token"],
    "allow_credentials": True,
}


def test_preflight_never_reaches_the_application() -> None:
    app = Answering()
    sent = exchange(CORSMiddleware(app, **CORS), "OPTIONS", headers=preflight(APP, "PUT", "x-token"))
    assert (sent.status, app.scopes) == (200, [])
    assert sent.one("access-control-allow-origin") == APP
    assert sent.one("access-control-allow-credentials") == "true"
    assert sent.one("access-control-allow-methods") == "GET, PUT"
    assert (
        sent.one("access-control-allow-headers") == "accept, accept-language, content-language, content-type, x-token"
    )
    assert sent.one("access-control-max-age") == "600"
    assert sent.one("vary") == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    assert sent.one("content-length") == "0"
    assert [message["type"] for message in sent.messages] == ["http.response.start", "http.response.body"]
    assert all(name == name.lower() for name, _ in sent.lines)


def test_denied_preflight_gives_its_reason_in_body_and_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corsac"):
        sent = exchange(CORSMiddleware(Answering(), **CORS), "OPTIONS", headers=preflight(EVIL, "PUT"))
    assert sent.status == 403
    assert sent.one("access-control-allow-origin") is None
    assert sent.one("content-type") == "text/plain"
    assert sent.one("x-content-type-options") == "nosniff"
    assert EVIL in sent.body.decode()
    assert sent.one("content-length") == str(len(sent.body))
    (record,) = caplog.records
    assert record.name == "corsac"
    assert EVIL in record.getMessage()


def test_request_cannot_add_lines_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corsac"):
        exchange(
            CORSMiddleware(Answering(), **CORS),
            "OPTIONS",
            headers=preflight("https://a\n\x1b[31m\xff" + "x" * 10_000, "PUT"),
        )
    text = caplog.records[0].getMessage()
    assert text.isprintable()
    assert text.isascii()
    assert len(text) < 1000


def test_allowed_request_reaches_the_application_and_is_shared() -> None:
    app = Answering()
    sent = exchange(CORSMiddleware(app, **CORS, expose_headers=["X-Total"]), headers={"origin": APP})
    assert (sent.status, sent.body, len(app.scopes)) == (200, b"hello", 1)
    assert sent.one("access-control-allow-origin") == APP
    assert sent.one("access-control-expose-headers") == "x-total"
    assert sent.one("vary") == "Origin"


@pytest.mark.parametrize("headers", [{"origin": EVIL}, {}, {"origin": ""}])
def test_denied_request_reaches_the_application_and_is_not_shared(headers: dict[str, str]) -> None:
    app = Answering()
    sent = exchange(CORSMiddleware(app, **CORS), "POST", headers=headers)
    assert (sent.status, sent.body, len(app.scopes)) == (200, b"hello", 1)
    assert [name for name, _ in sent.lines] == [b"vary"]


@pytest.mark.parametrize("headers", [{}, {"origin": APP}, {"access-control-request-method": "PUT"}])
def test_plain_options_request_reaches_the_application(headers: dict[str, str]) -> None:
    app = Answering(204, [(b"allow", b"GET")])
    sent = exchange(CORSMiddleware(app, **CORS), "OPTIONS", headers=headers)
    assert (sent.status, sent.one("allow"), len(app.scopes)) == (204, "GET", 1)


@pytest.mark.parametrize("origin", [APP, EVIL])
def test_lines_of_the_application_give_way_and_its_vary_stays(origin: str) -> None:
    reflecting = [
        (b"Access-Control-Allow-Origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"ACCESS-CONTROL-MAX-AGE", b"9"),
        (b"Vary", b"Accept-Encoding"),
        (b"vary", b"Cookie"),
        (b"x-other", b"1"),
    ]
    sent = exchange(CORSMiddleware(Answering(headers=reflecting), **CORS), headers={"origin": origin})
    assert sent.one("access-control-allow-origin") == (APP if origin == APP else None)
    assert sent.one("access-control-allow-credentials") == ("true" if origin == APP else None)
    assert sent.one("access-control-max-age") is None
    assert sent.all("vary") == ["Accept-Encoding", "Cookie", "Origin"]
    assert sent.one("x-other") == "1"


@pytest.mark.parametrize("status", [304, 302, 404, 500, 503])
def test_every_status_carries_the_headers(status: int) -> None:
    sent = exchange(CORSMiddleware(Answering(status), **CORS), headers={"origin": APP})
    assert (sent.status, sent.one("access-control-allow-origin")) == (status, APP)


def test_any_origin_policy_sends_the_same_headers_to_all() -> None:
    governed = CORSMiddleware(Answering(), allow_origins=["*"])
    for headers in ({}, {"origin": EVIL}, {"origin": "null"}):
        sent = exchange(governed, headers=headers)
        assert sent.lines == [(b"access-control-allow-origin", b"*")]


def test_message_of_the_application_is_not_changed() -> None:
    app = Answering(headers=[(b"x-other", b"1")])
    governed = CORSMiddleware(app, **CORS)
    exchange(governed, headers={"origin": APP})
    assert app.start["headers"] == [(b"x-other", b"1")]
    assert exchange(governed, headers={"origin": EVIL}).one("access-control-allow-origin") is None


def test_response_without_headers_gets_the_cors_headers() -> None:
    async def app(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    assert exchange(CORSMiddleware(app, **CORS), headers={"origin": APP}).one("access-control-allow-origin") == APP


def test_stream_is_passed_on_message_by_message() -> None:
    async def app(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        for part in (b"a", b"b"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
        await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]})

    sent = exchange(CORSMiddleware(app, **CORS), headers={"origin": APP})
    assert sent.messages[0]["trailers"] is True
    assert sent.messages[1:] == [
        {"type": "http.response.body", "body": b"a", "more_body": True},
        {"type": "http.response.body", "body": b"b", "more_body": True},
        {"type": "http.response.body"},
        {"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]},
    ]


def test_lifespan_and_websocket_are_untouched() -> None:
    app = Answering()
    seen: list[object] = []

    async def receive() -> dict[str, str]:
        return {"type": "none"}

    async def send(message: dict[str, object]) -> None:
        seen.append(message)

    async def keeping(scope: object, receive_: object, send_: object) -> None:
        assert (receive_, send_) == (receive, send)
        await app(scope, receive_, send_)

    for kind in ("lifespan", "websocket"):
        scope = {"type": kind, "path": "/", "headers": [(b"origin", EVIL.encode())]}
        asyncio.run(CORSMiddleware(keeping, **CORS)(scope, receive, send))
        assert app.scopes.pop() is scope
    assert seen == []


def test_running_request_keeps_its_decision_when_the_policy_changes() -> None:
    async def app(_scope: object, _receive: object, send: object) -> None:
        governed.policy = Policy([EVIL])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    governed = CORSMiddleware(app, policy=Policy([APP]))
    assert exchange(governed, headers={"origin": APP}).one("access-control-allow-origin") == APP
    assert exchange(governed, headers={"origin": EVIL}).one("access-control-allow-origin") == EVIL
    assert exchange(governed, headers={"origin": APP}).one("access-control-allow-origin") is None


def test_request_is_not_read_again_for_the_response() -> None:
    async def app(scope: dict[str, object], _receive: object, send: object) -> None:
        scope["headers"] = [(b"origin", EVIL.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    assert exchange(CORSMiddleware(app, **CORS), headers={"origin": APP}).one("access-control-allow-origin") == APP
