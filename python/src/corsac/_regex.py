"""Regular expressions of a migration: matched in full, and never a way to let any origin in beside credentials.

Each warns with the pattern to write instead. The engine asks only about an origin of its own bounds and bytes that no
pattern matched, and it alone writes the answer.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from corsac._regex_pattern import patterns_for

if TYPE_CHECKING:
    from collections.abc import Iterable

# Nobody can own the first two (RFC 6761, 6.4): what matches them matches anybody.
CANARIES = ("https://corsac-canary.invalid", "http://corsac-canary.invalid", "null")


class CorsacMigrationWarning(UserWarning):
    """An option that was taken over from another library, and what to write instead."""


class RegexCheck:
    """Answers for an origin that no pattern matched: does one of the expressions match all of it?

    :param regexes: expressions over the whole origin, as str or compiled.
    :param option: the option's name, for messages.
    :param allow_credentials: whether what matches is trusted with a user's cookies.
    :param stacklevel: whom the warnings name: 1 is the caller, 2 the caller of that.
    :raises ValueError: an expression that is none, or that lets any origin or `null` in beside credentials.
    """

    __slots__ = ("_regexes",)

    def __init__(
        self, regexes: Iterable[str | re.Pattern[str]], *, option: str, allow_credentials: bool, stacklevel: int = 2
    ) -> None:
        if isinstance(regexes, str | re.Pattern):
            raise TypeError(f"{option} is a list: write [{_source(regexes)!r}]")
        self._regexes = tuple(_compiled(regex, option) for regex in regexes)
        for regex in self._regexes:
            _review(regex, option, allow_credentials, stacklevel + 2)

    def __call__(self, origin: bytes) -> bool:
        """Whether the origin, all of it, is matched."""
        text = origin.decode("latin-1")
        return any(regex.fullmatch(text) for regex in self._regexes)


def _compiled(regex: str | re.Pattern[str], option: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(regex)
    except re.error as error:
        raise ValueError(f"{option}: {regex!r} is no regular expression: {error}") from None
    if _is_bytes(compiled.pattern):
        raise TypeError(f"{option}: a str is needed, not bytes: {compiled.pattern!r}")
    return compiled


def _is_bytes(pattern: object) -> bool:
    return isinstance(pattern, bytes)


def _review(regex: re.Pattern[str], option: str, allow_credentials: bool, stacklevel: int) -> None:
    source = regex.pattern
    if allow_credentials:
        for canary in CANARIES:
            if regex.fullmatch(canary):
                raise ValueError(
                    f"{option}: {source!r} lets any origin in beside credentials, for it matches {canary!r}: "
                    'write which, as in allow_origins=["https://app.example.com", "https://*.example.com"], '
                    "or leave allow_credentials out"
                )
    patterns = patterns_for(regex)
    advice = (
        f"write allow_origins={patterns!r}"
        if patterns
        else "no pattern says the same, but origin_check= takes a function"
    )
    message = f"{option}: {source!r} is read for migration only: {advice}"
    warnings.warn(message, CorsacMigrationWarning, stacklevel=stacklevel)


def _source(regex: str | re.Pattern[str]) -> str:
    return regex if isinstance(regex, str) else str(regex.pattern)
