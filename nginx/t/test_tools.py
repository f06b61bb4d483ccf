"""If a tool is missing, `make` names it and the command that installs it. Only `make nginx-tools` and `make nginx-test-tools` install."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import PATIENCE, ROOT, need

NONE = "NGINX_SRC=/there/is/none"


class Tools(unittest.TestCase):
    def setUp(self):
        need("make", "bash")
        self.bin = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.bin)
        self.calls = self.bin / "calls"
        self.tool("apt-get", f'echo "$@" >> {self.calls}')

    def tool(self, name, script):
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def make(self, *arguments):
        """Runs `make` with an `apt-get` that only records its arguments, and without a Rust compiler."""
        env = {**{key: value for key, value in os.environ.items() if not key.startswith("MAKE")}, "PATH": f"{self.bin}:{os.environ['PATH']}"}
        return subprocess.run(["make", "-C", ROOT, *arguments, "CARGO=false"], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def installed(self):
        return self.calls.read_text() if self.calls.exists() else ""

    def test_missing_headers_end_the_build_with_the_install_command(self):
        for target in ("nginx-module", "nginx-deb", "nginx-test", "nginx-bench"):
            with self.subTest(target):
                run = self.make(target, NONE)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn("nginx-dev, which is missing. Install it with: apt-get install --yes --no-install-recommends nginx-dev\n", run.stderr)
                self.assertIn("nginx/README.md", run.stderr)
                self.assertEqual(self.installed(), "")

    def test_every_missing_tool_is_named_at_once(self):
        # The shell of `make` finds only these tools, which the recipe itself needs.
        for name in ("bash", "make", "id", "dirname", "sed", "realpath"):
            (self.bin / name).symlink_to(shutil.which(name))
        run = subprocess.run(["make", "-C", ROOT, "nginx-check", NONE], env={"PATH": str(self.bin)}, capture_output=True, text=True, check=False)
        self.assertNotEqual(run.returncode, 0)
        self.assertRegex(run.stderr, r"apt-get install [a-z -]*?( nginx)? nginx-dev gcc libc6-dev\n")
        self.assertEqual(self.installed(), "")

    def test_no_output_if_nothing_is_missing(self):
        need("/usr/share/nginx/src/configure", "cc", "nginx")
        run = self.make("--silent", "nginx-check")
        self.assertEqual((run.returncode, run.stdout, run.stderr, self.installed()), (0, "", "", ""))

    def test_root_installs_tools_by_their_own_target(self):
        self.tool("id", "echo 0")
        run = self.make("nginx-tools", NONE)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(self.installed(), r"^update\ninstall --yes --no-install-recommends nginx-dev ")

    def test_other_users_see_what_to_install(self):
        self.tool("id", "echo 1000")
        run = self.make("nginx-tools", NONE)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("missing: apt-get install --yes --no-install-recommends nginx-dev\n", run.stderr)
        self.assertEqual(self.installed(), "")

    def test_tools_of_single_tests_may_be_missing(self):
        need("nginx", "cc", "/usr/share/nginx/src/configure", ROOT / "tests" / "browsers" / "node_modules" / "playwright-core")
        self.tool("id", "echo 1000")
        for name in ("bash", "make", "dirname", "sed", "realpath", "nginx", "cc"):
            (self.bin / name).symlink_to(shutil.which(name))
        # These files exist, and `make` must not make them again because of their times.
        old = ["--old-file=tests/browsers/node_modules/.package-lock.json", f"--old-file={ROOT}/target/nginx/venv/installed"]
        command = ["make", "-C", ROOT, "nginx-test-tools", *old]
        run = subprocess.run(command, env={"PATH": str(self.bin)}, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("missing: apt-get install --yes --no-install-recommends wrk valgrind chromium binutils debhelper\n", run.stderr)
        self.assertEqual(self.installed(), "")

    def test_page_test_alone_needs_a_browser(self):
        nginx = shutil.which("nginx")
        need("nginx", ROOT / "target" / "nginx" / "ngx_http_corsac_module.so")
        (self.bin / "nginx").symlink_to(nginx)
        command = [sys.executable, "-m", "unittest", "-v", "test_browser", "test_vary"]
        for ci, code in (("", 0), ("true", 1)):
            env = {"PATH": str(self.bin), "CI": ci}
            run = subprocess.run(command, cwd=pathlib.Path(__file__).parent, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(run.returncode, code, run.stderr)
            self.assertRegex(run.stderr, r"test_browser\.Browser[^\n]*\n?[^\n]*" if ci else r"test_browser\.Browser\) \.\.\. skipped [^\n]*")
            self.assertIn("node is missing: see https://nodejs.org; chromium is missing: apt-get install chromium", run.stderr)
            self.assertRegex(run.stderr, r"\(test_vary\.[^\n]* \.\.\. ok")


if __name__ == "__main__":
    unittest.main()
