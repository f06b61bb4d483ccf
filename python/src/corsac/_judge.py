"""Who is asked about an origin that no pattern matched: a migration's expressions, then a function, perhaps async."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from corsac import Decision, Policy

    Judge: TypeAlias = Callable[[bytes], bool]
    AsyncJudge: TypeAlias = Callable[[bytes], Awaitable[bool]]


def is_async(judge: object) -> bool:
    """Whether a call gives something to wait for."""
    return inspect.iscoroutinefunction(judge) or inspect.iscoroutinefunction(getattr(judge, "__call__", None))  # noqa: B004


class Either:
    """Allowed by the first or by the second."""

    __slots__ = ("_first", "_second")

    def __init__(self, first: Judge, second: Judge) -> None:
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
    policy: Policy, method: str, headers: Iterable[tuple[bytes, bytes]], judge: Judge | None, waiting: AsyncJudge
) -> Decision:
    """One decision with a judge that has to be waited for: asked once at most, about what nothing else allowed."""
    lines = tuple(headers)
    question = _Question()
    decision = policy.evaluate(method, lines, judge=question if judge is None else Either(judge, question))
    if question.origin is None or not await waiting(question.origin):
        return decision
    return policy.evaluate(method, lines, judge=_allow)


def _allow(_origin: bytes) -> bool:
    return True
