"""The shared decision vectors through the Django class, on sync and async servers."""

from __future__ import annotations

import asyncio
import io

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from environs import cases, environ, not_carried

from corsac.django import CorsMiddleware

CARRIED = [case for case in cases() if not_carried(case) is None]


def view(request):
    return HttpResponse("view", status=299, headers={"X-Own": "1"})


async def async_view(request):
    return view(request)


def one_line_each(lines):
    """Return the same headers as Django keeps them: one value for each name."""
    joined = {}
    for name, value in lines:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return list(joined.items())


@pytest.mark.parametrize("inner", [view, async_view])
@pytest.mark.parametrize("case", CARRIED, ids=lambda case: case["says"])
def test_middleware_responds_as_in_the_vectors(case, inner, configured):
    configured(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICY=case["options"])
    expected = case["decision"]
    request = WSGIRequest(environ(case) | {"wsgi.input": io.BytesIO()})
    # Django itself writes every method in upper case.
    request.method = case["method"]
    middleware = CorsMiddleware(inner)
    response = asyncio.run(middleware(request)) if iscoroutinefunction(middleware) else middleware(request)
    lines = [(name.lower(), value) for name, value in response.items()]
    own = [
        line for line in lines if line[0] not in ("x-own", "content-type", "content-length", "x-content-type-options")
    ]
    if expected is None:
        assert (own, response.status_code, response.content) == ([], 299, b"view")
        return
    assert own == one_line_each(expected["headers"])
    if expected["class"] == "preflight":
        assert response.status_code == expected["status"]
    else:
        assert (response.status_code, response.content) == (299, b"view")
