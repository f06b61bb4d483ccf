"""The servers that are compared: they differ in nothing but who writes the CORS lines. Of each, the worker has a core of its own where there
are two, and whoever asks has another."""

import os
import pathlib
import re
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "t"))

from harness import MODULE, Nginx  # noqa: E402

APP, PREVIEW, EVIL = "https://app.example", "https://pr-7.preview.example", "https://evil.example"
# As many as `method.lua` asks with in turn: a worker of the module knows the decisions of a few.
MANY = 1000

# What browsers send along.
ALONG = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"),
    ("Accept", "*/*"), ("Accept-Language", "en-GB,en;q=0.9"), ("Accept-Encoding", "gzip, deflate, br, zstd"), ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "empty"), ("Referer", "https://app.example/"),
]  # fmt: skip

# What answers behind the policy: an application, as in the README's example, or the least that nginx can do.
APPLICATION, FILE = "proxied", "1 kB file"


class Request(NamedTuple):
    """What is asked of whom, and the Access-Control-Allow-Origin that must come back where there is a policy."""

    serves: str
    method: str
    headers: list
    origin: str | None
    origins: int = 1

    def lines(self, number):
        """Those of the request of this number."""
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
# The goal is for what pages do: they ask again and again.
JUDGED = [request for request, asked in REQUESTS.items() if asked.method == "GET" and asked.origins == 1]
# `lines` has the module's lines as they are, by `add_header`: what the bytes alone cost. Nobody else answers preflights.
VARIANTS = ("plain", "lines", "module", "recipe")


def variants(request):
    return VARIANTS[2:] if request == "preflight" else VARIANTS


def cores():
    """That of the worker, and that of whoever asks it; None: there is one alone."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[-1], usable[0]) if len(usable) > 1 else None


class Server:
    """One of them, which is yet to be started, with the application behind it. `lines` is what the module answers."""

    def __init__(self, variant, request, lines=(), *, master=True):
        self.asked = REQUESTS[request]
        self.variant, self.lines = variant, lines
        worker, asker = cores() or (None, None)
        self.application = nginx(conf("plain"), asker, master) if self.asked.serves == APPLICATION else None
        self.nginx = None
        module = MODULE if variant == "module" else None
        try:
            port = self.application.start().port if self.application else None
            self.nginx = nginx(conf(variant, lines, port), worker, master, module)
        except BaseException:
            self.end()
            raise

    def start(self, **how):
        """Answers as it must, or it is not measured: what is wrong may be fast. Gives the CORS lines."""
        answer = self.nginx.start(**how).ask(self.asked.method, "/file", ALONG + self.asked.headers)
        expected = 204 if self.asked.method == "OPTIONS" else 200
        is_right = answer.status == expected and answer.origin() == (None if self.variant == "plain" else self.asked.origin)
        if not is_right or (self.variant == "lines" and answer.cors() != self.lines):
            raise SystemExit(f"{self.variant} answers {answer}")
        return answer.cors()

    def end(self):
        for server in (self.nginx, self.application):
            if server:
                server.end()
                server.remove()


def conf(variant, lines=(), application=None):
    """The file of the variant; `lines` is `plain.conf` with these on every response."""
    text = (HERE / f"{'plain' if variant == 'lines' else variant}.conf").read_text()
    inner = "".join(f'add_header {name} "{value}" always; ' for name, value in lines) if variant == "lines" else ""
    if application:
        text = f"upstream application {{ server 127.0.0.1:{application}; keepalive 32; }}\n{text}"
        inner += 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://application; '
    return text.replace("location / {", f"location / {{ {inner}")


def nginx(text, core, master, module=None):
    pinned = f"worker_cpu_affinity 1{'0' * core};" if master and core is not None else ""
    files = {"html/file": "x" * 1024}
    return Nginx("keepalive_requests 1000000000;" + text, module=module, master=master, level="error", files=files, main=pinned)


def module_lines(request):
    """What the module adds to a response."""
    server = Server("module", request, master=False)
    try:
        return server.start()
    finally:
        server.end()


def count(connection):
    """How many requests this server has come upon, this one among them."""
    return int(re.findall(rb"\d+", connection.ask("GET", "/requests").body)[3])
