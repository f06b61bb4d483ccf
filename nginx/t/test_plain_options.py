"""An OPTIONS request that is not a preflight goes to the application."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, app_response


class PlainOptions(Case):
    def setUp(self):
        self.app = Application(lambda head: app_response(299, [("Allow", "GET, OPTIONS")]))
        self.addCleanup(self.app.close)
        self.server = self.one_server(f"location / {{ {POLICY} proxy_pass http://127.0.0.1:{self.app.port}; }}")

    def test_options_without_origin_reaches_the_application(self):
        response = self.server.ask("OPTIONS", "/", [("Access-Control-Request-Method", "PUT")])
        self.assert_denied(response, 299)
        self.assertEqual(response.get("Allow"), ["GET, OPTIONS"])

    def test_options_without_requested_method_reaches_the_application(self):
        response = self.server.ask("OPTIONS", "/", [("Origin", APP), ("Access-Control-Request-Headers", "authorization")])
        self.assert_allowed(response, 299)
        self.assert_denied(self.server.ask("OPTIONS", "/", [("Origin", EVIL)]), 299)

    def test_nginx_responds_to_options_of_the_whole_server(self):
        # nginx refuses the target `*`.
        self.assertEqual(self.server.ask("OPTIONS", "*", [("Origin", APP)]).status, 400)

    def test_another_method_with_headers_of_a_preflight_is_not_one(self):
        for method in ("GET", "POST", "OPTION", "OPTIONSX"):
            with self.subTest(method):
                self.assert_allowed(self.server.ask(method, "/", preflight()), 299)

    def test_application_sees_the_request_unchanged(self):
        self.server.ask("OPTIONS", "/a?b", [("Origin", EVIL), ("X-Own", "1")])
        head = self.app.heads[0].decode()
        self.assertTrue(head.startswith("OPTIONS /a?b "), head)
        self.assertIn(f"Origin: {EVIL}\r\n", head)
        self.assertIn("X-Own: 1\r\n", head)


if __name__ == "__main__":
    unittest.main()
