"""A wrong policy is in the log when a real server starts, although ASGI servers go on without lifespan."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from asgi_connection import APP, Answering
from serving import PATIENCE, Received, free_port, logged, serving

from corsac import PolicyError
from corsac.asgi import CORSMiddleware
from corsac.wsgi import CORSMiddleware as WSGIMiddleware

if TYPE_CHECKING:
    from pathlib import Path

BAD = """
from starlette.applications import Starlette
from corsac.asgi import CORSMiddleware

app = Starlette()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
"""
BAD_AT_MODULE_LEVEL = """
from starlette.applications import Starlette
from corsac import Policy
from corsac.asgi import CORSMiddleware

policy = Policy(["*"], allow_credentials=True)
app = Starlette()
app.add_middleware(CORSMiddleware, policy=policy)
"""
SERVERS = {
    "uvicorn": ["uvicorn", "bad:app", "--port", "{port}"],
    "gunicorn": [
        "gunicorn",
        "bad:app",
        "--bind",
        "127.0.0.1:{port}",
        "--worker-class",
        "uvicorn.workers.UvicornWorker",
    ],
    "hypercorn": ["hypercorn", "bad:app", "--bind", "127.0.0.1:{port}"],
    "granian": ["granian", "--interface", "asgi", "--port", "{port}", "bad:app"],
    "daphne": ["daphne", "--port", "{port}", "bad:app"],
}
REFUSAL = "the CORS middleware cannot start, so every request will fail"
FINDING = "allow_credentials"


# Starlette makes its middleware in the lifespan. daphne has none, so the first request shows the
# error.
@pytest.mark.parametrize("server", [server for server in SERVERS if server != "daphne"])
def test_refusal_is_in_the_log_before_any_request(server: str, tmp_path: Path) -> None:
    assert started(server, BAD, tmp_path, until=FINDING).count(REFUSAL) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_policy_at_module_level_stops_the_start(server: str, tmp_path: Path) -> None:
    assert FINDING in started(server, BAD_AT_MODULE_LEVEL, tmp_path, until=None)


def test_daphne_logs_the_error_at_the_first_request(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(BAD)
    log = tmp_path / "log"
    with serving(tmp_path, log, "daphne", "--port", "{port}", "bad:app") as port:
        assert [Received(port, "GET", "/").status for _ in range(2)] == [500, 500]
        assert logged(log, FINDING)
    assert log.read_text().count(REFUSAL) == 1


def started(server: str, source: str, folder: Path, *, until: str | None) -> str:
    """Start a server, wait until it wrote a text or ended by itself, end it, and return what it wrote."""
    (folder / "bad.py").write_text(source)
    command = [argument.format(port=free_port()) for argument in SERVERS[server]]
    log = folder / "log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while child.poll() is None and (until is None or until not in log.read_text()):
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            return log.read_text()
        finally:
            child.terminate()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def test_wrong_policy_is_logged_once_with_every_finding(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        with pytest.raises(PolicyError) as refused:
            CORSMiddleware(Answering(), allow_origins=["https://once.example/", "HTTP://once.example"])
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("corsac", logging.ERROR)
    assert record.getMessage() == f"{REFUSAL}:\n{refused.value}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"allow_origins": "https://a.example"},
        {"policy": 7},
        {"policies": {"no-slash": {"allow_origins": [APP]}}},
        {"allow_origins": [APP], "allow_origin_regex": "("},
        {"policies": {"/x": {"allow_origins": [APP]}}, "origin_check": bool},
    ],
)
@pytest.mark.parametrize("kind", [CORSMiddleware, WSGIMiddleware])
def test_every_refusal_is_logged(kind: type, wrong: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    from corsac import _log

    _log._refusals.clear()
    with pytest.raises((TypeError, ValueError)) as refused:
        kind(Answering(), **wrong)
    (record,) = caplog.records
    assert str(refused.value) in record.getMessage()


def test_refusals_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    from corsac import _log

    _log._refusals.clear()
    for number in range(100):
        with pytest.raises(PolicyError):
            CORSMiddleware(Answering(), allow_origins=[f"https://{number}.example/"])
    assert len(caplog.records) == 64
    _log._refusals.clear()


@pytest.mark.parametrize(
    "wrong", [{"enforce_websocket_origin": True, "allow_origins": ["*"]}, {"websocket_hosts": ["a.example"]}]
)
def test_refusal_of_websocket_options_is_logged(wrong: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="websocket"):
        CORSMiddleware(Answering(), **{"allow_origins": [APP], **wrong})
    assert "websocket" in caplog.text
