"""What every adapter does the same: decides each request once, merges headers, and logs what people look for.

An adapter reads a request, asks its governor, and writes. docs/design.md, 8, says what each of them owes::

    decision = governor.decide(method, lines, request)      # or: await governor.decide_waiting(method, lines, request)
    if decision is None:                                    # no policy governs the path
        return application(request)
    if governor.report_only:
        governor.report(decision, request, status, headers) # of the application's response, which stays as it is
    elif decision.status is not None:                       # a preflight: the application does not see it
        status, headers, body = governor.answer(decision, request)
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

# Sec-Fetch-Site of a request whose response is shared without CORS.
_OWN_PAGES = (b"same-origin", b"none")
_LOST = (
    "the application's own %s is replaced by the policy's or removed: write it in the policy, or leave the path to the "
    "application (None in place of its policy); %s"
)


class Governor(Generic[R]):
    """The policies of one middleware, and all that it decides and logs with them.

    :param reader: reads the requests of the adapter's framework.
    :param policies: what decides; each policy may be replaced while serving.
    :param checks: asked in turn about an origin that no pattern matched: functions of the origin and the request.
    :param waiting: the same, for :meth:`decide_waiting`, where they are others.
    :param report_only: the adapter changes nothing and calls :meth:`report`.
    """

    def __init__(
        self,
        reader: RequestReader[R],
        policies: Policies,
        *,
        checks: Sequence[RequestOriginCheck[R]] = (),
        waiting: Sequence[RequestOriginCheck[R]] | None = None,
        report_only: bool = False,
    ) -> None:
        self.policies = policies
        self.report_only = report_only
        # There are checks, so an adapter that can wait calls `decide_waiting`.
        self.asks = bool(checks)
        self._reader = reader
        self._checks = tuple(checks)
        self._waiting = self._checks if waiting is None else tuple(waiting)
        self._log = BoundedLog()
        # What holds the only policy, if nothing but that policy is asked: most middlewares have no more.
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

    async def decide_waiting(self, method: str, lines: HeaderLines, request: R) -> Decision | None:
        """As :meth:`decide`, and await the results of the checks that are awaitables."""
        if not self._checks:
            return self.decide(method, lines, request)
        kept = tuple(lines)
        return await decide(
            lambda check: self.evaluate(method, kept, request, check),
            self.policies.regex,
            lambda origin: self._passes_waiting(origin, request),
        )

    def evaluate(self, method: str, lines: HeaderLines, request: R, check: BoolOriginCheck | None) -> Decision | None:
        """Decide with an origin check that is given."""
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

    async def _passes_waiting(self, origin: bytes, request: R) -> bool:
        for check in self._waiting:
            if await ask_async(check, origin, request, self._failed):
                return True
        return False

    def answer(self, decision: Decision, request: R) -> tuple[int, Headers, bytes]:
        """Return the whole response to a preflight, and log a denial."""
        if not decision.allowed:
            self.log_denial(decision, request)
        return decision.answer()

    def merge(self, decision: Decision, headers: Iterable[tuple[bytes, bytes]], request: R) -> Headers:
        """Return a response's headers with those of the decision, and log a denial and what the application lost."""
        merged, removed, allowed = decision._merge_for_log(headers)  # pyright: ignore[reportPrivateUsage]
        if removed:
            self._log_lost(removed, merged, request)
        # Asked first, because a denied request is logged for debugging only, and costs nothing otherwise.
        if not allowed and logger.isEnabledFor(logging.DEBUG):
            self.log_denial(decision, request)
        return merged

    def report(self, decision: Decision, request: R, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Log what the response would have been, and whether the application's own response passes."""
        reported = report(decision, self._reader.lines(request), status, headers)
        if reported is not None:
            level, kind, text = reported
            self._say(level, f"report-only {kind}", "report only", text, request)

    def log_denial(self, decision: Decision, request: R, what: str | None = None) -> None:
        """Log why a request is denied: a preflight as a warning, another one for debugging.

        :param what: what was refused because of it; then it is a warning.
        """
        is_preflight = decision.request_class == "preflight"
        level = logging.WARNING if is_preflight or what else logging.DEBUG
        denial = decision.denial
        if denial is None or not logger.isEnabledFor(level):
            return
        # A page's own server shares its responses with it. So nothing is wrong.
        if level == logging.DEBUG and self._is_own_page(request):
            return
        what = what or ("preflight denied" if is_preflight else "response not shared")
        self._say(level, f"{what} {denial.code}", what, denial.message, request)

    def log_refusal(self, what: str, why: str, request: R) -> None:
        """Log what the adapter refused although the policy denies nothing."""
        self._say(logging.WARNING, why, what, why, request)

    def _failed(self, origin: bytes, request: R, error: Exception) -> None:
        what = "origin check failed"
        self._say(logging.ERROR, what, what, f'"{escaped(origin)}" is denied', request, error)

    def _log_lost(self, removed: Headers, merged: Headers, request: R) -> None:
        # A header that the policy writes with the same value is not lost.
        kept = {(name.lower(), value) for name, value in merged}
        for name in dict.fromkeys(name.lower() for name, value in removed if (name.lower(), value) not in kept):
            line = functools.partial(self._lost, name, request)
            self._log.say_once(logging.WARNING, self._entry(request), name.decode("latin-1"), line)

    def _lost(self, name: bytes, request: R) -> tuple[str, ...]:
        return _LOST, escaped(name), self._named(request)

    def _say(self, level: int, kind: str, what: str, why: str, request: R, error: Exception | None = None) -> None:
        self._log.say(level, self._entry(request), kind, lambda: ("%s: %s; %s", what, why, self._named(request)), error)

    def _entry(self, request: R) -> str:
        return self.policies.entry_of(self._reader.path(request))

    def _named(self, request: R) -> str:
        """Return method, path and client, fit for a log. A query may hold secrets."""
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
    """A middleware with a governor, whose policy can be replaced while serving."""

    _governor: Governor[R]

    @property
    def policy(self) -> Policy | PolicySet | None:
        """The policy for the next request whose path has none of its own.

        Set it while serving: a request that has begun keeps its decision.
        """
        return self._governor.policies.policy

    @policy.setter
    def policy(self, policy: Policy | PolicySet) -> None:
        self._governor.policies.replace(policy)
