"""``corsac.testing.verify`` finds nothing at our adapters, whatever the policy: those of ``examples/`` and generated.

``VERIFY_POLICIES`` says how many of the generated ones are asked about. ``make nightly-python`` asks about all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any

import aiohttp.test_utils
import aiohttp.web
import fastapi
import flask
import one_django
import pytest
import shared_vectors
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from corsac import Policy, PolicySet
from corsac._policy_file import policy_or_set, read
from corsac.aiohttp import setup
from corsac.asgi import CORSMiddleware
from corsac.flask import CORS
from corsac.testing import verify, verify_async
from corsac.wsgi import CORSMiddleware as WSGIMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

one_django.configure()

import django.test  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import re_path  # noqa: E402

MOST = int(os.environ.get("VERIFY_POLICIES", "25"))
METHODS = ["GET", "HEAD", "OPTIONS"]
PolicyOrSet = Policy | PolicySet


def status(path: str) -> int:
    """Every page is there but those that are missing."""
    return 404 if "missing" in path else 200


def cases() -> list[tuple[str, str, dict[str, Any] | None, PolicyOrSet]]:
    """Return names, URLs and policies. The specification is None where there is only a file."""
    examples = sorted((shared_vectors.ROOT / "examples").glob("*.toml"))
    found: list[tuple[str, str, dict[str, Any] | None, PolicyOrSet]] = [
        (file.name, url, None, read(file)) for file in examples for url in ("/", "/account/cards?a=1")
    ]
    assert len(found) > 6
    for case in shared_vectors.cases("live/policies")[:MOST]:
        spec = shared_vectors.options(case["spec"])
        assert spec is not None
        found.append((case["says"], case["url"], spec, policy_or_set(spec)))
    return found


CASES = cases()


def starlette_app(policy: PolicyOrSet) -> Any:
    app = Starlette()

    async def page(request: Any) -> Response:
        return Response(status_code=status(request.url.path))

    app.add_route("/{path:path}", page, methods=METHODS)
    return CORSMiddleware(app, policy=policy)


def fastapi_app(policy: PolicyOrSet) -> Any:
    app = fastapi.FastAPI()
    app.add_middleware(CORSMiddleware, policy=policy)

    @app.api_route("/{path:path}", methods=METHODS)
    async def page(path: str) -> Response:
        return Response(status_code=status(path))

    return app


def flask_app() -> flask.Flask:
    app = flask.Flask("pages")

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def page(path: str) -> Any:
        return "", status(path)

    return app


def wsgi_client(policy: PolicyOrSet) -> Any:
    app = flask_app()
    app.wsgi_app = WSGIMiddleware(app.wsgi_app, policy=policy)  # type: ignore[method-assign]
    return app.test_client()


SYNC: dict[str, Callable[[PolicyOrSet], Any]] = {
    "Starlette": lambda policy: TestClient(starlette_app(policy)),
    "FastAPI": lambda policy: TestClient(fastapi_app(policy)),
    "WSGI": wsgi_client,
}


@pytest.mark.parametrize("adapter", SYNC)
def test_nothing_is_found_at_our_adapter(adapter: str) -> None:
    for says, url, _, policy in CASES:
        assert verify(SYNC[adapter](policy), policy, url) == [], says


def test_nothing_is_found_at_our_flask_extension() -> None:
    """The extension has the options of one policy. A set is the middleware for WSGI around it."""
    names = {"allow_origins": "origins", "allow_methods": "methods", "allow_credentials": "supports_credentials"}
    single = [
        (says, url, spec, policy) for says, url, spec, policy in CASES if spec is not None and "policy" not in spec
    ]
    assert len(single) > MOST // 3
    for says, url, spec, policy in single:
        app = flask_app()
        CORS(app, **{names.get(name, name): value for name, value in spec.items()})
        assert verify(app.test_client(), policy, url) == [], says


def test_nothing_is_found_at_our_aiohttp_middleware() -> None:
    async def page(request: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response(status=status(request.path))

    async def check() -> None:
        for says, url, _, policy in CASES:
            app = aiohttp.web.Application()
            app.router.add_route("*", "/{path:.*}", page)
            setup(app, policy=policy)
            async with aiohttp.test_utils.TestClient(aiohttp.test_utils.TestServer(app)) as client:
                # The server has a port of its own.
                path = url.removeprefix("http://127.0.0.1:8000").removeprefix("https://api.example.test")
                assert await verify_async(client, policy, path) == [], says

    asyncio.run(check())


class Pages:
    """The pages of Django."""

    @staticmethod
    def page(request: Any) -> HttpResponse:
        return HttpResponse(status=status(request.path))


Pages.urlpatterns = [re_path("", Pages.page)]  # type: ignore[attr-defined]


@contextlib.contextmanager
def django_settings(policy: PolicyOrSet) -> Iterator[None]:
    own = {"ROOT_URLCONF": Pages, "MIDDLEWARE": ["corsac.django.CorsMiddleware"], "CORSAC_POLICY": policy}
    with django.test.override_settings(**own):
        from django.conf import settings

        del settings.CORS_ALLOWED_ORIGINS
        yield


def test_nothing_is_found_at_our_django_middleware() -> None:
    for says, url, _, policy in CASES:
        with django_settings(policy):
            assert verify(django.test.Client(), policy, url) == [], says


def test_nothing_is_found_at_our_asynchronous_django_middleware() -> None:
    async def check(policy: PolicyOrSet, url: str) -> list[Any]:
        return await verify_async(django.test.AsyncClient(), policy, url)

    for says, url, _, policy in CASES:
        with django_settings(policy):
            assert asyncio.run(check(policy, url)) == [], says
