"""Where the artefacts are, and a place of its own for each one: no Rust, no repository, no network."""

import contextlib
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
DIST = ROOT / os.environ.get("DIST", "dist")
# What `make dist-quick-test` packs has no lists of parts, and is compiled as tests are: with the paths of this machine in it.
IS_RELEASE = "DIST_PROFILE" not in os.environ
CPU = platform.machine()
sys.path.insert(0, str(ROOT / "tools"))

import version  # noqa: E402

VERSION = version.version()
ORIGIN = "https://app.example.com"


def find(pattern, target):
    """The artefact, or a skip that names what builds it. CI never skips."""
    found = sorted(DIST.glob(pattern))
    if not found:
        missing(DIST.relative_to(ROOT) / pattern, f"make {target}")
    return found[-1]


def program(name, how):
    """A program that a test needs."""
    return shutil.which(name) or missing(name, how)


def missing(what, how):
    sentence = f"{what} is missing: {how}"
    if os.environ.get("CI") == "true":
        raise AssertionError(sentence)
    raise unittest.SkipTest(sentence)


def block(page, language):
    """The first block of a language on a page of the documentation: what a reader would copy."""
    return re.search(rf"^```{language}\n(.*?)^```", (ROOT / "docs" / page).read_text(), re.MULTILINE | re.DOTALL)[1]


class Place(unittest.TestCase):
    """A test in an empty folder, in an environment in which no cargo is found and no registry is reached."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def environment(self):
        paths = [path for path in os.environ["PATH"].split(":") if not (pathlib.Path(path) / "cargo").exists()]
        kept = {name: os.environ[name] for name in ("LANG", "TERM") if name in os.environ}
        return {**kept, "PATH": ":".join(paths), "HOME": str(self.folder), "NO_COLOR": "1"}

    def run_here(self, *command, expect=0, stdin=None):
        done = subprocess.run(
            [str(part) for part in command], cwd=self.folder, env=self.environment(), input=stdin, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        self.assertEqual(done.returncode, expect, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def unpack(self, archive):
        """The only folder in an archive."""
        self.run_here("tar", "--extract", "--file", archive)
        (found,) = self.folder.iterdir()
        return found

    @contextlib.contextmanager
    def serving(self, *command, port, seconds=20):
        """A server, until it answers, for which it has so many seconds, and then until the end of the block."""
        with subprocess.Popen(
            [str(part) for part in command], cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as server:
            try:
                wait(port, server, seconds)
                yield
            finally:
                server.terminate()

    def assert_preflights(self, port):
        """One that is allowed and one that is denied, as the Start pages show them."""
        allowed = preflight(port, ORIGIN)
        self.assertEqual(allowed.getheader("Access-Control-Allow-Origin"), ORIGIN)
        self.assertEqual(allowed.getheader("Access-Control-Allow-Credentials"), "true")
        self.assertIsNone(preflight(port, "https://evil.example").getheader("Access-Control-Allow-Origin"))

    def assert_documents(self, names):
        """The licences, the parts and the version are in the artefact."""
        joined = "\n".join(names)
        for name in ("LICENSE-MIT", "LICENSE-APACHE", "LICENSE-THIRD-PARTY", *(["sbom.cdx.json"] if IS_RELEASE else [])):
            self.assertIn(name, joined)


    def assert_parts(self, text, target, names):
        """A list of parts is about this target, and has at least these, but none that only tests or builds have."""
        bom = json.loads(text)
        self.assertEqual(bom["bomFormat"], "CycloneDX")
        if target is not None:
            self.assertEqual([said["value"] for said in bom["metadata"]["properties"]], [target])
        linked = {part["name"] for part in bom["components"] if part["scope"] == "required"}
        self.assertLessEqual(names, linked)
        # A crate of macros links what other crates only use while they are compiled.
        macros = set() if bom["metadata"]["component"]["name"] == "corsac-macros" else {"syn", "proc-macro2"}
        self.assertEqual(linked & {"proptest", "assert_cmd", "cc", *macros}, set())
        self.assertNotIn(str(ROOT), text)


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def wait(port, server, seconds):
    for _ in range(10 * seconds):
        if server.poll() is not None:
            raise AssertionError(server.stderr.read().decode())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def preflight(port, origin):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("OPTIONS", "/things/7", headers={"Origin": origin, "Access-Control-Request-Method": "PUT"})
    response = client.getresponse()
    response.read()
    client.close()
    return response
