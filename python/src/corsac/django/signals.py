"""The signal of django-cors-headers: a receiver may let in an origin that no setting lists."""

from __future__ import annotations

from django.dispatch import Signal

check_request_enabled = Signal()
"""Sent with ``request`` when no pattern matched its origin; a true answer of any receiver lets the origin in.

Connect receivers in an ``AppConfig.ready``: they are looked for when the settings are read, at the start and at
:func:`corsac.django.reload`. Beside ``CORS_ALLOW_ALL_ORIGINS`` it is never sent: nothing is left to let in.
"""
