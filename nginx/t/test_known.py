"""What was decided before is known for requests that are the same to the byte, and for no others."""

import itertools
import random
import unittest

from harness.case import ALLOWED, APP, DENIED, EVIL, POLICY, Case, preflight
from harness.http2 import Connection2

HERE = f"{POLICY} location / {{ return 200; }}"


def preview(number):
    return f"https://pr-{number}.preview.example"


class Known(Case):
    def answers(self, connection, origin, expected):
        lines = [("Access-Control-Allow-Origin", origin), *ALLOWED[1:]] if expected else DENIED
        for _ in range(3):
            answer = connection.ask("GET", "/", [("Origin", origin)])
            # HTTP/2 has names in lower case.
            self.assertEqual([(name.lower(), value) for name, value in answer.cors()], [(name.lower(), value) for name, value in lines])

    def test_every_origin_keeps_its_own_answer_however_many_there_are(self):
        # More than there are places for, those that are allowed and strangers in turn, and then all of them again.
        with self.one_server(HERE).connect() as connection:
            for number in [*range(60), *range(60)]:
                self.answers(connection, preview(number), True)
                self.answers(connection, f"https://pr-{number}.evil.example", False)
                self.answers(connection, APP, True)

    def test_every_value_counts_to_its_last_byte(self):
        server = self.one_server(HERE)
        allowed = [preview(1), preview(2), "https://pr-1.preview.example\t"]
        other = [preview(1)[:-1], f"{preview(1)}.", preview(1).replace(".pre", ".pro"), f"{preview(1)[:-1]}o", f"{preview(1)}s", ""]
        with server.connect() as connection:
            for value in [*allowed, *other] * 3:
                origin = connection.ask("GET", "/", [("Origin", value)]).origin()
                self.assertEqual(origin, value.strip() if value in allowed else None, value)

    def test_another_line_makes_another_request(self):
        server = self.one_server(HERE)
        with server.connect() as connection:
            for _ in range(3):
                self.answers(connection, APP, True)
                self.assert_preflight(connection.ask("OPTIONS", "/", preflight()))
                self.assert_allowed(connection.ask("OPTIONS", "/", [("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("Origin", APP), ("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("origin", EVIL), ("Origin", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("X-rign", APP)]), 200)
                self.assert_denied(connection.ask("GET", "/", [("X-Chin", APP)]), 200)
                self.assert_allowed(connection.ask("GET", "/", [("oRIGIN", APP), ("X-Chin", EVIL)]), 200)
                self.assert_denied(connection.ask("GET", "/"), 200)

    def test_methods_are_told_apart(self):
        # With a known request's one line, Access-Control-Request-Method, both are plain.
        server = self.one_server(HERE)
        with server.connect() as connection:
            for method in ("GET", "OPTIONS", "GET", "PUT", "OPTIONS"):
                self.assert_denied(connection.ask(method, "/", [("Access-Control-Request-Method", "PUT")]), 200)
                self.assert_allowed(connection.ask(method, "/", [("Origin", APP)]), 200)

    def test_each_location_knows_its_own(self):
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

    def test_a_known_denial_is_told_in_its_own_words(self):
        # Of requests that are long gone, and whose memory is others' by now.
        server = self.one_server(HERE)
        strangers = [f"https://stranger-{number}.example" for number in range(5)]
        for length in (1, 100, 300):
            for stranger in strangers:
                self.assert_denied(server.ask("GET", "/", [("X-Filler", "x" * length), ("Origin", stranger)]), 200)
        for stranger in strangers:
            self.assertEqual(server.log().count(f'origin "{stranger}" is not allowed'), 3)

    def test_variables_are_those_of_the_request(self):
        server = self.one_server(f'{POLICY} location / {{ add_header X-Was "$cors_class $cors_allowed $cors_denial" always; return 200; }}')
        with server.connect() as connection:
            for _ in range(3):
                self.assertEqual(connection.ask("GET", "/", [("Origin", APP)]).get("X-Was"), ["actual 1 "])
                self.assertEqual(connection.ask("GET", "/", [("Origin", EVIL)]).get("X-Was"), ["actual 0 origin-not-allowed"])
                self.assertEqual(connection.ask("GET", "/").get("X-Was"), ["plain 1 "])

    def test_http_2_is_known_as_well(self):
        server = self.serve(f"server {{ listen 127.0.0.1:%PORT% http2; {HERE} }}")
        with Connection2(server.port) as connection:
            for number in [*range(20), *range(20)]:
                self.answers(connection, preview(number), True)
                self.answers(connection, EVIL, False)

    def test_a_request_out_of_measure_is_answered_and_not_kept(self):
        server = self.one_server(HERE)
        with server.connect() as connection:
            for _ in range(3):
                self.assert_denied(connection.ask("GET", "/", [("Origin", f"https://{'a' * 4000}.example")]), 200)
                self.answers(connection, APP, True)

    def test_the_answer_is_that_of_a_request_that_cannot_be_known(self):
        # One more line that looks like `Origin` until the engine reads its name: then there are two, and nothing is known of the request.
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
