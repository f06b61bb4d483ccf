"""``explain_text``: what the messages of a browser's console mean."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from corsac._native import _read_paste  # pyright: ignore[reportPrivateUsage]


@dataclass(frozen=True)
class Reading:
    """What one failure of a text means.

    Its values come from the text, so escape them before you show them. ``str()`` of :class:`ExplainedText` does.
    """

    browsers: tuple[Literal["chromium", "firefox", "webkit"], ...]
    """The browsers that report it."""
    code: str | None
    """What the message says literally: a stable code of ``docs/errors.md``."""
    cause: str | None
    """The likely mistake behind it, also a stable code. It can be something that is not CORS."""
    certainty: Literal["certain", "likely", "possible"]
    """How sure the cause is."""
    page: str | None
    """The page's origin."""
    url: str | None
    """The requested URL."""
    redirected_from: str | None
    """The first URL of the redirects."""
    part: Literal["preflight", "response"] | None
    """In which response."""
    value: str | None
    """What the browser filled in: a header's value, a method, a name."""
    method: str | None
    """The method of the request, if the text names it."""
    status: int | None
    """The status of the response."""
    is_blocked: bool
    """Whether something is blocked. Some messages only inform."""
    is_translated: bool
    """Whether the message is a translation, which is read by its structure."""
    means: str
    """What is wrong, in a sentence or two."""
    fix: str
    """Who must change what."""
    headers: tuple[str, ...] = field(default=())
    """The headers to send, if headers are missing."""
    is_fixed_by_headers: bool = False
    """Whether headers fix it."""
    avoid: str | None = None
    """What would not help, or would be unsafe."""
    hints: tuple[str, ...] = field(default=())
    """What the host or the header is known for."""
    see: tuple[str, ...] = field(default=())
    """The entries of ``docs/errors.md`` that say more."""
    next: str | None = None
    """The command that sends the request again, with ``URL`` and ``ORIGIN`` for what is not known."""


@dataclass(frozen=True)
class ExplainedText:
    """What a text means: ``readings`` as data, and ``str()`` for people."""

    readings: tuple[Reading, ...]
    """Each failure once."""
    text: str
    """The same for people, without control characters."""

    def __str__(self) -> str:
        return self.text


def explain_text(
    text: str, stack: str | None = None, *, url: str | None = None, origin: str | None = None
) -> ExplainedText:
    """Explain the messages of a browser's console, as ``corsac explain --console`` does.

    Pass what you have: several lines, older words, another language, quotes that a forum changed. ``stack`` is a server
    or framework, such as ``"fastapi"``: ``text`` then has the fix for it. ``url`` and ``origin`` say what the message
    does not.

    Raises ValueError if the text has no known message, if it has more than 1 MiB, or if the stack is not known.
    """
    data, shown = _read_paste(text, stack, url, origin)

    def read(reading: dict[str, Any]) -> Reading:
        values: dict[str, Any] = {
            name: tuple(cast("list[str]", value)) if isinstance(value, list) else value
            for name, value in reading.items()
        }
        return Reading(**values)

    return ExplainedText(tuple(read(reading) for reading in json.loads(data)), shown)
