"""Report-only: the application answers as if nothing stood before it; the log says what would have been answered.

The browser model says whether the application's own answer would have passed, so that a policy can be tried on live
traffic (DESIGN section 7, rule 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corsac import explain
from corsac._log import logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsac import Decision

    Lines = Iterable[tuple[bytes, bytes]]


def report(decision: Decision, asked: Lines, status: int, headers: Lines) -> None:
    """One line on one request, whose lines were `asked`; none on a plain one, of which no browser asks anything."""
    if decision.request_class == "plain":
        return
    ours = "allowed" if decision.denial is None else f"denied: {decision.denial.message}"
    refusal = _refusal(decision, asked, status, headers)
    level = logger.info if (refusal is None) == decision.allowed else logger.warning
    theirs = "passes" if refusal is None else f"does not pass: {refusal}"
    level("report only: this %s would be %s; the application's own answer %s", decision.request_class, ours, theirs)


def _refusal(decision: Decision, asked: Lines, status: int, headers: Lines) -> str | None:
    """Why a browser would refuse the application's own answer."""
    sent = {name.lower(): value.decode("latin-1") for name, value in asked}
    # One origin and another: what matters is only that they differ.
    facts: dict[str, Any] = {"origin": sent[b"origin"], "url": "https://report-only.invalid/", "mode": "cors"}
    answer = (status, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    if decision.request_class == "preflight":
        names = [name.strip() for name in sent.get(b"access-control-request-headers", "").split(",") if name.strip()]
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
