"""The logger `corsac`: findings of policies, errors at the start, and escaping of untrusted bytes."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from corsac import Policy, PolicySet

logger = logging.getLogger("corsac")

# The engine quotes as many bytes. All names and most origins are shorter.
_SHOWN_BYTES = 128
# `<` is escaped too, because some tools show a log as HTML.
_ESCAPED = frozenset(b'\\"<')
# If making a middleware fails, Starlette tries again at each request, so the log needs a limit.
_REFUSALS_MAX = 64
_refusals: set[str] = set()


def log_findings(policy: Policy | PolicySet, place: str = "") -> None:
    """Log the warnings of a policy, once, at the start.

    :param place: where the policy is written, such as an option; empty if the findings name it.
    """
    for finding in policy.findings:
        # A list may differ between machines, and with it whether a switch is needed.
        level = logging.INFO if finding.code == "switch-not-needed" else logging.WARNING
        logger.log(level, "%s%s", f"{place}: " if place else "", finding)


@contextlib.contextmanager
def refusals_logged() -> Generator[None]:
    """Log an error of a constructor before it is raised, because ASGI servers hide it and go on without lifespan.

    The same error is logged once in a process.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        text = str(error)
        if text not in _refusals and len(_refusals) < _REFUSALS_MAX:
            _refusals.add(text)
            logger.error("the CORS middleware cannot start, so every request will fail:\n%s", text)
        raise


def escaped(text: str | bytes) -> str:
    """Return the beginning of untrusted text for a log. What is not printable ASCII becomes `\\xNN`."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    shown = "".join(
        chr(byte) if 0x20 <= byte <= 0x7E and byte not in _ESCAPED else f"\\x{byte:02X}" for byte in data[:_SHOWN_BYTES]
    )
    return shown + ("..." if len(data) > _SHOWN_BYTES else "")
