"""Report-only: request and response stay unchanged. The log says what the response would have been, and whether a browser accepts the
application's own."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, app_response

OWN = [("Access-Control-Allow-Origin", APP), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Cookie")]


class ReportOnly(Case):
    def serve_with(self, lines, status=299):
        app = Application(lambda head: app_response(status, lines))
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} cors_report_only on; proxy_pass http://127.0.0.1:{app.port}; }}")
        return server, app

    def reports(self, server):
        return [line.split("report only: ", 1)[1].split(", client: ")[0] for line in server.log().splitlines() if "cors: report only: " in line]

    def test_preflight_reaches_the_application(self):
        server, app = self.serve_with(OWN)
        response = server.ask("OPTIONS", "/", preflight())
        self.assertEqual((response.status, response.cors()), (299, OWN))
        response = server.ask("OPTIONS", "/", preflight(EVIL))
        self.assertEqual((response.status, response.cors()), (299, OWN))
        self.assertEqual(len(app.heads), 2)
        allowed, denied = self.reports(server)
        self.assertIn("preflight would be allowed with status 204", allowed)
        self.assertIn("preflight would be denied with status 403", denied)
        self.assertIn(EVIL, denied)

    def test_a_response_is_not_changed(self):
        for lines in ([], OWN, [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", "*")]):
            server, _ = self.serve_with(lines)
            for headers in ([("Origin", APP)], [("Origin", EVIL)], []):
                response = server.ask("GET", "/", headers)
                self.assertEqual((response.status, response.cors()), (299, lines))

    def test_log_says_whether_the_applications_response_would_pass(self):
        server, _ = self.serve_with(OWN)
        server.ask("GET", "/", [("Origin", APP)])
        server.ask("GET", "/", [("Origin", EVIL)])
        ours, theirs = self.reports(server)
        self.assertRegex(ours, "response would be shared; the application's own, 299, would pass")
        self.assertRegex(theirs, f"response would be kept from the page: .*{EVIL}.*; the application's own, 299, would not pass: ")
        server, _ = self.serve_with([])
        server.ask("GET", "/", [("Origin", APP)])
        self.assertRegex(self.reports(server)[0], "response would be shared; the application's own, 299, would not pass: ")

    def test_the_log_says_whether_the_applications_preflight_would_pass(self):
        server, _ = self.serve_with([*OWN, ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "authorization")], 200)
        server.ask("OPTIONS", "/", preflight())
        server.ask("OPTIONS", "/", preflight(method="DELETE"))
        passes, fails = self.reports(server)
        self.assertRegex(passes, "would be allowed with status 204; the application's own, 200, would pass")
        self.assertRegex(fails, "would be allowed with status 204; the application's own, 200, would not pass: ")

    def test_a_plain_request_is_not_reported_and_each_other_once(self):
        server, _ = self.serve_with([], 404)
        server.ask("GET", "/")
        self.assertEqual(self.reports(server), [])
        server.ask("GET", "/", [("Origin", APP)])
        self.assertEqual(len(self.reports(server)), 1)

    def test_control_bytes_of_either_side_are_escaped(self):
        server, _ = self.serve_with([("Access-Control-Allow-Origin", "a\x1bb"), ("Access-Control-Allow-Methods", "\x07")])
        server.ask("GET", "/", [("Origin", "a\x1b[31m")])
        server.ask("OPTIONS", "/", preflight("a\x1b[31m", "P\x07", "\x1b"))
        self.assertEqual(len(self.reports(server)), 2)
        self.assertNotRegex(server.log(), r"[\x00-\x09\x0b-\x1f\x7f]")


if __name__ == "__main__":
    unittest.main()
