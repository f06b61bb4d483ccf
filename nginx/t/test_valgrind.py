"""nginx under valgrind's memcheck: no error in the module or the library, and nothing definitely lost."""

import collections
import json
import pathlib
import re
import subprocess
import unittest

from harness import PATIENCE, need
from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.http2 import Connection2
from harness.image import compile_image
from harness.vectors import cases, directives, spec_of, text

SUPPRESSIONS = pathlib.Path(__file__).parent / "valgrind.supp"
OURS = re.compile(r"corsac")
EVERY = 3


def wrap(log):
    return [
        "valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite", "--num-callers=40",
        f"--suppressions={SUPPRESSIONS}", f"--log-file={log}",
    ]  # fmt: skip


def blocks(report):
    """The errors that valgrind reported, one text each."""
    lines = [line.partition("== ")[2] if "== " in line else "" for line in report.splitlines()]
    return [block for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]


class Valgrind(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("valgrind")

    def watched(self, http, **options):
        server = self.prepare(http, **options)
        server.wrap = wrap(server.prefix / "valgrind.log")
        return server

    def report(self, server):
        # SIGTERM lets nginx free its memory, so that all that is left is a leak.
        self.assertEqual(server.end(), 0, server.said())
        return blocks(server.read("valgrind.log"))

    def test_requests_of_every_kind_use_memory_correctly(self):
        server = self.watched("", ports=3)
        compile_image({"allow_origins": [APP]}, server.prefix)
        tables = [{"path": "/set/a", "allow_origins": [APP]}, {"allow_origins": ["*"]}, {"path": "/set/raw", "cors": False}]
        compile_image({"policy": tables}, server.prefix, "set")
        # Directives are for one policy; the set below has three tables.
        everything = [case for case in cases("decision") if "policy" not in case["spec"]][::EVERY]
        specs = {}
        for case in everything:
            if "external_origins" not in case["spec"]:
                specs.setdefault(json.dumps(spec_of(case), sort_keys=True), f"p{len(specs)}")
        said = {name: "\n".join(line for line, _, _ in directives(json.loads(spec))) for spec, name in specs.items()}
        locations = "\n".join(f"location = /{name} {{ cors on;\n{lines}\nreturn 299 app; }}" for name, lines in said.items())
        others = f"""
            location /image {{ cors on; cors_policy policy.corsac; return 200; }}
            location /text {{ cors on; cors_policy policy.toml; return 200; }}
            location /text/set {{ cors on; cors_policy set.toml; return 200; }}
            location /set {{ cors on; cors_policy set.corsac; location /set/go {{ try_files /none /set/raw; }} }}
            location /report {{ {POLICY} cors_report_only on; add_header Access-Control-Allow-Origin "a" always; return 301 /; }}
            location /left {{ {POLICY} add_header Access-Control-Allow-Origin * always; add_header Vary "Cookie, ORIGIN" always; return 404; }}
            location /led {{ {POLICY} error_page 404 = /p0; root %PREFIX%/none; }}
            location /proxied {{ {POLICY} proxy_pass http://127.0.0.1:%PORT2%; }}
            location /file {{ {POLICY} root %PREFIX%/html; }}
            location /named {{ cors on; cors_policy $arg_name; add_header X-Origin "$cors_origin" always; return 200; }}
            location /open {{ recursive_error_pages on; error_page 404 = @governed; error_page 405 /left; root %PREFIX%/none; }}
            location /off {{ cors off; error_page 404 405 /left; root %PREFIX%/none; }}
            location @governed {{ {POLICY} return 200; }}
            access_log %PREFIX%/a.log decisions;
        """
        server.http = f"""
            large_client_header_buffers 8 64k; ignore_invalid_headers off; log_format decisions '$cors_class $cors_allowed $cors_denial $cors_origin';
            cors_policies {{ image policy.corsac; other policy.corsac; }}
            server {{ listen 127.0.0.1:%PORT%; {locations} {others} }} server {{ listen 127.0.0.1:%PORT1% http2; {locations} {others} }}
            server {{ listen 127.0.0.1:%PORT2%; add_header Access-Control-Allow-Origin * always; return 500; }}
        """
        server.write("html/file", "0123456789")
        server.start()
        self.addCleanup(server.end)
        asked = collections.Counter()
        for connection in (server.connect(), Connection2(server.ports[1])):
            with connection:
                for case in everything:
                    lines = [(text(name), text(value)) for name, value in case["request"]["headers"]]
                    if "external_origins" in case["spec"] or sum(len(value) for _, value in lines) > 60_000:
                        continue
                    try:
                        name = specs[json.dumps(spec_of(case), sort_keys=True)]
                        asked[connection.ask(text(case["request"]["method"]), f"/{name}", lines).status] += 1
                    except ConnectionError:
                        connection.close()
                targets = ["/image", "/text", "/text/set/a", "/set", "/set/a/b", "/set/raw", "/set/a%2fb", "/set/go", "/report", "/left", "/led", "/proxied", "/file", "/none"]
                targets += ["/named", "/named?name=image", f"/named?name={'x' * 300}", "/open", "/off"]
                for target in targets:
                    for headers in ([], [("Origin", APP)], [("Origin", EVIL)], [("Origin", APP), ("Range", "bytes=90-")]):
                        asked[connection.ask("GET", target, headers).status] += 1
                    for headers in (preflight(), preflight(EVIL), preflight(headers="a," * 3000), preflight("\x1b\xff")):
                        asked[connection.ask("OPTIONS", target, headers).status] += 1
        # The counter of repeated messages, and requests that nginx refuses, which have a context as well.
        with server.connect() as connection:
            for _ in range(40):
                connection.ask("OPTIONS", "/left", preflight(EVIL))
            lines = "".join(f"{name}: {value}\r\n" for name, value in preflight())
            self.assertEqual(connection.send(f"OPTIONS /open HTTP/1.1\r\n{lines}\r\n".encode()).status, 400)
        self.assertGreater(sum(asked.values()), 300, asked)
        self.assertEqual(self.report(server), [])

    def test_a_configuration_that_is_refused_leaks_nothing(self):
        server = self.watched(
            "cors_policies { a none.corsac; b http.conf; c bad.toml; d bad.toml; e odd.toml; } cors off; server { listen 127.0.0.1:%PORT%; location @a { cors on; cors_policy $uri; }"
            "location / { cors on; cors_allow_origins https://a.example/ b 'c\x1b' * $x a,b; cors_max_age -5; } }",
            files={"bad.toml": 'max_age = -1\nallow_origins = ["https://a.example/", "$b", 3]\nx = 1\n', "odd.toml": b'x = "\xff'},
        )
        command = server.command
        server.command = lambda *arguments: [*server.wrap, *command(*arguments)]
        code, said = server.check()
        self.assertEqual(code, 1, said)
        # nginx -t does not free its memory when it fails, so only wrong accesses are checked.
        errors = [block for block in blocks(server.read("valgrind.log")) if "definitely lost" not in block or OURS.search(block)]
        self.assertEqual(errors, [])

    def test_errors_and_leaks_are_found_with_these_options_and_suppressions(self):
        server = self.prepare("")
        source = server.write("wrong.c", "#include <stdlib.h>\nint main(void) { char *p = malloc(1); p[1] = 1; p = 0; return 0; }")
        need("cc")
        subprocess.run(["cc", "-g", "-O0", source, "-o", server.prefix / "wrong"], check=True)
        subprocess.run([*wrap(server.prefix / "valgrind.log"), server.prefix / "wrong"], check=True, timeout=PATIENCE)
        found = blocks(server.read("valgrind.log"))
        self.assertTrue(any("Invalid write" in block for block in found), found)
        self.assertTrue(any("definitely lost" in block for block in found), found)


if __name__ == "__main__":
    unittest.main()
