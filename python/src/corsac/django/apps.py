"""`"corsac.django"` in `INSTALLED_APPS` adds the system checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from corsac.django.checks import check_cors


class CorsacConfig(AppConfig):
    """The application whose checks `manage.py check` runs."""

    name = "corsac.django"
    label = "corsac"
    verbose_name = "Corsac"

    def ready(self) -> None:
        """Register the checks."""
        register(check_cors, Tags.security)
