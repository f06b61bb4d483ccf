"""Headers as iterators of iterators, which ASGI permits. Falcon's test client sends them on purpose."""

from __future__ import annotations

from typing import Any

import falcon.asgi
import falcon.testing
import pytest
from asgi_connection import APP, EVIL

from corsac import Policy
from corsac.asgi import CORSMiddleware


class Echo:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.media = dict(req.headers)
        resp.set_header("Access-Control-Allow-Origin", "*")


@pytest.mark.parametrize(
    "options",
    [
        {"policy": Policy([APP])},
        {"policies": {"/": Policy([APP])}},
        {"policy": Policy([APP], external_origins=True), "origin_check": lambda _: False},
    ],
    ids=["one policy", "by path", "origin check"],
)
def test_application_reads_the_headers_after_the_middleware(options: dict[str, Any]) -> None:
    application = falcon.asgi.App()
    application.add_route("/echo", Echo())
    client = falcon.testing.TestClient(CORSMiddleware(application, **options))
    for origin, shared in ((APP, APP), (EVIL, None)):
        result = client.simulate_get("/echo", headers={"Origin": origin, "X-Own": "1"})
        assert result.status_code == 200
        assert (result.json["origin"], result.json["x-own"]) == (origin, "1")
        assert result.headers.get("access-control-allow-origin") == shared
        assert result.headers["vary"] == "Origin"
    asked = {"Origin": APP, "Access-Control-Request-Method": "GET"}
    preflight = client.simulate_options("/echo", headers=asked)
    assert preflight.headers["access-control-allow-origin"] == APP
    assert client.simulate_get("/nothing", headers={"Origin": APP}).headers["access-control-allow-origin"] == APP
