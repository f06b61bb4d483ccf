"""Configures Django as a site of views. This works only once in a process, whichever test comes first."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings


def configure() -> None:
    sys.path.insert(0, str(Path(__file__).parent / "django"))
    if not settings.configured:
        settings.configure(
            SECRET_KEY="not a secret: a test's",
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF="site_of_views",
            INSTALLED_APPS=["corsac.django"],
            MIDDLEWARE=["corsac.django.CorsMiddleware", "site_of_views.Inner"],
            USE_TZ=True,
            CORS_ALLOWED_ORIGINS=["https://app.example.com"],
        )
        django.setup()
