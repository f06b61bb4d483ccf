"""Who is asked about an origin that no pattern matched: a migration's expressions, then a function, perhaps async."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from corsac import Decision

    OriginCheck: TypeAlias = Callable[[bytes], bool]
    AsyncOriginCheck: TypeAlias = Callable[[bytes], Awaitable[bool]]
    TableOriginCheck: TypeAlias = Callable[[int, bytes], bool]


def is_async(check: object) -> bool:
    """Whether a call returns something to await."""
    return inspect.iscoroutinefunction(check) or inspect.iscoroutinefunction(getattr(check, "__call__", None))  # noqa: B004


class Either:
    """Allowed by the first or by the second."""

    __slots__ = ("_first", "_second")

    def __init__(self, first: OriginCheck, second: OriginCheck) -> None:
        self._first = first
        self._second = second

    def __call__(self, origin: bytes) -> bool:
        return self._first(origin) or self._second(origin)


class _Question:
    """Keeps the origin that was asked about, and denies it."""

    __slots__ = ("origin",)

    def __init__(self) -> None:
        self.origin: bytes | None = None

    def __call__(self, origin: bytes) -> bool:
        self.origin = origin
        return False


async def decide(
    evaluate: Callable[[OriginCheck | None], Decision | None], check: OriginCheck | None, waiting: AsyncOriginCheck
) -> Decision | None:
    """Decide with an async origin check: it is awaited at most once, about an origin that nothing else allows.

    :param evaluate: makes the decision with the origin check that it is given.
    :param check: asked before ``waiting`` is.
    """
    question = _Question()
    decision = evaluate(question if check is None else Either(check, question))
    if question.origin is None or not await waiting(question.origin):
        return decision
    return evaluate(_allow)


def for_tables(check: OriginCheck | None) -> TableOriginCheck | None:
    """Return an origin check as :meth:`corsac.PolicySet.evaluate` takes it: with the number of the table."""
    return None if check is None else lambda _table, origin: check(origin)


def _allow(_origin: bytes) -> bool:
    return True
