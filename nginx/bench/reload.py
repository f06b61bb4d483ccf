"""Measures how long nginx takes to read policies again at a reload, and how many requests fail meanwhile.

    python nginx/bench/reload.py [--reloads 10] [--policies 1 100 1000 10000]

Each policy is a file of its own in `cors_policies`, with 20 origins. One of them changes before each reload. The time is from the signal until a
response has the new policy. Meanwhile, two clients send requests without a pause: one on a new connection for each, and one on connections that are
kept. A request fails if it gets no response, or a wrong one. nginx closes a kept connection at a reload; a request that meets this is sent again, as
browsers do, and counted by itself."""

import argparse
import pathlib
import shutil
import signal
import statistics
import sys
import threading
import time

# This also lets Python find the harness.
from servers import end_what_is_started

from harness import Nginx, missing
from harness.image import compile_image
from harness.place import CORSAC, MODULE, NGINX

ORIGINS = [f"https://{number}.example" for number in range(19)]
CHANGED = ["https://one.example", "https://two.example"]
ALWAYS = ORIGINS[0]


class Client(threading.Thread):
    """Sends requests until `stopped` is set."""

    def __init__(self, server, kept):
        super().__init__()
        self.server, self.kept = server, kept
        self.sent = self.failed = self.again = 0
        self.stopped = threading.Event()

    def run(self):
        connection = self.server.connect()
        while not self.stopped.is_set():
            self.sent += 1
            for attempt in range(2):
                try:
                    headers = [("Origin", ALWAYS)] + ([] if self.kept else [("Connection", "close")])
                    self.failed += connection.ask("GET", "/", headers).origin() != ALWAYS
                    break
                except OSError:
                    # A kept connection that a worker closed as it ended.
                    connection.close()
                    if self.kept and attempt == 0:
                        self.again += 1
                    else:
                        self.failed += 1
                        break
        connection.close()


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def measure(policies, reloads):
    """The milliseconds of each reload, the clients, and the bytes of a worker."""
    block = "".join(f"p{number} p{number}.image; " for number in range(policies))
    server = Nginx(
        f"cors_policies {{ {block} }} keepalive_requests 1000000; server {{ listen 127.0.0.1:%PORT% backlog=1024; cors on; cors_policy p0$empty;"
        "set $empty ''; location / { return 200; } }",
        master=True, level="notice",
    )  # fmt: skip
    try:
        images = [compile_image({"allow_origins": [*ORIGINS, origin]}, server.prefix, f"kind{kind}") for kind, origin in enumerate(CHANGED)]
        for number in range(policies):
            shutil.copyfile(images[0], server.prefix / f"p{number}.image")
        server.start()
        clients = [Client(server, kept) for kept in (False, True)]
        for client in clients:
            client.start()
        times = []
        try:
            for number in range(1, reloads + 1):
                shutil.copyfile(images[number % 2], server.prefix / "new.image")
                (server.prefix / "new.image").rename(server.prefix / "p0.image")
                start = time.monotonic()
                server.process.send_signal(signal.SIGHUP)
                while server.ask("GET", "/", [("Origin", CHANGED[number % 2])]).origin() is None:
                    time.sleep(0.001)
                times.append(1000 * (time.monotonic() - start))
                # Let the old worker end.
                time.sleep(0.3)
        finally:
            for client in clients:
                client.stopped.set()
            for client in clients:
                client.join()
        return times, clients, resident(server.workers()[-1])
    finally:
        server.end()
        server.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reloads", type=int, default=10)
    parser.add_argument("--policies", type=int, nargs="+", default=[1, 100, 1000, 10000])
    arguments = parser.parse_args()
    if lacks := missing(NGINX, MODULE, CORSAC):
        sys.exit("\n".join(lacks))
    print("| policies | milliseconds of a reload: median, longest | requests meanwhile | failed | sent again on a new connection | MB of a worker |")
    print("|---|---|---|---|---|---|")
    for policies in arguments.policies:
        times, clients, size = measure(policies, arguments.reloads)
        sent, failed, again = (sum(getattr(client, name) for client in clients) for name in ("sent", "failed", "again"))
        print(f"| {policies} | {statistics.median(times):.0f}, {max(times):.0f} | {sent} | {failed} | {again} | {size / 1e6:.1f} |", flush=True)


if __name__ == "__main__":
    end_what_is_started()
    main()
