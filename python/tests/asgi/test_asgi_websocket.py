"""A websocket handshake is no CORS request: Origin is looked at only where `enforce_websocket_origin` says so."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from asgi_connection import APP, EVIL, exchange
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from corsac import Policy
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


def test_the_policy_is_the_paths() -> None:
    enforcing = client(policies={"/open": Policy(["*"])}, policy=Policy([APP]), enforce_websocket_origin=True)
    assert echoes(enforcing, "/open", origin=EVIL)
    assert not echoes(enforcing, "/", origin=EVIL)


def test_a_refusal_never_reaches_the_application() -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        pytest.fail("it was called")

    sent = exchange(
        CORSMiddleware(app, allow_origins=[APP], enforce_websocket_origin=True),
        type="websocket",
        headers={"origin": EVIL},
    )
    assert sent.messages == [{"type": "websocket.close", "code": 1008}]
