"""The ASGI middleware: one decision before the application runs, and its headers on every response.

docs/design.md, 8, lists the rules for every adapter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac import _view_policy
from corsac._governor import Governed
from corsac._keywords import governor_of, written
from corsac._native import _reusable_headers  # pyright: ignore[reportPrivateUsage]
from corsac.asgi.errors import send_error
from corsac.asgi.options import DEFAULTS, starlette_policy
from corsac.asgi.protocol import Scope
from corsac.asgi.reader import SCOPES
from corsac.asgi.report import ReportingSend
from corsac.asgi.route import governor_of_route
from corsac.asgi.websocket import Handshakes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Mapping
    from datetime import timedelta

    from corsac import Decision, Policy, PolicySet
    from corsac._governor import Governor
    from corsac._origin_check import OriginCheck
    from corsac._policies import PolicyLike
    from corsac._regex import Regexes
    from corsac._watch import PolicyHolder
    from corsac.asgi.protocol import ASGIApp, Message, Receive, Send


class CORSMiddleware(Governed[Scope]):
    """Responds to preflights, and adds the policy's headers to every response of the application, errors included.

    A denied request still reaches the application. Only the page cannot read the response.

    :param app: the application; `add_middleware` fills it in.
    :param allow_origins: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any origin.
    :param allow_methods: the methods that a preflight may request; `*` is Starlette's list of eight.
    :param allow_headers: request headers, in addition to the four that Starlette always allows; `*` is any header.
    :param allow_credentials: let pages send cookies and read the response. You cannot combine it with any origin.
    :param allow_origin_regex: for migration, one or several regular expressions. One of them must match the whole
        origin. With credentials, each needs a proof that it matches only origins that the policy could list. A warning
        names the pattern to write instead.
    :param allow_private_network: the legacy Private Network Access header.
    :param expose_headers: response headers that a page may read.
    :param max_age: for how many seconds a browser may cache a preflight; more than 86400 is sent as 86400.
    :param policy: instead of all these options: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a
        :class:`PolicyHolder` or :class:`PolicyFile`, whose policy you can replace while serving.
    :param policies: a policy for each path. Paths match as in a :class:`corsac.PolicySet`: the longest path of whole
        segments decides, and an ambiguous path is denied. None leaves a path untouched. Every other path has the policy
        above, or is untouched if there is none.
    :param origin_check: a function of an origin, as bytes, that no pattern matched. Any result counts as true or false,
        and an awaitable is awaited. If the function fails, the origin is denied and the log has the traceback.
    :param report_only: change nothing, and log what the policy would decide and whether the application's own response
        passes.
    :param off_when_empty: if ``allow_origins`` is empty, perhaps because it comes from the environment, leave the
        application untouched. Otherwise that is an error.
    :param enforce_websocket_origin: refuse a websocket handshake whose Origin the policy does not list. A policy for
        any origin lists none, so it refuses every handshake from a browser.
    :param websocket_hosts: the names of this server, such as `app.example.com`. A handshake from a page of its own
        origin passes: Origin and Host are the same, and the host is one of these names.
    :param preflight_status: 200 to 299; the default is Starlette's 200.
    :param denied_preflight_status: 400 to 499; with None, the engine chooses the status that browsers explain best.
    :param allow_timing: send `Timing-Allow-Origin`, so that a page can read how long its requests took.
    :raises corsac.PolicyError: the options are not a valid policy. The exception has all findings.
    :raises ValueError: an expression is refused with credentials.
    """

    def __init__(
        self,
        app: ASGIApp,
        allow_origins: Collection[str] = (),
        allow_methods: Collection[str] = ("GET",),
        allow_headers: Collection[str] = (),
        allow_credentials: bool = False,
        allow_origin_regex: Regexes | None = None,
        allow_private_network: bool = False,
        expose_headers: Collection[str] = (),
        max_age: int | str | timedelta | None = 600,
        *,
        policy: Policy | PolicySet | PolicyHolder | None = None,
        policies: Mapping[str, PolicyLike] | None = None,
        origin_check: OriginCheck | None = None,
        report_only: bool = False,
        off_when_empty: bool = False,
        enforce_websocket_origin: bool = False,
        websocket_hosts: Collection[str] = (),
        preflight_status: int = 200,
        denied_preflight_status: int | None = None,
        allow_timing: bool = False,
        dangerously_allow_null_origin: bool = False,
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool | Collection[str] = False,
    ) -> None:
        options = written(locals(), DEFAULTS)
        self.app = app
        self._governor = governor_of(
            SCOPES,
            starlette_policy,
            options,
            policy=policy,
            policies=policies,
            allow_origin_regex=allow_origin_regex,
            origin_check=origin_check,
            report_only=report_only,
            off_when_empty=off_when_empty,
        )
        self._handshakes = Handshakes.of(self._governor, enforce_websocket_origin, websocket_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Only HTTP requests are governed; a websocket handshake may be refused."""
        if scope["type"] != "http":
            await self._serve_other(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if type(headers) is not list or (headers and type(headers[0]) is not tuple):
            # ASGI permits iterators, and Falcon's test client sends them. The application must be
            # able to read them again.
            scope["headers"] = headers = list(_reusable_headers(headers))
        governor = self._governor
        if _view_policy.is_used:
            governor = governor_of_route(self.app, scope) or governor
        plain = governor.plain
        if plain is not None and (evaluate := plain.evaluate) is not None:
            # The same as in `decide_async`, because a call and a coroutine would take as long as
            # the decision.
            decision: Decision | None = evaluate(scope["method"], headers)
        else:
            decision = await governor.decide_async(scope["method"], headers, scope)
        if decision is None:
            await self.app(scope, receive, send)
        elif self._governor.report_only:
            await self.app(scope, receive, ReportingSend(send, governor, decision, scope))
        elif decision.status is not None:
            status, headers, body = governor.preflight_response(decision, scope)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            started: list[bool] = []

            # A closure is about twice as fast as a callable object here, to make and to call. The
            # variables are defaults, because shared ones would cost preflights time too.
            def governed(
                message: Message,
                decision: Decision = decision,
                scope: Scope = scope,
                send: Send = send,
                governor: Governor[Scope] = governor,
                started: list[bool] = started,
            ) -> Awaitable[None]:
                if message["type"] == "http.response.start":
                    # Change a copy, because an application may send the same message again.
                    message = dict(message)
                    message["headers"] = governor.merge(decision, message.get("headers", ()), scope)
                    started.append(True)
                return send(message)

            try:
                await self.app(scope, receive, governed)
            except Exception as error:
                if started or not await send_error(error, scope, receive, governed, decision, self):
                    raise

    async def _serve_other(self, scope: Scope, receive: Receive, send: Send) -> None:
        handshakes = self._handshakes
        if scope["type"] == "websocket" and handshakes is not None and not await handshakes.may_go_on(scope):
            # The server sends a 403 for this, because the handshake is not accepted yet.
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.app(scope, receive, send)
