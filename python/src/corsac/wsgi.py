"""CORS for Flask, Bottle and every other WSGI application (:pep:`3333`).

::

    app.wsgi_app = CORSMiddleware(app.wsgi_app, allow_origins=["https://app.example.com"])      # Flask
    app = CORSMiddleware(bottle.default_app(), allow_origins=["https://app.example.com"])       # any other application

Put it outside of everything else, above all of authentication, because a preflight has no credentials.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from corsac import Policy, _environ
from corsac._governor import Governed, Governor
from corsac._keywords import governor_of, written
from corsac._regex import CorsacMigrationWarning
from corsac._watch import PolicyFile, PolicyHolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import timedelta
    from types import TracebackType
    from typing import TypeAlias

    from corsac import Decision, PolicySet
    from corsac._origin_check import OriginCheck
    from corsac._policies import PolicyLike
    from corsac._regex import Regexes

    Environ: TypeAlias = dict[str, Any]
    ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]
    Lines: TypeAlias = list[tuple[str, str]]
    Write: TypeAlias = Callable[[bytes], object]
    # Loosely typed, as in servers and frameworks, because `exc_info` is optional.
    StartResponse: TypeAlias = Callable[..., Write]
    Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

__all__ = ["CORSMiddleware", "CorsacMigrationWarning", "PolicyFile", "PolicyHolder"]

# The defaults of `corsac.Policy`.
_DEFAULTS: dict[str, object] = {
    "allow_origins": (),
    "allow_methods": None,
    "allow_headers": (),
    "allow_credentials": False,
    "expose_headers": (),
    "max_age": None,
    "preflight_status": 204,
    "denied_preflight_status": None,
    "external_origins": False,
    "allow_timing": False,
    "allow_private_network": False,
    "dangerously_allow_null_origin": False,
    "dangerously_allow_insecure_origins": False,
    "dangerously_allow_public_suffixes": False,
}
_PHRASES: dict[int, str] = {status.value: status.phrase for status in HTTPStatus}
_ERROR_BODY = b"Internal Server Error"
# Werkzeug's debugger sets this key. It needs the exception itself, because its page helps more than
# a header.
_DEBUGGER = "werkzeug.debug.preserve_context"


class CORSMiddleware(Governed[dict[str, Any]]):
    """Responds to preflights, and adds the policy's headers to every response of the application, errors included.

    :param app: the WSGI application.
    :param allow_origins: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any origin.
    :param policy: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a holder, whose policy you can replace
        while serving.
    :param policies: a policy for each path. ``PATH_INFO`` matches as in a :class:`corsac.PolicySet`: the longest path
        of whole segments decides, and an ambiguous path is denied. None leaves a path untouched. Every other path has
        ``policy`` or the options, or is untouched if there are none.
    :param allow_origin_regex: for migration, one or several regular expressions. One of them must match the whole
        origin. With credentials, each needs a proof that it matches only origins that the policy could list.
    :param origin_check: a function of an origin, as bytes, that no pattern matched. It may query a database. Any result
        counts as true or false. If it fails or returns an awaitable, the origin is denied and the traceback is logged.
    :param report_only: change nothing, and log what the policy would decide (logger ``corsac``).
    :param off_when_empty: if ``allow_origins`` is empty, perhaps because it comes from the environment, leave the
        application untouched. Otherwise that is an error.

    The other options are those of :class:`corsac.Policy`, with its defaults.

    :raises corsac.PolicyError: the options are not a valid policy. The exception has all findings.
    :raises ValueError: an expression is refused with credentials.

    If the application raises an exception before the response has begun, the response is a 500 with the policy's
    headers, so that the page sees a 500 and not a CORS error. Then the exception is raised, for the server's log. If
    bytes were sent already, or if werkzeug's debugger is outside, the exception is only raised.
    """

    def __init__(
        self,
        app: Application,
        allow_origins: Iterable[str] = (),
        *,
        policy: Policy | PolicySet | PolicyHolder | None = None,
        policies: Mapping[str, PolicyLike] | None = None,
        allow_origin_regex: Regexes | None = None,
        origin_check: OriginCheck | None = None,
        report_only: bool = False,
        off_when_empty: bool = False,
        allow_methods: Iterable[str] | None = None,
        allow_headers: Iterable[str] = (),
        allow_credentials: bool = False,
        expose_headers: Iterable[str] = (),
        max_age: int | str | timedelta | None = None,
        preflight_status: int = 204,
        denied_preflight_status: int | None = None,
        external_origins: bool = False,
        allow_timing: bool = False,
        allow_private_network: bool = False,
        dangerously_allow_null_origin: bool = False,
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool | Iterable[str] = False,
    ) -> None:
        options = written(locals(), _DEFAULTS)
        self.app = app
        self._governor = governor_of(
            _environ.ENVIRONS,
            Policy,
            options,
            policy=policy,
            policies=policies,
            allow_origin_regex=allow_origin_regex,
            origin_check=origin_check,
            report_only=report_only,
            off_when_empty=off_when_empty,
        )

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        return serve(self._governor, self.app, environ, start_response)


def serve(
    governor: Governor[Environ],
    app: Application,
    environ: Environ,
    start_response: StartResponse,
    *,
    report_only: bool | None = None,
) -> Iterable[bytes]:
    """Serve one request of a governed application.

    :param report_only: overrides the governor's.
    """
    decision = governor.decide(environ["REQUEST_METHOD"], _environ.request_lines(environ), environ)
    if decision is None:
        return app(environ, start_response)
    if governor.report_only if report_only is None else report_only:
        return app(environ, _reporting(governor, decision, environ, start_response))
    if decision.status is not None:
        return _send_preflight(governor, decision, environ, start_response)

    def start(status: str, headers: Lines, exc_info: ExcInfo | None = None) -> Write:
        return start_response(status, _merged(governor, decision, headers, environ), exc_info)

    if _DEBUGGER in environ:
        return app(environ, start)
    try:
        chunks = app(environ, start)
    except Exception as error:
        return _then_raise(_begin_500(start), error)
    wrapper = environ.get("wsgi.file_wrapper")
    if isinstance(chunks, list | tuple) or (isinstance(wrapper, type) and isinstance(chunks, wrapper)):
        # These raise no exception while they are read, and servers have a fast path for them.
        return chunks
    return _Guarded(chunks, start)


def _merged(governor: Governor[Environ], decision: Decision, headers: Lines, environ: Environ) -> Lines:
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in governor.merge(decision, lines, environ)
    ]


def _send_preflight(
    governor: Governor[Environ], decision: Decision, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    status, lines, body = governor.preflight_response(decision, environ)
    start_response(
        f"{status} {_PHRASES.get(status, 'Preflight')}",
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines],
    )
    return [body] if body else []


def _reporting(
    governor: Governor[Environ], decision: Decision, environ: Environ, start_response: StartResponse
) -> StartResponse:
    def start(status: str, headers: Lines, exc_info: ExcInfo | None = None) -> Write:
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        governor.report(decision, environ, int(status[:3]), lines)
        return start_response(status, headers, exc_info)

    return start


def _begin_500(start: StartResponse) -> bytes:
    """Start a 500 instead of the application's response. If bytes were sent, the server raises the exception."""
    headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(_ERROR_BODY)))]
    start("500 Internal Server Error", headers, sys.exc_info())
    return _ERROR_BODY


def _then_raise(body: bytes, error: Exception) -> Iterator[bytes]:
    yield body
    raise error


class _Guarded:
    """The chunks of the application. An exception becomes a 500 if the response has not begun."""

    def __init__(self, chunks: Iterable[bytes], start: StartResponse) -> None:
        self._chunks = chunks
        self._start = start

    def __iter__(self) -> Iterator[bytes]:
        # No `yield from`: a server that gives up drops this generator and closes the chunks, which
        # must be closed once.
        try:
            for chunk in self._chunks:  # noqa: UP028
                yield chunk
        except Exception:
            yield _begin_500(self._start)
            raise

    def close(self) -> None:
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()
