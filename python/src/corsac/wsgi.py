"""CORS for Flask, Bottle and every WSGI application (:pep:`3333`): decided once, written through `start_response`.

::

    app.wsgi_app = CORSMiddleware(app.wsgi_app, allow_origins=["https://app.example.com"])      # Flask
    app = CORSMiddleware(bottle.default_app(), allow_origins=["https://app.example.com"])       # any other application

It stands outside everything that answers by itself, authentication above all: a preflight carries no credentials.
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
    # Typed as servers and frameworks type theirs: loosely, for `exc_info` is optional.
    StartResponse: TypeAlias = Callable[..., Write]
    Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

__all__ = ["CORSMiddleware", "CorsacMigrationWarning", "PolicyFile", "PolicyHolder"]

# Those of `corsac.Policy`.
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
_SORRY = b"Internal Server Error"
# Set by werkzeug's debugger, which wants the exception itself: its page is worth more than a header.
_DEBUGGER = "werkzeug.debug.preserve_context"


class CORSMiddleware(Governed[dict[str, Any]]):
    """Answers preflights, and puts the policy's headers on every response of the application, its errors included.

    :param app: the WSGI application.
    :param allow_origins: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any.
    :param policy: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a holder that can replace it while
        serving.
    :param policies: a policy for each path, looked up as a :class:`corsac.PolicySet` does: whole segments of
        ``PATH_INFO``, the longest first; an ambiguous path is denied. None leaves a path untouched. Every other path
        has ``policy`` or the options; without either it is untouched.
    :param allow_origin_regex: for migration, one or several regular expressions: one must match the whole origin. With
        credentials each is accepted only if it is proved to match nothing that the policy may not list.
    :param origin_check: asked about an origin that no pattern matched, as bytes; it may ask a data base. Its result
        goes by truth. If it fails or returns an awaitable, the origin is denied and the log has the traceback.
    :param report_only: change nothing; the log ``corsac`` says what would have been answered.
    :param off_when_empty: if ``allow_origins`` is empty, as a list from the environment may be, leave the application
        untouched. Without this it is an error.

    The other options are those of :class:`corsac.Policy`, with its defaults.

    :raises corsac.PolicyError: the options are no policy; all findings are named.
    :raises ValueError: the expression is refused with credentials.

    An exception that leaves the application before the response has begun becomes a 500 with the policy's headers, so
    that the page sees a 500 and no CORS error, and is then raised on to the server and its log. Once bytes are out, or
    where werkzeug's debugger stands outside, it is only raised on.
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
    """Serve one request of an application, governed.

    :param report_only: instead of the governor's own.
    """
    decision = governor.decide(environ["REQUEST_METHOD"], _environ.request_lines(environ), environ)
    if decision is None:
        return app(environ, start_response)
    if governor.report_only if report_only is None else report_only:
        return app(environ, _reporting(governor, decision, environ, start_response))
    if decision.status is not None:
        return _answer(governor, decision, environ, start_response)

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
        # Nothing in it raises, and a server sends it in its own way.
        return chunks
    return _Guarded(chunks, start)


def _merged(governor: Governor[Environ], decision: Decision, headers: Lines, environ: Environ) -> Lines:
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in governor.merge(decision, lines, environ)
    ]


def _answer(
    governor: Governor[Environ], decision: Decision, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    status, lines, body = governor.answer(decision, environ)
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
    """Begin a 500 in place of what the application began; the server raises the exception where bytes are out."""
    headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(_SORRY)))]
    start("500 Internal Server Error", headers, sys.exc_info())
    return _SORRY


def _then_raise(body: bytes, error: Exception) -> Iterator[bytes]:
    yield body
    raise error


class _Guarded:
    """The application's chunks; an exception among them becomes a 500 where the response has not begun."""

    def __init__(self, chunks: Iterable[bytes], start: StartResponse) -> None:
        self._chunks = chunks
        self._start = start

    def __iter__(self) -> Iterator[bytes]:
        # No `yield from`: a server that gives up drops this generator and closes the chunks, which must be closed once.
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
