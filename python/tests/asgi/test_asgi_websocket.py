"""Websocket handshakes are not CORS requests. Origin is checked only with `enforce_websocket_origin`."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from asgi_connection import APP, EVIL, exchange
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from corsac import Policy, PolicySet
from corsac.asgi import CORSMiddleware


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


def client(**options: Any) -> TestClient:
    return TestClient(
        CORSMiddleware(Starlette(routes=[WebSocketRoute("/", echo), WebSocketRoute("/open", echo)]), **options)
    )


def echoes(of: TestClient, path: str = "/", **headers: str) -> bool:
    try:
        with of.websocket_connect(path, headers=headers) as websocket:
            websocket.send_text("hi")
            return websocket.receive_text() == "hi"
    except WebSocketDisconnect as error:
        assert error.code == 1008
        return False


def test_any_origin_may_shake_hands_where_it_is_not_enforced() -> None:
    assert echoes(client(allow_origins=[APP]), origin=EVIL)


def test_where_it_is_enforced_the_policy_decides(caplog: pytest.LogCaptureFixture) -> None:
    enforcing = client(allow_origins=[APP], enforce_websocket_origin=True)
    assert echoes(enforcing, origin=APP)
    assert echoes(enforcing), "no browser, no Origin"
    with caplog.at_level(logging.WARNING, "corsac"):
        assert not echoes(enforcing, origin=EVIL)
        assert not echoes(enforcing, origin="null")
    assert [EVIL in record.getMessage() for record in caplog.records] == [True, False]


def test_policy_of_the_path_decides_handshakes() -> None:
    enforcing = client(policies={"/open": Policy(["*"])}, policy=Policy([APP]), enforce_websocket_origin=True)
    assert not echoes(enforcing, "/open", origin=EVIL), "no policy lists it"
    assert echoes(enforcing, "/open"), "no browser, no Origin"
    assert not echoes(enforcing, "/", origin=EVIL)
    assert echoes(enforcing, "/", origin=APP)


def test_refused_handshake_never_reaches_the_application() -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        pytest.fail("it was called")

    sent = exchange(
        CORSMiddleware(app, allow_origins=[APP], enforce_websocket_origin=True),
        type="websocket",
        headers={"origin": EVIL},
    )
    assert sent.messages == [{"type": "websocket.close", "code": 1008}]


OWN = ["app.test", "localhost", "[::1]"]


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "passes"),
    [
        ("https://app.test", "app.test", "wss", True),
        ("https://app.test", "app.test:443", "wss", True),
        ("https://app.test", "App.Test", "wss", True),
        # A proxy ended TLS.
        ("https://app.test", "app.test", "ws", True),
        ("http://app.test", "app.test", "ws", True),
        ("http://app.test", "app.test:80", "ws", True),
        ("http://localhost:3000", "localhost:3000", "ws", True),
        ("http://[::1]:3000", "[::1]:3000", "ws", True),
        # A page that anyone on the network can impersonate.
        ("http://app.test", "app.test", "wss", False),
        ("http://app.test", "app.test:443", "ws", False),
        ("https://app.test", "app.test:80", "ws", False),
        ("https://app.test:8443", "app.test", "wss", False),
        ("https://app.test", "other.test", "wss", False),
        ("https://evil.test", "app.test", "wss", False),
        # A hostile name that leads to this server.
        ("https://evil.test", "evil.test", "wss", False),
        ("https://APP.test", "app.test", "wss", False),
        ("HTTPS://app.test", "app.test", "wss", False),
        ("wss://app.test", "app.test", "wss", False),
        ("app://app.test", "app.test", "ws", False),
        ("null", "app.test", "wss", False),
        ("https://app.test/", "app.test", "wss", False),
        ("https://user@app.test", "app.test", "wss", False),
        ("https://app.test", "user@app.test", "wss", False),
        ("https://app.test", "app.test, app.test", "wss", False),
        ("https://app.test", "", "wss", False),
        ("https://", "", "wss", False),
        ("https://app.test\n", "app.test\n", "wss", False),
    ],
)
def test_handshake_of_the_own_origin_passes(origin: str, host: str, scheme: str, passes: bool) -> None:
    for options in ({"allow_origins": [APP]}, {"policy": PolicySet([{"allow_origins": ["*"]}])}):
        called: list[str] = []

        async def app(scope: Any, _receive: Any, _send: Any, called: list[str] = called) -> None:
            called.append(scope["type"])

        governed = CORSMiddleware(app, **options, enforce_websocket_origin=True, websocket_hosts=OWN)
        headers = [(b"host", host.encode()), (b"origin", origin.encode()), (b"x-forwarded-host", b"app.test")]
        sent = exchange(governed, type="websocket", scheme=scheme, headers=headers)
        assert (called, sent.messages) == (
            (["websocket"], []) if passes else ([], [{"type": "websocket.close", "code": 1008}])
        )


@pytest.mark.parametrize("twice", [b"host", b"origin"])
def test_handshake_with_two_lines_is_refused(twice: bytes) -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        pytest.fail("it was called")

    lines = {b"host": b"app.test", b"origin": b"https://app.test"}
    governed = CORSMiddleware(app, allow_origins=[APP], enforce_websocket_origin=True, websocket_hosts=OWN)
    headers = [*lines.items(), (twice, lines[twice])]
    assert exchange(governed, type="websocket", headers=headers).messages[0]["code"] == 1008


def test_policy_for_any_origin_lets_no_page_shake_hands(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="lists origins"):
        client(allow_origins=["*"], enforce_websocket_origin=True)
    policy_set = PolicySet([{"allow_origins": [APP]}, {"allow_origins": ["*"]}])
    enforcing = client(policy=policy_set, enforce_websocket_origin=True)
    assert echoes(enforcing, origin=APP)
    assert not echoes(enforcing, origin=EVIL)
    assert "allows any origin" in caplog.text


@pytest.mark.parametrize("host", ["*", "https://app.test", "app.test:443", "App.test", "", "*.app.test", "app.test\n"])
def test_host_that_no_request_has_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="websocket_hosts"):
        client(allow_origins=[APP], enforce_websocket_origin=True, websocket_hosts=[host])


def test_hosts_without_the_switch_are_refused() -> None:
    with pytest.raises(ValueError, match="enforce_websocket_origin=True"):
        client(allow_origins=[APP], websocket_hosts=OWN)
    with pytest.raises(TypeError, match="must be a list"):
        client(allow_origins=[APP], enforce_websocket_origin=True, websocket_hosts="app.test")
