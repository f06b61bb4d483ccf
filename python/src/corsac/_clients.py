"""How each test client sends one request exactly as given: without redirects, without cookies that a browser omits."""

from __future__ import annotations

import copy
import inspect
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corsac._sending import CREDENTIALS, Response, Sending

if TYPE_CHECKING:
    from collections.abc import Iterable


def base_url(client: Any) -> str:
    """Return the URL that a client's relative URLs are resolved against."""
    return _kind(client).base_url(client)


def send(client: Any, sending: Sending) -> Response:
    """Send through a synchronous client."""
    kind = _kind(client)
    if kind.is_async(client):
        raise TypeError(f"{type(client).__name__} is asynchronous: write await assert_cors_..._async(client, ...)")
    return kind.send(client, sending)


async def send_async(client: Any, sending: Sending) -> Response:
    """Send through an asynchronous client."""
    kind = _kind(client)
    if not kind.is_async(client):
        raise TypeError(f"{type(client).__name__} is not asynchronous: write assert_cors_...(client, ...)")
    return await kind.send_async(client, sending)


def _kind(client: Any) -> type[_Client]:
    kind = next((kind for kind in _KINDS if all(hasattr(client, name) for name in kind.marks)), None)
    if kind is None:
        raise TypeError(
            f"{type(client).__name__} is not a known client: use Starlette's TestClient, httpx.Client, "
            "requests.Session, urllib3.PoolManager, django.test.Client, Flask's or Quart's test_client(), "
            "falcon.testing.TestClient or aiohttp's TestClient"
        )
    return kind


class _Client:
    """One kind of client. It is recognised by its attributes, because its library may not be installed."""

    marks: tuple[str, ...] = ()
    # This method is a coroutine function if the client is asynchronous.
    sender = "request"
    own_url = "http://testserver/"

    @classmethod
    def base_url(cls, client: Any) -> str:
        return str(getattr(client, "base_url", None) or "") or cls.own_url

    @classmethod
    def is_async(cls, client: Any) -> bool:
        return inspect.iscoroutinefunction(getattr(client, cls.sender, None))

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        raise NotImplementedError

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        raise NotImplementedError


class _Httpx(_Client):
    """httpx and httpx2, and the test clients of Starlette, FastAPI and Litestar."""

    marks = ("build_request", "send")

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        response = client.send(cls._request(client, sending), auth=None, follow_redirects=False, stream=True)
        try:
            return cls._response(response)
        finally:
            response.close()

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        response = await client.send(cls._request(client, sending), auth=None, follow_redirects=False, stream=True)
        try:
            return cls._response(response)
        finally:
            await response.aclose()

    @staticmethod
    def _request(client: Any, sending: Sending) -> Any:
        request = client.build_request(
            sending.method, sending.url, headers=list(sending.lines), content=sending.content or None
        )
        for name in CREDENTIALS:
            if name in request.headers and not sending.is_own(name):
                del request.headers[name]
        return request

    @staticmethod
    def _response(response: Any) -> Response:
        lines = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        return Response(response.status_code, tuple(lines))


class _Requests(_Client):
    """A ``requests.Session``."""

    marks = ("prepare_request", "send")
    own_url = ""

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        from requests import Request

        request = client.prepare_request(
            Request(sending.method, sending.url, headers=sending.joined(), data=sending.content or None)
        )
        for name in CREDENTIALS:
            if name in request.headers and not sending.is_own(name):
                del request.headers[name]
        response = client.send(request, allow_redirects=False, stream=True)
        try:
            # `response.headers` joins the values of a repeated name, so read the raw ones.
            return Response(response.status_code, tuple(_texts(response.raw.headers.items())))
        finally:
            response.close()


class _Urllib3(_Client):
    """A ``urllib3.PoolManager``, which has no cookies."""

    marks = ("connection_from_url", "urlopen")
    own_url = ""

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        own = [(name, value) for name, value in client.headers.items() if sending.is_own(name)]
        headers = {name: value for name, value in own if not sending.has(name.lower())} | sending.joined()
        response = client.request(
            sending.method,
            sending.url,
            headers=headers,
            body=sending.content or None,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        try:
            return Response(response.status, tuple(_texts(response.headers.items())))
        finally:
            response.release_conn()
            response.close()


class _Django(_Client):
    """Django's ``Client`` and ``AsyncClient``."""

    marks = ("generic", "handler")

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        arguments, options = cls._arguments(sending)
        return cls._response(cls._own(client, sending).generic(*arguments, **options))

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        arguments, options = cls._arguments(sending)
        return cls._response(await cls._own(client, sending).generic(*arguments, **options))

    @staticmethod
    def _own(client: Any, sending: Sending) -> Any:
        own = copy.copy(client)
        own.defaults = {name: value for name, value in client.defaults.items() if name != "HTTP_AUTHORIZATION"}
        if not sending.cookies:
            own.cookies = SimpleCookie()
        return own

    @staticmethod
    def _arguments(sending: Sending) -> tuple[tuple[Any, ...], dict[str, Any]]:
        headers = sending.joined()
        content_type = next((headers.pop(name) for name in list(headers) if name.lower() == "content-type"), "")
        headers["host"] = sending.host
        options = {"content_type": content_type, "secure": sending.scheme == "https", "headers": headers}
        return (sending.method, sending.target, sending.content), options

    @staticmethod
    def _response(response: Any) -> Response:
        lines = [*response.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())]
        return Response(response.status_code, tuple(lines))


