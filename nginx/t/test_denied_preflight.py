"""A denied preflight says why where its status permits a body: one `text/plain` line with `nosniff`, of printable bytes only."""

import unittest

from harness.case import APP, EVIL, POLICY, VARY, Case, preflight


class DeniedPreflight(Case):
    def test_the_reason_is_the_body(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        answer = server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertEqual((answer.status, answer.cors()), (403, [("Vary", VARY)]))
        self.assertEqual(answer.get("Content-Type"), ["text/plain"])
        self.assertEqual(answer.get("X-Content-Type-Options"), ["nosniff"])
        self.assertEqual(answer.body, b'origin "https://evil.example" is not allowed\n')
        self.assertEqual(answer.get("Content-Length"), [str(len(answer.body))])

    def test_a_status_without_a_body_has_none(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        answer = server.ask("OPTIONS", "/", preflight(method="PATCH"))
        self.assertEqual((answer.status, answer.body, answer.origin()), (204, b"", APP))
        for name in ("Content-Type", "Content-Length", "X-Content-Type-Options", "Access-Control-Max-Age"):
            self.assertEqual(answer.get(name), [], name)
        self.assertEqual(answer.get("Access-Control-Allow-Methods"), ["DELETE, GET, POST, PUT"])

    def test_a_success_of_another_status_has_a_reason_when_it_denies(self):
        server = self.one_server(f"location / {{ {POLICY} cors_preflight_status 200; }} location /205 {{ {POLICY} cors_preflight_status 205; }}")
        answer = server.ask("OPTIONS", "/", preflight(headers="x-a"))
        self.assertEqual((answer.status, answer.body), (200, b'request header "x-a" is not allowed\n'))
        answer = server.ask("OPTIONS", "/205", preflight(headers="x-a"))
        self.assertEqual((answer.status, answer.body), (205, b""))

    def test_an_empty_answer_has_a_length_where_it_may(self):
        server = self.one_server(
            f"location / {{ {POLICY} }} location /200 {{ {POLICY} cors_preflight_status 200; }} location /299 {{ {POLICY} cors_preflight_status 299; }}"
        )
        self.assertEqual(server.ask("OPTIONS", "/", preflight()).get("Content-Length"), [])
        for status in (200, 299):
            answer = server.ask("OPTIONS", f"/{status}", preflight())
            self.assertEqual((answer.status, answer.get("Content-Length"), answer.get("Content-Type")), (status, ["0"], []))
            self.assertEqual(answer.get("Transfer-Encoding"), [])

    def test_bytes_that_hurt_are_escaped_in_the_body(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        answer = server.ask("OPTIONS", "/", preflight("https://a<script>\x1b\x7f\xff\"\\.example"))
        self.assertEqual(answer.status, 403)
        self.assertRegex(answer.body, rb"\A[\x20-\x7e]+\n\Z")
        for escaped in (rb"\x1B", rb"\x7F", rb"\xFF", rb"\x22", rb"\x5C"):
            self.assertIn(escaped.lower(), answer.body.lower())

    def test_a_reason_includes_nothing_where_ssi_reads_it(self):
        # What only subrequests may ask for would otherwise be told to whoever asks for it in an Origin.
        server = self.one_server(
            f"location / {{ {POLICY} ssi on; ssi_types *; root %PREFIX%/html; }} location /plain {{ {POLICY} ssi on; ssi_types text/plain; }}"
            "location /secret { internal; return 200 secret; }",
            files={"html/a.txt": "<!--#include virtual='/secret' -->"},
        )
        self.assertEqual(server.ask("GET", "/a.txt", [("Origin", APP)]).body, b"secret")
        include = "<!--#include virtual='/secret' -->"
        for target in ("/", "/plain"):
            for denied in (preflight(include), preflight(f"https://a.example{include}"), preflight(APP, include), preflight(APP, "PUT", f"authorization,{include}{include}"),
                           preflight(f"<<!--#<!--{include}"), preflight("<!--#" * 20 + include)):
                with self.subTest(target=target, denied=denied):
                    answer = server.ask("OPTIONS", target, denied)
                    self.assertEqual(answer.status, 403)
                    self.assertNotIn(b"secret is", answer.body)
                    self.assertNotIn(b"<!--#", answer.body)
                    self.assertIn(b"\\x3C!--#", answer.body)

    def test_a_long_value_is_cut(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        answer = server.ask("OPTIONS", "/", preflight(headers="x" * 7000))
        self.assertLessEqual(answer.body.count(b"x"), 140)
        answer = server.ask("OPTIONS", "/", preflight("\x01" * 5000))
        self.assertLessEqual(answer.body.count(b"\\x01"), 128)

    def test_a_status_of_its_own_for_every_denial(self):
        server = self.one_server(f"location / {{ {POLICY} cors_denied_preflight_status 418; }}")
        for denied in (preflight(EVIL), preflight(method="PATCH"), preflight(headers="x-a"), preflight(headers="a b")):
            answer = server.ask("OPTIONS", "/", denied)
            self.assertEqual(answer.status, 418)
            self.assertRegex(answer.body, rb"\A[\x20-\x7e]+\n\Z")
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))

    def test_an_error_page_does_not_take_its_place(self):
        server = self.one_server(f"{POLICY} error_page 403 /page; location / {{ }} location /page {{ return 200 page; }}")
        answer = server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertEqual((answer.status, answer.body), (403, b'origin "https://evil.example" is not allowed\n'))


if __name__ == "__main__":
    unittest.main()
