"""``explain_capture``: what the output of curl, the heads of developer tools and HAR files mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from corsac._native import _read_capture  # pyright: ignore[reportPrivateUsage]

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class CapturedExchange:
    """One request of a capture, with its responses."""

    place: str
    """The file and the place in it."""
    number: int
    """The number of the entry of a HAR file, or of the line where the exchange begins."""
    diagnosis: dict[str, Any] | None
    """What ``corsac explain --jsonl`` prints. ``None``: something else than CORS stopped the request."""
    stopped: str | None
    """The code of what stopped it, such as ``"csp-connect-src"``."""


@dataclass(frozen=True)
class ExplainedCapture:
    """What a capture means: ``exchanges`` as data, and ``str()`` for people."""

    exchanges: tuple[CapturedExchange, ...]
    """Every request that could be judged."""
    notes: tuple[str, ...]
    """What could not be read, or had to be guessed."""
    outcome: Literal["allowed", "blocked", "unknown"]
    """``"allowed"`` in every browser, ``"blocked"`` in at least one, or ``"unknown"``: a response is missing."""
    text: str
    """The same for people, without control characters."""

    def __str__(self) -> str:
        return self.text


def explain_capture(
    capture: str | bytes,
    stack: str | Iterable[str] | None = None,
    *,
    name: str = "capture",
    origin: str | None = None,
    url: str | None = None,
    method: str | None = None,
    headers: Iterable[str] = (),
    credentials: bool = False,
    entry: int | None = None,
    page_space: Literal["public", "local", "loopback"] | None = None,
    deployed: bool = False,
    show_secrets: bool = False,
) -> ExplainedCapture:
    """Explain captured traffic, as ``corsac explain FILE`` does.

    ``capture`` is the content of a HAR file, the output of ``curl -v`` or ``curl -i``, or heads from developer tools.
    ``origin``, ``url``, ``method``, ``headers`` (each ``"NAME"`` or ``"NAME: VALUE"``) and ``credentials`` say what it
    lacks. ``stack`` is a server or framework, or several layers: ``text`` then has the fix for them. ``entry`` chooses
    one exchange by its number. ``page_space`` and ``deployed`` say where the page is.

    Raises ValueError if the capture cannot be read, or if an option is not valid.
    """
    data = capture.encode() if isinstance(capture, str) else capture
    stacks = [stack] if isinstance(stack, str) else list(stack or ())
    written, shown = _read_capture(
        data, name, stacks, origin, url, method, list(headers), credentials, entry, page_space, deployed, show_secrets
    )
    read: dict[str, Any] = json.loads(written)
    exchanges = tuple(CapturedExchange(**exchange) for exchange in read["exchanges"])
    return ExplainedCapture(exchanges, tuple(read["notes"]), read["outcome"], shown)
