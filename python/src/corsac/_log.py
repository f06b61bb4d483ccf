"""What goes to the log, and how loud: logger `corsac`, and of a request only what the engine has escaped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsac import Decision, Policy

logger = logging.getLogger("corsac")


def warn_of_findings(policy: Policy) -> None:
    """Say once, at the start, what is doubtful about a policy."""
    for finding in policy.findings:
        logger.warning("%s", finding)


def denied_preflight(decision: Decision) -> None:
    """A browser will not send the request: whoever runs the server should know why."""
    if decision.denial is not None:
        logger.warning("preflight denied: %s", decision.denial.message)


def denied_websocket(decision: Decision) -> None:
    """A handshake that was refused, which only `enforce_websocket_origin` does."""
    if decision.denial is not None:
        logger.warning("websocket refused: %s", decision.denial.message)
