"""`nginx -t` refuses a wrong policy. It prints every finding with its file and line, and what to write instead."""

import re
import unittest

from harness.case import APP, Case, preflight


class Findings(Case):
    def check(self, *lines):
        """The output of `nginx -t` for these lines of a location; the first is `http.conf:3`."""
        server = self.prepare("server { listen 127.0.0.1:%PORT%;\nlocation / {\n" + "\n".join(lines) + "\nreturn 200; } }\n")
        code, said = server.check()
        return code, said

    def assert_refused(self, lines, *found):
        """`found` has pairs: a line of the configuration, and a pattern for the message about it."""
        code, said = self.check(*lines)
        self.assertEqual(code, 1, said)
        self.assertIn("test failed", said)
        for at, *parts in found:
            with self.subTest(at=at, parts=parts):
                fitting = [line for line in said.splitlines() if all(part in line for part in parts) and f"http.conf:{at}" in line]
                self.assertTrue(fitting, said)
        return said

    def test_a_right_policy_says_nothing(self):
        code, said = self.check("cors on;", "cors_allow_origins https://app.example;", "cors_allow_methods GET PUT;", "cors_allow_headers content-type;")
        self.assertEqual(code, 0, said)
        self.assertNotIn("cors", said.replace("corsac", ""))

    def test_every_finding_is_printed_with_its_line_and_suggestion(self):
        self.assert_refused(
            [
                "cors on;",
                "cors_allow_origins",
                "    https://app.example/",
                "    app.example.com",
                "    https://fine.example",
                "    https://APP.example;",
                "cors_allow_methods GET CONNECT 'P T';",
                "cors_allow_headers authorization x*;",
                "cors_max_age 86401;",
            ],
            # Each entry of a list has its own line.
            (5, "https://app.example/", '"https://app.example"'),
            (6, "app.example.com", '"https://app.example.com"'),
            (8, "https://APP.example", '"https://app.example"'),
            (9, "CONNECT"),
            (9, "P T"),
            (10, '"x*"'),
            (11, "cors_max_age", "86400"),
        )

    def test_entry_repeated_in_a_comment_has_its_own_line(self):
        self.assert_refused(
            [
                "cors on;",
                "cors_allow_origins",
                "    https://a.example/",
                "    # https://a.example/ was here before",
                "    'https://b.example/' # https://b.example/ and https://a.example/",
                "    \"https://c.example/#d\"",
                "    ;  # https://c.example/#d",
            ],
            (5, "https://a.example/"),
            (7, "https://b.example/"),
            (8, "https://c.example/#d"),
        )

    def test_entry_of_included_file_is_named_by_that_file(self):
        server = self.prepare(
            "server { listen 127.0.0.1:%PORT%; location / { cors on;\ninclude %PREFIX%/parts/*.conf; } }",
            files={
                "parts/a.conf": "# a comment\n\ncors_allow_origins\n  https://a.example/\n;",
                "parts/b.conf": "cors_max_age\n  86401;\ncors_allow_methods GET\n  P@;",
            },
        )
        code, said = server.check()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"https://a\.example/[^\n]* in [^\n]*/parts/a\.conf:4\n")
        self.assertRegex(said, r"cors_max_age: [^\n]* in [^\n]*/parts/b\.conf:2\n")
        self.assertRegex(said, r"P@[^\n]* in [^\n]*/parts/b\.conf:4\n")

    def test_max_age_over_a_day_warns_and_is_cut(self):
        # The number in the recipe of enable-cors.org.
        lines = "cors on; cors_allow_origins https://app.example;\ncors_max_age 1728000;"
        server = self.prepare(f"server {{ listen 127.0.0.1:%PORT%; {lines} location / {{ return 200; }} }}")
        code, said = server.check()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"\[warn\] cors_max_age: [^\n]*write 86400 [^\n]*http\.conf:2\n")
        server.start()
        self.addCleanup(self.ended, server)
        self.assertEqual(server.ask("OPTIONS", "/", preflight(APP, "GET", None)).get("Access-Control-Max-Age"), ["86400"])

    def test_messages_name_directives(self):
        said = self.assert_refused(
            [
                "cors on;",
                "cors_allow_origins * https://*.github.io http://a.example https://allow_credentials.example 'https://max_age';",
                "cors_allow_credentials on;",
                "cors_preflight_status 404;",
                "cors_denied_preflight_status 200;",
                "cors_max_age -1;",
            ],
            (4, "turn cors_allow_credentials off"),
            (4, "(cors_dangerously_allow_public_suffixes would allow it)", "the list of cors_dangerously_allow_public_suffixes"),
            (4, "(cors_dangerously_allow_insecure_origins would allow it)"),
            (6, "cors_preflight_status must be from 200"),
            (7, "cors_denied_preflight_status must be from 400"),
            (8, "cors_max_age must not"),
        )
        # The message quotes the administrator's own words.
        self.assertIn('"https://allow_credentials.example"', said)
        self.assertIn('"https://max_age"', said)
        self.assertNotIn("cors_cors_", said)
        self.assertEqual(re.findall(r"(?<![a-z_/])(?:dangerously_)?allow_[a-z]+", said), [])

    def test_habits_of_other_configurations_have_messages_of_their_own(self):
        said = self.assert_refused(
            [
                "cors on;",
                "cors_allow_origins $http_origin;",
                "cors_allow_origins '~^https://(.+\\.)?example\\.com$';",
                "cors_allow_origins https://a.example,https://b.example;",
                "cors_allow_origins https://c.example,;",
                'cors_allow_methods "GET, POST";',
                "cors_allow_headers DNT,Content-Type;",
                "cors_allow_headers $http_access_control_request_headers;",
            ],
            (4, "[variable]", "a policy has no variables"),
            (5, "[regular-expression]", "https://*.example.com"),
            (6, "[two-entries]", "separate the entries with spaces"),
            (7, "[two-entries]", 'write "https://c.example"'),
            (8, "[two-entries]", "separate the entries with spaces"),
            (9, "[two-entries]", "separate the entries with spaces"),
            (10, "[variable]", "a policy has no variables"),
        )
        # There is no finding about what a wrong list lacks.
        self.assertNotIn("[get-not-listed]", said)

    def test_any_origin_with_credentials_is_refused(self):
        self.assert_refused(["cors on;", "cors_allow_origins *;", "cors_allow_credentials on;"], (4, "credentials"))

    def test_switches_that_are_called_dangerous_let_it_pass(self):
        for switch, origin in {
            "cors_dangerously_allow_insecure_origins": "http://app.example",
            "cors_dangerously_allow_public_suffixes": "https://*.github.io",
        }.items():
            with self.subTest(switch):
                lines = ["cors on;", f"cors_allow_origins {origin};", "cors_allow_credentials on;"]
                self.assert_refused(lines, (4, origin))
                code, said = self.check(*lines, f"{switch} on;")
                self.assertEqual(code, 0, said)
        self.assert_refused(["cors on;", "cors_allow_origins null;"], (4, "null"))
        code, said = self.check("cors on;", "cors_allow_origins null;", "cors_dangerously_allow_null_origin on;")
        self.assertEqual(code, 0, said)

    def test_a_warning_is_printed_and_refuses_nothing(self):
        code, said = self.check("cors on;", "cors_allow_origins https://app.example https://*.app.example https://a.app.example;")
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"\[warn\][^\n]*https://a\.app\.example[^\n]*http\.conf:4")

    def test_cors_without_origins_is_refused(self):
        self.assert_refused(["cors on;"], (3, "cors_allow_origins"))

    def test_numbers_and_switches_are_checked_where_they_stand(self):
        for directive in ("cors_max_age x", "cors_max_age -1", "cors_preflight_status 404", "cors_denied_preflight_status 200", "cors maybe",
                          "cors_allow_credentials 1", "cors_allow_origins", "cors_report_only", "cors_max_age 99999999999999999999"):
            with self.subTest(directive):
                code, said = self.check("cors on;", "cors_allow_origins https://app.example;", f"{directive};")
                self.assertEqual(code, 1, said)
                self.assertIn("http.conf:5", said)

    def test_directive_written_twice_is_refused(self):
        for twice in ("cors on;", "cors_max_age 1;", "cors_allow_credentials on;", "cors_report_only on;"):
            with self.subTest(twice):
                code, said = self.check("cors_allow_origins https://app.example;", twice, twice)
                self.assertEqual(code, 1, said)
                self.assertRegex(said, r"duplicate[^\n]*http\.conf:5")

    def test_list_written_twice_grows_and_each_line_is_named(self):
        self.assert_refused(
            ["cors on;", "cors_allow_origins https://app.example;", "cors_allow_origins https://b.example/;", "cors_allow_origins c.example;"],
            (5, "https://b.example/"),
            (6, "c.example"),
        )

    def test_the_findings_of_several_locations_are_all_printed(self):
        server = self.prepare(
            "server { listen 127.0.0.1:%PORT%;\nlocation /a { cors on;\ncors_allow_origins https://a.example/; }\n"
            "location /b { cors on;\ncors_allow_origins https://b.example/; } }"
        )
        code, said = server.check()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"https://a\.example/[^\n]*http\.conf:3")
        self.assertRegex(said, r"https://b\.example/[^\n]*http\.conf:5")

    def test_the_line_named_is_that_of_an_inherited_directive(self):
        server = self.prepare("cors_allow_origins https://a.example/;\nserver { listen 127.0.0.1:%PORT%;\nlocation /a { cors on; } }")
        code, said = server.check()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"https://a\.example/[^\n]*http\.conf:1")

    def test_control_bytes_of_a_configuration_never_reach_the_terminal(self):
        code, said = self.check("cors on;", "cors_allow_origins 'https://a\x1b[31m.example' 'https://b\r\nX: y';")
        self.assertEqual(code, 1, said)
        self.assertNotIn("\x1b", said)
        self.assertNotIn("\r", said)
        self.assertIn("\\x1b", said.lower())

    def test_a_policy_that_no_block_uses_is_not_looked_at(self):
        code, said = self.check("cors off;", "cors_allow_origins https://app.example/;")
        self.assertEqual(code, 0, said)
        self.assertNotIn("https://app.example/", said)
        self.assert_refused(["cors on;", "cors_allow_origins https://app.example/;"], (4, "https://app.example/"))

    def test_a_finding_that_several_blocks_inherit_is_printed_once(self):
        server = self.prepare(
            "cors_allow_origins https://a.example/;\nserver { listen 127.0.0.1:%PORT%; cors on;"
            "location /a { cors_max_age 5; } location /b { } location /c { cors_expose_headers x-a; location /c/d { cors_max_age 6; } } }"
        )
        code, said = server.check()
        self.assertEqual(code, 1, said)
        self.assertEqual(said.count("https://a.example/"), 1, said)

    def test_finding_of_a_twice_included_file_is_printed_once(self):
        places = "".join(f"location /{n} {{ include %PREFIX%/policy.conf; }}" for n in range(3))
        server = self.prepare(
            f"server {{ listen 127.0.0.1:%PORT%; {places} location /own {{ include %PREFIX%/other.conf; }} }}",
            files={"policy.conf": "cors on;\ncors_allow_origins https://a.example/ https://b.example/;", "other.conf": "cors on;\ncors_allow_origins https://a.example/;"},
        )
        code, said = server.check()
        self.assertEqual(code, 1, said)
        for entry, times in (("https://a.example/", 2), ("https://b.example/", 1)):
            self.assertEqual(said.count(f'"{entry}"'), times, said)

    def test_a_wrong_policy_does_not_start(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT%; cors on; cors_allow_origins https://a.example/; }")
        with self.assertRaisesRegex(AssertionError, "https://a.example"):
            server.start()
        self.assertNotEqual(server.process.returncode, 0)

    def test_a_list_may_be_long(self):
        origins = "\n".join(f"https://app-{n}.example" for n in range(20_000))
        server = self.one_server(f"cors on; cors_allow_origins {origins}; location / {{ return 200; }}")
        self.assertEqual(server.ask("GET", "/", [("Origin", "https://app-19999.example")]).origin(), "https://app-19999.example")
        self.assertIsNone(server.ask("GET", "/", [("Origin", APP)]).origin())


if __name__ == "__main__":
    unittest.main()
