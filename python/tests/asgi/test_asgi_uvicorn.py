"""FastAPI on a real uvicorn: authentication, an endpoint that raises, a stream, websockets, a page in Chromium."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from serving import PATIENCE
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"


@dataclass
class Service:
    port: int
    origin: str
    log: Path

    @property
    def client(self) -> httpx.Client:
        # uvicorn closes the connection after an exception, so no connection is used again.
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, limits=limits, timeout=PATIENCE)


@pytest.fixture(scope="module")
def page() -> Iterator[int]:
    """Serve an empty page, in which a test runs scripts, and yield the port."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def service(page: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    origin = f"http://localhost:{page}"
    log = tmp_path_factory.mktemp("uvicorn") / "log"
    with socket.socket() as listener, log.open("wb") as out:
        listener.bind(("127.0.0.1", 0))
        # A client that connects before uvicorn is ready waits in the backlog.
        listener.listen(64)
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "asgi_service:app",
            "--fd",
            str(listener.fileno()),
            "--log-level",
            "info",
        ]
        server = subprocess.Popen(
            command,
            cwd=HERE,
            env={**os.environ, "ORIGIN": origin},
            pass_fds=[listener.fileno()],
            stdout=out,
            stderr=out,
        )
        port = listener.getsockname()[1]
    try:
        yield Service(port, origin, log)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


def test_preflight_is_decided_before_authentication(service: Service) -> None:
    with service.client as client:
        lines = {
            "Origin": service.origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type,x-token",
        }
        response = client.options("/things/1", headers=lines)
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, service.origin)
        denied = client.options("/things/1", headers={**lines, "Origin": "https://evil.test"})
        assert denied.status_code == 403
        assert "https://evil.test" in denied.text


def test_whatever_status_leaves_carries_the_headers(service: Service) -> None:
    with service.client as client:
        asks = {"Origin": service.origin}
        statuses = {"/me": 401, "/raises": 401}
        for path, status in statuses.items():
            response = client.get(path, headers=asks)
            assert (response.status_code, response.headers["access-control-allow-origin"]) == (status, service.origin)
        assert client.post("/login", headers=asks).status_code == 200
        for path, status in {
            "/me": 200,
            "/teapot": 418,
            "/none": 404,
            "/login": 405,
            "/raises": 500,
            "/stream": 200,
        }.items():
            response = client.get(path, headers=asks)
            assert (path, response.status_code, response.headers["access-control-allow-origin"]) == (
                path,
                status,
                service.origin,
            )
            assert "origin" in response.headers["vary"].lower()
            evil = client.get(path, headers={"Origin": "https://evil.test"})
            assert (evil.status_code, evil.headers.get("access-control-allow-origin")) == (status, None)
        assert client.get("/stream", headers=asks).text == "part 0\npart 1\npart 2\n"


def test_exception_is_in_the_server_log_once_per_request(service: Service) -> None:
    def count(least: int = 0) -> int:
        # uvicorn logs after the last byte of the response.
        until = time.monotonic() + PATIENCE
        while (found := service.log.read_text().count("RuntimeError: what the log must say")) < least:
            if time.monotonic() > until:
                break
            time.sleep(0.025)
        return found

    before = count()
    with service.client as client:
        client.post("/login")
        assert client.get("/raises", headers={"Origin": service.origin}).text == "Internal Server Error"
    assert count(before + 1) == before + 1


def test_websocket_is_accepted_from_listed_origins_only(service: Service) -> None:
    url = f"ws://127.0.0.1:{service.port}/echo"
    with connect(url, origin=service.origin, proxy=None, open_timeout=PATIENCE) as websocket:
        websocket.send("hi")
        assert websocket.recv() == "hi"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, origin="https://evil.test", proxy=None, open_timeout=PATIENCE)
    assert refused.value.response.status_code == 403


# The script of a page: it returns status and body of each response, or that the browser hid it.
SCRIPT = """async ([api, steps]) => {
    const got = [];
    for (const [path, options] of steps) {
        try {
            const response = await fetch(api + path, {credentials: 'include', ...options});
            const {status, headers} = response;
            got.push([status, await response.text(), headers.get('x-total'), headers.get('x-secret')]);
        } catch (error) {
            got.push(error.name);
        }
    }
    return got;
}"""
ECHO = """(url) => new Promise((done) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send('hi');
    socket.onmessage = (message) => done(message.data);
    socket.onerror = () => done('refused');
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        message = f"{CHROMIUM} is missing: apt-get install chromium"
        assert os.environ.get("CI") != "true", message
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    flags = [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=flags, chromium_sandbox=False, timeout=PATIENCE * 1000
        )
        yield chromium
        chromium.close()


def run(browser: Any, url: str, script: str, argument: Any) -> tuple[Any, list[str]]:
    with browser.new_context() as context:
        tab = context.new_page()
        console: list[str] = []
        tab.on("console", lambda message: console.append(message.text))
        tab.set_default_timeout(PATIENCE * 1000)
        tab.goto(url)
        found = tab.evaluate(script, argument)
        # The console is a little behind.
        with tab.expect_console_message(lambda message: message.text == "the last line"):
            tab.evaluate("console.log('the last line')")
        return found, console


def test_page_in_chromium_reads_responses_with_its_cookies(browser: Any, service: Service) -> None:
    json = {"content-type": "application/json", "x-token": "t"}
    steps = [
        ["/me", {}],
        ["/login", {"method": "POST"}],
        ["/me", {}],
        ["/things/7", {"method": "PUT", "headers": json, "body": '{"name": "n"}'}],
        ["/raises", {}],
        ["/stream", {}],
        ["/things/7", {"method": "DELETE"}],
        ["/me", {"headers": {"x-unlisted": "1"}}],
    ]
    got, console = run(browser, service.origin, SCRIPT, [f"http://localhost:{service.port}", steps])
    assert got == [
        [401, '{"detail":"log in first"}', None, None],
        [200, '{"welcome":true}', None, None],
        [200, '{"session":"secret"}', "7", None],
        [200, '{"number":7,"name":"n"}', None, None],
        [500, "Internal Server Error", None, None],
        [200, "part 0\npart 1\npart 2\n", None, None],
        "TypeError",
        "TypeError",
    ]
    blocked = [line for line in console if "CORS policy" in line]
    # The browser's console can name the denied header, because the engine sends a success status.
    assert ["Method DELETE is not allowed" in blocked[0], "x-unlisted is not allowed" in blocked[1]] == [True, True]


def test_page_of_an_unlisted_origin_reads_nothing(browser: Any, service: Service, page: int) -> None:
    steps = [["/login", {"method": "POST"}], ["/me", {}], ["/raises", {}], ["/things/7", {"method": "PUT"}]]
    got, _ = run(browser, f"http://127.0.0.1:{page}", SCRIPT, [f"http://localhost:{service.port}", steps])
    assert got == ["TypeError"] * 4


def test_websocket_opens_from_the_pages_origin_only(browser: Any, service: Service, page: int) -> None:
    url = f"ws://localhost:{service.port}/echo"
    assert run(browser, service.origin, ECHO, url)[0] == "hi"
    assert run(browser, f"http://127.0.0.1:{page}", ECHO, url)[0] == "refused"
