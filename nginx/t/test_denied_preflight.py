"""The response to a denied preflight has the reason as its body, if its status allows one: a `text/plain` line of printable bytes, with `nosniff`."""

import unittest

from harness.case import APP, EVIL, POLICY, VARY, Case, preflight


class DeniedPreflight(Case):
    def test_the_reason_is_the_body(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        response = server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertEqual((response.status, response.cors()), (403, [("Vary", VARY)]))
        self.assertEqual(response.get("Content-Type"), ["text/plain"])
        self.assertEqual(response.get("X-Content-Type-Options"), ["nosniff"])
        self.assertEqual(response.body, b'origin "https://evil.example" is not allowed\n')
        self.assertEqual(response.get("Content-Length"), [str(len(response.body))])

    def test_a_status_without_a_body_has_none(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        response = server.ask("OPTIONS", "/", preflight(method="PATCH"))
        self.assertEqual((response.status, response.body, response.origin()), (204, b"", APP))
        for name in ("Content-Type", "Content-Length", "X-Content-Type-Options", "Access-Control-Max-Age"):
            self.assertEqual(response.get(name), [], name)
        self.assertEqual(response.get("Access-Control-Allow-Methods"), ["DELETE, GET, POST, PUT"])

    def test_denial_with_status_200_has_a_reason(self):
        server = self.one_server(f"location / {{ {POLICY} cors_preflight_status 200; }} location /205 {{ {POLICY} cors_preflight_status 205; }}")
        response = server.ask("OPTIONS", "/", preflight(headers="x-a"))
        self.assertEqual((response.status, response.body), (200, b'request header "x-a" is not allowed\n'))
        response = server.ask("OPTIONS", "/205", preflight(headers="x-a"))
        self.assertEqual((response.status, response.body), (205, b""))

    def test_empty_response_has_a_length_if_its_status_allows_one(self):
        server = self.one_server(
            f"location / {{ {POLICY} }} location /200 {{ {POLICY} cors_preflight_status 200; }} location /299 {{ {POLICY} cors_preflight_status 299; }}"
        )
        self.assertEqual(server.ask("OPTIONS", "/", preflight()).get("Content-Length"), [])
        for status in (200, 299):
            response = server.ask("OPTIONS", f"/{status}", preflight())
            self.assertEqual((response.status, response.get("Content-Length"), response.get("Content-Type")), (status, ["0"], []))
            self.assertEqual(response.get("Transfer-Encoding"), [])

    def test_control_bytes_are_escaped_in_the_body(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        response = server.ask("OPTIONS", "/", preflight("https://a<script>\x1b\x7f\xff\"\\.example"))
        self.assertEqual(response.status, 403)
        self.assertRegex(response.body, rb"\A[\x20-\x7e]+\n\Z")
        for escaped in (rb"\x1B", rb"\x7F", rb"\xFF", rb"\x22", rb"\x5C"):
            self.assertIn(escaped.lower(), response.body.lower())

    def test_reason_includes_nothing_where_ssi_reads_it(self):
        # Otherwise a client could put an include into its Origin, and read what only subrequests may request.
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
                    response = server.ask("OPTIONS", target, denied)
                    self.assertEqual(response.status, 403)
                    self.assertNotIn(b"secret is", response.body)
                    self.assertNotIn(b"<!--#", response.body)
                    self.assertIn(b"\\x3C!--#", response.body)

    def test_a_long_value_is_cut(self):
        server = self.one_server(f"location / {{ {POLICY} }}")
        response = server.ask("OPTIONS", "/", preflight(headers="x" * 7000))
        self.assertLessEqual(response.body.count(b"x"), 140)
        response = server.ask("OPTIONS", "/", preflight("\x01" * 5000))
        self.assertLessEqual(response.body.count(b"\\x01"), 128)

    def test_denied_preflight_status_is_for_every_denial(self):
        server = self.one_server(f"location / {{ {POLICY} cors_denied_preflight_status 418; }}")
        for denied in (preflight(EVIL), preflight(method="PATCH"), preflight(headers="x-a"), preflight(headers="a b")):
            response = server.ask("OPTIONS", "/", denied)
            self.assertEqual(response.status, 418)
            self.assertRegex(response.body, rb"\A[\x20-\x7e]+\n\Z")
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))

    def test_error_page_does_not_replace_the_response(self):
        server = self.one_server(f"{POLICY} error_page 403 /page; location / {{ }} location /page {{ return 200 page; }}")
        response = server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertEqual((response.status, response.body), (403, b'origin "https://evil.example" is not allowed\n'))


if __name__ == "__main__":
    unittest.main()
