"""``explain_capture``: captures and HAR files, as the program explains them."""

from __future__ import annotations

import json
import pickle
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from shared_vectors import ROOT
from test_command_line import Ended

import corsac

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = [
    report
    for report in sorted((ROOT / "diagnose/tests/reports").glob("*.txt"))
    if "capture: " in report.read_text().partition("---\n")[0]
]
HIDDEN = """\
$ curl -i https://api.example.com/x -H 'Origin: https://app.example.com'
HTTP/1.1 200 OK
Access-Control-Allow-Origin: *
X-Total: 3
"""


def test_capture_is_explained_as_data_and_as_text() -> None:
    explained = corsac.explain_capture(HIDDEN)
    assert explained.outcome == "allowed"
    (exchange,) = explained.exchanges
    assert exchange.diagnosis is not None
    assert exchange.diagnosis["hidden"]["chromium"] == ["x-total"]
    assert exchange.stopped is None
    assert "Access-Control-Expose-Headers: x-total" in str(explained)
    assert "CORSMiddleware" in str(corsac.explain_capture(HIDDEN, "fastapi"))
    assert pickle.loads(pickle.dumps(explained)) == explained


def test_options_say_what_the_capture_lacks() -> None:
    head = b"HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://app.example.com\n"
    assert corsac.explain_capture(head).outcome == "unknown"
    facts: dict[str, Any] = {"origin": "https://app.example.com", "url": "https://api.example.com/x"}
    assert corsac.explain_capture(head, **facts).outcome == "allowed"
    assert corsac.explain_capture(head, **facts, credentials=True).outcome == "blocked"
    assert corsac.explain_capture(head, **facts, method="PUT").outcome == "unknown"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"capture": "Hello"}, "Hello"),
        ({"stack": "cgi\x1b"}, "write one of"),
        ({"page_space": "moon"}, "public, local or loopback"),
        ({"entry": 99}, "begins at 99"),
        ({"method": "A B"}, "method"),
    ],
)
def test_what_cannot_be_explained_is_an_error(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as error:
        corsac.explain_capture(**{"capture": HIDDEN, **options})
    assert str(error.value).isprintable()


@pytest.mark.parametrize("report", REPORTS[::4], ids=lambda report: report.stem)
def test_captures_are_explained_as_by_the_program(report: Path, tmp_path: Path) -> None:
    head, _, pasted = report.read_text().partition("---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    file = tmp_path / "capture"
    file.write_text(pasted)
    binary = ROOT / "target" / "debug" / "corsac"
    assert binary.exists(), "run cargo build --package corsac-cli"
    names = ("origin", "url", "method")
    known = {name: facts[name] for name in names if name in facts}
    words = [word for name, value in known.items() for word in (f"--{name}", value)]
    ended = Ended(str(binary), "explain", str(file), "--format", "json", *words)
    try:
        explained = corsac.explain_capture(
            pasted.encode(),
            name=str(file),
            origin=known.get("origin"),
            url=known.get("url"),
            method=known.get("method"),
        )
    except ValueError:
        assert not ended.out
        return
    shown = {
        "exchanges": [asdict(exchange) for exchange in explained.exchanges],
        "notes": list(explained.notes),
        "outcome": explained.outcome,
    }
    assert shown == json.loads(ended.out)
