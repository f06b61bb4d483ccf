"""A page in a real Chromium. It calls an API of another origin, with cookies, and shows what its script can read."""

from __future__ import annotations

import contextlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

BINARY = Path("/usr/bin/chromium")
# Hosts of one site, so that Chromium sends the cookie. `*.localhost` is loopback in Chromium.
PAGE_HOST, STRANGER_HOST, API_HOST = "app.site.localhost", "evil.site.localhost", "api.site.localhost"
_FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
_CALLS = """
async (api) => {
  const results = {};
  const call = async (name, path, init) => {
    try {
      const response = await fetch(api + path, { credentials: 'include', ...init });
      results[name] = { status: response.status, body: await response.text(), total: response.headers.get('x-total') };
    } catch (error) {
      results[name] = { error: error.name };
    }
  };
  const json = { 'content-type': 'application/json' };
  await call('stranger', '/me');
  await call('login', '/login', { method: 'POST', headers: json, body: JSON.stringify({ name: 'fox' }) });
  await call('me', '/me');
  await call('rename', '/me', { method: 'PUT', headers: json, body: JSON.stringify({ name: 'vixen' }) });
  await call('raise', '/raise');
  await call('stream', '/stream');
  await call('missing', '/missing');
  await call('unlisted-method', '/me', { method: 'DELETE' });
  await call('unlisted-header', '/me', { headers: { 'x-unlisted': '1' } });
  return results;
}
"""

# The results in an allowed page. The last two requests are never sent, because their preflights are
# denied.
READ: dict[str, dict[str, object]] = {
    "stranger": {"status": 401, "body": "who are you?", "total": None},
    "login": {"status": 200, "body": "welcome fox", "total": None},
    "me": {"status": 200, "body": "fox", "total": "3"},
    "rename": {"status": 200, "body": "vixen", "total": "3"},
    "raise": {"status": 500, "total": None},
    "stream": {"status": 200, "body": "one two three", "total": None},
    "missing": {"status": 404, "total": None},
    "unlisted-method": {"error": "TypeError"},
    "unlisted-header": {"error": "TypeError"},
}


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href='data:,'><title>page</title>")

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def page_server() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def need_chromium() -> None:
    """Skip the test, or fail if everything must be installed."""
    if not BINARY.exists():
        missing = "chromium is missing: apt-get install --no-install-recommends chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)


def call(page_url: str, api: str) -> dict[str, dict[str, object]]:
    """Open the page, make its calls, and return the results."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(BINARY), args=_FLAGS, chromium_sandbox=False, timeout=PATIENCE * 1000
        )
        try:
            page = browser.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(page_url)
            results: dict[str, dict[str, object]] = page.evaluate(_CALLS, api)
            return results
        finally:
            browser.close()


def assert_reads(results: dict[str, dict[str, object]]) -> None:
    for name, expected in READ.items():
        assert expected.items() <= results[name].items(), (name, results[name])
