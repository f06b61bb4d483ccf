"""The extension and the decorator: the policy of a view, of its blueprint or of the application decides, in this order.

It is outside the application, because a preflight must be answered before authentication.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from corsac import _environ
from corsac.flask.options import governor_of_options, refuse_unknown, resources_of, with_config
from corsac.wsgi import serve

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from werkzeug.routing import MapAdapter

    from corsac._governor import Governor
    from corsac.wsgi import Application, Environ, StartResponse

    Scaffold: TypeAlias = flask.Flask | flask.Blueprint

V = TypeVar("V")

# In `app.extensions`.
_KEY = "corsac"
# Where a view keeps the options of its decorator.
_OPTIONS = "_corsac_options"


class CORS:
    """The extension: a policy for the paths of an application, or of a blueprint, that ``resources`` names.

    :param app: the application or blueprint; without it, call :meth:`init_app`.
    :param options: flask-cors' options, and those of :class:`corsac.wsgi.CORSMiddleware` that it does not have. What is
        left out is read from ``app.config``, such as ``CORS_ORIGINS``.
    :raises corsac.PolicyError: the options are not a policy; all findings are named.
    :raises TypeError: an option does not exist, or ``origins`` is missing.
    """

    def __init__(self, app: Scaffold | None = None, **options: object) -> None:
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Scaffold, **options: object) -> None:
        """Govern an application or a blueprint.

        :param options: as those of the constructor, and instead of them.
        """
        written = {**self._options, **options}
        if isinstance(app, flask.Blueprint):
            # The options of the configuration are those of the application that it is registered with.
            app.record(lambda state: _govern_blueprint(state, written))
        else:
            _middleware_of(app).govern(None, with_config(app, written))


def cross_origin(**options: object) -> Callable[[V], V]:
    """Give a view a policy of its own, in place of that of the extension.

    The application needs :class:`CORS`, which answers the preflights. ``CORS(app, resources={})`` governs nothing else.

    :param options: as those of :class:`CORS`, without ``resources``.
    """
    refuse_unknown(options)
    _Middleware.has_views = True
    if "origins" in options:
        # What is wrong shows where it is written. The configuration of an application may add to it later.
        governor_of_options(options)

    def decorate(view: Any) -> Any:  # noqa: ANN401
        if isinstance(view, type):
            setattr(view, _OPTIONS, options)
            return view

        @functools.wraps(view)
        def checked(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            if _KEY not in flask.current_app.extensions:
                raise RuntimeError("cross_origin needs the extension: write CORS(app), or CORS(app, resources={})")
            return flask.current_app.ensure_sync(view)(*arguments, **named)

        setattr(checked, _OPTIONS, options)
        return checked

    return decorate


def _middleware_of(app: flask.Flask) -> _Middleware:
    """Return the middleware of an application, which is outside all that wraps the application until now."""
    middleware = app.extensions.get(_KEY)
    if not isinstance(middleware, _Middleware):
        middleware = _Middleware(app.wsgi_app, app)
        app.extensions[_KEY] = middleware
        app.wsgi_app = middleware  # type: ignore[method-assign]
    return middleware


class _Middleware:
    """Decides with the policy of the view, of its blueprint, or of the application, in this order."""

    # A view of any application has a policy of its own.
    has_views = False

    def __init__(self, inner: Application, app: flask.Flask) -> None:
        self._inner = inner
        self._app = app
        self._report_only = False
        self._by_place: dict[str | None, list[tuple[re.Pattern[str], Governor[Environ]]]] = {}
        # By the identity of a decorator's options, which are kept beside it so that it stays theirs.
        self._by_view: dict[int, tuple[object, Governor[Environ]]] = {}

    def govern(self, blueprint: str | None, options: dict[str, object]) -> None:
        """Set what governs a blueprint, or, if it is None, the application.

        :param blueprint: its name in endpoints.
        """
        self._report_only = bool(options.pop("report_only", False)) or self._report_only
        self._by_place[blueprint] = [
            (resource, governor_of_options({**options, **own})) for resource, own in resources_of(options)
        ]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        governor = self._governor_of(environ)
        if governor is None:
            return self._inner(environ, start_response)
        return serve(governor, self._inner, environ, start_response, report_only=self._report_only)

    def _governor_of(self, environ: Environ) -> Governor[Environ] | None:
        endpoint = method = ""
        # To look for the view costs as much as to decide.
        if _Middleware.has_views or self._by_place.keys() - {None}:
            endpoint, method = _endpoint(self._app, environ)
        view = self._app.view_functions.get(endpoint)
        view_class = getattr(view, "view_class", None)
        # A client may ask for any method: only those of the view are looked for.
        handler = (
            getattr(view_class, method.lower(), None) if method in (getattr(view, "methods", None) or ()) else None
        )
        for place in (view, handler, view_class):
            options = getattr(place, _OPTIONS, None)
            if options is not None:
                return self._of_view(options)
        path = _environ.text_path(environ)
        # A blueprint in another one has its parent's name before its own.
        parts = endpoint.split(".")[:-1]
        for name in (*(".".join(parts[:count]) for count in range(len(parts), 0, -1)), None):
            for resource, governor in self._by_place.get(name, ()):
                if resource.match(path):
                    return governor
        return None

    def _of_view(self, options: dict[str, object]) -> Governor[Environ]:
        kept = self._by_view.get(id(options))
        if kept is None:
            kept = self._by_view[id(options)] = (options, governor_of_options(with_config(self._app, options)))
        return kept[1]


def _endpoint(app: flask.Flask, environ: Environ) -> tuple[str, str]:
    """Return the endpoint that Flask will choose, and for which method.

    A preflight belongs to the endpoint of the method that it asks for.
    """
    method: str = environ["REQUEST_METHOD"]
    if method == "OPTIONS":
        method = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD", method)
    try:
        urls = app.create_url_adapter(app.request_class(environ))
        return ("" if urls is None else _match(urls, method)), method
    except HTTPException:
        return "", method


def _match(urls: MapAdapter, method: str) -> str:
    try:
        return str(urls.match(method=method)[0])
    except MethodNotAllowed as error:
        # The view of another method says why this one is denied.
        return str(urls.match(method=next(iter(error.valid_methods or ()), None))[0])


def _govern_blueprint(state: Any, options: dict[str, object]) -> None:  # noqa: ANN401
    name = f"{state.name_prefix}.{state.name}".lstrip(".")
    _middleware_of(state.app).govern(name, with_config(state.app, options))
