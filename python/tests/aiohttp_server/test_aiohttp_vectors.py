"""The shared decision vectors through `corsac.aiohttp`: status, headers and the reason, byte for byte."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
import shared_vectors
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from environs import texts
from yarl import URL

from corsac._policy_file import policy_or_set
from corsac.aiohttp import setup


def cases():
    found = []
    for name in [*shared_vectors.DECISIONS, "sets"]:
        for case in shared_vectors.cases(name):
            options = shared_vectors.options(case["spec"])
            if options is not None and "request" in case:
                found.append((case, options))
    return found


CASES = cases()


def url_of(request):
    """Return the URL of a request: its raw path, or its decoded path, encoded."""
    raw = shared_vectors.path(request, "raw_path")
    path = shared_vectors.path(request, "path")
    target = raw.decode("latin-1") if raw is not None else quote(b"/" if path is None else path)
    # A path may begin with two slashes, and a URL would read that as a host.
    target, _, fragment = target.partition("#")
    target, _, query = target.partition("?")
    return URL.build(path=target, query_string=query, fragment=fragment, encoded=True)


def not_carried(case):
    """Return the rule that keeps a case out of a request of aiohttp, if there is one."""
    request = case["request"]
    path, raw = shared_vectors.path(request, "path"), shared_vectors.path(request, "raw_path")
    if raw is not None and path is not None and url_of(request).path.encode() != path:
        return "a decoded path that is not that of the raw one"
    if not url_of(request).raw_path.startswith("/"):
        return "a path without a slash"
    return None


def asked(case):
    request = make_mocked_request("GET", "/")
    request._method = shared_vectors.latin(case["request"]["method"]).decode("latin-1")
    lines = tuple(shared_vectors.lines(case["request"]["headers"]))
    request._message = request._message._replace(raw_headers=lines, url=url_of(case["request"]))
    request._rel_url = request._message.url
    return request


async def answered(case, options):
    cors = setup(web.Application(), policy=policy_or_set(options))
    request = asked(case)

    async def application(_request):
        return web.Response(status=299, headers={"X-Own": "1"}, body=b"application")

    response = await cors.middleware(request, application)
    await cors.prepare(request, response)
    return response


@pytest.mark.parametrize(
    ("case", "options"),
    [each for each in CASES if not_carried(each[0]) is None],
    ids=lambda value: value.get("says") if "says" in value else "",
)
def test_application_responds_as_in_the_vectors(case, options):
    response, expected = asyncio.run(answered(case, options)), case["decision"]
    own = [
        (name.lower(), value)
        for name, value in response.headers.items()
        if name.lower() not in ("x-own", "content-type", "content-length", "x-content-type-options")
    ]
    if expected is None:
        assert (response.status, own, response.body) == (299, [], b"application")
        return
    assert own == [(name.lower(), value) for name, value in texts(expected["headers"])]
    if expected["class"] == "preflight":
        assert response.status == expected["status"]
        assert bool(response.body) == (expected["denial"] is not None and expected["status"] not in (204, 205))
    else:
        assert (response.status, response.body) == (299, b"application")


def test_cases_that_no_request_can_hold_are_counted():
    rules = [not_carried(case) for case, _ in CASES]
    assert {rule: rules.count(rule) for rule in rules if rule} == {
        "a path without a slash": 7,
        "a decoded path that is not that of the raw one": 4,
    }
