"""A request is decided once, by the first location with a policy that it comes to, and keeps the decision."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, app_response

OTHER = f"cors on; cors_allow_origins {EVIL};"


class Once(Case):
    def test_the_first_location_decides(self):
        server = self.one_server(
            f"location /rewritten {{ {POLICY} rewrite ^ /other last; }} location /tried {{ {POLICY} try_files /none /other; }}"
            f"location /failed {{ {POLICY} error_page 404 = /other; root %PREFIX%/none; }} location /named {{ {POLICY} try_files /none @named; }}"
            f"location /other {{ {OTHER} return 200; }} location @named {{ {OTHER} return 200; }}"
            f"location /to-off {{ {POLICY} rewrite ^ /off last; }} location /off {{ cors off; return 200; }}"
        )
        for target in ("/rewritten", "/tried", "/failed", "/named", "/to-off"):
            with self.subTest(target):
                self.assert_allowed(server.ask("GET", target, [("Origin", APP)]), 200)
                self.assert_denied(server.ask("GET", target, [("Origin", EVIL)]), 200)
                self.assert_preflight(server.ask("OPTIONS", target, preflight()))
        self.assertEqual(server.ask("GET", "/other", [("Origin", EVIL)]).origin(), EVIL)

    def test_denial_is_logged_once_after_internal_redirects(self):
        server = self.one_server(
            f"{POLICY} error_page 404 /a; location / {{ root %PREFIX%/none; }} location /a {{ rewrite ^ /b last; }} location /b {{ return 200; }}"
        )
        self.assert_denied(server.ask("GET", "/x", [("Origin", EVIL)]), 404)
        self.assertEqual(server.log().count("is not allowed"), 1)
        server.ask("OPTIONS", "/x", preflight(EVIL))
        self.assertEqual(server.log().count("preflight denied"), 1)

    def test_a_header_that_another_module_takes_away_changes_nothing(self):
        # realip and the proxy can change the request later; the decision is about the request as it came.
        app = Application(lambda head: app_response(200))
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} proxy_set_header Origin ''; proxy_pass http://127.0.0.1:{app.port}; }}")
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)
        self.assertNotIn(b"Origin:", app.heads[0])

    def test_each_request_of_a_connection_has_its_own_decision(self):
        server = self.one_server(f"{POLICY} location / {{ return 200; }}")
        with server.connect() as connection:
            for _ in range(50):
                self.assert_allowed(connection.ask("GET", "/", [("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("Origin", EVIL)]), 200)
                self.assert_denied(connection.ask("GET", "/"), 200)
                self.assert_preflight(connection.ask("OPTIONS", "/", preflight()))

    def test_pipelined_requests_get_their_responses_in_order(self):
        server = self.one_server(f"{POLICY} location / {{ return 200; }}")
        heads = [f"GET / HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\n\r\n".encode() for origin in (APP, EVIL) * 20]
        with server.connect() as connection:
            responses = [connection.send(b"".join(heads))] + [connection.read() for _ in heads[1:]]
        self.assertEqual([response.origin() for response in responses], [APP, None] * 20)


if __name__ == "__main__":
    unittest.main()
