"""A policy of one view. It is kept on the view, where the outermost middleware finds it.

The middleware must handle the preflight, because further in, authentication or the router's 405 comes first.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

from corsac._governor import Governor
from corsac._log import refusals_logged
from corsac._policies import Policies, holder
from corsac._reader import R

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corsac._origin_check import RequestOriginCheck
    from corsac._policies import PolicyLike
    from corsac._reader import RequestReader

V = TypeVar("V")

_ATTRIBUTE = "_corsac_governor"

# As long as no view has a policy, middlewares do not look for one, which would take time.
is_used = False


def governor_of_view(
    reader: RequestReader[R],
    policy: PolicyLike,
    *,
    checks: Sequence[RequestOriginCheck[R]] = (),
    async_checks: Sequence[RequestOriginCheck[R]] | None = None,
) -> Governor[R]:
    """Return the governor of a view.

    :param policy: None leaves the view untouched.
    :raises PolicyError: the mapping is not a policy.
    :raises ValueError: the check is never asked.
    """
    with refusals_logged():
        held = holder(policy, "the policy of a view")
        if checks and (held is None or not held.policy.allows_external_origins):
            raise ValueError("origin_check is never asked: write external_origins=True in the policy")
        return Governor(reader, Policies(held), checks=checks, async_checks=async_checks)


def mark(view: V, governor: Governor[Any]) -> V:
    """Keep a view's governor on it, and return the view."""
    global is_used
    setattr(view, _ATTRIBUTE, governor)
    is_used = True
    return view


def of(view: object) -> Governor[Any] | None:
    """Return the governor of a view, if it has one of its own."""
    while isinstance(view, functools.partial):
        view = view.func
    governor: Governor[Any] | None = getattr(view, _ATTRIBUTE, None)
    return governor
