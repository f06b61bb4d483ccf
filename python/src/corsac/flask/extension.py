"""The extension and the decorator. The policy of a view decides, else that of its blueprint, else the application's.

The middleware is outside of the application, because it must respond to a preflight before authentication.
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

# The key in `app.extensions`.
_KEY = "corsac"
# The attribute of a view with the options of its decorator.
_OPTIONS = "_corsac_options"


class CORS:
    """The extension: a policy for the paths of an application, or of a blueprint, that ``resources`` names.

    :param app: the application or blueprint; without it, call :meth:`init_app`.
    :param options: the options of flask-cors, and those of :class:`corsac.wsgi.CORSMiddleware` that it does not have.
        An option that you leave out is read from ``app.config``, such as ``CORS_ORIGINS``.
    :raises corsac.PolicyError: the options are not a valid policy. The exception has all findings.
    :raises TypeError: an option does not exist, or ``origins`` is missing.
    """

    def __init__(self, app: Scaffold | None = None, **options: object) -> None:
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Scaffold, **options: object) -> None:
        """Govern an application or a blueprint.

        :param options: override those of the constructor.
        """
        written = {**self._options, **options}
        if isinstance(app, flask.Blueprint):
            # The configuration is known when the blueprint is registered with an application.
            app.record(lambda state: _govern_blueprint(state, written))
        else:
            _middleware_of(app).govern(None, with_config(app, written))


def cross_origin(**options: object) -> Callable[[V], V]:
    """Give a view a policy of its own, instead of the policy of the extension.

    The application needs :class:`CORS`, which responds to preflights. ``CORS(app, resources={})`` governs only such
    views.

    :param options: as in :class:`CORS`, without ``resources``.
    """
    refuse_unknown(options)
    _Middleware.has_views = True
    if "origins" in options:
        # Raise errors here, where the options are written. The configuration may add options later.
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
    """Return the middleware of an application. It is outside of everything that wraps the application so far."""
    middleware = app.extensions.get(_KEY)
    if not isinstance(middleware, _Middleware):
        middleware = _Middleware(app.wsgi_app, app)
        app.extensions[_KEY] = middleware
        app.wsgi_app = middleware  # type: ignore[method-assign]
    return middleware


class _Middleware:
    """Decides with the policy of the view, else of its blueprint, else of the application."""

    # Whether a view of any application has a policy of its own.
    has_views = False

    def __init__(self, inner: Application, app: flask.Flask) -> None:
        self._inner = inner
        self._app = app
        self._report_only = False
        self._by_place: dict[str | None, list[tuple[re.Pattern[str], Governor[Environ]]]] = {}
        # By the id of a decorator's options. The options are kept too, so that no other object gets
        # their id.
        self._by_view: dict[int, tuple[object, Governor[Environ]]] = {}

    def govern(self, blueprint: str | None, options: dict[str, object]) -> None:
        """Set the governors of a blueprint, or of the application if there is none.

        :param blueprint: the name of the blueprint in endpoints.
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
        # Finding the view takes as long as deciding, so do it only if it is needed.
        if _Middleware.has_views or self._by_place.keys() - {None}:
            endpoint, method = _endpoint(self._app, environ)
        view = self._app.view_functions.get(endpoint)
        view_class = getattr(view, "view_class", None)
        # A client may send any method, so look up only those of the view.
        handler = (
            getattr(view_class, method.lower(), None) if method in (getattr(view, "methods", None) or ()) else None
        )
        for place in (view, handler, view_class):
            options = getattr(place, _OPTIONS, None)
            if options is not None:
                return self._of_view(options)
        path = _environ.text_path(environ)
        # The name of a nested blueprint begins with the name of its parent.
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
    """Return the endpoint that Flask will choose, and the method.

    A preflight belongs to the endpoint of the method that it requests.
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
        # The view of another method has the policy that explains why this method is denied.
        return str(urls.match(method=next(iter(error.valid_methods or ()), None))[0])


def _govern_blueprint(state: Any, options: dict[str, object]) -> None:  # noqa: ANN401
    name = f"{state.name_prefix}.{state.name}".lstrip(".")
    _middleware_of(state.app).govern(name, with_config(state.app, options))
