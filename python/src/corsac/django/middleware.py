"""The Django middleware: one decision before other middlewares run, and its headers on every response, errors included.

Django turns an exception of a view or of a later middleware into a response before it returns here. Responses of
*earlier* middlewares have no CORS headers. So put this class first in `MIDDLEWARE`, always before authentication,
because a preflight has no credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpResponse

from corsac._environ import request_lines
from corsac.django.settings import current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from corsac import Decision
    from corsac._governor import Governor


class CorsMiddleware:
    """The middleware for `MIDDLEWARE`, for sync and async servers alike.

    :raises ImproperlyConfigured: the server starts with wrong settings. The exception has all problems.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        current()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Respond to a preflight, or add the decision's headers to the response."""
        if self._is_async:
            return self.__acall__(request)
        configuration = current()
        governor = configuration.governor_of(request)
        decision = governor.decide(request.method or "", request_lines(request.META), request) if governor else None
        if governor is None or decision is None:
            return self.get_response(request)  # type: ignore[no-any-return]
        if decision.status is not None and not configuration.governor.report_only:
            return _preflight_response(governor, decision, request)
        response = self.get_response(request)
        if configuration.governor.report_only:
            return _reported(governor, decision, request, response)
        return _shared(governor, decision, request, response)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Like :meth:`__call__`. An origin check that is not async runs in Django's thread for sync code.

        So the check may query the database.
        """
        configuration = current()
        governor = configuration.governor_of(request)
        lines = request_lines(request.META)
        decision = await governor.decide_async(request.method or "", lines, request) if governor else None
        if governor is None or decision is None:
            return await self.get_response(request)  # type: ignore[no-any-return]
        if decision.status is not None and not configuration.governor.report_only:
            return _preflight_response(governor, decision, request)
        response = await self.get_response(request)
        if configuration.governor.report_only:
            return _reported(governor, decision, request, response)
        return _shared(governor, decision, request, response)


def _preflight_response(governor: Governor[HttpRequest], decision: Decision, request: HttpRequest) -> HttpResponse:
    status, lines, body = governor.preflight_response(decision, request)
    response = HttpResponse(body, status=status)
    del response.headers["content-type"]
    for name, value in _joined(lines).values():
        response.headers[name] = value
    return response


def _reported(
    governor: Governor[HttpRequest], decision: Decision, request: HttpRequest, response: HttpResponseBase
) -> HttpResponseBase:
    governor.report(decision, request, response.status_code, _encoded(response))
    return response


def _encoded(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]


def _shared(
    governor: Governor[HttpRequest], decision: Decision, request: HttpRequest, response: HttpResponseBase
) -> HttpResponseBase:
    headers = response.headers
    lines = _joined(governor.merge(decision, _encoded(response), request))
    for name in [name for name in headers if name.lower() not in lines]:
        del headers[name]
    for name, value in lines.values():
        if headers.get(name) != value:
            headers[name] = value
    return response


def _joined(lines: list[tuple[bytes, bytes]]) -> dict[str, tuple[str, str]]:
    """Join the values of each name, because Django keeps one. Every name that can have several is a list."""
    joined: dict[str, tuple[str, str]] = {}
    for name_bytes, value_bytes in lines:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        key = name.lower()
        before = joined.get(key)
        joined[key] = (name, value) if before is None else (before[0], f"{before[1]}, {value}")
    return joined
