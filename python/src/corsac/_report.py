"""Report-only mode: nothing is changed, and the log shows what the policy would decide.

The browser model shows whether the application's own response passes, so that you can try a policy on live traffic
(docs/design.md, 8).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from corsac._native import _own_refusal  # pyright: ignore[reportPrivateUsage]

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
    has_credentials = any(name.lower() in (b"cookie", b"authorization") for name, _ in lines)
    return _own_refusal(lines, decision.request_class == "preflight", has_credentials, status, headers)
