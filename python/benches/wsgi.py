"""What CORS costs Flask and Django: corsac beside flask-cors and django-cors-headers, in one process and one run.

Every contender answers the same request in turn, round after round; medians over the rounds, so that a busy machine
slows all alike; of the time that this thread has the processor. What is compared is the overhead over the bare
application, and of a preflight the whole: an application that is never asked costs nothing. Answers are checked first.

    python benches/wsgi.py [--quick]
"""

from __future__ import annotations

import argparse
import datetime
import gc
import io
import logging
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import flask_cors
from corsheaders.middleware import CorsMiddleware as TheirDjango
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from flask import Flask

ORIGIN = "https://app.example.com"
METHODS, HEADERS = ["GET", "PUT"], ["content-type", "x-trace"]
PREFLIGHT = {
    "REQUEST_METHOD": "OPTIONS",
    "HTTP_ORIGIN": ORIGIN,
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT",
    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "content-type,x-trace",
}
# What is asked, and whether the answer shares the response.
CASES: dict[str, tuple[dict[str, str], bool]] = {
    "GET without Origin": ({}, False),
    "GET allowed": ({"HTTP_ORIGIN": ORIGIN}, True),
    "GET denied": ({"HTTP_ORIGIN": "https://evil.example"}, False),
    "preflight": (PREFLIGHT, True),
    "60 kB of requested headers": (PREFLIGHT | {"HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "x-trace," * 7500}, True),
}
BASE = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/", "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "bench",
    "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "bench", "HTTP_USER_AGENT": "bench",
    "HTTP_ACCEPT": "*/*", "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(), "wsgi.version": (1, 0),
}  # fmt: skip


def origins(count: int) -> list[str]:
    """The origin that is asked about is the last: lists are read from the front."""
    return [*(f"https://tenant-{number}.example.org" for number in range(count - 1)), ORIGIN]


def flask_app() -> Flask:
    app = Flask("bench")
    app.add_url_rule("/", view_func=lambda: "ok", methods=["GET", "PUT"])
    return app


def flask_contenders(count: int) -> dict[str, Callable[[dict[str, Any]], bool]]:
    from corsac.wsgi import CORSMiddleware

    theirs, ours = flask_app(), flask_app()
    flask_cors.CORS(theirs, origins=origins(count), methods=METHODS, allow_headers=HEADERS)
    ours.wsgi_app = CORSMiddleware(  # type: ignore[method-assign]
        ours.wsgi_app, allow_origins=origins(count), allow_methods=METHODS, allow_headers=HEADERS
    )

    def asker(app: Flask) -> Callable[[dict[str, Any]], bool]:
        def ask(environ: dict[str, Any]) -> bool:
            started: list[Any] = []
            chunks: Any = app.wsgi_app(BASE | environ, lambda *arguments: started.append(arguments))
            b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
            return any(name.lower() == "access-control-allow-origin" for name, _ in started[-1][1])

        return ask

    return {"bare": asker(flask_app()), "flask-cors": asker(theirs), "corsac": asker(ours)}


def django_contenders(count: int) -> dict[str, Callable[[dict[str, Any]], bool]]:
    from corsac.django import CorsMiddleware, reload

    settings.CORS_ALLOWED_ORIGINS = origins(count)
    reload()

    def view(request: Any) -> HttpResponse:
        return HttpResponse("ok")

    def asker(middleware: Callable[[Any], Any]) -> Callable[[dict[str, Any]], bool]:
        def ask(environ: dict[str, Any]) -> bool:
            return "access-control-allow-origin" in middleware(WSGIRequest(BASE | environ))

        return ask

    return {"bare": asker(view), "django-cors-headers": asker(TheirDjango(view)), "corsac": asker(CorsMiddleware(view))}


def measure(
    contenders: dict[str, Callable[[dict[str, Any]], bool]], environ: dict[str, Any], seconds: float
) -> dict[str, float]:
    """Microseconds for one call of each, medians over interleaved rounds."""
    rounds = 31
    calls = {}
    for name, ask in contenders.items():
        begin = time.thread_time()
        ask(environ)
        ask(environ)
        calls[name] = max(1, int(seconds / rounds / max((time.thread_time() - begin) / 2, 1e-6)))
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, ask in contenders.items():
            begin = time.thread_time()
            for _ in range(calls[name]):
                ask(environ)
            times[name].append((time.thread_time() - begin) / calls[name] * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the time, to look at")
    seconds = 0.05 if parser.parse_args().quick else 0.3
    # Nobody reads the log of a bench; making its lines is part of the work all the same.
    for name in ("corsac", "flask_cors"):
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    settings.configure(
        ALLOWED_HOSTS=["*"],
        CORS_ALLOW_METHODS=METHODS,
        CORS_ALLOW_HEADERS=HEADERS,
        CORS_ALLOWED_ORIGINS=[ORIGIN],
        DEFAULT_CHARSET="utf-8",
    )
    print(f"Python {platform.python_version()}, {datetime.date.today()}: microseconds for one request, medians\n")
    for framework, made in (("Flask", flask_contenders), ("Django", django_contenders)):
        print(f"| {framework} | origins | bare | peer | corsac | peer : corsac |\n|---|---|---|---|---|---|")
        for count in (1, 100, 10_000):
            contenders = made(count)
            peer = next(name for name in contenders if name not in ("bare", "corsac"))
            for case, (environ, is_shared) in CASES.items():
                if case == "60 kB of requested headers" and count != 1:
                    continue
                hostile = case == "60 kB of requested headers"
                if not hostile:
                    for name in (peer, "corsac"):
                        # flask-cors tells the listed origins even where nobody asks.
                        asked = name != "flask-cors" or "HTTP_ORIGIN" in environ
                        assert not asked or contenders[name](environ) == is_shared, (name, case)
                gc.collect()
                took = measure(contenders, environ, seconds)
                bare = 0.0 if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ else took["bare"]
                theirs, ours = (took[name] - bare for name in (peer, "corsac"))
                ratio = f"{theirs:.1f} : {ours:.1f}" + (f" = {theirs / ours:.1f}" if ours > 0 else "")
                print(f"| {case} | {count} | {took['bare']:.1f} | {took[peer]:.1f} | {took['corsac']:.1f} | {ratio} |")
        print()


if __name__ == "__main__":
    main()
