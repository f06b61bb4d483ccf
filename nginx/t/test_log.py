"""The log has each reason once, in printable bytes. No request can write a line of its own into it."""

import re
import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.words import CLIENT, requested

HOSTILE = ["a\x1b[31mred", "a\x07", "\x7f", "\xff\xfe", "a\tb\x0b", "https://a\"\\.example", "a" * 7000, "\x1b]0;title\x07", "%s%n%V", "\x85\u00a0"]


class Log(Case):
    def test_no_raw_control_byte_reaches_the_log(self):
        server = self.one_server(f"location / {{ {POLICY} return 200; }}")
        for hostile in HOSTILE:
            server.ask("GET", "/", [("Origin", hostile)])
            server.ask("OPTIONS", "/", preflight(hostile))
            server.ask("OPTIONS", "/", preflight(APP, hostile))
            server.ask("OPTIONS", "/", preflight(APP, "PUT", hostile))
        log = server.log()
        self.assertNotRegex(log, r"[\x00-\x09\x0b-\x1f\x7f-\xff]")
        ours = [line for line in log.splitlines() if "cors: " in line]
        self.assertGreaterEqual(len(ours), 3 * len(HOSTILE))
        self.assertLess(max(map(len, ours)), 1500)
        self.assertIn(r"\x1B[31mred", log)

    def test_a_denied_preflight_is_logged_with_its_reason(self):
        server = self.one_server(f"location / {{ {POLICY} return 200; }}")
        server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertRegex(server.log(), rf'\[notice\] [^\n]*cors: preflight denied: origin "{EVIL}" is not allowed, {CLIENT}')
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        self.assertEqual(server.log().count("cors: "), 1)

    def test_denial_is_logged_with_method_path_and_client(self):
        server = self.one_server(f"location / {{ {POLICY} return 200; }}")
        server.ask("OPTIONS", "/api/cards?x=1", preflight(EVIL))
        server.ask("PUT", "/api/cards", [("Origin", EVIL)])
        for line, request in zip([line for line in server.log().splitlines() if "cors: " in line], ("OPTIONS /api/cards?x=1", "PUT /api/cards"), strict=True):
            self.assertRegex(line, CLIENT)
            self.assertEqual(requested(line), f"{request} HTTP/1.1")

    def test_repeated_denials_are_counted_and_not_repeated(self):
        server = self.one_server(f"location / {{ {POLICY} return 200; }} location /other {{ {POLICY} return 200; }}")
        with server.connect() as connection:
            for number in range(600):
                connection.ask("GET", "/", [("Origin", f"https://{number}.example")])
                connection.ask("OPTIONS", "/", preflight(f"https://{number}.example"))
            connection.ask("OPTIONS", "/", preflight(APP, "PATCH"))
            connection.ask("OPTIONS", "/other", preflight(EVIL))
        for kind in ("response not shared", "preflight denied: origin"):
            lines = [line for line in server.log().splitlines() if f"cors: {kind}" in line and "/other" not in line]
            # The first 16 of a minute, and then every power of two. The test can run into a second minute.
            self.assertIn("https://15.example", lines[15])
            self.assertLess(len(lines), 50)
            counts = [int(count) for line in lines for count in re.findall(r"\((\d+) of these in a minute\)", line)]
            self.assertIn(32, counts)
            self.assertEqual({count & (count - 1) for count in counts}, {0})
        # Another reason and another policy are counted by themselves.
        self.assertIn('method "PATCH" is not allowed, client', server.log())
        self.assertIn(f'preflight denied: origin "{EVIL}" is not allowed, client', server.log())

    def test_other_messages_that_a_client_can_repeat_are_counted_too(self):
        server = self.one_server(
            f"error_page 404 /page; location /open {{ return 404; }} location /page {{ {POLICY} return 200; }} location /moved {{ return 301 /page; }}"
            "location /named { cors on; cors_policy $arg_name; return 200; }",
            before="cors_policies { }",
        )
        with server.connect() as connection:
            for number in range(200):
                connection.ask("OPTIONS", f"/open/{number}", preflight())
                connection.ask("OPTIONS", f"/moved/{number}", preflight())
                connection.ask("GET", f"/named?name={number}")
        for kind in ("cors: the policy of location", "cors: a preflight meets a redirect", 'cors: "cors_policies" has no'):
            self.assertGreaterEqual(server.log().count(kind), 16)
            self.assertLess(server.log().count(kind), 50)

    def test_denial_of_a_same_origin_page_is_not_logged(self):
        server = self.one_server(f"location / {{ {POLICY} return 200; }}")
        for site in ("same-origin", "none"):
            self.assert_denied(server.ask("GET", "/", [("Origin", EVIL), ("Sec-Fetch-Site", site)]), 200)
        self.assertNotIn("cors: ", server.log())
        for headers in ([("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")], []):
            server.ask("GET", "/", [("Origin", EVIL), *headers])
        self.assertEqual(server.log().count("response not shared"), 3)

    def test_an_allowed_or_plain_request_is_not_logged(self):
        server = self.one_server(f"location / {{ {POLICY} return 200; }}")
        server.ask("GET", "/", [("Origin", APP)])
        server.ask("GET", "/")
        self.assertNotIn("cors: ", server.log())

    def test_higher_log_level_has_no_messages(self):
        server = self.one_server(f"error_log %PREFIX%/quiet.log error; location / {{ {POLICY} return 200; }}")
        server.ask("OPTIONS", "/", preflight(EVIL))
        server.ask("GET", "/", [("Origin", EVIL)])
        self.assertEqual(server.read("quiet.log"), "")


if __name__ == "__main__":
    unittest.main()
