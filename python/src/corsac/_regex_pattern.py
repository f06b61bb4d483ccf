"""The patterns to write instead of a regular expression: those that its author most probably meant.

Only what people write for origins is read: literals, `.` `.*` `\\w+` `[^.]+`, optional parts, alternatives. Anything
else has no pattern, nor has what does not match a sample of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corsac import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

# What stands for a run of any bytes, of a label's bytes, of digits.
_ANY, _LABEL, _DIGITS = "\x00", "\x01", "\x02"
_WILD = re.compile("[\x00\x01\x02]+")
_MOST = 16

_TOKEN = re.compile(
    r"""(?P<open>\((?:\?:|\?P<\w+>)?) | (?P<close>\)\??) | (?P<or>\|)
    | (?P<run>(?P<set>\.|\\[wd]|\[(?:\\.|[^\]\\])+\]) (?:[*+]\??|\{\d*,?\d*\}))
    | (?P<edge>\^|\$|\\[AZ])
    | (?P<literal>\\[^\w\s]|[\w:/.~-]) (?P<optional>\??)""",
    re.VERBOSE | re.ASCII,
)


class _UnreadError(Exception):
    """A part that has no pattern."""


def patterns_for(regex: re.Pattern[str]) -> list[str]:
    """Patterns in place of an expression; none where it cannot be told."""
    if regex.flags & (re.VERBOSE | re.DOTALL | re.MULTILINE):
        return []
    try:
        tokens = list(_tokens(regex.pattern))
        texts = _alternatives(tokens)
        if tokens:
            return []
        patterns = list(dict.fromkeys(pattern for text in texts for pattern in _pattern(text)))
    except _UnreadError:
        return []
    patterns = [pattern for pattern in patterns if f"{pattern}:*" not in patterns]
    if not all(_compiles(pattern) for pattern in patterns):
        return []
    return [pattern for pattern in patterns if any(regex.fullmatch(sample) for sample in _samples(pattern))]


def _tokens(source: str) -> Iterator[re.Match[str]]:
    place = 0
    while place < len(source):
        token = _TOKEN.match(source, place)
        if token is None:
            raise _UnreadError
        yield token
        place = token.end()


def _alternatives(tokens: list[re.Match[str]]) -> list[str]:
    """Takes tokens up to the end of a group; every text that it stands for."""
    done: list[str] = []
    texts = [""]
    while tokens and tokens[0]["close"] is None:
        token = tokens.pop(0)
        if token["or"]:
            done += texts
            texts = [""]
            continue
        parts = [""]
        if token["open"]:
            parts = _alternatives(tokens)
            if not tokens:
                raise _UnreadError
            if tokens.pop(0)["close"] == ")?":
                parts = ["", *parts]
        elif token["run"]:
            parts = [_mark(token["set"])]
        elif token["literal"]:
            parts = ["", token["literal"][-1]] if token["optional"] else [token["literal"][-1]]
        texts = [text + part for text in texts for part in parts]
        if len(texts) + len(done) > _MOST:
            raise _UnreadError
    return done + texts


def _mark(characters: str) -> str:
    if characters == ".":
        return _ANY
    return _DIGITS if characters in (r"\d", "[0-9]") else _LABEL


def _pattern(text: str) -> list[str]:
    """One text as the patterns that it probably means."""
    scheme, sign, rest = text.partition("://")
    host, colon, port = rest.partition(":")
    if not sign or _WILD.search(scheme) or not host:
        raise _UnreadError
    if colon:
        port = ":*" if _WILD.fullmatch(port) else f":{port}"
    # A run that could go over the end of the host says that the port does not matter.
    if host.endswith(_ANY) and not colon:
        raise _UnreadError
    first, dot, parent = host.partition(".")
    first, count = _WILD.subn("*", first)
    if count == 0:
        return [f"{scheme}://{host}{port}"]
    if count > 1 or not dot or _WILD.search(parent):
        raise _UnreadError
    if first.startswith("*") and len(first) > 1 and first[1] not in "-_":
        # `.*example\.com` matches `https://evilexample.com`, which nobody means.
        return [f"{scheme}://*.{first[1:]}.{parent}{port}", f"{scheme}://{first[1:]}.{parent}{port}"]
    return [f"{scheme}://{first}.{parent}{port}"]


def _compiles(pattern: str) -> bool:
    try:
        Policy([pattern], dangerously_allow_public_suffixes=True)
    except ValueError:
        return False
    return True


def _samples(pattern: str) -> list[str]:
    """Origins that the pattern matches."""
    return [pattern.replace(":*", ":8000").replace("*", label) for label in ("a", "1")]
