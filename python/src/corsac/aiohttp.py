"""CORS for aiohttp's server.

::

    from corsac.aiohttp import setup

    app = web.Application()
    ...
    setup(app, allow_origins=["https://app.example.com"])

Call `setup` last. Then it is outside the other middlewares, and preflights, which have no credentials, do not reach
authentication. Every path responds to preflights, before the router's 404 and 405. Every response gets the headers:
errors, streams, files, and the 500 of an exception. Websockets are not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from aiohttp import web
from multidict import CIMultiDict

from corsac import Policy
from corsac._governor import Governed
from corsac._keywords import governor_of
from corsac._regex import CorsacMigrationWarning
from corsac._watch import PolicyFile, PolicyHolder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import timedelta
    from typing import TypeAlias

    from typing_extensions import Unpack

    from corsac import Decision, PolicySet
    from corsac._governor import Governor
    from corsac._origin_check import OriginCheck
    from corsac._policies import PolicyLike
    from corsac._reader import HeaderPairs
    from corsac._regex import Regexes

    Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

__all__ = ["CORS", "CorsacMigrationWarning", "PolicyFile", "PolicyHolder", "setup"]


def _request_key(name: str) -> Any:
    # aiohttp before 3.14 has str keys only.
    key = getattr(web, "RequestKey", None)
    return name if key is None else key(name, object)


# The application that governs a request: the outermost one that has a policy for its path.
_GOVERNOR = _request_key("corsac.governor")


class _Options(TypedDict, total=False):
    allow_methods: Iterable[str] | None
    allow_headers: Iterable[str]
    allow_credentials: bool
    expose_headers: Iterable[str]
    max_age: int | str | timedelta | None
    preflight_status: int
    denied_preflight_status: int | None
    external_origins: bool
    allow_timing: bool
    allow_private_network: bool
    dangerously_allow_null_origin: bool
    dangerously_allow_insecure_origins: bool
    dangerously_allow_public_suffixes: bool | Iterable[str]


def setup(
    app: web.Application,
    allow_origins: Iterable[str] = (),
    *,
    policy: Policy | PolicySet | PolicyHolder | None = None,
    policies: Mapping[str, PolicyLike] | None = None,
    allow_origin_regex: Regexes | None = None,
    origin_check: OriginCheck | None = None,
    report_only: bool = False,
    off_when_empty: bool = False,
    **options: Unpack[_Options],
) -> CORS:
    """Govern an application, and return an object whose ``policy`` you can replace while serving.

    An application that you add to another one (``add_subapp``) may have a policy of its own. If both govern a path, the
    outer one decides.

    :param allow_origins: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any.
    :param policy: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a holder, whose policy you can replace
        while serving.
    :param policies: a policy for each path. Paths match as in a :class:`corsac.PolicySet`: the longest path of whole
        segments decides, and an ambiguous path is denied. None leaves a path untouched. Every other path has ``policy``
        or the options, or is untouched if there are none.
    :param allow_origin_regex: for migration, one or several regular expressions. One of them must match the whole
        origin. With credentials, each needs a proof that it matches only origins that the policy could list.
    :param origin_check: a function of an origin, as bytes, that no pattern matched. Any result counts as true or false,
        and an awaitable is awaited. If the function fails, the origin is denied and the log has the traceback.
    :param report_only: change nothing, and log what the policy would decide (logger ``corsac``).
    :param off_when_empty: if ``allow_origins`` is empty, leave the application untouched. Otherwise that is an error.
    :param options: the other options of the policy, with the defaults of :class:`corsac.Policy`.
    :raises corsac.PolicyError: the options are not a valid policy. The exception has all findings.
    :raises RuntimeError: the application is already running.
    """
    governor = governor_of(
        _READER,
        Policy,
        options if allow_origins == () else {"allow_origins": allow_origins, **options},
        policy=policy,
        policies=policies,
        allow_origin_regex=allow_origin_regex,
        origin_check=origin_check,
        report_only=report_only,
        off_when_empty=off_when_empty,
    )
    cors = CORS(governor)
    app.middlewares.insert(0, cors.middleware)
    app.on_response_prepare.append(cors.prepare)
    return cors


class CORS(Governed["web.Request"]):
    """Governs one application. :func:`setup` makes it."""

    def __init__(self, governor: Governor[web.Request]) -> None:
        self._governor = governor
        # Each governed application keeps its own decision about a request.
        self._key = _request_key(f"corsac.decision.{id(self):x}")

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._serve(request, handler)

        self.middleware = middleware

    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        decision = await self._decide(request)
        governor = self._governor
        if decision is None or decision.status is None or governor.report_only:
            return await handler(request)
        status, headers, body = governor.preflight_response(decision, request)
        lines = [(_text(name), _text(value)) for name, value in headers]
        return web.Response(status=status, headers=CIMultiDict(lines), body=body)

    async def prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the headers to a response before it is sent. aiohttp sends this signal for streams and errors too."""
        if isinstance(response, web.WebSocketResponse):
            return
        decision = await self._decide(request)
        if decision is None:
            return
        lines = [(_sent(name), _sent(value)) for name, value in response.headers.items()]
        if self._governor.report_only:
            self._governor.report(decision, request, response.status, lines)
        elif decision.status is None:
            merged = self._governor.merge(decision, lines, request)
            response.headers.clear()
            response.headers.extend([(_text(name), _text(value)) for name, value in merged])

    async def _decide(self, request: web.Request) -> Decision | None:
        """Return the decision, which is made once; None if this application does not govern the request."""
        if request.get(_GOVERNOR, self) is not self:
            return None
        if self._key not in request:
            # A response that is made before all middlewares (`Expect`) comes here without a
            # decision.
            governor = self._governor
            method, lines = request.method, request.raw_headers
            decision = (
                await governor.decide_async(method, lines, request)
                if governor.asks
                else governor.decide(method, lines, request)
            )
            request[self._key] = decision
            if decision is not None:
                request[_GOVERNOR] = self
        kept: Decision | None = request[self._key]
        return kept


class _Reader:
    """How a governor reads a request of aiohttp."""

    def path(self, request: web.Request, /) -> str:
        return request.path

    def raw_path(self, request: web.Request, /) -> str:
        return request.rel_url.raw_path

    def method(self, request: web.Request, /) -> str:
        return request.method

    def client(self, request: web.Request, /) -> str | None:
        return request.remote

    def lines(self, request: web.Request, /) -> HeaderPairs:
        return request.raw_headers


_READER = _Reader()


# aiohttp writes headers as UTF-8.
def _sent(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(sent: bytes) -> str:
    return sent.decode("utf-8", "surrogateescape")
