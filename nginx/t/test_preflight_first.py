"""A preflight carries no credentials, so the module responds before anything in the location can refuse it."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, app_response

# The directives of a location, and the status of a GET without credentials there.
BEHIND = {
    "auth_basic": ("auth_basic members; auth_basic_user_file %PREFIX%/users;", 401),
    "auth_request": ("auth_request /auth;", 403),
    "auth_request_that_fails": ("auth_request /nowhere;", 500),
    "limit_except": ("limit_except POST { deny all; }", 403),
    "deny": ("deny all;", 403),
    "return": ("return 418;", 418),
    "return_redirect": ("return 302 https://elsewhere.example/;", 302),
    "rewrite": ("rewrite ^ /elsewhere permanent;", 301),
    "if": ("if ($request_method = OPTIONS) { return 405; } return 418;", 418),
    "proxy_pass": ("proxy_pass http://127.0.0.1:%APP%;", 299),
    "proxy_pass_to_a_closed_port": ("proxy_pass http://127.0.0.1:%CLOSED%;", 502),
    "try_files": ("try_files /no /none =404;", 404),
    "limit_req": ("limit_req zone=requests;", 404),
    "static": ("root %PREFIX%/html;", 404),
    "internal": ("internal;", 404),
    "satisfy_any": ("satisfy any; deny all; auth_basic members; auth_basic_user_file %PREFIX%/users;", 401),
}


class PreflightFirst(Case):
    def serve_all(self):
        app = Application(lambda head: app_response(299))
        self.addCleanup(app.close)
        closed = Application(lambda head: b"")
        closed.close()
        locations = "\n".join(f"location /{name} {{ {POLICY} {inside} }}" for name, (inside, _) in BEHIND.items())
        locations = locations.replace("%APP%", str(app.port)).replace("%CLOSED%", str(closed.port))
        server = self.one_server(
            f"location = /auth {{ internal; return 403; }} {locations}",
            before="limit_req_zone $server_name zone=requests:1m rate=1r/m;",
            files={"users": "me:{PLAIN}secret\n"},
        )
        return server, app

    def test_response_to_a_preflight_comes_before_all_else(self):
        server, app = self.serve_all()
        for name, (_, status) in BEHIND.items():
            with self.subTest(name):
                # More than once, because limit_req lets the first one through.
                for _ in range(3):
                    self.assert_preflight(server.ask("OPTIONS", f"/{name}", preflight()))
                denied = server.ask("OPTIONS", f"/{name}", preflight(EVIL))
                self.assertEqual((denied.status, denied.origin()), (403, None))
                self.assertEqual(app.heads, [], "an application was asked")
                got = server.ask("GET", f"/{name}", [("Origin", APP)])
                self.assert_allowed(got, status)
                app.heads.clear()

    def test_allowed_preflight_does_not_let_the_request_in(self):
        server, _ = self.serve_all()
        with server.connect() as connection:
            for name in ("auth_basic", "auth_request", "deny", "limit_except"):
                with self.subTest(name):
                    self.assert_preflight(connection.ask("OPTIONS", f"/{name}", preflight()))
                    self.assert_allowed(connection.ask("PUT", f"/{name}", [("Origin", APP)], b"x"), BEHIND[name][1])

    def test_body_of_a_preflight_is_read_past(self):
        server, app = self.serve_all()
        with server.connect() as connection:
            self.assert_preflight(connection.ask("OPTIONS", "/proxy_pass", preflight(), b"x" * 4000))
            self.assert_preflight(connection.ask("OPTIONS", "/proxy_pass", preflight()))
            self.assertEqual(connection.ask("GET", "/proxy_pass").status, 299)
        self.assertEqual(len(app.heads), 1)


if __name__ == "__main__":
    unittest.main()
