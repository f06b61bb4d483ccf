"""A policy for one route of Starlette or FastAPI, which the outermost :class:`corsac.asgi.CORSMiddleware` decides with.

::

    @app.get("/users/{id}/avatar")
    @cors_policy(Policy(["*"]))
    def avatar(id: int): ...

    Route("/users/{id}/avatar", avatar, middleware=[Middleware(RoutePolicy, policy=Policy(["*"]))])

The application needs :class:`corsac.asgi.CORSMiddleware`, added last: only there a preflight is answered before
authentication, and before the router answers it with 405. ``CORSMiddleware(app, off_when_empty=True)`` leaves all other
routes untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from corsac import _view_policy
from corsac._keywords import without_request
from corsac.asgi.reader import SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from corsac._governor import Governor
    from corsac._origin_check import OriginCheck
    from corsac._policies import PolicyLike
    from corsac.asgi.protocol import ASGIApp, Receive, Scope, Send

E = TypeVar("E")


def cors_policy(policy: PolicyLike, *, origin_check: OriginCheck | None = None) -> Callable[[E], E]:
    """Give an endpoint a policy of its own, in place of those of the middleware, on every route that has it.

    :param policy: a :class:`corsac.Policy`, what holds one, or the options of one; None leaves the endpoint untouched.
    :param origin_check: as that of :class:`corsac.asgi.CORSMiddleware`.
    """
    governor = _governor(policy, origin_check)
    return lambda endpoint: _view_policy.mark(endpoint, governor)


class RoutePolicy:
    """The same as a middleware of a `Route`, for endpoints that several routes share.

    It does nothing by itself: :class:`corsac.asgi.CORSMiddleware` of the application finds it.

    :param app: what the route calls.
    """

    def __init__(self, app: ASGIApp, policy: PolicyLike, *, origin_check: OriginCheck | None = None) -> None:
        self.app = app
        _view_policy.mark(self, _governor(policy, origin_check))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on."""
        await self.app(scope, receive, send)


def _governor(policy: PolicyLike, origin_check: OriginCheck | None) -> Governor[Scope]:
    checks = () if origin_check is None else (without_request(origin_check),)
    return _view_policy.governor_of_view(SCOPES, policy, checks=checks)


def governor_of_route(app: ASGIApp, scope: Scope) -> Governor[Scope] | None:
    """Return what governs the route that the router will choose, if the route has a policy of its own.

    A preflight belongs to the route of the method that it asks for.

    :param app: the application, if the scope does not have it.
    """
    asked = dict(scope)
    if asked["method"] == "OPTIONS":
        for name, value in asked["headers"]:
            if name.lower() == b"access-control-request-method":
                asked["method"] = value.decode("latin-1")
    return _search(_routes_of(asked.get("app", app)), asked)


def _routes_of(app: Any) -> Iterable[Any]:  # noqa: ANN401
    while app is not None:
        routes: Iterable[Any] | None = getattr(app, "routes", None)
        if routes is not None:
            return routes
        app = getattr(app, "app", None)
    return ()


def _search(routes: Iterable[Any], scope: Scope) -> Governor[Scope] | None:
    """Look through routes as Starlette's router does: the first that matches, or the first of another method."""
    partial = None
    for route in routes:
        match, child = route.matches(dict(scope))
        if match.name == "FULL":
            return _governor_of(route, child, scope)
        if match.name == "PARTIAL" and partial is None:
            partial = (route, child)
    return None if partial is None else _governor_of(*partial, scope)


def _governor_of(route: Any, child: Scope, scope: Scope) -> Governor[Scope] | None:  # noqa: ANN401
    if hasattr(route, "effective_candidates"):
        # A router that FastAPI has included: its routes lack the prefix, its candidates have it.
        return _search(route.effective_candidates(), scope)
    own = _view_policy.of(child.get("endpoint") or getattr(route, "endpoint", None))
    layer = getattr(route, "app", None)
    while own is None and layer is not None:
        own = _view_policy.of(layer)
        layer = getattr(layer, "app", None)
    inner: Iterable[Any] = getattr(route, "routes", None) or ()
    return own or _search(inner, {**scope, **child})
