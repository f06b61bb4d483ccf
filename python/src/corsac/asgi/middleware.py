"""One decision for each request, made before the application sees it; its headers on whatever response leaves.

DESIGN section 7 says what every adapter owes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac import Policy
from corsac._log import denied_preflight, denied_websocket, ungoverned_websocket
from corsac._origin_check import ask_async, decide, for_tables
from corsac._policies import holder, path_table, policies_of
from corsac._regex import RegexCheck, as_list
from corsac._watch import PolicyHolder
from corsac.asgi.errors import answer
from corsac.asgi.options import route_path, starlette_policy
from corsac.asgi.report import ReportingSend
from corsac.asgi.websocket import OwnHosts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from corsac import Decision, PolicySet
    from corsac._native import _PathTable
    from corsac._origin_check import BoolOriginCheck, OriginCheck
    from corsac._policies import PolicyLike
    from corsac._regex import Regexes
    from corsac.asgi.protocol import ASGIApp, Message, Receive, Scope, Send

_GET = ("GET",)
_ANY_ORIGIN = (b"Access-Control-Allow-Origin", b"*")


class CORSMiddleware:
    """Answers preflights, and puts the policy's headers on every response of the application, its errors included.

    A request that is denied is one whose response is *not shared* with the page: it still goes on to the application.

    :param app: the application; `add_middleware` fills it in.
    :param allow_origins: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any.
    :param allow_methods: what a preflight may ask for; `*` is Starlette's list of eight.
    :param allow_headers: request headers beside the four that Starlette always allows; `*` is any.
    :param allow_credentials: let pages send cookies and read the answer; never beside any origin.
    :param allow_origin_regex: for migration, one or several: one must match the whole origin. With credentials each is
        accepted only if it is proved to match nothing that the policy may not list. A warning says which pattern to
        write.
    :param allow_private_network: the legacy Private Network Access header.
    :param expose_headers: response headers that a page may read.
    :param max_age: for how many seconds a browser may cache a preflight; more than 86400 is sent as 86400.
    :param policy: instead of all those: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a
        :class:`PolicyHolder` or :class:`PolicyFile` with one, to replace it while serving.
    :param policies: a policy for each path, looked up as a :class:`corsac.PolicySet` does: whole segments, the longest
        first; an ambiguous path is denied. None leaves a path untouched. Every other path has the policy above; without
        one it is untouched.
    :param origin_check: asked about an origin that no pattern matched; its result goes by truth, and is awaited if it
        is an awaitable. If it fails, the origin is denied and the log has the traceback.
    :param report_only: change nothing; the log says what would have been answered, and whether the application's own
        answer would pass.
    :param enforce_websocket_origin: refuse a websocket handshake whose Origin the policy does not list. A policy for
        any origin lists none, so where one decides, every handshake from a browser is refused.
    :param websocket_hosts: the names of this server, such as `app.example.com`. Handshakes from pages of its own origin
        pass: Origin and Host are the same, and the host is one of these names.
    :param preflight_status: 200 to 299, as Starlette 200.
    :param denied_preflight_status: 400 to 499; None lets the engine choose what a browser's console explains best.
    :param allow_timing: send `Timing-Allow-Origin`, so that a page may read how long its requests took.
    :raises corsac.PolicyError: the keywords are no policy; all findings are named.
    :raises ValueError: the expression is refused with credentials.
    """

    def __init__(
        self,
        app: ASGIApp,
        allow_origins: Collection[str] = (),
        allow_methods: Collection[str] = _GET,
        allow_headers: Collection[str] = (),
        allow_credentials: bool = False,
        allow_origin_regex: Regexes | None = None,
        allow_private_network: bool = False,
        expose_headers: Collection[str] = (),
        max_age: int | None = 600,
        *,
        policy: Policy | PolicySet | PolicyHolder | None = None,
        policies: Mapping[str, PolicyLike] | None = None,
        origin_check: OriginCheck | None = None,
        report_only: bool = False,
        enforce_websocket_origin: bool = False,
        websocket_hosts: Collection[str] = (),
        preflight_status: int = 200,
        denied_preflight_status: int | None = None,
        allow_timing: bool = False,
        dangerously_allow_null_origin: bool = False,
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool | Collection[str] = False,
    ) -> None:
        self.app = app
        options = {
            "allow_origins": allow_origins,
            "allow_methods": allow_methods,
            "allow_headers": allow_headers,
            "allow_credentials": allow_credentials,
            "allow_private_network": allow_private_network,
            "expose_headers": expose_headers,
            "max_age": max_age,
            "preflight_status": preflight_status,
            "denied_preflight_status": denied_preflight_status,
            "allow_timing": allow_timing,
            "dangerously_allow_null_origin": dangerously_allow_null_origin,
            "dangerously_allow_insecure_origins": dangerously_allow_insecure_origins,
            "dangerously_allow_public_suffixes": dangerously_allow_public_suffixes,
        }
        changed = [name for name, value in options.items() if value != _DEFAULTS[name]]
        regexes = as_list(allow_origin_regex)
        if regexes:
            changed.append("allow_origin_regex")
        if policy is not None and changed:
            raise TypeError(f"policy is given and says it all: leave {', '.join(changed)} out")
        if policy is None and (changed or not policies):
            asks = bool(regexes) or (origin_check is not None and policies is None)
            policy = starlette_policy(**options, external_origins=asks)  # type: ignore[arg-type]
        self._holder = holder(policy)
        by_path = {path: holder(entry) for path, entry in (policies or {}).items()}
        self._table = path_table(by_path, self._holder) if by_path else None
        regex = None
        if regexes:
            asking = [(policy, self._holder), *((entry, by_path[path]) for path, entry in (policies or {}).items())]
            regex = RegexCheck(regexes, option="allow_origin_regex", policies=policies_of(asking))
        self._regex = regex
        self._table_check = for_tables(regex)
        self._origin_check = origin_check
        if origin_check is not None and not any(held.policy.allows_external_origins for held in self._holders()):
            raise ValueError("origin_check is never asked: write external_origins=True in the policy")
        self._report_only = report_only
        self._enforce_websocket_origin = enforce_websocket_origin
        self._own_hosts = OwnHosts(websocket_hosts)
        if websocket_hosts and not enforce_websocket_origin:
            raise ValueError("websocket_hosts is never read: write enforce_websocket_origin=True")
        if enforce_websocket_origin and all(_allows_any_origin(held.policy) for held in self._holders()):
            raise ValueError("enforce_websocket_origin needs a policy that lists origins: this one allows any origin")

    @property
    def policy(self) -> Policy | PolicySet | None:
        """The policy of what no path governs. Set it while serving: a request that has begun keeps its decision."""
        return None if self._holder is None else self._holder.policy

    @policy.setter
    def policy(self, policy: Policy | PolicySet) -> None:
        if self._holder is None:
            raise ValueError("there is no policy to swap, only policies for paths: give the path a PolicyHolder")
        if self._regex is not None:
            self._regex.prove([policy])
        self._holder.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection: an HTTP request; a websocket or the lifespan goes through untouched."""
        kind = scope["type"]
        if kind != "http" and not (kind == "websocket" and self._enforce_websocket_origin):
            await self.app(scope, receive, send)
            return
        policy = self._holder.policy if self._table is None else self._table  # type: ignore[union-attr]
        method, headers = scope["method"] if kind == "http" else "GET", scope["headers"]
        decision: Decision | None
        origin_check = self._origin_check
        if origin_check is not None:
            decision = await decide(
                _evaluation(policy, method, scope), self._regex, lambda origin: ask_async(origin_check, origin)
            )
        elif type(policy) is Policy:
            regex = self._regex
            decision = (
                policy.evaluate(method, headers)
                if regex is None
                else policy.evaluate(method, headers, origin_check=regex)
            )
        else:
            path, raw_path = route_path(scope), scope.get("raw_path")
            decision = policy.evaluate(path, method, headers, raw_path, origin_check=self._table_check)
        if decision is None:
            await self.app(scope, receive, send)
        elif self._report_only:
            await self.app(scope, receive, send if kind != "http" else ReportingSend(send, decision, scope))
        elif kind == "websocket":
            await self._websocket(decision, scope, receive, send)
        elif decision.status is not None:
            if not decision.allowed:
                denied_preflight(decision)
            status, headers, body = decision.answer()
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            started: list[bool] = []

            # A function of its own costs half of what an object does, to make and to call; and a preflight pays for
            # variables that a function shares, but not for defaults.
            def governed(
                message: Message, decision: Decision = decision, send: Send = send, started: list[bool] = started
            ) -> Awaitable[None]:
                if message["type"] == "http.response.start":
                    started.append(True)
                    # A copy: an application may send the same message again.
                    message = {**message, "headers": decision.merge(message.get("headers", ()))}
                return send(message)

            try:
                await self.app(scope, receive, governed)
            except Exception as error:
                if started or not await answer(error, scope, receive, governed, decision, self):
                    raise

    async def _websocket(self, decision: Decision, scope: Scope, receive: Receive, send: Send) -> None:
        allows_any = _ANY_ORIGIN in decision.headers and decision.request_class != "plain"
        if (decision.allowed and not allows_any) or self._own_hosts.are_origin_of(scope):
            await self.app(scope, receive, send)
            return
        if allows_any:
            ungoverned_websocket()
        else:
            denied_websocket(decision)
        # Before it is accepted, a server answers this with 403.
        await send({"type": "websocket.close", "code": 1008})

    def _holders(self) -> list[PolicyHolder]:
        held = (self._holder,) if self._table is None else self._table.holders
        return [entry for entry in held if entry is not None]


def _allows_any_origin(policy: Policy | PolicySet) -> bool:
    return isinstance(policy, Policy) and policy.is_any_origin


def _evaluation(
    policy: Policy | PolicySet | _PathTable, method: str, scope: Scope
) -> Callable[[BoolOriginCheck | None], Decision | None]:
    """Return the evaluation of one request, to be given an origin check."""
    headers = tuple(scope["headers"])
    if isinstance(policy, Policy):
        return lambda check: policy.evaluate(method, headers, origin_check=check)
    path, raw_path = route_path(scope), scope.get("raw_path")
    return lambda check: policy.evaluate(path, method, headers, raw_path, origin_check=for_tables(check))


# What each keyword is when nobody wrote it.
_DEFAULTS: dict[str, object] = {
    "allow_origins": (),
    "allow_methods": _GET,
    "allow_headers": (),
    "allow_credentials": False,
    "allow_private_network": False,
    "expose_headers": (),
    "max_age": 600,
    "preflight_status": 200,
    "denied_preflight_status": None,
    "allow_timing": False,
    "dangerously_allow_null_origin": False,
    "dangerously_allow_insecure_origins": False,
    "dangerously_allow_public_suffixes": False,
}
