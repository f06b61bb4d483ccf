"""A governed response has the CORS headers of the policy and no others: those of upstreams and of `add_header` are removed."""

import re
import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, FastCgi, app_response

# An application that allows every origin with credentials, the commonest mistake of all.
def reflecting(status):
    def respond(head):
        lines = head.decode("latin-1").split("\r\n")
        origin = next((line[8:] for line in lines if line.lower().startswith("origin: ")), "*")
        return app_response(status, [*theirs(origin), ("X-Own", "kept")])
    return respond


def theirs(origin):
    return [
        ("Access-Control-Allow-Origin", origin),
        ("access-control-allow-origin", "*"),
        ("ACCESS-CONTROL-ALLOW-CREDENTIALS", "true"),
        ("Access-Control-Allow-Methods", "*"),
        ("Access-Control-Allow-Headers", "*"),
        ("Access-Control-Max-Age", "86400"),
        ("Access-Control-Expose-Headers", "*"),
        ("Access-Control-Allow-Private-Network", "true"),
    ]


LEFTOVERS = "\n".join(f'add_header {name} "{value}" always;' for name, value in theirs("$http_origin")) + "add_header X-Left kept always;"


class Replaced(Case):
    def assert_alone(self, server, status, target="/", kept=()):
        for headers, check in (([("Origin", APP)], self.assert_allowed), ([("Origin", EVIL)], self.assert_denied), ([], self.assert_denied)):
            with self.subTest(target=target, headers=headers):
                response = server.ask("GET", target, headers)
                check(response, status)
                for name in kept:
                    self.assertEqual(response.get(name), ["kept"], name)

    def test_headers_of_a_proxied_application(self):
        for status in (200, 204, 304, 404, 500):
            app = Application(reflecting(status))
            self.addCleanup(app.close)
            server = self.one_server(f"location / {{ {POLICY} proxy_pass http://127.0.0.1:{app.port}; }}")
            self.assert_alone(server, status, kept=("X-Own",))

    def test_headers_of_a_fastcgi_application(self):
        lines = "".join(f"{name}: {value}\r\n" for name, value in theirs(EVIL))
        app = FastCgi(lambda parameters: f"Status: 200 Status\r\n{lines}X-Own: kept\r\n\r\napp".encode())
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} fastcgi_pass 127.0.0.1:{app.port}; }}")
        self.assert_alone(server, 200, kept=("X-Own",))

    def test_headers_of_add_header(self):
        app = Application(reflecting(200))
        self.addCleanup(app.close)
        server = self.one_server(
            f"{POLICY} {LEFTOVERS} location /ok {{ return 200 ok; }} location /moved {{ return 301 /ok; }} location /error {{ return 500; }}"
            f"location /app {{ proxy_pass http://127.0.0.1:{app.port}; }} location /file {{ root %PREFIX%/html; }}"
            "location /own { add_header Access-Control-Allow-Origin * always; add_header X-Left kept always; return 200 ok; }",
            files={"html/file": "file"},
        )
        for target, status in {"/ok": 200, "/moved": 301, "/error": 500, "/app": 200, "/file": 200, "/file/none": 404, "/own": 200}.items():
            self.assert_alone(server, status, target, kept=("X-Left",))

    def test_headers_of_add_header_on_a_preflight(self):
        server = self.one_server(f"location / {{ {POLICY} {LEFTOVERS} return 200; }}")
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        denied = server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertEqual([name for name, _ in denied.cors()], ["Vary"])

    def replaced(self, server):
        return re.findall(r'\[notice\] [^\n]*cors: the policy replaces "([^"]*)"', server.log())

    def test_header_that_the_application_loses_is_logged_once(self):
        app = Application(lambda head: app_response(200, [("Access-Control-Allow-Origin", "*"), ("access-control-max-age", "5"), ("Vary", "Cookie")]))
        self.addCleanup(app.close)
        server = self.one_server(
            f"{POLICY} location / {{ proxy_pass http://127.0.0.1:{app.port}; }} location /own {{ {POLICY} proxy_pass http://127.0.0.1:{app.port}; }}"
            f"location /report {{ {POLICY} cors_report_only on; proxy_pass http://127.0.0.1:{app.port}; }}"
        )
        names = ["Access-Control-Allow-Origin", "access-control-max-age"]
        for origin in (APP, EVIL, APP):
            server.ask("GET", "/report", [("Origin", origin)])
        self.assertEqual(self.replaced(server), [])
        for origin in (EVIL, APP, EVIL):
            server.ask("GET", "/", [("Origin", origin)])
        self.assertEqual(self.replaced(server), names)
        # Another policy is logged by itself.
        for _ in range(3):
            server.ask("GET", "/own")
        self.assertEqual(self.replaced(server), [*names, *names])

    def test_header_that_stays_the_same_is_not_logged(self):
        app = Application(lambda head: app_response(200, [("access-control-allow-origin", APP), ("Access-Control-Allow-Credentials", "true")]))
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} proxy_pass http://127.0.0.1:{app.port}; }}")
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)
        self.assertEqual(self.replaced(server), [])
        self.assert_denied(server.ask("GET", "/", [("Origin", EVIL)]), 200)
        self.assertEqual(self.replaced(server), ["access-control-allow-origin", "Access-Control-Allow-Credentials"])

    def test_lost_headers_are_logged_64_times_at_most(self):
        places = "".join(f"location /{number} {{ {POLICY} add_header Access-Control-Allow-Origin * always; return 200; }}" for number in range(70))
        server = self.one_server(places)
        with server.connect() as connection:
            for number in [*range(70), *range(70)]:
                connection.ask("GET", f"/{number}")
        self.assertEqual(self.replaced(server), ["Access-Control-Allow-Origin"] * 64)

    def test_a_location_without_cors_is_left_as_it_is(self):
        server = self.one_server(f"location / {{ {LEFTOVERS} return 200; }} location /on {{ {POLICY} return 200; }}")
        response = server.ask("GET", "/", [("Origin", EVIL)])
        self.assertEqual(response.get("Access-Control-Allow-Origin"), [EVIL, "*"])
        self.assertEqual(response.get("Vary"), [])
        self.assertEqual(server.ask("OPTIONS", "/", preflight()).status, 200)

    def test_more_headers_than_one_part_of_the_list_holds(self):
        # nginx keeps response headers in parts of twenty.
        many = [(f"X-{n}", "kept") for n in range(50)]
        mixed = [line for n, line in enumerate(many) for line in ([line, ("Access-Control-Allow-Origin", "*")] if n % 3 else [line])]
        app = Application(lambda head: app_response(200, mixed))
        self.addCleanup(app.close)
        server = self.one_server(
            f"location / {{ {POLICY} proxy_buffer_size 32k; proxy_buffers 4 32k; proxy_busy_buffers_size 64k; proxy_pass http://127.0.0.1:{app.port}; }}"
        )
        self.assert_alone(server, 200, kept=[name for name, _ in many])


if __name__ == "__main__":
    unittest.main()
