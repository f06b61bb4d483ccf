"""The logger `corsac`: findings of policies, what is refused at the start, and untrusted bytes made printable."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from corsac import Policy, PolicySet

logger = logging.getLogger("corsac")

# As the engine cuts what it quotes: longer than any name, and than most origins.
_SHOWN_BYTES = 128
# `<` would begin markup where a log is shown as a page.
_ESCAPED = frozenset(b'\\"<')
# Starlette makes its middleware again for each request while that fails.
_REFUSALS_MAX = 64
_refusals: set[str] = set()


def log_findings(policy: Policy | PolicySet, place: str = "") -> None:
    """Log what is doubtful about a policy, once, at the start.

    :param place: where the policy is written, such as an option; empty if the findings' own names say it.
    """
    for finding in policy.findings:
        # Whether a switch is needed may depend on a list that differs between machines.
        level = logging.INFO if finding.code == "switch-not-needed" else logging.WARNING
        logger.log(level, "%s%s", f"{place}: " if place else "", finding)


@contextlib.contextmanager
def refusals_logged() -> Generator[None]:
    """Log what a constructor refuses, before it is raised: ASGI servers take an exception there for "no lifespan".

    The same refusal is logged once in a process.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        text = str(error)
        if text not in _refusals and len(_refusals) < _REFUSALS_MAX:
            _refusals.add(text)
            logger.error("the CORS middleware cannot be used, so every request will fail:\n%s", text)
        raise


def escaped(text: str | bytes) -> str:
    """Return the beginning of untrusted text, fit for a log: what is not printable ASCII is `\\xNN`."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    shown = "".join(
        chr(byte) if 0x20 <= byte <= 0x7E and byte not in _ESCAPED else f"\\x{byte:02X}" for byte in data[:_SHOWN_BYTES]
    )
    return shown + ("..." if len(data) > _SHOWN_BYTES else "")
