"""`$cors_class`, `$cors_allowed`, `$cors_denial` and `$cors_origin` have the decision, for logs and maps."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight


class Variables(Case):
    def test_log_has_class_result_and_denial(self):
        server = self.one_server(
            f"access_log %PREFIX%/decisions.log decisions; location / {{ {POLICY} return 200; }} location /off {{ return 200; }}",
            before="log_format decisions '$request_method $uri $status [$cors_class $cors_allowed $cors_denial]';",
        )
        asked = [
            ("GET", "/", [], "200 [plain 1 -]"),
            ("GET", "/", [("Origin", APP)], "200 [actual 1 -]"),
            ("GET", "/", [("Origin", EVIL)], "200 [actual 0 origin-not-allowed]"),
            ("GET", "/", [("Origin", "a b")], "200 [actual 0 origin-malformed]"),
            ("OPTIONS", "/", preflight(), "204 [preflight 1 -]"),
            ("OPTIONS", "/", preflight(EVIL), "403 [preflight 0 origin-not-allowed]"),
            ("OPTIONS", "/", preflight(method="PATCH"), "204 [preflight 0 method-not-allowed]"),
            ("OPTIONS", "/", preflight(method="P T"), "403 [preflight 0 method-malformed]"),
            ("OPTIONS", "/", preflight(headers="x-a"), "204 [preflight 0 header-not-allowed]"),
            ("OPTIONS", "/", preflight(headers="x a"), "403 [preflight 0 headers-malformed]"),
            ("OPTIONS", "/", preflight("https://" + "a" * 400), "403 [preflight 0 too-large]"),
            ("GET", "/off", [("Origin", APP)], "200 [- - -]"),
        ]
        for method, target, headers, _ in asked:
            server.ask(method, target, headers)
        expected = [f"{method} {target} {said}" for method, target, _, said in asked]
        self.assertEqual(server.lines("decisions.log", len(expected)), expected)

    def test_map_can_use_them(self):
        server = self.one_server(
            f"access_log %PREFIX%/denied.log denied if=$is_denied; location / {{ {POLICY} add_header X-Verdict $verdict always; return 200; }}",
            before="log_format denied '$http_origin'; map $cors_allowed $is_denied { 0 1; default 0; }"
            "map $cors_class:$cors_allowed $verdict { actual:1 shared; actual:0 kept; default none; }",
        )
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).get("X-Verdict"), ["shared"])
        self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)]).get("X-Verdict"), ["kept"])
        self.assertEqual(server.ask("GET", "/").get("X-Verdict"), ["none"])
        self.assertEqual(server.lines("denied.log", 1), [EVIL])

    def test_volatile_map_is_read_again_after_the_decision(self):
        line = "map $cors_allowed $%s { %s 1 yes; 0 no; default none; } "
        server = self.one_server(
            f"if ($kept = x) {{ return 500; }} if ($asked_again = x) {{ return 500; }} {POLICY}"
            "location / { add_header X-Kept $kept; add_header X-Asked-Again $asked_again; return 200 $cors_class; }",
            before=line % ("kept", "") + line % ("asked_again", "volatile;"),
        )
        response = server.ask("GET", "/", [("Origin", APP)])
        self.assertEqual((response.get("X-Kept"), response.get("X-Asked-Again"), response.body), (["none"], ["yes"], b"actual"))

    def test_allowed_origin_is_a_variable(self):
        server = self.one_server(
            f"""access_log %PREFIX%/origins.log origins; location / {{ {POLICY} add_header Timing-Allow-Origin $cors_origin always; return 200; }}
            location /any {{ cors on; cors_allow_origins *; return 200; }} location /off {{ cors off; return 200; }}
            location /report {{ {POLICY} cors_report_only on; return 200; }}""",
            before="log_format origins '$request_method $uri [$cors_origin]';",
        )
        asked = [
            ("GET", "/", [], "-"),
            ("GET", "/", [("Origin", APP)], APP),
            ("GET", "/", [("Origin", f"{APP}\t")], APP),
            ("GET", "/", [("Origin", EVIL)], "-"),
            ("OPTIONS", "/", preflight(), APP),
            ("OPTIONS", "/", preflight(method="PATCH"), APP),
            ("OPTIONS", "/", preflight(EVIL), "-"),
            ("GET", "/any", [], "*"),
            ("GET", "/any", [("Origin", EVIL)], "*"),
            ("GET", "/report", [("Origin", APP)], APP),
            ("GET", "/off", [("Origin", APP)], "-"),
        ]
        responses = [server.ask(method, target, headers) for method, target, headers, _ in asked]
        self.assertEqual(server.lines("origins.log", len(asked)), [f"{method} {target} [{said}]" for method, target, _, said in asked])
        self.assertEqual([response.get("Timing-Allow-Origin") for response in responses[:4]], [[], [APP], [APP], []])

    def test_map_of_a_recipe_may_be_named_allowed_origin(self):
        server = self.one_server(
            f"location / {{ {POLICY} add_header X-Mine $cors_origin; return 200; }}", before='map $http_origin $cors_origin { default "mine"; }'
        )
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).get("X-Mine"), ["mine"])

    def test_configuration_cannot_define_them_again(self):
        for place, line in (("http", "map $uri $cors_denial { default 1; }"), ("location", "set $cors_allowed 1;")):
            with self.subTest(line):
                server = self.prepare(
                    f"{line if place == 'http' else ''} server {{ listen 127.0.0.1:%PORT%; {POLICY} location / {{ {line if place == 'location' else ''} }} }}"
                )
                code, said = server.check()
                self.assertEqual(code, 1, said)
                self.assertRegex(said, r'the duplicate "cors_(denial|allowed)" variable')

    def test_internal_redirect_and_error_page_keep_their_values(self):
        server = self.one_server(
            f"access_log %PREFIX%/decisions.log decisions; error_page 404 /page; location / {{ {POLICY} root %PREFIX%/none; }}"
            "location /page { add_header X-Said '$cors_class $cors_denial' always; return 200; }",
            before="log_format decisions '$cors_class $cors_allowed $cors_denial';",
        )
        self.assertEqual(server.ask("GET", "/x", [("Origin", EVIL)]).get("X-Said"), ["actual origin-not-allowed"])
        self.assertEqual(server.lines("decisions.log", 1), ["actual 0 origin-not-allowed"])

    def test_a_request_that_nginx_refuses_has_a_log_line_too(self):
        server = self.one_server(
            f"{POLICY} access_log %PREFIX%/decisions.log decisions;", before="log_format decisions '$status [$cors_class]';"
        )
        with server.connect() as connection:
            self.assertEqual(connection.send(b"BAD\r\n\r\n").status, 400)
        self.assertRegex(server.lines("decisions.log", 1)[0], r"\A400 \[[a-z-]*\]\Z")


if __name__ == "__main__":
    unittest.main()
