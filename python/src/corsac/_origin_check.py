"""Who is asked about an origin that no pattern matched: a migration's expressions, then a function, perhaps async."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from corsac import Decision, Policy

    OriginCheck: TypeAlias = Callable[[bytes], bool]
    AsyncOriginCheck: TypeAlias = Callable[[bytes], Awaitable[bool]]


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
    policy: Policy,
    method: str,
    headers: Iterable[tuple[bytes, bytes]],
    origin_check: OriginCheck | None,
    waiting: AsyncOriginCheck,
) -> Decision:
    """One decision with an async origin check: asked at most once, about an origin that nothing else allows."""
    lines = tuple(headers)
    question = _Question()
    decision = policy.evaluate(
        method, lines, origin_check=question if origin_check is None else Either(origin_check, question)
    )
    if question.origin is None or not await waiting(question.origin):
        return decision
    return policy.evaluate(method, lines, origin_check=_allow)


def _allow(_origin: bytes) -> bool:
    return True
