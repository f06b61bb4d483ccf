"""A worker keeps decisions, and uses them only for requests that are the same to the byte."""

import itertools
import random
import unittest

from harness.case import ALLOWED, APP, DENIED, EVIL, POLICY, Case, preflight
from harness.http2 import Connection2

HERE = f"{POLICY} location / {{ return 200; }}"


def preview(number):
    return f"https://pr-{number}.preview.example"


class Known(Case):
    def assert_shared(self, connection, origin, is_shared):
        lines = [("Access-Control-Allow-Origin", origin), *ALLOWED[1:]] if is_shared else DENIED
        for _ in range(3):
            response = connection.ask("GET", "/", [("Origin", origin)])
            # Names are in lower case in HTTP/2.
            self.assertEqual([(name.lower(), value) for name, value in response.cors()], [(name.lower(), value) for name, value in lines])

    def test_many_origins_keep_their_own_responses(self):
        # More origins than the cache has room for, allowed and denied in turn, and then all of them again.
        with self.one_server(HERE).connect() as connection:
            for number in [*range(60), *range(60)]:
                self.assert_shared(connection, preview(number), True)
                self.assert_shared(connection, f"https://pr-{number}.evil.example", False)
                self.assert_shared(connection, APP, True)

    def test_every_value_counts_to_its_last_byte(self):
        server = self.one_server(HERE)
        allowed = [preview(1), preview(2), "https://pr-1.preview.example\t"]
        other = [preview(1)[:-1], f"{preview(1)}.", preview(1).replace(".pre", ".pro"), f"{preview(1)[:-1]}o", f"{preview(1)}s", ""]
        with server.connect() as connection:
            for value in [*allowed, *other] * 3:
                origin = connection.ask("GET", "/", [("Origin", value)]).origin()
                self.assertEqual(origin, value.strip() if value in allowed else None, value)

    def test_another_header_makes_another_request(self):
        server = self.one_server(HERE)
        with server.connect() as connection:
            for _ in range(3):
                self.assert_shared(connection, APP, True)
                self.assert_preflight(connection.ask("OPTIONS", "/", preflight()))
                self.assert_allowed(connection.ask("OPTIONS", "/", [("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("Origin", APP), ("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("origin", EVIL), ("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("X-rign", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("X-Chin", APP)]), 200)
                self.assert_allowed(connection.ask("GET", "/", [("oRIGIN", APP), ("X-Chin", EVIL)]), 200)
                self.assert_denied(connection.ask("GET", "/"), 200)

    def test_decisions_of_different_methods_differ(self):
        # With only Access-Control-Request-Method, both requests are plain.
        server = self.one_server(HERE)
        with server.connect() as connection:
            for method in ("GET", "OPTIONS", "GET", "PUT", "OPTIONS"):
                self.assert_denied(connection.ask(method, "/", [("Access-Control-Request-Method", "PUT")]), 200)
                self.assert_allowed(connection.ask(method, "/", [("Origin", APP)]), 200)

    def test_each_location_keeps_its_own_decisions(self):
        server = self.one_server(
            f"location /a {{ {POLICY} return 200; }} location /b {{ cors on; cors_allow_origins {EVIL}; return 200; }} location /off {{ return 200; }}"
        )
        with server.connect() as connection:
            for _ in range(3):
                for target, origin in (("/a", APP), ("/b", EVIL), ("/off", None)):
                    for asked in (APP, EVIL):
                        self.assertEqual(connection.ask("GET", target, [("Origin", asked)]).origin(), origin if asked == origin else None)

    def test_a_reload_forgets_all(self):
        one = "server {{ listen 127.0.0.1:%PORT%; cors on; cors_allow_origins {}; location / {{ return 200; }} }}"
        server = self.serve(one.format(APP), master=True)
        for origin in (APP, EVIL, APP):
            server.configure(one.format(origin))
            self.assertTrue(server.reload(), server.said())
            for asked in (APP, EVIL, APP, EVIL):
                self.assertEqual(server.ask("GET", "/", [("Origin", asked)]).origin(), origin if asked == origin else None)

    def test_every_denial_and_every_report_is_logged(self):
        server = self.one_server(
            f"location / {{ {POLICY} return 200; }} location /report {{ {POLICY} cors_report_only on; return 200; }}"
        )
        with server.connect() as connection:
            for _ in range(5):
                connection.ask("GET", "/", [("Origin", EVIL)])
                connection.ask("GET", "/report", [("Origin", APP)])
        self.assertEqual(server.log().count(f'origin "{EVIL}" is not allowed'), 5)
        self.assertEqual(server.log().count("report only"), 5)

    def test_cached_denial_has_its_own_message(self):
        # The earlier requests are freed, and other requests use their memory.
        server = self.one_server(HERE)
        denied = [f"https://denied-{number}.example" for number in range(5)]
        for length in (1, 100, 300):
            for origin in denied:
                self.assert_denied(server.ask("GET", "/", [("X-Filler", "x" * length), ("Origin", origin)]), 200)
        for origin in denied:
            self.assertEqual(server.log().count(f'origin "{origin}" is not allowed'), 3)

    def test_variables_are_those_of_the_request(self):
        server = self.one_server(f'{POLICY} location / {{ add_header X-Was "$cors_class $cors_allowed $cors_denial" always; return 200; }}')
        with server.connect() as connection:
            for _ in range(3):
                self.assertEqual(connection.ask("GET", "/", [("Origin", APP)]).get("X-Was"), ["actual 1 "])
                self.assertEqual(connection.ask("GET", "/", [("Origin", EVIL)]).get("X-Was"), ["actual 0 origin-not-allowed"])
                self.assertEqual(connection.ask("GET", "/").get("X-Was"), ["plain 1 "])

    def test_cache_is_used_over_http_2(self):
        server = self.serve(f"server {{ listen 127.0.0.1:%PORT% http2; {HERE} }}")
        with Connection2(server.port) as connection:
            for number in [*range(20), *range(20)]:
                self.assert_shared(connection, preview(number), True)
                self.assert_shared(connection, EVIL, False)

    def test_decision_about_a_large_request_is_not_kept(self):
        server = self.one_server(HERE)
        with server.connect() as connection:
            for _ in range(3):
                self.assert_denied(connection.ask("GET", "/", [("Origin", f"https://{'a' * 4000}.example")]), 200)
                self.assert_shared(connection, APP, True)

    def test_cached_decision_equals_fresh_decision(self):
        # One more header that has the length and last letter of `Origin`. With two such headers the cache is not used.
        http = (
            f"server {{ listen 127.0.0.1:%PORT%; listen 127.0.0.1:%PORT1% http2; keepalive_requests 10000; {POLICY}"
            " location / { error_page 404 /200; return 404; } location /200 { return 200; }"
            " location /any { cors on; cors_allow_origins *; cors_allow_credentials off; return 200; } }"
        )
        server = self.serve(http, ports=2)
        chance = random.Random(0)
        origins = [APP, EVIL, f"{APP}/", "null", "", *map(preview, range(20)), *(f"https://pr-{number}.evil.example" for number in range(6))]
        asked = list(itertools.product(("GET", "OPTIONS", "PUT"), ("/", "/any"), ("Origin", "origin", "Access-Control-Request-Method"), origins))
        with server.connect() as one, Connection2(server.ports[1]) as two:
            for method, target, name, value in chance.choices(asked, k=1500):
                connection = chance.choice([one, two])
                known, unknown = (connection.ask(method, target, [(name, value), *more]) for more in ([], [("X-rign", "x")]))
                self.assertEqual((known.status, known.cors()), (unknown.status, unknown.cors()), (method, target, name, value))


if __name__ == "__main__":
    unittest.main()
