"""Asks about an origin that no pattern matched: a migration's expressions, then the caller's function, perhaps async.

A function that fails denies the origin and is logged, and the application still runs: its data base may be down, and
denied means only that the page cannot read the response (docs/design.md, 8).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from corsac import Decision

R = TypeVar("R")

# Results go by truth, as in `if`.
OriginCheck: TypeAlias = Callable[[bytes], object]
RequestOriginCheck: TypeAlias = Callable[[bytes, R], object]
BoolOriginCheck: TypeAlias = Callable[[bytes], bool]
TableOriginCheck: TypeAlias = Callable[[int, bytes], bool]


def ask(check: RequestOriginCheck[R], origin: bytes, request: R, failed: Callable[[bytes, R, Exception], None]) -> bool:
    """Ask an origin check where nothing can be awaited, so that an awaitable result is a failure."""
    try:
        result = check(origin, request)
        if inspect.isawaitable(result):
            if inspect.iscoroutine(result):
                # Nothing awaits it.
                result.close()
            raise TypeError("origin_check returned an awaitable, which cannot be awaited here: write a plain function")
        return bool(result)
    except Exception as error:
        failed(origin, request, error)
        return False


async def ask_async(
    check: RequestOriginCheck[R], origin: bytes, request: R, failed: Callable[[bytes, R, Exception], None]
) -> bool:
    """Ask an origin check, and await its result as long as it is an awaitable."""
    try:
        result = check(origin, request)
        # A coroutine is true, so none may be left.
        while inspect.isawaitable(result):
            result = await result
        return bool(result)
    except Exception as error:
        failed(origin, request, error)
        return False


class _Question:
    """Keeps the origin that was asked about, and denies it."""

    __slots__ = ("origin",)

    def __init__(self) -> None:
        self.origin: bytes | None = None

    def __call__(self, origin: bytes) -> bool:
        self.origin = origin
        return False


async def decide(
    evaluate: Callable[[BoolOriginCheck | None], Decision | None],
    check: BoolOriginCheck | None,
    waiting: Callable[[bytes], Awaitable[bool]],
) -> Decision | None:
    """Decide with an origin check that may be awaited.

    It is asked at most once, about an origin that nothing else allows.

    :param evaluate: makes the decision with the origin check that it is given.
    :param check: asked before ``waiting`` is.
    """
    question = _Question()
    decision = evaluate(question if check is None else lambda origin: check(origin) or question(origin))
    if question.origin is None or not await waiting(question.origin):
        return decision
    return evaluate(_allow)


def for_tables(check: BoolOriginCheck | None) -> TableOriginCheck | None:
    """Return an origin check as :meth:`corsac.PolicySet.evaluate` takes it: with the number of the table."""
    return None if check is None else lambda _table, origin: check(origin)


def _allow(_origin: bytes) -> bool:
    return True
