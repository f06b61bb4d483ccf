"""Replaces aiohttp-cors while its own tests run: options for each origin and route as tables of a policy set."""

from __future__ import annotations

import dataclasses

from aiohttp import web

from corsac import PolicySet
from corsac.aiohttp import setup as corsac_setup

__all__ = ["CorsViewMixin", "ResourceOptions", "setup"]

METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]


@dataclasses.dataclass(frozen=True)
class ResourceOptions:
    allow_credentials: bool = False
    expose_headers: object = ()
    allow_headers: object = ()
    max_age: int | None = None
    allow_methods: object = None


class CorsViewMixin:
    cors_config: object = None


class Config:
    def __init__(self, app, defaults):
        self.defaults = defaults or {}
        self.tables = {}
        # No request has this path: a set needs a table.
        self.cors = corsac_setup(app, policy=PolicySet([{"path": "/corsac-standin", "cors": False}]))

    def add(self, entity, config=None):
        """Govern a resource or a route. The methods of all routes of one resource belong together."""
        resource = getattr(entity, "resource", entity)
        view = getattr(entity, "handler", None)
        config = config or getattr(view, "cors_config", None) or {}
        method = "GET" if isinstance(entity, web.StaticResource) else getattr(entity, "method", None)
        if method is not None:
            by_origin = self.tables.setdefault(resource.canonical, {})
            for origin, options in {**self.defaults, **config}.items():
                if isinstance(options, dict):
                    options = ResourceOptions(**options)
                methods = options.allow_methods or ([method] if method != "*" else METHODS)
                by_origin[origin] = _table(resource.canonical, origin, options, methods)
            tables = [table for each in self.tables.values() for table in _any_last(each)]
            if tables:
                self.cors.policy = PolicySet(tables)
        return entity


def _any_last(by_origin):
    return [by_origin[origin] for origin in sorted(by_origin, key=lambda origin: origin == "*")]


def _table(path, origin, options, methods):
    def listed(value):
        return [value] if value == "*" else list(value)

    return {
        "path": path,
        "allow_origins": [origin],
        "allow_credentials": options.allow_credentials,
        "expose_headers": listed(options.expose_headers),
        "allow_headers": listed(options.allow_headers),
        "allow_methods": listed(methods),
        "max_age": options.max_age,
        "preflight_status": 200,
        "dangerously_allow_insecure_origins": options.allow_credentials and origin.startswith("http:"),
    }


def setup(app, *, defaults=None):
    return Config(app, defaults)
