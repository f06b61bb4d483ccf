"""Regular expressions, for migration. An expression must match the whole origin, and needs a proof with credentials.

For the proof, the analyser (the Rust crate ``corsac-regexes``) finds patterns that together match everything that an
expression matches. The policy must accept these patterns. Each expression warns with the pattern to write instead. The
engine asks only about an origin that no pattern of the policy matched and that has valid bytes and length. Only the
engine writes the response.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING

from corsac import Policy
from corsac._native import _advise_regex, _prove_regex  # pyright: ignore[reportPrivateUsage]

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from corsac import PolicySet

    Regex: TypeAlias = str | re.Pattern[str]
    Regexes: TypeAlias = Regex | Collection[Regex]

# No name below `invalid` can be registered (RFC 6761, 6.4). So an expression that matches such a
# name matches any host.
_CANARY = "corsac-canary.invalid"


class CorsacMigrationWarning(UserWarning):
    """An option that is read for migration from another library. The text has what to write instead."""


def as_list(regexes: Regexes | None) -> Collection[Regex]:
    """Return no, one or several expressions as a list."""
    if regexes is None:
        return ()
    return [regexes] if isinstance(regexes, str | bytes | re.Pattern) else regexes


class RegexCheck:
    """An origin check that allows an origin if one of the expressions matches all of it.

    :param regexes: the expressions, as str or compiled.
    :param option: the option's name, for messages.
    :param policies: the policies that use the expressions. None is any policy with credentials and without switches.
    :raises ValueError: an expression does not compile, or one of the policies refuses it with credentials. The message
        names every such expression.
    """

    __slots__ = ("_bounds", "_option", "_regexes")

    def __init__(
        self,
        regexes: Iterable[Regex],
        *,
        option: str,
        policies: Sequence[Policy | PolicySet | None],
    ) -> None:
        if isinstance(regexes, str | re.Pattern):
            raise TypeError(f"{option} must be a list: write [{_source(regexes)!r}]")
        self._option = option
        self._regexes = tuple(_compiled(regex, option) for regex in regexes)
        self._bounds: Policy | None = None
        self.prove(policies)
        for regex in self._regexes:
            message = f"{option}: {regex.pattern!r} is read for migration only: {_advice(regex, policies)}"
            warnings.warn(message, CorsacMigrationWarning, stacklevel=_callers_level())

    def prove(self, policies: Sequence[Policy | PolicySet | None]) -> None:
        """Prove each expression for the policies that use it with credentials.

        :raises ValueError: an expression is refused. The proofs from before stay.
        """
        refused: list[str] = []
        bounds: list[str] = []
        for regex in self._regexes:
            proved, refusal = _bounds(regex, policies)
            bounds += proved
            if refusal is not None:
                refused.append(
                    f"{self._option}: {regex.pattern!r} is refused with credentials, because it {refusal}; "
                    f"{_advice(regex, policies)}"
                )
        if refused:
            raise ValueError("\n".join(refused))
        if bounds:
            self._bounds = Policy(list(dict.fromkeys(bounds)))

    def __call__(self, origin: bytes) -> bool:
        """Whether an expression matches the whole origin.

        With credentials, the origin must also match the patterns of the proof. So if :mod:`re` and the analyser read an
        expression in different ways, an origin may be denied that could be allowed, but never the reverse.
        """
        # Check the patterns first: they take the same time for every origin, and anyone can send
        # any origin.
        if self._bounds is not None and not _match(self._bounds, origin):
            return False
        text = origin.decode("latin-1")
        return any(regex.fullmatch(text) for regex in self._regexes)


def _callers_level() -> int:
    """Return the ``stacklevel`` of the code that uses this package, because a warning should name its line."""
    level, frame = 1, sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "corsac":
        level, frame = level + 1, frame.f_back
    return level


def _compiled(regex: Regex, option: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(regex)
    except re.error as error:
        raise ValueError(f"{option}: {regex!r} is not a regular expression: {error}") from None
    if _is_bytes(compiled.pattern):
        raise TypeError(f"{option}: the expression must be a str, not bytes: {compiled.pattern!r}")
    return compiled


def _is_bytes(pattern: object) -> bool:
    return isinstance(pattern, bytes)


def _bounds(regex: re.Pattern[str], policies: Sequence[Policy | PolicySet | None]) -> tuple[list[str], str | None]:
    """Return patterns that match everything that an expression matches, or why it is refused.

    There is neither if no policy uses the expression with credentials.
    """
    try:
        bounds = _prove_regex(regex.pattern, bool(regex.flags & re.IGNORECASE), policies)
    except ValueError as error:
        return [], str(error)
    if bounds is None:
        return [], None
    if regex.flags & re.VERBOSE:
        return [], "cannot be analysed (re.VERBOSE)"
    # A second check, in case the proof is wrong.
    bounding = Policy(bounds)
    for canary in _canaries(bounds):
        if regex.fullmatch(canary) and not _match(bounding, canary.encode()):
            return [], f"matches {canary!r}"
    return bounds, None


def _match(bounds: Policy, origin: bytes) -> bool:
    return bounds.evaluate("GET", [(b"origin", origin)]).allowed


def _canaries(bounds: Iterable[str]) -> Iterator[str]:
    """Yield origins that must not match: any host, `null`, and for each pattern another scheme and longer hosts."""
    yield from (f"https://{_CANARY}", f"http://{_CANARY}", "null")
    for bound in bounds:
        scheme, _, host = bound.replace(":*", ":8443").partition("://")
        fixed = host.removeprefix("*.")
        name = re.sub(r":\d+$", "", fixed)
        label = "a." if host.startswith("*.") else ""
        yield f"{'http' if scheme == 'https' else 'https'}://{label}{fixed}"
        yield f"{scheme}://corsac-canary{fixed}"
        yield f"{scheme}://{label}{name}.{_CANARY}"


def _advice(regex: re.Pattern[str], policies: Sequence[Policy | PolicySet | None]) -> str:
    """Return what to write instead: patterns that the policies accept."""
    advice = _advise_regex(regex.pattern, bool(regex.flags & re.IGNORECASE), policies)
    if advice is None or regex.flags & re.VERBOSE:
        return (
            'list the origins, as in allow_origins=["https://app.example.com", "https://*.example.com"], '
            "or write a function for origin_check="
        )
    patterns, difference = advice
    return f"write allow_origins={patterns!r} instead" + (f", which {difference}" if difference else "")


def _source(regex: Regex) -> str:
    return regex if isinstance(regex, str) else str(regex.pattern)
