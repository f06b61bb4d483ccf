"""`cors_policy FILE` takes an image made by `corsac compile`: opened and checked when the configuration is read."""

import os
import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.image import compile_image

SPEC = {
    "allow_origins": ["https://app.example", "https://*.preview.example"],
    "allow_methods": ["GET", "POST", "PUT", "DELETE"],
    "allow_headers": ["authorization", "content-type"],
    "allow_credentials": True,
    "expose_headers": ["etag", "x-request-id"],
    "max_age": 600,
}
LOCATION = "location / { cors on; cors_policy %PREFIX%/policy.corsac; return 200; }"


class Image(Case):
    def with_image(self, inside=LOCATION, spec=SPEC):
        server = self.prepare(f"server {{ listen 127.0.0.1:%PORT%; {inside} }}")
        self.image = compile_image(spec, server.prefix)
        return server

    def running(self, *arguments):
        server = self.with_image(*arguments).start()
        self.addCleanup(self.ended, server)
        return server

    def assert_refused(self, server, *said):
        code, text = server.check()
        self.assertNotEqual(code, 0, text)
        for part in said:
            self.assertIn(part, text)
        self.assertRegex(text, r"policy\.corsac[^\n]*http\.conf:\d+|cors_policy[^\n]*http\.conf:\d+")

    def test_an_image_decides_as_directives_do(self):
        server = self.running()
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)
        self.assert_denied(server.ask("GET", "/", [("Origin", EVIL)]), 200)
        self.assertEqual(server.ask("GET", "/", [("Origin", "https://a.b.preview.example")]).origin(), "https://a.b.preview.example")

    def test_a_relative_name_is_below_the_configuration(self):
        server = self.running("location / { cors on; cors_policy policy.corsac; return 200; }")
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)

    def test_one_image_is_inherited_and_replaced(self):
        server = self.with_image(
            "cors on; cors_policy %PREFIX%/policy.corsac; location / { return 200; } location /b { cors_policy %PREFIX%/other.corsac; return 200; }"
            f"location /c {{ cors_allow_origins {EVIL}; return 200; location /c/d {{ cors_max_age 5; return 200; }} }} location /e {{ cors off; return 200; }}"
        )
        compile_image({"allow_origins": [EVIL]}, server.prefix, "other")
        server.start()
        self.addCleanup(self.ended, server)
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200)
        self.assertEqual(server.ask("GET", "/b", [("Origin", EVIL)]).origin(), EVIL)
        self.assertIsNone(server.ask("GET", "/b", [("Origin", APP)]).origin())
        # Options inside a block with an image start a policy of their own, and inherit nothing from the image.
        for target, seconds in (("/c", []), ("/c/d", ["5"])):
            self.assertIsNone(server.ask("GET", target, [("Origin", APP)]).origin())
            response = server.ask("OPTIONS", target, preflight(EVIL, "POST", None))
            self.assertEqual((response.status, response.origin(), response.get("Access-Control-Max-Age")), (204, EVIL, seconds))
            self.assertEqual(response.get("Access-Control-Allow-Credentials"), [])
        self.assertEqual(server.ask("GET", "/e", [("Origin", APP)]).cors(), [])

    def test_a_damaged_image_is_refused(self):
        server = self.with_image()
        self.assertEqual(server.check()[0], 0)
        whole = self.image.read_bytes()
        for place in range(12):
            with self.subTest(place):
                self.image.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
                self.assert_refused(server)
        for name, content in {"cut": whole[:-1], "longer": whole + b"\0", "empty": b"", "toml": b"allow_origins = []\n"}.items():
            with self.subTest(name):
                self.image.write_bytes(content)
                self.assert_refused(server)

    def test_a_file_that_is_not_there_is_refused(self):
        server = self.with_image()
        self.image.unlink()
        self.assert_refused(server, "No such file")
        self.image.mkdir()
        self.assert_refused(server)

    def test_named_pipe_is_refused_at_once(self):
        # Opening it to read would wait for a writer.
        server = self.with_image()
        self.image.unlink()
        os.mkfifo(self.image)
        self.assert_refused(server, "is not a file")

    def test_file_that_grows_or_shrinks_is_refused(self):
        # The kernel reports a wrong size for these: 0, and a page.
        for name in ("/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"):
            if not os.path.exists(name):
                continue
            with self.subTest(name):
                server = self.with_image(f"location / {{ cors on; cors_policy {name}; return 200; }}")
                code, said = server.check()
                self.assertEqual(code, 1, said)
                self.assertRegex(said, rf'"{name}" changed while it was read in [^\n]*http\.conf:1')

    def test_file_that_is_too_large_is_refused_unread(self):
        server = self.with_image()
        with self.image.open("wb") as file:
            # A file of holes takes no space.
            file.truncate(1 << 32)
        self.assert_refused(server, "is too large: a policy has less than 4 GiB")

    def test_image_with_directives_is_refused(self):
        server = self.with_image(f"location / {{ {POLICY} cors_policy %PREFIX%/policy.corsac; return 200; }}")
        self.assert_refused(server, "cors_policy")


if __name__ == "__main__":
    unittest.main()
