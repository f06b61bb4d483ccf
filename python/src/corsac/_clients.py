"""How each test client sends one request as told: no redirect followed, no cookies where a browser sends none."""

from __future__ import annotations

import copy
import inspect
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

# A client may have these by default; a browser sends them for a script only if the script wrote them.
_CREDENTIALS = ("cookie", "authorization")


@dataclass(frozen=True)
class Sending:
    """One request on its way out.

    :param url: absolute.
    :param lines: what the browser and the script write, in order.
    :param cookies: whether the client's own cookies go along.
    """

    method: str
    url: str
    lines: tuple[tuple[str, str], ...]
    content: bytes = b""
    cookies: bool = False

    @property
    def target(self) -> str:
        """Return path and query."""
        parts = urlsplit(self.url)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    def has(self, name: str) -> bool:
        """Return whether a line of this lower-case name is written."""
        return any(written.lower() == name for written, _ in self.lines)


@dataclass(frozen=True)
class Answer:
    """The head of a response."""

    status: int
    lines: tuple[tuple[str, str], ...]

    @property
    def head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Return it as :func:`corsac.explain` takes it."""
        return self.status, self.lines


def base_url(client: Any) -> str:
    """Return the URL that a client's relative URLs stand below."""
    base = getattr(client, "base_url", None)
    if base is not None and str(base):
        return str(base)
    if _is_werkzeug(client):
        return "http://localhost/"
    return "http://testserver/"


def send(client: Any, sending: Sending) -> Answer:
    """Send through a client that answers at once."""
    if _is_waited_for(client):
        raise TypeError(f"{type(client).__name__} is waited for: write await assert_cors_..._async(client, ...)")
    if _is_httpx(client):
        request = _httpx_request(client, sending)
        response = client.send(request, auth=None, follow_redirects=False, stream=True)
        try:
            return _httpx_answer(response)
        finally:
            response.close()
    if _is_django(client):
        arguments, options = _django_arguments(sending)
        return _django_answer(_django_client(client, sending).generic(*arguments, **options))
    if _is_werkzeug(client):
        return _werkzeug_send(client, sending)
    raise TypeError(_unknown(client))


async def send_async(client: Any, sending: Sending) -> Answer:
    """Send through a client that has to be waited for."""
    if not _is_waited_for(client):
        raise TypeError(f"{type(client).__name__} is no client that is waited for: write assert_cors_...(client, ...)")
    if _is_httpx(client):
        request = _httpx_request(client, sending)
        response = await client.send(request, auth=None, follow_redirects=False, stream=True)
        try:
            return _httpx_answer(response)
        finally:
            await response.aclose()
    if _is_django(client):
        arguments, options = _django_arguments(sending)
        return _django_answer(await _django_client(client, sending).generic(*arguments, **options))
    raise TypeError(_unknown(client))


def _is_waited_for(client: Any) -> bool:
    return inspect.iscoroutinefunction(getattr(client, "request", None))


def _unknown(client: object) -> str:
    return (
        f"{type(client).__name__} is no client that is known here: write Starlette's TestClient, httpx.Client, "
        "django.test.Client or Flask's test_client()"
    )


def _is_httpx(client: Any) -> bool:
    return hasattr(client, "build_request") and hasattr(client, "send")


def _is_django(client: Any) -> bool:
    return hasattr(client, "generic") and hasattr(client, "handler")


def _is_werkzeug(client: Any) -> bool:
    return hasattr(client, "open") and hasattr(client, "response_wrapper")


def _httpx_request(client: Any, sending: Sending) -> Any:
    request = client.build_request(
        sending.method, sending.url, headers=list(sending.lines), content=sending.content or None
    )
    for name in _CREDENTIALS:
        if name in request.headers and not sending.has(name) and not (name == "cookie" and sending.cookies):
            del request.headers[name]
    return request


def _httpx_answer(response: Any) -> Answer:
    return Answer(
        response.status_code,
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw),
    )


def _django_client(client: Any, sending: Sending) -> Any:
    own = copy.copy(client)
    own.defaults = {name: value for name, value in client.defaults.items() if name != "HTTP_AUTHORIZATION"}
    if not sending.cookies:
        own.cookies = SimpleCookie()
    return own


def _django_arguments(sending: Sending) -> tuple[tuple[Any, ...], dict[str, Any]]:
    content_type = next((value for name, value in sending.lines if name.lower() == "content-type"), "")
    headers: dict[str, str] = {}
    for name, value in sending.lines:
        if name.lower() != "content-type":
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    parts = urlsplit(sending.url)
    headers["host"] = parts.netloc
    options = {"content_type": content_type, "secure": parts.scheme == "https", "headers": headers}
    return (sending.method, sending.target, sending.content), options


def _django_answer(response: Any) -> Answer:
    lines = [*response.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())]
    return Answer(response.status_code, tuple(lines))


def _werkzeug_send(client: Any, sending: Sending) -> Answer:
    if not sending.cookies:
        bare = type(client)(client.application, client.response_wrapper, use_cookies=False)
        if hasattr(client, "environ_base"):
            bare.environ_base = client.environ_base
        client = bare
    parts = urlsplit(sending.url)
    response = client.open(
        sending.target,
        method=sending.method,
        base_url=f"{parts.scheme}://{parts.netloc}/",
        headers=list(sending.lines),
        data=sending.content or None,
        follow_redirects=False,
    )
    try:
        return Answer(response.status_code, tuple(response.headers.items()))
    finally:
        response.close()
