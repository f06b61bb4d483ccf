"""The log says why, once, in printable bytes: whatever a request holds, it writes no line of its own into it."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight

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
        self.assertRegex(server.log(), rf'\[notice\] [^\n]*cors: preflight denied: origin "{EVIL}" is not allowed, client: 127.0.0.1')
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        self.assertEqual(server.log().count("cors: "), 1)

    def test_what_is_not_shared_with_its_own_page_is_not_logged(self):
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

    def test_a_level_above_says_nothing(self):
        server = self.one_server(f"error_log %PREFIX%/quiet.log error; location / {{ {POLICY} return 200; }}")
        server.ask("OPTIONS", "/", preflight(EVIL))
        server.ask("GET", "/", [("Origin", EVIL)])
        self.assertEqual(server.read("quiet.log"), "")


if __name__ == "__main__":
    unittest.main()
