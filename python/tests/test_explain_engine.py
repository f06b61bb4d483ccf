"""``explain`` gives the same as the command line, for every shared fact about browsers that is an exchange."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from shared_vectors import ROOT, cases
from test_explain import asked, chain, response_of

import corsac

COUNT = 404
SAME = ("throws", "dropped", "verdict", "preflight", "exposed", "cache_seconds")


def text(value: bytes) -> str:
    return value.decode("latin-1")


def told(explained: corsac.Explanation) -> dict[str, Any]:
    return {
        "throws": explained.throws,
        "dropped": list(explained.dropped),
        "verdict": explained.verdict,
        "preflight": explained.preflight,
        "exposed": {profile: list(names) for profile, names in explained.exposed.items()},
        "cache_seconds": explained.cache_seconds,
        "sent": [(sent.method, sent.url, sent.origin, sent.cookies, sent.needs_preflight) for sent in explained.sent],
        "blocked_by": [
            (b.code, b.at, b.hop, text(b.bytes), list(b.profiles), list(b.first_in)) for b in explained.blocked
        ],
    }


def said(line: dict[str, Any]) -> dict[str, Any]:
    sent = [(s["method"], s["url"], s["origin"], s["cookies"], s["needs_preflight"]) for s in line["sent"]]
    names = ("code", "at", "hop", "bytes", "profiles", "first_in")
    blocked = [tuple(failure[name] for name in names) for failure in line["blocked_by"]]
    return {**{name: line[name] for name in SAME}, "sent": sent, "blocked_by": blocked}


def exchanges() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for case in cases("browser-cases")["vectors"]:
        if case["kind"] == "redirect":
            made.append({**asked(case), "url": case["chain"][0]["url_origin"] + "/x", "hops": chain(case)})
        elif case["kind"] in {"actual", "expose"}:
            preflight = response_of(case.get("preflight_response"))
            made.append({**asked(case), "preflight": preflight, "response": response_of(case["response"])})
        elif case["kind"] == "preflight":
            made.append({**asked(case), "preflight": response_of(case["response"])})
        elif case["kind"] in {"method", "safelist", "credentials", "origin-header"}:
            made.append(asked(case))
    return made


def as_json(exchange: dict[str, Any]) -> str:
    def response(given: Any) -> Any:  # noqa: ANN401
        return given and {"status": given[0], "headers": [[text(name), text(value)] for name, value in given[1]]}

    read = dict(exchange)
    line: dict[str, Any] = {}
    if "hops" in read:
        line["hops"] = [
            {name: value if name == "url" else response(value) for name, value in hop.items()}
            for hop in read.pop("hops")
        ]
    else:
        line = {name: response(read.pop(name, None)) for name in ("preflight", "response")}
    read["headers"] = [[text(name), text(value)] for name, value in read["headers"]]
    return json.dumps({"request": read, **line})


def test_explain_equals_the_command_line_for_every_exchange() -> None:
    binary = ROOT / "target" / "debug" / "corsac"
    if not binary.exists():
        pytest.fail("the command line is missing: cargo build --package corsac-cli")
    asks = exchanges()
    assert len(asks) == COUNT
    given = "".join(as_json(exchange) + "\n" for exchange in asks)
    lines = subprocess.run(
        [binary, "explain", "--jsonl"], input=given, capture_output=True, text=True, check=True
    ).stdout
    for exchange, line in zip(asks, lines.splitlines(), strict=True):
        explained, wanted = corsac.explain(**exchange), json.loads(line)
        assert told(explained) == said(wanted), exchange
        console = {profile: words for profile, words in wanted["console"].items() if words is not None}
        first = {p: b.console.get(p) for b in explained.blocked for p in b.first_in if b.console.get(p)}
        assert first == console, exchange
        chief = [b for b in explained.blocked if wanted["cause"] == b.cause and wanted["fix"] == b.fix]
        assert bool(chief) == (wanted["cause"] is not None), exchange
