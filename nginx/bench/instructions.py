"""Counts the instructions of a worker for one request, with valgrind (callgrind). They are nearly the same on every run, however busy the
machine is. They do not include the work of the kernel, which takes two thirds of the time."""

import re
import subprocess

from servers import REQUESTS, Server, variants

# The first requests fill caches and lists; then 200 are enough for a number that does not change.
WARM, COUNTED = 20, 200


def dump(server):
    """The number of instructions since the last dump."""
    subprocess.run(["callgrind_control", "--dump", str(server.process.pid)], check=True, capture_output=True, timeout=180)
    newest = max(server.prefix.glob("counted.*"), key=lambda path: int(path.suffix[1:]))
    return int(re.search(r"^totals: (\d+)", newest.read_text(), re.MULTILINE)[1])


def measure(variant, request, headers):
    """Instructions for one request."""
    server = Server(variant, request, headers, master=False)
    server.nginx.wrap = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={server.nginx.prefix}/counted"]
    try:
        server.start()
        with server.nginx.connect() as connection:
            for times in (WARM, COUNTED):
                for number in range(times):
                    connection.ask(server.asked.method, "/file", server.asked.headers_of(number))
                counted = dump(server.nginx)
        return counted / COUNTED
    finally:
        server.end()


def run(headers):
    """The instructions of one request, for each request and server."""
    return {request: {variant: measure(variant, request, headers[request]) for variant in variants(request)} for request in REQUESTS}
