"""nginx with the module built in. `make nginx-static-test NGINX_SOURCE=...` builds it from the sources of any nginx."""

import os
import shutil
import subprocess
import unittest

from harness import ROOT, need, scratch
from harness.case import APP, EVIL, POLICY, Case, preflight

SOURCE = os.environ.get("NGINX_SOURCE")


@unittest.skipUnless(SOURCE, "NGINX_SOURCE is not set: make nginx-static-test NGINX_SOURCE=/path/to/the/sources/of/nginx")
class Static(Case):
    @classmethod
    def setUpClass(cls):
        need("cc")
        cls.place = scratch()
        cls.addClassCleanup(shutil.rmtree, cls.place)
        shutil.copytree(SOURCE, cls.place, dirs_exist_ok=True)
        configure = "configure" if (cls.place / "configure").exists() else "auto/configure"
        options = ["--without-http_gzip_module", "--without-http_rewrite_module", f"--add-module={ROOT / 'nginx'}"]
        cls.build(configure, *options)
        cls.build("make")
        cls.binary = cls.place / "objs" / "nginx"

    @classmethod
    def build(cls, *command):
        shell = [] if command[0] == "make" else ["sh"]
        run = subprocess.run([*shell, *command], cwd=cls.place, capture_output=True, text=True, check=False)
        if run.returncode:
            raise AssertionError(run.stdout[-2000:] + run.stderr[-2000:])

    def prepare(self, http, **options):
        server = super().prepare(http, module=None, **options)
        server.binary = self.binary
        return server

    def test_headers_of_others_are_replaced(self):
        server = self.one_server(
            f"""{POLICY} add_header Access-Control-Allow-Origin * always; add_header Access-Control-Allow-Origin $http_origin always;
            root %PREFIX%/html;""",
            files={"html/a.txt": "a", "html/d/a.txt": "a"},
        )
        for target, status in (("/a.txt", 200), ("/d", 301), ("/none", 404)):
            with self.subTest(target):
                self.assert_allowed(server.ask("GET", target, [("Origin", APP)]), status)
                self.assert_denied(server.ask("GET", target, [("Origin", EVIL)]), status)
                self.assert_preflight(server.ask("OPTIONS", target, preflight()))

    def test_wrong_policy_is_refused(self):
        code, said = self.prepare("server { listen 127.0.0.1:%PORT%; cors on; cors_allow_origins https://a.example/; }").check()
        self.assertEqual(code, 1, said)
        self.assertIn("[trailing-slash]", said)


if __name__ == "__main__":
    unittest.main()
