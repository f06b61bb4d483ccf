"""A `return` or `rewrite` of the server runs before nginx has a location, so only a `cors` of the server comes before it. A preflight that meets a
redirect fails in every browser, so the log has a warning."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight


class ServerLevel(Case):
    def test_a_cors_of_the_server_precedes_its_return(self):
        server = self.one_server(f"{POLICY} return 301 https://elsewhere.example/;")
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        self.assertEqual(server.ask("OPTIONS", "/", preflight(EVIL)).status, 403)
        moved = server.ask("GET", "/", [("Origin", APP)])
        self.assert_allowed(moved, 301)
        self.assertEqual(moved.get("Location"), ["https://elsewhere.example/"])

    def test_nothing_of_the_replaced_response_is_left(self):
        server = self.one_server(f"{POLICY} add_header WWW-Authenticate Basic always; add_header X-Left 1 always; return 401;")
        response = server.ask("OPTIONS", "/", preflight())
        self.assert_preflight(response)
        self.assertEqual((response.get("WWW-Authenticate"), response.get("X-Left"), response.get("Content-Type")), ([], [], []))

    def test_a_cors_of_the_server_precedes_its_rewrite(self):
        server = self.one_server(f"{POLICY} rewrite ^/old(.*) /new$1 permanent; location /new {{ return 200; }}")
        self.assert_preflight(server.ask("OPTIONS", "/old", preflight()))
        self.assert_allowed(server.ask("GET", "/old", [("Origin", APP)]), 301)

    def test_a_rewrite_of_the_server_still_chooses_the_location(self):
        server = self.one_server(f"rewrite ^/old(.*) /new$1; location /new {{ {POLICY} return 200 new; }} location / {{ return 404; }}")
        self.assert_preflight(server.ask("OPTIONS", "/old", preflight()))
        self.assert_allowed(server.ask("GET", "/old", [("Origin", APP)]), 200)

    def test_return_of_the_server_precedes_cors_of_the_location(self):
        server = self.one_server(f"return 301 https://elsewhere.example/; location / {{ {POLICY} }}")
        self.assertEqual(server.ask("OPTIONS", "/", preflight()).status, 301)

    def test_a_preflight_that_meets_a_redirect_is_logged(self):
        # With report only, the preflight gets the redirect of the location.
        server = self.one_server(f"location / {{ {POLICY} cors_report_only on; return 301 https://elsewhere.example/; }}")
        self.assertEqual(server.ask("OPTIONS", "/", preflight()).status, 301)
        self.assertRegex(server.log(), r"(?i)preflight[^\n]*redirect|redirect[^\n]*preflight")

    def test_preflight_that_meets_a_server_redirect_is_logged(self):
        server = self.one_server(f"rewrite ^ https://elsewhere.example/ permanent; location / {{ {POLICY} }}")
        self.assertEqual(server.ask("OPTIONS", "/", preflight()).status, 301)
        self.assertRegex(server.log(), r"(?i)preflight[^\n]*redirect|redirect[^\n]*preflight")

    def test_a_preflight_whose_error_is_a_redirect_is_logged(self):
        # nginx refuses this head before the module can respond, as it does a request without TLS (497).
        server = self.one_server(f"{POLICY} error_page 400 494 =301 https://elsewhere.example/; large_client_header_buffers 4 1k;")
        response = server.ask("OPTIONS", "/", [*preflight(), ("X-Large", "a" * 2000)])
        self.assertEqual((response.status, response.origin()), (301, APP))
        self.assertRegex(server.log(), r"cors: a preflight meets a redirect \(301\)")

    def test_redirect_of_another_request_is_not_logged(self):
        server = self.one_server(f"location / {{ {POLICY} return 301 https://elsewhere.example/; }}")
        server.ask("GET", "/", [("Origin", APP)])
        server.ask("OPTIONS", "/", [("Origin", APP)])
        server.ask("GET", "/")
        self.assertNotRegex(server.log(), r"(?i)redirect")


if __name__ == "__main__":
    unittest.main()
