"""`cors_policy FILE` and `cors_policies` also take the text of a policy file, and print each finding with its line and column."""

import re
import unittest

from harness.case import APP, DENIED, EVIL, Case, preflight
from harness.image import compile_image, toml
from harness.words import messages

SPEC = {
    "allow_origins": ["https://app.example", "https://*.preview.example"],
    "allow_methods": ["GET", "POST", "PUT", "DELETE"],
    "allow_headers": ["authorization", "content-type"],
    "allow_credentials": True,
    "expose_headers": ["etag", "x-request-id"],
    "max_age": 600,
}
SET = f"""# A set.
[[policy]]
path = "/account"
allow_origins = ["{APP}"]
allow_credentials = true

[[policy]]
path = "/health"
cors = false

[[policy]]
allow_origins = ["*"]
"""
SERVER = "server { listen 127.0.0.1:%PORT%;\nlocation / { cors on;\ncors_policy policy.toml;\nreturn 200; } }"
NAMED = "cors_policies {\none\npolicy.toml; }\nserver { listen 127.0.0.1:%PORT%; cors on; cors_policy one$empty; set $empty ''; location / { return 200; } }"


class PolicyFile(Case):
    def prepared(self, content, http=SERVER, **options):
        server = self.prepare(http, **options)
        server.write("policy.toml", content)
        return server

    def running(self, *arguments, **options):
        server = self.prepared(*arguments, **options).start()
        self.addCleanup(self.ended, server)
        return server

    def refused(self, content, http=SERVER):
        """The messages of `nginx -t` about this file, each with its place: `(level, text, line, column)`."""
        code, said = self.prepared(content, http).check()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r'"[^"\n]*/policy\.toml"[^\n]* in [^\n]*/http\.conf:3\n', "where the file is used")
        return self.placed(said)

    def placed(self, said):
        found = [(level, re.match(r"(.*) in \S*/policy\.toml:(\d+):(\d+)$", text)) for level, text in messages(said)]
        return [(level, place[1], int(place[2]), int(place[3])) for level, place in found if place]

    def test_text_decides_as_directives_do(self):
        for http in (SERVER, NAMED):
            server = self.running(toml(SPEC), http)
            self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
            self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)
            self.assert_denied(server.ask("GET", "/", [("Origin", EVIL)]), 200)
            self.assertNotRegex(server.log(), r"\[warn\]")

    def test_text_of_a_set_has_a_policy_for_each_path(self):
        for content in (SET, SET.replace("\n", "\r\n")):
            server = self.running(content)
            for _ in range(2):
                self.assertEqual(server.ask("GET", "/account/x", [("Origin", APP)]).origin(), APP)
                self.assertEqual(server.ask("GET", "/account", [("Origin", EVIL)]).cors(), DENIED)
                self.assertEqual(server.ask("GET", "/health", [("Origin", APP)]).cors(), [])
                self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)]).origin(), "*")

    def test_first_bytes_tell_an_image_from_a_text(self):
        # The name does not matter.
        server = self.prepared("", SERVER)
        compile_image(SPEC, server.prefix, "image").rename(server.prefix / "policy.toml")
        server.start()
        self.addCleanup(self.ended, server)
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)

    def test_every_finding_is_printed_with_its_line_and_column(self):
        content = 'allow_origins = [\n  "https://app.example/",\n  "https://fine.example",\n  "app.example.com"]\nmax_age = -1\nallow_method = []\n'
        for http in (SERVER, NAMED):
            found = self.refused(content, http)
            self.assertEqual([(level, line) for level, _, line, _ in found], [("emerg", 6), ("emerg", 2), ("emerg", 4), ("emerg", 5)][: len(found)])
            said = {line: text for _, text, line, _ in found}
            self.assertIn('write "https://app.example"', said[2])
            self.assertIn("[trailing-slash]", said[2])
            self.assertIn('write "https://app.example.com"', said[4])
            self.assertIn("allow_methods", said[6])

    def test_findings_name_options_and_no_directives(self):
        found = self.refused('allow_origins = ["*"]\nallow_credentials = true\n')
        self.assertTrue(found)
        for _, text, _, _ in found:
            self.assertNotIn("cors_", text)

    def test_warning_does_not_refuse(self):
        server = self.prepared(f'allow_origins = ["{APP}"]\nmax_age = 1728000\n')
        code, said = server.check()
        self.assertEqual(code, 0, said)
        self.assertEqual([(level, line, column) for level, _, line, column in self.placed(said)], [("warn", 2, 11)])

    def test_wrong_texts_are_refused(self):
        for name, content, code in (
            ("empty", b"", None),
            ("white space", b" \n\t\n", None),
            ("comment", b"# nothing\n", None),
            ("not UTF-8", b'allow_origins = ["\xff"]\n', "not-text"),
            ("NUL", b'allow_origins = ["\0"]\n', "not-toml"),
            ("control", b'allow_origins = ["\x1b[31m"]\n', "not-toml"),
            ("not TOML", b"allow_origins = [\n", "not-toml"),
            ("escape", b'allow_origins = ["https://\\u0061.example"]\n', "escaped-character"),
            ("unknown key", b'allow_origins = ["*"]\ncolour = "red"\n', "unknown-key"),
            ("wrong type", b'allow_origins = "*"\n', "wrong-type"),
            ("lines in a string", b'allow_origins = """a\nb\xc3\xa9\t"""\n', "wrong-type"),
            ("JSON", b'{"allow_origins": ["*"]}\n', "not-toml"),
            ("nginx", b"cors_allow_origins *;\n", "not-toml"),
            ("damaged image", b"\x88corsac\x02" + bytes(100), "not-text"),
            ("cut image", b"\x89corsa", "not-text"),
        ):
            with self.subTest(name):
                server = self.prepared(content)
                status, said = server.check()
                self.assertEqual(status, 1, said)
                self.assertRegex(said, r"policy\.toml[^\n]*http\.conf:3\n")
                self.assertNotRegex(said, r"[\x00-\x09\x0b-\x1f\x7f-\xff]")
                if code:
                    self.assertIn(f"[{code}] in ", said)

    def test_damaged_image_is_not_read_as_text(self):
        server = self.prepared("")
        image = compile_image(SPEC, server.prefix, "image").read_bytes()
        for content in (image[:-1], image + b"\n", image[:8], image[:40] + bytes([image[40] ^ 255]) + image[41:]):
            server.write("policy.toml", content)
            code, said = server.check()
            self.assertEqual(code, 1, said)
            self.assertIn("corsac compile", said)
            self.assertNotIn("not-toml", said)

    def test_file_that_two_blocks_use_has_its_findings_once(self):
        http = "server { listen 127.0.0.1:%PORT%; cors on;\ncors_policy policy.toml;\nlocation /a {\ncors_policy policy.toml; } }"
        server = self.prepared('allow_origins = ["https://a.example/"]\n', http)
        code, said = server.check()
        self.assertEqual(code, 1)
        self.assertEqual(said.count("trailing-slash"), 1, said)

    def test_all_files_of_a_configuration_are_read_before_it_fails(self):
        http = "cors_policies {\none one.toml;\ntwo two.toml;\n}\nserver { listen 127.0.0.1:%PORT%; cors on; cors_allow_origins https://c.example/; }"
        server = self.prepare(http)
        for name in ("one", "two"):
            server.write(f"{name}.toml", f'allow_origins = ["https://{name}.example/"]\n')
        code, said = server.check()
        self.assertEqual(code, 1)
        for text in ("https://one.example/", "https://two.example/", "https://c.example/", "/one.toml:1:", "/two.toml:1:"):
            self.assertIn(text, said)

    def test_large_text_is_read(self):
        origins = [f"https://tenant-{number}.example" for number in range(5000)]
        server = self.running(toml({"allow_origins": origins}))
        for origin in (origins[0], origins[-1]):
            self.assertEqual(server.ask("GET", "/", [("Origin", origin)]).origin(), origin)

    def test_reload_swaps_the_text_and_wrong_text_changes_nothing(self):
        server = self.prepared(f'allow_origins = ["{APP}"]\n', master=True).start()
        self.addCleanup(server.end)
        server.write("policy.toml", f'allow_origins = ["{EVIL}"]\n')
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).origin(), APP)
        self.assertTrue(server.reload(), server.said())
        self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)]).origin(), EVIL)
        server.write("policy.toml", f'allow_origins = ["{APP}"\n')
        self.assertFalse(server.reload())
        self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)]).origin(), EVIL)

    def test_external_origins_are_a_warning(self):
        server = self.prepared(f'allow_origins = ["{APP}"]\nexternal_origins = true\n')
        code, said = server.check()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"\[warn\][^\n]*has external_origins")


if __name__ == "__main__":
    unittest.main()
