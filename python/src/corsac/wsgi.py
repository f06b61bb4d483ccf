"""CORS for Flask, Bottle and every WSGI application (:pep:`3333`): decided once, written through `start_response`.

::

    app.wsgi_app = CORSMiddleware(app.wsgi_app, allow_origins=["https://app.example.com"])      # Flask
    app = CORSMiddleware(bottle.default_app(), allow_origins=["https://app.example.com"])       # any other application

It stands outside everything that answers by itself, authentication above all: a preflight carries no credentials.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypedDict

from corsac import Policy, _environ
from corsac._log import denied_preflight
from corsac._origin_check import ask, either, for_tables
from corsac._policies import holder, path_table, policies_of
from corsac._regex import CorsacMigrationWarning, RegexCheck, as_list
from corsac._report import report
from corsac._watch import PolicyFile, PolicyHolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import TypeAlias

    from typing_extensions import Unpack

    from corsac import Decision, PolicySet
    from corsac._origin_check import BoolOriginCheck, OriginCheck
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

_PHRASES: dict[int, str] = {status.value: status.phrase for status in HTTPStatus}
_SORRY = b"Internal Server Error"
# Set by werkzeug's debugger, which wants the exception itself: its page is worth more than a header.
_DEBUGGER = "werkzeug.debug.preserve_context"


class _Options(TypedDict, total=False):
    allow_origins: Iterable[str]
    allow_methods: Iterable[str] | None
    allow_headers: Iterable[str]
    allow_credentials: bool
    expose_headers: Iterable[str]
    max_age: int | None
    preflight_status: int
    denied_preflight_status: int | None
    external_origins: bool
    allow_timing: bool
    allow_private_network: bool
    dangerously_allow_null_origin: bool
    dangerously_allow_insecure_origins: bool
    dangerously_allow_public_suffixes: bool | Iterable[str]


class CORSMiddleware:
    """Answers preflights, and puts the policy's headers on every response of the application, its errors included.

    :param app: the WSGI application.
    :param policy: a :class:`corsac.Policy` or a :class:`corsac.PolicySet`, or a holder that can replace it while
        serving.
    :param options: instead of it the policy's options, with the defaults of :class:`corsac.Policy`.
    :param policies: a policy for each path, looked up as a :class:`corsac.PolicySet` does: whole segments of
        ``PATH_INFO``, the longest first; an ambiguous path is denied. None leaves a path untouched. Every other path
        has ``policy`` or the options; without either it is untouched.
    :param allow_origin_regex: for migration, one or several regular expressions: one must match the whole origin. With
        credentials each is accepted only if it is proved to match nothing that the policy may not list.
    :param origin_check: asked about an origin that no pattern matched, as bytes; it may ask a data base. Its result
        goes by truth. If it fails or returns an awaitable, the origin is denied and the log has the traceback.
    :param report_only: change nothing; the log ``corsac`` says what would have been answered.
    :raises corsac.PolicyError: the options are no policy; all findings are named.
    :raises ValueError: the expression is refused with credentials.

    An exception that leaves the application before the response has begun becomes a 500 with the policy's headers, so
    that the page sees a 500 and no CORS error, and is then raised on to the server and its log. Once bytes are out, or
    where werkzeug's debugger stands outside, it is only raised on.
    """

    def __init__(
        self,
        app: Application,
        *,
        policy: Policy | PolicySet | PolicyHolder | None = None,
        policies: Mapping[str, PolicyLike] | None = None,
        allow_origin_regex: Regexes | None = None,
        origin_check: OriginCheck | None = None,
        report_only: bool = False,
        **options: Unpack[_Options],
    ) -> None:
        if policy is not None and options:
            raise TypeError(f"policy is given and says it all: leave {', '.join(options)} out")
        regexes = as_list(allow_origin_regex)
        if policy is None and (options or not policies):
            if regexes or origin_check is not None:
                options["external_origins"] = True
            policy = Policy(**options)
        self.app = app
        self._report_only = report_only
        self._holder = holder(policy)
        by_path = {path: holder(entry) for path, entry in (policies or {}).items()}
        self._table = path_table(by_path, self._holder) if by_path else None
        self._regex: RegexCheck | None = None
        holders = (self._holder,) if self._table is None else self._table.holders
        held = [entry for entry in holders if entry is not None]
        if regexes:
            asking = [(policy, self._holder), *((entry, by_path[path]) for path, entry in (policies or {}).items())]
            self._regex = RegexCheck(regexes, option="allow_origin_regex", policies=policies_of(asking))
        own: BoolOriginCheck | None = None if origin_check is None else lambda origin: ask(origin_check, origin)
        self._origin_check = either(self._regex, own)
        self._table_check = for_tables(self._origin_check)
        if self._origin_check is not None and not any(entry.policy.allows_external_origins for entry in held):
            raise ValueError("origin_check is never asked: write external_origins=True in the policy")

    @property
    def policy(self) -> Policy | PolicySet | None:
        """The policy for the next request, where no entry of ``policies`` governs its path.

        Set it to swap the policy while serving; a request that has begun keeps the decision of the policy that it met.
        """
        return None if self._holder is None else self._holder.policy

    @policy.setter
    def policy(self, policy: Policy | PolicySet) -> None:
        if self._holder is None:
            raise ValueError("there is no policy to swap, only policies for paths: give the path a PolicyHolder")
        if self._regex is not None:
            self._regex.prove([policy])
        self._holder.policy = policy

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        policy = self._holder.policy if self._table is None else self._table  # type: ignore[union-attr]
        method, lines = environ["REQUEST_METHOD"], _environ.request_lines(environ)
        decision: Decision | None
        if type(policy) is Policy:
            decision = policy.evaluate(method, lines, origin_check=self._origin_check)
        else:
            path, raw_path = _environ.path(environ), _environ.raw_path(environ)
            decision = policy.evaluate(path, method, lines, raw_path, origin_check=self._table_check)
        if decision is None:
            return self.app(environ, start_response)
        if self._report_only:
            return self.app(environ, _reporting(decision, environ, start_response))
        if decision.status is not None:
            return _answer(decision, start_response)

        def start(status: str, headers: Lines, exc_info: ExcInfo | None = None) -> Write:
            return start_response(status, _merged(decision, headers), exc_info)

        if _DEBUGGER in environ:
            return self.app(environ, start)
        try:
            chunks = self.app(environ, start)
        except Exception as error:
            return _then_raise(_begin_500(start), error)
        wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(chunks, list | tuple) or (isinstance(wrapper, type) and isinstance(chunks, wrapper)):
            # Nothing in it raises, and a server sends it in its own way.
            return chunks
        return _Guarded(chunks, start)


def _merged(decision: Decision, headers: Lines) -> Lines:
    lines = decision.merge([(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers])
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]


def _answer(decision: Decision, start_response: StartResponse) -> Iterable[bytes]:
    if not decision.allowed:
        denied_preflight(decision)
    status, lines, body = decision.answer()
    start_response(
        f"{status} {_PHRASES.get(status, 'Preflight')}",
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines],
    )
    return [body] if body else []


def _reporting(decision: Decision, environ: Environ, start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: Lines, exc_info: ExcInfo | None = None) -> Write:
        answer = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        report(decision, _environ.reported_lines(environ), int(status[:3]), answer)
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
