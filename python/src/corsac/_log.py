"""What goes to the log, and how loud: logger `corsac`, and of a request only what the engine has escaped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsac import Decision, Policy, PolicySet

logger = logging.getLogger("corsac")


def log_findings(policy: Policy | PolicySet) -> None:
    """Log what is doubtful about a policy, once, at the start."""
    for finding in policy.findings:
        # Whether a switch is needed may depend on a list that differs between machines.
        logger.log(logging.INFO if finding.code == "switch-not-needed" else logging.WARNING, "%s", finding)


def denied_preflight(decision: Decision) -> None:
    """A browser will not send the request: whoever runs the server should know why."""
    _say_denial("preflight denied: %s", decision)


def denied_websocket(decision: Decision) -> None:
    """A handshake that was refused, which only `enforce_websocket_origin` does."""
    _say_denial("websocket refused: %s", decision)


def ungoverned_websocket() -> None:
    """Log a handshake that was refused because the policy of its path says nothing of origins."""
    logger.warning("websocket refused: the policy of its path allows any origin, so it cannot tell pages apart")


def failed_origin_check(origin: bytes, error: Exception) -> None:
    """Log that an origin is denied because the caller's check failed, with the traceback."""
    logger.error("origin check failed, so %r is denied", origin[:128], exc_info=error)


def _say_denial(text: str, decision: Decision) -> None:
    """Log a denial, which anybody can bring about at will: without the search for the caller, which costs the most."""
    denial = decision.denial
    if denial is None or not logger.isEnabledFor(logging.WARNING):
        return
    line = _say_denial.__code__.co_firstlineno
    record = logger.makeRecord(
        logger.name, logging.WARNING, __file__, line, text, (denial.message,), None, _say_denial.__name__
    )
    logger.handle(record)
