"""A policy for one route of Starlette or FastAPI.

::

    @app.get("/users/{id}/avatar")
    @cors_policy(Policy(["*"]))
    def avatar(id: int): ...

    Route("/users/{id}/avatar", avatar, middleware=[Middleware(RoutePolicy, policy=Policy(["*"]))])

Add :class:`corsac.asgi.CORSMiddleware` last, because it uses the policy of the route. Only the outermost middleware can
respond to a preflight before authentication and before the router's 405. ``CORSMiddleware(app, off_when_empty=True)``
leaves all other routes untouched.
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
    """Give an endpoint a policy of its own, instead of the policy of the middleware, on every route of the endpoint.

    :param policy: a :class:`corsac.Policy`, a holder, or a dict of options; None leaves the endpoint untouched.
    :param origin_check: as in :class:`corsac.asgi.CORSMiddleware`.
    """
    governor = _governor(policy, origin_check)
    return lambda endpoint: _view_policy.mark(endpoint, governor)


class RoutePolicy:
    """Gives one `Route` a policy of its own, if several routes share an endpoint.

    Add it to the middleware of the route. It only marks the route for the application's
    :class:`corsac.asgi.CORSMiddleware`.

    :param app: the application of the route.
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
    """Return the governor of the route that the router will choose, if the route has a policy of its own.

    A preflight belongs to the route of the method that it requests.

    :param app: the application, if it is not in the scope.
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
    """Search routes as Starlette's router does: the first full match, or the first one of another method."""
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
        # This is a router that FastAPI has included. Its routes lack the prefix; its candidates
        # have it.
        return _search(route.effective_candidates(), scope)
    own = _view_policy.of(child.get("endpoint") or getattr(route, "endpoint", None))
    layer = getattr(route, "app", None)
    while own is None and layer is not None:
        own = _view_policy.of(layer)
        layer = getattr(layer, "app", None)
    inner: Iterable[Any] = getattr(route, "routes", None) or ()
    return own or _search(inner, {**scope, **child})
