"""The signal of django-cors-headers. A receiver can allow an origin that no setting lists."""

from __future__ import annotations

from django.dispatch import Signal

check_request_enabled = Signal()
"""Sent with ``request`` if no pattern matched its origin. If any receiver returns a true value, the origin is allowed.

Connect receivers in ``AppConfig.ready``, because the settings are read at the start and at
:func:`corsac.django.reload`, and receivers are counted then. With ``CORS_ALLOW_ALL_ORIGINS`` it is never sent, because
every origin is allowed.
"""
