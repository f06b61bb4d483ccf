"""Overrides settings for one test. They are restored when it ends."""

from __future__ import annotations

import one_django
import pytest

one_django.configure()


@pytest.fixture
def configured():
    """Override settings until the test ends. None removes a setting."""
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


@pytest.fixture
def found(configured):
    """Override settings, and return the check messages by their id."""
    from corsac.django.checks import check_cors

    def found(**settings):
        configured(**settings)
        return {message.id: message for message in check_cors()}

    return found
