"""What is the same in every adapter: one decision for each request, merged headers, and log lines.

An adapter reads a request, calls its governor, and writes the response. docs/design.md, 8, has the rules for it::

    decision = governor.decide(method, lines, request)      # or: await governor.decide_async(method, lines, request)
    if decision is None:                                    # no policy governs the path
        return application(request)
    if governor.report_only:
        governor.report(decision, request, status, headers)   # of the application's response, which is not changed
    elif decision.status is not None:                       # a preflight: the application is not called
        status, headers, body = governor.preflight_response(decision, request)
    else:
        headers = governor.merge(decision, headers, request)  # of the application's response
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Generic

from corsac import Policy
from corsac._bounded_log import BoundedLog
from corsac._log import escaped, logger
from corsac._origin_check import ask, ask_async, decide, for_tables
from corsac._reader import R, RequestReader
from corsac._report import report
from corsac._watch import PolicyHolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from corsac import Decision, PolicySet
    from corsac._origin_check import BoolOriginCheck, RequestOriginCheck
    from corsac._policies import Policies

    Headers: TypeAlias = list[tuple[bytes, bytes]]
    HeaderLines: TypeAlias = Iterable[tuple[str | bytes, str | bytes]]

# Values of Sec-Fetch-Site for pages that can read a response without CORS.
_OWN_PAGES = (b"same-origin", b"none")
_REPLACED = (
    "the policy replaced or removed the application's header %s: write its value into the policy, or write None "
    "instead of a policy for the path; %s"
)


class Governor(Generic[R]):
    """The policies of one middleware, with its decisions and its log lines.

    :param reader: reads the requests of the adapter's framework.
    :param policies: the policies. Each one can be replaced while serving.
    :param checks: functions of an origin and a request. They are asked in turn about an origin that no pattern matched.
    :param async_checks: the checks for :meth:`decide_async`, if they are not the same.
    :param report_only: the adapter changes nothing and calls :meth:`report`.
    """

    def __init__(
        self,
        reader: RequestReader[R],
        policies: Policies,
        *,
        checks: Sequence[RequestOriginCheck[R]] = (),
        async_checks: Sequence[RequestOriginCheck[R]] | None = None,
        report_only: bool = False,
    ) -> None:
        self.policies = policies
        self.report_only = report_only
        # If there are checks, an adapter that can await calls `decide_async`.
        self.asks = bool(checks)
        self._reader = reader
        self._checks = tuple(checks)
        self._async_checks = self._checks if async_checks is None else tuple(async_checks)
        self._log = BoundedLog()
        # The holder of the policy, if one policy decides alone. Most middlewares have no more.
        only = policies.only
        is_plain = type(only) is PolicyHolder and policies.regex is None and not checks
        self.plain: PolicyHolder | None = only if is_plain else None

    def decide(self, method: str, lines: HeaderLines, request: R) -> Decision | None:
        """Return the decision, or None if no policy governs the path."""
        if self.plain is not None and (evaluate := self.plain.evaluate) is not None:
            return evaluate(method, lines)
        check: BoolOriginCheck | None = self.policies.regex
        if self._checks:
            check = lambda origin: self._passes(origin, request)  # noqa: E731
        return self.evaluate(method, lines, request, check)

    async def decide_async(self, method: str, lines: HeaderLines, request: R) -> Decision | None:
        """Like :meth:`decide`, but await the result of a check that is an awaitable."""
        if not self._checks:
            return self.decide(method, lines, request)
        kept = tuple(lines)
        return await decide(
            lambda check: self.evaluate(method, kept, request, check),
            self.policies.regex,
            lambda origin: self._passes_async(origin, request),
        )

    def evaluate(self, method: str, lines: HeaderLines, request: R, check: BoolOriginCheck | None) -> Decision | None:
        """Decide with the given origin check."""
        policy = self.policies.current
        if policy is None:
            return None
        if isinstance(policy, Policy):
            return policy.evaluate(method, lines, origin_check=check)
        path, raw_path = self._reader.path(request), self._reader.raw_path(request)
        return policy.evaluate(path, method, lines, raw_path, origin_check=for_tables(check))

    def _passes(self, origin: bytes, request: R) -> bool:
        regex = self.policies.regex
        if regex is not None and regex(origin):
            return True
        return any(ask(check, origin, request, self._failed) for check in self._checks)

    async def _passes_async(self, origin: bytes, request: R) -> bool:
        for check in self._async_checks:
            if await ask_async(check, origin, request, self._failed):
                return True
        return False

    def preflight_response(self, decision: Decision, request: R) -> tuple[int, Headers, bytes]:
        """Return the whole response to a preflight, and log if it is denied."""
        if not decision.allowed:
            self.log_denial(decision, request)
        return decision.preflight_response()

    def merge(self, decision: Decision, headers: Iterable[tuple[bytes, bytes]], request: R) -> Headers:
        """Return a response's headers with those of the decision. Log a denial and the headers that were replaced."""
        merged, removed, allowed = decision._merge_for_log(headers)  # pyright: ignore[reportPrivateUsage]
        if removed:
            self._log_replaced(removed, merged, request)
        # Check the level first: a denied request is logged at debug level, and otherwise must cost
        # nothing.
        if not allowed and logger.isEnabledFor(logging.DEBUG):
            self.log_denial(decision, request)
        return merged

    def report(self, decision: Decision, request: R, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Log what the response would be, and whether the application's own response passes."""
        reported = report(decision, self._reader.lines(request), status, headers)
        if reported is not None:
            level, kind, text = reported
            self._write(level, f"report-only {kind}", "report only", text, request)

    def log_denial(self, decision: Decision, request: R, what: str | None = None) -> None:
        """Log why a request is denied: a preflight as a warning, any other request at debug level.

        :param what: what the adapter refused for this reason. Then it is a warning.
        """
        is_preflight = decision.request_class == "preflight"
        level = logging.WARNING if is_preflight or what else logging.DEBUG
        denial = decision.denial
        if denial is None or not logger.isEnabledFor(level):
            return
        # A page can always read the responses of its own origin, so nothing is wrong.
        if level == logging.DEBUG and self._is_own_page(request):
            return
        what = what or ("preflight denied" if is_preflight else "response not shared")
        self._write(level, f"{what} {denial.code}", what, denial.message, request)

    def log_refusal(self, what: str, why: str, request: R) -> None:
        """Log a request that the adapter refused although the policy does not deny it."""
        self._write(logging.WARNING, why, what, why, request)

    def _failed(self, origin: bytes, request: R, error: Exception) -> None:
        what = "origin check failed"
        self._write(logging.ERROR, what, what, f'"{escaped(origin)}" is denied', request, error)

    def _log_replaced(self, removed: Headers, merged: Headers, request: R) -> None:
        # A header that the policy writes with the same value stays as it is.
        kept = {(name.lower(), value) for name, value in merged}
        for name in dict.fromkeys(name.lower() for name, value in removed if (name.lower(), value) not in kept):
            line = functools.partial(self._replaced, name, request)
            self._log.log_once(logging.WARNING, self._entry(request), name.decode("latin-1"), line)

    def _replaced(self, name: bytes, request: R) -> tuple[str, ...]:
        return _REPLACED, escaped(name), self._named(request)

    def _write(self, level: int, kind: str, what: str, why: str, request: R, error: Exception | None = None) -> None:
        self._log.log(level, self._entry(request), kind, lambda: ("%s: %s; %s", what, why, self._named(request)), error)

    def _entry(self, request: R) -> str:
        return self.policies.entry_of(self._reader.path(request))

    def _named(self, request: R) -> str:
        """Return method, path and client, escaped for a log. The query is left out, because it may hold secrets."""
        path = self._reader.raw_path(request) or self._reader.path(request)
        path = path.partition(b"?")[0] if isinstance(path, bytes) else path.partition("?")[0]
        named = f"{escaped(self._reader.method(request))} {escaped(path)}"
        client = self._reader.client(request)
        return named if client is None else f"{named} from {escaped(client)}"

    def _is_own_page(self, request: R) -> bool:
        return any(
            name.lower() == b"sec-fetch-site" and value in _OWN_PAGES for name, value in self._reader.lines(request)
        )


class Governed(Generic[R]):
    """A middleware whose policy you can replace while serving."""

    _governor: Governor[R]

    @property
    def policy(self) -> Policy | PolicySet | None:
        """The policy of every path that has no policy of its own.

        You can set it while serving. A request that has begun keeps its decision.
        """
        return self._governor.policies.policy

    @policy.setter
    def policy(self, policy: Policy | PolicySet) -> None:
        self._governor.policies.replace(policy)
