"""Measures CORS in Flask and Django: corsac, flask-cors and django-cors-headers, in one process and one run.

Every contender handles every request in turn, round after round, so that a busy machine slows all of them. The result
is the median of the processor time of this thread. Responses are checked first. `--write` writes results/wsgi.md.
Without it, you see a table after some seconds.
"""

from __future__ import annotations

import argparse
import gc
import io
import logging
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import flask_cors
import wsgi_report
from corsheaders.middleware import CorsMiddleware as TheirDjango
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from flask import Flask

# Sends a request, and returns whether the page can read the response.
Contender: TypeAlias = "Callable[[dict[str, Any]], bool]"

SIZES = (1, 100, 10_000)
ORIGIN = "https://app.example.com"
METHODS, HEADERS = ["GET", "PUT"], ["content-type", "x-trace"]
PREFLIGHT = {
    "REQUEST_METHOD": "OPTIONS",
    "HTTP_ORIGIN": ORIGIN,
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT",
    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "content-type,x-trace",
}
HOSTILE = {"HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "x-trace," * 7500}
# Requests, and whether the page can read the response.
CASES: dict[str, tuple[dict[str, str], bool]] = {
    "GET without Origin": ({}, False),
    "GET allowed": ({"HTTP_ORIGIN": ORIGIN}, True),
    "GET denied": ({"HTTP_ORIGIN": "https://evil.example"}, False),
    "preflight": (PREFLIGHT, True),
    "preflight denied": (PREFLIGHT | {"HTTP_ORIGIN": "https://evil.example"}, False),
    # flask-cors and corsac list the allowed headers; django-cors-headers allows this request.
    wsgi_report.HOSTILE: (PREFLIGHT | HOSTILE, True),
}
BASE = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "bench",
    "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "bench", "HTTP_USER_AGENT": "bench",
    "HTTP_ACCEPT": "*/*", "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(), "wsgi.version": (1, 0),
}  # fmt: skip


def origins(count: int) -> list[str]:
    """Return origins. The tested one is the last, because lists are searched from the start."""
    return [*(f"https://tenant-{number}.example.org" for number in range(count - 1)), ORIGIN]


def flask_app() -> Flask:
    app = Flask("bench")
    app.add_url_rule("/", view_func=lambda: "ok", methods=["GET", "PUT"])
    return app


def flask_contenders(size: int) -> dict[str, Contender]:
    from corsac.wsgi import CORSMiddleware

    theirs, ours = flask_app(), flask_app()
    flask_cors.CORS(theirs, origins=origins(size), methods=METHODS, allow_headers=HEADERS)
    ours.wsgi_app = CORSMiddleware(  # type: ignore[method-assign]
        ours.wsgi_app, allow_origins=origins(size), allow_methods=METHODS, allow_headers=HEADERS
    )

    def asker(app: Flask) -> Contender:
        def ask(environ: dict[str, Any]) -> bool:
            started: list[Any] = []
            chunks: Any = app.wsgi_app(BASE | environ, lambda *arguments: started.append(arguments))
            b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
            return any(name.lower() == "access-control-allow-origin" for name, _ in started[-1][1])

        return ask

    return {"bare": asker(flask_app()), "flask-cors": asker(theirs), "corsac": asker(ours)}


def flask() -> Callable[[int], dict[str, Contender]]:
    contenders = {size: flask_contenders(size) for size in SIZES}
    return lambda size: contenders[size]


def django() -> Callable[[int], dict[str, Contender]]:
    """Return a function that changes the settings for a size, because both middlewares read the same settings."""
    from corsac.django import CorsMiddleware, reload

    def view(_request: Any) -> HttpResponse:
        return HttpResponse("ok")

    def asker(middleware: Callable[[Any], Any]) -> Contender:
        def ask(environ: dict[str, Any]) -> bool:
            return "access-control-allow-origin" in middleware(WSGIRequest(BASE | environ))

        return ask

    contenders = {
        "bare": asker(view),
        "django-cors-headers": asker(TheirDjango(view)),
        "corsac": asker(CorsMiddleware(view)),
    }
    lists = {size: origins(size) for size in SIZES}

    def switch(size: int) -> dict[str, Contender]:
        settings.CORS_ALLOWED_ORIGINS = lists[size]
        reload()
        return contenders

    return switch


def measure(
    switch: Callable[[int], dict[str, Contender]], sizes: tuple[int, ...], cases: list[str], rounds: int, seconds: float
) -> dict[tuple[int, str, str], float]:
    """Return microseconds of one call by size, case and contender: medians over interleaved rounds."""
    calls: dict[tuple[int, str, str], int] = {}
    times: dict[tuple[int, str, str], list[float]] = {}
    # The first round finds how many calls fill the time. It is not counted.
    for turn in range(rounds + 1):
        for size in sizes:
            contenders = switch(size)
            if turn == 0:
                check(contenders)
            gc.collect()
            for case in cases:
                environ, _ = CASES[case]
                for name, ask in contenders.items():
                    if name == "bare" and case in wsgi_report.PREFLIGHTS:
                        continue
                    key = size, case, name
                    ask(environ)
                    begin = time.thread_time()
                    for _ in range(calls.get(key, 1)):
                        ask(environ)
                    took = (time.thread_time() - begin) / calls.get(key, 1)
                    if turn == 0:
                        calls[key] = max(1, int(seconds / max(took, 1e-6)))
                    else:
                        times.setdefault(key, []).append(took * 1e6)
    return {key: statistics.median(values) for key, values in times.items()}


def check(contenders: dict[str, Contender]) -> None:
    """Check the responses, because the time of a wrong one is worthless."""
    for case, (environ, is_shared) in CASES.items():
        for name, ask in contenders.items():
            # flask-cors sends the listed origins even without Origin.
            if name != "bare" and (name != "flask-cors" or "HTTP_ORIGIN" in environ):
                assert ask(environ) is is_shared, (name, case)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="measure for longer, and write results/wsgi.md")
    arguments = parser.parse_args()
    rounds, seconds = (41, 0.006) if arguments.write else (11, 0.003)
    settings.configure(
        ALLOWED_HOSTS=["*"],
        CORS_ALLOW_METHODS=METHODS,
        CORS_ALLOW_HEADERS=HEADERS,
        CORS_ALLOWED_ORIGINS=[ORIGIN],
        DEFAULT_CHARSET="utf-8",
    )
    log = logging.getLogger("corsac")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    medians: wsgi_report.Medians = {}
    for framework, switch in (("Flask", flask()), ("Django", django())):
        # Do not measure the log, because its time depends on its handlers.
        log.setLevel(logging.ERROR)
        for (size, case, name), median in measure(switch, SIZES, list(CASES), rounds, seconds).items():
            medians[framework, size, case, name] = median
        # But measure making its lines.
        log.setLevel(logging.NOTSET)
        for (size, case, name), median in measure(switch, SIZES[:1], wsgi_report.DENIED, rounds, seconds).items():
            medians[framework, size, case, f"{name}, logging"] = median
    text = wsgi_report.table(medians, SIZES)
    print(text)
    if arguments.write:
        (Path(__file__).parent / "results" / "wsgi.md").write_text(text)


if __name__ == "__main__":
    main()
