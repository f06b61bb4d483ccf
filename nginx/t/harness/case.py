"""The base of the tests: starts nginx for a test, ends it after the test, and prints its log if the test failed."""

import unittest

from .nginx import Nginx
from .place import MODULE, NGINX, need

APP = "https://app.example"
EVIL = "https://evil.example"
VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

# The policy of most tests. Directives that they add do not override it.
POLICY = """
cors on;
cors_allow_origins https://app.example https://*.preview.example;
cors_allow_methods GET POST PUT DELETE;
cors_allow_headers authorization content-type;
cors_allow_credentials on;
cors_expose_headers etag x-request-id;
cors_max_age 600;
"""

# The headers of that policy for its origin, in order.
ALLOWED = [
    ("Access-Control-Allow-Origin", APP),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Expose-Headers", "etag, x-request-id"),
    ("Vary", "Origin"),
]
DENIED = [("Vary", "Origin")]
PREFLIGHT = [
    ("Access-Control-Allow-Origin", APP),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "DELETE, GET, POST, PUT"),
    ("Access-Control-Allow-Headers", "authorization, content-type"),
    ("Access-Control-Max-Age", "600"),
    ("Vary", VARY),
]


def preflight(origin=APP, method="PUT", headers="authorization"):
    """The headers of a preflight for a request of this method with these headers."""
    lines = [("Origin", origin), ("Access-Control-Request-Method", method)]
    return lines + ([("Access-Control-Request-Headers", headers)] if headers else [])


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        need(NGINX, MODULE)

    def run(self, result=None):
        self.servers = []
        before = result and len(result.failures) + len(result.errors)
        run = super().run(result)
        if result and len(result.failures) + len(result.errors) > before:
            for server in self.servers:
                print(f"\n{self.id()}: the log of nginx:\n{server.said()}\nits configuration:\n{server.fill(server.http)[:4000]}", flush=True)
        for server in self.servers:
            server.remove()
        return run

    def prepare(self, http, **options):
        """An nginx with its configuration, not started."""
        server = Nginx(http, **options)
        self.servers.append(server)
        return server

    def serve(self, http, **options):
        """A running nginx. At the end of the test, its exit code and its log must be without errors."""
        server = self.prepare(http, **options)
        server.start()
        self.addCleanup(self.ended, server)
        return server

    def ended(self, server):
        self.assertEqual(server.end(), 0, "the exit code of nginx")
        self.assertEqual(server.alarms(), [])

    def one_server(self, inside, before="", **options):
        """One server on the first port; `before` comes before it in the http block."""
        return self.serve(f"{before}\nserver {{\nlisten 127.0.0.1:%PORT%;\nserver_name _;\n{inside}\n}}\n", **options)

    def assert_allowed(self, response, status, lines=None):
        self.assertEqual((response.status, response.cors()), (status, lines or ALLOWED))

    def assert_denied(self, response, status):
        self.assertEqual((response.status, response.cors()), (status, DENIED))

    def assert_preflight(self, response, status=204):
        self.assertEqual((response.status, response.cors()), (status, PREFLIGHT))
        self.assertEqual(response.body, b"")
