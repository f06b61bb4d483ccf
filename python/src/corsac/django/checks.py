"""`manage.py check`: every finding, every wrong setting, and a middleware that is missing or comes too late."""

from __future__ import annotations

import difflib

from django.conf import settings
from django.core import checks

from corsac.django.review import (
    MIDDLEWARE_ORDER,
    NO_MIDDLEWARE,
    OTHER_MIDDLEWARE,
    UNKNOWN_SETTING,
    Review,
)
from corsac.django.settings import KNOWN_SETTINGS, read

_MIDDLEWARE = ("corsac.django.CorsMiddleware", "corsac.django.middleware.CorsMiddleware")
# These send responses themselves, so a preflight may never get past them.
_RESPONDING = (
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
)
_LEVELS = {"E": checks.Error, "W": checks.Warning, "I": checks.Info}


def check_cors(**_: object) -> list[checks.CheckMessage]:
    """Return all problems of the CORS settings, as check messages."""
    review = read()[1]
    _check_middleware(review)
    _check_names(review)
    return [
        _LEVELS[problem.level](problem.message, hint=problem.hint, id=problem.check_id) for problem in review.problems
    ]


def _check_middleware(review: Review) -> None:
    places = [place for place, name in enumerate(settings.MIDDLEWARE) if name in _MIDDLEWARE]
    if not places and not any(_is_subclass(name) for name in settings.MIDDLEWARE):
        review.warning(
            NO_MIDDLEWARE,
            "corsac.django is installed, but its middleware is not in MIDDLEWARE, so no response has CORS headers",
            f'write MIDDLEWARE = ["{_MIDDLEWARE[0]}", ...]',
        )
    for before in settings.MIDDLEWARE[: places[0] if places else 0]:
        if before in _RESPONDING:
            review.warning(
                MIDDLEWARE_ORDER,
                f"{before} is before {settings.MIDDLEWARE[places[0]]}, so its own responses have no CORS headers",
                "put the CORS middleware first",
            )
    others = [
        f"{name} is in {setting}"
        for setting in ("MIDDLEWARE", "INSTALLED_APPS")
        for name in getattr(settings, setting)
        if name.partition(".")[0] == "corsheaders"
    ]
    if others:
        review.warning(
            OTHER_MIDDLEWARE,
            f"{', and '.join(others)}: two libraries write the same headers, and only those of the outer one are sent",
            "remove corsheaders",
        )


def _is_subclass(name: str) -> bool:
    """Return whether a middleware is a subclass of ours. Then none is missing."""
    from django.utils.module_loading import import_string

    from corsac.django.middleware import CorsMiddleware

    try:
        middleware = import_string(name)
    except ImportError:
        return False
    return isinstance(middleware, type) and issubclass(middleware, CorsMiddleware)


def _check_names(review: Review) -> None:
    names = sorted(name for name in dir(settings) if name.startswith(("CORS_", "CORSAC_")))
    for name in names:
        if name in KNOWN_SETTINGS:
            continue
        near = difflib.get_close_matches(name, KNOWN_SETTINGS, 1)
        review.warning(
            UNKNOWN_SETTING,
            f"{name} is not a setting, so it has no effect",
            f"did you mean {near[0]}?" if near else "remove it",
        )
