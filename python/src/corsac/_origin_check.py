"""Asks origin checks about an origin that no pattern matched: first the expressions, then the caller's function.

The function may be async. If it fails, the origin is denied, the log has the error, and the application still runs:
perhaps a database is down, and a denial only means that the page cannot read the response (docs/design.md, 8).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from corsac import Decision

R = TypeVar("R")

# Any result counts as true or false, as in `if`.
OriginCheck: TypeAlias = Callable[[bytes], object]
RequestOriginCheck: TypeAlias = Callable[[bytes, R], object]
BoolOriginCheck: TypeAlias = Callable[[bytes], bool]
TableOriginCheck: TypeAlias = Callable[[int, bytes], bool]


def ask(check: RequestOriginCheck[R], origin: bytes, request: R, failed: Callable[[bytes, R, Exception], None]) -> bool:
    """Call an origin check in sync code, which cannot await. An awaitable result is a failure."""
    try:
        result = check(origin, request)
        if inspect.isawaitable(result):
            if inspect.iscoroutine(result):
                # Closing it avoids a warning that nothing awaited it.
                result.close()
            raise TypeError("origin_check returned an awaitable, which cannot be awaited here: write a plain function")
        return bool(result)
    except Exception as error:
        failed(origin, request, error)
        return False


async def ask_async(
    check: RequestOriginCheck[R], origin: bytes, request: R, failed: Callable[[bytes, R, Exception], None]
) -> bool:
    """Call an origin check, and await its result as long as it is an awaitable."""
    try:
        result = check(origin, request)
        # A coroutine counts as true, so await until the result is not one.
        while inspect.isawaitable(result):
            result = await result
        return bool(result)
    except Exception as error:
        failed(origin, request, error)
        return False


class _Question:
    """An origin check that keeps the origin and denies it."""

    __slots__ = ("origin",)

    def __init__(self) -> None:
        self.origin: bytes | None = None

    def __call__(self, origin: bytes) -> bool:
        self.origin = origin
        return False


async def decide(
    evaluate: Callable[[BoolOriginCheck | None], Decision | None],
    check: BoolOriginCheck | None,
    async_check: Callable[[bytes], Awaitable[bool]],
) -> Decision | None:
    """Decide with an origin check that may be awaited.

    The check is called at most once, about an origin that nothing else allows.

    :param evaluate: decides with the origin check that it gets.
    :param check: called before ``async_check``.
    """
    question = _Question()
    decision = evaluate(question if check is None else lambda origin: check(origin) or question(origin))
    if question.origin is None or not await async_check(question.origin):
        return decision
    return evaluate(_allow)


def for_tables(check: BoolOriginCheck | None) -> TableOriginCheck | None:
    """Return an origin check that takes the number of the table too, as :meth:`corsac.PolicySet.evaluate` calls it."""
    return None if check is None else lambda _table, origin: check(origin)


def _allow(_origin: bytes) -> bool:
    return True
