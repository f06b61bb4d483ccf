"""Pages in a real Chromium send requests to a real nginx of another origin. A script can read what the policy lets it read."""

import base64
import json
import pathlib
import subprocess
import unittest

from harness import PATIENCE, ROOT, need
from harness.case import Case
from harness.upstream import Application, app_response

HERE = pathlib.Path(__file__).parent / "browser"
PLAYWRIGHT = ROOT / "tests" / "browsers" / "node_modules" / "playwright-core"
SIGNED_IN = {"Authorization": "Basic " + base64.b64encode(b"me:secret").decode()}


class Browser(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("node", "chromium", PLAYWRIGHT)

    def setUp(self):
        lines = [
            ("ETag", '"v1"'), ("X-Request-Id", "r1"), ("X-Hidden", "h1"), ("Set-Cookie", "session=1; Path=/"),
            # An application that allows every origin must not undo the policy.
            ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "x-hidden"),
        ]  # fmt: skip
        self.app = Application(lambda head: app_response(201 if head.startswith(b"PUT") else 200, lines, head.split(b" ")[0]))
        self.addCleanup(self.app.close)
        # Three ports, so three origins: the allowed page (0), the page of another site (1), and the API (2).
        self.server = self.serve(
            f"""
            server {{ listen 127.0.0.1:%PORT%; listen 127.0.0.1:%PORT1%; root %PREFIX%/html; }}
            server {{
                listen 127.0.0.1:%PORT2%;
                cors on;
                cors_allow_origins http://app.localhost:%PORT%;
                cors_allow_methods GET POST PUT DELETE;
                cors_allow_headers authorization content-type;
                cors_allow_credentials on;
                cors_expose_headers etag x-request-id;
                cors_max_age 600;
                auth_basic members;
                auth_basic_user_file %PREFIX%/users;
                location / {{ proxy_pass http://127.0.0.1:{self.app.port}; }}
                location /broken {{ proxy_pass http://127.0.0.1:1; }}
                location /open {{ auth_basic off; return 200 open; }}
                location /moved {{ auth_basic off; return 307 /open; }}
                location /none {{ auth_basic off; root %PREFIX%/none; }}
            }}
            """,
            ports=3,
            files={"users": "me:{PLAIN}secret\n", "html/page.html": (HERE / "page.html").read_bytes()},
        )

    def ask(self, page, *batch):
        """Opens the page of this name, which sends `(path, init)` to the API and reads these headers."""
        read = ["etag", "x-request-id", "x-hidden", "set-cookie", "content-type"]
        api = f"http://api.localhost:{self.server.ports[2]}"
        batch = [{"url": api + path, "init": init, "read": read} for path, init in batch]
        home = f"http://{page}.localhost:{self.server.ports[page == 'evil']}/page.html"
        profile = self.server.prefix / f"profile-{page}"
        run = subprocess.run(
            ["node", HERE / "ask.mjs", home, profile], input=json.dumps(batch).encode(), capture_output=True, timeout=PATIENCE, check=False
        )
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        said = json.loads(run.stdout)
        return said["results"], said["console"]

    def test_allowed_page_reads_what_the_policy_exposes(self):
        include = {"credentials": "include"}
        (get, put, delete, refused, broken, missing, moved, custom, patch), console = self.ask(
            "app",
            ("/a", {**include, "headers": SIGNED_IN}),
            ("/a", {**include, "method": "PUT", "headers": {**SIGNED_IN, "Content-Type": "application/json"}, "body": "{}"}),
            ("/a", {**include, "method": "DELETE", "headers": SIGNED_IN}),
            ("/a", {**include, "headers": {"Authorization": "Basic " + base64.b64encode(b"me:wrong").decode()}}),
            ("/broken", {**include, "headers": SIGNED_IN}),
            ("/none", include),
            ("/moved", include),
            ("/open", {**include, "headers": {"X-Custom": "1"}}),
            ("/open", {**include, "method": "PATCH"}),
        )
        readable = {"etag": '"v1"', "x-request-id": "r1", "x-hidden": None, "set-cookie": None, "content-type": None}
        self.assertEqual(get, {"status": 200, "type": "cors", "headers": readable, "body": "GET"})
        self.assertEqual(put, {"status": 201, "type": "cors", "headers": readable, "body": "PUT"})
        self.assertEqual(delete, {"status": 200, "type": "cors", "headers": readable, "body": "DELETE"})
        # The page can read errors, so it can tell a wrong password from a broken server.
        self.assertEqual([response["status"] for response in (refused, broken, missing, moved)], [401, 502, 404, 200])
        self.assertEqual(moved["body"], "open")
        self.assertEqual([custom, patch], [{"error": "TypeError"}] * 2)
        self.assertTrue(any("x-custom is not allowed by Access-Control-Allow-Headers" in line for line in console), console)
        self.assertTrue(any("PATCH is not allowed by Access-Control-Allow-Methods" in line for line in console), console)
        heads = [head.split(b" ")[0] for head in self.app.heads]
        self.assertEqual(heads, [b"GET", b"PUT", b"DELETE"], "no preflight reached the application, nor did who was not let in")

    def test_page_of_another_site_reads_nothing(self):
        include = {"credentials": "include"}
        results, console = self.ask(
            "evil", ("/open", include), ("/open", {}), ("/a", {**include, "headers": SIGNED_IN}), ("/a", {"method": "PUT"}), ("/open", {"mode": "no-cors"})
        )
        self.assertEqual(results[:4], [{"error": "TypeError"}] * 4)
        self.assertEqual((results[4]["type"], results[4]["body"]), ("opaque", ""))
        self.assertGreaterEqual(sum("Access-Control-Allow-Origin" in line for line in console), 4, console)
        self.assertEqual(self.app.heads, [])


if __name__ == "__main__":
    unittest.main()
