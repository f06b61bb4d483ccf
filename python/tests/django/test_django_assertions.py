"""`corsac.testing` on Django's own clients."""

from __future__ import annotations

import asyncio

import pytest
from django.test import AsyncClient, Client

from corsac.testing import assert_cors_allows, assert_cors_allows_async, assert_cors_denies, assert_cors_denies_async

ORIGIN = "https://app.example.com"
EVIL = "https://evil.example"


def test_client_sends_what_a_browser_sends():
    assert_cors_allows(Client(), "/ok", origin=ORIGIN, method="PUT")
    assert_cors_denies(Client(), "/ok", origin=EVIL)


def test_async_client_is_awaited():
    async def run():
        client = AsyncClient()
        await assert_cors_allows_async(client, "/ok", origin=ORIGIN, method="PUT")
        await assert_cors_denies_async(client, "/ok", origin=EVIL)
        with pytest.raises(TypeError, match="AsyncClient is asynchronous: write await"):
            assert_cors_allows(client, "/ok", origin=ORIGIN)

    asyncio.run(run())
