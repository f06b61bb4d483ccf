"""`Vary` is merged: the response's own headers stay, missing names are added, and `*` covers every name."""

import unittest

from harness.case import APP, EVIL, POLICY, VARY, Case, preflight
from harness.upstream import Application, app_response

# The `Vary` headers of the application, and those of the response.
MERGED = {
    (): ["Origin"],
    ("Cookie",): ["Cookie", "Origin"],
    ("Accept-Encoding, Cookie", "Accept-Language"): ["Accept-Encoding, Cookie", "Accept-Language", "Origin"],
    ("Origin",): ["Origin"],
    ("ORIGIN",): ["ORIGIN"],
    ("Cookie, origin",): ["Cookie, origin"],
    ("Cookie", "x-a,oRIGIN ,x-b"): ["Cookie", "x-a,oRIGIN ,x-b"],
    ("*",): ["*"],
    ("Cookie", "*"): ["Cookie", "*"],
    ("Cookie, *",): ["Cookie, *"],
    ("X-Origin",): ["X-Origin", "Origin"],
    ("Originally",): ["Originally", "Origin"],
    ("",): ["", "Origin"],
    (",,",): [",,", "Origin"],
    ("Cookie", "Cookie"): ["Cookie", "Cookie", "Origin"],
}


class Vary(Case):
    def test_lines_of_an_application_are_kept(self):
        lines = list(MERGED)
        app = Application(lambda head: app_response(200, [("Vary", value) for value in lines[int(head.split()[1][1:])]]))
        self.addCleanup(app.close)
        server = self.one_server(f"location / {{ {POLICY} proxy_pass http://127.0.0.1:{app.port}; }}")
        for place, theirs in enumerate(lines):
            for headers in ([("Origin", APP)], [("Origin", EVIL)], []):
                with self.subTest(theirs=theirs, headers=headers):
                    # nginx drops an empty header of an upstream.
                    expected = MERGED[theirs]
                    got = server.ask("GET", f"/{place}", headers).get("Vary")
                    self.assertEqual([line for line in got if line], [line for line in expected if line])

    def test_lines_of_the_configuration_are_kept(self):
        server = self.one_server(
            f"{POLICY} location /a {{ add_header Vary Cookie; return 200; }} location /b {{ add_header vary 'cookie, ORIGIN' always; return 404; }}"
            "location /c { add_header Vary * always; return 500; }"
        )
        for headers in ([("Origin", APP)], [("Origin", EVIL)], []):
            self.assertEqual(server.ask("GET", "/a", headers).get("Vary"), ["Cookie", "Origin"])
            self.assertEqual(server.ask("GET", "/b", headers).get("Vary"), ["cookie, ORIGIN"])
            self.assertEqual(server.ask("GET", "/c", headers).get("Vary"), ["*"])

    def test_preflight_varies_by_the_request_headers(self):
        server = self.one_server(f"{POLICY} location /a {{ add_header Vary 'Origin, Cookie' always; return 200; }} location /b {{ return 200; }}")
        got = ", ".join(server.ask("OPTIONS", "/a", preflight()).get("Vary"))
        names = [name.strip().lower() for name in got.split(",")]
        for name in VARY.lower().split(", "):
            self.assertEqual(names.count(name), 1, got)
        self.assertEqual(server.ask("OPTIONS", "/b", preflight()).get("Vary"), [VARY])

    def test_any_origin_does_not_vary(self):
        server = self.one_server("cors on; cors_allow_origins *; location / { add_header Vary Cookie; return 200; } location /b { return 200; }")
        for headers in ([("Origin", APP)], [("Origin", "null")], [("Origin", "")], []):
            got = server.ask("GET", "/", headers)
            self.assertEqual((got.get("Vary"), got.origin()), (["Cookie"], "*"))
            self.assertEqual(server.ask("GET", "/b", headers).get("Vary"), [])


if __name__ == "__main__":
    unittest.main()
