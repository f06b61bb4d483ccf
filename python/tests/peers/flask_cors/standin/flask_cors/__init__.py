"""Replaces flask-cors while its own tests run: the same two names, with `corsac.wsgi.CORSMiddleware` inside.

It converts the options to ours, for each path, as in `python/MIGRATING.md`. It makes no decision of its own.
"""

import re
from datetime import timedelta

import flask

from corsac.wsgi import CORSMiddleware

__all__ = ["CORS", "cross_origin"]

METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]
_REGEX = re.compile(r"[*\\\]?$^\[()]")


class CORS:
    """The extension: options for the routes of an application or blueprint that a resource matches."""

    def __init__(self, app=None, **options):
        self.options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app):
        resources = self.options.get("resources", "/*")
        if isinstance(resources, str | re.Pattern):
            resources = [resources]
        if not isinstance(resources, dict | list):
            raise ValueError("resources: write a path, a list of paths, or a dict of paths and options")
        if isinstance(resources, list):
            resources = {resource: {} for resource in resources}
        common = {name: value for name, value in self.options.items() if name != "resources"}
        app.corsac_resources = [
            (resource if isinstance(resource, re.Pattern) else _path(resource), common | options)
            for resource, options in resources.items()
        ]


def cross_origin(**options):
    """The decorator: options for the routes of one view."""

    def decorate(view):
        view.corsac_options = options
        return view

    return decorate


def _path(resource):
    """Read a resource as flask-cors does: a regular expression if it looks like one, otherwise a path."""
    return re.compile(resource if _REGEX.search(resource) else re.escape(resource) + "$")


def _options(app, path):
    """Return the options of a path: from the view's decorator, its blueprint's extension, or the application's."""
    endpoint = next((rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == path), "")
    view, blueprint = app.view_functions.get(endpoint), app.blueprints.get(endpoint.rpartition(".")[0])
    if hasattr(view, "corsac_options"):
        return view.corsac_options
    resources = getattr(blueprint, "corsac_resources", getattr(app, "corsac_resources", []))
    return next((options for resource, options in resources if resource.match(path)), None)


def _middleware(app, options):
    origins = options.get("origins", "*")
    origins = [origins] if isinstance(origins, str | re.Pattern) else list(origins)
    regexes = [o for o in origins if isinstance(o, re.Pattern) or (o != "*" and _REGEX.search(o))]
    headers = options.get("allow_headers", "*")
    exposed = options.get("expose_headers") or []
    max_age = options.get("max_age")
    return CORSMiddleware(
        app,
        allow_origins=[o for o in origins if o not in regexes],
        allow_origin_regex=regexes,
        allow_methods=options.get("methods", METHODS),
        allow_headers=[headers] if isinstance(headers, str) else headers,
        expose_headers=[exposed] if isinstance(exposed, str) else exposed,
        allow_credentials=options.get("supports_credentials", False),
        max_age=int(max_age.total_seconds()) if isinstance(max_age, timedelta) else max_age,
        allow_private_network=options.get("allow_private_network", False),
    )


class _Gate:
    """Wraps each application. The middleware of a path is made at its first request."""

    def __init__(self, app, inner):
        self.app, self.inner, self.governed = app, inner, {}

    def __call__(self, environ, start_response):
        path = "/" + environ["PATH_INFO"].lstrip("/")
        if path not in self.governed:
            options = _options(self.app, path)
            self.governed[path] = self.inner if options is None else _middleware(self.inner, options)
        return self.governed[path](environ, start_response)


_init = flask.Flask.__init__


def _init_with_gate(self, *arguments, **options):
    _init(self, *arguments, **options)
    self.wsgi_app = _Gate(self, self.wsgi_app)


flask.Flask.__init__ = _init_with_gate
