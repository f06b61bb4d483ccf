"""`cors off` is a decision that stays. A preflight gets a policy only from its first location, by a rewrite or by `try_files`."""

import unittest

from harness.case import ALLOWED, APP, POLICY, Case, preflight
from harness.image import compile_image
from harness.upstream import Application, app_response
from harness.words import REQUEST

ERROR_PAGE = "error_page 400 401 403 404 405 /err.html;"
FILES = {"html/err.html": "error page", "html/p/secret.txt": "secret", "users": "me:{PLAIN}secret\n"}

# Locations without CORS: their directives, and the status that a preflight gets there.
PLACES = {
    "static": ("", 405),
    "denied": ("deny all;", 403),
    "admin": ("auth_basic members; auth_basic_user_file %PREFIX%/users;", 401),
    "app": ("proxy_pass http://127.0.0.1:%APP%; proxy_intercept_errors on;", 405),
    "returned": ("return 404;", 404),
}


class OffStays(Case):
    def application(self, respond):
        app = Application(respond)
        self.addCleanup(app.close)
        return app

    def assert_no_cors(self, response, status):
        self.assertEqual((response.status, response.cors()), (status, []))

    def serve_places(self, said, before="", page=f"location / {{ {POLICY} root %PREFIX%/html; }}"):
        """A server whose error page has `cors on`, and the PLACES with the directive `said` in each."""
        app = self.application(lambda head: app_response(405 if head.startswith(b"OPTIONS") else 200))
        locations = "".join(f"location /{name} {{ {said} {inside} }}" for name, (inside, _) in PLACES.items())
        return self.one_server(f"{before or ERROR_PAGE} {page} {locations}".replace("%APP%", str(app.port)), files=FILES)

    def test_error_page_governs_no_preflight_of_cors_off(self):
        server = self.serve_places("cors off;")
        for name, (_, status) in PLACES.items():
            with self.subTest(name):
                response = server.ask("OPTIONS", f"/{name}", preflight(method="DELETE"))
                self.assert_no_cors(response, status)
                self.assertEqual(response.body, b"error page")
                self.assertEqual(response.get("WWW-Authenticate"), ['Basic realm="members"'] if name == "admin" else [])
        self.assertNotIn("cors: ", server.log())
        self.assert_no_cors(server.ask("DELETE", "/app", [("Origin", APP)]), 200)

    def test_error_page_governs_no_preflight_of_location_without_cors(self):
        server = self.serve_places("")
        for name, (_, status) in PLACES.items():
            with self.subTest(name):
                before = len(server.log())
                self.assert_no_cors(server.ask("OPTIONS", f"/{name}", preflight(method="DELETE")), status)
                self.assertRegex(server.log()[before:], rf'\[notice\] [^\n]*cors: [^\n]*location "/"[^\n]*error page[^\n]* {REQUEST}: "OPTIONS /')

    def test_error_page_governs_other_requests_of_location_without_cors(self):
        server = self.serve_places("")
        for name, (_, status) in PLACES.items():
            with self.subTest(name):
                status = {"static": 404, "app": 200}.get(name, status)
                response = server.ask("GET", f"/{name}", [("Origin", APP)])
                self.assertEqual((response.status, response.cors()), (status, ALLOWED if name != "app" else []))

    def test_inherited_cors_off_stays(self):
        for server in (
            self.one_server(f"cors off; {ERROR_PAGE} location /a {{ return 404; }} location = /err.html {{ {POLICY} root %PREFIX%/html; }}", files=FILES),
            self.one_server(
                f"{ERROR_PAGE} location /a {{ return 404; }} location = /err.html {{ {POLICY} root %PREFIX%/html; }}", before="cors off;", files=FILES
            ),
        ):
            self.assert_no_cors(server.ask("OPTIONS", "/a", preflight()), 404)
            self.assert_no_cors(server.ask("GET", "/a", [("Origin", APP)]), 404)

    def test_content_of_a_governed_location_stays_off(self):
        app = self.application(lambda head: app_response(200, [("X-Accel-Redirect", "/protected/secret.txt")]))
        server = self.one_server(
            f"""{POLICY} root %PREFIX%/html;
            location /downloads/ {{ cors off; proxy_pass http://127.0.0.1:{app.port}; }}
            location /protected/ {{ internal; alias %PREFIX%/html/p/; }}
            location /tf/ {{ cors off; try_files /none /p/secret.txt; }}
            location /named/ {{ cors off; try_files /none @named; }}
            location @named {{ return 200 secret; }}
            location = / {{ cors off; index p/secret.txt; }}
            location /rewritten/ {{ cors off; rewrite ^ /p/secret.txt last; }}""",
            files=FILES,
        )
        for target in ("/downloads/", "/tf/", "/named/", "/", "/rewritten/"):
            with self.subTest(target):
                response = server.ask("GET", target, [("Origin", APP)])
                self.assert_no_cors(response, 200)
                self.assertEqual(response.body, b"secret")
        self.assert_allowed(server.ask("GET", "/p/secret.txt", [("Origin", APP)]), 200)
        for target in ("/tf/", "/named/", "/", "/rewritten/", "/downloads/"):
            with self.subTest(target):
                self.assertEqual(server.ask("OPTIONS", target, preflight()).cors(), [])

    def test_invalid_http_stays_refused(self):
        lines = "".join(f"{name}: {value}\r\n" for name, value in preflight()).encode()
        refused = [
            b"OPTIONS / HTTP/1.1\r\n" + lines + b"\r\n",
            b"OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n" + lines + b"\r\n",
            b"OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" + lines + b"\r\n",
        ]
        page = f"location / {{ {POLICY} root %PREFIX%/html; }}"
        for inside in (f"{POLICY} {ERROR_PAGE} root %PREFIX%/html;", f"{ERROR_PAGE} {page}", f"error_page 400 = /err.html; {page}",
                       f"recursive_error_pages on; error_page 400 = @page; location / {{ return 200; }} {page.replace(' / ', ' @page ')}"):
            server = self.one_server(inside, files=FILES)
            for sent in refused:
                with self.subTest(inside=inside, sent=sent), server.connect() as connection:
                    response = connection.send(sent, "OPTIONS")
                    self.assertNotIn(response.status, (204, 403))
                    self.assertEqual(response.cors(), [])
            self.assertEqual(server.log().count("nginx refused it as no valid request"), 3)

    def test_response_of_an_application_gives_no_policy_to_a_preflight(self):
        def respond(head):
            target = head.split()[1].decode()
            return app_response(405) if target == "/refuse" else app_response(200, [("X-Accel-Redirect", "/kept/secret.txt" if target == "/file" else "@kept")])

        app = self.application(respond)
        server = self.one_server(
            f"""location / {{ proxy_pass http://127.0.0.1:{app.port}; }}
            location /kept/ {{ {POLICY} internal; alias %PREFIX%/html/p/; }}
            location @kept {{ {POLICY} return 200; }}
            location /refuse {{ proxy_intercept_errors on; recursive_error_pages on; error_page 405 = @kept; proxy_pass http://127.0.0.1:{app.port}; }}""",
            files=FILES,
        )
        for target, name in (("/file", "/kept/"), ("/named", "@kept"), ("/refuse", "@kept")):
            with self.subTest(target):
                before = len(server.log())
                self.assert_no_cors(server.ask("OPTIONS", target, preflight()), 200)
                self.assertRegex(server.log()[before:], rf'\[notice\] [^\n]*location "{name}"')
                if target != "/refuse":
                    self.assert_allowed(server.ask("GET", target, [("Origin", APP)]), 200)

    def test_error_page_without_a_trace_governs_no_preflight(self):
        page = f"location = /err.html {{ {POLICY} root %PREFIX%/html; }} location @page {{ {POLICY} return 200; }}"
        for said in ("= /err.html", "= @page", "=200 @page", "=299 /err.html", "/err.html", "@page"):
            for recursive in ("on", "off"):
                lines = f"recursive_error_pages {recursive}; error_page 404 {said};"
                server = self.one_server(
                    f"""location /a {{ {lines} return 404; }} location /if {{ recursive_error_pages {recursive};
                    if ($arg_a) {{ error_page 404 {said}; return 404; }} }}
                    location /again {{ {lines} rewrite ^ /again/two last; }} location /again/two {{ {lines} return 404; }}
                    location /far {{ rewrite ^ /slash last; }} location /slash/ {{ {lines.replace("404", "301")} proxy_pass http://127.0.0.1:1; }} {page}""",
                    files=FILES,
                )
                for target in ("/a", "/if?a=1", "/again", "/far"):
                    with self.subTest(said=said, recursive=recursive, target=target):
                        before = len(server.log())
                        response = server.ask("OPTIONS", target, preflight())
                        self.assertEqual(response.cors(), [])
                        self.assertNotEqual(response.status, 204)
                        self.assertRegex(server.log()[before:], r'\[notice\] [^\n]*location "(/err\.html|@page)"')

    def test_error_of_a_server_gives_no_policy_to_a_preflight(self):
        page = f"location = /err.html {{ {POLICY} root %PREFIX%/html; }} location @page {{ {POLICY} return 200; }}"
        for said in ("/err.html", "= /err.html", "@page", "= @page"):
            with self.subTest(said):
                server = self.one_server(f"recursive_error_pages on; error_page 404 {said}; if ($uri = /a) {{ return 404; }} {page}", files=FILES)
                response = server.ask("OPTIONS", "/a", preflight())
                self.assertEqual(response.cors(), [])
                self.assertNotEqual(response.status, 204)

    def test_redirected_error_page_governs_no_preflight(self):
        # A location that only adds a slash responds before the rewrite phase.
        server = self.one_server(
            f"error_page 404 /page; location /a {{ return 404; }} location /page/ {{ {POLICY} proxy_pass http://127.0.0.1:1; }}"
        )
        response = server.ask("OPTIONS", "/a", preflight())
        self.assertNotEqual(response.status, 204)
        self.assertEqual(response.cors(), [])
        self.assert_preflight(server.ask("OPTIONS", "/page", preflight()))

    def test_first_location_and_rewrite_and_try_files_govern_a_preflight(self):
        server = self.one_server(
            f"""recursive_error_pages on; error_page 404 = @error;
            location /tried {{ try_files $uri @app; }} location /found {{ try_files /none /app; }}
            location /rewritten {{ rewrite ^ /app last; }} location /twice {{ rewrite ^ /rewritten last; }}
            location /broken {{ recursive_error_pages off; rewrite ^ /elsewhere break; try_files $uri @app; }}
            location @app {{ {POLICY} return 299; }} location /app {{ {POLICY} return 299; }} location @error {{ return 200; }}""".replace(
                "location /tried {", "location /tried { recursive_error_pages off;"
            )
        )
        for target in ("/app", "/tried", "/found", "/rewritten", "/twice", "/broken"):
            with self.subTest(target):
                self.assert_preflight(server.ask("OPTIONS", target, preflight()))
                self.assert_allowed(server.ask("GET", target, [("Origin", APP)]), 299)
        self.assertNotIn("cors: ", server.log())
        server = self.one_server(f"location / {{ rewrite ^ /elsewhere break; try_files $uri @app; }} location @app {{ {POLICY} return 299; }}")
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))

    def test_location_of_a_post_action_does_not_decide(self):
        seen = self.application(lambda head: app_response(200))
        server = self.one_server(
            f"location / {{ post_action /after; return 200; }} location /after {{ {POLICY} proxy_pass http://127.0.0.1:{seen.port}; }}"
        )
        self.assert_no_cors(server.ask("OPTIONS", "/", preflight()), 200)
        seen.wait(1)
        self.assertEqual((len(seen.heads), server.log().count("cors: ")), (1, 0))

    def test_path_without_a_policy_stays_off(self):
        spec = f'[[policy]]\npath = "/api"\nallow_origins = ["{APP}"]\n[[policy]]\npath = "/api/raw"\ncors = false\n'
        server = self.prepare(
            f"""server {{ listen 127.0.0.1:%PORT%; {ERROR_PAGE} root %PREFIX%/html; cors on; cors_policy %PREFIX%/policy.corsac;
            location /none {{ rewrite ^ /api/x last; }} location /api/raw {{ try_files /no /api/x; }} location /api {{ return 200; }}
            location /err.html {{ {POLICY.replace("cors on;", "")} }} location /lost {{ return 404; }} }}""",
            files=FILES,
        )
        compile_image(spec, server.prefix)
        server.start()
        self.addCleanup(self.ended, server)
        for target, status in (("/none", 200), ("/api/raw", 200), ("/lost", 404)):
            with self.subTest(target):
                self.assert_no_cors(server.ask("OPTIONS", target, preflight(method="GET", headers=None)), status)
                self.assert_no_cors(server.ask("GET", target, [("Origin", APP)]), status)
        self.assertEqual(server.ask("OPTIONS", "/api", preflight(method="GET", headers=None)).status, 204)


