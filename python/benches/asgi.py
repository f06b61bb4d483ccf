"""Measures the ASGI middleware and Starlette's class in the same run: raw ASGI calls in interleaved rounds.

There is no server and no event loop, because nothing waits. Every response is checked before it is timed. `--write`
writes results/asgi.md. Without it, you see a table after some seconds.
"""

from __future__ import annotations

import argparse
import gc
import logging
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asgi_report
from starlette.middleware.cors import CORSMiddleware as Starlettes

from corsac.asgi import CORSMiddleware as Corsacs

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1, 100, 10_000)
# The headers that a browser sends, without Origin.
BROWSER = [
    (b"host", b"api.example.com"),
    (b"connection", b"keep-alive"),
    (
        b"user-agent",
        b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    ),
    (b"accept", b"*/*"),
    (b"sec-fetch-site", b"cross-site"),
    (b"sec-fetch-mode", b"cors"),
    (b"accept-encoding", b"gzip, deflate, br"),
    (b"accept-language", b"en-GB,en;q=0.9"),
]
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"2")],
}
BODY = {"type": "http.response.body", "body": b"{}"}


async def bare(_scope: Any, _receive: Any, send: Any) -> None:
    """The fastest possible application."""
    await send({**START, "headers": list(START["headers"])})
    await send(BODY)


@dataclass(frozen=True)
class Case:
    """One request, and how its response is checked."""

    name: str
    method: str
    lines: tuple[tuple[bytes, bytes], ...]
    allowed: bool | None

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "type": "http",
            "method": self.method,
            "path": "/things/7",
            "raw_path": b"/things/7",
            "root_path": "",
            "headers": [*BROWSER, *self.lines],
        }


def cases(last: bytes) -> list[Case]:
    """Return the requests for one size. The allowed origin is the last of the list."""
    asks = ((b"access-control-request-method", b"PUT"),)
    names = ((b"access-control-request-headers", b"authorization,content-type,x-token"),)
    # Servers accept a header of at most about 60 kB. Blanks and commas take the longest to split.
    hostile = ((b"access-control-request-headers", b" ," * 30_000),)
    return [
        Case("GET without Origin", "GET", (), None),
        Case("GET allowed", "GET", ((b"origin", last),), True),
        Case("GET denied", "GET", ((b"origin", b"https://evil.example.net"),), False),
        Case("preflight", "OPTIONS", ((b"origin", last), *asks, *names), True),
        Case("preflight denied", "OPTIONS", ((b"origin", b"https://evil.example.net"), *asks, *names), False),
        Case("preflight, 60 kB of names", "OPTIONS", ((b"origin", last), *asks, *hostile), None),
    ]


def call(app: Any, scope: dict[str, Any]) -> list[Any]:
    """Run one request to its end, without waiting."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    _drive(app(scope, _receive, send))
    return sent


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _discard(_message: Any) -> None:
    pass


def _drive(coroutine: Any) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("something waits")


def check(case: Case, app: Any, is_corsac: bool) -> None:
    """Check the response, because the time of a wrong one is worthless."""
    sent = call(app, case.scope)
    lines = dict(sent[0]["headers"])
    allowed = lines.get(b"access-control-allow-origin")
    if case.allowed is not None:
        assert (allowed is not None) is case.allowed, (case.name, lines)
    if case.method == "OPTIONS":
        assert (b"access-control-max-age" in lines or not is_corsac) is (case.allowed is True or not is_corsac), (
            case.name,
            lines,
        )
    else:
        assert sent[1]["body"] == b"{}"


def timed(app: Any, scope: dict[str, Any], calls: int) -> float:
    """Return nanoseconds of one call, as a mean of several calls."""
    receive, discard = _receive, _discard
    begin = time.perf_counter_ns()
    for _ in range(calls):
        try:
            app(scope, receive, discard).send(None)
        except StopIteration:
            continue
    return (time.perf_counter_ns() - begin) / calls


def measure(rounds: int, budget_ns: int) -> dict[tuple[int, str, str], list[float]]:
    """Return samples by size, case and application. Each round takes one sample of every kind."""
    jobs: list[tuple[tuple[int, str, str], Callable[[], float]]] = []
    for size in SIZES:
        origins = [f"https://tenant-{number}.example.com" for number in range(size)]
        options: dict[str, Any] = {
            "allow_origins": origins,
            "allow_methods": ["GET", "POST", "PUT"],
            "allow_credentials": True,
            "allow_headers": ["Authorization", "X-Token"],
        }
        apps = {"bare": bare, "starlette": Starlettes(bare, **options), "corsac": Corsacs(bare, **options)}
        for case in cases(origins[-1].encode()):
            scope = case.scope
            for name, app in apps.items():
                if name == "bare" and case.method == "OPTIONS":
                    continue
                if name != "bare":
                    check(case, app, name == "corsac")
                calls = max(2, int(budget_ns / max(timed(app, scope, 20), 1)))
                jobs.append(
                    ((size, case.name, name), lambda app=app, scope=scope, calls=calls: timed(app, scope, calls))
                )  # type: ignore[misc]
    samples: dict[tuple[int, str, str], list[float]] = {key: [] for key, _ in jobs}
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        for key, job in jobs:
            samples[key].append(job())
    gc.enable()
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="measure for longer, and write results/asgi.md")
    arguments = parser.parse_args()
    # Do not measure the log, because its time depends on its handlers.
    logging.getLogger("corsac").setLevel(logging.ERROR)
    samples = measure(*((60, 4_000_000) if arguments.write else (12, 1_000_000)))
    medians = {key: statistics.median(values) for key, values in samples.items()}
    text = asgi_report.table(medians, samples, SIZES)
    print(text)
    if arguments.write:
        folder = Path(__file__).parent / "results"
        folder.mkdir(exist_ok=True)
        (folder / "asgi.md").write_text(text)


if __name__ == "__main__":
    main()
