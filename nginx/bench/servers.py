"""The servers that are compared: they differ in nothing but who writes the CORS lines. Of each, the worker has a core of its own where there
are two, and whoever asks has another."""

import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "t"))

from harness import MODULE, Nginx  # noqa: E402

APP, PREVIEW, EVIL = "https://app.example", "https://pr-7.preview.example", "https://evil.example"

# What browsers send along.
ALONG = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"),
    ("Accept", "*/*"), ("Accept-Language", "en-GB,en;q=0.9"), ("Accept-Encoding", "gzip, deflate, br, zstd"), ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "empty"), ("Referer", "https://app.example/"),
]  # fmt: skip

# What is asked, and the Access-Control-Allow-Origin that must come back where there is a policy.
REQUESTS = {
    "plain GET, 1 kB file": ("GET", [], None),
    "GET, origin allowed": ("GET", [("Origin", APP)], APP),
    "GET, origin by wildcard": ("GET", [("Origin", PREVIEW)], PREVIEW),
    "GET, origin denied": ("GET", [("Origin", EVIL)], None),
    "preflight": (
        "OPTIONS",
        [("Origin", APP), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,content-type")],
        APP,
    ),
}
# `lines` has the module's lines as they are, by `add_header`: what the bytes alone cost. Nobody else answers preflights.
VARIANTS = ("plain", "lines", "module", "recipe")


def variants(request):
    return VARIANTS[2:] if request == "preflight" else VARIANTS


def cores():
    """That of the worker, and that of whoever asks it; None: there is one alone."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[-1], usable[0]) if len(usable) > 1 else None


def lines_conf(lines):
    """`plain.conf`, with these lines on every response."""
    added = " ".join(f'add_header {name} "{value}" always;' for name, value in lines)
    return (HERE / "plain.conf").read_text().replace("location / {", f"location / {{ {added}")


def make(variant, lines=(), *, master=True):
    """A server that is yet to be started. `lines` is what the module answers."""
    http = lines_conf(lines) if variant == "lines" else (HERE / f"{variant}.conf").read_text()
    pinned = f"worker_cpu_affinity 1{'0' * cores()[0]};" if master and cores() else ""
    return Nginx(
        "keepalive_requests 1000000000;" + http,
        module=MODULE if variant == "module" else None,
        master=master,
        level="error",
        files={"html/file": "x" * 1024},
        main=pinned,
    )


def check(server, variant, request, lines):
    """Whether this server answers as it must: what is wrong may be fast. Gives the CORS lines."""
    method, headers, origin = REQUESTS[request]
    answer = server.ask(method, "/file", ALONG + headers)
    expected = 204 if method == "OPTIONS" else 200
    is_right = answer.status == expected and answer.origin() == (None if variant == "plain" else origin)
    if not is_right or (variant == "lines" and answer.cors() != lines):
        raise SystemExit(f"{variant} answers {answer}")
    return answer.cors()


def module_lines(request):
    """What the module adds to a response."""
    server = make("module", master=False)
    try:
        return check(server.start(), "module", request, ())
    finally:
        server.end()
        server.remove()


def count(connection):
    """How many requests this server has come upon, this one among them."""
    return int(re.findall(rb"\d+", connection.ask("GET", "/requests").body)[3])
