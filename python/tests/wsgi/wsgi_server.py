"""A WSGI server for tests, applications behind it, and one policy for most tests."""

from __future__ import annotations

from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from corsac.wsgi import CORSMiddleware

ORIGIN = "https://app.example.com"
OPTIONS = {
    "allow_origins": [ORIGIN],
    "allow_methods": ["GET", "PUT"],
    "allow_headers": ["content-type"],
    "allow_credentials": True,
    "expose_headers": ["etag"],
}
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


class Server:
    """A server of PEP 3333: headers are sent with the first byte, and `exc_info` replaces them until then."""

    def __init__(self, app, validated=True):
        self.app = validator(app) if validated else app
        self.status = None
        self.headers = []
        self.body = b""
        self.raised = None
        self.sent = False

    def _send(self, data):
        assert self.status is not None
        self.sent = self.sent or bool(data)
        self.body += data

    def _start(self, status, headers, exc_info=None):
        if exc_info:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        else:
            assert self.status is None, "start_response was called twice"
        self.status, self.headers = int(status[:3]), headers
        return self._send

    def request(self, method="GET", headers=None, path="/", **environ):
        setup_testing_defaults(environ)
        environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": ""}
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        chunks = None
        try:
            chunks = self.app(environ, self._start)
            for chunk in chunks:
                self._send(chunk)
        except Exception as error:
            self.raised = error
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return self

    def header(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def cors(self):
        return {key.lower(): value for key, value in self.headers if key.lower().startswith("access-control-")}


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def ask(app=application, method="GET", headers=None, path="/", **options):
    return Server(CORSMiddleware(app, **(options or OPTIONS))).request(method, headers, path)


def unreachable(environ, start_response):
    raise AssertionError("the application was called")


def reflecting(environ, start_response):
    lines = [
        ("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "*")),
        ("ACCESS-CONTROL-ALLOW-CREDENTIALS", "true"),
        ("access-control-max-age", "5"),
        ("Vary", "Cookie"),
        ("vary", "Accept, ORIGIN"),
        ("Content-Type", "text/plain"),
    ]
    start_response("200 OK", lines)
    return [b"ok"]
