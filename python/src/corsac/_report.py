"""Report-only: the application answers as if nothing stood before it; the log says what would have been answered.

The browser model says whether the application's own answer would have passed, so that a policy can be tried on live
traffic (docs/design.md, 8).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from corsac import explain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsac import Decision

    Lines = Iterable[tuple[bytes, bytes]]


def report(decision: Decision, asked: Lines, status: int, headers: Lines) -> tuple[int, str, str] | None:
    """Return what to log of one request, whose lines were ``asked``: its level, what it is counted as, and the text.

    None for a plain request, of which no browser asks anything.
    """
    if decision.request_class == "plain":
        return None
    ours = "allowed" if decision.denial is None else f"denied: {decision.denial.message}"
    refusal = _refusal(decision, asked, status, headers)
    level = logging.INFO if (refusal is None) == decision.allowed else logging.WARNING
    theirs = "passes" if refusal is None else f"does not pass: {refusal}"
    kind = f"{decision.request_class} {decision.denial and decision.denial.code} {refusal is None}"
    return level, kind, f"this {decision.request_class} would be {ours}; the application's own answer {theirs}"


def _refusal(decision: Decision, asked: Lines, status: int, headers: Lines) -> str | None:
    """Why a browser would refuse the application's own answer."""
    lines = [(name.lower(), value.decode("latin-1")) for name, value in asked]
    sent = dict(lines)
    # One origin and another: what matters is only that they differ.
    facts: dict[str, Any] = {"origin": sent[b"origin"], "url": "https://report-only.invalid/", "mode": "cors"}
    answer = (status, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    if decision.request_class == "preflight":
        # Each of its lines counts.
        listed = ",".join(value for name, value in lines if name == b"access-control-request-headers")
        names = [name.strip() for name in listed.split(",") if name.strip()]
        facts.update(
            method=sent[b"access-control-request-method"],
            headers=[(name, "x") for name in names],
            preflight=answer,
            # A browser that sends a preflight needs it, even for a GET.
            upload_listener=True,
        )
    else:
        facts.update(
            response=answer, credentials="include" if b"cookie" in sent or b"authorization" in sent else "same-origin"
        )
    at = "preflight" if decision.request_class == "preflight" else "response"
    try:
        explanation = explain(**facts)
    except ValueError as error:
        return f"the browser model cannot read it: {error}"
    if explanation.throws is not None:
        return f"no browser sends this request: {explanation.throws}"
    return next((entry.message for entry in explanation.blocked if entry.at == at), None)
