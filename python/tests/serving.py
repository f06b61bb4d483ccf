"""Runs a real server in its own child process, and ends it by its pid."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds until a test gives up. A server starts in two here, and needs many times as long on a busy machine. Only what
# hangs takes all of them.
PATIENCE = 180


def free_port() -> int:
    """Return a free port. No client takes it meanwhile, because Linux gives them ports from 32768 on."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def serving(directory: Path, log: Path, *arguments: str, **environment: str) -> Iterator[int]:
    """Run `python -m ARGUMENTS` in a directory with `{port}` filled in, and yield the port. Its output is logged."""
    port = free_port()
    command = [sys.executable, "-m", *(argument.format(port=port) for argument in arguments)]
    with log.open("wb") as output:
        child = subprocess.Popen(command, cwd=directory, stdout=output, stderr=output, env=os.environ | environment)
        try:
            _await(child, port, log)
            yield port
        finally:
            child.terminate()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _await(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if child.poll() is not None:
            raise AssertionError(f"the server ended with {child.returncode}:\n{log.read_text()}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"the server does not listen:\n{log.read_text()}")


def logged(log: Path, text: str) -> bool:
    """Return whether a text appears in a server's log, which may be written after the response."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if text in log.read_text():
            return True
        time.sleep(0.05)
    return False


class Received:
    """Send lines exactly as they are, and return the response."""

    def __init__(self, port: int, method: str, path: str, *lines: tuple[str, str], body: bytes | None = None) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            connection.putrequest(method, path)
            for name, value in lines:
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            self.status, self.body, self.headers = response.status, response.read(), response.headers

    def vary(self) -> list[str]:
        return [name.strip() for line in self.headers.get_all("vary", []) for name in line.split(",")]
