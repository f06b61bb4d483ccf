"""Tests the example as its README describes it: one command, then the buttons of the page in a real Chromium."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
COMMAND = ["make", "example-fastapi"]
CHROMIUM = "/usr/bin/chromium"
# In seconds. The package may have to be compiled first.
PATIENCE = 600
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]  # fmt: skip

# What each button shows on the page that the policy lists, in their order: the heading, and words of the box.
LISTED = [
    ("Allowed: 200", ["you are logged in"]),
    ("Allowed: 200", ['["lamp","chair"]', "X-Total: 2"]),
    ("Allowed: 200", ["sofa"]),
    ("Allowed: 500", ["Internal Server Error"]),
    ("Denied: TypeError", ["blocked", "DELETE", "fix:"]),
    ("Denied: TypeError", ["blocked", "x-trace", "fix:"]),
]


def two_free_ports() -> int:
    """Returns a port for the page. The port below it is free too. No client takes them, because Linux gives them ports from 32768 on."""
    while True:
        upper = random.randrange(15000, 32000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in (upper, upper - 1):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return upper


def is_listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def started() -> Iterator[int]:
    """Runs the command of the README and gives the port of the page. Afterwards, asserts that both ports are free."""
    port = two_free_ports()
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen(COMMAND, cwd=ROOT, env=os.environ | {"PORT": str(port)}, stdout=log, stderr=log)
        try:
            until = time.monotonic() + PATIENCE
            while not (is_listening(port) and is_listening(port - 1)):
                log.seek(0)
                assert child.poll() is None, f"it ended with {child.returncode}:\n{log.read()}"
                assert time.monotonic() < until, f"it does not listen:\n{log.read()}"
                time.sleep(0.1)
            yield port
        finally:
            # make ends the processes that it started.
            child.terminate()
            child.wait(PATIENCE)
    until = time.monotonic() + PATIENCE
    while is_listening(port) or is_listening(port - 1):
        assert time.monotonic() < until, "it is still there"
        time.sleep(0.1)


def pressed(page: Page) -> list[tuple[str, str]]:
    """The heading and the box after each button."""
    shown = []
    for button in page.query_selector_all("#calls button"):
        page.evaluate("document.getElementById('heading').textContent = ''")
        button.click()
        page.wait_for_function("document.getElementById('heading').textContent !== ''", timeout=PATIENCE * 1000)
        shown.append((page.inner_text("#heading"), page.inner_text("#result")))
    return shown


class Example(unittest.TestCase):
    def test_page_works_as_the_readme_says(self) -> None:
        if not Path(CHROMIUM).exists():
            missing = "chromium is missing: apt-get install --no-install-recommends chromium"
            self.fail(missing) if os.environ.get("CI") == "true" else self.skipTest(missing)
        with started() as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, chromium_sandbox=False, timeout=PATIENCE * 1000)
            try:
                page = browser.new_page()
                page.set_default_timeout(PATIENCE * 1000)
                page.goto(f"http://localhost:{port}")
                shown = pressed(page)
                self.assertEqual(len(shown), len(LISTED))
                for (heading, box), (expected, words) in zip(shown, LISTED, strict=True):
                    self.assertIn(expected, heading, box)
                    for word in words:
                        self.assertIn(word, box)
                # The page's other origin, by the page's own link: the policy does not list it.
                page.click("#other")
                page.wait_for_url(f"http://127.0.0.1:{port}/")
                for heading, box in pressed(page):
                    self.assertIn("Denied: TypeError", heading, box)
                    self.assertIn(f"from http://127.0.0.1:{port}", box)
                    self.assertIn("fix:", box)
            finally:
                browser.close()

    def test_ctrl_c_ends_it_without_a_traceback(self) -> None:
        port = two_free_ports()
        with tempfile.TemporaryFile("w+") as log:
            command = [sys.executable, str(Path(__file__).with_name("main.py"))]
            child = subprocess.Popen(command, env=os.environ | {"PORT": str(port)}, stdout=log, stderr=log)
            try:
                until = time.monotonic() + PATIENCE
                while not (is_listening(port) and is_listening(port - 1)):
                    self.assertIsNone(child.poll(), "it ended before it listened")
                    self.assertLess(time.monotonic(), until, "it does not listen")
                    time.sleep(0.1)
                child.send_signal(signal.SIGINT)
                self.assertEqual(child.wait(PATIENCE), 0)
            finally:
                child.kill()
                child.wait(PATIENCE)
            log.seek(0)
            self.assertNotIn("Traceback", log.read())


if __name__ == "__main__":
    unittest.main()
