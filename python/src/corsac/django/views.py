"""A policy for one view. :class:`corsac.django.CorsMiddleware` uses it.

::

    @cors_policy(Policy(["*"]))
    def avatar(request, id): ...

    @method_decorator(cors_policy({"allow_origins": ["https://app.example.com"]}), name="dispatch")
    class Orders(View): ...
"""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Any, TypeVar

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.urls import Resolver404, get_resolver, resolve
from django.utils.translation import get_language_from_path, override

from corsac import _view_policy
from corsac.django.reader import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from corsac._governor import Governor
    from corsac._origin_check import RequestOriginCheck
    from corsac._policies import PolicyLike

V = TypeVar("V")


def cors_policy(policy: PolicyLike, *, origin_check: RequestOriginCheck[HttpRequest] | None = None) -> Callable[[V], V]:
    """Give a view a policy of its own, instead of the policy of the settings.

    You still need :class:`corsac.django.CorsMiddleware` first in ``MIDDLEWARE``.

    :param policy: a :class:`corsac.Policy`, a holder, or a dict of options; None leaves the view untouched.
    :param origin_check: as ``CORSAC_ORIGIN_CHECK``.
    """
    checks = () if origin_check is None else (origin_check,)
    async_checks = [in_thread(check) for check in checks]
    governor = _view_policy.governor_of_view(REQUESTS, policy, checks=checks, async_checks=async_checks)

    def decorate(view: V) -> V:
        # Mark a copy, because another URL may use the same view without a policy.
        wrapped: V = _wrapped(view)
        return _view_policy.mark(wrapped, governor)

    return decorate


def _wrapped(view: Any) -> Any:
    if isinstance(view, type):
        raise TypeError(
            'cors_policy is for view functions: write @method_decorator(cors_policy(...), name="dispatch") on a class'
        )
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def waiting(*arguments: Any, **named: Any) -> Any:
            return await view(*arguments, **named)

        return waiting

    @functools.wraps(view)
    def called(*arguments: Any, **named: Any) -> Any:
        return view(*arguments, **named)

    return called


def in_thread(check: RequestOriginCheck[HttpRequest]) -> RequestOriginCheck[HttpRequest]:
    """Return an async check. A sync one runs in Django's thread for sync code."""
    is_async = iscoroutinefunction(check) or iscoroutinefunction(getattr(check, "__call__", None))  # noqa: B004
    return check if is_async else sync_to_async(check)


@functools.cache
def load_views() -> None:
    """Import the views, so that their policies are known before the first request."""
    if hasattr(settings, "ROOT_URLCONF"):
        _ = get_resolver().url_patterns


def governor_of_view(request: HttpRequest) -> Governor[HttpRequest] | None:
    """Return the governor of the view that Django will call, if the view has a policy of its own.

    If a middleware changes ``request.urlconf``, it does so too late for this.
    """
    try:
        return _governor_at(request)
    except Resolver404:
        # In `i18n_patterns`, a path depends on the language, which its middleware has not set yet.
        language = get_language_from_path(request.path_info)
        if language is None:
            return None
    with override(language), contextlib.suppress(Resolver404):
        return _governor_at(request)
    return None


def _governor_at(request: HttpRequest) -> Governor[HttpRequest] | None:
    return _view_policy.of(resolve(request.path_info, getattr(request, "urlconf", None)).func)
