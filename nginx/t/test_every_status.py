"""Every response has its CORS headers, whatever its status, and whether nginx or an upstream made it."""

import email.utils
import os
import threading
import time
import unittest

from harness import PATIENCE
from harness.case import ALLOWED, APP, EVIL, POLICY, Case
from harness.upstream import Application, FastCgi, app_response


class EveryStatus(Case):
    def assert_three(self, server, status, method="GET", target="/", headers=(), body=b""):
        """Sends the request of an allowed origin, a denied one and none. All three have this status. Returns the first response."""
        allowed = server.ask(method, target, [("Origin", APP), *headers], body)
        self.assert_allowed(allowed, status)
        self.assert_denied(server.ask(method, target, [("Origin", EVIL), *headers], body), status)
        self.assert_denied(server.ask(method, target, list(headers), body), status)
        return allowed

    def test_a_return_of_any_status(self):
        statuses = (200, 201, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 413, 418, 429, 500, 502, 503, 504)
        def what(status):
            return "https://elsewhere.example/" if 300 < status < 309 else "text"
        server = self.one_server("\n".join(f"location = /{status} {{ {POLICY} return {status} {what(status)}; }}" for status in statuses))
        for status in statuses:
            with self.subTest(status):
                self.assert_three(server, status, target=f"/{status}")

    def test_an_upstream_response_of_any_status(self):
        app = Application(lambda head: app_response(int(head.split()[1][1:])))
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} proxy_pass http://127.0.0.1:{app.port}; }}")
        for status in (200, 204, 206, 301, 304, 401, 403, 404, 413, 418, 500, 502, 503, 504, 599):
            with self.subTest(status):
                self.assert_three(server, status, target=f"/{status}")

    def test_a_fastcgi_response_of_any_status(self):
        def respond(parameters):
            status = parameters.split(b"STATUS/")[1][:3].decode()
            return f"Status: {status} Status\r\nX-App: fastcgi\r\nContent-Type: text/plain\r\n\r\n".encode() + (b"" if status in ("204", "304") else b"app")
        app = FastCgi(respond)
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} fastcgi_param WANTED STATUS$uri; fastcgi_pass 127.0.0.1:{app.port}; }}")
        for status in (200, 204, 206, 301, 304, 401, 403, 404, 413, 500, 502, 504):
            with self.subTest(status):
                got = self.assert_three(server, status, target=f"/{status}")
                self.assertEqual(got.get("X-App"), ["fastcgi"])

    def test_files_ranges_and_unmodified_responses(self):
        server = self.one_server(f"{POLICY} if_modified_since before; root %PREFIX%/html;", files={"html/a.txt": "0123456789"})
        os.utime(server.prefix / "html/a.txt", (time.time() - 1000,) * 2)
        whole = self.assert_three(server, 200, target="/a.txt")
        self.assertEqual(whole.body, b"0123456789")
        part = self.assert_three(server, 206, target="/a.txt", headers=[("Range", "bytes=2-4")])
        self.assertEqual(part.body, b"234")
        self.assert_three(server, 206, target="/a.txt", headers=[("Range", "bytes=0-1,4-5")])
        # This response passes the filters twice, so the order of its headers can be another; each header is there once.
        beyond = server.ask("GET", "/a.txt", [("Origin", APP), ("Range", "bytes=90-")])
        self.assertEqual((beyond.status, sorted(beyond.cors())), (416, sorted(ALLOWED)))
        self.assert_denied(server.ask("GET", "/a.txt", [("Origin", EVIL), ("Range", "bytes=90-")]), 416)
        self.assert_three(server, 304, target="/a.txt", headers=[("If-None-Match", whole.get("ETag")[0])])
        self.assert_three(server, 304, target="/a.txt", headers=[("If-Modified-Since", email.utils.formatdate(usegmt=True))])
        self.assert_three(server, 412, target="/a.txt", headers=[("If-Match", '"other"')])
        self.assert_three(server, 200, method="HEAD", target="/a.txt")
        self.assert_three(server, 404, target="/none.txt")
        self.assert_three(server, 405, method="POST", target="/a.txt", body=b"x")

    def test_a_directory_without_its_slash(self):
        server = self.one_server(f"{POLICY} root %PREFIX%/html;", files={"html/d/index.html": "index"})
        self.assert_three(server, 301, target="/d")
        # The index file is an internal redirect.
        self.assertEqual(self.assert_three(server, 200, target="/d/").body, b"index")

    def test_errors_of_nginx(self):
        server = self.one_server(
            f"{POLICY} client_max_body_size 10; location /basic {{ auth_basic members; auth_basic_user_file %PREFIX%/users; }}"
            "location /deny { deny all; } location /proxy { proxy_pass http://127.0.0.1:1; }"
            "location /memory { client_max_body_size 0; proxy_pass http://127.0.0.1:1; } ",
            files={"users": "me:{PLAIN}secret\n"},
        )
        unauthorised = self.assert_three(server, 401, target="/basic")
        self.assertEqual(unauthorised.get("WWW-Authenticate"), ['Basic realm="members"'])
        self.assert_three(server, 403, target="/deny")
        self.assert_three(server, 404, target="/none")
        self.assert_three(server, 413, method="PUT", body=b"x" * 11)
        self.assert_three(server, 502, target="/proxy")

    def test_upstream_that_is_too_slow(self):
        asked = threading.Event()
        app = Application(lambda head: asked.wait(PATIENCE) and b"")
        self.addCleanup(app.close)
        self.addCleanup(asked.set)
        server = self.one_server(f"location / {{ {POLICY} proxy_read_timeout 200ms; proxy_pass http://127.0.0.1:{app.port}; }}")
        self.assert_three(server, 504)

    def test_upstream_that_closes_the_connection(self):
        app = Application(lambda head: b"no http at all" if b"GET /odd" in head else b"")
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} proxy_http_version 1.1; proxy_pass http://127.0.0.1:{app.port}; }}")
        self.assert_three(server, 502)

    def test_error_pages_and_named_locations(self):
        server = self.one_server(
            f"""
            {POLICY}
            error_page 404 /missing.html; error_page 403 =200 /forgiven.html; error_page 500 = @fallback; error_page 502 =299 @fallback;
            error_page 410 https://elsewhere.example/gone;
            root %PREFIX%/html;
            location /deny {{ deny all; }}
            location /500 {{ return 500; }}
            location /502 {{ proxy_pass http://127.0.0.1:1; }}
            location /410 {{ return 410; }}
            location @fallback {{ return 503 named; }}
            location /files {{ try_files $uri @files; }}
            location @files {{ return 207 files; }}
            """,
            files={"html/missing.html": "missing", "html/forgiven.html": "forgiven"},
        )
        self.assertEqual(self.assert_three(server, 404, target="/none").body, b"missing")
        self.assertEqual(self.assert_three(server, 200, target="/deny").body, b"forgiven")
        self.assert_three(server, 503, target="/500")
        self.assert_three(server, 299, target="/502")
        self.assert_three(server, 302, target="/410")
        self.assertEqual(self.assert_three(server, 207, target="/files/a").body, b"files")

    def test_internal_redirects_of_the_application(self):
        app = Application(lambda head: app_response(200, [("X-Accel-Redirect", "/kept/a.txt"), ("Vary", "Cookie")]))
        self.addCleanup(app.close)
        server = self.one_server(
            f"{POLICY} location / {{ proxy_pass http://127.0.0.1:{app.port}; }} location /kept/ {{ internal; root %PREFIX%/html; }}",
            files={"html/kept/a.txt": "kept"},
        )
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).body, b"kept")
        self.assert_three(server, 200)

    def test_a_rewritten_uri(self):
        server = self.one_server(f"{POLICY} location /a {{ rewrite ^ /b last; }} location /b {{ return 299 b; }} location /c {{ rewrite ^ /d break; return 298; }}")
        self.assert_three(server, 299, target="/a")

    def test_a_compressed_response_names_both_reasons_to_vary(self):
        server = self.one_server(f"{POLICY} gzip on; gzip_vary on; gzip_min_length 1; gzip_types *; root %PREFIX%/html;", files={"html/a.txt": "a" * 5000})
        got = server.ask("GET", "/a.txt", [("Origin", APP), ("Accept-Encoding", "gzip")])
        self.assertEqual(got.get("Content-Encoding"), ["gzip"])
        names = {name.strip().lower() for line in got.get("Vary") for name in line.split(",")}
        self.assertEqual(names, {"accept-encoding", "origin"})
        self.assertEqual(got.cors()[-1], ("Vary", "Origin"))
        self.assertEqual([line for line in got.cors() if line[0] != "Vary"], ALLOWED[:-1])


if __name__ == "__main__":
    unittest.main()
