"""Report-only mode: nothing is changed, and the log shows what the policy would decide.

The browser model shows whether the application's own response passes, so that you can try a policy on live traffic
(docs/design.md, 8).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from corsac import explain
from corsac._native import _script_request  # pyright: ignore[reportPrivateUsage]

if TYPE_CHECKING:
    from corsac import Decision
    from corsac._reader import HeaderPairs


def report(
    decision: Decision, request_headers: HeaderPairs, status: int, headers: HeaderPairs
) -> tuple[int, str, str] | None:
    """Return what to log about one request: the level, the kind that is counted, and the text.

    None for a plain request, because browsers check nothing for it.

    :param request_headers: the headers of the request.
    :param status: the status of the application's own response.
    :param headers: the headers of that response.
    """
    if decision.request_class == "plain":
        return None
    ours = "allowed" if decision.denial is None else f"denied: {decision.denial.message}"
    refusal = _refusal(decision, request_headers, status, headers)
    level = logging.INFO if (refusal is None) == decision.allowed else logging.WARNING
    theirs = "passes" if refusal is None else f"does not pass: {refusal}"
    kind = f"{decision.request_class} {decision.denial and decision.denial.code} {refusal is None}"
    asked = "preflight" if decision.request_class == "preflight" else "request"
    return level, kind, f"this {asked} would be {ours}; the application's own response {theirs}"


def _refusal(decision: Decision, request_headers: HeaderPairs, status: int, headers: HeaderPairs) -> str | None:
    """Return why a browser would block the application's own response; None if it passes."""
    lines = list(request_headers)
    origin, method, names = _script_request(lines)
    # The URL only has to be of another origin than the page.
    facts: dict[str, Any] = {"origin": origin, "url": "https://report-only.invalid/", "mode": "cors"}
    response = (status, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    if decision.request_class == "preflight":
        facts.update(
            method=method,
            headers=[(name, "x") for name in names],
            preflight=response,
            # The browser did send a preflight, so the request needs one, even if it is a GET.
            upload_listener=True,
        )
    else:
        has_credentials = any(name.lower() in (b"cookie", b"authorization") for name, _ in lines)
        facts.update(response=response, credentials="include" if has_credentials else "same-origin")
    at = "preflight" if decision.request_class == "preflight" else "response"
    try:
        explanation = explain(**facts)
    except ValueError as error:
        return f"the browser model cannot read it: {error}"
    if explanation.throws is not None:
        return f"no browser sends this request: {explanation.throws}"
    return next((entry.message for entry in explanation.blocked if entry.at == at), None)
