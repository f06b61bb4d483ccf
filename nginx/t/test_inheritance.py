"""Directives inherit as nginx's own do: from http to server to location, each by itself, until a block sets it again."""

import pathlib
import unittest

from harness.case import ALLOWED, APP, EVIL, POLICY, Case, preflight

OTHER = "https://other.example"


class Inheritance(Case):
    def origins(self, server, target, host="localhost"):
        return [server.ask("GET", target, [("Origin", origin)], host=host).origin() for origin in (APP, OTHER)]

    def test_a_policy_of_http_rules_everywhere(self):
        server = self.serve(f"{POLICY} server {{ listen 127.0.0.1:%PORT%; location / {{ return 200; location /deep {{ return 201; }} }} }}")
        for target, status in (("/", 200), ("/deep", 201)):
            self.assert_allowed(server.ask("GET", target, [("Origin", APP)]), status)
            self.assert_preflight(server.ask("OPTIONS", target, preflight()))

    def test_a_policy_of_a_server_rules_its_locations_alone(self):
        server = self.serve(
            f"server {{ listen 127.0.0.1:%PORT%; server_name a; {POLICY} location / {{ return 200; }} }}"
            "server { listen 127.0.0.1:%PORT%; server_name b; location / { return 200; } }"
        )
        self.assertEqual(self.origins(server, "/", "a"), [APP, None])
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)], host="b").cors(), [])

    def test_cors_off_in_a_child_leaves_it_alone(self):
        server = self.one_server(
            f"{POLICY} location / {{ return 200; }} location /off {{ cors off; return 200; location /off/on {{ cors on; return 200; }} }}"
        )
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).cors(), ALLOWED)
        self.assertEqual(server.ask("GET", "/off", [("Origin", APP)]).cors(), [])
        self.assertEqual(server.ask("OPTIONS", "/off", preflight()).cors(), [])
        self.assertEqual(server.ask("GET", "/off/on", [("Origin", APP)]).cors(), ALLOWED)

    def test_without_cors_on_the_other_directives_do_nothing(self):
        server = self.one_server("cors_allow_origins https://app.example; location / { return 200; } location /on { cors on; return 200; }")
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).cors(), [])
        self.assertEqual(self.origins(server, "/on"), [APP, None])

    def test_a_list_of_a_child_replaces_its_parents(self):
        server = self.one_server(
            f"{POLICY} location / {{ return 200; }} location /other {{ cors_allow_origins {OTHER}; return 200; }}"
            "location /expose { cors_expose_headers x-mine; return 200; }"
        )
        self.assertEqual(self.origins(server, "/"), [APP, None])
        self.assertEqual(self.origins(server, "/other"), [None, OTHER])
        # The block inherits all other options.
        response = server.ask("OPTIONS", "/other", preflight(OTHER))
        self.assertEqual(response.get("Access-Control-Allow-Methods"), ["DELETE, GET, POST, PUT"])
        self.assertEqual(response.get("Access-Control-Max-Age"), ["600"])
        self.assertEqual(response.get("Access-Control-Allow-Credentials"), ["true"])
        self.assertEqual(server.ask("GET", "/expose", [("Origin", APP)]).get("Access-Control-Expose-Headers"), ["x-mine"])

    def test_switch_and_number_of_child_replace_the_parent(self):
        server = self.one_server(
            f"{POLICY} location /a {{ cors_allow_credentials off; cors_max_age 0; return 200; }}"
            "location /b { cors_preflight_status 200; return 200; } location /c { cors_denied_preflight_status 418; return 200; }"
        )
        response = server.ask("OPTIONS", "/a", preflight())
        self.assertEqual(response.get("Access-Control-Allow-Credentials"), [])
        self.assertEqual(response.get("Access-Control-Max-Age"), ["0"])
        self.assert_preflight(server.ask("OPTIONS", "/b", preflight()), 200)
        self.assertEqual(server.ask("OPTIONS", "/b", preflight()).get("Content-Length"), ["0"])
        self.assertEqual(server.ask("OPTIONS", "/c", preflight(EVIL)).status, 418)

    def test_a_named_location_and_an_if_inherit(self):
        server = self.one_server(
            f"{POLICY} error_page 404 = @named; location / {{ if ($arg_a) {{ return 299; }} return 404; }} location @named {{ return 298; }}"
        )
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 298)
        self.assert_allowed(server.ask("GET", "/?a=1", [("Origin", APP)]), 299)
        self.assert_preflight(server.ask("OPTIONS", "/?a=1", preflight()))

    def test_a_location_that_inherits_all_shares_the_policy(self):
        # A thousand policies would take 50 MB.
        origins = " ".join(f"https://a{n}.example" for n in range(2000))
        locations = "".join(f"location /{n} {{ return 200; }}" for n in range(1000))
        server = self.one_server(f"cors on; cors_allow_origins {origins}; {locations}")
        pages = int(pathlib.Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
        self.assertLess(pages * 4096, 32 << 20)
        self.assertEqual(server.ask("GET", "/999", [("Origin", "https://a1999.example")]).origin(), "https://a1999.example")

    def test_location_that_serves_an_encoded_path_decides(self):
        server = self.one_server(
            f"location / {{ return 404 none; }} location /on/ {{ {POLICY} return 200 on; }} location /off/ {{ return 200 off; }}"
        )
        for target in ("/on/a", "//on/a", "/off/../on/a", "/off%2f..%2fon%2Fa", "/%6fn/a", "/./on/./a", "/off/%2e%2e/on/a"):
            with self.subTest(target):
                response = server.ask("GET", target, [("Origin", APP)])
                self.assertEqual((response.body, response.cors()), (b"on", ALLOWED))
                self.assert_preflight(server.ask("OPTIONS", target, preflight()))
        for target in ("/off/a", "/on/../off/a", "/on%2f..%2foff/a", "/on", "/ON/a", "/on%252fa"):
            with self.subTest(target):
                response = server.ask("GET", target, [("Origin", APP)])
                self.assertIn(response.body, (b"off", b"none"))
                self.assertEqual(response.cors(), [])

    def test_limit_except_inherits(self):
        server = self.one_server(f"{POLICY} location / {{ limit_except GET {{ deny all; }} root %PREFIX%/html; }}")
        self.assert_allowed(server.ask("PUT", "/x", [("Origin", APP)]), 403)
        self.assert_allowed(server.ask("GET", "/x", [("Origin", APP)]), 404)


if __name__ == "__main__":
    unittest.main()
