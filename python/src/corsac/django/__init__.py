"""CORS for Django, under the setting names of django-cors-headers.

::

    INSTALLED_APPS = [..., "corsac.django"]                 # the system checks
    MIDDLEWARE = ["corsac.django.CorsMiddleware", ...]      # first, before everything that sends responses
    CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
"""

from corsac.django.middleware import CorsMiddleware
from corsac.django.settings import reload
from corsac.django.signals import check_request_enabled
from corsac.django.views import cors_policy

__all__ = ["CorsMiddleware", "check_request_enabled", "cors_policy", "reload"]
