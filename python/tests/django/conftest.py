"""One Django for the whole run, with a site of views only; a test overrides the settings that it is about."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure():
    import django
    from django.conf import settings

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


pytest_configure()


@pytest.fixture
def configured():
    """Override settings until the test ends; what is None is taken away."""
    from django.conf import settings
    from django.test import override_settings

    overrides = []

    def configure(**values):
        override = override_settings(**{name: value for name, value in values.items() if value is not None})
        override.enable()
        overrides.append(override)
        for name, value in values.items():
            if value is None:
                delattr(settings, name)

    yield configure
    for override in reversed(overrides):
        override.disable()
