"""A subrequest does not come from a browser: the module leaves it alone, and governs only the response it is part of."""

import unittest

from harness.case import ALLOWED, APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, app_response


class Subrequests(Case):
    def application(self, status=200, body=b"app"):
        app = Application(lambda head: app_response(status, [("Access-Control-Allow-Origin", "*"), ("X-User", "me")], body))
        self.addCleanup(app.close)
        return app

    def test_auth_request_sees_the_response_unchanged(self):
        for status, expected in ((200, 299), (401, 401), (403, 403), (500, 500)):
            authority = self.application(status)
            server = self.one_server(
                f"{POLICY} location = /auth {{ internal; proxy_pass http://127.0.0.1:{authority.port}; }}"
                "location / { auth_request /auth; auth_request_set $acao $upstream_http_access_control_allow_origin;"
                "auth_request_set $user $upstream_http_x_user; error_page 404 =299 @ok; }"
                "location @ok { add_header X-Seen '$acao $user' always; return 299; }"
            )
            for headers, check in (([("Origin", APP)], self.assert_allowed), ([("Origin", EVIL)], self.assert_denied), ([], self.assert_denied)):
                response = server.ask("GET", "/none", headers)
                check(response, expected)
                self.assertEqual(response.get("X-Seen"), ["* me"] if expected == 299 else [])
            self.assertEqual(len(authority.heads), 3)

    def test_preflight_makes_no_auth_request(self):
        authority = self.application()
        server = self.one_server(f"{POLICY} location = /auth {{ proxy_pass http://127.0.0.1:{authority.port}; }} location / {{ auth_request /auth; return 200; }}")
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        self.assertEqual(authority.heads, [])

    def test_a_subrequest_that_looks_like_a_preflight_reaches_its_application(self):
        # A subrequest of a plain OPTIONS keeps its method and headers. The policy of its own location does not apply.
        authority = self.application()
        server = self.one_server(
            f"location = /auth {{ {POLICY} proxy_method OPTIONS; proxy_pass http://127.0.0.1:{authority.port}; }}"
            "location / { auth_request /auth; error_page 405 =299 @ok; } location @ok { return 299; }"
        )
        response = server.ask("OPTIONS", "/none", preflight(EVIL))
        self.assertEqual(len(authority.heads), 1, "the policy of its location responded to the subrequest")
        self.assertEqual((response.status, response.cors()), (299, []))

    def test_parts_before_and_after_a_response(self):
        part = self.application(body=b"part")
        server = self.one_server(
            f"{POLICY} location / {{ root %PREFIX%/html; add_before_body /part; add_after_body /part; addition_types *; }}"
            f"location /part {{ proxy_pass http://127.0.0.1:{part.port}; }}",
            files={"html/a.txt": "-whole-"},
        )
        for headers, check in (([("Origin", APP)], self.assert_allowed), ([("Origin", EVIL)], self.assert_denied), ([], self.assert_denied)):
            response = server.ask("GET", "/a.txt", headers)
            check(response, 200)
            self.assertEqual(response.body, b"part-whole-part")

    def test_server_side_includes(self):
        part = self.application(body=b"part")
        server = self.one_server(
            f"location / {{ {POLICY} ssi on; root %PREFIX%/html; }} location /part {{ {POLICY.replace('app.example', 'other.example')}"
            f"proxy_pass http://127.0.0.1:{part.port}; }}",
            files={"html/a.html": '<!--#include virtual="/part" -->|<!--#include virtual="/none.html" -->'},
        )
        response = server.ask("GET", "/a.html", [("Origin", APP)])
        self.assertEqual((response.status, response.cors()), (200, ALLOWED))
        self.assertTrue(response.body.startswith(b"part|"), response.body)

    def test_a_mirror_gets_its_copy(self):
        copy = self.application()
        server = self.one_server(
            f"{POLICY} location / {{ mirror /copy; proxy_pass http://127.0.0.1:{copy.port}; }}"
            f"location = /copy {{ internal; proxy_pass http://127.0.0.1:{copy.port}; }}"
        )
        self.assert_allowed(server.ask("GET", "/a", [("Origin", APP)]), 200)
        copy.wait(2)
        self.assertEqual(sorted(head.split()[1] for head in copy.heads), [b"/a", b"/copy"])
        # The module responds to a preflight, so it is not mirrored.
        self.assert_preflight(server.ask("OPTIONS", "/a", preflight()))
        self.assertEqual(len(copy.heads), 2)


if __name__ == "__main__":
    unittest.main()
