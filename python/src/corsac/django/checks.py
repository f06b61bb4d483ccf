"""`manage.py check`: every finding, every setting that cannot be read, and a middleware that stands too late."""

from __future__ import annotations

from django.conf import settings
from django.core import checks

from corsac.django.review import MIDDLEWARE_ORDER
from corsac.django.settings import read

_MIDDLEWARE = ("corsac.django.CorsMiddleware", "corsac.django.middleware.CorsMiddleware")
# They answer by themselves: a preflight that meets one of them first never arrives.
_ANSWERING = (
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
    standing = [place for place, name in enumerate(settings.MIDDLEWARE) if name in _MIDDLEWARE]
    for before in settings.MIDDLEWARE[: standing[0] if standing else 0]:
        if before in _ANSWERING:
            review.warning(
                MIDDLEWARE_ORDER,
                f"{before} stands before {settings.MIDDLEWARE[standing[0]]}: what it answers has no CORS headers",
                "write the CORS middleware first",
            )
    return [
        _LEVELS[problem.level](problem.message, hint=problem.hint, id=problem.check_id) for problem in review.problems
    ]
