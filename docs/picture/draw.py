"""The picture of the README: what `corsac probe` prints about a server with fixed responses, as an SVG.

`make docs-picture` writes probe.svg; without --write this exits with 1 if the picture is not what the command prints today.
"""

from __future__ import annotations

import http.server
import io
import os
import pty
import shlex
import subprocess
import sys
import threading
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PICTURE = HERE / "probe.svg"
# The port of the picture. The server has another one of four digits, so that the lines of the diagram are as long.
SHOWN_PORT = 8000
PORTS = range(8100, 10000)
COLUMNS = 104
PROBE = ["--origin", "http://localhost:3000", "--method", "PUT", "-H", "content-type: application/json", "--stack", "fastapi"]

# The colours of the terminal, each with a contrast of at least 4.5 on the background, for a light and a dark page alike.
THEME = TerminalTheme(
    (27, 31, 39),
    (224, 226, 232),
    [(110, 116, 128), (255, 123, 114), (126, 211, 133), (240, 198, 116), (121, 184, 255), (210, 168, 255), (118, 214, 224), (224, 226, 232)],
    [(150, 156, 168), (255, 161, 152), (151, 232, 157), (247, 217, 150), (160, 205, 255), (226, 195, 255), (160, 232, 238), (255, 255, 255)],
)

# Rich's own form without its web font: a picture loads nothing.
FORM = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>What corsac probe prints</title>
<style>
.{unique_id}-matrix {{
font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px;
line-height: {line_height}px;
font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Server(http.server.BaseHTTPRequestHandler):
    """Two mistakes that people make: a slash at the end of the origin, and no list of headers."""

    def do_OPTIONS(self) -> None:  # noqa: N802 - the name that http.server asks for
        """The response to the preflight."""
        self.send_response(204)
        self.send_header("access-control-allow-origin", "http://localhost:3000/")
        self.send_header("access-control-allow-methods", "PUT")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def listen() -> http.server.HTTPServer:
    """A server on a free port of four digits."""
    for port in PORTS:
        try:
            return http.server.HTTPServer(("127.0.0.1", port), Server)
        except OSError:
            continue
    raise SystemExit("no port is free")


def in_a_terminal(command: list[str]) -> str:
    """What the command prints to a terminal, colours and all."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as running:
        os.close(theirs)
        printed = bytearray()
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            printed += piece
        running.wait()
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def draw() -> str:
    """The SVG."""
    server = listen()
    port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        printed = in_a_terminal([str(ROOT / "target/debug/corsac"), "probe", f"http://localhost:{port}/things/7", *PROBE])
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    printed = printed.replace(f"localhost:{port}", f"localhost:{SHOWN_PORT}")
    if "Cause" not in printed:
        raise SystemExit(f"corsac probe found no cause:\n{printed}")
    command = shlex.join(["corsac", "probe", f"http://localhost:{SHOWN_PORT}/things/7", *PROBE])
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(printed.rstrip("\n")))
    svg = console.export_svg(title="corsac probe", theme=THEME, code_format=FORM, unique_id="corsac", font_aspect_ratio=0.6)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main() -> None:
    """Writes the picture, or compares it."""
    svg = draw()
    if "--write" in sys.argv[1:]:
        PICTURE.write_text(svg)
    elif PICTURE.read_text() != svg:
        raise SystemExit(f"{PICTURE.relative_to(ROOT)} is not what `corsac probe` prints: run `make docs-picture` and look at it")


if __name__ == "__main__":
    main()
