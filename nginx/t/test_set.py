"""`cors_policy FILE` takes the image of a policy set, and the path of a request selects its policies."""

import unittest

from harness.case import APP, EVIL, VARY, Case, preflight
from harness.http2 import Connection2
from harness.image import compile_image
from harness.upstream import Application, app_response

ACCOUNT = "https://account.example"
SET = f"""
[[policy]]
path = "/account"
allow_origins = ["{ACCOUNT}"]
allow_headers = ["content-type"]
allow_credentials = true

[[policy]]
allow_origins = ["{APP}"]
allow_methods = ["GET", "PUT"]
allow_headers = ["authorization", "content-type"]
allow_credentials = true

[[policy]]
allow_origins = ["*"]
allow_headers = ["content-type"]
allow_timing = true

[[policy]]
path = "/raw"
cors = false
"""

# The three kinds of responses to a request that is not a preflight: with credentials, for any origin, and denied.
SHARED = [("Access-Control-Allow-Origin", APP), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin")]
PUBLIC = [("Access-Control-Allow-Origin", "*"), ("Timing-Allow-Origin", "*"), ("Vary", "Origin")]
DENIED = [("Vary", "Origin")]


class Set(Case):
    def prepared(self, inside="location / { return 200; }", spec=SET, **options):
        server = self.prepare(f"server {{ listen 127.0.0.1:%PORT%; cors on; cors_policy %PREFIX%/policy.corsac; {inside} }}", **options)
        compile_image(spec, server.prefix)
        return server

    def running(self, *arguments, **options):
        server = self.prepared(*arguments, **options).start()
        self.addCleanup(self.ended, server)
        return server

    def assert_cors(self, response, lines, status=200):
        self.assertEqual((response.status, response.cors()), (status, lines))

    def test_path_of_a_request_chooses_its_policies(self):
        server = self.running()
        for target, origin, lines in (
            ("/", APP, SHARED),
            ("/accounts", APP, SHARED),
            ("/account", APP, DENIED),
            ("/account/cards?x=1", APP, DENIED),
            ("/account/cards", ACCOUNT, [("Access-Control-Allow-Origin", ACCOUNT), *SHARED[1:]]),
            ("/", EVIL, PUBLIC),
            ("/", ACCOUNT, PUBLIC),
            ("/%61ccount", APP, DENIED),
            # nginx resolves these before it looks for a location.
            ("/x/../account", APP, DENIED),
            ("//account", APP, DENIED),
            ("/account/../x", APP, SHARED),
            ("/raw/x", APP, []),
        ):
            with self.subTest(target=target, origin=origin):
                self.assert_cors(server.ask("GET", target, [("Origin", origin)]), lines)

    def test_preflight_is_decided_by_its_path(self):
        server = self.running()
        self.assertEqual(server.ask("OPTIONS", "/x", preflight()).origin(), APP)
        self.assert_cors(server.ask("OPTIONS", "/account", preflight()), [("Vary", VARY)], 403)
        self.assertEqual(server.ask("OPTIONS", "/account", preflight(ACCOUNT, "POST", None)).status, 204)
        self.assertEqual(server.ask("OPTIONS", "/x", preflight(EVIL, "POST", None)).origin(), "*")
        self.assert_cors(server.ask("OPTIONS", "/raw", preflight()), [])

    def test_encoded_slash_is_ambiguous(self):
        server = self.running()
        for target in ("/account%2Fcards", "/x%5cy", "/x\\y"):
            with self.subTest(target):
                self.assert_cors(server.ask("GET", target, [("Origin", APP)]), DENIED)
                self.assert_cors(server.ask("GET", target), DENIED)
                self.assert_cors(server.ask("OPTIONS", target, preflight()), [("Vary", VARY)], 403)
        # Only the path of the URL counts. A decision about one path is not used for another.
        self.assert_cors(server.ask("GET", "/x?next=%2f", [("Origin", APP)]), SHARED)
        for target in ("/a%2Fb", "/c%2Fd", "/a%2Fb"):
            server.ask("GET", target, [("Origin", APP)])
        self.assertEqual([server.log().count(f'path "{path}" can') for path in ("/a%2Fb", "/c%2Fd")], [2, 1])

    def test_two_paths_of_one_location_have_their_own_decisions(self):
        server = self.running("location / { return 200; } location /report { cors_report_only on; return 200; }")
        asked = [
            ("/x", APP, SHARED), ("/account", APP, DENIED), ("/raw", APP, []), ("/x", ACCOUNT, PUBLIC),
            ("/account", ACCOUNT, [("Access-Control-Allow-Origin", ACCOUNT), *SHARED[1:]]), ("/x", EVIL, PUBLIC), ("/account", EVIL, DENIED),
            ("/report", APP, []), ("/y/x", APP, SHARED), ("/account/y", APP, DENIED),
        ]  # fmt: skip
        plain = {"/x": PUBLIC, "/account": DENIED, "/raw": [], "/report": []}
        with server.connect() as connection:
            for _ in range(5):
                for target, origin, lines in asked:
                    self.assert_cors(connection.ask("GET", target, [("Origin", origin)]), lines)
                for target, lines in plain.items():
                    self.assert_cors(connection.ask("GET", target), lines)
            # More origins than the cache has room for.
            for number in [*range(40), *range(40)]:
                origin = f"https://o{number}.example"
                self.assert_cors(connection.ask("GET", "/x", [("Origin", origin)]), PUBLIC)
                self.assert_cors(connection.ask("GET", "/account", [("Origin", origin)]), DENIED)

    def test_locations_that_inherit_one_set_share_its_cache(self):
        places = "".join(f"location /l{number} {{ return 200; }}" for number in range(3))
        server = self.running(f"{places} location /account {{ return 200; }} location /off {{ cors off; return 200; }}")
        with server.connect() as connection:
            for _ in range(3):
                for number in range(3):
                    self.assert_cors(connection.ask("GET", f"/l{number}", [("Origin", APP)]), SHARED)
                self.assert_cors(connection.ask("GET", "/account", [("Origin", APP)]), DENIED)
                self.assert_cors(connection.ask("GET", "/off", [("Origin", APP)]), [])

    def test_first_path_decides_wherever_the_request_ends(self):
        server = self.running(
            "location / { root %PREFIX%/html; error_page 404 =200 /raw/lost; }"
            "location /go { rewrite ^ /account/x last; } location /raw { return 200; }"
            "location /raw/out { return 404; error_page 404 =200 /inside; }"
            "location /account { return 200; } location /inside { return 200; }"
        )
        # Error pages and rewrites lead to another path.
        self.assert_cors(server.ask("GET", "/lost", [("Origin", APP)]), SHARED, 200)
        self.assert_cors(server.ask("GET", "/go", [("Origin", APP)]), SHARED)
        # A request of an untouched path stays off.
        self.assert_cors(server.ask("GET", "/raw/out", [("Origin", APP)]), [], 200)

    def test_untouched_response_keeps_what_the_application_wrote(self):
        own = [("Access-Control-Allow-Origin", EVIL), ("Timing-Allow-Origin", "*"), ("Vary", "Cookie")]
        app = Application(lambda head: app_response(200, own))
        self.addCleanup(app.close)
        server = self.running(f"location / {{ proxy_pass http://127.0.0.1:{app.port}; }}")
        raw, account, public = (server.ask("GET", target, [("Origin", ACCOUNT)]) for target in ("/raw/x", "/account", "/x"))
        self.assertEqual(raw.cors(), own)
        # A policy without allow_timing leaves that header alone.
        self.assertEqual((account.origin(), account.get("Timing-Allow-Origin")), (ACCOUNT, ["*"]))
        self.assertEqual((public.origin(), public.get("Timing-Allow-Origin")), ("*", ["*"]))
        shared = server.ask("GET", "/x", [("Origin", APP)])
        self.assertEqual((shared.origin(), shared.get("Timing-Allow-Origin")), (APP, []))
        self.assertEqual(server.ask("OPTIONS", "/raw", preflight()).status, 200)

    def test_variables_and_log_are_those_of_the_path(self):
        server = self.running('location / { add_header X-Was "$cors_class $cors_allowed $cors_denial" always; return 200; }')
        for target, origin, was in (
            ("/x", APP, "actual 1 "), ("/account", APP, "actual 0 origin-not-allowed"), ("/raw", APP, "  "), ("/a%2fb", APP, "actual 0 path-ambiguous"),
        ):  # fmt: skip
            self.assertEqual(server.ask("GET", target, [("Origin", origin)]).get("X-Was"), [was])
        self.assertEqual(server.log().count("cors: response not shared: "), 2)

    def test_preflight_redirected_on_an_untouched_path_is_logged(self):
        server = self.running("location / { return 301 /elsewhere; }")
        self.assertEqual(server.ask("OPTIONS", "/raw", preflight()).status, 301)
        self.assertEqual(server.log().count("a preflight meets a redirect"), 1)
        self.assertEqual(server.ask("OPTIONS", "/x", preflight()).status, 204)
        self.assertEqual(server.log().count("a preflight meets a redirect"), 1)

    def test_report_names_credentials_of_the_policy_that_decides(self):
        app = Application(lambda head: app_response(200, [("Access-Control-Allow-Origin", "*")]))
        self.addCleanup(app.close)
        server = self.running(f"cors_report_only on; location / {{ proxy_pass http://127.0.0.1:{app.port}; }}")
        for origin in (EVIL, APP):
            server.ask("GET", "/x", [("Origin", origin)])
        other, app = (line for line in server.log().splitlines() if "report only: response would be shared" in line)
        self.assertRegex(other, "200, would pass while")
        self.assertIn("200, would pass without credentials only: ", app)

    def test_set_over_http_2(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT% http2; cors on; cors_policy %PREFIX%/policy.corsac; location / { return 200; } }")
        compile_image(SET, server.prefix)
        server.start()
        self.addCleanup(self.ended, server)
        with Connection2(server.port) as connection:
            for _ in range(3):
                self.assertEqual(connection.ask("GET", "/x", [("Origin", APP)]).origin(), APP)
                self.assertIsNone(connection.ask("GET", "/account", [("Origin", APP)]).origin())

    def test_request_that_nginx_cannot_read_is_refused(self):
        server = self.running()
        with server.connect() as connection:
            self.assertEqual(connection.ask("GET", "no-path", [("Origin", APP)]).status, 400)
        with server.connect() as connection:
            self.assertEqual(connection.ask("GET", "/\0", [("Origin", APP)]).status, 400)

    def test_set_of_one_path_is_never_ambiguous(self):
        server = self.running(spec=f'[[policy]]\npath = "/api"\nallow_origins = ["{APP}"]\nallow_headers = ["content-type"]\n')
        allowed = [("Access-Control-Allow-Origin", APP), ("Vary", "Origin")]
        self.assert_cors(server.ask("GET", "/api/x%2fy", [("Origin", APP)]), allowed)
        self.assert_cors(server.ask("GET", "/", [("Origin", APP)]), [])

    def test_reload_takes_another_set(self):
        server = self.running(master=True)
        self.assert_cors(server.ask("GET", "/account", [("Origin", APP)]), DENIED)
        compile_image(SET.replace('path = "/account"', 'path = "/other"'), server.prefix)
        self.assertTrue(server.reload(), server.said())
        self.assert_cors(server.ask("GET", "/account", [("Origin", APP)]), SHARED)

    def test_damaged_image_of_a_set_is_refused(self):
        server = self.prepared()
        self.assertEqual(server.check()[0], 0)
        image = server.prefix / "policy.corsac"
        whole = image.read_bytes()
        for content in (whole[:-1], whole + b"\0", whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], whole[:8]):
            image.write_bytes(content)
            code, said = server.check()
            self.assertNotEqual(code, 0, said)
            self.assertIn("policy.corsac", said)

    def test_external_origins_of_a_table_warn_and_name_its_path(self):
        server = self.prepared(spec=SET.replace('path = "/account"', 'path = "/account"\nexternal_origins = true'))
        code, said = server.check()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r'\[warn\][^\n]*"/account" has external_origins')

    def test_path_in_a_warning_is_escaped(self):
        server = self.prepared(spec=SET.replace('path = "/account"', 'path = "/é"\nexternal_origins = true'))
        self.assertRegex(server.check()[1], r'\[warn\][^\n]*"/\\xC3\\xA9" has external_origins')


if __name__ == "__main__":
    unittest.main()
