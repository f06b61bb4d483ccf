"""`cors_policies` gives names to policy files, and `cors_policy $variable` chooses one of them for each request."""

import unittest

from harness.case import APP, DENIED, EVIL, POLICY, Case, preflight
from harness.image import compile_image
from harness.words import CLIENT

ONE, TWO = "https://one.example", "https://two.example"
SHARED = [("Access-Control-Allow-Origin", ONE), ("Vary", "Origin")]
MAP = "map $host $tenant { one.test one; two.test Two; lost.test lost; odd.test 'a\"\\x1b'; set.test set; }"
BLOCK = "cors_policies {\n one one.corsac;\n Two %PREFIX%/two.corsac;\n set set.corsac;\n}"
SET = f'[[policy]]\npath = "/api"\nallow_origins = ["{ONE}"]\n[[policy]]\npath = "/api/raw"\ncors = false\n'


class Policies(Case):
    def prepared(self, inside="location / { return 200; }", block=BLOCK, before=MAP, policy="cors on; cors_policy $tenant;", **options):
        server = self.prepare(f"{block}\n{before}\nserver {{ listen 127.0.0.1:%PORT%; {policy} {inside} }}", **options)
        for name, spec in {"one": {"allow_origins": [ONE]}, "two": {"allow_origins": [TWO]}, "set": SET}.items():
            compile_image(spec, server.prefix, name)
        return server

    def running(self, *arguments, **options):
        server = self.prepared(*arguments, **options).start()
        self.addCleanup(self.ended, server)
        return server

    def allowed(self, server, host, target="/"):
        """Those of the two origins that may read a response of this host, or None if no policy applies."""
        responses = {origin: server.ask("GET", target, [("Origin", origin)], host=host) for origin in (ONE, TWO)}
        if all(response.cors() == [] for response in responses.values()):
            return None
        return [origin for origin, response in responses.items() if response.origin() == origin]

    def test_value_of_a_variable_chooses_the_policy(self):
        server = self.running()
        for _ in range(3):
            self.assertEqual([self.allowed(server, f"{name}.test") for name in ("one", "two", "set", "lost", "none")], [[ONE], [TWO], None, None, None])
        self.assertEqual(self.allowed(server, "set.test", "/api"), [ONE])
        self.assertIsNone(self.allowed(server, "set.test", "/api/raw"))
        self.assertEqual(server.ask("OPTIONS", "/", preflight(ONE, "GET", None), host="one.test").status, 204)
        self.assertEqual(server.ask("OPTIONS", "/", preflight(ONE, "GET", None), host="two.test").status, 403)
        self.assertEqual(server.ask("OPTIONS", "/", preflight(ONE, "GET", None), host="lost.test").status, 200)

    def test_unknown_name_is_logged_and_an_empty_one_is_not(self):
        server = self.running()
        for host, name in (("lost.test", "lost"), ("odd.test", r"a\\x22\\x5Cx1b")):
            before = len(server.log())
            server.ask("GET", "/", [("Origin", ONE)], host=host)
            self.assertRegex(server.log()[before:], rf'\[warn\] [^\n]*cors: "cors_policies" has no "{name}"[^\n]*{CLIENT}')
        before = len(server.log())
        server.ask("GET", "/", [("Origin", ONE)], host="none.test")
        self.assertEqual(server.log()[before:].count("cors: "), 0)

    def test_name_of_a_client_is_escaped_and_cut(self):
        server = self.running(policy="cors on; cors_policy $http_x_tenant;")
        for name in ("a\x07b", "x" * 5000, "%s%n"):
            server.ask("GET", "/", [("Origin", ONE), ("X-Tenant", name)])
        self.assertNotRegex(server.log(), r"[\x00-\x09\x0b-\x1f\x7f-\xff]")
        lines = [line.split(", client:")[0] for line in server.log().splitlines() if "cors: " in line]
        self.assertEqual(len(lines), 3)
        self.assertLess(max(map(len, lines)), 300)

    def test_names_are_exact(self):
        server = self.running(policy="cors on; cors_policy $arg_t;")
        for name, origins in (("one", [ONE]), ("Two", [TWO]), ("ONE", None), ("two", None), ("on", None), ("onee", None), ("", None)):
            self.assertEqual(self.allowed(server, "localhost", f"/?t={name}"), origins, name)

    def test_request_without_a_policy_stays_off(self):
        server = self.running(
            "cors on; cors_policy $tenant; location / { error_page 404 =200 /page; return 404; } location /page { cors_policy one.corsac; return 200; }",
            policy="",
        )
        self.assertIsNone(self.allowed(server, "none.test"))
        self.assertEqual(self.allowed(server, "none.test", "/page"), [ONE])

    def test_blocks_inherit_and_replace_the_variable(self):
        server = self.running(
            f"""location / {{ return 200; location /deep {{ return 200; }} }} location /file {{ cors_policy two.corsac; return 200; }}
            location /own {{ cors_allow_origins {TWO}; return 200; }} location /off {{ cors off; return 200; }}
            location /other {{ cors_policy one$arg_x; return 200; }}"""
        )
        for target, origins in (("/", [ONE]), ("/deep", [ONE]), ("/file", [TWO]), ("/own", [TWO]), ("/off", None), ("/other", [ONE]), ("/other?x=1", None)):
            self.assertEqual(self.allowed(server, "one.test", target), origins, target)

    def test_variables_of_a_request_are_those_of_its_policy(self):
        server = self.running("location / { add_header X-Was '$cors_class $cors_allowed' always; return 200; }")
        for host, was in (("one.test", "actual 1"), ("two.test", "actual 0"), ("none.test", " ")):
            self.assertEqual(server.ask("GET", "/", [("Origin", ONE)], host=host).get("X-Was"), [was])

    def test_names_may_be_included(self):
        server = self.running(block="cors_policies { include %PREFIX%/names/*.conf; }", files={"names/a.conf": "one one.corsac;", "names/b.conf": "Two two.corsac;"})
        self.assertEqual([self.allowed(server, f"{name}.test") for name in ("one", "two")], [[ONE], [TWO]])

    def test_block_may_follow_the_servers(self):
        server = self.prepare(f"{MAP} server {{ listen 127.0.0.1:%PORT%; cors on; cors_policy $tenant; location / {{ return 200; }} }} {BLOCK}")
        for name, spec in {"one": {"allow_origins": [ONE]}, "two": {"allow_origins": [TWO]}, "set": SET}.items():
            compile_image(spec, server.prefix, name)
        server.start()
        self.addCleanup(self.ended, server)
        self.assertEqual(self.allowed(server, "two.test"), [TWO])

    def test_report_only_reports_the_chosen_policy(self):
        server = self.running("cors_report_only on; location / { return 200; }")
        for host in ("one.test", "two.test", "none.test"):
            self.assertEqual(server.ask("GET", "/", [("Origin", ONE)], host=host).cors(), [])
        reports = [line for line in server.log().splitlines() if "report only: " in line]
        self.assertEqual(["would be shared" in line for line in reports], [True, False])

    def test_reload_reads_the_files_again(self):
        server = self.prepared(master=True).start()
        self.addCleanup(server.end)
        self.assertEqual(self.allowed(server, "one.test"), [ONE])
        compile_image({"allow_origins": [TWO]}, server.prefix, "one")
        self.assertTrue(server.reload(), server.said())
        self.assertEqual(self.allowed(server, "one.test"), [TWO])
        (server.prefix / "one.corsac").write_bytes(b"damaged")
        self.assertFalse(server.reload())
        self.assertEqual(self.allowed(server, "one.test"), [TWO])

    def test_wrong_block_is_refused(self):
        on = "cors on; cors_policy $tenant;"
        for block, policy, said in (
            ("cors_policies { one none.corsac; }", on, r"none\.corsac[^\n]*No such file[^\n]*http\.conf:1"),
            ("cors_policies { one http.conf; }", on, r"\[not-toml\] in [^\n]*http\.conf:1:\d+\n[^\n]*is refused[^\n]*http\.conf:1\n"),
            ("cors_policies { one one.corsac;\none two.corsac; }", on, r'duplicate "one"[^\n]*http\.conf:2'),
            ("cors_policies { one; }", on, r"invalid number[^\n]*http\.conf:1"),
            ("cors_policies { one a b; }", on, r"invalid number[^\n]*http\.conf:1"),
            ("cors_policies { '' one.corsac; }", on, r"http\.conf:1"),
            (f"{BLOCK} cors_policies {{ }}", on, r'"cors_policies" directive is duplicate'),
            ("", on, r'"cors_policy" with variables needs "cors_policies"[^\n]*http\.conf:3'),
            (BLOCK, "cors on; cors_policy $tenants;", r'unknown "tenants" variable'),
            (BLOCK, f"{on} cors_max_age 5;", r"a policy is a file or directives"),
            (BLOCK, f"{on} cors_policy one.corsac;", r"duplicate"),
            (BLOCK, f"cors_policies {{ }} {on}", r'"cors_policies" directive is not allowed here'),
        ):
            with self.subTest(block=block, policy=policy):
                code, text = self.prepared(block=block, policy=policy).check()
                self.assertEqual(code, 1, text)
                self.assertRegex(text, said)

    def test_files_are_checked_even_if_no_block_uses_them(self):
        code, said = self.prepared(block="cors_policies { one none.corsac; }", policy="").check()
        self.assertEqual(code, 1, said)

    def test_cached_denial_of_one_policy_is_not_used_for_another(self):
        server = self.running()
        for _ in range(4):
            self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)], host="one.test").cors(), DENIED)
            self.assertEqual(server.ask("GET", "/", [("Origin", ONE)], host="one.test").cors(), SHARED)
            self.assertEqual(server.ask("GET", "/", [("Origin", ONE)], host="two.test").cors(), DENIED)
            self.assertEqual(server.ask("GET", "/", [("Origin", APP)], host="none.test").cors(), [])


if __name__ == "__main__":
    unittest.main()
