"""``corsac.testing.verify`` finds nothing at our own middleware, and a mistake is an assertion."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware as Starlettes
from starlette.responses import Response
from starlette.testclient import TestClient

from corsac import Policy, PolicySet
from corsac.asgi import CORSMiddleware
from corsac.testing import verify, verify_async

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))
LISTED = ["https://app.example.com", "https://*.example.org", "http://localhost:*"]


def application() -> Starlette:
    """Respond to every path but those that are missing."""
    app = Starlette()

    async def page(request: Any) -> Response:
        return Response(status_code=404 if "missing" in request.url.path else 200)

    app.add_route("/{path:path}", page, methods=["GET", "HEAD", "OPTIONS"])
    return app


def policies() -> Iterator[Policy | PolicySet]:
    """Yield those of the examples, and some with other switches."""
    for file in EXAMPLES:
        yield PolicySet.from_toml(file)
    for credentials in (False, True):
        for methods in (["GET"], ["GET", "PUT", "DELETE"], ["*"]):
            for headers in ([], ["content-type", "x-trace"], ["*"], ["x-amz-meta-*"]):
                yield Policy(LISTED, allow_methods=methods, allow_headers=headers, allow_credentials=credentials)


@pytest.mark.parametrize("policy", list(policies()), ids=str)
def test_nothing_is_found_at_our_own_middleware(policy: Policy | PolicySet) -> None:
    client = TestClient(CORSMiddleware(application(), policy=policy))
    for url in ("/", "/account/cards?a=1"):
        assert verify(client, policy, url) == []


def test_asynchronous_client_finds_the_same() -> None:
    policy = Policy(LISTED, allow_methods=["GET", "PUT"])

    async def check() -> None:
        transport = httpx.ASGITransport(CORSMiddleware(application(), policy=policy))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            assert await verify_async(client, policy) == []
        bare = httpx.ASGITransport(application())
        async with httpx.AsyncClient(transport=bare, base_url="http://testserver") as client:
            with pytest.raises(AssertionError, match="listed-origin-refused"):
                await verify_async(client, policy)

    asyncio.run(check())


def test_mistake_is_an_assertion_with_the_report() -> None:
    policy = Policy(["https://app.example.com"], allow_methods=["GET", "PUT"])
    loose = Starlettes(application(), allow_origin_regex=r"https://app.example.com.*", allow_methods=["PUT"])
    with pytest.raises(AssertionError) as caught:
        verify(TestClient(loose), policy, stack="starlette")
    text = str(caught.value)
    assert text.startswith("the application does not keep the policy\n")
    assert "[origin-prefix-match]" in text
    assert "curl -i -H 'Origin: https://app.example.com.corsac-check.test'" in text


def test_warnings_are_returned() -> None:
    policy = Policy(["https://app.example.com"])

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        async def without_vary(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [line for line in message["headers"] if line[0].lower() != b"vary"]
            await send(message)

        await CORSMiddleware(application(), policy=policy)(scope, receive, without_vary)

    findings = verify(TestClient(bare), policy)
    assert [finding["code"] for finding in findings] == ["vary-origin-missing"]


def test_wrong_usage_says_what_to_write() -> None:
    policy = Policy(["https://app.example.com"])
    client = TestClient(application())
    with pytest.raises(ValueError, match="not a known stack"):
        verify(client, policy, stack="no-such-stack")
    with pytest.raises(TypeError, match="not a known client"):
        verify(object(), policy)
