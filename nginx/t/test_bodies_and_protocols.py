"""A preflight may have a body, over any protocol: nginx reads past it, and the connection is good for the next request."""

import unittest

from harness.case import APP, EVIL, POLICY, PREFLIGHT, Case, preflight
from harness.http1 import request_head
from harness.http2 import Connection2
from harness.upstream import Application, app_response


class BodiesAndProtocols(Case):
    def setUp(self):
        self.app = Application(lambda head: app_response(299))
        self.addCleanup(self.app.close)
        inside = f"client_max_body_size 1k; {POLICY} location / {{ proxy_pass http://127.0.0.1:{self.app.port}; }} location /end {{ return 444; }}"
        self.server = self.serve(f"server {{ listen 127.0.0.1:%PORT%; {inside} }} server {{ listen 127.0.0.1:%PORT1% http2; {inside} }}", ports=2)

    def test_a_chunked_body_is_read_past(self):
        head = request_head("OPTIONS", "/", [*preflight(), ("Transfer-Encoding", "chunked")])
        with self.server.connect() as connection:
            self.assert_preflight(connection.send(head + b"3\r\nabc\r\n0\r\n\r\n", "OPTIONS"))
            self.assert_preflight(connection.ask("OPTIONS", "/", preflight()))

    def test_client_that_waits_for_100_gets_its_response(self):
        head = request_head("OPTIONS", "/", [*preflight(), ("Content-Length", "3"), ("Expect", "100-continue")])
        with self.server.connect() as connection:
            self.assert_preflight(connection.send(head, "OPTIONS"))

    def test_body_that_is_too_large_does_not_hide_the_response(self):
        # nginx refuses it by its length, before it has a location. The module responds to the preflight all the same.
        with self.server.connect() as connection:
            response = connection.ask("OPTIONS", "/", preflight(), b"x" * 5000)
        self.assertEqual((response.status, response.cors()), (204, PREFLIGHT))
        self.assert_allowed(self.server.ask("PUT", "/", [("Origin", APP)], b"x" * 5000), 413)
        self.assertEqual(self.app.heads, [])

    def test_denied_preflight_with_body_leaves_the_connection_in_order(self):
        with self.server.connect() as connection:
            for _ in range(3):
                response = connection.ask("OPTIONS", "/", preflight(EVIL), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertEqual((response.status, response.body), (403, b'origin "https://evil.example" is not allowed\n'))
            self.assert_allowed(connection.ask("GET", "/", [("Origin", APP)]), 299)
        self.assertEqual(len(self.app.heads), 1, "nginx took a body for a request")

    def test_return_444_in_a_location_comes_after_the_preflight(self):
        self.assert_preflight(self.server.ask("OPTIONS", "/end", preflight()))
        with self.assertRaises(ConnectionError):
            self.server.ask("GET", "/end", [("Origin", APP)])

    def test_blanks_around_a_value_do_not_count(self):
        for blank in (" ", "\t", " \t \t"):
            lines = [(name, f"{blank}{value}{blank}") for name, value in preflight()]
            self.assert_preflight(self.server.ask("OPTIONS", "/", lines))
            self.assert_allowed(self.server.ask("GET", "/", [("Origin", f"{blank}{APP}{blank}")]), 299)
            with Connection2(self.server.ports[1]) as connection:
                self.assertEqual(connection.ask("OPTIONS", "/", lines).origin(), APP)
                self.assertEqual(connection.ask("GET", "/", [("Origin", f"{blank}{APP}{blank}")]).origin(), APP)

    def test_a_change_of_protocol_is_a_response_like_others(self):
        app = Application(lambda head: b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\nAccess-Control-Allow-Origin: *\r\n\r\n")
        self.addCleanup(app.close)
        server = self.one_server(
            f"{POLICY} location / {{ proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
            f"proxy_pass http://127.0.0.1:{app.port}; }}"
        )
        for origin, check in ((APP, self.assert_allowed), (EVIL, self.assert_denied)):
            response = server.ask("GET", "/", [("Origin", origin), ("Upgrade", "websocket"), ("Connection", "upgrade")])
            check(response, 101)
            self.assertEqual(response.get("Upgrade"), ["websocket"])

    def test_http_2_has_the_same_responses(self):
        lower = [(name.lower(), value) for name, value in PREFLIGHT]
        with Connection2(self.server.ports[1]) as connection:
            for body in (b"", b"x" * 900):
                response = connection.ask("OPTIONS", "/", preflight(), body)
                self.assertEqual((response.status, response.cors(), response.body), (204, lower, b""))
                response = connection.ask("OPTIONS", "/", preflight(EVIL), body)
                self.assertEqual((response.status, response.body), (403, b'origin "https://evil.example" is not allowed\n'))
                self.assertEqual(response.get("x-content-type-options"), ["nosniff"])
            response = connection.ask("GET", "/", [("Origin", APP)])
            self.assertEqual((response.status, response.origin()), (299, APP))
            self.assertIsNone(connection.ask("GET", "/", [("Origin", EVIL)]).origin())
            # Only an `OPTIONS` request is a preflight.
            self.assertEqual(connection.ask("GET", "/", preflight()).status, 299)


if __name__ == "__main__":
    unittest.main()
