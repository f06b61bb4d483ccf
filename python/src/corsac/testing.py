"""For test suites: may a page at this origin call this endpoint?

::

    assert_cors_allows(client, "/orders/7", origin="https://app.example.com", method="PUT",
                       headers={"content-type": "application/json"}, credentials="include")
    assert_cors_denies(client, "/orders/7", origin="https://evil.example", credentials="include")

Or does the application keep its whole policy? ::

    verify(client, Policy.from_toml("api.toml"), "/orders")

Your client sends what a browser would send, and the browser model says what a browser would do with the responses.
The client is Starlette's, FastAPI's, Litestar's or Falcon's ``TestClient``, Django's ``Client``, Flask's
``test_client()``, or, with absolute URLs, an ``httpx.Client``, a ``requests.Session`` or a ``urllib3.PoolManager``. For
the functions that end in ``_async`` it is an ``httpx.AsyncClient``, Django's ``AsyncClient``, Quart's
``test_client()``, Falcon's ``ASGIConductor``, or aiohttp's ``TestClient`` or ``ClientSession``. None of them has to be
installed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urljoin

from corsac import explain
from corsac._clients import base_url, send, send_async
from corsac._native import _Check  # pyright: ignore[reportPrivateUsage]
from corsac._sending import Sending

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from typing import TypeAlias

    from corsac import Explanation, Policy, PolicySet
    from corsac._native import _HopMapping  # pyright: ignore[reportPrivateUsage]
    from corsac._sending import Response

    Credentials: TypeAlias = Literal["omit", "same-origin", "include"]
    RequestHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
    Conversation: TypeAlias = Generator[Sending, Response, Explanation]

__all__ = [
    "assert_cors_allows",
    "assert_cors_allows_async",
    "assert_cors_denies",
    "assert_cors_denies_async",
    "verify",
    "verify_async",
]


def assert_cors_allows(
    client: Any,
    url: str,
    *,
    origin: str,
    method: str = "GET",
    headers: RequestHeaders = (),
    credentials: Credentials = "same-origin",
    content: bytes = b"",
) -> Explanation:
    """Assert that a script of a page at ``origin`` may read the response, in every browser.

    If a browser needs a preflight, it is sent first, without cookies. Then follows the request, with the client's
    cookies if ``credentials`` is ``"include"``. Redirects are followed as a browser follows them. If the preflight
    fails in every browser, the request is not sent.

    :param client: any client that the module names.
    :param url: absolute, or below the client's own.
    :param headers: what the script adds. They decide whether a preflight is needed.
    :param credentials: what the script passes to ``fetch``.
    :param content: the body.
    :raises AssertionError: a browser blocks the request. The message names each one, the cause and the fix.
    """
    __tracebackhide__ = True
    explanation = _run(client, _conversation(url, client, origin, method, headers, credentials, content))
    _expect_allowed(explanation, origin, method, url)
    return explanation


def assert_cors_denies(
    client: Any,
    url: str,
    *,
    origin: str,
    method: str = "GET",
    headers: RequestHeaders = (),
    credentials: Credentials = "same-origin",
    content: bytes = b"",
) -> Explanation:
    """Assert that no browser lets a script of a page at ``origin`` read the response.

    Parameters are those of :func:`assert_cors_allows`.

    :raises AssertionError: a browser does. The message names it.
    """
    __tracebackhide__ = True
    explanation = _run(client, _conversation(url, client, origin, method, headers, credentials, content))
    _expect_denied(explanation, origin, method, url)
    return explanation


async def assert_cors_allows_async(
    client: Any,
    url: str,
    *,
    origin: str,
    method: str = "GET",
    headers: RequestHeaders = (),
    credentials: Credentials = "same-origin",
    content: bytes = b"",
) -> Explanation:
    """As :func:`assert_cors_allows`, through an asynchronous client."""
    __tracebackhide__ = True
    explanation = await _run_async(client, _conversation(url, client, origin, method, headers, credentials, content))
    _expect_allowed(explanation, origin, method, url)
    return explanation


async def assert_cors_denies_async(
    client: Any,
    url: str,
    *,
    origin: str,
    method: str = "GET",
    headers: RequestHeaders = (),
    credentials: Credentials = "same-origin",
    content: bytes = b"",
) -> Explanation:
    """As :func:`assert_cors_denies`, through an asynchronous client."""
    __tracebackhide__ = True
    explanation = await _run_async(client, _conversation(url, client, origin, method, headers, credentials, content))
    _expect_denied(explanation, origin, method, url)
    return explanation


def verify(
    client: Any, policy: Policy | PolicySet, url: str = "/", *, stack: str | None = None, send_unsafe: bool = False
) -> list[dict[str, Any]]:
    """Assert that an application keeps a policy, as ``corsac verify`` does with a running server.

    Your client sends what browsers would send: for every origin, method and header that the policy lists, and for
    strangers and near misses that it does not. The browser model compares the responses with Corsac's own. Only
    ``OPTIONS``, ``HEAD`` and ``GET`` are sent.

    :param client: any synchronous client that the module names.
    :param policy: what the application promises.
    :param url: a URL of the application, absolute, or below the client's own.
    :param stack: show the fix for this server or framework, such as ``"fastapi"``.
    :param send_unsafe: also send the requests of unsafe methods, such as ``PUT``, without a body.
    :return: the warnings, each as a finding of ``corsac verify --format json``.
    :raises AssertionError: a promise is broken. The message is the report.
    """
    __tracebackhide__ = True
    check = _check(client, policy, url, stack, send_unsafe)
    while asked := check.next_ask():
        response = send(client, _sending(asked))
        check.take(response.status, list(response.lines))
    return _verdict(check)


async def verify_async(
    client: Any, policy: Policy | PolicySet, url: str = "/", *, stack: str | None = None, send_unsafe: bool = False
) -> list[dict[str, Any]]:
    """As :func:`verify`, through an asynchronous client."""
    __tracebackhide__ = True
    check = _check(client, policy, url, stack, send_unsafe)
    while asked := check.next_ask():
        response = await send_async(client, _sending(asked))
        check.take(response.status, list(response.lines))
    return _verdict(check)


def _check(client: Any, policy: Policy | PolicySet, url: str, stack: str | None, send_unsafe: bool) -> _Check:
    stacks = [] if stack is None else [stack]
    return _Check(policy.image, _absolute(client, url), stacks, send_unsafe, secrets.randbits(64))


def _sending(asked: tuple[str, str, list[tuple[str, str]], bool]) -> Sending:
    method, url, lines, _ = asked
    return Sending(method, url, tuple(lines))


def _verdict(check: _Check) -> list[dict[str, Any]]:
    __tracebackhide__ = True
    report, text, broken = check.finished()
    if broken:
        raise AssertionError(f"the application does not keep the policy\n{text}")
    findings: list[dict[str, Any]] = json.loads(report)["layers"][0]["findings"]
    return findings


def _conversation(
    url: str, client: Any, origin: str, method: str, headers: RequestHeaders, credentials: Credentials, content: bytes
) -> Conversation:
    """Yield what to send to each URL of a redirect chain, and return what browsers do with the responses."""
    request: dict[str, Any] = {
        "origin": origin,
        "url": _absolute(client, url),
        "method": method,
        "headers": _lines(headers),
        "credentials": credentials,
    }
    hops: list[_HopMapping] = []
    while True:
        explanation = explain(hops=hops, **request)
        if "incomplete" not in explanation.verdict.values():
            return explanation
        sent = explanation.sent[len(hops)]
        hop: _HopMapping = {}
        hops.append(hop)
        if sent.preflight_request is not None:
            hop["preflight"] = (yield Sending("OPTIONS", sent.url, sent.preflight_request)).head
            explanation = explain(hops=hops, **request)
            if "incomplete" not in explanation.verdict.values():
                return explanation
        own = tuple((name, value or "") for name, value in sent.headers)
        lines = own if sent.origin is None else (("Origin", sent.origin), *own)
        # A redirect that changes the method to GET drops the body.
        body = content if sent.method == method else b""
        hop["response"] = (yield Sending(sent.method, sent.url, lines, body, cookies=sent.cookies)).head


def _absolute(client: Any, url: str) -> str:
    absolute = urljoin(base_url(client), url)
    if "://" not in absolute:
        raise ValueError(
            f"{type(client).__name__} has no base URL: write an absolute URL, such as http://localhost:8000/"
        )
    return absolute


def _lines(headers: RequestHeaders) -> tuple[tuple[str, str], ...]:
    lines = cast("Mapping[str, str]", headers).items() if isinstance(headers, Mapping) else headers
    return tuple(lines)


def _run(client: Any, conversation: Conversation) -> Explanation:
    try:
        sending = next(conversation)
        while True:
            sending = conversation.send(send(client, sending))
    except StopIteration as end:
        explanation: Explanation = end.value
        return explanation


async def _run_async(client: Any, conversation: Conversation) -> Explanation:
    try:
        sending = next(conversation)
        while True:
            sending = conversation.send(await send_async(client, sending))
    except StopIteration as end:
        explanation: Explanation = end.value
        return explanation


def _expect_allowed(explanation: Explanation, origin: str, method: str, url: str) -> None:
    __tracebackhide__ = True
    if not explanation.allowed_in_all:
        raise AssertionError(f"a page at {origin} may not read {method} {url}\n{explanation}")


def _expect_denied(explanation: Explanation, origin: str, method: str, url: str) -> None:
    __tracebackhide__ = True
    readers = [profile for profile, verdict in explanation.verdict.items() if verdict == "allowed"]
    if readers:
        raise AssertionError(f"a page at {origin} may read {method} {url} in {', '.join(readers)}")
