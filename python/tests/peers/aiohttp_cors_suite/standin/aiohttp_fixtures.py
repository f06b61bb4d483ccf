"""A pytest plugin with the fixtures of pytest-aiohttp that the tests need: a server, a client and a loop."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from aiohttp.test_utils import TestClient, TestServer


@pytest.fixture
def opened():
    return []


@pytest.fixture
def aiohttp_client(opened):
    async def client(app):
        made = TestClient(TestServer(app))
        opened.append(made)
        await made.start_server()
        return made

    return client


@pytest.fixture
def aiohttp_server(opened):
    async def server(app):
        made = TestServer(app)
        opened.append(made)
        await made.start_server()
        return made

    return server


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def run():
        try:
            await pyfuncitem.obj(**arguments)
        finally:
            for made in pyfuncitem.funcargs.get("opened", []):
                await made.close()

    asyncio.run(run())
    return True
