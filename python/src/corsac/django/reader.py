"""How a governor reads Django's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac import _environ

if TYPE_CHECKING:
    from django.http import HttpRequest


class _RequestReader:
    def path(self, request: HttpRequest, /) -> str:
        return request.path_info

    def raw_path(self, request: HttpRequest, /) -> bytes | None:
        return _environ.raw_path(request.META)

    def method(self, request: HttpRequest, /) -> str:
        return request.method or ""

    def client(self, request: HttpRequest, /) -> str | None:
        return request.META.get("REMOTE_ADDR") or None

    def lines(self, request: HttpRequest, /) -> list[tuple[bytes, bytes]]:
        return _environ.logged_lines(request.META)


REQUESTS = _RequestReader()
