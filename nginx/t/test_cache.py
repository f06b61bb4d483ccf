"""nginx caches the response of the application. Each client gets it with the headers of the decision on its own request."""

import unittest

from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.upstream import Application, app_response


class Cache(Case):
    def serve_cached(self, more=""):
        def reflecting(head):
            origin = next((line[8:].decode() for line in head.split(b"\r\n") if line.lower().startswith(b"origin: ")), "*")
            return app_response(200, [("Access-Control-Allow-Origin", origin), ("Cache-Control", "max-age=60"), ("Vary", "Cookie")])

        self.app = Application(reflecting)
        self.addCleanup(self.app.close)
        return self.one_server(
            f"location / {{ {POLICY} proxy_cache kept; proxy_cache_key $uri; proxy_ignore_headers Vary; {more} add_header X-Cache $upstream_cache_status always;"
            f"proxy_pass http://127.0.0.1:{self.app.port}; }}",
            before="proxy_cache_path %PREFIX%/cache keys_zone=kept:1m;",
        )

    def test_each_origin_gets_its_own_headers(self):
        for order in ([APP, EVIL, None, "https://x.preview.example"], [EVIL, APP, None, EVIL], [None, EVIL, APP]):
            server = self.serve_cached()
            for place, origin in enumerate(order):
                with self.subTest(order=order, origin=origin):
                    response = server.ask("GET", "/a", [("Origin", origin)] if origin else [])
                    self.assertEqual(response.get("X-Cache"), ["HIT" if place else "MISS"])
                    self.assertEqual(response.origin(), None if origin in (EVIL, None) else origin)
                    self.assertEqual(response.get("Vary"), ["Cookie", "Origin"])
            self.assertEqual(len(self.app.heads), 1)

    def test_a_response_that_is_not_modified_is_governed_too(self):
        server = self.serve_cached("proxy_cache_revalidate on; etag on;")
        server.ask("GET", "/a")
        response = server.ask("GET", "/a", [("Origin", EVIL), ("Range", "bytes=0-0")])
        self.assertEqual((response.origin(), response.get("X-Cache")), (None, ["HIT"]))

    def test_a_preflight_is_never_cached(self):
        server = self.serve_cached("proxy_cache_methods GET HEAD;")
        for _ in range(2):
            self.assert_preflight(server.ask("OPTIONS", "/a", preflight()))
            self.assertEqual(server.ask("OPTIONS", "/a", preflight(EVIL)).status, 403)
        self.assertEqual(self.app.heads, [])


if __name__ == "__main__":
    unittest.main()
