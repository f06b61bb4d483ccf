"""What comes with a preflight, and over which protocol, does not matter: the connection is good for the next request."""

import unittest

from harness.case import APP, EVIL, POLICY, PREFLIGHT, Case, preflight
from harness.http1 import request_head
from harness.http2 import Connection2
from harness.upstream import Application, response


class BodiesAndProtocols(Case):
    def setUp(self):
        self.app = Application(lambda head: response(299))
        self.addCleanup(self.app.close)
        inside = f"client_max_body_size 1k; {POLICY} location / {{ proxy_pass http://127.0.0.1:{self.app.port}; }} location /end {{ return 444; }}"
        self.server = self.serve(f"server {{ listen 127.0.0.1:%PORT%; {inside} }} server {{ listen 127.0.0.1:%PORT1% http2; {inside} }}", ports=2)

    def test_a_chunked_body_is_read_past(self):
        head = request_head("OPTIONS", "/", [*preflight(), ("Transfer-Encoding", "chunked")])
        with self.server.connect() as connection:
            self.assert_preflight(connection.send(head + b"3\r\nabc\r\n0\r\n\r\n", "OPTIONS"))
            self.assert_preflight(connection.ask("OPTIONS", "/", preflight()))

    def test_a_client_that_waits_for_100_gets_its_answer(self):
        head = request_head("OPTIONS", "/", [*preflight(), ("Content-Length", "3"), ("Expect", "100-continue")])
        with self.server.connect() as connection:
            self.assert_preflight(connection.send(head, "OPTIONS"))

    def test_a_body_that_is_too_large_does_not_hide_the_answer(self):
        # nginx refuses it by its length, before there is a location; a preflight is answered all the same.
        with self.server.connect() as connection:
            answer = connection.ask("OPTIONS", "/", preflight(), b"x" * 5000)
        self.assertEqual((answer.status, answer.cors()), (204, PREFLIGHT))
        self.assert_allowed(self.server.ask("PUT", "/", [("Origin", APP)], b"x" * 5000), 413)
        self.assertEqual(self.app.heads, [])

    def test_a_denied_preflight_with_a_body_leaves_the_connection_in_order(self):
        with self.server.connect() as connection:
            for _ in range(3):
                answer = connection.ask("OPTIONS", "/", preflight(EVIL), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertEqual((answer.status, answer.body), (403, b'origin "https://evil.example" is not allowed\n'))
            self.assert_allowed(connection.ask("GET", "/", [("Origin", APP)]), 299)
        self.assertEqual(len(self.app.heads), 1, "a body was taken for a request")

    def test_return_444_in_a_location_answers_a_preflight(self):
        self.assert_preflight(self.server.ask("OPTIONS", "/end", preflight()))
        with self.assertRaises(ConnectionError):
            self.server.ask("GET", "/end", [("Origin", APP)])

    def test_blanks_around_a_value_are_none_of_it(self):
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
            answer = server.ask("GET", "/", [("Origin", origin), ("Upgrade", "websocket"), ("Connection", "upgrade")])
            check(answer, 101)
            self.assertEqual(answer.get("Upgrade"), ["websocket"])

    def test_http_2_has_the_same_answers(self):
        lower = [(name.lower(), value) for name, value in PREFLIGHT]
        with Connection2(self.server.ports[1]) as connection:
            for body in (b"", b"x" * 900):
                answer = connection.ask("OPTIONS", "/", preflight(), body)
                self.assertEqual((answer.status, answer.cors(), answer.body), (204, lower, b""))
                answer = connection.ask("OPTIONS", "/", preflight(EVIL), body)
                self.assertEqual((answer.status, answer.body), (403, b'origin "https://evil.example" is not allowed\n'))
                self.assertEqual(answer.get("x-content-type-options"), ["nosniff"])
            answer = connection.ask("GET", "/", [("Origin", APP)])
            self.assertEqual((answer.status, answer.origin()), (299, APP))
            self.assertIsNone(connection.ask("GET", "/", [("Origin", EVIL)]).origin())
            # Only what came as `OPTIONS` is one.
            self.assertEqual(connection.ask("GET", "/", preflight()).status, 299)


if __name__ == "__main__":
    unittest.main()
