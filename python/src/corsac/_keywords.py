"""The keywords that all middlewares have: a policy, policies by path, expressions and an origin check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac import Finding, PolicyError
from corsac._governor import Governor
from corsac._log import logger, refusals_logged
from corsac._policies import Policies, holder, policies_of
from corsac._reader import R
from corsac._regex import RegexCheck, as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from corsac import Policy, PolicySet
    from corsac._origin_check import OriginCheck, RequestOriginCheck
    from corsac._policies import PolicyLike
    from corsac._reader import RequestReader
    from corsac._regex import Regexes
    from corsac._watch import PolicyHolder


def written(arguments: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    """Return those options of a policy among a constructor's arguments that are not the defaults."""
    return {name: arguments[name] for name, default in defaults.items() if arguments[name] != default}


def governor_of(
    reader: RequestReader[R],
    compiled: Callable[..., Policy],
    options: Mapping[str, object],
    *,
    policy: Policy | PolicySet | PolicyHolder | None,
    policies: Mapping[str, PolicyLike] | None,
    allow_origin_regex: Regexes | None,
    origin_check: OriginCheck | None,
    report_only: bool,
    off_when_empty: bool,
) -> Governor[R]:
    """Return the governor of a middleware.

    An error is logged before it is raised, because some servers hide the exception.

    :param compiled: makes the policy from the options and ``external_origins``.
    :param options: the options of a policy that the caller wrote.
    :param policies: a policy for each path, or None to leave a path untouched.
    :param off_when_empty: if the options allow no origin, leave every path untouched that has no policy of its own.
    :raises PolicyError: the options are not a policy.
    :raises TypeError: a value has the wrong type, or ``policy`` is given with options.
    :raises ValueError: an expression is refused, or the check is never asked.
    """
    with refusals_logged():
        regexes = as_list(allow_origin_regex)
        written = [*options, *(["allow_origin_regex"] if regexes else [])]
        if policy is not None and (written or off_when_empty):
            written += ["off_when_empty"] if off_when_empty else []
            raise TypeError(
                f"policy= and options of a policy are both given: remove {', '.join(written)}, or remove policy="
            )
        asks = bool(regexes) or (origin_check is not None and policies is None)
        if policy is None and (written or not policies):
            if off_when_empty and not asks and not options.get("allow_origins"):
                logger.info("CORS is off, because no origin is allowed and off_when_empty is set")
            else:
                policy = _compiled(compiled, {**options, "external_origins": True} if asks else options)
        default = holder(policy)
        by_path = {path: holder(entry, f"policies[{path!r}]") for path, entry in (policies or {}).items()}
        regex = None
        if regexes:
            asking = [(policy, default), *((entry, by_path[path]) for path, entry in (policies or {}).items())]
            regex = RegexCheck(regexes, option="allow_origin_regex", policies=policies_of(asking))
        held = Policies(default, by_path, regex=regex)
        checks = () if origin_check is None else (without_request(origin_check),)
        if checks and not any(entry.allows_external_origins for entry in held.all):
            raise ValueError("origin_check is never asked: write external_origins=True in the policy that needs it")
        return Governor(reader, held, checks=checks, report_only=report_only)


def without_request(check: OriginCheck) -> RequestOriginCheck[object]:
    """Return a check that takes a request too, as governors call it, and ignores it."""
    return lambda origin, _request: check(origin)


def _compiled(compiled: Callable[..., Policy], options: Mapping[str, object]) -> Policy:
    try:
        return compiled(**options)
    except PolicyError as error:
        raise PolicyError([_naming_the_switch(finding) for finding in error.findings]) from None


def _naming_the_switch(finding: Finding) -> Finding:
    """Return the finding. If it is about missing origins, name the switch for lists that can be empty."""
    if finding.code != "no-origins":
        return finding
    suggestion = f"{finding.suggestion}, or write off_when_empty=True if the list may be empty"
    return Finding(
        finding.severity,
        finding.code,
        finding.table,
        finding.field,
        finding.index,
        finding.text,
        finding.start,
        finding.end,
        finding.related,
        finding.message,
        suggestion,
        finding.replacement,
    )