class _Werkzeug(_Client):
    """Flask's and Werkzeug's test client."""

    marks = ("open", "response_wrapper")
    own_url = "http://localhost/"

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        if not sending.cookies:
            bare = type(client)(client.application, client.response_wrapper, use_cookies=False)
            if hasattr(client, "environ_base"):
                bare.environ_base = client.environ_base
            client = bare
        response = client.open(
            sending.target,
            method=sending.method,
            base_url=f"{sending.scheme}://{sending.host}/",
            headers=list(sending.lines),
            data=sending.content or None,
            follow_redirects=False,
        )
        try:
            return Response(response.status_code, tuple(response.headers.items()))
        finally:
            response.close()


class _Quart(_Client):
    """Quart's test client."""

    marks = ("open", "cookie_jar", "push_promises")
    sender = "open"
    own_url = "http://localhost/"

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        from werkzeug.datastructures import Headers

        if not sending.cookies:
            client = type(client)(client.app, use_cookies=False)
        response = await client.open(
            sending.target,
            method=sending.method,
            scheme=sending.scheme,
            headers=Headers([*sending.lines, ("Host", sending.host)]),
            data=sending.content or None,
            follow_redirects=False,
        )
        return Response(response.status_code, tuple(response.headers.items()))


class _Falcon(_Client):
    """Falcon's ``TestClient`` and ``ASGIConductor``: they keep no cookies, and one value for each response header."""

    marks = ("simulate_request", "app")
    sender = "simulate_request"
    own_url = "http://falconframework.org/"

    @classmethod
    def send(cls, client: Any, sending: Sending) -> Response:
        own, options = cls._arguments(client, sending)
        return cls._response(own.simulate_request(sending.method, **options))

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        own, options = cls._arguments(client, sending)
        return cls._response(await own.simulate_request(sending.method, **options))

    @staticmethod
    def _arguments(client: Any, sending: Sending) -> tuple[Any, dict[str, Any]]:
        own = copy.copy(client)
        defaults = dict(getattr(client, "_default_headers", None) or {})
        own._default_headers = None
        parts = urlsplit(sending.url)
        kept = [line for line in defaults.items() if sending.is_own(line[0]) and not sending.has(line[0].lower())]
        return own, {
            "path": parts.path or "/",
            "query_string": parts.query or None,
            "protocol": parts.scheme,
            "host": parts.hostname or "",
            "port": parts.port,
            "headers": [*kept, *sending.lines],
            "body": sending.content or None,
        }

    @staticmethod
    def _response(result: Any) -> Response:
        return Response(result.status_code, tuple(result.headers.items()))


class _Aiohttp(_Client):
    """aiohttp's ``ClientSession``."""

    marks = ("ws_connect", "cookie_jar", "request")

    @classmethod
    def base_url(cls, client: Any) -> str:
        return str(getattr(client, "_base_url", None) or "")

    @classmethod
    def is_async(cls, client: Any) -> bool:  # noqa: ARG003
        return True

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        from aiohttp import ClientSession, DummyCookieJar

        own = [line for line in client.headers.items() if sending.is_own(line[0]) and not sending.has(line[0].lower())]
        jar = client.cookie_jar if sending.cookies else DummyCookieJar()
        # Another session over the same connections does not have the client's credentials.
        async with (
            ClientSession(connector=client.connector, connector_owner=False, cookie_jar=jar) as session,
            session.request(
                sending.method,
                sending.url,
                headers=[*own, *sending.lines],
                data=sending.content or None,
                allow_redirects=False,
            ) as response,
        ):
            return Response(response.status, tuple(_texts(response.headers.items())))


class _AiohttpTest(_Aiohttp):
    """aiohttp's ``TestClient``, also that of pytest-aiohttp."""

    marks = ("make_url", "session", "server")

    @classmethod
    def base_url(cls, client: Any) -> str:
        return str(client.make_url("/"))

    @classmethod
    async def send_async(cls, client: Any, sending: Sending) -> Response:
        return await super().send_async(client.session, sending)


def _texts(lines: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    return ((str(name), str(value)) for name, value in lines)


_KINDS: tuple[type[_Client], ...] = (
    _Httpx,
    _Requests,
    _Urllib3,
    _Django,
    _Quart,
    _Werkzeug,
    _Falcon,
    _AiohttpTest,
    _Aiohttp,
)
