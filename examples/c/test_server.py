"""Builds the example as its README says, and sends it on loopback what a browser sends."""

import http.client
import re
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "ffi/tests/c"))
from programs import C99, PATIENCE, SANITISERS, Programs, needs, run  # noqa: E402

README = (HERE / "README.md").read_text()
BUILD = re.search(r"^cc .*", README, re.MULTILINE)[0]
PAGE = "https://app.example.com"
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


class Server(Programs):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.prefix = Path(directory.name)
        code, said = run("make", "--directory", ROOT, "install", f"PREFIX={cls.prefix}")
        if code:
            raise AssertionError(said)

    def cc(self, command, program):
        path = f"{self.prefix}/lib/pkgconfig"
        words = command.replace("-o server", f"-o {program}")
        self.succeeds("env", f"PKG_CONFIG_PATH={path}", "sh", "-c", words, cwd=HERE)
        return program

    def start(self, command=BUILD):
        program = self.cc(command, self.prefix / self._testMethodName)
        self.log = (self.prefix / f"{self._testMethodName}.log").open("w+")
        self.addCleanup(self.log.close)
        environment = {"LD_LIBRARY_PATH": str(self.prefix / "lib")}
        server = subprocess.Popen([program, "0"], stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, PATIENCE)
        self.addCleanup(server.kill)
        self.port = int(server.stdout.readline().split(":")[2].split("/")[0])
        return server

    def ask(self, method, path="/items", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()

    def said(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()

    @needs("gcc", "pkg-config", "libmicrohttpd-dev")
    def test_preflight_gets_its_whole_response(self):
        self.start()
        asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
        status, headers, body = self.ask("OPTIONS", headers=asked)
        self.assertEqual((status, body), (204, b""))
        expected = {"origin": PAGE, "credentials": "true", "methods": "GET, PUT", "headers": "authorization, content-type"}
        for name, value in expected.items():
            self.assertEqual(headers[f"access-control-allow-{name}"], value)
        self.assertEqual(headers["vary"], PREFLIGHT_VARY)

    @needs("gcc", "pkg-config", "libmicrohttpd-dev")
    def test_every_response_has_the_headers_an_error_too(self):
        self.start()
        for path, expected in (("/items", 200), ("/items/nothing", 404)):
            status, headers, _ = self.ask("GET", path, {"Origin": f"{PAGE} \t"})
            self.assertEqual((status, headers["access-control-allow-origin"], headers["vary"]), (expected, PAGE, "Origin"))
            status, headers, _ = self.ask("GET", path)
            self.assertEqual((status, headers["vary"]), (expected, "Origin"))
            self.assertNotIn("access-control-allow-origin", headers)
            # A denied request is served as well; the browser does not show the response to the page.
            status, headers, _ = self.ask("GET", path, {"Origin": "https://evil.example"})
            self.assertEqual((status, headers["vary"]), (expected, "Origin"))
            self.assertNotIn("access-control-allow-origin", headers)

    @needs("gcc", "pkg-config", "libmicrohttpd-dev")
    def test_path_chooses_the_policy(self):
        self.start()
        for path, expected, allowed in (("/items", 200, None), ("/itemsx", 404, "*"), ("/health", 200, None), ("/%69tems", 200, None)):
            status, headers, _ = self.ask("GET", path, {"Origin": "https://evil.example"})
            self.assertEqual((status, headers.get("access-control-allow-origin")), (expected, allowed), path)
            self.assertEqual(headers.get("vary"), "Origin" if "tems" in path and allowed is None else None, path)
        status, headers, _ = self.ask("OPTIONS", "/health", {"Origin": PAGE, "Access-Control-Request-Method": "PUT"})
        self.assertEqual((status, headers.get("access-control-allow-origin")), (200, None))
        # Two paths, so that a path with an empty segment is ambiguous.
        status, _, body = self.ask("OPTIONS", "/items//x", {"Origin": PAGE, "Access-Control-Request-Method": "PUT"})
        self.assertEqual((status, body), (403, b'path "/items//x" can be read in more than one way\n'))

    @needs("gcc", "pkg-config", "libmicrohttpd-dev")
    def test_denied_preflight_has_an_escaped_reason(self):
        server = self.start()
        status, headers, body = self.ask("OPTIONS", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"})
        self.assertEqual((status, body), (403, b'origin "https://evil.example" is not allowed\n'))
        self.assertEqual((headers["content-type"], headers["x-content-type-options"]), ("text/plain", "nosniff"))
        hostile = b"OPTIONS /items HTTP/1.1\r\nHost: a\r\nOrigin: https://\x1b[2J\"\xff\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(hostile)
            response = b"".join(iter(lambda: connection.recv(4096), b""))
        shown = rb'"https://\x1B[2J\x22\xFF"'
        self.assertTrue(response.startswith(b"HTTP/1.1 403 "), response)
        self.assertIn(shown, response)
        server.terminate()
        self.assertEqual(server.wait(PATIENCE), 0)
        self.assertEqual(self.said().count("preflight denied: "), 2)
        self.assertIn(shown.decode(), self.said())
        self.assertTrue(all(0x20 <= ord(byte) <= 0x7E or byte == "\n" for byte in self.said()), self.said())

    @needs("gcc", "clang", "pkg-config", "libmicrohttpd-dev")
    def test_it_is_strict_c99_for_both_compilers(self):
        for compiler in ("gcc", "clang"):
            self.cc(BUILD.replace("cc ", f"{compiler} {' '.join(C99)} ", 1), self.prefix / compiler)

    @needs("gcc", "pkg-config", "libmicrohttpd-dev")
    def test_serves_and_ends_clean_under_sanitisers_and_strict_flags(self):
        server = self.start(BUILD.replace("cc ", f"cc {' '.join(C99 + SANITISERS)} ", 1))
        asked = {"Origin": PAGE, "Access-Control-Request-Method": "DELETE"}
        for _ in range(20):
            self.assertEqual(self.ask("GET", headers={"Origin": PAGE})[0], 200)
            self.assertEqual(self.ask("OPTIONS", headers=asked)[0], 204)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        connection.request("PUT", "/items", body=b"x" * 100_000, headers={"Origin": PAGE})
        self.assertEqual(connection.getresponse().status, 200)
        server.terminate()
        self.assertEqual(server.wait(PATIENCE), 0, self.said())
        self.assertNotIn("Sanitizer", self.said())

    @needs("gcc", "pkg-config", "libmicrohttpd-dev")
    def test_a_wrong_policy_does_not_start(self):
        wrong = self.prefix / "wrong.c"
        good = (HERE / "server.c").read_text()
        self.assertIn('"https://app.example.com"', good)
        wrong.write_text(good.replace('"https://app.example.com"', '"https://app.example.com/"'))
        program = self.cc(f"{BUILD} -I {HERE}".replace("server.c", str(wrong)), self.prefix / "wrong")
        self.refuses("https://app.example.com/", "env", f"LD_LIBRARY_PATH={self.prefix}/lib", program, "0")


class Size(Programs):
    def test_readme_has_the_number_of_lines(self):
        said = dict(re.findall(r"\]\((\w+\.c)\), (\d+)\b", README))
        self.assertEqual(said, {name: str(len((HERE / name).read_text().splitlines())) for name in ("server.c", "cors.c")})
        self.assertLessEqual(int(said["server.c"]), 64)

    @needs("gcc", "libmicrohttpd-dev")
    def test_readme_has_the_size_of_the_program(self):
        """Within 5 %, with the compiler of the README."""
        said = int(re.search(r"^\| with the public suffix list \| (\d+) \|", README, re.MULTILINE)[1])
        link = re.search(r"^cc .*--gc-sections.*", README, re.MULTILINE)[0]
        with tempfile.TemporaryDirectory() as directory:
            program = Path(directory) / "server"
            self.succeeds("sh", "-c", link.replace("-o target/server", f"-o {program}"), cwd=ROOT)
            size = program.stat().st_size
        version = run("rustc", "--version")[1].split()[1]
        if f"rustc {version}" not in README:
            self.skipTest(f"{size} bytes: not compared, README.md was measured with another rustc")
        self.assertLessEqual(size, said * 1.05)
        self.assertGreaterEqual(size, said * 0.95)


if __name__ == "__main__":
    unittest.main()
