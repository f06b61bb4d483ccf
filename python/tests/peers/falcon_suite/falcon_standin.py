"""A pytest plugin that replaces Falcon's CORS middleware by Corsac, with the same options."""

from __future__ import annotations

import falcon
import falcon.app
import falcon.asgi
import falcon.middleware
import falcon.testing
import falcon.testing.client

import corsac.asgi
import corsac.wsgi
from corsac import PolicySet

METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]


class Standin:
    """The object that an application gets. The test client finds it, and wraps the application in our middleware."""

    def __init__(self, allow_origins="*", expose_headers=None, allow_credentials=None, allow_private_network=False):
        for name, value in (("allow_origins", allow_origins), ("allow_credentials", allow_credentials)):
            if not isinstance(value, str | None) and "*" in value:
                raise ValueError(f"The wildcard string must be passed to {name} as a string, not inside an iterable.")
        exposed = (expose_headers or "").split(", ") if isinstance(expose_headers or "", str) else expose_headers
        common = {
            "allow_methods": METHODS,
            "allow_headers": ["*"],
            "expose_headers": [name for name in exposed if name],
            "max_age": 86400,
            "allow_private_network": allow_private_network,
        }
        rest = {**common, "allow_origins": _listed(allow_origins)}
        if allow_credentials is None:
            self.policy = PolicySet([rest])
        elif allow_credentials == "*":
            self.policy = PolicySet([{**rest, "allow_credentials": True}])
        else:
            trusted = {**common, "allow_origins": _listed(allow_credentials), "allow_credentials": True}
            self.policy = PolicySet([trusted, rest])

    def process_response(self, req, resp, resource, req_succeeded):
        pass

    async def process_response_async(self, req, resp, resource, req_succeeded):
        pass


def _listed(origins):
    return [origins] if isinstance(origins, str) else list(origins)


def _governed(app):
    standin = next((entry for entry in getattr(app, "_unprepared_middleware", ()) if isinstance(entry, Standin)), None)
    if standin is None:
        return app
    kind = corsac.asgi if isinstance(app, falcon.asgi.App) else corsac.wsgi
    return kind.CORSMiddleware(app, policy=standin.policy)


for module in (falcon, falcon.app, falcon.middleware):
    module.CORSMiddleware = Standin

_simulate = falcon.testing.client.simulate_request


def _simulate_governed(app, *arguments, **options):
    return _simulate(_governed(app), *arguments, **options)


falcon.testing.client.simulate_request = _simulate_governed
