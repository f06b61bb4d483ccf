"""Requests that no browser sends: with several Origin headers, huge ones, broken ones. nginx keeps serving after each of them."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight


class OddRequests(Case):
    def setUp(self):
        self.server = self.one_server(f"{POLICY} location / {{ return 200; }}")

    def still_serves(self):
        self.assert_allowed(self.server.ask("GET", "/", [("Origin", APP)]), 200)

    def test_several_origin_lines_are_denied(self):
        for origins in ((APP, APP), (APP, EVIL), (EVIL, APP), (APP, ""), ("", APP)):
            with self.subTest(origins):
                self.assert_denied(self.server.ask("GET", "/", [("Origin", origin) for origin in origins]), 200)
                lines = [("Origin", origin) for origin in origins] + preflight()[1:]
                response = self.server.ask("OPTIONS", "/", lines)
                self.assertEqual((response.status, response.origin()), (403, None))

    def test_names_in_any_case_are_the_same_line(self):
        self.assert_allowed(self.server.ask("GET", "/", [("oRIGIN", APP)]), 200)
        self.assert_denied(self.server.ask("GET", "/", [("oRIGIN", APP), ("ORIGIN", APP)]), 200)

    def test_empty_origin_is_an_origin(self):
        self.assert_denied(self.server.ask("GET", "/", [("Origin", "")]), 200)
        self.assertEqual(self.server.ask("OPTIONS", "/", preflight("")).status, 403)

    def test_several_lines_of_requested_headers_are_one_list(self):
        lines = preflight(headers="authorization") + [("Access-Control-Request-Headers", "content-type")]
        self.assert_preflight(self.server.ask("OPTIONS", "/", lines))
        lines = preflight(headers="authorization") + [("Access-Control-Request-Headers", "x-a")]
        self.assertIsNotNone(self.server.ask("OPTIONS", "/", lines).origin())
        self.assertIn('request header "x-a" is not allowed', self.server.log())

    def test_a_line_that_is_too_large_is_refused_by_nginx(self):
        response = self.server.ask("GET", "/", [("Origin", "a" * 100_000)])
        self.assertIn(response.status, (400, 414, 431, 494))
        self.still_serves()

    def test_a_target_that_is_too_large_is_refused_by_nginx(self):
        self.assertEqual(self.server.ask("GET", "/" + "a" * 100_000, [("Origin", APP)]).status, 414)
        self.still_serves()

    def test_many_lines_are_fine(self):
        many = [(f"X-{n}", "a") for n in range(300)]
        self.assert_allowed(self.server.ask("GET", "/", [*many[:150], ("Origin", APP), *many[150:]]), 200)
        self.assert_preflight(self.server.ask("OPTIONS", "/", many[:150] + preflight() + many[150:]))

    def test_a_hostile_list_of_headers_is_denied(self):
        for hostile in ("," * 7900, "a," * 3900, "a" * 7900, " " * 100 + "a", "authorization," * 500):
            response = self.server.ask("OPTIONS", "/", preflight(headers=hostile))
            self.assertIn(response.status, (204, 403))
            self.assertIsNone(response.get("Access-Control-Max-Age")[0] if response.get("Access-Control-Max-Age") else None)
        self.still_serves()

    def test_invalid_http_is_refused_by_nginx(self):
        for sent in (b"\0\0\0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nOrigin\0: b\r\n\r\n", b"OPTIONS / HTTP/9.9\r\nHost: a\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: a\0b\r\n\r\n", b"OPTIONS / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + f"Origin: {APP}\r\n".encode() * 2 + b"\r\n"):
            with self.subTest(sent), self.server.connect() as connection:
                self.assertIn(connection.send(sent).status, (400, 505))
        self.still_serves()

    def test_a_request_of_http_1_0_is_governed_too(self):
        with self.server.connect() as connection:
            self.assert_allowed(connection.send(f"GET / HTTP/1.0\r\nOrigin: {APP}\r\n\r\n".encode()), 200)

    def test_nginx_serves_after_a_client_closes_in_the_middle(self):
        for part in (b"OPTI", b"OPTIONS / HTTP/1.1\r\nOrigin: a", b"PUT / HTTP/1.1\r\nHost: a\r\nOrigin: b\r\nContent-Length: 100\r\n\r\nabc"):
            connection = self.server.connect()
            connection.open()
            connection.socket.sendall(part)
            connection.close()
        self.still_serves()


if __name__ == "__main__":
    unittest.main()
