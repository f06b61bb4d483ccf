"""A policy from Starlette's options, with Starlette's defaults, its four request headers and its eight methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac import Policy

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

# Request headers that Starlette always allows, and the methods that it allows for
# allow_methods=["*"].
ALWAYS_ALLOWED = ("Accept", "Accept-Language", "Content-Language", "Content-Type")
ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY")


# Starlette's defaults. Options that Starlette does not have are those of a policy.
DEFAULTS: dict[str, object] = {
    "allow_origins": (),
    "allow_methods": ("GET",),
    "allow_headers": (),
    "allow_credentials": False,
    "allow_private_network": False,
    "expose_headers": (),
    "max_age": 600,
    "preflight_status": 200,
    "denied_preflight_status": None,
    "allow_timing": False,
    "dangerously_allow_null_origin": False,
    "dangerously_allow_insecure_origins": False,
    "dangerously_allow_public_suffixes": False,
}


def starlette_policy(
    *,
    allow_origins: Collection[str] = (),
    allow_methods: Collection[str] = ("GET",),
    allow_headers: Collection[str] = (),
    expose_headers: Collection[str] = (),
    max_age: int | str | timedelta | None = 600,
    preflight_status: int = 200,
    **others: object,
) -> Policy:
    """Return the policy that Starlette's options mean.

    :raises TypeError: a str instead of a list, because it would be read letter by letter.
    :raises PolicyError: the options are not a valid policy. The exception has all findings.
    """
    lists = {
        "allow_origins": allow_origins,
        "allow_methods": allow_methods,
        "allow_headers": allow_headers,
        "expose_headers": expose_headers,
    }
    for option, value in lists.items():
        if isinstance(value, str):
            raise TypeError(f"{option} must be a list: write {option}=[{value!r}]")
    lists["allow_methods"] = ALL_METHODS if "*" in allow_methods else list(allow_methods)
    lists["allow_headers"] = ["*"] if "*" in allow_headers else _with_always_allowed(allow_headers)
    return Policy(**lists, max_age=max_age, preflight_status=preflight_status, **others)  # type: ignore[arg-type]


def _with_always_allowed(allow_headers: Collection[str]) -> list[str]:
    # Do not list a header again that is listed in another case, because that would be a finding.
    listed = {name.lower() for name in allow_headers}
    return [*allow_headers, *(name for name in ALWAYS_ALLOWED if name.lower() not in listed)]
