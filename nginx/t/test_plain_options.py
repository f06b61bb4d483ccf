"""An OPTIONS request that is no preflight belongs to the application."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, response


class PlainOptions(Case):
    def setUp(self):
        self.app = Application(lambda head: response(299, [("Allow", "GET, OPTIONS")]))
        self.addCleanup(self.app.close)
        self.server = self.one_server(f"location / {{ {POLICY} proxy_pass http://127.0.0.1:{self.app.port}; }}")

    def test_options_without_origin_is_answered_by_the_application(self):
        answer = self.server.ask("OPTIONS", "/", [("Access-Control-Request-Method", "PUT")])
        self.assert_denied(answer, 299)
        self.assertEqual(answer.get("Allow"), ["GET, OPTIONS"])

    def test_options_without_a_requested_method_is_answered_by_the_application(self):
        answer = self.server.ask("OPTIONS", "/", [("Origin", APP), ("Access-Control-Request-Headers", "authorization")])
        self.assert_allowed(answer, 299)
        self.assert_denied(self.server.ask("OPTIONS", "/", [("Origin", EVIL)]), 299)

    def test_options_of_the_whole_server_is_answered_by_nginx(self):
        # nginx takes no `*` for a target.
        self.assertEqual(self.server.ask("OPTIONS", "*", [("Origin", APP)]).status, 400)

    def test_another_method_with_the_lines_of_a_preflight_is_none(self):
        for method in ("GET", "POST", "OPTION", "OPTIONSX"):
            with self.subTest(method):
                self.assert_allowed(self.server.ask(method, "/", preflight()), 299)

    def test_the_application_sees_the_request_as_it_was(self):
        self.server.ask("OPTIONS", "/a?b", [("Origin", EVIL), ("X-Own", "1")])
        head = self.app.heads[0].decode()
        self.assertTrue(head.startswith("OPTIONS /a?b "), head)
        self.assertIn(f"Origin: {EVIL}\r\n", head)
        self.assertIn("X-Own: 1\r\n", head)


if __name__ == "__main__":
    unittest.main()
