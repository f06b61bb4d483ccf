"""nginx accepts the configurations in `nginx/examples` and `nginx/README.md` without a finding, and serves with them."""

import pathlib
import re
import subprocess
import unittest

from harness import MODULE, ROOT
from harness.case import Case, preflight
from harness.image import compile_image
from harness.place import free_port

EXAMPLES = sorted((ROOT / "nginx" / "examples").glob("*.conf"))


class Examples(Case):
    def example(self, path):
        """An nginx with this configuration; only its ports, its logs and the path of the module are changed."""
        server = self.prepare("")
        text = path.read_text().replace("modules/ngx_http_corsac_module.so", str(MODULE))
        names = {}
        text = re.sub(r"listen (\d+)", lambda found: f"listen 127.0.0.1:{names.setdefault(found[1], free_port())}", text)
        text = re.sub(r"\blogs/", f"{server.prefix}/", text)
        temporary = "".join(f"{kind}_temp_path {server.prefix}/tmp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = text.replace("http {", f"http {{ {temporary}", 1)
        server.configure = lambda http: server.write("nginx.conf", f"daemon off; master_process off; pid {server.prefix}/nginx.pid;\n{text}")
        server.configure("")
        (server.prefix / "logs").mkdir()
        for name in ("api", "sets"):
            compile_image((ROOT / "examples" / f"{name}.toml").read_text(), server.prefix, name).rename(server.prefix / f"{name}.image")
        (server.prefix / "members").write_text("")
        server.ports = [names.get("8080", next(iter(names.values())))]
        return server

    def test_every_example_is_accepted_and_serves(self):
        self.assertGreaterEqual(len(EXAMPLES), 5)
        for path in EXAMPLES:
            with self.subTest(path.name):
                server = self.example(path)
                code, said = server.check()
                self.assertEqual(code, 0, said)
                self.assertNotRegex(said, r"\[(warn|error|emerg)\]")
                server.start()
                self.addCleanup(self.ended, server)
                response = server.ask("OPTIONS", "/api/", preflight("https://app.example.com", "POST", "content-type"))
                # With report only, the preflight goes to the application, and there is none.
                report_only = "cors_report_only" in path.read_text()
                self.assertEqual((response.status, response.origin()), (502, None) if report_only else (204, "https://app.example.com"))

    def test_error_page_of_an_example_leaves_a_location_off(self):
        server = self.example(ROOT / "nginx" / "examples" / "api.conf")
        page = server.write("html/50x.html", "error page")
        server.write("nginx.conf", server.read("nginx.conf").replace("root html;", f"root {page.parent};"))
        server.start()
        self.addCleanup(self.ended, server)
        for headers in (preflight("https://app.example.com", "DELETE", None), [("Origin", "https://app.example.com")]):
            response = server.ask("OPTIONS", "/internal/x", headers)
            self.assertEqual((response.status, response.body, response.cors()), (502, b"error page", []))
        response = server.ask("GET", "/reports/x", [("Origin", "https://app.example.com")])
        self.assertEqual((response.status, response.body, response.origin()), (502, b"error page", "https://app.example.com"))

    def test_the_readme_installs_the_module_where_nginx_looks_for_it(self):
        text = pathlib.Path(ROOT / "nginx" / "README.md").read_text()
        *commands, last = re.search(r"By hand, or with another nginx:\n\n```sh\n(.*?)```", text, re.DOTALL)[1].splitlines()
        self.assertEqual(last, "nginx -t")
        server = self.prepare("")
        root = server.prefix
        # As after the installation of Debian's packages: a link to a directory that does not exist.
        (root / "etc/nginx/modules-enabled").mkdir(parents=True)
        (root / "usr/share/nginx").mkdir(parents=True)
        (root / "usr/share/nginx/modules").symlink_to("../../lib/nginx/modules")
        for command in commands:
            command = re.sub(r"(/usr/lib|/etc)/nginx", rf"{root}\1/nginx", command).replace("target/nginx/ngx_http_corsac_module.so", str(MODULE))
            subprocess.run(["sh", "-c", command], cwd=ROOT, check=True)
        loads = "".join(path.read_text() for path in (root / "etc/nginx/modules-enabled").glob("*.conf"))
        said = server.read("nginx.conf").replace(f"load_module {MODULE};", loads)
        server.write("nginx.conf", said)
        command = server.command("-t")
        command[command.index("-p") + 1] = str(root / "usr/share/nginx")
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, loads), (0, "load_module modules/ngx_http_corsac_module.so;\n"), run.stderr)
        self.assertIn("load_module modules/", said)

    def test_the_configuration_that_the_readme_begins_with_serves(self):
        text = pathlib.Path(ROOT / "nginx" / "README.md").read_text()
        location = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)[1]
        server = self.one_server(location, before="upstream app { server 127.0.0.1:1; }")
        self.assertEqual(server.ask("OPTIONS", "/api/", preflight("https://preview-1.example.com")).status, 204)
        self.assertEqual(server.ask("GET", "/api/", [("Origin", "https://app.example.com")]).origin(), "https://app.example.com")
        self.assertNotRegex(server.log(), r"\[warn\]")

    def test_directives_that_the_readme_replaces_are_right(self):
        text = pathlib.Path(ROOT / "nginx" / "README.md").read_text()
        rows = re.search(r"## What to write instead\n.*?\|---\|---\|\n(.*?)\n\n", text + "\n\n", re.DOTALL)[1].splitlines()
        directives = [re.findall(r"`(cors_[a-z_]+ [^`$]*;)`", row.split(" | ", 1)[1]) for row in rows]
        self.assertGreaterEqual(sum(map(len, directives)), 5)
        for row in filter(None, directives):
            with self.subTest(row):
                origins = "" if any(line.startswith("cors_allow_origins") for line in row) else "cors_allow_origins https://app.example.com;"
                code, said = self.prepare(f"server {{ listen 127.0.0.1:%PORT%; cors on; {origins} {' '.join(row)} }}").check()
                self.assertEqual(code, 0, said)
                self.assertNotIn("[warn]", said)


if __name__ == "__main__":
    unittest.main()
