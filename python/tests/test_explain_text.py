"""``explain_text``: the messages of a browser's console, as the program explains them."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from shared_vectors import ROOT
from test_command_line import Ended

import corsac

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = sorted((ROOT / "diagnose/tests/reports").glob("*.txt"))
PATCH = (
    "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS "
    "policy: Method patch is not allowed by Access-Control-Allow-Methods in preflight response."
)


def test_readings_have_cause_fix_and_command() -> None:
    (reading,) = corsac.explain_text(PATCH).readings
    assert (reading.code, reading.cause, reading.certainty) == ("method-not-allowed", "method-case", "certain")
    assert (reading.url, reading.page, reading.value) == (
        "https://api.example.com/x",
        "https://app.example.com",
        "patch",
    )
    assert reading.browsers == ("chromium",)
    assert reading.next is not None
    assert reading.next.endswith("--method patch")
    assert "docs/errors.md#method-case" in reading.see


def test_stack_writes_the_fix_into_the_text() -> None:
    assert "CORSMiddleware" not in str(corsac.explain_text(PATCH))
    missing = (
        PATCH.partition("Method")[0] + "No 'Access-Control-Allow-Origin' header is present on the requested resource."
    )
    assert "CORSMiddleware" in str(corsac.explain_text(missing, stack="fastapi"))


def test_arguments_say_what_the_text_does_not() -> None:
    alone = "Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response."
    (reading,) = corsac.explain_text(alone, url="https://b.example/", origin="https://a.example").readings
    assert (reading.url, reading.page) == ("https://b.example/", "https://a.example")


@pytest.mark.parametrize(
    ("text", "stack", "says"),
    [("Hello", None, "paste"), (PATCH, "cgi\x1b", "write one of"), ("x" * (1 << 20) + "y", None, "1 MiB")],
)
def test_what_cannot_be_explained_is_an_error(text: str, stack: str | None, says: str) -> None:
    with pytest.raises(ValueError, match=says) as error:
        corsac.explain_text(text, stack)
    assert str(error.value).isprintable()


def test_explained_text_survives_pickling() -> None:
    explained = corsac.explain_text(PATCH)
    assert pickle.loads(pickle.dumps(explained)) == explained


@pytest.mark.parametrize("report", REPORTS[::9], ids=lambda report: report.stem)
def test_reports_are_explained_as_by_the_program(report: Path) -> None:
    facts, _, pasted = report.read_text().partition("---\n")
    if "capture: " in facts:
        return
    binary = ROOT / "target" / "debug" / "corsac"
    assert binary.exists(), "run cargo build --package corsac-cli"
    ended = Ended(str(binary), "explain", "--console", "-", "--format", "json", stdin=pasted.encode())
    program = json.loads(ended.out) if ended.out else []
    try:
        readings = corsac.explain_text(pasted).readings
    except ValueError:
        readings = ()
    names = [field.name for field in fields(corsac.Reading)]
    shown = [{name: getattr(reading, name) for name in names} for reading in readings]
    assert json.loads(json.dumps(shown)) == program
