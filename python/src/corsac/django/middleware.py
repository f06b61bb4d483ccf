"""One decision per request, before every middleware below; its headers go on whatever comes back, errors included.

Django turns an exception of a view, or of a middleware below, into a response before it comes back here. What stands
*above* this class answers without CORS headers: it belongs first in `MIDDLEWARE`, before authentication in any case,
for a preflight carries no credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpResponse

from corsac._environ import raw_path, reported_lines, request_lines
from corsac._log import denied_preflight
from corsac._origin_check import ask, ask_async, decide, for_tables
from corsac._report import report
from corsac.django.settings import current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from corsac import Decision
    from corsac._origin_check import BoolOriginCheck
    from corsac.django.settings import Configuration, RequestOriginCheck


class CorsMiddleware:
    """The middleware for `MIDDLEWARE`, for sync and async servers alike.

    :raises ImproperlyConfigured: when the server starts with settings that cannot be used; all that is wrong is named.
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
        """Answer a preflight; otherwise put the decision's headers on the response that comes back."""
        if self._is_async:
            return self.__acall__(request)
        configuration = current()
        checks = configuration.origin_checks

        def origin_check(origin: bytes) -> bool:
            return any(ask(check, origin, request) for check in checks)

        decision = _evaluation(configuration, request)(origin_check if checks else None)
        response: HttpResponseBase
        if decision is None:
            response = self.get_response(request)
            return response
        if configuration.report_only:
            return _reported(decision, request, self.get_response(request))
        if decision.status is not None:
            return _answer(decision)
        return _shared(decision, self.get_response(request))

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """As :meth:`__call__`. An origin check that is not async runs in Django's thread for sync code.

        So it may query the database.
        """
        configuration = current()
        checks = configuration.origin_checks
        evaluate = _evaluation(configuration, request)

        async def origin_check(origin: bytes) -> bool:
            for check in checks:
                if await ask_async(_in_thread(check), origin, request):
                    return True
            return False

        decision = await decide(evaluate, None, origin_check) if checks else evaluate(None)
        response: HttpResponseBase
        if decision is None:
            response = await self.get_response(request)
            return response
        if configuration.report_only:
            return _reported(decision, request, await self.get_response(request))
        if decision.status is not None:
            return _answer(decision)
        return _shared(decision, await self.get_response(request))


def _in_thread(check: RequestOriginCheck) -> RequestOriginCheck:
    """Return the check, to be awaited, in Django's thread for sync code unless it is async."""
    is_async = iscoroutinefunction(check) or iscoroutinefunction(getattr(check, "__call__", None))  # noqa: B004
    return check if is_async else sync_to_async(check)


def _evaluation(
    configuration: Configuration, request: HttpRequest
) -> Callable[[BoolOriginCheck | None], Decision | None]:
    """Return the evaluation of one request, to be given an origin check."""
    path = request.path_info
    if configuration.urls.match(path) is None:
        return lambda _check: None
    lines, raw = request_lines(request.META), raw_path(request.META)
    evaluate, method = configuration.policies.evaluate, request.method or ""
    return lambda check: evaluate(path, method, lines, raw, origin_check=for_tables(check))


def _answer(decision: Decision) -> HttpResponse:
    if not decision.allowed:
        denied_preflight(decision)
    status, lines, body = decision.answer()
    response = HttpResponse(body, status=status)
    del response.headers["content-type"]
    for name, value in _joined(lines).values():
        response.headers[name] = value
    return response


def _reported(decision: Decision, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    report(decision, reported_lines(request.META), response.status_code, lines)
    return response


def _shared(decision: Decision, response: HttpResponseBase) -> HttpResponseBase:
    headers = response.headers
    lines = _joined(
        decision.merge([(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()])
    )
    for name in [name for name in headers if name.lower() not in lines]:
        del headers[name]
    for name, value in lines.values():
        if headers.get(name) != value:
            headers[name] = value
    return response


def _joined(lines: list[tuple[bytes, bytes]]) -> dict[str, tuple[str, str]]:
    """One line for each name, as Django keeps them; all names that can have several are lists."""
    joined: dict[str, tuple[str, str]] = {}
    for name_bytes, value_bytes in lines:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        key = name.lower()
        before = joined.get(key)
        joined[key] = (name, value) if before is None else (before[0], f"{before[1]}, {value}")
    return joined