class Warnings(Case):
    def warnings(self, inside, before=""):
        server = self.prepare(f"{before}\nserver {{ listen 127.0.0.1:%PORT%;\n{inside}\n}}")
        code, said = server.check()
        self.assertEqual(code, 0, said)
        return [line for line in said.splitlines() if "[warn]" in line]

    def test_location_that_cors_off_leads_to_has_a_warning(self):
        on = "cors on; cors_allow_origins *;"
        for inside in (f"location @app {{\n{on} }}", f"location /kept {{\ninternal; {on} }}",
                       f"location /a {{ {on} location /a/kept {{\ninternal; cors on; }} }}"):
            for server, before, line in (("cors off;", "", 4), ("", "cors off;", 4)):
                with self.subTest(inside=inside, before=before):
                    found = self.warnings(f"{server} {inside}", before)
                    self.assertEqual(len(found), 1, found)
                    self.assertRegex(found[0], rf'"cors on" in location "[@/][a-z/]+"[^\n]*"cors off"[^\n]*http\.conf:{line}$')

    def test_location_that_can_be_governed_has_no_warning(self):
        on = "cors on; cors_allow_origins *;"
        for inside in (f"location @app {{ {on} }}", f"{on} location @app {{ {on} }}", f"cors off; location /a {{ {on} }}", f"{on} location @app {{ cors off; }}",
                       f"cors off; location /a {{ {on} location /a/b {{ internal; }} }}"):
            self.assertEqual(self.warnings(inside), [], inside)


if __name__ == "__main__":
    unittest.main()
