"""CORS for aiohttp's server.

::

    from corsac.aiohttp import setup

    app = web.Application()
    ...
    setup(app, allow_origins=["https://app.example.com"])

Call it last: then it is outside the other middlewares, and preflights, which carry no credentials, reach no
authentication. Preflights are answered for every path, before the router's 404 and 405. The headers are on every
response that leaves: errors, streams, files, and the 500 of an exception. Websockets are left as they are.
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
    from corsac._reader import Lines
    from corsac._regex import Regexes

    Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

__all__ = ["CORS", "CorsacMigrationWarning", "PolicyFile", "PolicyHolder", "setup"]


def _request_key(name: str) -> Any:
    # aiohttp before 3.14 has no keys but str.
    key = getattr(web, "RequestKey", None)
    return name if key is None else key(name, object)


# Who governs a request: the outermost application that has a policy for its path.
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
    """Govern an application, and return what holds its policy: ``setup(app, ...).policy = Policy(...)`` replaces it.

    An application that is added below another one (``add_subapp``) may have a policy of its own. Where both govern a
    path, the outer one decides.

    :param allow_origins: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any.
    :param policy: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a holder that can replace it while
        serving.
    :param policies: a policy for each path, looked up as a :class:`corsac.PolicySet` does: whole segments, the longest
        first; an ambiguous path is denied. None leaves a path untouched. Every other path has ``policy`` or the
        options; without either it is untouched.
    :param allow_origin_regex: for migration, one or several regular expressions: one must match the whole origin. With
        credentials each is accepted only if it is proved to match nothing that the policy may not list.
    :param origin_check: asked about an origin that no pattern matched, as bytes; its result goes by truth, and is
        awaited if it is an awaitable. If it fails, the origin is denied and the log has the traceback.
    :param report_only: change nothing; the log ``corsac`` says what would have been answered.
    :param off_when_empty: if ``allow_origins`` is empty, leave the application untouched. Without this it is an error.
    :param options: the other options of the policy, with the defaults of :class:`corsac.Policy`.
    :raises corsac.PolicyError: the options are not a policy; all findings are named.
    :raises RuntimeError: the application runs already.
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
    """What governs one application: :func:`setup` makes it."""

    def __init__(self, governor: Governor[web.Request]) -> None:
        self._governor = governor
        # Each application that governs keeps its own decision about a request.
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
        status, headers, body = governor.answer(decision, request)
        lines = [(_text(name), _text(value)) for name, value in headers]
        return web.Response(status=status, headers=CIMultiDict(lines), body=body)

    async def prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put the headers on a response that is about to leave: a signal, which streams and errors reach too."""
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
        """Return the decision, made once; None if this application does not govern the request."""
        if request.get(_GOVERNOR, self) is not self:
            return None
        if self._key not in request:
            # What answers before all middlewares (`Expect`) comes here first as a response.
            governor = self._governor
            method, lines = request.method, request.raw_headers
            decision = (
                await governor.decide_waiting(method, lines, request)
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

    def lines(self, request: web.Request, /) -> Lines:
        return request.raw_headers


_READER = _Reader()


# aiohttp writes headers as UTF-8.
def _sent(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(sent: bytes) -> str:
    return sent.decode("utf-8", "surrogateescape")
