"""What a worker executes for one request, counted by valgrind (callgrind): the same on every run, whoever else is busy. The kernel's part, two
thirds of the time, is not in it."""

import re
import subprocess

from servers import REQUESTS, Server, variants

WARM, COUNTED = 20, 200


def dump(server):
    """Writes what was counted since the last time, and gives the number."""
    subprocess.run(["callgrind_control", "--dump", str(server.process.pid)], check=True, capture_output=True, timeout=60)
    newest = max(server.prefix.glob("counted.*"), key=lambda path: int(path.suffix[1:]))
    return int(re.search(r"^totals: (\d+)", newest.read_text(), re.MULTILINE)[1])


def measure(variant, request, lines):
    """Instructions for one request."""
    server = Server(variant, request, lines, master=False)
    server.nginx.wrap = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={server.nginx.prefix}/counted"]
    try:
        server.start(timeout=120)
        with server.nginx.connect() as connection:
            connection.timeout = 60
            for times in (WARM, COUNTED):
                for number in range(times):
                    connection.ask(server.asked.method, "/file", server.asked.lines(number))
                counted = dump(server.nginx)
        return counted / COUNTED
    finally:
        server.end()


def run(lines):
    """For each request and server the instructions of one request."""
    return {request: {variant: measure(variant, request, lines[request]) for variant in variants(request)} for request in REQUESTS}
