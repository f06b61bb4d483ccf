"""Does what a Start page says, word for word, as a new user would.

A block is a file to save, a command to run to its end, a server that goes on, or a session with its output. The sentence in front of it says
which, so the page needs no marks that only the test reads. A block that is none of these is an error: nothing on a page goes untried.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from blocks import Block, commands, prints_as_shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent.parent
# The only folder of the checkout that a page may write to.
TRY = "target/try/"
# The ports of the pages. Each run has one of its own, of four digits: longer ones would move the lines of a diagram.
PAGE_PORTS = re.compile(r"\b(?:8000|3000)\b")
SECONDS = 900
START_SECONDS = 600


def free_port() -> int:
    """A port that no one listens on."""
    for port in range(4100, 9999):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port of four digits is free")


class NotAsThePageSays(AssertionError):
    """What happened is not what the page promises."""


class Reader:
    """A new user with one page, a terminal and a second one."""

    def __init__(self, environment: dict[str, str], doctested: Iterable[str] = ()) -> None:
        self.port = free_port()
        self.environment = {**environment, "PORT": str(self.port)}
        self.doctested = set(doctested)
        self.servers: list[subprocess.Popen[bytes]] = []
        self.folder = tempfile.TemporaryDirectory(prefix="corsac-page-")
        self.cwd = Path(self.folder.name)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        self.folder.cleanup()

    def stop(self) -> None:
        """Ends what this reader started, as Ctrl-C does, each by its own process group."""
        # Who starts the tests in the background has them ignore Ctrl-C, and their servers inherit that.
        ends = signal.SIGTERM if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIGINT
        for server in self.servers:
            if server.poll() is None:
                os.killpg(server.pid, ends)
                try:
                    server.wait(START_SECONDS)
                except subprocess.TimeoutExpired:
                    os.killpg(server.pid, signal.SIGKILL)
                    server.wait()
        self.servers.clear()

    def follow(self, block: Block) -> None:
        """Does what the page says about this block."""
        self.go(block.before)
        text = PAGE_PORTS.sub(str(self.port), block.text)
        if name := block.saved_as:
            self.path(block, name).write_text(text)
        elif name := block.added_to:
            with self.path(block, name).open("a") as file:
                file.write("\n" + text)
        elif block.language == "sh" and block.is_server:
            self.serve(block, text)
        elif block.language == "sh":
            self.run(block, "set -e\n" + text)
        elif block.language == "console":
            for (_, shown), (command, _) in zip(commands(block), commands(Block("", 0, "", text, "")), strict=True):
                printed = self.run(block, command, "no" if command.startswith("corsac ") else None).replace(str(self.port), "PORT").splitlines()
                shown = [PAGE_PORTS.sub("PORT", line) for line in shown]
                if not prints_as_shown(shown, printed):
                    raise NotAsThePageSays(f"{block}: $ {command}\n" + "\n".join(printed))
        elif block.page not in self.doctested or block.language != "rust":
            raise NotAsThePageSays(f"{block}: no one runs this block: say in front of it what the reader does with it")

    def go(self, before: str) -> None:
        """Changes the folder where the page says so."""
        if "n a checkout of Corsac" in before:
            self.cwd = ROOT
            (ROOT / TRY).mkdir(parents=True, exist_ok=True)
        elif "n an empty folder" in before:
            self.cwd = Path(self.folder.name)
        elif "ext to your checkout, in a new folder" in before:
            self.stop()
            (Path(self.folder.name) / "corsac").symlink_to(ROOT)
            self.cwd = Path(self.folder.name) / "new"
            self.cwd.mkdir()
            # The folder is gone afterwards, what was built for it is not.
            self.environment["CARGO_TARGET_DIR"] = str(ROOT / "target")

    def path(self, block: Block, name: str) -> Path:
        """Where the file is. A page changes nothing of the checkout."""
        if self.cwd == ROOT and (not name.startswith(TRY) or ".." in name):
            raise NotAsThePageSays(f"{block}: {name} would change the checkout: write into {TRY}")
        path = self.cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def run(self, block: Block, command: str, verdict: str | None = None) -> str:
        """What the command prints. With a verdict, exit code 1 says "no" and is no failure: that is what the page shows."""
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.cwd, env=self.environment, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
        if done.returncode not in ((0, 1) if verdict else (0,)):
            raise NotAsThePageSays(f"{block}: {command}\nexit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        return done.stdout.decode().replace("\r\n", "\n")

    def serve(self, block: Block, command: str) -> None:
        """Starts the command, and waits until it listens."""
        self.stop()
        log = self.path(block, f"{TRY}server.log")
        with log.open("wb") as output:
            server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"], cwd=self.cwd, env=self.environment, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, process_group=0,
            )
        self.servers.append(server)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise NotAsThePageSays(f"{block}: {command.strip()} does not listen\n{log.read_text()}")
