"""The servers that the bench compares. They differ only in who writes the CORS headers. If there are two cores, the worker has one and the client
has the other."""

import contextlib
import os
import pathlib
import re
import signal
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "t"))

from harness import MODULE, Nginx  # noqa: E402

APP, PREVIEW, EVIL = "https://app.example", "https://pr-7.preview.example", "https://evil.example"
# Origins that `method.lua` sends in turn. A worker keeps the decisions about 16 at most, so the engine decides nearly all.
MANY = 1000

# Headers that browsers send with each request.
ALONG = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"),
    ("Accept", "*/*"), ("Accept-Language", "en-GB,en;q=0.9"), ("Accept-Encoding", "gzip, deflate, br, zstd"), ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "empty"), ("Referer", "https://app.example/"),
]  # fmt: skip

# What the server does for a request: pass it to an application, as in the README's example, or send a file, which is the least work.
APPLICATION, FILE = "proxied", "1 kB file"


class Request(NamedTuple):
    """A request, and the Access-Control-Allow-Origin that its response must have if there is a policy."""

    serves: str
    method: str
    headers: list
    origin: str | None
    origins: int = 1

    def headers_of(self, number):
        """The headers of the request with this number."""
        return ALONG + (self.headers if self.origins == 1 else [("Origin", f"https://pr-{number % self.origins}.preview.example")])


ORIGINS = {"no Origin": ([], None), "allowed": ([("Origin", APP)], APP), "by wildcard": ([("Origin", PREVIEW)], PREVIEW), "denied": ([("Origin", EVIL)], None)}
REQUESTS = {f"{serves}, {what}": Request(serves, "GET", *origin) for serves in (APPLICATION, FILE) for what, origin in ORIGINS.items()} | {
    f"{FILE}, {MANY} origins by wildcard": Request(FILE, "GET", [("Origin", PREVIEW)], PREVIEW, MANY),
    "preflight": Request(
        FILE,
        "OPTIONS",
        [("Origin", APP), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,content-type")],
        APP,
    ),
}
# Pages send the same requests again and again: the goal is about these.
GOAL_REQUESTS = [request for request, asked in REQUESTS.items() if asked.method == "GET" and asked.origins == 1]
# `headers` writes the module's headers by `add_header`: that is what their bytes cost. The first two do not respond to preflights.
VARIANTS = ("plain", "headers", "module", "recipe")


def variants(request):
    return VARIANTS[2:] if request == "preflight" else VARIANTS


def end_what_is_started():
    """Call this before the first server starts. However the script is ended (Ctrl-C, SIGTERM, SIGHUP, an exception), every `finally` then runs
    and ends its processes. A second signal does not interrupt that."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(*_):
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        if Ending.starting:
            Ending.is_due = True
        else:
            raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)


class Ending:
    """Whether processes are being started, and whether a signal came meanwhile."""

    starting = False
    is_due = False


@contextlib.contextmanager
def starting():
    """A signal within this block ends the script at the end of the block: a process that is just being made is in no list yet, and would be left."""
    Ending.starting = True
    try:
        yield
    finally:
        Ending.starting = False
    if Ending.is_due:
        raise KeyboardInterrupt


def cores():
    """The core of the worker and the core of the client, or None if there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[-1], usable[0]) if len(usable) > 1 else None


class Server:
    """One server, not started yet, and its application, which runs. `headers` are those that the module writes."""

    def __init__(self, variant, request, headers=(), *, master=True):
        self.asked = REQUESTS[request]
        self.variant, self.headers = variant, headers
        worker, client = cores() or (None, None)
        self.application = nginx(conf("plain"), client, master) if self.asked.serves == APPLICATION else None
        self.nginx = None
        module = MODULE if variant == "module" else None
        try:
            port = self.application.start().port if self.application else None
            self.nginx = nginx(conf(variant, headers, port), worker, master, module)
        except BaseException:
            self.end()
            raise

    def start(self, **how):
        """Starts it and returns the CORS headers of its response. A wrong response ends the bench, because it may be a fast one."""
        response = self.nginx.start(**how).ask(self.asked.method, "/file", ALONG + self.asked.headers)
        expected = 204 if self.asked.method == "OPTIONS" else 200
        is_right = response.status == expected and response.origin() == (None if self.variant == "plain" else self.asked.origin)
        if not is_right or (self.variant == "headers" and response.cors() != self.headers):
            raise SystemExit(f"the server \"{self.variant}\" sends a wrong response: {response}")
        return response.cors()

    def end(self):
        with contextlib.ExitStack() as all_of_these:
            for server in (self.nginx, self.application):
                if server:
                    all_of_these.callback(server.remove)
                    all_of_these.callback(server.end)


def conf(variant, headers=(), application=None):
    """The configuration of a variant. `headers` is `plain.conf` with these headers on every response."""
    text = (HERE / f"{'plain' if variant == 'headers' else variant}.conf").read_text()
    inner = "".join(f'add_header {name} "{value}" always; ' for name, value in headers) if variant == "headers" else ""
    if application:
        text = f"upstream application {{ server 127.0.0.1:{application}; keepalive 32; }}\n{text}"
        inner += 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://application; '
    return text.replace("location / {", f"location / {{ {inner}")


def nginx(text, core, master, module=None):
    pinned = f"worker_cpu_affinity 1{'0' * core};" if master and core is not None else ""
    files = {"html/file": "x" * 1024}
    return Nginx("keepalive_requests 1000000000;" + text, module=module, master=master, level="error", files=files, main=pinned)


def module_headers(request):
    """The headers that the module adds to a response."""
    server = Server("module", request, master=False)
    try:
        return server.start()
    finally:
        server.end()


def count(connection):
    """How many requests this server has had, including this one."""
    return int(re.findall(rb"\d+", connection.ask("GET", "/requests").body)[3])
